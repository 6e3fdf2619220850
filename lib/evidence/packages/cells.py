"""CSV tables of a package: cells with their line, and numbers or a refusal that names the place."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.packages.problems import PackageError

MISSING: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "."})
LONGEST_CELL: Final = 2_000_000
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; cells by name of their column."""

    file: str
    line: int
    cells: dict[str, str]
    comma: bool

    def text(self, column: str) -> str:
        """The cell as plain text: no tags, entities resolved, spaces single; "" where it is missing."""
        return plain(self.cells.get(column, ""))

    def number(self, column: str) -> float:
        """The cell as a number, NaN where it is missing.

        Raises
        ------
        PackageError
            Neither a finite number nor a sign for a missing one.
        """
        value = self.cells.get(column, "").strip()
        if value.lower() in MISSING:
            return math.nan
        text = value.replace(",", ".") if self.comma and _DECIMAL_COMMA.fullmatch(value) else value
        try:
            number = float(text.replace("−", "-"))
        except ValueError:
            number = math.inf
        if not math.isfinite(number) or "_" in text or not text.replace("−", "-").isascii():
            raise PackageError(
                "is not a number",
                file=self.file,
                line=self.line,
                column=column,
                value=value,
                remedy="Correct the cell, or leave it empty where the number is not known.",
            )
        return number

    def whole(self, column: str) -> int:
        """The cell as a whole number.

        Raises
        ------
        PackageError
            Missing, or not a whole number.
        """
        number = self.number(column)
        if math.isnan(number) or number != int(number):
            raise self.problem(column, "is not a whole number", "Correct the cell.")
        return int(number)

    def problem(self, column: str, what: str, remedy: str) -> PackageError:
        """A refusal of this cell."""
        value = self.cells.get(column, "")
        return PackageError(what, file=self.file, line=self.line, column=column, value=value, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV table."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def require(self, columns: Sequence[str], what: str) -> None:
        """Refuse a table that lacks one of `columns`."""
        lacking = [column for column in columns if column not in self.header]
        if lacking:
            raise PackageError(
                f"is not {what}: column {', '.join(repr(column) for column in lacking)} is missing",
                file=self.file,
                remedy=f"It has {', '.join(self.header[:12])}{' …' if len(self.header) > 12 else ''}.",
            )


def read_table(file: str, content: bytes) -> Table:
    """Read a CSV table with comma, semicolon or tab between cells.

    Raises
    ------
    PackageError
        Not UTF-8, no header, a column named twice, or a row with more or fewer cells than the header (which
        is what a truncated file looks like).
    """
    text = decode(file, content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        if not header or not any(header):
            raise PackageError("has no header", file=file, remedy="Download the package again.")
        twice = {name for name, count in Counter(header).items() if name and count > 1}
        if twice:
            raise PackageError(
                f"names the column {sorted(twice)[0]!r} twice",
                file=file,
                line=1,
                remedy="Rename one of them.",
            )
        rows, end = [], reader.line_num
        for cells in reader:
            line, end = end + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise PackageError(
                    f"has {len(cells)} cells where the header has {len(header)}: the table is cut off or a "
                    "separator stands inside a cell",
                    file=file,
                    line=line,
                    remedy="Download the package again, or put quotes around the cell.",
                )
            rows.append(Row(file, line, dict(zip(header, cells, strict=True)), delimiter == ";"))
    except csv.Error as error:
        raise PackageError(
            f"cannot be read as a table ({error})",
            file=file,
            line=reader.line_num,
            remedy="Download the package again.",
        ) from error
    return Table(file, header, tuple(rows))


def decode(file: str, content: bytes) -> str:
    """UTF-8 text without its byte order mark."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise PackageError("is UTF-16, not UTF-8", file=file, remedy="Save it as UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PackageError("is not UTF-8 text", file=file, line=line, remedy="Save it as UTF-8.") from error
    if "\0" in text:
        raise PackageError(
            "holds bytes that no text has", file=file, line=text[: text.index("\0")].count("\n") + 1,
            remedy="Download the package again.",
        )  # fmt: skip
    return text


def plain(text: str) -> str:
    """Text without HTML: tags out, entities resolved, every run of white space one space."""
    return (
        " ".join(html.unescape(_TAG.sub(" ", text)).split())
        if "<" in text or "&" in text
        else " ".join(text.split())
    )
