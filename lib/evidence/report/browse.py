"""The tables themselves, as pages show them."""

from __future__ import annotations

import pandas as pd

from evidence.charts.tables import Cell, Column, Table
from evidence.charts.words import plural
from evidence.dataset import Dataset


def browse(ds: Dataset, name: str) -> Table:
    """Show every row and column of a table, as it stands in the file."""
    rows = ds.rows(name)
    columns = tuple(
        Column(str(column), "right" if pd.api.types.is_numeric_dtype(rows[column]) else "left")
        for column in rows
    )
    cells = tuple(tuple(_cell(value) for value in row) for row in rows.itertuples(index=False))
    return Table(f"table-{name}", f"{name}.csv: {plural(len(rows), 'row')}", columns, cells)


def _cell(value: object) -> Cell:
    if pd.isna(value):  # type: ignore[call-overload]
        return Cell("")
    if isinstance(value, str):
        address = value.split(" ")[0]
        return Cell(value, href=address if address.startswith(("http://", "https://")) else "")
    return Cell(f"{value:g}" if isinstance(value, float) else str(value))
