"""The tables themselves, as pages show them: their list, their columns, their rows."""

from __future__ import annotations

import pandas as pd

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.wording.numbers import plural

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
            Cell(str(row.title), href=f"data/{row.table}.html"),
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
    """Describe the columns of a table."""
    found = ds.rows("columns", table=name)
    rows = tuple(tuple(_cell(row[column]) for column in _COLUMNS) for _, row in found.iterrows())
    return Table(f"columns-{name}", f"The columns of {name}.csv", tuple(map(Column, _COLUMNS.values())), rows)


def browse(ds: Dataset, name: str) -> Table:
    """Show every row and column of a table, as it stands in the file."""
    rows = ds.rows(name)
    numeric = pd.api.types.is_numeric_dtype
    heads = tuple(Column(str(column), "right" if numeric(rows[column]) else "left") for column in rows)
    cells = tuple(tuple(_cell(value) for value in row) for row in rows.itertuples(index=False))
    return Table(f"table-{name}", f"{name}.csv: {plural(len(rows), 'row')}", heads, cells)


def _download(file: str) -> str:
    return f"../data/{file}"


def _cell(value: object) -> Cell:
    if pd.isna(value):  # type: ignore[call-overload]
        return Cell("")
    if isinstance(value, str):
        address = value.split(" ")[0]
        return Cell(value, href=address if address.startswith(("http://", "https://")) else "")
    return Cell(f"{value:g}" if isinstance(value, float) else str(value))
