"""The marks of a forest plot."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from evidence.charts.forest.rows import NUMERIC, Plot, Row
from evidence.charts.halfeye import eye
from evidence.charts.marks import arrow, bracket, line, marker, polygon
from evidence.charts.measure import Span, window
from evidence.charts.room import Room

PLAIN: Final = 55.0  # area of a marker where there are no weights
_LARGEST: Final = 150.0  # area of the marker of the largest weight
_HEAD: Final = 8.0  # length of an arrow's head
_SHOWS: Final = 2.0  # an interval shows beside its marker from so many points on
FILLED: Final = ("reported", "counted")
BOUND: Final = (4.0, 2.5)  # dashes of an interval of which only the bounds are known


def extent(plot: Plot) -> Span:
    """Return how much of the scale the plot shows."""
    rows = [row for row in plot.rows() if row.kind != "note"]
    estimates = [row.est for row in rows if row.est is not None]
    spans = [(row.low, row.high) for row in rows if row.low is not None and row.high is not None]
    spans += [row.prediction for row in rows if row.prediction]
    is_open = any(row.study and row.low is None and row.high is None for row in rows)
    return window(plot.measure, estimates, spans, ends(plot), centred=is_open)


def ends(plot: Plot) -> list[float]:
    """List the ends of all intervals, of those with one end too."""
    rows = list(plot.rows())
    found = [end for row in rows for end in (row.low, row.high) if end is not None]
    return [*found, *(end for row in rows for end in row.prediction or ())]


class Pen:
    """Draws the marks of rows; x is the effect, y a place in the room."""

    def __init__(self, room: Room, plot: Plot) -> None:
        self.room, self.plot, self.ax = room, plot, room.ax
        self.low, self.high = extent(plot)
        self._tallest = max((float(curve["density"].max()) for curve in plot.curves.values()), default=1.0)

    def holds(self, value: float) -> bool:
        """Say whether a value lies on the axis."""
        return self.low <= value <= self.high

    def held(self, value: float) -> float:
        """Return a value, or the end of the axis that it lies beyond."""
        return min(max(value, self.low), self.high)

    def row(self, row: Row, y: float, name: str, block: str) -> None:
        """Draw a row in the way of its kind."""
        if row.kind in NUMERIC or row.kind == "bounded":
            self._study(row, y, name)
        elif row.kind == "pooled":
            self._diamond(row, y, name)
        elif row.kind == "posterior":
            self._posterior(row, y, name, self.plot.curves.get(block))

    def _study(self, row: Row, y: float, name: str) -> None:
        low = self.low if row.low is None else row.low
        high = self.high if row.high is None else row.high
        ends, dash = (self.held(low), self.held(high)), BOUND if row.kind == "bounded" else ()
        if low <= self.high and high >= self.low:
            line(self.ax, ends, (y, y), dash=dash, name=f"{name}-interval")
        self._ends(y, row.low, row.high, closed=row.kind == "bounded")
        if row.est is not None and self.holds(row.est):
            self._marker(row, y, ends, name)

    def _marker(self, row: Row, y: float, ends: Span, name: str) -> None:
        """Draw the square of a study, and an interval that would hide behind it over it."""
        assert row.est is not None
        filled, role = row.kind in FILLED, "orange" if row.flags else "blue"
        heaviest = self.plot.heaviest()
        area = PLAIN if row.weight is None or not heaviest else _LARGEST * row.weight / heaviest
        stroke = "" if filled else role
        marker(self.ax, "square", row.est, y, area, role if filled else "surface", stroke, name=name)
        place, half = self.room.across(row.est), math.sqrt(area) / 2
        first, last = (self.room.across(end) for end in ends)
        if min(place - first, last - place) < half + _SHOWS:
            inside = [min(max(end, place - half), place + half) for end in (first, last)]
            shade, over = "surface" if filled else "ink", f"{name}-over"
            line(self.ax, inside, (y, y), shade, name=over, transform=self.room.at, zorder=2.5)

    def _ends(
        self, y: float, low: float | None, high: float | None, *, closed: bool = False, role: str = "ink"
    ) -> None:
        """Draw an arrow where an interval leaves the axis, a bracket where a bounded one is `closed`."""
        if low is None or low < self.low:
            arrow(self.ax, self.low, y, "left", role)
        elif closed and self.holds(low):
            bracket(self.ax, low, y, "left")
        if high is None or high > self.high:
            arrow(self.ax, self.high, y, "right", role)
        elif closed and self.holds(high):
            bracket(self.ax, high, y, "right")

    def _diamond(self, row: Row, y: float, name: str) -> None:
        """Draw a pooled estimate: its tips are the ends of the interval, cut where that leaves the axis."""
        assert row.est is not None
        assert row.low is not None
        assert row.high is not None
        low, middle, high = (self.room.across(value) for value in (row.low, row.est, row.high))
        whole = Path([(low, y), (middle, y - 6.5), (high, y), (middle, y + 6.5), (low, y)], closed=True)
        first, last = self._inside(row.low, row.high)
        shown = whole.clip_to_bbox(Bbox([(first, y - 9), (last, y + 9)]))
        corners = np.asarray(shown.vertices)
        if corners.size:
            polygon(self.ax, corners, "ink", name=name, transform=self.room.at)
        self._ends(y, row.low, row.high)

    def prediction(self, row: Row, y: float, name: str) -> None:
        """Draw a prediction interval as a bar."""
        assert row.prediction is not None
        low, high = row.prediction
        first, last = self._inside(low, high)
        first, last = max(self.room.across(low), first), min(self.room.across(high), last)
        self.room.box(first, y - 2.5, max(last - first, 1), 5, "purple", name=name)
        self._ends(y, low, high, role="purple")

    def _inside(self, low: float, high: float) -> Span:
        """Return where a broad mark may stand: it leaves room for the arrow at an end where it goes on."""
        return (
            self.room.across(self.low) + (_HEAD if low < self.low else 0.0),
            self.room.across(self.high) - (_HEAD if high > self.high else 0.0),
        )

    def _posterior(self, row: Row, y: float, name: str, curve: pd.DataFrame | None) -> None:
        assert row.est is not None
        assert row.low is not None
        assert row.high is not None
        ends, measure = (self.low, self.high), self.plot.measure
        eye(self.room, curve, row.est, (row.low, row.high), y - 5, ends, measure, self._tallest, name=name)

    def references(self, strips: list[tuple[float, float]]) -> None:
        """Draw the lines of no effect, minimal important difference and overall estimate on each strip."""
        measure, overall = self.plot.measure, self.plot.overall()
        places: list[tuple[float, str, float, tuple[float, ...], str]] = [
            (measure.null, "edge", 1.2, (), "null")
        ]
        places += [(place, "ochre", 1.3, (6, 3), f"mid-{i}") for i, place in enumerate(measure.mid)]
        if overall is not None and overall.est is not None:
            places.append((overall.est, "muted", 1.0, (1.5, 2.5), "overall-line"))
        for place, role, width, dash, name in places:
            if self.holds(place):
                for i, strip in enumerate(strips):
                    named = name if len(strips) == 1 else f"{name}-{i}"
                    line(self.ax, (place, place), strip, role, width=width, dash=dash, name=named, zorder=0.5)
