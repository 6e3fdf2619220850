"""What stands under a forest plot: what the sides of its axis mean, and the legend."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evidence.charts.forest.draw import BOUND, FILLED, PLAIN, Pen, ends
from evidence.charts.forest.rows import Plot
from evidence.charts.halfeye import samples as half_eyes
from evidence.charts.legend import BEYOND, Sample, goes_on, legend, line_sample, mid_samples
from evidence.charts.marks import LEVELS, arrow, bracket, line, marker, polygon, safeguard
from evidence.charts.measure import write_sides
from evidence.charts.room import Room
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import level_name

_MEANINGS: Final = {"yes": "yes", "unclear": "unclear or not reported", "no": "no"}


def write_foot(room: Room, plot: Plot, pen: Pen, y: float) -> float:
    """Write everything below the axis at `y`; return where the room ends."""
    measure, start, end = plot.measure, room.across(pen.low), room.across(pen.high)
    y = write_sides(room, measure, start, end, y + 17 + SMALL * LINE)
    middle = (start + end) / 2
    width = min(max(end - start, 265), 2 * min(middle, room.width - middle) - 4)
    y = room.paragraph(middle, y + 2, measure.name, width, size=SMALL, anchor="middle") + 8
    y = legend(room, list(_samples(plot, pen)), y)
    if plot.safeguards:
        meanings = "; ".join(f"{letter} {meaning}" for letter, meaning in plot.safeguards.items())
        y = room.paragraph(2, y, f"Safeguards: {meanings}.", room.width - 4, size=SMALL, role="muted")
    return y - SMALL * LINE + 6


def _samples(plot: Plot, pen: Pen) -> Iterator[Sample]:
    """Yield the legend: only what the plot holds; kinds drawn alike share an entry."""
    rows = list(plot.rows())
    drawn = {row.kind for row in rows}
    filled = [plot.kind(kind).meaning for kind in FILLED if kind in drawn]
    if filled:
        yield Sample(partial(_study, filled=True), " or ".join(filled))
    if "derived" in drawn:
        yield Sample(partial(_study, filled=False), plot.kind("derived").meaning)
    if "bounded" in drawn:
        yield Sample(_bounds, plot.kind("bounded").meaning)
    if any(row.flags and row.est is not None for row in rows):
        yield Sample(partial(_study, filled=True, role="orange"), "a report in doubt")
    if "pooled" in drawn:
        pooled = plot.kind("pooled")
        yield Sample(_diamond, f"{pooled.meaning}, {level_name(plot.measure.level, pooled.interval)}")
    if "posterior" in drawn:
        new_trial = any("new_trial" in curve for curve in plot.curves.values())
        yield from half_eyes(plot.measure, new_trial=new_trial)
    if any(row.prediction for row in rows):
        yield Sample(_prediction, "prediction interval")
    if not all(map(pen.holds, ends(plot))):
        yield Sample(goes_on, BEYOND)
    if any(row.study and None in (row.low, row.high) for row in rows):
        yield Sample(_open, "no bound on that side")
    yield from mid_samples(plot.measure)
    if plot.overall() is not None:
        yield Sample(line_sample("muted", (1.5, 2.5)), "overall estimate")
    levels = {level for row in rows for level in row.levels}
    for level in LEVELS:
        if level in levels:
            yield Sample(partial(_level, level), _MEANINGS[level])


def _study(room: Room, x: float, y: float, *, filled: bool, role: str = "blue") -> None:
    line(room.ax, (x - 9, x + 9), (y, y), transform=room.at)
    fill, stroke = (role, "") if filled else ("surface", role)
    marker(room.ax, "square", x, y, PLAIN, fill, stroke, transform=room.at)


def _bounds(room: Room, x: float, y: float) -> None:
    line(room.ax, (x - 7.2, x + 7.2), (y, y), dash=BOUND, transform=room.at)
    bracket(room.ax, x - 7.2, y, "left", transform=room.at)
    bracket(room.ax, x + 7.2, y, "right", transform=room.at)


def _diamond(room: Room, x: float, y: float) -> None:
    polygon(room.ax, [(x - 9, y), (x, y - 6.5), (x + 9, y), (x, y + 6.5)], transform=room.at)


def _prediction(room: Room, x: float, y: float) -> None:
    room.box(x - 9, y - 2.5, 18, 5, "purple")


def _open(room: Room, x: float, y: float) -> None:
    line(room.ax, (x - 9, x + 4), (y, y), dash=BOUND, transform=room.at)
    arrow(room.ax, x + 9, y, "right", transform=room.at)


def _level(level: str, room: Room, x: float, y: float) -> None:
    safeguard(room, x, y, level)
