"""Trial flow: from all trials found to the people behind an estimate, step by step."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard, text
from evidence.charts.marks import polygon
from evidence.charts.room import Room, name_rows
from evidence.charts.tables import Cell, Column
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL, TEXT
from evidence.wording.numbers import plural

_TALL: Final = 70.0  # height of the first step, side by side
_BAR: Final = 20.0  # height of a step, one below the other
_COUNT: Final = 18.0  # size of the number of trials


def trialflow(
    data: pd.DataFrame,
    *,
    step: str = "step",
    trials: str = "trials",
    people: str = "people",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many trials are left after each step.

    Parameters
    ----------
    data
        One row for each step, in order. Beside the columns named by the next parameters it may have ``href``,
        where the list of these trials is.
    step, trials
        Columns of what the trials have in common, and of how many they are.
    people
        Column of the people in them; it may be absent or empty.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x and y are points from the left and from the top.

    Raises
    ------
    ValueError
        No steps; a missing column; a count that is negative, no whole number, or larger than the one before.

    Examples
    --------
    >>> steps = pd.DataFrame({
    ...     "step": ["found", "treat this pain", "against placebo", "say something on pain", "give a number"],
    ...     "trials": [81, 17, 15, 11, 3],
    ...     "people": [3599, 402, 371, 255, 62],
    ... })
    >>> ax = trialflow(steps)
    """
    steps = _read(data, step, trials, people)
    room = Room(ax)
    room.use_whole()
    y, rows = (_below if room.stacked else _beside)(room, steps)
    name_rows(room.ax, rows, y)
    return room.close(y)


def trialflow_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return the flow as a figure of the book; `options` are those of `trialflow`."""
    steps = _read(data, **options)
    said = "; ".join(f"{one['step']}: {_count_words(one)}" for one in steps)
    columns = (Column("Step"), Column("Trials", "right"), Column("People", "right"))
    rows = tuple(
        (Cell(one["step"], href=text(one.get("href"))), _cell(one["trials"]), _cell(one["people"]))
        for one in steps
    )
    numbers = twin(key, title, columns, rows)
    draw = drawing(trialflow, data, **options)
    return Figure(key, title, caption, f"Trials left after each step. {said}.", data, draw, numbers)


def _read(
    data: pd.DataFrame, step: str = "step", trials: str = "trials", people: str = "people"
) -> list[dict[str, Any]]:
    steps = records(standard(data, "trialflow", ("step", "trials"), step=step, trials=trials, people=people))
    if not steps:
        raise ValueError("A flow needs at least one step; say in words that there is none.")
    before = None
    for one in steps:
        one["people"] = None if pd.isna(one.get("people")) else int(one["people"])
        count = one["trials"]
        if pd.isna(count) or count != int(count) or count < 0 or (before is not None and count > before):
            raise ValueError(
                f"{one['step']}: {count} trials; each step has a whole number of them, at most that before."
            )
        one["trials"] = before = int(count)
    return steps


def _beside(room: Room, steps: list[dict[str, Any]]) -> tuple[float, list[tuple[str, float]]]:
    """Draw the steps from left to right, each as tall as it has trials, joined by what narrows."""
    width, most = room.width / len(steps), max(steps[0]["trials"], 1)
    bar, middle, rows = width * 0.42, _COUNT + 8 + _TALL / 2, []
    heights = [_TALL * one["trials"] / most for one in steps]
    bottom = middle + _TALL / 2
    for place, (one, height) in enumerate(zip(steps, heights, strict=True)):
        left = place * width
        room.box(left, middle - height / 2, bar, max(height, 1), "blue", name=f"step-{place}")
        if place + 1 < len(steps):
            other, start, end = heights[place + 1], left + bar, left + width
            corners = [(start, middle - height / 2), (end, middle - other / 2)]
            corners += [(end, middle + other / 2), (start, middle + height / 2)]
            polygon(room.ax, corners, "band", transform=room.at, zorder=0.5)
        room.text(left, _COUNT - 2, f"{one['trials']:,}", size=_COUNT, bold=True)
        y = room.paragraph(left, bottom + 18, one["step"], width - 10, href=text(one.get("href")))
        if one["people"] is not None:
            y = room.paragraph(left, y - 1, _people(one), width - 10, size=SMALL, role="muted")
        rows.append((one["step"], middle))
    deepest = max(
        len(wrap(one["step"], TEXT, width - 10)) * TEXT * LINE
        + (0 if one["people"] is None else len(wrap(_people(one), SMALL, width - 10)) * SMALL * LINE)
        for one in steps
    )
    return bottom + 12 + deepest, rows


def _below(room: Room, steps: list[dict[str, Any]]) -> tuple[float, list[tuple[str, float]]]:
    """Draw the steps from top to bottom, each as long as it has trials."""
    most, y, rows = max(steps[0]["trials"], 1), 0.0, []
    longest = room.width - max(
        60.0, *(measure(f"{one['trials']:,}", _COUNT, bold=True) + 12 for one in steps)
    )
    for place, one in enumerate(steps):
        people = "" if one["people"] is None else _people(one)
        side = measure(people, SMALL)
        room.text(room.width - 2, y + 17, people, size=SMALL, role="muted", anchor="end")
        looks = {"href": text(one.get("href"))}
        y = room.paragraph(2, y + 17, one["step"], room.width - side - 14, **looks) - TEXT * LINE + 5
        count = f"{one['trials']:,}"
        length = longest * one["trials"] / most
        room.box(2, y, max(length, 1), _BAR, "blue", name=f"step-{place}")
        room.text(length + 9, y + 16, count, size=_COUNT, bold=True)
        rows.append((one["step"], y + _BAR / 2))
        y += _BAR + 6
    return y, rows


def _people(one: dict[str, Any]) -> str:
    return plural(one["people"], "person", "people")


def _count_words(one: dict[str, Any]) -> str:
    trials = plural(one["trials"], "trial")
    return trials if one["people"] is None else f"{trials}, {_people(one)}"


def _cell(value: int | None) -> Cell:
    return Cell("") if value is None else Cell(f"{value:,}", value=value)
