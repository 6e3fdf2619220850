"""From matplotlib's SVG to the SVG of a page: small, unique ids, the colours of the reader's scheme."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from evidence.charts.html import escape
from evidence.charts.theme import FONTS, PALETTE

_SVG: Final = "{http://www.w3.org/2000/svg}"
_ROLES: Final = {shade.light: role for role, shade in PALETTE.items()}
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}\b")
_DECIMAL: Final = re.compile(r"-?\d+\.\d+")
_OWN_ID: Final = re.compile(r"[a-z]+\w*_\d+")  # matplotlib's own, such as patch_1
_DEFAULTS: Final = ("font-family:", "text-anchor:start", "stroke-dashoffset:0", "stroke-linejoin:")
_DRAWN: Final = {f"{_SVG}path", f"{_SVG}text"}


def inline(svg: str, prefix: str, layout: str, title: str, description: str) -> str:
    """Return the SVG element for a page.

    Parameters
    ----------
    svg
        What matplotlib wrote, drawn in the light colours of the palette.
    prefix
        Start of every id inside the drawing; unique on the page.
    layout
        ``"wide"`` or ``"narrow"``: the class by which ``evidence.css`` shows one of the two.
    title, description
        What a screen reader says in place of the drawing.

    Raises
    ------
    ValueError
        A colour of the drawing is not in the palette.
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = root.attrib["viewBox"].split()
    head = (
        f'<svg class="ev-{layout}"{_HIDDEN[layout]} viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    )
    return head + "".join(_marks(root, prefix)) + "</svg>"


# Without the site's style sheet (JupyterLab) only the wide layout shows; any style rule beats the attribute.
_HIDDEN: Final = {"wide": "", "narrow": ' display="none"'}


def standalone(inline_svg: str) -> str:
    """Return an SVG file from an inline one: its own fonts, and the light colours in place of variables."""
    light = re.sub(r"var\(--(\w+)\)", lambda match: PALETTE[match[1]].light, inline_svg)
    head = f"<svg xmlns=\"http://www.w3.org/2000/svg\" font-family='{FONTS}' "
    return light.replace(' display="none"', "").replace("<svg ", head, 1)


def roles(svg: str) -> tuple[str, ...]:
    """Return the colour roles that an inline SVG uses, in the palette's order."""
    used = set(re.findall(r"var\(--(\w+)\)", svg))
    return tuple(role for role in PALETTE if role in used)


def _marks(root: ElementTree.Element, prefix: str) -> list[str]:
    """List the drawn elements in order; the name of one of matplotlib's groups goes to its only child."""
    marks = []
    for group in root.iter(f"{_SVG}g"):
        name = group.attrib.get("id", "")
        identity = f' id="{prefix}-{escape(name)}"' if name and not _OWN_ID.fullmatch(name) else ""
        marks += [_element(child, identity) for child in group if child.tag in _DRAWN]
    return marks


def _element(element: ElementTree.Element, identity: str) -> str:
    style = _in_variables(_without_defaults(element.attrib.get("style", "")))
    style = f' style="{style}"' if style else ""
    if element.tag == f"{_SVG}path":
        outline = re.sub(r"\s*([MLCQZz])\s*", r"\1", element.attrib["d"]).strip()
        return f'<path{identity} d="{_DECIMAL.sub(_shorter, outline)}"{style}/>'
    x, y = (_DECIMAL.sub(_shorter, element.attrib[axis]) for axis in ("x", "y"))
    return f'<text{identity} x="{x}" y="{y}"{style}>{escape(element.text or "")}</text>'


def _without_defaults(style: str) -> str:
    declarations = (part.strip().replace(": ", ":") for part in style.split(";"))
    return ";".join(part for part in declarations if part and not part.startswith(_DEFAULTS))


def _in_variables(style: str) -> str:
    def variable(match: re.Match[str]) -> str:
        try:
            return f"var(--{_ROLES[match[0]]})"
        except KeyError:
            raise ValueError(f"The drawing uses {match[0]}, which is no colour of charts/style.py.") from None

    return _COLOUR.sub(variable, style)


def _shorter(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
