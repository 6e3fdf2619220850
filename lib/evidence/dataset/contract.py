"""The contract of the tables, read from ``datapackage.json``: the one source of truth for their columns."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

CONTRACT_FILE = "datapackage.json"

#: Frictionless field type to pandas dtype. An integer column that may hold empty cells is nullable.
DTYPES = MappingProxyType({"string": "str", "number": "float64", "integer": "Int64"})

#: The texts that a field of type number and of type integer may hold.
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
WHOLE_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a table may hold.

    Attributes
    ----------
    name, title, description : str
        The header in the file and what the column means.
    type : {"string", "number", "integer"}
        The Frictionless type of a cell.
    unit : str
        The unit of a number; empty for text.
    required, unique : bool
        Whether a cell must be filled; whether no two rows may hold the same value.
    allowed : tuple of str
        The vocabulary; empty when any text will do.
    pattern : str
        A regular expression that the whole cell must match; empty for none.
    minimum, maximum : float or None
        Bounds of a number, both included.
    """

    name: str
    type: str
    title: str = ""
    description: str = ""
    unit: str = ""
    required: bool = False
    unique: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column in `Dataset.rows`."""
        return "int64" if self.type == "integer" and self.required else DTYPES[self.type]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values must be found, together, in a row of another table."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its file, its columns in file order, and its keys."""

    name: str
    path: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    title: str = ""
    description: str = ""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, in file order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise ValueError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ValueError(f"table {self.name!r} has no column {name!r}; it has {', '.join(self.header)}")


@dataclass(frozen=True, slots=True)
class Contract:
    """All tables of a data folder, with the version of the data."""

    tables: Mapping[str, Table]
    version: str = ""

    def table(self, name: str) -> Table:
        """Return the table called `name`; raise ValueError when there is none."""
        if name not in self.tables:
            raise ValueError(f"there is no table {name!r}; the tables are {', '.join(self.tables)}")
        return self.tables[name]


def parse_contract(content: bytes | None) -> Contract:
    """Read the content of ``datapackage.json``.

    Raises
    ------
    ValueError
        When the file is missing (None), is not JSON, is not a data package, or holds a field type that is not
        in `DTYPES`.
    """
    if content is None:
        raise ValueError(f"{CONTRACT_FILE} is missing: a data folder needs its contract")
    try:
        package = json.loads(content.decode("utf-8"))
        tables = [_table(resource) for resource in package["resources"]]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{CONTRACT_FILE} is not JSON in UTF-8: {error}") from None
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{CONTRACT_FILE} is not a tabular data package: {error!r} is missing") from None
    return Contract({table.name: table for table in tables}, package.get("version", ""))


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        path=resource["path"],
        columns=tuple(_column(field) for field in schema["fields"]),
        primary_key=_names(schema.get("primaryKey", [])),
        foreign_keys=tuple(_foreign_key(key) for key in schema.get("foreignKeys", [])),
        title=resource.get("title", ""),
        description=resource.get("description", ""),
    )


def _column(field: dict[str, Any]) -> Column:
    if field["type"] not in DTYPES:
        known = ", ".join(DTYPES)
        raise ValueError(f"{CONTRACT_FILE}: field {field['name']!r} has type {field['type']!r}; use {known}")
    constraints = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field["type"],
        title=field.get("title", ""),
        description=field.get("description", ""),
        unit=field.get("unit", ""),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        allowed=tuple(constraints.get("enum", ())),
        pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
    )


def _foreign_key(key: dict[str, Any]) -> ForeignKey:
    reference = key["reference"]
    return ForeignKey(_names(key["fields"]), reference["resource"], _names(reference["fields"]))


def _names(fields: str | list[str]) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)
