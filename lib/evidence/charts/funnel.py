"""Funnel plot with contours of statistical significance.

Peters et al., Journal of Clinical Epidemiology 2008;61:991-996 (doi:10.1016/j.jclinepi.2007.11.010).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Final

from evidence.charts import axis as scale
from evidence.charts.axis import Axis
from evidence.charts.figure import Figure, twin
from evidence.charts.measure import Measure
from evidence.charts.numbered import list_names, number_points
from evidence.charts.sheet import Point, Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend, line_sample
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.theme import LINE, NARROW, SMALL, WIDE
from evidence.wording.numbers import number, plural, short

_LEFT: Final = 44.0
# The p-value at the outer border of each region, from the outermost in, and the region's colour.
_REGIONS: Final = ((0.01, "panel"), (0.05, "band"), (0.1, "surface"))


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One study. Ratios are given as ratios, their standard error on the log scale."""

    study: str
    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """All that a funnel plot draws."""

    measure: Measure
    points: tuple[FunnelPoint, ...]
    pooled: float | None = None


def funnel(key: str, title: str, plot: Funnel, *, caption: str = "") -> Figure:
    """Draw a contour-enhanced funnel plot.

    Raises
    ------
    ValueError
        No studies, a standard error that is not above zero, or a ratio that is not.
    """
    _check(plot)
    data = _data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), data, _draw(plot, WIDE), _draw(plot, NARROW))


def describe(plot: Funnel) -> str:
    """Return what the plot shows in sentences with its numbers."""
    digits = plot.measure.digits
    errors = [point.se for point in plot.points]
    words = (
        f"Funnel plot of {plural(len(plot.points), 'study', 'studies')}: {plot.measure.name} against its "
        f"standard error, from {number(min(errors), digits + 1)} to {number(max(errors), digits + 1)}."
    )
    if plot.pooled is None:
        return words
    below = sum(point.estimate < plot.pooled for point in plot.points)
    pooled = number(plot.pooled, digits)
    return f"{words} {below} of {len(plot.points)} lie below the pooled estimate of {pooled}."


def _data(key: str, title: str, plot: Funnel) -> Table:
    columns = (
        Column("Number"),
        Column("Study"),
        Column("Estimate", "right"),
        Column("Standard error", "right"),
    )
    digits = plot.measure.digits
    rows = tuple(
        (
            Cell(str(position), value=position),
            Cell(point.study),
            Cell(number(point.estimate, digits), value=point.estimate),
            Cell(number(point.se, digits + 1), value=point.se),
        )
        for position, point in enumerate(plot.points, 1)
    )
    return twin(key, title, columns, rows)


def _draw(plot: Funnel, width: float) -> Sheet:
    sheet = Sheet(width)
    sheet.text(2, 14, "Standard error (larger studies on top)", size=SMALL, bold=True)
    top, bottom = 24.0, 24.0 + (320 if width > NARROW else 270)
    measure = plot.measure
    values = [measure.null, *(point.estimate for point in plot.points)]
    values += [plot.pooled] if plot.pooled is not None else []
    room = 0.3 if measure.limits is None else 0.0
    x = scale.around(measure.limits or values, _LEFT + 8, width - 8, log=measure.log, room=room)
    y = Axis(0, max(point.se for point in plot.points) * 1.08, top, bottom)
    _draw_regions(sheet, x, y, measure.null)
    _draw_frame(sheet, plot, x, y)
    places = [_draw_point(sheet, x, y, point, index) for index, point in enumerate(plot.points)]
    upright = [x.at(measure.null), *([x.at(plot.pooled)] if plot.pooled is not None else [])]
    lines = [[(place, top), (place, bottom)] for place in upright]
    number_points(sheet, places, (_LEFT, top, width, bottom), lines=lines)
    middle = (x.start + x.end) / 2
    end = bottom + 17 + SMALL * LINE
    end = sheet.paragraph(middle, end, measure.name, x.end - x.start, size=SMALL, anchor="middle")
    end = draw_legend(sheet, list(_samples(plot)), 2, end + 8, width - 4)
    end = list_names(sheet, [point.study for point in plot.points], end + 2)
    return sheet.trim(end - SMALL * LINE + 6)


def _draw_regions(sheet: Sheet, x: Axis, y: Axis, null: float) -> None:
    for p, role in _REGIONS:
        z = -NormalDist().inv_cdf(p / 2)
        right, left = (_border(x, y, null, side * z) for side in (1, -1))
        corners = [(place[-1][0], y.at(y.high)) for place in (right, left)]
        sheet.polygon([*right, *corners, *reversed(left)], role, behind=True)
        for border in (right, left):
            sheet.line(border, "edge", width=0.7, behind=True)


def _border(x: Axis, y: Axis, null: float, z: float) -> list[Point]:
    """Return the ends of a region's border, from the top to where it leaves the axes."""
    end = x.high if z > 0 else x.low
    reach = (math.log(end / null) if x.log else end - null) / z  # the standard error at the end of the axis
    last = min(reach, y.high)
    foot = null * math.exp(z * last) if x.log else null + z * last
    return [(x.at(null), y.at(0)), (x.at(foot), y.at(last))]


def _draw_frame(sheet: Sheet, plot: Funnel, x: Axis, y: Axis) -> None:
    rungs = y.ticks(5)
    scale.draw_left(sheet, y, _LEFT, rungs, scale.tick_labels(rungs))
    ticks = x.ticks(6)
    scale.draw_below(sheet, x, y.end, ticks, scale.tick_labels(ticks, log=x.log))
    null = x.at(plot.measure.null)
    sheet.line([(null, y.start), (null, y.end)], "edge", width=1.2, name="null")
    if plot.pooled is not None:
        pooled = x.at(plot.pooled)
        sheet.line([(pooled, y.start), (pooled, y.end)], "ink", width=1.4, dash=(1.5, 2.5), name="pooled")


def _draw_point(sheet: Sheet, x: Axis, y: Axis, point: FunnelPoint, index: int) -> Point:
    place = x.at(point.estimate), y.at(point.se)
    sheet.marker("circle", *place, 60, "blue", "surface", width=1, name=f"point-{index}")
    return place


def _samples(plot: Funnel) -> Iterator[Sample]:
    yield Sample(partial(_sample_region, "surface"), "inside: p > 0.1")
    yield Sample(partial(_sample_region, "band"), "p 0.05 to 0.1")
    yield Sample(partial(_sample_region, "panel"), "p 0.01 to 0.05 (beyond: below 0.01)")
    if plot.pooled is not None:
        pooled = number(plot.pooled, plot.measure.digits)
        yield Sample(line_sample("ink", (1.5, 2.5)), f"pooled estimate, {pooled}")
    yield Sample(line_sample("edge"), f"no effect, {short(plot.measure.null)}")


def _sample_region(role: str, sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 8, y - 6, 16, 12, role, "edge")


def _check(plot: Funnel) -> None:
    if not plot.points:
        raise ValueError("A funnel plot needs at least one study; say in words that there is none.")
    for point in plot.points:
        if not point.se > 0:
            raise ValueError(f"{point.study}: the standard error {point.se} is not above zero.")
        if plot.measure.log and point.estimate <= 0:
            raise ValueError(f"{point.study}: the ratio {point.estimate} is not above zero.")
