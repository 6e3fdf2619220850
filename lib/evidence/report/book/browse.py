"""The tables themselves, as pages show them: their list, their columns, their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.wording.html import escape, link
from evidence.wording.numbers import plural

_WIDE: Final = 6  # columns beyond which the rows of a table unfold one by one
_TABLES = {"title": "Table", "description": "What it holds", "key": "Key", "rows": "Rows", "file": "File"}
_COLUMNS = {
    "column": "Column",
    "description": "What it means",
    "type": "Type",
    "unit": "Unit",
    "allowed": "Vocabulary",
    "required": "Must be filled",
    "points_to": "Points to",
}


def tables(ds: Dataset) -> Table:
    """List the tables with links to their pages and files."""
    rows = tuple(
        (
            Cell(str(row.title), href=f"data/{row.table}.html" if row.rows else ""),
            Cell(str(row.description)),
            Cell(str(row.key)),
            Cell(str(row.rows)),
            Cell(str(row.file), href=_download(str(row.file))),
        )
        for row in ds.rows("tables").itertuples()
    )
    columns = tuple(Column(name, "right" if name == "Rows" else "left") for name in _TABLES.values())
    return Table("data-tables", "The tables of the book", columns, rows)


def columns(ds: Dataset, name: str) -> Table:
    """Describe the columns of a table, folded."""
    found = ds.rows("columns", table=name)
    rows = tuple(tuple(_cell(row[column]) for column in _COLUMNS) for _, row in found.iterrows())
    heads = tuple(map(Column, _COLUMNS.values()))
    return Table(f"columns-{name}", f"The columns of {name}.csv", heads, rows, folded=True)


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a wide table, each with its key, the rest unfolding; a page's script adds a filter.

    Attributes
    ----------
    heads : tuple of str
    rows : tuple of tuple of Cell
    named : tuple of int
        Places of the columns that name a row.
    """

    key: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    named: tuple[int, ...]

    def _repr_html_(self) -> str:
        body = "".join(map(self._row, self.rows))
        return (
            f'<div class="ev-records" id="{self.key}" role="group" aria-label="{escape(self.caption)}">'
            f"<p><b>{escape(self.caption)}</b></p>{body}</div>"
        )

    def _row(self, row: tuple[Cell, ...]) -> str:
        name = " · ".join(escape(row[place].text) for place in self.named if row[place].text)
        cells = "".join(
            f"<dt>{escape(head)}</dt><dd>{link(cell.href, cell.text)}</dd>"
            for place, (head, cell) in enumerate(zip(self.heads, row, strict=True))
            if cell.text and place not in self.named
        )
        return f"<details><summary>{name}</summary><dl>{cells}</dl></details>"


def browse(ds: Dataset, name: str) -> Table | Records:
    """Show every row and column of a table, as it stands in the file."""
    rows = ds.rows(name)
    cells = tuple(tuple(_cell(value) for value in row) for row in rows.itertuples(index=False))
    caption, heads = f"{name}.csv: {plural(len(rows), 'row')}", [str(column) for column in rows]
    if len(heads) > _WIDE:
        named = tuple(heads.index(column) for column in ds.contract.table(name).primary_key)
        return Records(f"table-{name}", caption, tuple(heads), cells, named)
    numeric = pd.api.types.is_numeric_dtype
    aligned = tuple(Column(head, "right" if numeric(rows[head]) else "left") for head in heads)
    return Table(f"table-{name}", caption, aligned, cells)


def _download(file: str) -> str:
    return f"../data/{file}"


def _cell(value: object) -> Cell:
    if pd.isna(value):  # type: ignore[call-overload]
        return Cell("")
    if isinstance(value, str):
        address = value.split(" ")[0]
        return Cell(value, href=address if address.startswith(("http://", "https://")) else "")
    return Cell(f"{value:g}" if isinstance(value, float) else str(value))
