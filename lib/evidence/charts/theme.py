"""The one place for colours, type sizes and fonts, as a seaborn theme.

A drawing names a colour by its role. On paper and in files the role is its light colour; in a page it is the
CSS variable ``--ev-<role>``, which ``_static/evidence.css`` sets for the light and for the dark scheme.
The hues follow Okabe and Ito (2008), darkened or lightened until each reaches WCAG contrast on its surface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from matplotlib import rc_context, rcdefaults, rcParams


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

#: The colour of each role as a drawing uses it: `INK["blue"]`.
INK: Final = {role: shade.light for role, shade in PALETTE.items()}

#: What seaborn draws kinds and sizes in, in a legend: a page shows it in its ink.
NEUTRAL: Final = "#333333"

#: Arms and other series in the order they are drawn; each also has its own marker and dash.
SERIES: Final = ("blue", "orange", "green", "purple")

#: Widths in points of the two layouts of every figure; one point is one SVG unit.
WIDE: Final = 720.0
NARROW: Final = 320.0

#: An Axes narrower than this many points stacks its words instead of setting them in columns.
STACKED: Final = 520.0

#: Type sizes in points. A layout shrinks at most to 0.92 of its size, so that text stays above 11 px.
TEXT: Final = 13.0
SMALL: Final = 12.0
LINE: Final = 1.3

FONTS: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

_RC: Final[dict[str, Any]] = {
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.edgecolor": INK["edge"],
    "axes.facecolor": "none",
    "axes.labelcolor": INK["ink"],
    "axes.labelsize": SMALL,
    "axes.linewidth": 1.0,
    "axes.titlelocation": "left",
    "axes.titlesize": TEXT,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.dpi": 72,
    "figure.facecolor": "none",
    "figure.figsize": (WIDE / 72, 4.5),
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "legend.labelcolor": INK["muted"],
    "legend.title_fontsize": SMALL,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "butt",
    "path.simplify": False,
    "text.color": INK["ink"],
    "xtick.bottom": True,
    "xtick.color": INK["edge"],
    "xtick.labelcolor": INK["muted"],
    "xtick.labelsize": SMALL,
    "xtick.major.pad": 3.0,
    "xtick.major.size": 4.0,
    "xtick.major.width": 1.0,
    "ytick.color": INK["edge"],
    "ytick.labelcolor": INK["muted"],
    "ytick.labelsize": SMALL,
    "ytick.major.pad": 3.0,
    "ytick.major.size": 4.0,
    "ytick.major.width": 1.0,
}

#: Groups of settings of matplotlib that change what is drawn.
_DRAWN: Final = re.compile(
    r"(_internal|axes|boxplot|errorbar|figure|font|grid|hatch|hist|image|legend|lines|markers|patch|path"
    r"|scatter|text|[xy]axis|[xy]tick)\..*"
)


@contextmanager
def themed() -> Iterator[None]:
    """Draw in the theme whatever is set in matplotlib, and leave that as it was."""
    with rc_context():
        dict.update(rcParams, _settings())  # type: ignore[misc]  # they were checked when they were set
        yield


@cache
def _settings() -> dict[str, Any]:
    """Return the theme as settings of matplotlib: all that change what is drawn."""

    with rc_context():
        rcdefaults()
        set_theme()
        rcParams["text.parse_math"] = False
        return {name: rcParams[name] for name in rcParams if _DRAWN.match(name)}


def set_theme() -> None:
    """Give every figure that follows the look of this book, as `seaborn.set_theme` does.

    Examples
    --------
    >>> import seaborn as sns
    >>> set_theme()
    >>> sns.color_palette().as_hex()[0]
    '#0061a8'
    """
    import seaborn as sns

    sns.set_theme(style="white", palette=[INK[role] for role in SERIES], rc=_RC)


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
