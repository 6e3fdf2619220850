"""Bars: how often each of a few things happened, such as what the trials reported."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard, text
from evidence.charts.room import Room, name_rows, unnamed
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure
from evidence.charts.theme import INK, SMALL, TEXT
from evidence.wording.numbers import plural

_LABELS: Final = 250.0
_BAR: Final = 15.0


def counts(
    data: pd.DataFrame,
    *,
    label: str = "label",
    count: str = "count",
    detail: str = "detail",
    ax: Axes | None = None,
) -> Axes:
    """Draw counts as horizontal bars.

    Parameters
    ----------
    data
        One row for each bar, in the order drawn.
    label, count
        Columns of what is counted, and of how often.
    detail
        Column of small print; it may be absent.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the count, y points from the top; ``get_yticks()`` are the bars.

    Raises
    ------
    ValueError
        No bars; a missing column; a count that is negative.

    Examples
    --------
    >>> forms = pd.DataFrame({"label": ["Mean and spread", "A p-value only"], "count": [31, 62]})
    >>> ax = counts(forms)
    >>> [float(bar.get_width()) for bar in ax.patches]
    [31.0, 62.0]
    """
    import seaborn as sns

    rows = _read(data, label, count, detail)
    room = Room(ax)
    start = 2.0 if room.stacked else _LABELS + 12
    numbers = [f"{row['count']:,}" for row in rows]
    end = room.width - max(measure(number, TEXT, bold=True) for number in numbers) - 10
    room.keep(start, end)
    y, places = 4.0, []
    for row in rows:
        lines = _write(room, row, y, room.width - 4 if room.stacked else _LABELS)
        top = y + lines + 2 if room.stacked else y + 4
        places.append(top + _BAR / 2)
        y = max(y + lines, top + _BAR) + 9
    bars = pd.DataFrame({"count": [float(row["count"]) for row in rows], "y": places})
    looks = {"color": INK["blue"], "saturation": 1, "errorbar": None}
    with unnamed(room.ax):
        sns.barplot(bars, x="count", y="y", orient="y", native_scale=True, ax=room.ax, **looks)
    for index, (bar, place) in enumerate(zip(room.ax.patches, places, strict=True)):
        bar.set(y=place - _BAR / 2, height=_BAR, linewidth=0, gid=f"bar-{index}")
    room.ax.set(xlim=(0, max(1.0, bars["count"].max())))
    for number, value, place in zip(numbers, bars["count"], places, strict=True):
        room.text(room.across(value) + 6, place + 4.5, number, bold=True)
    room.ax.xaxis.set_visible(False)
    room.ax.spines[:].set_visible(False)
    if not room.stacked:
        room.line([start, start], [2, y - 5], "edge")
    name_rows(room.ax, [(row["label"], place) for row, place in zip(rows, places, strict=True)], y)
    return room.close(y, 0, y)


def counts_figure(
    key: str,
    title: str,
    data: pd.DataFrame,
    *,
    caption: str = "",
    **options: Any,
) -> Figure:
    """Return the bars, which count trials, as a figure of the book; `options` are those of `counts`."""
    rows = _read(data, **options)
    said = "; ".join(f"{row['label']}: {plural(row['count'], 'trial')}" for row in rows)
    columns = (Column("What"), Column("Trials", "right"), Column("Detail"))
    cells = tuple(
        (Cell(row["label"]), Cell(f"{row['count']:,}", value=row["count"]), Cell(row["detail"]))
        for row in rows
    )
    draw = drawing(counts, data, **options)
    return Figure(key, title, caption, f"{said}.", data, draw, twin(key, title, columns, cells))


def _read(
    data: pd.DataFrame, label: str = "label", count: str = "count", detail: str = "detail"
) -> list[dict[str, Any]]:
    rows = records(standard(data, "counts", ("label", "count"), label=label, count=count, detail=detail))
    if not rows:
        raise ValueError("A bar chart needs at least one bar; say in words that there is none.")
    for row in rows:
        if row["count"] < 0:
            raise ValueError(f"{row['label']}: the count {row['count']} is negative.")
        row["detail"] = text(row.get("detail"))
    return rows


def _write(room: Room, row: dict[str, Any], y: float, width: float) -> float:
    """Write a bar's label and detail from the top `y`; return their height."""
    below = room.paragraph(2, y + 15, row["label"], width)
    end = room.paragraph(2, below, row["detail"], width, size=SMALL, role="muted")
    return end - y - 15 + 3
