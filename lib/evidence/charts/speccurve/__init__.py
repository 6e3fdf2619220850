"""Specification curve: the pooled estimate under every defensible set of choices, in order.

Simonsohn, Simmons and Nelson, Nature Human Behaviour 2020;4:1208-1214 (doi:10.1038/s41562-020-0912-z).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records
from evidence.charts.legend import legend
from evidence.charts.measure import Measure, even_ticks, margin
from evidence.charts.room import Room
from evidence.charts.speccurve.draw import (
    CLOSE,
    STEP,
    draw_analyses,
    draw_choices,
    draw_frame,
    extent,
    samples,
    write_side,
)
from evidence.charts.speccurve.rows import read, varied_of
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import SMALL
from evidence.wording.numbers import NBSP, interval, listing, number, plural, short

_LABELS: Final = 190.0  # width of the names of choices beside the curve
_EFFECT: Final = Measure("Effect")


def speccurve(
    data: pd.DataFrame,
    *,
    choices: Sequence[str],
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    main: str = "main",
    measure: Measure = _EFFECT,
    ax: Axes | None = None,
) -> Axes:
    """Draw a specification curve.

    Parameters
    ----------
    data
        One row for each analysis, in any order.
    choices
        Columns of the choices made, in the order drawn; those in which all analyses agree are not drawn.
    est, lo, hi
        Columns of the estimate and the ends of its interval.
    main
        Column that is true for the report's own analysis; it may be absent.
    measure
        What lies on the axis.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the rank of the analysis, from 1; y the effect.

    Raises
    ------
    ValueError
        No analyses; a missing column; more than one main analysis; an estimate outside its interval.

    Examples
    --------
    >>> many = pd.DataFrame({
    ...     "interval": ["Hartung-Knapp", "Hartung-Knapp", "normal", "normal"],
    ...     "trials": ["all", "double-blind", "all", "double-blind"],
    ...     "est": [-12.0, -18.0, -12.0, -18.0], "lo": [-40.0, -52.0, -24.0, -30.0],
    ...     "hi": [16.0, 16.0, 0.0, -6.0], "main": [True, False, False, False],
    ... })
    >>> pain = Measure("Mean difference in pain, points on 0–100", mid=(-10,))
    >>> ax = speccurve(many, choices=["interval", "trials"], measure=pain)
    """
    ranked = read(data, choices, est, lo, hi, main)
    room = Room(ax)
    ends = extent(ranked, measure)
    left = max(margin(even_ticks(*ends, 5)), 0.0 if room.stacked else _LABELS)
    top = room.paragraph(2, 14, measure.name, room.width - 4, size=SMALL, bold=True)
    top = write_side(room, left, top, f"↑{NBSP}{measure.favours_high}") - SMALL + 5
    bottom = top + (190 if room.stacked else 210)
    room.keep(left, room.width - 4)
    room.ax.set_xlim(0.5, len(ranked) + 0.5)
    step = (room.width - 4 - left) / len(ranked)
    draw_frame(room, ranked, measure, ends)
    draw_analyses(room, ranked, step)
    y = write_side(room, left, bottom + 15, f"↓{NBSP}{measure.favours_low}")
    y = draw_choices(room, ranked, choices, y + 6, left, step)
    y = legend(room, list(samples(room, ranked, measure, dense=step < CLOSE)), y + 8)
    return room.close(y - STEP + 6, top, bottom)


def speccurve_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return a specification curve as a figure of the book; `options` are those of `speccurve`."""
    names = ("choices", "est", "lo", "hi", "main")
    ranked = read(data, **{name: options[name] for name in names if name in options})
    measure, choices = options.get("measure", _EFFECT), options["choices"]
    columns = [Column("Rank"), *(Column(name) for name in choices)]
    columns += [Column(name, "right") for name in ("Estimate", "Low", "High")] + [Column("Main analysis")]
    rows = []
    for rank, row in enumerate(records(ranked), 1):
        cells = [Cell(number(row[name], measure.digits), value=row[name]) for name in ("est", "lo", "hi")]
        made = [Cell(str(row[name])) for name in choices]
        rows.append((Cell(str(rank), value=rank), *made, *cells, Cell("yes" if row["main"] else "no")))
    numbers = twin(key, title, tuple(columns), tuple(rows))
    said = _describe(ranked, choices, measure)
    return Figure(key, title, caption, said, data, drawing(speccurve, data, **options), numbers)


def _describe(ranked: pd.DataFrame, choices: Sequence[str], measure: Measure) -> str:
    """Return what the curve shows in sentences with its numbers."""
    clear = int(((ranked["lo"] > measure.null) | (ranked["hi"] < measure.null)).sum())
    lowest, highest = float(ranked["est"].iloc[0]), float(ranked["est"].iloc[-1])
    parts = [
        f"Specification curve of {plural(len(ranked), 'analysis', 'analyses')}: {measure.name}.",
        f"Estimates run from {interval(lowest, highest, measure.digits)}, "
        f"median {number(float(ranked['est'].median()), measure.digits)}.",
        f"{clear} of {len(ranked)} intervals exclude {short(measure.null)}.",
    ]
    for row in records(ranked[ranked["main"]]):
        ends = interval(row["lo"], row["hi"], measure.digits)
        parts.append(f"Main analysis: {number(row['est'], measure.digits)} ({ends}).")
    if varied := varied_of(ranked, choices):
        parts.append(f"Choices varied: {listing(varied)}.")
    return " ".join(parts)
