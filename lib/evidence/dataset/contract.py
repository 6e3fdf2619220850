"""The contract of the tables, read from ``datapackage.json``: the one source of truth for their columns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

CONTRACT_FILE = "datapackage.json"

#: Frictionless field type to pandas dtype. An integer column that may hold empty cells is nullable.
DTYPES = MappingProxyType({"string": "str", "number": "float64", "integer": "Int64"})


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
    """A column whose every value must be found in a column of another table."""

    column: str
    table: str
    target: str


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


def read_contract(folder: Path) -> Contract:
    """Read ``datapackage.json`` of a data folder.

    Raises
    ------
    ValueError
        When the file is missing, is not JSON, or holds a field type that is not in `DTYPES`.
    """
    path = folder / CONTRACT_FILE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path} is missing: a data folder needs its contract") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not valid JSON: {error}") from None
    tables = (_table(resource) for resource in package["resources"])
    return Contract({table.name: table for table in tables}, package.get("version", ""))


def _table(resource: dict) -> Table:  # type: ignore[type-arg]
    schema = resource["schema"]
    return Table(
        name=resource["name"],
        path=resource["path"],
        columns=tuple(_column(field) for field in schema["fields"]),
        primary_key=tuple(schema.get("primaryKey", ())),
        foreign_keys=tuple(_foreign_key(key) for key in schema.get("foreignKeys", ())),
        title=resource.get("title", ""),
        description=resource.get("description", ""),
    )


def _column(field: dict) -> Column:  # type: ignore[type-arg]
    if field["type"] not in DTYPES:
        known = ", ".join(DTYPES)
        raise ValueError(f"{CONTRACT_FILE}: field {field['name']!r} has type {field['type']!r}; use {known}")
    constraints = field.get("constraints", {})
    return Column(
        name=field["name"],
        type=field["type"],
        description=field.get("description", ""),
        unit=field.get("unit", ""),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        allowed=tuple(constraints.get("enum", ())),
        pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
    )


def _foreign_key(key: dict) -> ForeignKey:  # type: ignore[type-arg]
    column, target = key["fields"], key["reference"]["fields"]
    return ForeignKey(
        column if isinstance(column, str) else column[0],
        key["reference"]["resource"],
        target if isinstance(target, str) else target[0],
    )
