"""Evidence map: what is known for each drug and each condition, as a chart of links."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard, text
from evidence.charts.grid import Entry, Line, draw_grid
from evidence.charts.legend import Sample, legend
from evidence.charts.marks import marker
from evidence.charts.room import Room, name_rows
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import capital, plural

#: What is known: fill, frame and meaning of its mark. The fills and frames alone tell them apart.
STATES: Final[dict[str, tuple[str, str, str]]] = {
    "better": ("blue", "blue", "{better} {outcome} on the drug"),
    "worse": ("orange", "orange", "{worse} {outcome} on the drug"),
    "unclear": ("band", "edge", "a number that cannot tell"),
    "silent": ("surface", "edge", "trials, but no number"),
}
_HALF: Final = 14.0  # half of the width of the largest mark
_SMALLEST: Final = 3.0


def evidencemap(
    data: pd.DataFrame,
    *,
    row: str = "condition",
    column: str = "drug",
    state: str = "state",
    people: str = "people",
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    outcome: str = "symptoms",
    better: Literal["less", "more"] = "less",
    ax: Axes | None = None,
) -> Axes:
    """Draw what is known for every row and column: a disc with an area in proportion to its people.

    Parameters
    ----------
    data
        One row for each pair of which something is known. Beside the four columns named by the next
        parameters it may have ``words``, the finding in a few words, and ``href``, the report.
    row, column
        Columns of the condition and the drug.
    state
        Column that holds "better", "worse", "unclear" or "silent": trials, but no number.
    people
        Column of the people behind what is known; where it is empty the disc is the smallest.
    rows, columns
        Conditions and drugs in the order drawn; without them as they come.
    outcome
        What is measured, for the legend.
    better
        How much of it is better to have.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x and y are points from the left and from the top; ``get_yticks()`` are the rows.

    Raises
    ------
    ValueError
        Nothing known; a missing column; a pair twice; a state that is none; a pair that has no line.

    Examples
    --------
    >>> known = pd.DataFrame({
    ...     "condition": ["CRPS", "CRPS", "nerve pain"], "drug": ["ketamine", "magnesium", "ketamine"],
    ...     "state": ["better", "unclear", "silent"], "people": [60, 56, None],
    ...     "words": ["−27.7 points, 1 trial", "0.6 points, 1 trial", "only tests, 4 trials"],
    ... })
    >>> ax = evidencemap(known, outcome="pain")
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['CRPS', 'Nerve pain']
    """
    found, down, across = _read(data, row, column, state, people, rows, columns)
    room = Room(ax)
    most = max((one["people"] or 0 for one in found), default=0)
    lines = [_line(name, found, across, most) for name in down]
    places, y = draw_grid(room, across, lines, head="Condition", found="Drug", half=_HALF, names=(120.0,))
    name_rows(room.ax, places, y)
    end = legend(room, list(_samples(found, most, _meanings(outcome, better))), y + 26)
    return room.close(end - SMALL * LINE + 8, 0, y)


def evidencemap_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return an evidence map as a figure of the book; `options` are those of `evidencemap`."""
    read = {name: given for name, given in options.items() if name not in ("outcome", "better")}
    found, down, across = _read(data, **read)
    says = _meanings(options.get("outcome", "symptoms"), options.get("better", "less"))
    parts = [f"Evidence map of {plural(len(down), 'condition')} by {plural(len(across), 'drug')}."]
    for name in down:
        said = [
            f"{one['column']}, {one['words'] or says[one['state']]}" for one in found if one["row"] == name
        ]
        parts.append(f"{capital(name)}: {'; '.join(said) or 'no trials'}.")
    heads = (Column("Condition"), Column("Drug"), Column("People", "right"), Column("What is known"))
    cells = tuple(
        (
            Cell(one["row"]),
            Cell(one["column"], href=one["href"]),
            Cell("") if one["people"] is None else Cell(f"{one['people']:,}", value=one["people"]),
            Cell("; ".join(words for words in (says[one["state"]], one["words"]) if words)),
        )
        for one in found
    )
    draw = drawing(evidencemap, data, **options)
    return Figure(key, title, caption, " ".join(parts), data, draw, twin(key, title, heads, cells))


def _meanings(outcome: str, better: str) -> dict[str, str]:
    """Return what each state is, in words."""
    worse = "more" if better == "less" else "less"
    named = {"outcome": outcome, "better": better, "worse": worse}
    return {state: meaning.format(**named) for state, (_, _, meaning) in STATES.items()}


def _read(
    data: pd.DataFrame,
    row: str = "condition",
    column: str = "drug",
    state: str = "state",
    people: str = "people",
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    names = {"row": row, "column": column, "state": state, "people": people}
    found = records(standard(data, "evidencemap", ("row", "column", "state"), **names))
    if not found:
        raise ValueError("An evidence map needs at least one pair; say in words that there is none.")
    down = list(rows) or list(dict.fromkeys(one["row"] for one in found))
    across = list(columns) or list(dict.fromkeys(one["column"] for one in found))
    seen = set()
    for one in found:
        pair = one["row"], one["column"]
        if one["state"] not in STATES:
            raise ValueError(f"{pair[0]} × {pair[1]}: {one['state']!r} is none of {', '.join(STATES)}.")
        if pair in seen:
            raise ValueError(f"{pair[0]} × {pair[1]} stands in the map twice.")
        if pair[0] not in down or pair[1] not in across:
            raise ValueError(f"The pair {pair[0]!r} × {pair[1]!r} has no line in the map.")
        seen.add(pair)
        one["people"] = None if pd.isna(one.get("people")) else int(one["people"])
        one |= {name: text(one.get(name)) for name in ("words", "href")}
    return found, down, across


def _line(name: str, found: list[dict[str, Any]], across: Sequence[str], most: int) -> Line:
    here = {one["column"]: one for one in found if one["row"] == name}
    entries = {
        column: Entry(
            partial(_disc, here[column]["state"], _area(here[column]["people"], most)),
            here[column]["words"],
            here[column]["href"],
        )
        for column in across
        if column in here
    }
    return Line(capital(name), entries)


def _area(people: int | None, most: int) -> float:
    """Return the area of a disc in square points, in proportion to its people."""
    largest = math.pi * (_HALF - 1) ** 2
    return max(math.pi * _SMALLEST**2, largest * (people or 0) / most) if most else math.pi * _SMALLEST**2


def _disc(state: str, area: float, room: Room, x: float, y: float, name: str = "") -> None:
    fill, stroke, _ = STATES[state]
    marker(room.ax, "circle", x, y, area, fill, stroke, name=name, transform=room.at)


def _samples(found: list[dict[str, Any]], most: int, says: Mapping[str, str]) -> Iterator[Sample]:
    states = {one["state"] for one in found}
    for state, meaning in says.items():
        if state in states:
            yield Sample(partial(_disc, state, 110.0), meaning)
    if most:
        fits = [size for size in _ROUND if _area(size, most) <= math.pi * 8.5**2]
        people = max(fits, default=most)
        meaning = f"{plural(people, 'person', 'people')} in the estimate; the area grows with them"
        yield Sample(partial(_disc, "silent", _area(people, most)), meaning)


_ROUND: Final = [digit * 10**power for power in range(8) for digit in (1, 2, 5)]
