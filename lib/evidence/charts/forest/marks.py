"""The marks of a forest plot on one line of the drawing, and the legend that explains them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from evidence.charts.axis import Axis
from evidence.charts.forest.extent import beyond
from evidence.charts.forest.rows import Evidence, Forest, ForestPool, ForestRow, Level
from evidence.charts.legend import Sample, line_sample
from evidence.charts.marks import arrow, bounded, bracket, goes_on
from evidence.charts.sheet import Point, Sheet
from evidence.charts.style import SMALL
from evidence.wording.numbers import level_name, short

LARGEST: Final = 150.0  # area of the marker of the largest weight
_PLAIN: Final = 55.0  # area where there are no weights
_HEAD: Final = 8.0  # length of an arrow's head
_SHOWS: Final = 2.0  # an interval shows beside its marker from so many pixels on
_FILLED: Final[tuple[Evidence, ...]] = ("reported", "counted")
_SYMBOLS: Final[dict[Level, str]] = {"yes": "+", "unclear": "?", "no": "\N{MINUS SIGN}"}
_MEANINGS: Final[dict[Level, str]] = {"yes": "yes", "unclear": "unclear or not reported", "no": "no"}


def marker_area(row: ForestRow, heaviest: float | None) -> float:
    """Return the marker's area: proportional to the weight."""
    if row.weight is None or not heaviest:
        return _PLAIN
    return LARGEST * row.weight / heaviest


def draw_row(sheet: Sheet, axis: Axis, y: float, row: ForestRow, area: float, name: str) -> None:
    """Draw a study's interval and marker in the way of its class of evidence."""
    low = axis.low if row.low is None else row.low
    high = axis.high if row.high is None else row.high
    if low <= axis.high and high >= axis.low:
        line = f"{name}-interval" if name else ""
        if row.evidence == "bounded":
            bounded(sheet, axis.at(low), axis.at(high), y, name=line)
        else:
            sheet.line([(axis.at(low), y), (axis.at(high), y)], "ink", width=1.6, name=line)
    _draw_ends(sheet, axis, y, row.low, row.high, closed=row.evidence == "bounded")
    if row.estimate is not None and axis.holds(row.estimate):
        filled = row.evidence in _FILLED
        place, fill = axis.at(row.estimate), "blue" if filled else "surface"
        sheet.marker("square", place, y, area, fill, "blue", width=0.01 if filled else 1.6, name=name)
        ends, half = (axis.at(low), axis.at(high)), math.sqrt(area) / 2
        if min(place - ends[0], ends[1] - place) < half + _SHOWS:
            inside = [(min(max(end, place - half), place + half), y) for end in ends]
            over = f"{name}-over" if name else ""
            sheet.line(inside, "surface" if filled else "ink", width=1.6, name=over)


def _draw_ends(
    sheet: Sheet,
    axis: Axis,
    y: float,
    low: float | None,
    high: float | None,
    *,
    closed: bool = False,
    role: str = "ink",
) -> None:
    """Draw an arrow where an interval leaves the axis, a bracket where a bounded one is `closed`."""
    if low is None or low < axis.low:
        arrow(sheet, axis.start, y, "left", role)
    elif closed and axis.holds(low):
        bracket(sheet, axis.at(low), y, "left")
    if high is None or high > axis.high:
        arrow(sheet, axis.end, y, "right", role)
    elif closed and axis.holds(high):
        bracket(sheet, axis.at(high), y, "right")


def draw_diamond(sheet: Sheet, axis: Axis, y: float, pool: ForestPool, name: str) -> None:
    """Draw a pooled estimate: its tips are the ends of the interval, cut where that leaves the axis."""
    low, middle, high = (axis.beyond(value) for value in (pool.low, pool.estimate, pool.high))
    whole = [(low, y), (middle, y - 6.5), (high, y), (middle, y + 6.5)]
    if shown := _cut(whole, *_inside(axis, pool.low, pool.high)):
        sheet.polygon(shown, "ink", name=name)
    _draw_ends(sheet, axis, y, pool.low, pool.high)


def draw_prediction(sheet: Sheet, axis: Axis, y: float, ends: tuple[float, float], name: str) -> None:
    """Draw the prediction interval as a bar."""
    first, last = _inside(axis, *ends)
    low, high = max(axis.at(ends[0]), first), min(axis.at(ends[1]), last)
    sheet.box(low, y - 2.5, max(high - low, 1), 5, "purple", name=name)
    _draw_ends(sheet, axis, y, *ends, role="purple")


def _inside(axis: Axis, low: float, high: float) -> tuple[float, float]:
    """Return where a broad mark may stand: it leaves room for the arrow at an end where it goes on."""
    return (
        axis.start + (_HEAD if low < axis.low else 0.0),
        axis.end - (_HEAD if high > axis.high else 0.0),
    )


def _cut(points: Sequence[Point], start: float, end: float) -> list[Point]:
    """Return the part of a closed outline between two upright lines, by Sutherland and Hodgman (1974)."""
    for line, side in ((start, 1), (end, -1)):
        kept: list[Point] = []
        for (x0, y0), (x1, y1) in zip([*points[-1:], *points[:-1]], points, strict=True):
            if (side * (x0 - line) < 0) != (side * (x1 - line) < 0):
                kept.append((line, y0 + (y1 - y0) * (line - x0) / (x1 - x0)))
            if side * (x1 - line) >= 0:
                kept.append((x1, y1))
        points = kept
    return list(points)


def draw_references(
    sheet: Sheet, axis: Axis, plot: Forest, top: float, bottom: float, name: str = ""
) -> None:
    """Draw the lines of no effect (`name`), minimal important difference and overall estimate."""
    measure = plot.measure
    if axis.holds(measure.null):
        x = axis.at(measure.null)
        sheet.line([(x, top), (x, bottom)], "edge", width=1.2, behind=True, name=name)
    for place in measure.mid:
        if axis.holds(place):
            sheet.line(
                [(axis.at(place), top), (axis.at(place), bottom)],
                "ochre",
                width=1.3,
                dash=(6, 3),
                behind=True,
            )
    if plot.overall and axis.holds(plot.overall.estimate):
        x = axis.at(plot.overall.estimate)
        sheet.line([(x, top), (x, bottom)], "muted", dash=(1.5, 2.5), behind=True)


def draw_safeguard(sheet: Sheet, x: float, y: float, level: Level) -> None:
    """Draw the symbol of one level, with its middle at the given place: sign, ground and frame all differ."""
    fill = {"yes": "blue", "unclear": "panel", "no": "surface"}[level]
    stroke = {"yes": "blue", "unclear": "edge", "no": "orange"}[level]
    role = {"yes": "surface", "unclear": "ink", "no": "orange"}[level]
    sheet.box(x - 7.5, y - 7.5, 15, 15, fill, stroke)
    sheet.text(x, y + 4.5, _SYMBOLS[level], size=SMALL, role=role, anchor="middle", bold=True)


def samples(plot: Forest, axis: Axis) -> list[Sample]:
    """Return the legend: only what the plot holds."""
    found = [*_row_samples(plot)]
    if any(True for _ in plot.pools()):
        found.append(Sample(_sample_diamond, f"pooled estimate, {level_name(plot.measure.level)}"))
    if any(pool.prediction for pool in plot.pools()):
        found.append(Sample(_sample_prediction, "prediction interval"))
    if beyond(plot, axis):
        found.append(Sample(goes_on, "interval goes on beyond the axis"))
    if any(row.low is None or row.high is None for row in plot.rows()):
        found.append(Sample(_sample_open, "no bound on that side"))
    if plot.measure.mid:
        places = " and ".join(short(place) for place in plot.measure.mid)
        found.append(Sample(line_sample("ochre", (6, 3)), f"minimal important difference, {places}"))
    if plot.overall:
        found.append(Sample(line_sample("muted", (1.5, 2.5)), "overall estimate"))
    levels = [level for level in _SYMBOLS if any(level in row.safeguards for row in plot.rows())]
    found += [Sample(partial(_sample_safeguard, level), _MEANINGS[level]) for level in levels]
    return found


def _row_samples(plot: Forest) -> Iterator[Sample]:
    """Yield a sample for each mark of a study; classes of evidence drawn alike share one."""
    drawn = {row.evidence for row in plot.rows()}
    filled = [plot.kind(evidence).meaning for evidence in _FILLED if evidence in drawn]
    if filled:
        yield Sample(partial(_sample_row, "reported"), " or ".join(filled))
    others: tuple[Evidence, ...] = ("derived", "bounded")
    for evidence in others:
        if evidence in drawn:
            yield Sample(partial(_sample_row, evidence), plot.kind(evidence).meaning)


def _sample_row(evidence: str, sheet: Sheet, x: float, y: float) -> None:
    axis = Axis(0, 1, x - 9, x + 9)
    row = ForestRow("", None, 0.1, 0.9, "bounded")
    if evidence != "bounded":
        row = ForestRow("", 0.5, 0, 1, "reported" if evidence == "reported" else "derived")
    draw_row(sheet, axis, y, row, _PLAIN, "")


def _sample_diamond(sheet: Sheet, x: float, y: float) -> None:
    draw_diamond(sheet, Axis(0, 1, x - 9, x + 9), y, ForestPool("", 0.5, 0, 1), "")


def _sample_open(sheet: Sheet, x: float, y: float) -> None:
    bounded(sheet, x - 9, x + 4, y)
    arrow(sheet, x + 9, y, "right")


def _sample_prediction(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 9, y - 2.5, 18, 5, "purple")


def _sample_safeguard(level: Level, sheet: Sheet, x: float, y: float) -> None:
    draw_safeguard(sheet, x, y, level)
