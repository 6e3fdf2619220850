"""Specification curve: the pooled estimate under every defensible set of choices, in order.

Simonsohn, Simmons and Nelson, Nature Human Behaviour 2020;4:1208-1214 (doi:10.1038/s41562-020-0912-z).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from evidence.charts import axis as scale
from evidence.charts.axis import Axis
from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, twin
from evidence.charts.measure import Measure
from evidence.charts.sheet import Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend, line_sample
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.text import wrap
from evidence.charts.theme import LINE, NARROW, SMALL, WIDE
from evidence.wording.numbers import NBSP, interval, level_name, listing, number, plural, short

_LABELS: Final = 190.0  # width of the names of choices in the wide layout
_STEP: Final = SMALL * LINE
_CLOSE: Final = 8.0  # analyses closer than this are drawn thin and without arrows


@dataclass(frozen=True, slots=True)
class Specification:
    """One analysis: a choice for each dimension, and what came out; `main` marks the report's own."""

    choices: tuple[str, ...]
    estimate: float
    low: float
    high: float
    main: bool = False


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """All that a specification curve draws; `dimensions` names the choices, such as "tau2 estimator".

    Dimensions in which all analyses agree are left to the table.
    """

    measure: Measure
    dimensions: tuple[str, ...]
    specifications: tuple[Specification, ...]

    def ordered(self) -> list[Specification]:
        """Return the analyses from the lowest estimate to the highest."""
        return sorted(self.specifications, key=lambda one: (one.estimate, one.low, one.choices))

    def varied(self) -> list[int]:
        """Return the places of the dimensions in which the analyses differ."""
        return [place for place in range(len(self.dimensions)) if len(self.options(place)) > 1]

    def options(self, dimension: int) -> list[str]:
        """Return the choices of a dimension in the order they first appear."""
        return list(dict.fromkeys(one.choices[dimension] for one in self.specifications))


def specification_curve(key: str, title: str, plot: SpecificationCurve, *, caption: str = "") -> Figure:
    """Draw a specification curve.

    Raises
    ------
    ValueError
        No analyses, more than one main analysis, a missing choice, or an estimate outside its interval.
    """
    _check(plot)
    data = _data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), data, _draw(plot, WIDE), _draw(plot, NARROW))


def describe(plot: SpecificationCurve) -> str:
    """Return what the plot shows in sentences with its numbers."""
    measure, found = plot.measure, plot.ordered()
    estimates = [one.estimate for one in found]
    clear = sum(not one.low <= measure.null <= one.high for one in found)
    parts = [
        f"Specification curve of {plural(len(found), 'analysis', 'analyses')}: {measure.name}.",
        f"Estimates run from {interval(estimates[0], estimates[-1], measure.digits)}, "
        f"median {number(median(estimates), measure.digits)}.",
        f"{clear} of {len(found)} intervals exclude {short(measure.null)}.",
    ]
    for one in found:
        if one.main:
            ends = interval(one.low, one.high, measure.digits)
            parts.append(f"Main analysis: {number(one.estimate, measure.digits)} ({ends}).")
    if varied := [plot.dimensions[place] for place in plot.varied()]:
        parts.append(f"Choices varied: {listing(varied)}.")
    return " ".join(parts)


def _data(key: str, title: str, plot: SpecificationCurve) -> Table:
    columns = [Column("Rank"), *(Column(name) for name in plot.dimensions)]
    columns += [Column(name, "right") for name in ("Estimate", "Low", "High")] + [Column("Main analysis")]
    rows = []
    for rank, one in enumerate(plot.ordered(), 1):
        values = (one.estimate, one.low, one.high)
        cells = [Cell(number(value, plot.measure.digits), value=value) for value in values]
        choices = [Cell(choice) for choice in one.choices]
        rows.append((Cell(str(rank), value=rank), *choices, *cells, Cell("yes" if one.main else "no")))
    return twin(key, title, tuple(columns), tuple(rows))


def _draw(plot: SpecificationCurve, width: float) -> Sheet:
    sheet = Sheet(width)
    left = _LABELS if width > NARROW else 44.0
    start = 14.0
    top = sheet.paragraph(2, start, plot.measure.name, width - 4, size=SMALL, bold=True)
    top = _write_side(sheet, left, top, f"↑{NBSP}{plot.measure.favours_high}") - SMALL + 5
    found = plot.ordered()
    x = _places(plot, left, width)
    y = _lay_axis(plot, top, top + (210 if width > NARROW else 190))
    for rank, one in enumerate(found, 1):
        if one.main:
            half = min(12.0, max(3.0, (x.at(2) - x.at(1)) / 2))
            sheet.box(x.at(rank) - half, top, half * 2, y.start - top, "band", behind=True)
    _draw_curve(sheet, plot, x, y, left)
    bottom = _write_side(sheet, left, y.start + 15, f"↓{NBSP}{plot.measure.favours_low}")
    bottom = _draw_choices(sheet, plot, x, bottom + 6)
    bottom = draw_legend(sheet, list(_samples(plot, dense=_dense(x))), 2, bottom + 8, width - 4)
    return sheet.trim(bottom - _STEP + 6)


def _places(plot: SpecificationCurve, left: float, width: float) -> Axis:
    """Return the axis of the ranks."""
    return Axis(0.5, len(plot.specifications) + 0.5, left + 4, width - 4)


def _dense(x: Axis) -> bool:
    """Say whether the analyses stand so close that arrows would merge."""
    return x.beyond(2) - x.beyond(1) < _CLOSE


def _write_side(sheet: Sheet, left: float, y: float, words: str) -> float:
    """Write whom one side of the axis favours; return the next baseline."""
    return sheet.paragraph(left, y, words, sheet.width - left - 4, size=SMALL, role="muted")


def _lay_axis(plot: SpecificationCurve, top: float, bottom: float) -> Axis:
    """Return the axis that holds the estimates; an interval may stretch it by the width of those."""
    measure = plot.measure
    if measure.limits:
        return Axis(*measure.limits, bottom, top, log=measure.log)
    core = [measure.null, *measure.mid, *(one.estimate for one in plot.specifications)]
    tight = scale.around(core, bottom, top, log=measure.log, room=1.0)
    ends = [min(max(v, tight.low), tight.high) for one in plot.specifications for v in (one.low, one.high)]
    return _held(measure, scale.around([*core, *ends], bottom, top, log=measure.log, room=0.04))


def _draw_curve(sheet: Sheet, plot: SpecificationCurve, x: Axis, y: Axis, left: float) -> None:
    rungs = y.ticks(5)
    scale.draw_left(sheet, y, left, rungs, scale.tick_labels(rungs, log=y.log))
    for place, role, dash in _references(plot):
        if y.holds(place):
            sheet.line([(left, y.at(place)), (sheet.width - 2, y.at(place))], role, width=1.3, dash=dash)
    step = x.beyond(2) - x.beyond(1)
    thick = min(2.0, max(0.5, step * 0.25))
    ranked = list(enumerate(plot.ordered(), 1))
    bars = [((x.at(rank), y.at(one.low)), (x.at(rank), y.at(one.high))) for rank, one in ranked]
    sheet.strokes(bars, "edge", width=thick, name="intervals")
    if not _dense(x):
        _draw_arrows(sheet, x, y, ranked, min(30.0, step * step))
    for rank, one in ranked:
        place, level = x.at(rank), y.at(one.estimate)
        if one.main:
            sheet.marker("diamond", place, level, 75, "orange", "ink", width=1, name="main")
        else:
            sheet.marker("square", place, level, min(25.0, max(6.0, step * step * 0.6)), "blue")


def _draw_arrows(
    sheet: Sheet, x: Axis, y: Axis, ranked: list[tuple[int, Specification]], area: float
) -> None:
    """Draw an arrow where an interval goes on beyond the axis."""
    for rank, one in ranked:
        if one.low < y.low:
            sheet.marker("down", x.at(rank), y.start - 4, area, "edge")
        if one.high > y.high:
            sheet.marker("up", x.at(rank), y.end + 4, area, "edge")


def _references(plot: SpecificationCurve) -> Iterator[tuple[float, str, tuple[float, ...]]]:
    yield plot.measure.null, "edge", ()
    for place in plot.measure.mid:
        yield place, "ochre", (6, 3)


def _draw_choices(sheet: Sheet, plot: SpecificationCurve, x: Axis, y: float) -> float:
    """Draw which choices each analysis makes, one line per choice; return the baseline after them."""
    found = plot.ordered()
    wide = sheet.width > NARROW
    step = x.at(2) - x.at(1) if len(found) > 1 else 12.0
    thick = min(9.0, max(1.2, step * 0.7))
    for position in plot.varied():
        y = sheet.paragraph(
            2, y, plot.dimensions[position], (x.start if wide else sheet.width) - 8, size=SMALL, bold=True
        )
        for number_, option in enumerate(plot.options(position)):
            lines = wrap(option, SMALL, (x.start if wide else sheet.width) - 16)
            for line in lines:
                sheet.text(10, y, line, size=SMALL, role="muted")
                y += _STEP
            middle = y - _STEP - 4 if wide else y - 7.5
            sheet.line([(x.start, middle), (x.end, middle)], "rule", behind=True)
            places = [x.at(rank) for rank, one in enumerate(found, 1) if one.choices[position] == option]
            marks = [((place, middle - 4.5), (place, middle + 4.5)) for place in places]
            sheet.strokes(marks, "ink", width=thick, name=f"choice-{position}-{number_}")
            y += 1 if wide else 14
        y += 5 if wide else 9
    return y


def _samples(plot: SpecificationCurve, *, dense: bool) -> Iterator[Sample]:
    yield Sample(_sample_one, f"one analysis with its {level_name(plot.measure.level)}")
    if any(one.main for one in plot.specifications):
        yield Sample(_sample_main, "main analysis")
    axis = _lay_axis(plot, 0, 1)
    if not all(axis.holds(end) for one in plot.specifications for end in (one.low, one.high)):
        if dense:
            yield Sample(_reaches, "an interval that reaches the edge goes on beyond it")
        else:
            yield Sample(_goes_on, "interval goes on beyond the axis")
    yield Sample(line_sample("edge"), f"no effect, {short(plot.measure.null)}")
    if plot.measure.mid:
        places = listing(short(place) for place in plot.measure.mid)
        yield Sample(line_sample("ochre", (6, 3)), f"minimal important difference, {places}")


def _goes_on(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y - 4), (x, y + 8)], "edge", width=1.5)
    sheet.marker("up", x, y - 3, 30, "edge")


def _reaches(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x - 9, y - 6), (x + 9, y - 6)], "rule", width=1.5)
    for place in (x - 4, x, x + 4):
        sheet.line([(place, y - 6), (place, y + 7)], "edge", width=0.8)


def _sample_one(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y - 7), (x, y + 7)], "edge", width=1.5)
    sheet.marker("square", x, y, 25, "blue")


def _sample_main(sheet: Sheet, x: float, y: float) -> None:
    sheet.marker("diamond", x, y, 75, "orange", "ink", width=1)


def _check(plot: SpecificationCurve) -> None:
    if not plot.specifications:
        raise ValueError(
            "A specification curve needs at least one analysis; say in words that there is none."
        )
    if sum(one.main for one in plot.specifications) > 1:
        raise ValueError("More than one analysis is marked as the main one.")
    for one in plot.specifications:
        if len(one.choices) != len(plot.dimensions):
            raise ValueError(
                f"{one.choices}: {len(one.choices)} choices for {len(plot.dimensions)} dimensions."
            )
        check_order(", ".join(one.choices), one.low, one.estimate, one.high)


def _held(measure: Measure, axis: Axis) -> Axis:
    if measure.possible is None:
        return axis
    low, high = max(axis.low, measure.possible[0]), min(axis.high, measure.possible[1])
    return replace(axis, low=low, high=high)
