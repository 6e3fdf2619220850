"""What stands in the frame of a time course: axes, a line for each arm, intervals, samples of the legend."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from evidence.charts.frames import number_or_none, records
from evidence.charts.legend import Sample, box_sample
from evidence.charts.marks import OUTLINES, Shape, line, marker
from evidence.charts.measure import Span, even_ticks, lay_upright, margin, name_ticks, spaced
from evidence.charts.room import Room, dashed, unnamed
from evidence.charts.theme import INK, SERIES
from evidence.charts.uncut import UncutLine
from evidence.wording.numbers import short

_SHAPES: Final[tuple[Shape, ...]] = ("circle", "square", "up", "diamond")
_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (7, 3), (2, 2), (9, 3, 2, 3))
_AREA: Final = 64.0
_ALTERNATIVE: Final = (2.5, 2.0)
BESIDE: Final = 8.0  # points from an interval to that under another reading


def shift_of(place: int, arms: int, other: str) -> float:
    """Return how many points right of its time an arm is drawn, so that the arms stand side by side."""
    return (place - (arms - 1) / 2) * (18.0 if other else 7.0)


def draw_frame(
    room: Room, points: pd.DataFrame, ylim: Span | None, treatment: Span | None, spare: float
) -> None:
    """Lay out both axes, with `spare` points beyond the first and the last time."""
    ax, ylim = room.ax, ylim or _extent(points)
    rungs = even_ticks(*ylim, 5)
    left, right = margin(rungs), room.width - 2
    room.keep(left, right)
    times = sorted({0.0, *points["time"].astype(float)})
    first, last = min([*times, *(treatment or ())]), max([*times, *(treatment or ())])
    unit = ((last - first) or 1.0) / (right - left - 2 * (spare + 2))  # of time to a point
    ax.set_xlim(first - (spare + 2) * unit, last + (spare + 2) * unit)
    places = [left + spare + 2 + (time - first) / unit for time in times]
    ax.set_xticks(times, labels=spaced([short(time) for time in times], places, (0, room.width)))
    name_ticks(ax.xaxis, "tick")
    ax.set_ylim(*ylim)
    lay_upright(ax, rungs, grid=True)
    if treatment:
        ax.axvspan(*treatment, color=INK["band"], lw=0, zorder=0.3)


def _extent(points: pd.DataFrame) -> Span:
    ends = points[["mean", "low", "high", "other_low", "other_high"]].to_numpy(dtype=float)
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    span = (high - low) or abs(high) or 1.0
    return low - 0.06 * span, high + 0.06 * span


def draw_lines(room: Room, points: pd.DataFrame, arms: list[str], other: str) -> None:
    """Draw a line with its markers for each arm."""
    import seaborn as sns

    unit = _unit(room)
    moved = points["arm"].map(
        {arm: shift_of(place, len(arms), other) * unit for place, arm in enumerate(arms)}
    )
    with unnamed(room.ax):
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


def _unit(room: Room) -> float:
    """Return how much time a point of the x-axis is."""
    (first, last), (left, right) = room.ax.get_xlim(), room.part
    return (last - first) / (right - left)


def draw_intervals(room: Room, points: pd.DataFrame, arms: list[str], other: str) -> None:
    """Draw the intervals of each point."""
    unit, seen = _unit(room), dict.fromkeys(arms, 0)
    for row in records(points):
        place, index = arms.index(row["arm"]), seen[row["arm"]]
        seen[row["arm"]] += 1
        x = row["time"] + shift_of(place, len(arms), other) * unit
        name = f"series-{place}-{index}"
        ends = number_or_none(row["low"]), number_or_none(row["high"])
        if ends[0] is not None and ends[1] is not None:
            _whisker(room, x, (ends[0], ends[1]), SERIES[place], name=f"{name}-interval")
        ends = number_or_none(row["other_low"]), number_or_none(row["other_high"])
        if other and ends[0] is not None and ends[1] is not None:
            beside, span = x + BESIDE * unit, (ends[0], ends[1])
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
    drawn = UncutLine([x, x], ends, color=INK[role], lw=width, ls=dashed(dash, width), gid=name or None)
    drawn.set(marker="_", markersize=cap, markeredgewidth=width, zorder=1.8, clip_on=False)
    drawn.set_transform(transform or room.ax.transData)
    room.ax.add_artist(drawn)


def samples(
    points: pd.DataFrame, arms: list[str], treatment: Span | None, interval_name: str, other_name: str
) -> list[Sample]:
    """Return what the legend explains."""
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
