"""Icon array: how many of 1,000 people an outcome befalls, without and with the drug."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import number_or_none, records, standard
from evidence.charts.legend import Sample, legend
from evidence.charts.marks import strokes
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.text import wrap
from evidence.charts.theme import LINE, SMALL, TEXT
from evidence.wording.numbers import interval, number

_PEOPLE: Final = 1000
_ACROSS: Final = 40
_GAP: Final = 24.0
# Each kind of person: colour, and the icon's width and height in parts of its place. The shapes alone differ.
_KINDS: Final = {
    "either way": ("ink", 0.78, 0.78),
    "more on the drug": ("orange", 0.34, 0.9),
    "fewer on the drug": ("blue", 0.78, 0.42),
    "not affected": ("edge", 0.28, 0.28),
}
_MEANINGS: Final = {
    "either way": "affected with or without the drug",
    "more on the drug": "affected because of the drug",
    "fewer on the drug": "spared because of the drug",
    "not affected": "not affected",
}


@dataclass(frozen=True, slots=True)
class _Risk:
    group: str
    per_1000: float
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """The risk with its interval, where it has one."""
        if self.low is None and self.high is None:
            return number(self.per_1000, 0)
        return f"{number(self.per_1000, 0)} ({interval(self.low, self.high, 0)})"


def icons(
    data: pd.DataFrame,
    *,
    outcome: str,
    group: str = "group",
    per_1000: str = "per_1000",
    low: str = "low",
    high: str = "high",
    ax: Axes | None = None,
) -> Axes:
    """Draw an icon array of 1,000 people without and with the drug.

    Parameters
    ----------
    data
        Two rows: the people without the drug, then those with it.
    outcome
        What befalls them, in the past tense: "felt sick".
    group, per_1000
        Columns of who they are, and of how many of 1,000 the outcome befalls.
    low, high
        Columns of the ends of the interval; they may be absent or empty.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x and y are points from the left and from the top.

    Raises
    ------
    ValueError
        Not two rows; a missing column; a risk outside 0 to 1,000 or outside its own interval.

    Examples
    --------
    >>> risks = pd.DataFrame({"group": ["Without the drug", "With ketamine"], "per_1000": [100, 460]})
    >>> ax = icons(risks, outcome="saw or heard things")
    """
    without, with_drug = risks = _read(data, group, per_1000, low, high)
    room = Room(ax)
    room.use_whole()
    width = room.width if room.stacked else (room.width - _GAP) / 2
    deepest = max(_head_height(outcome, risk, width) for risk in risks)
    y, bottom = 14.0, 14.0
    for place, (risk, counts) in enumerate(zip(risks, _counts(without, with_drug), strict=True)):
        x = 0.0 if room.stacked else place * (width + _GAP)
        below = room.paragraph(x + 2, y, risk.group, width - 4, bold=True)
        room.paragraph(x + 2, below, _head(outcome, risk), width - 4, size=SMALL)
        top = y + (_head_height(outcome, risk, width) if room.stacked else deepest)
        bottom = _draw_people(room, x, top, width, counts, f"group-{place}")
        y = bottom + 26 if room.stacked else y
    room.ax.set_ylim(bottom, 0)
    end = legend(room, list(_samples(without, with_drug)), bottom + 24)
    return room.close(end - SMALL * LINE + 6, 0, bottom)


def icons_figure(key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any) -> Figure:
    """Return an icon array as a figure of the book; `options` are those of `icons`."""
    names = ("group", "per_1000", "low", "high")
    without, with_drug = _read(data, **{name: options.get(name, name) for name in names})
    change = round(with_drug.per_1000) - round(without.per_1000)
    words = f"{abs(change)} {'more' if change > 0 else 'fewer'}" if change else "no difference"
    said = "; ".join(f"{risk.group} {risk.words}" for risk in (without, with_drug))
    description = f"People of 1,000 who {options['outcome']}: {said}; {words}."
    columns = (Column("Group"), *(Column(name, "right") for name in ("Per 1,000", "Low", "High")))
    rows = tuple((Cell(risk.group), *_cells(risk)) for risk in (without, with_drug))
    draw = drawing(icons, data, **options)
    return Figure(key, title, caption, description, data, draw, twin(key, title, columns, rows))


def _cells(risk: _Risk) -> Iterator[Cell]:
    for value in (risk.per_1000, risk.low, risk.high):
        yield Cell("") if value is None else Cell(number(value, 0), value=value)


def _read(
    data: pd.DataFrame,
    group: str = "group",
    per_1000: str = "per_1000",
    low: str = "low",
    high: str = "high",
) -> tuple[_Risk, _Risk]:
    names = {"group": group, "per_1000": per_1000, "low": low, "high": high}
    found = records(standard(data, "icons", ("group", "per_1000"), **names))
    if len(found) != 2:
        raise ValueError(f"An icon array compares two groups, not {len(found)}: without and with the drug.")
    without, with_drug = map(_risk, found)
    return without, with_drug


def _risk(row: dict[str, Any]) -> _Risk:
    ends = number_or_none(row.get("low")), number_or_none(row.get("high"))
    risk = _Risk(str(row["group"]), float(row["per_1000"]), *ends)
    check_order(risk.group, risk.low, risk.per_1000, risk.high)
    if not 0 <= risk.per_1000 <= _PEOPLE:
        raise ValueError(f"{risk.group}: {risk.per_1000} of 1,000 people is no risk.")
    return risk


def _counts(without: _Risk, with_drug: _Risk) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many people of each kind stand in each group."""
    before, after = round(without.per_1000), round(with_drug.per_1000)
    both = min(before, after)
    return {"either way": before, "not affected": _PEOPLE - before}, {
        "either way": both,
        "more on the drug": after - both,
        "fewer on the drug": before - both,
        "not affected": _PEOPLE - max(before, after),
    }


def _head(outcome: str, risk: _Risk) -> str:
    return f"{risk.words} of 1,000 {outcome}"


def _head_height(outcome: str, risk: _Risk, width: float) -> float:
    """Return how far below the first baseline of a group its people begin."""
    lines = len(wrap(risk.group, TEXT, width - 4, bold=True)) * TEXT
    lines += len(wrap(_head(outcome, risk), SMALL, width - 4)) * SMALL
    return lines * LINE - SMALL + 5


def _draw_people(room: Room, x: float, y: float, width: float, counts: dict[str, int], name: str) -> float:
    """Draw the people of one group row by row, kind after kind; return the lower edge.

    A row of one kind is one dashed line: a mark a person would make the page many times as large.
    """
    cell = int(width / _ACROSS * 10) / 10
    first = 0
    for kind, count in counts.items():
        role, wide, high = _KINDS[kind]
        offset = cell * (1 - wide) / 2
        places = []
        for row, start, end in _rows(first, count):
            middle, left = y + (row + 0.5) * cell, x + start * cell + offset
            places.append(((left, left + (end - start - 1 + wide) * cell), (middle, middle)))
        dash, named = (wide * cell, (1 - wide) * cell), f"{name}-{kind.replace(' ', '-')}"
        strokes(room.ax, places, role, width=high * cell, dash=dash, name=named, transform=room.at)
        first += count
    return y + _PEOPLE / _ACROSS * cell


def _rows(first: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Yield row, first and last place + 1 of `count` people from place `first` on."""
    place, last = first, first + count
    while place < last:
        row = place // _ACROSS
        end = min(last, (row + 1) * _ACROSS)
        yield row, place - row * _ACROSS, end - row * _ACROSS
        place = end


def _samples(without: _Risk, with_drug: _Risk) -> Iterator[Sample]:
    groups: Sequence[dict[str, int]] = _counts(without, with_drug)
    for kind, meaning in _MEANINGS.items():
        if any(counts.get(kind) for counts in groups):
            yield Sample(partial(_sample, kind), meaning)


def _sample(kind: str, room: Room, x: float, y: float) -> None:
    role, wide, high = _KINDS[kind]
    size = 12.0
    room.box(x - wide * size / 2, y - high * size / 2, wide * size, high * size, role)
