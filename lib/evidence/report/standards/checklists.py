"""Published checklists, item by item, with where the book answers each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.wording.numbers import listing

#: What an answer is called.
ANSWERS: Final = {"done": "done", "partly": "partly", "not done": "not done", "idle": "does not apply"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; see checklists.csv."""

    list: str
    item: str
    section: str
    topic: str
    answer: str
    place: str | None
    note: str | None

    @property
    def href(self) -> str:
        """Where the book answers it, as a link from the root of the site; empty without a place."""
        page, mark, part = (self.place or "").partition("#")
        return f"site:{page}.html{mark}{part}" if page else ""


def items(ds: Dataset, name: str) -> tuple[Item, ...]:
    """Return the items of a list, in their order."""
    return ds.records(Item, "checklists", list=name)


def checklist(ds: Dataset, name: str, caption: str, *, undone: str = "not done") -> Table:
    """Return a list as a table.

    Parameters
    ----------
    name : str
        As in checklists.csv.
    undone : str
        What an item that is not done is called: an assessment that was not made is "not assessed".
    """
    words = ANSWERS | {"not done": undone}
    rows = tuple(
        (
            Cell(item.item),
            Cell(item.topic),
            Cell(words[item.answer], href=item.href),
            Cell(item.note or ""),
        )
        for item in items(ds, name)
    )
    columns = (
        Column("Item"),
        Column("What it asks for"),
        Column("In this book"),
        Column("What stands there"),
    )
    key = "checklist-" + "".join(char if char.isalnum() else "-" for char in name.lower())
    return Table(key, caption, columns, rows)


def tally(ds: Dataset, name: str) -> str:
    """Say how many items of a list are done, partly done, not done, or do not apply."""
    found = [item.answer for item in items(ds, name)]
    counted = [(found.count(answer), word) for answer, word in ANSWERS.items()]
    said = listing(f"{number:,} {word}" for number, word in counted if number)
    return f"{len(found):,} items: {said}"
