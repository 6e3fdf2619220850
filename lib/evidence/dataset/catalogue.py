"""The contract as two tables, ``tables`` and ``columns``: the data dictionary is asked for like data."""

from collections.abc import Mapping
from types import MappingProxyType

from evidence.dataset.contract import Column, Contract, Table
from evidence.dataset.files import RawTable

TABLES = Table(
    name="tables",
    path="",
    columns=(
        Column("table", "string", required=True),
        Column("file", "string", required=True),
        Column("title", "string"),
        Column("description", "string"),
        Column("key", "string"),
        Column("rows", "integer", required=True),
    ),
)
COLUMNS = Table(
    name="columns",
    path="",
    columns=(
        Column("table", "string", required=True),
        Column("column", "string", required=True),
        Column("title", "string"),
        Column("description", "string"),
        Column("type", "string", required=True),
        Column("unit", "string"),
        Column("allowed", "string"),
        Column("required", "string", required=True, allowed=("yes", "no")),
        Column("points_to", "string"),
    ),
)
#: The tables that describe the tables, by name.
CATALOGUE = MappingProxyType({"tables": TABLES, "columns": COLUMNS})


def catalogue(contract: Contract, raw: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """Describe every table and every column of a contract."""
    tables = [_table_row(table, len(raw[name].rows)) for name, table in contract.tables.items()]
    columns = [_column_row(table, column) for table in contract.tables.values() for column in table.columns]
    return {"tables": _raw(TABLES, tables), "columns": _raw(COLUMNS, columns)}


def _raw(table: Table, rows: list[tuple[str, ...]]) -> RawTable:
    return RawTable(table.header, tuple(rows), tuple(range(2, len(rows) + 2)))


def _table_row(table: Table, rows: int) -> tuple[str, ...]:
    return table.name, table.path, table.title, table.description, ", ".join(table.primary_key), str(rows)


def _column_row(table: Table, column: Column) -> tuple[str, ...]:
    points_to = [
        f"{key.table}.{target}"
        for key in table.foreign_keys
        for name, target in zip(key.columns, key.targets, strict=True)
        if name == column.name
    ]
    return (
        table.name,
        column.name,
        column.title,
        column.description,
        column.type,
        column.unit,
        _allowed(column),
        "yes" if column.required else "no",
        ", ".join(points_to),
    )


def _allowed(column: Column) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    limits = (("at least", column.minimum), ("at most", column.maximum))
    return " and ".join(f"{words} {limit:g}" for words, limit in limits if limit is not None)
