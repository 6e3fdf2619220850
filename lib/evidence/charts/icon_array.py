"""Icon array: how many of 1,000 people an outcome befalls, without and with the drug."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, twin
from evidence.charts.sheet import Point, Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.text import wrap
from evidence.charts.theme import LINE, NARROW, SMALL, TEXT, WIDE
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


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk in one group as people per 1,000, with its interval where it has one."""

    group: str
    per_1000: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class IconArray:
    """All that an icon array draws: what befalls people ("felt sick"), its risk without and with the drug."""

    outcome: str
    without: Risk
    with_drug: Risk


def icon_array(key: str, title: str, plot: IconArray, *, caption: str = "") -> Figure:
    """Draw an icon array of 1,000 people for each group.

    Raises
    ------
    ValueError
        A risk outside 0 to 1,000, or outside its own interval.
    """
    for risk in (plot.without, plot.with_drug):
        check_order(risk.group, risk.low, risk.per_1000, risk.high)
        if not 0 <= risk.per_1000 <= _PEOPLE:
            raise ValueError(f"{risk.group}: {risk.per_1000} of 1,000 people is no risk.")
    data = _data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), data, _draw(plot, WIDE), _draw(plot, NARROW))


def describe(plot: IconArray) -> str:
    """Return what the array shows in a sentence with its numbers."""
    risks = (f"{risk.group} {_risk_words(risk)}" for risk in (plot.without, plot.with_drug))
    change = round(plot.with_drug.per_1000) - round(plot.without.per_1000)
    words = f"{abs(change)} {'more' if change > 0 else 'fewer'}" if change else "no difference"
    return f"People of 1,000 who {plot.outcome}: {'; '.join(risks)}; {words}."


def _risk_words(risk: Risk) -> str:
    words = number(risk.per_1000, 0)
    if risk.low is None and risk.high is None:
        return words
    return f"{words} ({interval(risk.low, risk.high, 0)})"


def _data(key: str, title: str, plot: IconArray) -> Table:
    columns = (Column("Group"), *(Column(name, "right") for name in ("Per 1,000", "Low", "High")))
    rows = []
    for risk in (plot.without, plot.with_drug):
        values = (risk.per_1000, risk.low, risk.high)
        cells = (Cell("") if v is None else Cell(number(v, 0), value=v) for v in values)
        rows.append((Cell(risk.group), *cells))
    return twin(key, title, columns, tuple(rows))


def _counts(plot: IconArray) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many people of each kind stand in each group."""
    before, after = round(plot.without.per_1000), round(plot.with_drug.per_1000)
    both = min(before, after)
    without = {"either way": before, "not affected": _PEOPLE - before}
    with_drug = {
        "either way": both,
        "more on the drug": after - both,
        "fewer on the drug": before - both,
        "not affected": _PEOPLE - max(before, after),
    }
    return without, with_drug


def _draw(plot: IconArray, width: float) -> Sheet:
    sheet = Sheet(width)
    beside = width > NARROW
    room = (width - _GAP) / 2 if beside else width
    risks = (plot.without, plot.with_drug)
    deepest = max(_heading_height(plot, risk, room) for risk in risks)
    y = 14.0
    bottom = y
    for position, (risk, counts) in enumerate(zip(risks, _counts(plot), strict=True)):
        x = position * (room + _GAP) if beside else 0.0
        below = sheet.paragraph(x + 2, y, risk.group, room - 4, bold=True)
        sheet.paragraph(x + 2, below, _heading(plot, risk), room - 4, size=SMALL)
        top = y + (deepest if beside else _heading_height(plot, risk, room))
        bottom = _draw_people(sheet, x, top, room, counts, f"group-{position}")
        y = y if beside else bottom + 26
    bottom = draw_legend(sheet, list(_samples(plot)), 2, bottom + 24, width - 4)
    return sheet.trim(bottom - SMALL * LINE + 6)


def _heading(plot: IconArray, risk: Risk) -> str:
    return f"{_risk_words(risk)} of 1,000 {plot.outcome}"


def _heading_height(plot: IconArray, risk: Risk, room: float) -> float:
    """Return how far below the first baseline of a group its people begin."""
    lines = len(wrap(risk.group, TEXT, room - 4, bold=True)) * TEXT
    lines += len(wrap(_heading(plot, risk), SMALL, room - 4)) * SMALL
    return lines * LINE - SMALL + 5


def _draw_people(sheet: Sheet, x: float, y: float, width: float, counts: dict[str, int], name: str) -> float:
    """Draw the people of one group row by row, kind after kind; return the lower edge."""
    cell = int(width / _ACROSS * 10) / 10
    first = 0
    for kind, count in counts.items():
        role, wide, high = _KINDS[kind]
        rows = _rows(first, count)
        offset = cell * (1 - wide) / 2
        strokes: list[tuple[Point, Point]] = []
        for row, start, end in rows:
            middle = y + (row + 0.5) * cell
            left = x + start * cell + offset
            strokes.append(((left, middle), (left + (end - start - 1) * cell + wide * cell, middle)))
        dash = (wide * cell, (1 - wide) * cell)
        sheet.strokes(strokes, role, width=high * cell, dash=dash, name=f"{name}-{kind.replace(' ', '-')}")
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


def _samples(plot: IconArray) -> Iterator[Sample]:
    without, with_drug = _counts(plot)
    meanings = {
        "either way": "affected with or without the drug",
        "more on the drug": "affected because of the drug",
        "fewer on the drug": "spared because of the drug",
        "not affected": "not affected",
    }
    for kind, meaning in meanings.items():
        if without.get(kind) or with_drug.get(kind):
            yield Sample(partial(_sample, kind), meaning)


def _sample(kind: str, sheet: Sheet, x: float, y: float) -> None:
    role, wide, high = _KINDS[kind]
    size = 12.0
    sheet.box(x - wide * size / 2, y - high * size / 2, wide * size, high * size, role)
