"""Rows by columns of marks with words: columns side by side, or, on a phone, lines below a row's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.charts.room import Room
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL, TEXT

_NARROWEST: Final = 105.0  # columns of marks are at least so wide
_WIDEST: Final = 190.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a row and a column: a mark about a point of the room, and words that may be a link."""

    mark: Callable[[Room, float, float, str], None]
    words: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, small print, people, and its entries by column."""

    label: str
    entries: Mapping[str, Entry]
    n: str = ""
    detail: str = ""
    href: str = ""


def draw_grid(
    room: Room,
    columns: Sequence[str],
    lines: Sequence[Line],
    *,
    head: str,
    found: str,
    half: float = 8.0,
    names: Sequence[float] = (200.0, 150.0),
) -> tuple[list[tuple[str, float]], float]:
    """Draw rows by columns.

    Parameters
    ----------
    head, found
        What a row is, and what is found in it, for a layout that has no room for the columns.
    half
        Half of the width of the widest mark.
    names
        Widths of the column of names, the first that leaves enough for the others.

    Returns
    -------
    tuple
        The label and the middle of each row, and the lower edge.
    """
    room.use_whole()
    draw = _stacked if room.stacked else _beside
    return draw(_Grid(room, columns, lines, head, found, half, names))


@dataclass(frozen=True, slots=True)
class _Grid:
    room: Room
    columns: Sequence[str]
    lines: Sequence[Line]
    head: str
    found: str
    half: float
    names: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where columns stand; `step` is 0 where entries are listed in lines instead."""

    name: float
    people: float
    people_width: float
    entries: float
    step: float


def _places(grid: _Grid) -> _Places:
    people = min(max(measure(line.n, SMALL) for line in grid.lines), 80.0)
    people = max(people, 46.0) if people else people
    for name in grid.names:
        left = 2 + name + 12 + (people + 14 if people else 0)
        step = min((grid.room.width - left) / len(grid.columns), _WIDEST)
        if step >= _NARROWEST:
            return _Places(name, 2 + name + 12, people, left, step)
    return _Places(240, 254, people, 254 + (people + 14 if people else 0), 0)


def _beside(grid: _Grid) -> tuple[list[tuple[str, float]], float]:
    room, places = grid.room, _places(grid)
    y, rows = _head(grid, places), []
    for index, line in enumerate(grid.lines):
        rows.append((line.label, y + 13.5))
        below = room.paragraph(2, y + 18, line.label, places.name, href=line.href)
        bottoms = [room.paragraph(2, below - 1, line.detail, places.name, size=SMALL, role="muted")]
        bottoms.append(room.paragraph(places.people, y + 18, line.n, places.people_width + 0.1, size=SMALL))
        bottoms.append(y + 18 + 2 * grid.half - 16 + TEXT * LINE)
        if places.step:
            bottoms += _across(grid, line, index, places, y + 18)
        else:
            bottoms.append(_below(grid, line, index, places.entries, y + 18))
        y = max(bottoms) - 7
        room.rule(y)
    return rows, y


def _head(grid: _Grid, places: _Places) -> float:
    """Write the column heads; return where the rows begin."""
    room = grid.room
    heads = [(2.0, grid.head, places.name)]
    if places.people_width:
        heads.append((places.people, "People", places.people_width + 12))
    if places.step:
        lefts = (places.entries + position * places.step for position in range(len(grid.columns)))
        heads += [(x, name, places.step - 4) for x, name in zip(lefts, grid.columns, strict=True)]
    else:
        heads.append((places.entries, grid.found, room.width - places.entries))
    bold = all(
        len(wrap(word, SMALL, width, bold=True)) == 1 for _, name, width in heads for word in name.split()
    )
    looks = {"size": SMALL, "role": "muted", "bold": bold}
    y = max(room.paragraph(x, 15, name, width, **looks) for x, name, width in heads) - 8
    room.rule(y, "edge")
    return y


def _across(grid: _Grid, line: Line, index: int, places: _Places, y: float) -> list[float]:
    bottoms = []
    for position, name in enumerate(grid.columns):
        x = places.entries + position * places.step
        if entry := line.entries.get(name):
            entry.mark(grid.room, x + grid.half - 1, y - 4.5 + grid.half - 8, f"row-{index}-{position}")
            left, width = x + 2 * grid.half + 6, places.step - 2 * grid.half - 14
            bottoms.append(grid.room.paragraph(left, y, entry.words, width, size=SMALL, href=entry.href))
    return bottoms


def _below(grid: _Grid, line: Line, index: int, x: float, y: float) -> float:
    """Write the entries of a row one below the other, each with its column; return the next baseline."""
    for position, name in enumerate(grid.columns):
        if entry := line.entries.get(name):
            entry.mark(grid.room, x + grid.half + 1, y - 4.5, f"row-{index}-{position}")
            words, left = f"{name}: {entry.words}" if entry.words else name, x + 2 * grid.half + 8
            width = grid.room.width - left - 2
            below = grid.room.paragraph(left, y, words, width, size=SMALL, href=entry.href) + 6
            y = max(below, y + 2 * grid.half + 5)
    return y


def _stacked(grid: _Grid) -> tuple[list[tuple[str, float]], float]:
    room, y, rows = grid.room, 0.0, []
    for index, line in enumerate(grid.lines):
        rows.append((line.label, y + 13.5))
        people = measure(line.n, SMALL)
        together = people < room.width / 2
        width = room.width - 4 - (people + 10 if together else 0)
        below = room.paragraph(2, y + 18, line.label, width, bold=True, href=line.href)
        if together:
            room.text(room.width - 2, y + 18, line.n, size=SMALL, role="muted", anchor="end")
        else:
            below = room.paragraph(2, below, line.n, room.width - 4, size=SMALL, role="muted")
        below = room.paragraph(2, below, line.detail, room.width - 4, size=SMALL, role="muted") + 2
        y = _below(grid, line, index, 2, below + grid.half - 8) - TEXT * LINE + 6
        room.rule(y)
    return rows, y
