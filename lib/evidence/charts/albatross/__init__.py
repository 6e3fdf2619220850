"""Albatross plot: p-value against sample size, for studies that report little else.

Harrison et al., Research Synthesis Methods 2017;8:281-289 (doi:10.1002/jrsm.1239).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.albatross.draw import (
    LEFT,
    TOP,
    Places,
    connections,
    draw_contours,
    draw_frame,
    draw_point,
    samples,
    write_sides,
)
from evidence.charts.albatross.rows import CONTOURS, OPERATORS, named, read
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.legend import legend
from evidence.charts.numbered import list_names, number_points
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import p_value, plural, short


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
    points = read(data, label, n, p, contours)
    room = Room(ax)
    room.text(2, 14, "People analysed", size=SMALL, bold=True)
    bottom = TOP + (270 if room.stacked else 320)
    room.keep(LEFT, room.width - 2)
    draw_frame(room, points)
    places = Places(room, bottom)
    curves = list(draw_contours(room, contours))
    boxes = [box for i, row in enumerate(points) for box in draw_point(places, row, f"point-{i}")]
    lines = [*map(places.path, curves), [(places.x(0), TOP), (places.x(0), bottom)]]
    lines += [places.path(ends) for ends in connections(points)]
    at = [places.of(row) for row in points]
    number_points(room, at, (LEFT, TOP, room.width, bottom), boxes, lines)
    y = write_sides(room, places, favours_low, favours_high, bottom)
    y = legend(room, list(samples(points, contours)), y + 8)
    y = list_names(room, [named(row) for row in points], y + 2)
    return room.close(y - SMALL * LINE + 6, TOP, bottom)


def albatross_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return an albatross plot as a figure of the book; `options` are those of `albatross`."""
    points = read(
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
        f"{named(row)}: {p_value(row['p'], row['operator'])}, {row['n']:,} people, "
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
            Cell(OPERATORS[row["operator"]]),
            Cell(short(row["p"]), value=row["p"]),
            Cell(sides.get(row["favours"], "not reported")),
            Cell("yes" if row["paired"] else "no"),
        )
        for position, row in enumerate(points, 1)
    )
    draw = drawing(albatross, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, columns, rows))
