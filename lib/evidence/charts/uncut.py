"""Words and marks that stand beside an Axes as well as in it.

matplotlib works out for every artist by what frame an Axes would cut it, which takes as long as all else that
makes the artist. These are not cut, and have no frame until they are to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


class UncutLine(Uncut, Line2D):
    """A line, or markers."""


class UncutBox(Uncut, Rectangle):
    """A rectangle."""


class UncutPolygon(Uncut, Polygon):
    """An outline."""
