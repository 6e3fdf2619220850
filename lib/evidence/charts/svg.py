"""A matplotlib backend for the SVG of a page: text as text, unique ids, the reader's colours.

matplotlib's own SVG is a file, many times as long, with colours that no style sheet reaches. This one is an
element of a page. A colour of the palette becomes the variable of its role, another stays as it is. Equal
drawings give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray

from evidence.charts.pathdata import path_data
from evidence.charts.text import Measured, is_bold
from evidence.charts.theme import FONTS, INK, NEUTRAL, PALETTE
from evidence.wording.html import escape, safe_address

_ROLES: Final = {light: role for role, light in INK.items()} | {NEUTRAL: "ink"}
_MANY: Final = 40  # corners
_ANCHORS: Final = {"center": ";text-anchor:middle", "right": ";text-anchor:end"}

AnyRenderer = TypeVar("AnyRenderer", bound="Renderer")
Colour: TypeAlias = tuple[float, float, float] | tuple[float, float, float, float]


def draw(figure: Figure, prefix: str) -> tuple[str, int, int]:
    """Return the elements of a figure's drawing, and its width and height in SVG units.

    Parameters
    ----------
    figure
        Drawn at 72 dots per inch, so that a point is a unit.
    prefix
        Start of every id inside the drawing; unique on the page.
    """
    return draw_with(Renderer, figure, prefix)[0]


def draw_with(
    kind: type[AnyRenderer], figure: Figure, prefix: str
) -> tuple[tuple[str, int, int], AnyRenderer]:
    """Return what `draw` returns, and the renderer of this kind that wrote it."""
    width, height = (round(float(side) * 72) for side in figure.get_size_inches())
    renderer = kind(width, height, prefix)
    dots = figure.dpi
    if dots != 72:
        figure.set_dpi(72)
    figure.draw(renderer)
    if dots != 72:
        figure.set_dpi(dots)
    return ("".join(renderer.elements), width, height), renderer


def inline(drawn: tuple[str, int, int], prefix: str, layout: str, title: str, description: str) -> str:
    """Return the SVG element for a page from what `draw` returned.

    Parameters
    ----------
    layout
        ``"wide"`` or ``"narrow"``: the class by which ``evidence.css`` shows one of the two.
    title, description
        What a screen reader says in place of the drawing. A drawing with links is no image but a group, so
        that they can be reached.
    """
    elements, width, height = drawn
    role = "group" if "<a " in elements else "img"
    return (
        f'<svg class="ev-{layout}"{_HIDDEN[layout]} viewBox="0 0 {width} {height}" role="{role}" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>{elements}</svg>'
    )


# Without the site's style sheet (JupyterLab) only the wide layout shows; any style rule beats the attribute.
_HIDDEN: Final = {"wide": "", "narrow": ' display="none"'}


def standalone(inline_svg: str) -> str:
    """Return an SVG file from an inline one: its own fonts, and the light colours in place of variables."""
    light = re.sub(r"var\(--(\w+)\)", lambda match: PALETTE[match[1]].light, inline_svg)
    light = re.sub(r"<a [^>]*>|</a>", "", light)  # a file on a disk has no site around it
    head = f"<svg xmlns=\"http://www.w3.org/2000/svg\" font-family='{FONTS}' "
    return light.replace(' display="none"', "").replace("<svg ", head, 1)


def roles(svg: str) -> tuple[str, ...]:
    """Return the colour roles that an inline SVG uses, in the palette's order."""
    used = set(re.findall(r"var\(--(\w+)\)", svg))
    return tuple(role for role in PALETTE if role in used)


class Renderer(Measured, RendererBase):
    """Collects what a figure draws as SVG elements."""

    def __init__(self, width: int, height: int, prefix: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self._size = width, height
        self._prefix = prefix
        self._flip = Affine2D().scale(1, -1).translate(0, height)
        self._names: list[str | None] = []
        self._used: set[str] = set()
        self._clips: dict[tuple[float, ...], str] = {}
        self._last: tuple[str, NDArray[np.float64]] = ("", np.empty((0, 4)))

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in SVG units."""
        return self._size

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Remember the name of what comes; its first element gets it as id."""
        self._names.append(gid)

    def close_group(self, s: str) -> None:
        """Forget the name."""
        self._names.pop()

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None
    ) -> None:
        """Write a path."""
        outline = path.cleaned(transform + self._flip, simplify=_thins(path), curves=True)
        corners = np.asarray(outline.vertices)
        corners = corners[np.isfinite(corners).all(axis=1) & (np.asarray(outline.codes) != Path.STOP)]
        style = _fill(gc, rgbFace) + _stroke(gc)
        if not corners.size or style == "fill:none":
            return
        with self._around(gc, corners):
            self._add(self._id(), path_data(outline), style, corners)

    def _add(self, name: str, data: str, style: str, corners: NDArray[np.float64]) -> None:
        """Add a path to the elements: to the last one where it looks the same and lies apart."""
        box = np.concatenate([corners.min(axis=0) - 1, corners.max(axis=0) + 1])
        start, looks = '<path d="', f'" style="{style}"/>'
        last, boxes = self._last
        apart = not ((box[:2] < boxes[:, 2:]) & (boxes[:, :2] < box[2:])).all(axis=1).any()
        if (
            self.elements
            and last is self.elements[-1]
            and not name
            and apart
            and last.endswith(looks)
            and last.startswith(start)
        ):
            self.elements[-1] = last.removesuffix(looks) + data + looks
            self._last = self.elements[-1], np.vstack([boxes, box])
            return
        self.elements.append(f'<path{name} d="{data}" style="{style}"/>')
        self._last = self.elements[-1], box[None]

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write one line of text at its anchor, so that it stays in place with the reader's font."""
        anchor = ""
        if mtext is not None and not angle:
            x = float(mtext.get_transform().transform(mtext.get_unitless_position())[0])
            anchor = _ANCHORS.get(mtext.get_horizontalalignment(), "")
        turned = f' transform="rotate({-angle:g} {_short(x)} {_short(y)})"' if angle else ""
        bold = ";font-weight:bold" if is_bold(prop) else ""
        style = f"font-size:{prop.get_size_in_points():g}px{bold}{anchor};{_paint('fill', gc.get_rgb(), gc)}"
        place = f'x="{_short(x)}" y="{_short(y)}"{turned}'
        with self._around(gc):
            self.elements.append(f'<text{self._id()} {place} style="{style}">{escape(s)}</text>')

    def _id(self) -> str:
        name = self._names[-1] if self._names else None
        if not name:
            return ""
        self._names[-1] = None
        if name in self._used:
            raise ValueError(f"Two marks of a drawing are named {name!r}; a name becomes an id in the page.")
        self._used.add(name)
        return f' id="{self._prefix}-{escape(name)}"'

    @contextmanager
    def _around(self, gc: GraphicsContextBase, corners: NDArray[np.float64] | None = None) -> Iterator[None]:
        """Put an element into its link, and cut it where it leaves the Axes."""
        href = safe_address(str(gc.get_url() or ""))
        frame = gc.get_clip_rectangle()
        clip = "" if corners is None or frame is None else self._clip(frame.extents, corners)
        self.elements += [f'<a href="{escape(href)}">'] * bool(href) + [f'<g clip-path="{clip}">'] * bool(
            clip
        )
        yield
        self.elements += ["</g>"] * bool(clip) + ["</a>"] * bool(href)

    def _clip(self, frame: Sequence[float], corners: NDArray[np.float64]) -> str:
        left, low, right, high = (float(end) for end in frame)
        top, bottom = self._size[1] - high, self._size[1] - low
        least, most = corners.min(axis=0), corners.max(axis=0)
        if least[0] >= left - 1 and least[1] >= top - 1 and most[0] <= right + 1 and most[1] <= bottom + 1:
            return ""
        if (key := (left, top, right, bottom)) not in self._clips:
            self._clips[key] = name = f"{self._prefix}-clip-{len(self._clips)}"
            sides = (left, top, right - left, bottom - top)
            x, y, width, height = map(_short, sides)
            box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
            self.elements.append(f'<clipPath id="{name}">{box}</clipPath>')
        return f"url(#{self._clips[key]})"


def _thins(path: Path) -> bool:
    """Whether a path is a curve of so many corners that those within a ninth of a unit of it say nothing."""
    corners = np.asarray(path.vertices, dtype=float)
    if len(corners) <= _MANY:
        return False
    smooth = path.codes is not None and bool(np.isin(path.codes, (Path.CURVE3, Path.CURVE4)).any())
    return not smooth and bool(np.isfinite(corners).all())


def bare(inline_svg: str) -> str:
    """Return an inline SVG without the names of its marks, which only files and tests read."""
    return re.sub(r'(<(?:path|text)) id="[^"]*"', r"\1", inline_svg)


def _fill(gc: GraphicsContextBase, face: Colour | None) -> str:
    return "fill:none" if face is None or not _opacity(face, gc) else _paint("fill", face, gc)


def _stroke(gc: GraphicsContextBase) -> str:
    width, colour = gc.get_linewidth(), gc.get_rgb()
    if not width or not _opacity(colour, gc):
        return ""
    style = f";{_paint('stroke', colour, gc)}" + (f";stroke-width:{_short(width)}" if width != 1 else "")
    dashes: Any = gc.get_dashes()[1]
    if dashes is not None:
        style += f";stroke-dasharray:{','.join(_short(float(length)) for length in dashes)}"
    if gc.get_capstyle() != "butt":
        style += f";stroke-linecap:{'square' if gc.get_capstyle() == 'projecting' else 'round'}"
    return style + (";stroke-linejoin:round" if gc.get_joinstyle() == "round" else "")


def _paint(what: str, colour: Colour, gc: GraphicsContextBase) -> str:
    code = str(to_hex(colour))
    opacity = _opacity(colour, gc)
    shade = f"var(--{_ROLES[code]})" if code in _ROLES else code
    return f"{what}:{shade}" + (f";{what}-opacity:{_short(opacity)}" if opacity < 1 else "")


def _opacity(colour: Colour, gc: GraphicsContextBase) -> float:
    alpha: Any = gc.get_alpha() if gc.get_forced_alpha() or len(colour) < 4 else colour[3]
    return float(alpha)


def _short(value: float) -> str:
    """Return a number with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
