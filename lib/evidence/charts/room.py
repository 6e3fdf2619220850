"""The room of an Axes: words beside, above and below the plot, in points from the top left corner.

A chart of this package takes the rectangle of the Axes that it is given, writes names and numbers into a part
of it, and leaves the rest to the Axes, as a colour bar takes its room from the Axes beside it. The chart says
how tall it is; where the Axes stands alone in its figure, the figure becomes as tall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Affine2D, Bbox

from evidence.charts.text import wrap
from evidence.charts.theme import INK, LINE, STACKED, TEXT
from evidence.charts.uncut import UncutBox, UncutLine, UncutText

Anchor = Literal["start", "middle", "end"]

_ALIGN: Final[dict[Anchor, str]] = {"start": "left", "middle": "center", "end": "right"}


class Room:
    """The rectangle of an Axes.

    Attributes
    ----------
    ax
        The Axes, which becomes the part of the room that `keep` names.
    width
        In points.
    stacked
        Whether the room is too narrow for columns of words.
    part
        From where to where across the room the Axes reaches.
    at
        The transform of artists whose places are points in this room, y pointing down.
    """

    def __init__(self, ax: Axes | None) -> None:
        self.ax = plt.gca() if ax is None else ax
        figure = self.ax.get_figure(root=True)
        assert figure is not None
        self.figure = figure
        self._alone = len(self.figure.axes) == 1
        if self._alone and self.ax.get_subplotspec() is not None:
            self.ax.set_position((0, 0, 1, 1))  # the margins of `plt.subplots` are in no use
        box = self.ax.get_window_extent()
        self._box: Bbox = Bbox(box.get_points() * 72 / self.figure.dpi)
        self._left, self.width = float(self._box.x0), float(self._box.width)
        self.stacked = self.width < STACKED
        self._points = Affine2D()
        self.at = self._points + self.figure.dpi_scale_trans
        self.part = 0.0, self.width

    def keep(self, left: float, right: float) -> None:
        """Leave the room between these places to the Axes."""
        across = float(self.figure.get_size_inches()[0]) * 72
        self.part = left, right
        self.ax.set_position(((self._left + left) / across, 0, (right - left) / across, 1))

    def use_whole(self) -> None:
        """Leave all of the room to marks whose places are points: the Axes shows no axis."""
        self.keep(0, self.width)
        self.ax.set(xlim=(0, self.width))
        self.ax.set_axis_off()

    def across(self, value: float) -> float:
        """Return the place of a value of the x-axis in the room, after `keep` and the limits of the axis."""
        return float(self.ax.transData.transform((value, 1.0))[0]) * 72 / self.figure.dpi - self._left

    def close(self, height: float, top: float = 0.0, bottom: float | None = None) -> Axes:
        """Say how tall the room is and from where to where the Axes reaches, and return the Axes."""
        across, tall = (float(side) * 72 for side in self.figure.get_size_inches())
        above, below = tall - float(self._box.y1), float(self._box.y0)
        if self._alone:
            tall = above + round(height) + below
            self.figure.set_size_inches(across / 72, tall / 72)
        squeeze = (tall - above - below) / height
        left, right = self.part
        self._points.clear().scale(1 / 72, -squeeze / 72).translate(self._left / 72, (tall - above) / 72)
        low = tall - above - (height if bottom is None else bottom) * squeeze
        high = tall - above - top * squeeze
        corners = ((self._left + left) / across, low / tall, (right - left) / across, (high - low) / tall)
        self.ax.set_position(corners)
        return self.ax

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
        href: str = "",
    ) -> None:
        """Write one line of text whose baseline is at `y`."""
        if not words:
            return
        written = UncutText(
            x,
            y,
            words,
            color=INK[role],
            fontsize=size,
            fontweight="bold" if bold else "normal",
            ha=_ALIGN[anchor],
            va="baseline",
            parse_math=False,
            transform=self.at,
            gid=name or None,
            clip_on=False,
        )
        if href:
            written.set_url(href)
        self.ax.add_artist(written)

    def paragraph(self, x: float, y: float, words: str, width: float, **looks: Any) -> float:
        """Write text broken into lines no wider than `width`, the first baseline at `y`.

        Returns
        -------
        float
            The baseline of the line that would follow.
        """
        size = looks.get("size", TEXT)
        for line in wrap(words, size, width, looks.get("bold", False)):
            self.text(x, y, line, **looks)
            y += size * LINE
        return y

    def rule(self, y: float, role: str = "rule", left: float = 0.0, right: float | None = None) -> None:
        """Draw a line across."""
        ends = [left, self.width if right is None else right]
        self.line(ends, [y, y], role)

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        role: str = "ink",
        *,
        width: float = 1.0,
        dash: tuple[float, ...] = (),
        behind: bool = False,
    ) -> None:
        """Draw an open line through points of the room."""
        drawn = UncutLine(
            x,
            y,
            color=INK[role],
            lw=width,
            ls=dashed(dash, width),
            zorder=0 if behind else 1,
            transform=self.at,
            clip_on=False,
        )
        self.ax.add_artist(drawn)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "",
        stroke: str = "",
        *,
        name: str = "",
        behind: bool = False,
    ) -> None:
        """Draw a rectangle from its top left corner."""
        drawn = UncutBox(
            (x, y),
            width,
            height,
            facecolor=INK[fill] if fill else "none",
            edgecolor=INK[stroke] if stroke else "none",
            lw=1.0,
            zorder=0 if behind else 1,
            transform=self.at,
            gid=name or None,
            clip_on=False,
        )
        self.ax.add_artist(drawn)


@contextmanager
def unnamed(ax: Axes) -> Iterator[None]:
    """Let seaborn draw without names of the axes; it would make all ticks to see whether names show."""
    ax.set(xlabel=" ", ylabel=" ")
    yield
    ax.set(xlabel="", ylabel="")


def name_rows(ax: Axes, rows: Sequence[tuple[str, float]], bottom: float) -> None:
    """Let y run down from 0 to `bottom`, in points, with a hidden tick at the place of each row."""
    ax.set_ylim(bottom, 0)
    ax.yaxis.set_major_locator(FixedLocator([y for _, y in rows]))
    ax.yaxis.set_major_formatter(FixedFormatter([label for label, _ in rows]))
    ax.yaxis.set_visible(False)


def dashed(dash: tuple[float, ...], width: float) -> str | tuple[float, tuple[float, ...]]:
    """Return a line style from the lengths of strokes and gaps in points."""
    return (0.0, tuple(length / width for length in dash)) if dash else "-"
