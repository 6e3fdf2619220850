"""The tables as they are given away: no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

from evidence.dataset import Dataset
from evidence.wording.inert import inert


def published_tables(ds: Dataset) -> dict[str, bytes]:
    """Return the files of the data package by name: the tables, their contract and their README."""
    tables = {table.path: _inert_csv(_read(ds, table.path)) for table in ds.contract.tables.values()}
    others = {
        name: _read(ds, name) for name in ("datapackage.json", "README.md") if (ds.folder / name).is_file()
    }
    return {name: text.encode() for name, text in (tables | others).items()}


def _read(ds: Dataset, name: str) -> str:
    return (ds.folder / name).read_text(encoding="utf-8")


def _inert_csv(text: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerows([inert(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    return target.getvalue()
