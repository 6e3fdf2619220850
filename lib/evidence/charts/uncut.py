"""Words and marks that stand beside an Axes as well as in it.

matplotlib works out for every artist by what frame an Axes would cut it, which takes as long as all else that
makes the artist. These are not cut, and have no frame until they are to be.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.artist import allow_rasterization
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

if TYPE_CHECKING:
    from matplotlib.artist import Artist as _Any
else:
    _Any = (
        object  # matplotlib gives every class of artists a `draw`, which would hide that of the other parent
    )


class Uncut(_Any):
    """An artist that no frame cuts, made with ``clip_on=False``."""

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """Take a frame if the artist is to be cut."""
        if self.get_clip_on():
            super().set_clip_path(path, transform)

    def set_clip_on(self, b: bool) -> None:
        """Say whether the artist is to be cut, by default by the frame of its Axes."""
        super().set_clip_on(b)
        if b and self.axes is not None:
            self.set_clip_path(self.axes.patch)


class UncutText(Uncut, Text):
    """Words."""

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: Any) -> None:
        """Draw one upright line from its baseline at once; lay out all else as any text."""
        words, aligned = self.get_text(), self.get_horizontalalignment()
        x, y = self.get_transform().transform(self.get_unitless_position())
        plain = words and self.get_visible() and self.get_verticalalignment() == "baseline"
        other = self.get_wrap() or self.get_usetex() or self.get_parse_math() or self.get_path_effects()
        turned = self.get_rotation() or self.get_bbox_patch() or "\n" in words or not math.isfinite(x + y)
        if not plain or other or turned:
            super().draw(renderer)
            return
        if aligned != "left":
            wide = renderer.get_text_width_height_descent(words, self.get_fontproperties(), False)[0]
            x -= wide if aligned == "right" else wide / 2
        renderer.open_group("text", self.get_gid())
        gc = renderer.new_gc()
        gc.set_foreground(to_rgba(self.get_color()), isRGBA=True)
        gc.set_alpha(self.get_alpha())
        gc.set_url(self.get_url())
        gc.set_antialiased(self.get_antialiased())
        gc.set_snap(self.get_snap())
        self._set_gc_clip(gc)  # type: ignore[attr-defined]
        down = renderer.get_canvas_width_height()[1] - y if renderer.flipy() else y
        renderer.draw_text(gc, x, down, words, self.get_fontproperties(), 0.0, ismath=False, mtext=self)
        gc.restore()
        renderer.close_group("text")
        self.stale = False


class UncutLine(Uncut, Line2D):
    """A line, or markers."""


class UncutBox(Uncut, Rectangle):
    """A rectangle."""


class UncutPolygon(Uncut, Polygon):
    """An outline."""
