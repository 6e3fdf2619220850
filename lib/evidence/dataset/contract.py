"""What the tables may hold: tables, columns, keys of the settings. `evidence.dataset.package` reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import re2

CONTRACT_FILE = "datapackage.json"

#: Frictionless field type to pandas dtype. An integer column that may hold empty cells is nullable.
DTYPES = MappingProxyType({"string": "str", "date": "str", "number": "float64", "integer": "Int64"})

#: The texts that a field of type number and of type integer may hold: ASCII digits, no exponent.
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,20})?")
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a table may hold.

    Attributes
    ----------
    name, title, description : str
        The header in the file and what the column means.
    type : {"string", "number", "integer", "date", "list"}
        The Frictionless type of a cell; a list, of words with a space between, stands in settings only.
    unit : str
        The unit of a number; empty for text.
    required, unique : bool
        Whether a cell must be filled; whether no two rows may hold the same value.
    allowed : tuple of str
        The vocabulary; empty when any text will do.
    pattern : str
        A regular expression, as RE2 reads it, that the whole cell must match; empty for none.
    minimum, maximum : float or None
        Bounds of a number, both included; every column of numbers has them.
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

    def value(self, text: str) -> str | int | float | None:
        """Return what a cell holds, None where it is empty.

        Examples
        --------
        >>> Column("n", "integer").value("12"), Column("n", "integer").value("")
        (12, None)
        """
        if text == "":
            return None
        if self.type == "integer":
            return int(text)
        return float(text) if self.type == "number" else text

    def is_formed(self, text: str) -> bool:
        """Whether a text is written as the type of the column wants it.

        Examples
        --------
        >>> weight = Column("weight", "number")
        >>> [weight.is_formed(text) for text in ("12.5", "1e3", "٢", "nan")]
        [True, False, False, False]
        """
        match self.type:
            case "number":
                return bool(NUMBER.fullmatch(text))
            case "integer":
                return bool(WHOLE_NUMBER.fullmatch(text))
            case "date":
                return calendar_date(text) is not None
            case _:
                return True

    def matches(self, text: str) -> bool:
        """Whether a text has the form of the pattern."""
        return not self.pattern or _matches(self.pattern, text)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the value of one key of the settings may be.

    Attributes
    ----------
    column : Column
        Name, type, range and words of the value.
    vocabulary : str
        ``"table.column"`` whose vocabulary, or else whose cells, are the words; empty for `column.allowed`.
    complete : bool
        Whether a list must hold every word of its vocabulary.
    above, at_least : str
        Another key, of which the value must be greater, or not be less.
    """

    column: Column
    vocabulary: str = ""
    complete: bool = False
    above: str = ""
    at_least: str = ""


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
    """All tables of a data folder and the keys of its settings, with the version of the data.

    `kind` is "review" for the tables of a review's package, which have rules of their own.
    """

    tables: Mapping[str, Table]
    version: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    kind: str = ""

    def table(self, name: str) -> Table:
        """Return the table called `name`; raise ValueError when there is none."""
        if name not in self.tables:
            raise ValueError(f"there is no table {name!r}; the tables are {', '.join(self.tables)}")
        return self.tables[name]


@lru_cache(maxsize=2**16)
def _matches(pattern: str, text: str) -> bool:
    return bool(expression(pattern).fullmatch(text))


@lru_cache(maxsize=256)
def expression(pattern: str) -> "re2._Regexp":
    """Compile a pattern of the contract.

    RE2 matches in a time that grows with the text only, whatever the pattern. It knows neither look-ahead nor
    back-references, and its ``\\d`` is 0 to 9.

    Raises
    ------
    re2.error
        When it is no such expression.
    """
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options=options)


def calendar_date(text: str) -> date | None:
    """Return the day that a text such as ``"2026-11-22"`` names; None when it names none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def latest_day() -> date:
    """Return today where the day is furthest on, 14 hours before Greenwich."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def version_parts(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, which sort as versions do; none where it is no version.

    Examples
    --------
    >>> version_parts("0.10.0") > version_parts("0.9.1"), version_parts("next")
    (True, ())
    """
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdecimal() for part in parts) else ()
