"""Albatross plot: p-value against sample size, for studies that report little else.

Harrison et al., Research Synthesis Methods 2017;8:281-289 (doi:10.1002/jrsm.1239).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard, text
from evidence.charts.legend import Sample, legend, line_sample
from evidence.charts.marks import arrow, bracket, line, marker
from evidence.charts.measure import log_ticks, name_ticks, tick_labels
from evidence.charts.numbered import Box, Point, list_names, number_points
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import NBSP, p_value, plural, short

#: Standardised mean differences whose contours are drawn, and what they are called.
CONTOURS: Final = {0.2: "SMD 0.2", 0.5: "SMD 0.5", 0.8: "SMD 0.8"}
_LEFT: Final = 44.0
_TOP: Final = 24.0
_P_TICKS: Final = (0.05, 0.001, 0.01, 0.0001, 0.2)  # the first that have room; at 0.05 many brackets end
_UNTOLD: Final = (8, 2, 1.5, 2, 1.5, 2)  # dashes between the two places of a study whose side is not told
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((1.5, 2.5), (6, 3), (), (9, 3, 2, 3))
_BOUND: Final = (4.0, 2.5)
_SIDES: Final = {"low": (-1,), "high": (1,), "neither": (-1, 1)}
_OPERATORS: Final = {"=": "equal to", "<": "smaller than", ">": "larger than"}


def albatross(
    data: pd.DataFrame,
    *,
    label: str = "label",
    n: str = "n",
    p: str = "p",
    favours_low: str = "favours drug",
    favours_high: str = "favours comparator",
    contours: Mapping[float, str] = CONTOURS,
    ax: Axes | None = None,
) -> Axes:
    """Draw an albatross plot.

    Parameters
    ----------
    data
        One row for each result. Beside the three columns named by the next parameters it may have

        - ``operator``: "=" for an exact value, as without the column; "<" for "smaller than"; ">" for "not
          significant at";
        - ``favours``: "low" (left), "high" (right), or "neither", as without the column, where the side is
          not known: the study then stands on both;
        - ``paired``: true for a crossover trial, for which the contours do not hold;
        - ``window``: when, which tells results of one study apart.
    label, n, p
        Columns of the study, the people analysed, and the two-sided p-value or its bound.
    favours_low, favours_high
        Whom each side favours.
    contours
        Standardised mean difference → what it is called.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is log10 of the p-value, positive on the right; y the people.

    Raises
    ------
    ValueError
        No studies; a missing column; fewer than two people; p outside (0, 1]; a contour not above 0.

    Examples
    --------
    >>> tests = pd.DataFrame({
    ...     "label": ["Eide 1994", "Amr 2010", "Lynch 2005"], "n": [8, 40, 92], "p": [0.05, 0.0001, 0.05],
    ...     "operator": ["<", "<", ">"], "favours": ["low", "low", "neither"], "paired": [True, False, False],
    ... })
    >>> ax = albatross(tests, favours_low="favours ketamine")
    """
    points = _read(data, label, n, p, contours)
    room = Room(ax)
    room.text(2, 14, "People analysed", size=SMALL, bold=True)
    bottom = _TOP + (270 if room.stacked else 320)
    room.keep(_LEFT, room.width - 2)
    _frame(room, points, bottom)
    places = _Places(room, bottom)
    curves = list(_contours(room, contours))
    boxes = [box for i, row in enumerate(points) for box in _draw_point(places, row, f"point-{i}")]
    lines = [*map(places.path, curves), [(places.x(0), _TOP), (places.x(0), bottom)]]
    lines += [places.path(ends) for ends in _connections(points)]
    at = [places.of(row) for row in points]
    number_points(room, at, (_LEFT, _TOP, room.width, bottom), boxes, lines)
    y = _write_sides(room, places, favours_low, favours_high, bottom)
    y = legend(room, list(_samples(points, contours)), y + 8)
    y = list_names(room, [_named(row) for row in points], y + 2)
    return room.close(y - SMALL * LINE + 6, _TOP, bottom)


def albatross_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return an albatross plot as a figure of the book; `options` are those of `albatross`."""
    points = _read(
        data, **{name: options[name] for name in ("label", "n", "p", "contours") if name in options}
    )
    sides = {
        "low": options.get("favours_low", "favours drug"),
        "high": options.get("favours_high", "favours comparator"),
    }
    studies = {row["label"] for row in points}
    found = plural(len(studies), "study", "studies")
    if len(studies) < len(points):
        found += f" with {plural(len(points), 'result')}"
    parts = [f"Albatross plot of {found}: p-value against people analysed."]
    parts += [
        f"{_named(row)}: {p_value(row['p'], row['operator'])}, {row['n']:,} people, "
        f"{sides.get(row['favours'], 'direction not reported')}."
        for row in points
    ]
    names = ("Number", "Study", "Window", "People analysed", "p-value is", "p", "Favours", "Crossover")
    columns = tuple(Column(name, "right" if name in {"People analysed", "p"} else "left") for name in names)
    rows = tuple(
        (
            Cell(str(position), value=position),
            Cell(row["label"]),
            Cell(row["window"]),
            Cell(str(row["n"]), value=row["n"]),
            Cell(_OPERATORS[row["operator"]]),
            Cell(short(row["p"]), value=row["p"]),
            Cell(sides.get(row["favours"], "not reported")),
            Cell("yes" if row["paired"] else "no"),
        )
        for position, row in enumerate(points, 1)
    )
    draw = drawing(albatross, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, columns, rows))


def contour_n(effect: float, p: float) -> float:
    """Return how many people in two equal groups give a standardised mean difference the p-value `p`.

    From the large-sample variance of the difference, (4 + d^2 / 2) / N, and z = d / sqrt(variance).
    """
    z = NormalDist().inv_cdf(p / 2)
    return z * z * (4 + effect * effect / 2) / (effect * effect)


def contour_p(effect: float, n: float) -> float:
    """Return the two-sided p-value of a standardised mean difference in `n` people: `contour_n` inverted."""
    return 2 * NormalDist().cdf(-math.sqrt(n * effect * effect / (4 + effect * effect / 2)))


def _read(
    data: pd.DataFrame,
    label: str = "label",
    n: str = "n",
    p: str = "p",
    contours: Mapping[float, str] = CONTOURS,
) -> list[dict[str, Any]]:
    points = records(standard(data, "albatross", ("label", "n", "p"), label=label, n=n, p=p))
    if not points:
        raise ValueError("An albatross plot needs at least one study; say in words that there is none.")
    for row in points:
        row["operator"] = text(row.get("operator")) or "="
        row["favours"] = text(row.get("favours")) or "neither"
        row["paired"] = bool(row.get("paired", False))
        row["window"] = text(row.get("window"))
        if row["n"] < 2:
            raise ValueError(f"{row['label']}: {row['n']} people cannot be compared.")
        if not 0 < row["p"] <= 1:
            raise ValueError(f"{row['label']}: p = {row['p']} lies outside (0, 1].")
        if row["operator"] not in _OPERATORS or row["favours"] not in _SIDES:
            raise ValueError(
                f"{row['label']}: {row['operator']!r} and {row['favours']!r} are no operator and side."
            )
    if any(effect <= 0 for effect in contours):
        raise ValueError("A contour needs an effect above zero; it is drawn on both sides.")
    return points


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['label']}, {row['window']}" if row["window"] else str(row["label"])


def _depth(p: float) -> float:
    """Distance of a p-value from the middle of the axis."""
    return -math.log10(p)


def _frame(room: Room, points: list[dict[str, Any]], bottom: float) -> None:
    ax = room.ax
    reach = max(3.0, *(_depth(row["p"]) + 0.4 for row in points))
    sizes = [math.log(row["n"] * factor) for row in points for factor in (0.8, 1.25)]
    spare = 0.06 * (max(sizes) - min(sizes))
    low, high = math.exp(min(sizes) - spare), math.exp(max(sizes) + spare)
    ax.set(xlim=(-reach, reach), ylim=(low, high), yscale="log")
    ax.minorticks_off()
    rungs = log_ticks(low, high, 5)
    ax.set_yticks(rungs, labels=tick_labels(rungs, log=True))
    ax.grid(axis="y", color=INK["rule"])
    ax.set_axisbelow(True)
    ax.spines.left.set_visible(True)
    ax.tick_params(axis="y", left=True)
    half = _p_ticks(room, reach)
    ticks = [-_depth(p) for p in half] + [0.0] + [_depth(p) for p in reversed(half)]
    ax.set_xticks(ticks, labels=[short(p) for p in (*half, 1, *reversed(half))])
    name_ticks(ax.xaxis, "tick")
    name_ticks(ax.yaxis, "rung")
    line(ax, (0, 0), (low, high), "edge", width=1.2, name="middle", zorder=1)


def _p_ticks(room: Room, reach: float) -> list[float]:
    """Return the p-values that can be written under one half of the axis, the smallest first."""
    taken: list[tuple[float, float]] = [(room.across(0), measure("1", SMALL) / 2)]
    kept: list[float] = []
    for p in _P_TICKS:
        place, half = room.across(_depth(p)), measure(short(p), SMALL) / 2
        apart = all(abs(place - other) > half + width + 6 for other, width in taken)
        if _depth(p) <= reach and place + half <= room.width and apart:
            taken.append((place, half))
            kept.append(p)
    return sorted(kept)


class _Places:
    """Where p-values and people stand in the room."""

    def __init__(self, room: Room, bottom: float) -> None:
        self.room, self.bottom = room, bottom
        self.low, self.high = map(math.log, room.ax.get_ylim())

    def x(self, depth: float) -> float:
        """Return the place of a signed depth."""
        return self.room.across(depth)

    def y(self, n: float) -> float:
        """Return the place of a number of people."""
        return self.bottom - (math.log(n) - self.low) / (self.high - self.low) * (self.bottom - _TOP)

    def path(self, corners: list[Point]) -> list[Point]:
        """Return the places of depths and people."""
        return [(self.x(depth), self.y(n)) for depth, n in corners]

    def of(self, row: Mapping[str, Any]) -> Point:
        """Return where the number of a study belongs: at its symbol, or at the outer end of a range."""
        side = _SIDES[row["favours"]][-1 if row["operator"] == ">" else 0]
        return self.x(side * _depth(row["p"])), self.y(row["n"])


def _contours(room: Room, contours: Mapping[float, str]) -> Iterator[list[Point]]:
    """Draw each contour on both sides, from the lower end of the axis to where it leaves the frame."""
    smallest, most = room.ax.get_ylim()
    reach = room.ax.get_xlim()[1]
    for index, (effect, dash) in enumerate(zip(contours, _DASHES, strict=False)):
        largest = min(most, contour_n(effect, 10**-reach))
        if smallest >= largest:
            continue
        sizes = np.geomspace(smallest, largest, 121).tolist()
        depths = [_depth(contour_p(effect, size)) for size in sizes]
        for side, word in ((-1, "left"), (1, "right")):
            along = [side * depth for depth in depths]
            line(room.ax, along, sizes, "purple", width=1.3, dash=dash, name=f"contour-{index}-{word}")
            yield list(zip(along, sizes, strict=True))


def _connections(points: list[dict[str, Any]]) -> Iterator[list[Point]]:
    """Yield the lines between the two places of studies whose side is not told."""
    for row in points:
        if row["operator"] != ">" and row["favours"] == "neither":
            yield [(side * _depth(row["p"]), row["n"]) for side in (-1, 1)]


def _draw_point(places: _Places, row: Mapping[str, Any], name: str) -> list[Box]:
    """Draw a study and return the room it takes."""
    ax, n, level, sides = places.room.ax, row["n"], places.y(row["n"]), _SIDES[row["favours"]]
    depths = [side * _depth(row["p"]) for side in sides]
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


def _write_sides(room: Room, places: _Places, low: str, high: str, bottom: float) -> float:
    y, (first, last) = bottom + 17 + SMALL * LINE, map(room.across, room.ax.get_xlim())
    half = (last - first) / 2 - 6
    looks = {"size": SMALL, "role": "muted"}
    end = max(
        room.paragraph(first, y, f"←{NBSP}{low}", half, **looks),
        room.paragraph(last, y, f"{high}{NBSP}→", half, anchor="end", **looks),
    )
    return room.paragraph(places.x(0), end, "Two-sided p-value", half * 2, size=SMALL, anchor="middle")


def _samples(points: list[dict[str, Any]], contours: Mapping[float, str]) -> Iterator[Sample]:
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
