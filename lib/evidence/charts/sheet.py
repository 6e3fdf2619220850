"""A sheet of paper measured in pixels from its top left corner, drawn on with matplotlib.

Figures lay their rows out by hand, so that the wide and the narrow layout can differ; a `Sheet` keeps them
to a few primitives and to the colours of `evidence.charts.theme`.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from evidence.charts.text import wrap
from evidence.charts.theme import LINE, PALETTE, TEXT

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Shape = Literal["square", "circle", "diamond", "up", "down", "left", "right"]

_ALIGN: dict[Anchor, Literal["left", "center", "right"]] = {
    "start": "left",
    "middle": "center",
    "end": "right",
}
_DPI = 72  # one SVG unit is one point

# Outlines of unit area around the origin, y pointing down.
_TRIANGLE = np.array([(0.0, -1.0), (0.87, 0.6), (-0.87, 0.6)]) * 0.84
_SQUARE = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
_OUTLINES = {
    "square": _SQUARE,
    "diamond": np.array([(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]) * math.sqrt(0.5),
    "up": _TRIANGLE,
    "down": -_TRIANGLE,
    "left": _TRIANGLE[:, ::-1],
    "right": -_TRIANGLE[:, ::-1],
}


class Sheet:
    """A drawing in progress. The width is fixed; the height is set last, with `trim`.

    Marks cover earlier marks, marks drawn `behind` lie under all others, text lies on top.
    """

    def __init__(self, width: float) -> None:
        """Start an empty sheet of `width` SVG units."""
        self.width = width
        self.height = 0.0
        self._figure = Figure(figsize=(width / _DPI, width / _DPI), dpi=_DPI)
        self._figure.patch.set_visible(False)
        self._pixels = Affine2D()
        self._names: set[str] = set()

    def trim(self, height: float) -> Sheet:
        """Cut the sheet below `height` and return it."""
        self.height = math.ceil(height)
        self._figure.set_size_inches(self.width / _DPI, self.height / _DPI)
        self._pixels.clear().scale(1, -1).translate(0, self.height)
        return self

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        role: str = "ink",
        anchor: Anchor = "start",
        bold: bool = False,
        name: str = "",
    ) -> None:
        """Write one line of text whose baseline is at `y`."""
        if not words:
            return
        label = _Words(
            x,
            y,
            words,
            color=PALETTE[role].light,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            ha=_ALIGN[anchor],
            va="baseline",
            parse_math=False,
            transform=self._pixels,
            gid=self._claim(name),
        )
        self._figure.add_artist(label)

    def paragraph(
        self,
        x: float,
        y: float,
        words: str,
        width: float,
        *,
        size: float = TEXT,
        role: str = "ink",
        anchor: Anchor = "start",
        bold: bool = False,
    ) -> float:
        """Write text broken into lines no wider than `width`, the first baseline at `y`.

        Returns
        -------
        float
            The baseline of the line that would follow.
        """
        for line in wrap(words, size, width, bold):
            self.text(x, y, line, size=size, role=role, anchor=anchor, bold=bold)
            y += size * LINE
        return y

    def line(
        self,
        points: Sequence[Point],
        role: str = "ink",
        *,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
        name: str = "",
        behind: bool = False,
    ) -> None:
        """Draw an open line; `dash` gives the lengths of strokes and gaps in SVG units."""
        outline = Path(np.asarray(points, dtype=float))
        self._add(outline, None, role, width=width, dash=dash, name=name, behind=behind)

    def strokes(
        self,
        segments: Sequence[tuple[Point, Point]],
        role: str = "ink",
        *,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
        name: str = "",
    ) -> None:
        """Draw many separate segments as one mark; the dashes begin anew in each."""
        if not segments:
            return
        ends = np.asarray([end for segment in segments for end in segment], dtype=float)
        outline = Path(ends, codes=[Path.MOVETO, Path.LINETO] * len(segments))
        self._add(outline, None, role, width=width, dash=dash, name=name)

    def polygon(
        self,
        points: Sequence[Point],
        fill: str | None = None,
        stroke: str | None = None,
        *,
        width: float = 1.0,
        name: str = "",
        behind: bool = False,
    ) -> None:
        """Draw a closed outline, filled or empty."""
        outline = Path(np.asarray([*points, points[0]], dtype=float), closed=True)
        self._add(outline, fill, stroke, width=width, name=name, behind=behind)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | None = None,
        stroke: str | None = None,
        *,
        name: str = "",
        behind: bool = False,
    ) -> None:
        """Draw a rectangle from its top left corner."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, fill, stroke, name=name, behind=behind)

    def marker(
        self,
        shape: Shape,
        x: float,
        y: float,
        area: float,
        fill: str | None = None,
        stroke: str | None = None,
        *,
        width: float = 1.6,
        name: str = "",
    ) -> None:
        """Draw a symbol of a given area centred on a point."""
        if shape == "circle":
            outline = Path.circle((x, y), math.sqrt(area / math.pi))
            self._add(outline, fill, stroke, width=width, name=name)
            return
        corners = _OUTLINES[shape] * math.sqrt(area) + (x, y)
        self.polygon([(float(a), float(b)) for a, b in corners], fill, stroke, width=width, name=name)

    def _add(
        self,
        path: Path,
        fill: str | None,
        stroke: str | None,
        *,
        width: float,
        dash: tuple[float, ...] = (),
        name: str = "",
        behind: bool = False,
    ) -> None:
        path.should_simplify = False  # a path of many segments keeps every corner, and gets no more
        patch = PathPatch(
            path,
            facecolor=PALETTE[fill].light if fill else "none",
            edgecolor=PALETTE[stroke].light if stroke else "none",
            linewidth=width,
            linestyle=(0, tuple(length / width for length in dash)) if dash else "solid",
            capstyle="butt",
            joinstyle="miter",
            zorder=0 if behind else 1,
            transform=self._pixels,
            gid=self._claim(name),
        )
        self._figure.add_artist(patch)

    def _claim(self, name: str) -> str | None:
        if not name:
            return None
        if name in self._names:
            raise ValueError(f"Two marks of a drawing are named {name!r}; a name becomes an id in the page.")
        self._names.add(name)
        return name

    def matplotlib_svg(self) -> str:
        """Return the drawing as matplotlib writes it: colours as hex, every group with an id."""
        target = io.StringIO()
        settings = {"svg.fonttype": "none", "svg.hashsalt": "evidence", "path.simplify": False}
        with rc_context(settings):  # type: ignore[arg-type]
            FigureCanvasSVG(self._figure).print_svg(
                target, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
            )
        return target.getvalue()

    def png(self, scale: float = 2.0) -> bytes:
        """Return the drawing as a PNG on white, `scale` pixels per SVG unit."""
        target = io.BytesIO()
        self._figure.set_dpi(_DPI * scale)
        self._pixels.scale(scale)
        with warnings.catch_warnings(), rc_context({"font.family": "DejaVu Sans"}):
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            FigureCanvasAgg(self._figure).print_png(target, metadata={"Software": None})
        self._figure.set_dpi(_DPI)
        self.trim(self.height)
        return target.getvalue()


class _Words(Text):
    """Text written to SVG without laying it out: the reader's font does that, the anchor keeps it in place.

    Saves most of the time of a drawing, and the warnings about characters that matplotlib's own font lacks.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Write the text where it is anchored; a bitmap lays it out as usual."""
        if isinstance(renderer, RendererAgg):
            super().draw(renderer)
            return
        style = renderer.new_gc()
        style.set_foreground(self.get_color())
        x, y = self.get_transform().transform(self.get_unitless_position())
        _, height = renderer.get_canvas_width_height()
        renderer.open_group("text", self.get_gid())
        renderer.draw_text(
            style, x, height - y, self.get_text(), self.get_fontproperties(), 0, ismath=False, mtext=self
        )
        renderer.close_group("text")
        style.restore()
