"""Bars: how often each of a few things happened, such as what the trials reported."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.charts.figure import Figure, twin
from evidence.charts.sheet import Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, NARROW, SMALL, TEXT, WIDE
from evidence.wording.numbers import plural

_LABELS = 250.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `detail` says more in small print."""

    label: str
    count: int
    detail: str = ""


def bars(key: str, title: str, rows: tuple[Bar, ...], *, unit: str = "trial", caption: str = "") -> Figure:
    """Draw counts as horizontal bars.

    Raises
    ------
    ValueError
        No bars, or a negative count.
    """
    if not rows:
        raise ValueError("A bar chart needs at least one bar; say in words that there is none.")
    for row in rows:
        if row.count < 0:
            raise ValueError(f"{row.label}: the count {row.count} is negative.")
    words = "; ".join(f"{row.label}: {plural(row.count, unit)}" for row in rows)
    columns = (Column("What"), Column(unit.capitalize() + "s", "right"), Column("Detail"))
    cells = tuple(
        (Cell(row.label), Cell(f"{row.count:,}", value=row.count), Cell(row.detail)) for row in rows
    )
    data = twin(key, title, columns, cells)
    return from_sheets(key, title, caption, f"{words}.", data, _draw(rows, WIDE), _draw(rows, NARROW))


def _draw(rows: tuple[Bar, ...], width: float) -> Sheet:
    sheet = Sheet(width)
    beside = width > NARROW
    start = _LABELS + 12 if beside else 2.0
    room = width - start - max(measure(f"{row.count:,}", TEXT, bold=True) for row in rows) - 10
    largest = max(row.count for row in rows) or 1
    y = 4.0
    for position, row in enumerate(rows):
        lines = _write(sheet, row, y, _LABELS if beside else width - 4)
        top = y + 4 if beside else y + lines + 2
        length = room * row.count / largest
        if row.count:
            sheet.box(start, top, length, 15, "blue", name=f"bar-{position}")
        sheet.text(start + length + 6, top + 12, f"{row.count:,}", bold=True)
        y = max(y + lines, top + 15) + 9
    if beside:
        sheet.line([(start, 2), (start, y - 5)], "edge")
    return sheet.trim(y)


def _write(sheet: Sheet, row: Bar, y: float, width: float) -> float:
    """Write a bar's label and detail from the top `y`; return their height."""
    below = sheet.paragraph(2, y + 15, row.label, width)
    sheet.paragraph(2, below, row.detail, width, size=SMALL, role="muted")
    details = len(wrap(row.detail, SMALL, width))
    return below - y - 15 + details * SMALL * LINE + 3
