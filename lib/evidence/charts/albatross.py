"""Albatross plot: p-value against sample size, for studies that report little else.

Harrison et al., Research Synthesis Methods 2017;8:281-289 (doi:10.1002/jrsm.1239).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Final, Literal

from evidence.charts import axis as scale
from evidence.charts.axis import Axis
from evidence.charts.figure import Figure, twin
from evidence.charts.numbered import Box, list_names, number_points
from evidence.charts.sheet import Point, Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend, line_sample
from evidence.charts.sheet_marks import arrow, bounded, bracket
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.text import measure
from evidence.charts.theme import LINE, NARROW, SMALL, WIDE
from evidence.wording.numbers import NBSP, p_value, plural, short

_LEFT: Final = 44.0
_P_TICKS: Final = (0.05, 0.001, 0.01, 0.0001, 0.2)  # the first that have room; at 0.05 many brackets end
_UNTOLD: Final = (8, 2, 1.5, 2, 1.5, 2)  # dashes between the two places of a study whose side is not told
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((1.5, 2.5), (6, 3), (), (9, 3, 2, 3))
_SIDES: Final = {"low": -1, "high": 1}


@dataclass(frozen=True, slots=True)
class AlbatrossPoint:
    """One result of a study.

    Attributes
    ----------
    study
        Who; results of one study have the same name.
    n
        People analysed.
    p
        Two-sided p-value, or its bound.
    operator
        "=" for an exact value; "<" for "smaller than `p`"; ">" for "not significant at `p`".
    favours
        The side that the effect points to: "low" (left), "high" (right), or "neither" where it is not known;
        the study then stands on both.
    paired
        A crossover trial: the contours, drawn for two separate groups, do not hold for it.
    window
        When, which tells results of one study apart.
    """

    study: str
    n: int
    p: float
    operator: Literal["=", "<", ">"] = "="
    favours: Literal["low", "high", "neither"] = "neither"
    paired: bool = False
    window: str = ""

    @property
    def label(self) -> str:
        """Study and time window."""
        return f"{self.study}, {self.window}" if self.window else self.study


@dataclass(frozen=True, slots=True)
class Contour:
    """A standardised mean difference and what to call it."""

    effect: float
    label: str


@dataclass(frozen=True, slots=True)
class Albatross:
    """All that an albatross plot draws."""

    points: tuple[AlbatrossPoint, ...]
    contours: tuple[Contour, ...] = (
        Contour(0.2, "SMD 0.2"),
        Contour(0.5, "SMD 0.5"),
        Contour(0.8, "SMD 0.8"),
    )
    favours_low: str = "favours drug"
    favours_high: str = "favours comparator"


def albatross(key: str, title: str, plot: Albatross, *, caption: str = "") -> Figure:
    """Draw an albatross plot.

    Raises
    ------
    ValueError
        No studies, fewer than two people, a p-value outside (0, 1], or a contour that is not above zero.
    """
    _check(plot)
    data = _data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), data, _draw(plot, WIDE), _draw(plot, NARROW))


def contour_n(effect: float, p: float) -> float:
    """Return how many people in two equal groups give a standardised mean difference the p-value `p`.

    From the large-sample variance of the difference, (4 + d^2 / 2) / N, and z = d / sqrt(variance).
    """
    z = NormalDist().inv_cdf(p / 2)
    return z * z * (4 + effect * effect / 2) / (effect * effect)


def contour_p(effect: float, n: float) -> float:
    """Return the two-sided p-value of a standardised mean difference in `n` people: `contour_n` inverted."""
    return 2 * NormalDist().cdf(-math.sqrt(n * effect * effect / (4 + effect * effect / 2)))


def describe(plot: Albatross) -> str:
    """Return what the plot shows in sentences with its numbers."""
    sides = {"low": plot.favours_low, "high": plot.favours_high, "neither": "direction not reported"}
    studies = (
        f"{point.label}: {p_value(point.p, point.operator)}, {point.n:,} people, {sides[point.favours]}."
        for point in plot.points
    )
    found = plural(len({point.study for point in plot.points}), "study", "studies")
    if len({point.study for point in plot.points}) < len(plot.points):
        found += f" with {plural(len(plot.points), 'result')}"
    return " ".join((f"Albatross plot of {found}: p-value against people analysed.", *studies))


def _data(key: str, title: str, plot: Albatross) -> Table:
    names = ("Number", "Study", "Window", "People analysed", "p-value is", "p", "Favours", "Crossover")
    columns = tuple(Column(name, "right" if name in {"People analysed", "p"} else "left") for name in names)
    sides = {"low": plot.favours_low, "high": plot.favours_high, "neither": "not reported"}
    rows = tuple(
        (
            Cell(str(position), value=position),
            Cell(point.study),
            Cell(point.window),
            Cell(str(point.n), value=point.n),
            Cell({"=": "equal to", "<": "smaller than", ">": "larger than"}[point.operator]),
            Cell(short(point.p), value=point.p),
            Cell(sides[point.favours]),
            Cell("yes" if point.paired else "no"),
        )
        for position, point in enumerate(plot.points, 1)
    )
    return twin(key, title, columns, rows)


def _depth(p: float) -> float:
    """Distance of a p-value from the middle of the axis."""
    return -math.log10(p)


def _draw(plot: Albatross, width: float) -> Sheet:
    sheet = Sheet(width)
    sheet.text(2, 14, "People analysed", size=SMALL, bold=True)
    top, bottom = 24.0, 24.0 + (320 if width > NARROW else 270)
    reach = max(3.0, *(_depth(point.p) + 0.4 for point in plot.points))
    x = Axis(-reach, reach, _LEFT + 4, width - 6)
    sizes = [point.n for point in plot.points]
    y = scale.around([min(sizes) * 0.8, max(sizes) * 1.25], bottom, top, log=True)
    _draw_frame(sheet, x, y)
    curves = [curve for contour in plot.contours for curve in _curves(x, y, contour.effect)]
    _draw_contours(sheet, plot, x, y)
    boxes = [box for i, p in enumerate(plot.points) for box in _draw_point(sheet, x, y, p, f"point-{i}")]
    places = [_place(x, y, point) for point in plot.points]
    lines = [*curves, [(x.at(0), y.start), (x.at(0), y.end)], *_connections(x, y, plot)]
    number_points(sheet, places, (_LEFT, top, width, bottom), boxes, lines)
    end = _draw_names(sheet, plot, x, bottom)
    end = draw_legend(sheet, list(_samples(plot)), 2, end + 8, width - 4)
    end = list_names(sheet, [point.label for point in plot.points], end + 2)
    return sheet.trim(end - SMALL * LINE + 6)


def _draw_frame(sheet: Sheet, x: Axis, y: Axis) -> None:
    rungs = y.ticks(5)
    for rung in rungs:
        sheet.line([(_LEFT, y.at(rung)), (sheet.width - 2, y.at(rung))], "rule", behind=True)
    scale.draw_left(sheet, y, _LEFT, rungs, scale.tick_labels(rungs, log=True))
    sheet.line([(x.at(0), y.start), (x.at(0), y.end)], "edge", width=1.2)
    found = _p_ticks(x)
    ticks = [-_depth(p) for p in found] + [0.0] + [_depth(p) for p in reversed(found)]
    labels = [short(p) for p in (*found, 1, *reversed(found))]
    scale.draw_below(sheet, x, y.start, ticks, labels)


def _p_ticks(x: Axis) -> list[float]:
    """Return the p-values that can be written under one half of the axis, the smallest first."""
    taken: list[tuple[float, float]] = [(x.at(0), measure("1", SMALL) / 2)]
    kept: list[float] = []
    for p in _P_TICKS:
        place, half = x.beyond(_depth(p)), measure(short(p), SMALL) / 2
        apart = all(abs(place - other) > half + width + 6 for other, width in taken)
        if x.holds(_depth(p)) and place + half < x.end + 6 and apart:
            taken.append((place, half))
            kept.append(p)
    return sorted(kept)


def _draw_names(sheet: Sheet, plot: Albatross, x: Axis, bottom: float) -> float:
    below = bottom + 17 + SMALL * LINE
    half = (x.end - x.start) / 2 - 6
    sides = (
        sheet.paragraph(x.start, below, f"←{NBSP}{plot.favours_low}", half, size=SMALL, role="muted"),
        sheet.paragraph(
            x.end, below, f"{plot.favours_high}{NBSP}→", half, size=SMALL, role="muted", anchor="end"
        ),
    )
    return sheet.paragraph(x.at(0), max(sides), "Two-sided p-value", half * 2, size=SMALL, anchor="middle")


def _draw_contours(sheet: Sheet, plot: Albatross, x: Axis, y: Axis) -> None:
    for index, (contour, dash) in enumerate(zip(plot.contours, _DASHES, strict=False)):
        for side, curve in zip(("left", "right"), _curves(x, y, contour.effect), strict=False):
            sheet.line(curve, "purple", width=1.3, dash=dash, name=f"contour-{index}-{side}")


def _curves(x: Axis, y: Axis, effect: float) -> list[list[Point]]:
    """Return a contour on both sides, from the lower end of the axis to where it leaves the frame."""
    smallest, largest = y.low, min(y.high, contour_n(effect, 10**-x.high))
    if smallest >= largest:
        return []
    sizes = [smallest * (largest / smallest) ** (step / 120) for step in range(121)]
    depths = [_depth(contour_p(effect, n)) for n in sizes]
    return [
        [(x.at(side * depth), y.at(n)) for depth, n in zip(depths, sizes, strict=True)] for side in (-1, 1)
    ]


def _connections(x: Axis, y: Axis, plot: Albatross) -> Iterator[list[Point]]:
    """Yield the lines between the two places of studies whose side is not told."""
    for point in plot.points:
        if point.operator != ">" and point.favours == "neither":
            level, depth = y.at(point.n), _depth(point.p)
            yield [(x.at(-depth), level), (x.at(depth), level)]


def _sides(point: AlbatrossPoint) -> tuple[int, ...]:
    """On which sides of the middle a study stands: on both where its direction is not known."""
    return (-1, 1) if point.favours == "neither" else (_SIDES[point.favours],)


def _place(x: Axis, y: Axis, point: AlbatrossPoint) -> Point:
    """Where the number of a study belongs: at its symbol, or at the outer end of a range."""
    side = _sides(point)[-1 if point.operator == ">" else 0]
    return x.at(side * _depth(point.p)), y.at(point.n)


def _draw_point(sheet: Sheet, x: Axis, y: Axis, point: AlbatrossPoint, name: str) -> list[Box]:
    """Draw a study and return the room it takes."""
    depth, level = _depth(point.p), y.at(point.n)
    places = [x.at(side * depth) for side in _sides(point)]
    if point.operator == ">":
        ends = (*places, x.at(0))
        low, high = min(ends), max(ends)
        _draw_range(sheet, low, high, level, paired=point.paired, name=name)
        return [(low, level - 6, high, level + 6)]
    if len(places) == 2:
        sheet.line([(places[0], level), (places[1], level)], "edge", dash=_UNTOLD, name=f"{name}-untold")
    boxes = []
    for side, place in zip(_sides(point), places, strict=True):
        tip = place + 20 * side if point.operator == "<" else place
        if point.operator == "<":
            sheet.line([(place, level), (tip, level)], "ink", width=1.6)
            arrow(sheet, tip, level, "left" if side < 0 else "right")
        _draw_symbol(
            sheet, place, level, paired=point.paired, name=f"{name}-left" if side < 0 else f"{name}-right"
        )
        boxes.append((min(place, tip) - 5, level - 5, max(place, tip) + 5, level + 5))
    return boxes


def _draw_range(sheet: Sheet, low: float, high: float, y: float, *, paired: bool, name: str = "") -> None:
    """Draw the p-values that a study may have; the ends say whether it is parallel or crossover."""
    bounded(sheet, low, high, y, name=name)
    for place, side in ((low, "left"), (high, "right")):
        if paired:
            end = f"{name}-{side}" if name else ""
            sheet.marker("diamond", place, y, 50, "surface", "blue", name=end)
        else:
            bracket(sheet, place, y, "left" if side == "left" else "right")


def _draw_symbol(sheet: Sheet, x: float, y: float, *, paired: bool, name: str = "") -> None:
    if paired:
        sheet.marker("diamond", x, y, 70, "surface", "blue", name=name)
    else:
        sheet.marker("circle", x, y, 64, "blue", "surface", width=1, name=name)


def _samples(plot: Albatross) -> Iterator[Sample]:
    exact = [point for point in plot.points if point.operator != ">"]
    if any(not point.paired for point in exact):
        yield Sample(partial(_sample_symbol, False), "parallel trial")
    if any(point.paired for point in exact):
        yield Sample(partial(_sample_symbol, True), "crossover trial (contours do not hold)")
    if any(point.operator == "<" for point in plot.points):
        yield Sample(_sample_smaller, "p smaller than shown")
    for paired in (False, True):
        if any(point.operator == ">" and point.paired == paired for point in plot.points):
            design = "crossover" if paired else "parallel"
            meaning = f"{design} trial, not significant: p somewhere in between"
            yield Sample(partial(_sample_larger, paired), meaning)
    if any(point.favours == "neither" for point in exact):
        yield Sample(line_sample("edge", _UNTOLD), "side not reported: drawn on both")
    for contour, dash in zip(plot.contours, _DASHES, strict=False):
        yield Sample(line_sample("purple", dash), contour.label)


def _sample_symbol(paired: bool, sheet: Sheet, x: float, y: float) -> None:
    _draw_symbol(sheet, x, y, paired=paired)


def _sample_smaller(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x - 9, y), (x + 6, y)], "ink", width=1.6)
    arrow(sheet, x + 9, y, "right")


def _sample_larger(paired: bool, sheet: Sheet, x: float, y: float) -> None:
    half = 6 if paired else 8  # the diamonds stand out beyond the ends
    _draw_range(sheet, x - half, x + half, y, paired=paired)


def _check(plot: Albatross) -> None:
    if not plot.points:
        raise ValueError("An albatross plot needs at least one study; say in words that there is none.")
    for point in plot.points:
        if point.n < 2:
            raise ValueError(f"{point.study}: {point.n} people cannot be compared.")
        if not 0 < point.p <= 1:
            raise ValueError(f"{point.study}: p = {point.p} lies outside (0, 1].")
    if any(contour.effect <= 0 for contour in plot.contours):
        raise ValueError("A contour needs an effect above zero; it is drawn on both sides.")
