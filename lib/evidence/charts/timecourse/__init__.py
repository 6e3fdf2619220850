"""Time course: the mean of each arm over time, with its intervals."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import number_or_none, records, standard, text
from evidence.charts.legend import legend
from evidence.charts.measure import Span
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import LINE, SERIES, SMALL
from evidence.charts.timecourse.draw import (
    BESIDE,
    draw_frame,
    draw_intervals,
    draw_lines,
    samples,
    shift_of,
)
from evidence.wording.numbers import capital, interval, level_name, number, plural

_WEEKS: Final = "Weeks since the start of treatment"
_NAMES: Final = {
    "arm": "arm",
    "time": "time",
    "mean": "mean",
    "low": "low",
    "high": "high",
    "other_low": "other_low",
    "other_high": "other_high",
    "label": "label",
}


def timecourse(
    data: pd.DataFrame,
    *,
    arm: str = "arm",
    time: str = "time",
    mean: str = "mean",
    low: str = "low",
    high: str = "high",
    xlabel: str = _WEEKS,
    ylabel: str = "Mean, 0–100",
    ylim: Span | None = None,
    treatment: Span | None = None,
    interval_name: str = level_name(0.95),
    other_name: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of each arm over time.

    Parameters
    ----------
    data
        One row for each arm and time. Beside the columns named by the next parameters it may have ``label``,
        the source's own word for the time, and ``other_low`` and ``other_high``, the interval under another
        reading of the source, drawn dashed beside the first.
    arm, time, mean, low, high
        Columns of the arm, the time, its mean and the ends of the interval, which may be absent or empty.
    xlabel, ylabel
        What the axes show, with units.
    ylim
        Ends of the scale where the whole of it shall show.
    treatment
        First and last time of treatment, drawn as a band.
    interval_name, other_name
        What the two kinds of interval are.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the time, y the mean; arms stand a few points apart.

    Raises
    ------
    ValueError
        No points; a missing column; more arms than markers; times out of order; a mean outside its interval.

    Examples
    --------
    >>> means = pd.DataFrame({
    ...     "arm": ["ketamine", "ketamine", "placebo", "placebo"],
    ...     "time": [1, 12, 1, 12],
    ...     "mean": [26.8, 60.0, 54.5, 54.0],
    ...     "low": [16.4, 52.0, 44.9, 46.0],
    ...     "high": [37.2, 68.0, 64.1, 62.0],
    ... })
    >>> ax = timecourse(means, ylim=(0, 100), treatment=(0, 0.6))
    >>> len(ax.get_lines()) >= 2
    True
    """
    points = _read(data, arm=arm, time=time, mean=mean, low=low, high=high)
    arms = list(dict.fromkeys(points["arm"]))
    room = Room(ax)
    top = room.paragraph(2, 14, ylabel, room.width - 4, size=SMALL, bold=True) - 5
    bottom = top + (230 if room.stacked else 300)
    spare = shift_of(len(arms) - 1, len(arms), other_name) + (BESIDE + 6 if other_name else 6)
    draw_frame(room, points, ylim, treatment, spare)
    draw_lines(room, points, arms, other_name)
    draw_intervals(room, points, arms, other_name)
    y = bottom + 17 + SMALL * LINE + 2
    left = room.part[0]
    across = room.width - left - 16
    y = room.paragraph((left + room.width) / 2, y, xlabel, across, size=SMALL, anchor="middle")
    y = legend(room, samples(points, arms, treatment, interval_name, other_name), y + 6)
    return room.close(y - SMALL * LINE + 6, top, bottom)


def timecourse_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", digits: int = 1, **options: Any
) -> Figure:
    """Return a time course as a figure of the book; `options` are those of `timecourse`."""
    points = _read(data, **{name: options[name] for name in _NAMES if name in options})
    xlabel = options.get("xlabel", _WEEKS)
    ylabel, other = options.get("ylabel", "Mean, 0–100"), options.get("other_name", "")
    rows = records(points)
    arms = plural(len(dict.fromkeys(points["arm"])), "arm")
    parts = [f"Time course of {arms}: {ylabel} by {xlabel.lower()}."]
    parts += [f"{capital(row['arm'])}, {_when(row)}: {_words(row, digits, other)}." for row in rows]
    if other:
        parts.append(f"The second interval, drawn dashed: {other}.")
    names = ["Arm", "Time", xlabel, "Mean", "Low", "High"]
    names += [f"Low, {other}", f"High, {other}"] if other else []
    columns = tuple(Column(name, "right" if place > 1 else "left") for place, name in enumerate(names))
    kept = ("mean", "low", "high", *(("other_low", "other_high") if other else ()))
    cells = tuple(
        (
            Cell(row["arm"]),
            Cell(_when(row)),
            Cell(f"{row['time']:g}", value=row["time"]),
            *(_cell(number_or_none(row[name]), digits) for name in kept),
        )
        for row in rows
    )
    draw = drawing(timecourse, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, columns, cells))


def _cell(value: float | None, digits: int) -> Cell:
    return Cell("") if value is None else Cell(number(value, digits), value=value)


def _read(data: pd.DataFrame, **names: str) -> pd.DataFrame:
    found = standard(data, "timecourse", ("arm", "time", "mean"), **names)
    if found.empty:
        raise ValueError("A time course needs at least one point; say in words that there is none.")
    found = found.reindex(columns=list(_NAMES))
    arms = dict.fromkeys(found["arm"])
    if len(arms) > len(SERIES):
        raise ValueError(f"A time course draws at most {len(SERIES)} arms, not {len(arms)}.")
    for arm, points in found.groupby("arm", sort=False):
        if not points["time"].is_monotonic_increasing:
            raise ValueError(f"{arm}: the times {points['time'].tolist()} are out of order.")
        for row in records(points):
            for which in ("", "other_"):
                ends = (number_or_none(row[f"{which}{end}"]) for end in ("low", "high"))
                low, high = ends
                check_order(f"{arm}{', other reading' if which else ''}", low, row["mean"], high)
    return found


def _when(row: dict[str, Any]) -> str:
    return text(row["label"]) or f"at {row['time']:g}"


def _words(row: dict[str, Any], digits: int, other: str) -> str:
    ends = [number_or_none(row[name]) for name in ("low", "high", "other_low", "other_high")]
    words = number(row["mean"], digits)
    if ends[0] is not None or ends[1] is not None:
        words += f" ({interval(ends[0], ends[1], digits)})"
    if other and (ends[2] is not None or ends[3] is not None):
        words += f", or {interval(ends[2], ends[3], digits)}"
    return words
