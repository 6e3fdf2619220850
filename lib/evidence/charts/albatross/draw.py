"""What stands in the frame of an albatross plot: axes, contours, studies, and the samples of the legend."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from evidence.charts.albatross.rows import SIDES, contour_n, contour_p, depth_of
from evidence.charts.legend import Sample, line_sample
from evidence.charts.marks import arrow, bracket, line, marker
from evidence.charts.measure import lay_upright, log_ticks, name_ticks
from evidence.charts.numbered import Box, Point
from evidence.charts.room import Room
from evidence.charts.text import measure
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import NBSP, short

LEFT: Final = 44.0
TOP: Final = 24.0
_P_TICKS: Final = (0.05, 0.001, 0.01, 0.0001, 0.2)  # the first that have room; at 0.05 many brackets end
_UNTOLD: Final = (8, 2, 1.5, 2, 1.5, 2)  # dashes between the two places of a study whose side is not told
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((1.5, 2.5), (6, 3), (), (9, 3, 2, 3))
_BOUND: Final = (4.0, 2.5)
_BEYOND: Final = 22.0  # points that the arrow of a smaller p-value takes


def draw_frame(room: Room, points: list[dict[str, Any]]) -> None:
    """Lay out both axes."""
    ax = room.ax
    shares = [1 - 2 * _BEYOND / (room.width - 2 - LEFT) if row["operator"] == "<" else 1.0 for row in points]
    depths = [depth_of(row["p"]) for row in points]
    reach = max(3.0, *(max(d + 0.4, d / share) for d, share in zip(depths, shares, strict=True)))
    sizes = [math.log(row["n"] * factor) for row in points for factor in (0.8, 1.25)]
    spare = 0.06 * (max(sizes) - min(sizes))
    low, high = math.exp(min(sizes) - spare), math.exp(max(sizes) + spare)
    ax.set(xlim=(-reach, reach), ylim=(low, high), yscale="log")
    lay_upright(ax, log_ticks(low, high, 5), log=True, grid=True)
    half = _p_ticks(room, reach)
    ticks = [-depth_of(p) for p in half] + [0.0] + [depth_of(p) for p in reversed(half)]
    ax.set_xticks(ticks, labels=[short(p) for p in (*half, 1, *reversed(half))])
    name_ticks(ax.xaxis, "tick")
    line(ax, (0, 0), (low, high), "edge", width=1.2, name="middle", zorder=1)


def _p_ticks(room: Room, reach: float) -> list[float]:
    """Return the p-values that can be written under one half of the axis, the smallest first."""
    taken: list[tuple[float, float]] = [(room.across(0), measure("1", SMALL) / 2)]
    kept: list[float] = []
    for p in _P_TICKS:
        place, half = room.across(depth_of(p)), measure(short(p), SMALL) / 2
        apart = all(abs(place - other) > half + width + 6 for other, width in taken)
        if depth_of(p) <= reach and place + half <= room.width and apart:
            taken.append((place, half))
            kept.append(p)
    return sorted(kept)


class Places:
    """Where p-values and people stand in the room."""

    def __init__(self, room: Room, bottom: float) -> None:
        self.room, self.bottom = room, bottom
        self.low, self.high = map(math.log, room.ax.get_ylim())

    def x(self, depth: float) -> float:
        """Return the place of a signed depth."""
        return self.room.across(depth)

    def y(self, n: float) -> float:
        """Return the place of a number of people."""
        return self.bottom - (math.log(n) - self.low) / (self.high - self.low) * (self.bottom - TOP)

    def path(self, corners: list[Point]) -> list[Point]:
        """Return the places of depths and people."""
        return [(self.x(depth), self.y(n)) for depth, n in corners]

    def of(self, row: Mapping[str, Any]) -> Point:
        """Return where the number of a study belongs: at its symbol, or at the outer end of a range."""
        side = SIDES[row["favours"]][-1 if row["operator"] == ">" else 0]
        return self.x(side * depth_of(row["p"])), self.y(row["n"])


def draw_contours(room: Room, contours: Mapping[float, str]) -> Iterator[list[Point]]:
    """Draw each contour on both sides, from the lower end of the axis to where it leaves the frame."""
    smallest, most = room.ax.get_ylim()
    reach = room.ax.get_xlim()[1]
    for index, (effect, dash) in enumerate(zip(contours, _DASHES, strict=False)):
        largest = min(most, contour_n(effect, 10**-reach))
        if smallest >= largest:
            continue
        sizes = np.geomspace(smallest, largest, 121).tolist()
        depths = [depth_of(contour_p(effect, size)) for size in sizes]
        for side, word in ((-1, "left"), (1, "right")):
            along = [side * depth for depth in depths]
            line(room.ax, along, sizes, "purple", width=1.3, dash=dash, name=f"contour-{index}-{word}")
            yield list(zip(along, sizes, strict=True))


def connections(points: list[dict[str, Any]]) -> Iterator[list[Point]]:
    """Yield the lines between the two places of studies whose side is not told."""
    for row in points:
        if row["operator"] != ">" and row["favours"] == "neither":
            yield [(side * depth_of(row["p"]), row["n"]) for side in (-1, 1)]


def draw_point(places: Places, row: Mapping[str, Any], name: str) -> list[Box]:
    """Draw a study and return the room it takes."""
    ax, n, level, sides = places.room.ax, row["n"], places.y(row["n"]), SIDES[row["favours"]]
    depths = [side * depth_of(row["p"]) for side in sides]
    if row["operator"] == ">":
        low, high = min(*depths, 0.0), max(*depths, 0.0)
        _draw_range(ax, low, high, n, paired=row["paired"], name=name)
        return [(places.x(low), level - 6, places.x(high), level + 6)]
    if len(depths) == 2:
        line(ax, depths, (n, n), "edge", width=1.0, dash=_UNTOLD, name=f"{name}-untold")
    boxes = []
    for side, depth in zip(sides, depths, strict=True):
        tip = places.x(depth)
        if row["operator"] == "<":
            beyond = ScaledTranslation(20 * side / 72, 0, places.room.figure.dpi_scale_trans)
            ends = (places.x(depth), places.x(depth) + 20 * side)
            line(ax, ends, (level, level), transform=places.room.at)
            arrow(ax, depth, n, "left" if side < 0 else "right", transform=ax.transData + beyond)
            tip = ends[1]
        _draw_symbol(ax, depth, n, paired=row["paired"], name=f"{name}-{'left' if side < 0 else 'right'}")
        boxes.append((min(places.x(depth), tip) - 5, level - 5, max(places.x(depth), tip) + 5, level + 5))
    return boxes


def _draw_range(
    ax: Axes, low: float, high: float, n: float, *, paired: bool, name: str = "", transform: Any = None
) -> None:
    """Draw the p-values that a study may have; the ends say whether it is parallel or crossover."""
    line(ax, (low, high), (n, n), dash=_BOUND, name=name, transform=transform)
    for place, side in ((low, "left"), (high, "right")):
        if paired:
            end = f"{name}-{side}" if name else ""
            marker(ax, "diamond", place, n, 50, "surface", "blue", name=end, transform=transform)
        else:
            bracket(ax, place, n, "left" if side == "left" else "right", transform=transform)


def _draw_symbol(
    ax: Axes, depth: float, n: float, *, paired: bool, name: str = "", transform: Any = None
) -> None:
    if paired:
        marker(ax, "diamond", depth, n, 70, "surface", "blue", name=name, transform=transform)
    else:
        marker(ax, "circle", depth, n, 64, "blue", "surface", width=1, name=name, transform=transform)


def write_sides(room: Room, places: Places, low: str, high: str, bottom: float) -> float:
    """Write whom each side favours and what the axis is; return the next baseline."""
    y, (first, last) = bottom + 17 + SMALL * LINE, map(room.across, room.ax.get_xlim())
    half = (last - first) / 2 - 6
    looks = {"size": SMALL, "role": "muted"}
    end = max(
        room.paragraph(first, y, f"←{NBSP}{low}", half, **looks),
        room.paragraph(last, y, f"{high}{NBSP}→", half, anchor="end", **looks),
    )
    return room.paragraph(places.x(0), end, "Two-sided p-value", half * 2, size=SMALL, anchor="middle")


def samples(points: list[dict[str, Any]], contours: Mapping[float, str]) -> Iterator[Sample]:
    """Yield what the legend explains."""
    exact = [row for row in points if row["operator"] != ">"]
    if any(not row["paired"] for row in exact):
        yield Sample(partial(_sample_symbol, False), "parallel trial")
    if any(row["paired"] for row in exact):
        yield Sample(partial(_sample_symbol, True), "crossover trial (contours do not hold)")
    if any(row["operator"] == "<" for row in points):
        yield Sample(_sample_smaller, "p smaller than shown")
    for paired in (False, True):
        if any(row["operator"] == ">" and row["paired"] == paired for row in points):
            design = "crossover" if paired else "parallel"
            meaning = f"{design} trial, not significant: p somewhere in between"
            yield Sample(partial(_sample_larger, paired), meaning)
    if any(row["favours"] == "neither" for row in exact):
        yield Sample(line_sample("edge", _UNTOLD), "side not reported: drawn on both")
    for called, dash in zip(contours.values(), _DASHES, strict=False):
        yield Sample(line_sample("purple", dash), called)


def _sample_symbol(paired: bool, room: Room, x: float, y: float) -> None:
    _draw_symbol(room.ax, x, y, paired=paired, transform=room.at)


def _sample_smaller(room: Room, x: float, y: float) -> None:
    line(room.ax, (x - 9, x + 6), (y, y), transform=room.at)
    arrow(room.ax, x + 9, y, "right", transform=room.at)


def _sample_larger(paired: bool, room: Room, x: float, y: float) -> None:
    half = 6 if paired else 8  # the diamonds stand out beyond the ends
    _draw_range(room.ax, x - half, x + half, y, paired=paired, transform=room.at)
