"""Points with a number beside each, and the list that says which study is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from evidence.charts.marks import line
from evidence.charts.room import Room
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL

_REACH: Final = (11.0, 17.0, 24.0, 33.0, 43.0, 54.0, 66.0)  # distances tried, nearest first
_NEAR: Final = 20.0  # a number further away gets a line to its point
_WAYS: Final = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7))

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def number_points(
    room: Room,
    points: Sequence[Point],
    frame: Box,
    obstacles: Sequence[Box] = (),
    lines: Sequence[Sequence[Point]] = (),
) -> None:
    """Write 1, 2, ... beside the points of a room, inside `frame`, where each touches no point and no number.

    Among such places the nearest that no line crosses is taken, where there is one.
    """
    crossed = [box for path in lines for box in _boxes(path)]
    taken = [*obstacles, *((x - 5, y - 5, x + 5, y + 5) for x, y in points)]
    for position, (x, y) in enumerate(points):
        label = str(position + 1)
        half = measure(label, SMALL) / 2 + 1
        tried = [(reach, a, b) for reach in _REACH for a, b in _WAYS]
        places = [(x + a * (reach + half - 4), y + b * reach) for reach, a, b in tried]
        boxes = [(left - half, top - 6, left + half, top + 6) for left, top in places]
        free = (box for box in boxes if _inside(box, frame) and not any(_touch(box, t) for t in taken))
        box = _place(free, crossed) or boxes[0]
        taken.append(box)
        middle, level = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if tried[boxes.index(box)][0] > _NEAR:
            ends = (x, middle), (y, level)
            line(room.ax, *ends, "edge", width=0.8, transform=room.at, zorder=0.5)
        room.text(middle, level + 4.3, label, size=SMALL, anchor="middle", name=f"number-{position}")


def _place(free: Iterable[Box], crossed: Sequence[Box]) -> Box | None:
    """Return the first of the free places that no line crosses; else the first; None where none is free."""
    first = None
    for box in free:
        first = first or box
        if not any(_touch(box, other) for other in crossed):
            return box
    return first


def _boxes(path: Sequence[Point]) -> list[Box]:
    """Return boxes that together cover a line."""
    return [
        (min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 1, max(y0, y1) + 1)
        for (x0, y0), (x1, y1) in pairwise(path)
    ]


def list_names(room: Room, names: Sequence[str], y: float) -> float:
    """Write the numbered names in columns from the baseline `y`; return the baseline after them."""
    columns = 2 if room.stacked else 3
    width = (room.width - 4) / columns
    entries = [wrap(f"{position} {name}", SMALL, width - 12) for position, name in enumerate(names, 1)]
    for start in range(0, len(entries), columns):
        row = entries[start : start + columns]
        for column, lines in enumerate(row):
            for index, words in enumerate(lines):
                room.text(2 + column * width, y + index * SMALL * LINE, words, size=SMALL, role="muted")
        y += max(len(lines) for lines in row) * SMALL * LINE + 1
    return y


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: Box, frame: Box) -> bool:
    return frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]
