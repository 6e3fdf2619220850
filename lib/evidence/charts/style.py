"""The one place for colours, type sizes and fonts.

A drawing names a colour by its role. On paper and in files the role is its light colour; in a page it is the
CSS variable ``--ev-<role>``, which ``_static/evidence.css`` sets for the light and for the dark scheme.
The hues follow Okabe and Ito (2008), darkened or lightened until each reaches WCAG contrast on its surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shade:
    """One colour role in both schemes, as ``#rrggbb``."""

    light: str
    dark: str


PALETTE: Final[dict[str, Shade]] = {
    "surface": Shade("#ffffff", "#121212"),
    "panel": Shade("#f2f4f7", "#1d2329"),
    "rule": Shade("#d0d6dc", "#37414c"),
    "band": Shade("#dfe4e9", "#2a333d"),
    "edge": Shade("#737e8c", "#8793a1"),
    "muted": Shade("#55606e", "#a9b4c0"),
    "ink": Shade("#1b1f24", "#e6e9ee"),
    "blue": Shade("#0061a8", "#5cb3f5"),
    "orange": Shade("#b34700", "#ff9e4f"),
    "green": Shade("#00705a", "#3cc7a1"),
    "purple": Shade("#8a3f8c", "#d79bdb"),
    "ochre": Shade("#8a6100", "#e0b13c"),
}

#: Arms and other series in the order they are drawn; each also has its own marker and dash.
SERIES: Final = ("blue", "orange", "green", "purple")

#: Widths in SVG units of the two layouts of every figure.
WIDE: Final = 720.0
NARROW: Final = 320.0

#: Type sizes in SVG units. A layout shrinks at most to 0.92 of its size, so that text stays above 11 px.
TEXT: Final = 13.0
SMALL: Final = 12.0
LINE: Final = 1.3

FONTS: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


def css_variables(scheme: str) -> str:
    """Return the declarations ``--ev-<role>: <colour>;`` of one scheme, ``"light"`` or ``"dark"``."""
    return "\n".join(f"  --ev-{role}: {getattr(shade, scheme)};" for role, shade in PALETTE.items())


def fallbacks(roles: tuple[str, ...]) -> str:
    """Return an inline style giving a figure its colours also where ``evidence.css`` is not loaded.

    JupyterLab shows figures without the site's style sheet; there they follow the reader's preferred scheme,
    on a ground of their own.
    """

    def fallback(role: str, ground: str = "") -> str:
        shade = PALETTE[role]
        return f"var(--ev-{ground or role},light-dark({shade.light},{shade.dark}))"

    base = (
        "color-scheme:var(--ev-scheme,light dark)",
        f"background:{fallback('surface', 'ground')}",
        f"color:{fallback('ink')}",
    )
    return ";".join((*base, *(f"--{role}:{fallback(role)}" for role in roles)))
