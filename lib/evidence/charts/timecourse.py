"""Time course: the mean of each arm over time, with its intervals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import number_or_none, records, standard, text
from evidence.charts.legend import Sample, box_sample, legend
from evidence.charts.marks import OUTLINES, Shape, line, marker
from evidence.charts.measure import Span, even_ticks, name_ticks, spaced, tick_labels
from evidence.charts.room import Room, dashed
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import INK, LINE, SERIES, SMALL
from evidence.wording.numbers import capital, interval, level_name, number, plural, short

_SHAPES: Final[tuple[Shape, ...]] = ("circle", "square", "up", "diamond")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (7, 3), (2, 2), (9, 3, 2, 3))
_AREA: Final = 64.0
_ALTERNATIVE: Final = (2.5, 2.0)
_BESIDE: Final = 8.0  # points from an interval to that under another reading
_LEFT: Final = 44.0
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
    xlabel: str = "Weeks since the start of treatment",
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
    spare = _shift(len(arms) - 1, len(arms), other_name) + (_BESIDE + 6 if other_name else 6)
    room.keep(_LEFT, room.width - 2)
    _frame(room, points, ylim, treatment, spare)
    _lines(room, points, arms, other_name)
    _intervals(room, points, arms, other_name)
    y = bottom + 17 + SMALL * LINE + 2
    y = room.paragraph((_LEFT + room.width) / 2, y, xlabel, room.width - 60, size=SMALL, anchor="middle")
    y = legend(room, _samples(points, arms, treatment, interval_name, other_name), y + 6)
    return room.close(y - SMALL * LINE + 6, top, bottom)


def timecourse_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", digits: int = 1, **options: Any
) -> Figure:
    """Return a time course as a figure of the book; `options` are those of `timecourse`."""
    points = _read(data, **{name: options[name] for name in _NAMES if name in options})
    xlabel = options.get("xlabel", "Weeks since the start of treatment")
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


def _shift(place: int, arms: int, other: str) -> float:
    """Return how many points right of its time an arm is drawn, so that the arms stand side by side."""
    return (place - (arms - 1) / 2) * (18.0 if other else 7.0)


def _frame(room: Room, points: pd.DataFrame, ylim: Span | None, treatment: Span | None, spare: float) -> None:
    """Lay out both axes, with `spare` points beyond the first and the last time."""
    ax = room.ax
    times = sorted({0.0, *points["time"].astype(float)})
    first, last = min([*times, *(treatment or ())]), max([*times, *(treatment or ())])
    across = room.width - 2 - _LEFT - 2 * (spare + 2)
    unit = ((last - first) or 1.0) / across  # of time to a point
    ax.set_xlim(first - (spare + 2) * unit, last + (spare + 2) * unit)
    labels = spaced([short(time) for time in times], [(time - first) / unit for time in times])
    ax.set_xticks(times, labels=labels)
    if ylim is None:
        ends = points[["mean", "low", "high", "other_low", "other_high"]].to_numpy(dtype=float)
        low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
        span = (high - low) or abs(high) or 1.0
        ylim = low - 0.06 * span, high + 0.06 * span
    ax.set_ylim(*ylim)
    rungs = even_ticks(*ylim, 5)
    ax.set_yticks(rungs, labels=tick_labels(rungs))
    ax.grid(axis="y", color=INK["rule"])
    ax.set_axisbelow(True)
    ax.spines.left.set_visible(True)
    ax.tick_params(axis="y", left=True)
    name_ticks(ax.xaxis, "tick")
    name_ticks(ax.yaxis, "rung")
    if treatment:
        ax.axvspan(*treatment, color=INK["band"], lw=0, zorder=0.3)


def _lines(room: Room, points: pd.DataFrame, arms: list[str], other: str) -> None:
    unit = _unit(room)
    moved = points["arm"].map({arm: _shift(place, len(arms), other) * unit for place, arm in enumerate(arms)})
    sns.lineplot(
        points.assign(time=points["time"] + moved),
        x="time",
        y="mean",
        hue="arm",
        hue_order=arms,
        palette=[INK[role] for role in SERIES[: len(arms)]],
        style="arm",
        style_order=arms,
        markers=[OUTLINES[shape] for shape in _SHAPES[: len(arms)]],
        dashes=[tuple(length / 1.4 for length in dash) or "" for dash in _DASHES[: len(arms)]],
        errorbar=None,
        legend=False,
        lw=1.4,
        zorder=2,
        ax=room.ax,
    )
    for place, drawn in enumerate(room.ax.get_lines()[: len(arms)]):
        colour = INK[SERIES[place]]
        drawn.set(
            gid=f"series-{place}",
            markerfacecolor=colour if place % 2 == 0 else INK["surface"],
            markeredgecolor=colour,
            markeredgewidth=1.6,
            markersize=10,
            clip_on=False,
        )
    room.ax.set(xlabel="", ylabel="")


def _unit(room: Room) -> float:
    """Return how much time a point of the x-axis is."""
    first, last = room.ax.get_xlim()
    return (last - first) / (room.width - 2 - _LEFT)


def _intervals(room: Room, points: pd.DataFrame, arms: list[str], other: str) -> None:
    unit, seen = _unit(room), dict.fromkeys(arms, 0)
    for row in records(points):
        place, index = arms.index(row["arm"]), seen[row["arm"]]
        seen[row["arm"]] += 1
        x = row["time"] + _shift(place, len(arms), other) * unit
        name = f"series-{place}-{index}"
        ends = number_or_none(row["low"]), number_or_none(row["high"])
        if ends[0] is not None and ends[1] is not None:
            _whisker(room, x, (ends[0], ends[1]), SERIES[place], name=f"{name}-interval")
        ends = number_or_none(row["other_low"]), number_or_none(row["other_high"])
        if other and ends[0] is not None and ends[1] is not None:
            beside, span = x + _BESIDE * unit, (ends[0], ends[1])
            _whisker(room, beside, span, SERIES[place], dash=_ALTERNATIVE, name=f"{name}-other")


def _whisker(
    room: Room,
    x: float,
    ends: Span,
    role: str,
    *,
    dash: tuple[float, ...] = (),
    name: str = "",
    transform: Any = None,
) -> None:
    """Draw an upright interval with a cap at each end."""
    cap, width = (10.0, 1.0) if dash else (7.0, 2.0)
    drawn = Line2D([x, x], ends, color=INK[role], lw=width, ls=dashed(dash, width), gid=name or None)
    drawn.set(marker="_", markersize=cap, markeredgewidth=width, zorder=1.8)
    drawn.set_transform(transform or room.ax.transData)
    room.ax.add_artist(drawn).set_clip_on(False)


def _samples(
    points: pd.DataFrame, arms: list[str], treatment: Span | None, interval_name: str, other_name: str
) -> list[Sample]:
    found = [Sample(_arm_sample(place), arm) for place, arm in enumerate(arms)]
    if points["low"].notna().any():
        found.append(Sample(_whisker_sample(()), interval_name))
    if other_name:
        found.append(Sample(_whisker_sample(_ALTERNATIVE), other_name))
    if treatment:
        found.append(Sample(box_sample("band"), "treatment"))
    return found


def _arm_sample(place: int) -> Any:
    role = SERIES[place]
    fill = role if place % 2 == 0 else "surface"

    def draw(room: Room, x: float, y: float) -> None:
        line(room.ax, (x - 9, x + 9), (y, y), role, width=1.4, dash=_DASHES[place], transform=room.at)
        marker(room.ax, _SHAPES[place], x, y, _AREA, fill, role, transform=room.at)

    return draw


def _whisker_sample(dash: tuple[float, ...]) -> Any:
    def draw(room: Room, x: float, y: float) -> None:
        _whisker(room, x, (y - 6, y + 6), "ink", dash=dash, transform=room.at)

    return draw
