"""Marks that no plotting library has: brackets for bounds, arrows for what goes on, diamonds, safeguards.

Each is an artist on the Axes, at data coordinates unless another transform is given; sizes are points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation, Transform
from numpy.typing import ArrayLike, NDArray

from evidence.charts.room import Room, dashed
from evidence.charts.theme import INK, SMALL
from evidence.charts.uncut import UncutLine, UncutPolygon

Shape = Literal["square", "circle", "diamond", "up", "down", "left", "right"]
Side = Literal["left", "right"]
Span = tuple[float, float]

_TRIANGLE: Final = np.array([(0.0, 1.0), (0.87, -0.6), (-0.87, -0.6)]) * 0.84
_CORNERS: Final = {
    "square": np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]),
    "diamond": np.array([(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]) * math.sqrt(0.5),
    "up": _TRIANGLE,
    "down": -_TRIANGLE,
    "left": -_TRIANGLE[:, ::-1],
    "right": _TRIANGLE[:, ::-1],
}


def _closed(corners: NDArray[np.float64]) -> Path:
    return Path([*corners, corners[0]], closed=True)


#: Outlines of unit area, for `marker=` of any plotting function.
OUTLINES: Final[dict[str, Path]] = {
    "circle": Path.circle((0.0, 0.0), math.sqrt(1 / math.pi)),
    **{shape: _closed(corners) for shape, corners in _CORNERS.items()},
}
_MARKERS: Final = {shape: MarkerStyle(path, joinstyle="miter") for shape, path in OUTLINES.items()}
_REACH: Final = {shape: 2 * float(np.abs(path.vertices).max()) for shape, path in OUTLINES.items()}
_HOOKS: Final = {
    side: MarkerStyle(
        Path([(turn * 3.5, 6.0), (0, 6.0), (0, -6.0), (turn * 3.5, -6.0)]), joinstyle="miter", capstyle="butt"
    )
    for side, turn in (("left", 1), ("right", -1))
}

#: Sign, ground, frame and ink of each level of a safeguard.
LEVELS: Final = {
    "yes": ("+", "blue", "blue", "surface"),
    "unclear": ("?", "panel", "edge", "ink"),
    "no": ("\N{MINUS SIGN}", "surface", "orange", "orange"),
    "untold": ("\N{MIDDLE DOT}", "surface", "rule", "muted"),
}


def marker(
    ax: Axes,
    shape: Shape,
    x: float,
    y: float,
    area: float,
    fill: str = "",
    stroke: str = "",
    *,
    width: float = 1.6,
    name: str = "",
    transform: Transform | None = None,
) -> None:
    """Draw a symbol of an area in square points."""
    drawn = UncutLine(
        [x],
        [y],
        ls="",
        marker=_MARKERS[shape],
        ms=_REACH[shape] * math.sqrt(area),
        mfc=INK[fill] if fill else "none",
        mec=INK[stroke] if stroke else "none",
        mew=width if stroke else 0.0,
        transform=transform or ax.transData,
        gid=name or None,
        zorder=2,
        clip_on=False,
    )
    ax.add_artist(drawn)


def line(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    role: str = "ink",
    *,
    width: float = 1.6,
    dash: tuple[float, ...] = (),
    name: str = "",
    transform: Transform | None = None,
    zorder: float = 1.5,
) -> None:
    """Draw an open line; `dash` gives the lengths of strokes and gaps in points."""
    drawn = UncutLine(
        x,
        y,
        color=INK[role],
        lw=width,
        ls=dashed(dash, width),
        transform=transform or ax.transData,
        gid=name or None,
        zorder=zorder,
        clip_on=False,
    )
    ax.add_artist(drawn)


def strokes(ax: Axes, segments: Sequence[tuple[Span, Span]], role: str = "ink", **looks: Any) -> None:
    """Draw many separate segments, each its ends in x and in y, as one mark; dashes begin anew in each."""
    if segments:
        x = [place for ends, _ in segments for place in (*ends, math.nan)]
        y = [place for _, ends in segments for place in (*ends, math.nan)]
        line(ax, x, y, role, **looks)


def polygon(ax: Axes, corners: ArrayLike, role: str = "ink", *, name: str = "", **looks: Any) -> None:
    """Draw a closed outline, filled."""
    looks |= {"facecolor": INK[role], "edgecolor": "none", "gid": name or None, "clip_on": False}
    drawn = UncutPolygon(corners, closed=True, **looks)
    drawn.set_zorder(looks.get("zorder", 1.5))
    ax.add_artist(drawn)


def bracket(ax: Axes, x: float, y: float, side: Side, *, transform: Transform | None = None) -> None:
    """Draw the bracket that ends a bounded interval on one side."""
    drawn = UncutLine(
        [x],
        [y],
        ls="",
        marker=_HOOKS[side],
        ms=12.0,
        mfc="none",
        mec=INK["ink"],
        mew=1.6,
        transform=transform or ax.transData,
        zorder=2,
        clip_on=False,
    )
    ax.add_artist(drawn)


def arrow(
    ax: Axes,
    tip: float,
    y: float,
    side: Side,
    role: str = "ink",
    *,
    name: str = "",
    transform: Transform | None = None,
) -> None:
    """Draw the head of an interval that goes on beyond `tip`."""
    inside = ScaledTranslation((4 if side == "left" else -4) / 72, 0, ax.figure.dpi_scale_trans)
    marker(ax, side, tip, y, 42.0, role, name=name, transform=(transform or ax.transData) + inside)


def safeguard(room: Room, x: float, y: float, level: str) -> None:
    """Draw the symbol of one level about a point of the room: sign, ground and frame all differ."""
    sign, fill, stroke, role = LEVELS[level]
    room.box(x - 7.5, y - 7.5, 15, 15, fill, stroke)
    room.text(x, y + 4.5, sign, size=SMALL, role=role, anchor="middle", bold=True)
