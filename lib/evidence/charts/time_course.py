"""Time course: the mean of each arm over time, with its intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from evidence.charts import axis as scale
from evidence.charts.axis import Axis
from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, twin
from evidence.charts.sheet import Shape, Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.theme import LINE, NARROW, SERIES, SMALL, WIDE
from evidence.wording.numbers import capital, interval, level_name, number, plural, short

_SHAPES: Final[tuple[Shape, ...]] = ("circle", "square", "up", "diamond")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (7, 3), (2, 2), (9, 3, 2, 3))
_ALTERNATIVE: Final = (2.5, 2.0)
_BESIDE: Final = 8.0  # from an interval to that under another reading


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One arm at one time; `label` is the source's own word for the time, such as "week 12".

    `other` is the interval under another reading of the source, drawn lighter.
    """

    time: float
    value: float
    low: float | None = None
    high: float | None = None
    label: str = ""
    other: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One arm, its points in order of time."""

    arm: str
    points: tuple[TimePoint, ...]


@dataclass(frozen=True, slots=True)
class TimeCourse:
    """All that a time course draws.

    Attributes
    ----------
    y_name, x_name
        What the axes show, with units: "Mean pain, 0-100", "Weeks since the start of treatment".
    y_limits
        Ends of the scale where the whole of it shall show.
    treatment
        First and last time of treatment, drawn as a band.
    interval_name, other_name
        What the two kinds of interval are.
    """

    series: tuple[TimeSeries, ...]
    x_name: str
    y_name: str
    y_limits: tuple[float, float] | None = None
    treatment: tuple[float, float] | None = None
    interval_name: str = level_name(0.95)
    other_name: str = ""
    digits: int = 1


def time_course(key: str, title: str, plot: TimeCourse, *, caption: str = "") -> Figure:
    """Draw a time course.

    Raises
    ------
    ValueError
        No points, more arms than markers, times out of order, or a mean outside its interval.
    """
    _check(plot)
    return from_sheets(
        key, title, caption, describe(plot), _data(key, title, plot), _draw(plot, WIDE), _draw(plot, NARROW)
    )


def describe(plot: TimeCourse) -> str:
    """Return what the plot shows in sentences with its numbers."""
    parts = [f"Time course of {plural(len(plot.series), 'arm')}: {plot.y_name} by {plot.x_name.lower()}."]
    for series in plot.series:
        arm = capital(series.arm)
        parts += [f"{arm}, {_when(p)}: {_value_words(p, plot.digits)}." for p in series.points]
    if plot.other_name:
        parts.append(f"The second interval, drawn dashed: {plot.other_name}.")
    return " ".join(parts)


def _when(point: TimePoint) -> str:
    return point.label or f"at {point.time:g}"


def _value_words(point: TimePoint, digits: int) -> str:
    words = number(point.value, digits)
    if point.low is not None or point.high is not None:
        words += f" ({interval(point.low, point.high, digits)})"
    if point.other:
        words += f", or {interval(*point.other, digits)}"
    return words


def _data(key: str, title: str, plot: TimeCourse) -> Table:
    names = ["Arm", "Time", plot.x_name, "Mean", "Low", "High"]
    names += [f"Low, {plot.other_name}", f"High, {plot.other_name}"] if plot.other_name else []
    columns = tuple(Column(name, "right" if position > 1 else "left") for position, name in enumerate(names))
    rows = []
    for series in plot.series:
        for point in series.points:
            others = point.other or (None, None)
            values = [point.value, point.low, point.high, *(others if plot.other_name else ())]
            cells = [Cell("") if v is None else Cell(number(v, plot.digits), value=v) for v in values]
            time = Cell(f"{point.time:g}", value=point.time)
            rows.append((Cell(series.arm), Cell(_when(point)), time, *cells))
    return twin(key, title, columns, tuple(rows))


def _axes(plot: TimeCourse, width: float, top: float) -> tuple[Axis, Axis]:
    points = [point for series in plot.series for point in series.points]
    times = [point.time for point in points] + list(plot.treatment or ())
    values = [point.value for point in points]
    values += [v for p in points for v in (p.low, p.high, *(p.other or ())) if v is not None]
    left, bottom = 44.0, top + (300 if width > NARROW else 230)
    spare = _offset(plot, len(plot.series) - 1) + (_BESIDE + 6 if plot.other_name else 6)
    x = scale.around([0, *times], left + max(8, spare - 6), width - 2 - spare, room=0.02)
    if plot.y_limits:
        return x, Axis(*plot.y_limits, bottom, top)
    return x, scale.around(values, bottom, top)


def _draw(plot: TimeCourse, width: float) -> Sheet:
    sheet = Sheet(width)
    top = sheet.paragraph(2, 14, plot.y_name, width - 4, size=SMALL, bold=True)
    x, y = _axes(plot, width, top)
    _frame(sheet, plot, x, y)
    for position, series in enumerate(plot.series):
        _draw_series(sheet, x, y, series, position, _offset(plot, position))
    bottom = y.start + 17 + SMALL * LINE + 2
    bottom = sheet.paragraph((44 + width) / 2, bottom, plot.x_name, width - 60, size=SMALL, anchor="middle")
    bottom = draw_legend(sheet, _samples(plot), 2, bottom + 6, width - 4)
    return sheet.trim(bottom - SMALL * LINE + 6)


def _offset(plot: TimeCourse, position: int) -> float:
    """Return how far right of its time an arm is drawn, so that the arms stand side by side."""
    shift = 18.0 if plot.other_name else 7.0
    return (position - (len(plot.series) - 1) / 2) * shift


def _frame(sheet: Sheet, plot: TimeCourse, x: Axis, y: Axis) -> None:
    if plot.treatment:
        start, end = (x.at(time) for time in plot.treatment)
        sheet.box(start, y.end, max(end - start, 2), y.start - y.end, "band", behind=True)
    rungs = y.ticks(5)
    for rung in rungs:
        sheet.line([(44, y.at(rung)), (sheet.width - 2, y.at(rung))], "rule", behind=True)
    scale.draw_left(sheet, y, 44, rungs, scale.tick_labels(rungs))
    ticks = sorted({0.0} | {point.time for series in plot.series for point in series.points})
    sheet.line([(44, y.start), (sheet.width - 2, y.start)], "edge")
    scale.draw_below(sheet, x, y.start, ticks, [short(tick) for tick in ticks])


def _draw_series(sheet: Sheet, x: Axis, y: Axis, series: TimeSeries, position: int, offset: float) -> None:
    role = SERIES[position]
    places = [(x.at(point.time) + offset, y.at(point.value)) for point in series.points]
    if len(places) > 1:
        sheet.line(places, role, width=1.4, dash=_DASHES[position])
    for index, (point, (left, middle)) in enumerate(zip(series.points, places, strict=True)):
        if point.other:
            ends = [y.at(value) for value in point.other]
            name = f"series-{position}-{index}-other"
            _whisker(sheet, left + _BESIDE, ends[0], ends[1], role, dash=_ALTERNATIVE, name=name)
        if point.low is not None and point.high is not None:
            name = f"series-{position}-{index}-interval"
            _whisker(sheet, left, y.at(point.low), y.at(point.high), role, name=name)
        _symbol(sheet, left, middle, position, name=f"series-{position}-{index}")


def _whisker(
    sheet: Sheet,
    x: float,
    low: float,
    high: float,
    role: str,
    *,
    dash: tuple[float, ...] = (),
    name: str = "",
) -> None:
    cap, width = (5.0, 1.0) if dash else (3.5, 2.0)
    sheet.line([(x, low), (x, high)], role, width=width, dash=dash, name=name)
    for end in (low, high):
        sheet.line([(x - cap, end), (x + cap, end)], role, width=width)


def _symbol(sheet: Sheet, x: float, y: float, position: int, *, name: str = "") -> None:
    fill = SERIES[position] if position % 2 == 0 else "surface"
    sheet.marker(_SHAPES[position], x, y, 64, fill, SERIES[position], name=name)


def _samples(plot: TimeCourse) -> list[Sample]:
    found = [
        Sample(partial(_sample_series, position), series.arm) for position, series in enumerate(plot.series)
    ]
    points = [point for series in plot.series for point in series.points]
    if any(point.low is not None for point in points):
        found.append(Sample(partial(_sample_whisker, ()), plot.interval_name))
    if plot.other_name:
        found.append(Sample(partial(_sample_whisker, _ALTERNATIVE), plot.other_name))
    if plot.treatment:
        found.append(Sample(_sample_band, "treatment"))
    return found


def _sample_series(position: int, sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x - 9, y), (x + 9, y)], SERIES[position], width=1.4, dash=_DASHES[position])
    _symbol(sheet, x, y, position)


def _sample_whisker(dash: tuple[float, ...], sheet: Sheet, x: float, y: float) -> None:
    _whisker(sheet, x, y - 6, y + 6, "ink", dash=dash)


def _sample_band(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 9, y - 6, 18, 12, "band")


def _check(plot: TimeCourse) -> None:
    if not any(series.points for series in plot.series):
        raise ValueError("A time course needs at least one point; say in words that there is none.")
    if len(plot.series) > len(SERIES):
        raise ValueError(f"A time course draws at most {len(SERIES)} arms, not {len(plot.series)}.")
    for series in plot.series:
        times = [point.time for point in series.points]
        if times != sorted(times):
            raise ValueError(f"{series.arm}: the times {times} are out of order.")
        for point in series.points:
            check_order(series.arm, point.low, point.value, point.high)
            low, high = point.other or (None, None)
            check_order(f"{series.arm}, {plot.other_name}", low, point.value, high)
