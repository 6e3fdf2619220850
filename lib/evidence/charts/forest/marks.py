"""The marks of a forest plot on one line of the drawing, and the legend that explains them."""

from __future__ import annotations

from functools import partial
from typing import Final

from evidence.charts.axis import Axis, around
from evidence.charts.forest.rows import Forest, ForestPool, ForestRow, Level
from evidence.charts.legend import Sample, line_sample
from evidence.charts.marks import arrow, bounded, bracket
from evidence.charts.sheet import Sheet
from evidence.charts.style import SMALL
from evidence.charts.words import short

LARGEST: Final = 150.0  # area of the marker of the largest weight
_PLAIN: Final = 55.0  # area where there are no weights
_SYMBOLS: Final[dict[Level, str]] = {"yes": "+", "unclear": "?", "no": "\N{MINUS SIGN}"}
_MEANINGS: Final[dict[Level, str]] = {"yes": "yes", "unclear": "unclear or not reported", "no": "no"}


def lay_axis(plot: Forest, start: float, end: float) -> Axis:
    """Return the axis that holds estimates, pooled results and reference lines.

    Intervals may stretch it by half the width of those; what goes beyond is drawn as an arrow.
    """
    measure = plot.measure
    if measure.limits:
        return Axis(*measure.limits, start, end, log=measure.log)
    core = [measure.null, *measure.mid]
    for pool in plot.pools():
        core += [pool.low, pool.high, *(pool.prediction or ())]
    core += [row.estimate for row in plot.rows() if row.estimate is not None]
    tight = around(core, start, end, log=measure.log, room=0.5)
    ends = [v for row in plot.rows() for v in (row.low, row.high) if v is not None]
    inside = [min(max(v, tight.low), tight.high) for v in ends]
    return around([*core, *inside], start, end, log=measure.log)


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
        filled = row.evidence == "reported"
        place, fill = axis.at(row.estimate), "blue" if filled else "surface"
        sheet.marker("square", place, y, area, fill, "blue", width=0.01 if filled else 1.6, name=name)


def _draw_ends(
    sheet: Sheet, axis: Axis, y: float, low: float | None, high: float | None, *, closed: bool = False
) -> None:
    """Draw an arrow where an interval leaves the axis, a bracket where a bounded one is `closed`."""
    if low is None or low < axis.low:
        arrow(sheet, axis.start, y, "left")
    elif closed and axis.holds(low):
        bracket(sheet, axis.at(low), y, "left")
    if high is None or high > axis.high:
        arrow(sheet, axis.end, y, "right")
    elif closed and axis.holds(high):
        bracket(sheet, axis.at(high), y, "right")


def draw_diamond(sheet: Sheet, axis: Axis, y: float, pool: ForestPool, name: str) -> None:
    """Draw a pooled estimate: its tips are the ends of the interval."""
    low, middle, high = (axis.at(value) for value in (pool.low, pool.estimate, pool.high))
    sheet.polygon([(low, y), (middle, y - 6.5), (high, y), (middle, y + 6.5)], "ink", name=name)
    _draw_ends(sheet, axis, y, pool.low, pool.high)


def draw_prediction(sheet: Sheet, axis: Axis, y: float, ends: tuple[float, float], name: str) -> None:
    """Draw the prediction interval as a bar."""
    low, high = (axis.at(value) for value in ends)
    sheet.box(low, y - 2.5, max(high - low, 1), 5, "purple", name=name)
    _draw_ends(sheet, axis, y, *ends)


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


def samples(plot: Forest) -> list[Sample]:
    """Return the legend: only what the plot holds."""
    found = [
        Sample(partial(_sample_row, evidence), meaning)
        for evidence, meaning in (
            ("reported", "effect and interval as reported"),
            ("derived", "derived from other reported numbers"),
            ("bounded", "only bounds are known"),
        )
        if any(row.evidence == evidence for row in plot.rows())
    ]
    if any(True for _ in plot.pools()):
        found.append(Sample(_sample_diamond, f"pooled estimate, {plot.measure.level:.0%} interval"))
    if any(pool.prediction for pool in plot.pools()):
        found.append(Sample(_sample_prediction, "prediction interval"))
    if plot.measure.mid:
        places = " and ".join(short(place) for place in plot.measure.mid)
        found.append(Sample(line_sample("ochre", (6, 3)), f"minimal important difference, {places}"))
    if plot.overall:
        found.append(Sample(line_sample("muted", (1.5, 2.5)), "overall estimate"))
    levels = [level for level in _SYMBOLS if any(level in row.safeguards for row in plot.rows())]
    found += [Sample(partial(_sample_safeguard, level), _MEANINGS[level]) for level in levels]
    return found


def _sample_row(evidence: str, sheet: Sheet, x: float, y: float) -> None:
    axis = Axis(0, 1, x - 9, x + 9)
    row = ForestRow("", None, 0.1, 0.9, "bounded")
    if evidence != "bounded":
        row = ForestRow("", 0.5, 0, 1, "reported" if evidence == "reported" else "derived")
    draw_row(sheet, axis, y, row, _PLAIN, "")


def _sample_diamond(sheet: Sheet, x: float, y: float) -> None:
    draw_diamond(sheet, Axis(0, 1, x - 9, x + 9), y, ForestPool("", 0.5, 0, 1), "")


def _sample_prediction(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 9, y - 2.5, 18, 5, "purple")


def _sample_safeguard(level: Level, sheet: Sheet, x: float, y: float) -> None:
    draw_safeguard(sheet, x, y, level)
