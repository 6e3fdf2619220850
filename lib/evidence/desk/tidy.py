"""Take back what a spreadsheet program does to a table on its way, and nothing that could be a number."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset.contract import Column, Table
from evidence.dataset.files import RawTable, parse, read_snapshot
from evidence.desk import lost_zeros
from evidence.desk.importers.text import read_bytes
from evidence.desk.problems import DeskError

#: Numbers that are counted or agreed, so that no digit behind the point tells how exactly they were measured.
_AGREED = frozenset(
    ("time_days", "scale_min", "scale_max", "ci_level", "followup_days", "treatment_duration_days")
)
#: From so many cells on, a column of nothing but 1.0, 2.0 … was written by a program.
_MANY = 5
_WHOLE = re.compile(r"-?[0-9]+\.0")


@dataclass(frozen=True, slots=True)
class Tidied:
    """A table put back in form: its new text, and what was done, one line for each cause."""

    path: str
    text: str
    done: tuple[str, ...]


def tidied(folder: Path) -> list[Tidied]:
    """Put the tables of a data folder back in form; only those that change are returned.

    Raises
    ------
    DeskError
        When a table cannot be read as CSV in UTF-8: `python -m evidence check` says where.
    """
    contract = read_snapshot(folder).contract
    found = (_table(folder, table) for table in contract.tables.values())
    return [item for item in found if item is not None and item.done]


def write(folder: Path, found: Sequence[Tidied]) -> None:
    """Put the new texts in place, each file in one step."""
    for item in found:
        unfinished = folder / f"{item.path}.part"
        try:
            unfinished.write_text(item.text, encoding="utf-8", newline="")
            unfinished.replace(folder / item.path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise


def _table(folder: Path, table: Table) -> Tidied | None:
    path = folder / table.path
    if path.is_symlink():
        raise DeskError(f"{table.path}: is a link to another file: put the file itself there")
    if not path.is_file():
        return None
    done: list[str] = []
    text = _text(path, done)
    text, raw = _separated(table, text, done)
    if raw.broken:
        raise DeskError(
            f"{table.path}: line {raw.broken[0]} is not CSV ({raw.broken[1]}): nothing is tidied; run `check`"
        )
    rows = [list(row) for row in raw.rows]
    header = list(raw.header)
    rows = _without_blank(rows, done)
    _without_empty_columns(header, rows, done)
    if any(len(row) != len(header) for row in rows):
        raise DeskError(f"{table.path}: rows have too few or too many cells: nothing was tidied; run `check`")
    columns = {column.name: column for column in table.columns}
    _whole_numbers(header, rows, columns, done)
    measured = {name for name, column in columns.items() if column.type == "number"} - _AGREED
    if count := lost_zeros.put_back(path, header, rows, measured):
        done.append(
            _counted(count, "put back the last zeros of {} number{}, such as 4.0 for 4, as committed")
        )
    rows = _sorted(header, rows, done)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    whole = written.getvalue()
    if not done and whole != text:
        done.append("wrote quotes only around cells that need them")
    return Tidied(table.path, whole, tuple(f"{table.path}: {line}" for line in done))


def _text(path: Path, done: list[str]) -> str:
    content = read_bytes(path)
    if content.startswith(b"\xef\xbb\xbf"):
        done.append("took out the byte order mark")
        content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DeskError(
            f"{path.name}: line {line} is not UTF-8: save the file as “CSV UTF-8” and look at its letters"
        ) from None
    if "\r" in text:
        done.append("changed the line ends to line feeds")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        done.append("ended the last line")
        text += "\n"
    return text


def _separated(table: Table, text: str, done: list[str]) -> tuple[str, RawTable]:
    """Read a table by the sign between its columns: the comma, or one that makes its header whole."""
    first = text.partition("\n")[0]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        header = [cell.strip('"') for cell in first.rstrip(sign).split(sign)]
        if len(header) > 1 and set(header) >= set(table.header):
            done.append(f"changed the {name} between the cells to commas")
            cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerows(cells)
            text = written.getvalue()
    return text, parse(text)


def _without_blank(rows: list[list[str]], done: list[str]) -> list[list[str]]:
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    if len(kept) < len(rows):
        done.append(_counted(len(rows) - len(kept), "took out {} blank row{}"))
    return kept


def _without_empty_columns(header: list[str], rows: list[list[str]], done: list[str]) -> None:
    """Take out columns behind the last that have neither a name nor a cell."""
    count = 0
    while (
        header
        and not header[-1].strip()
        and all(len(row) < len(header) or not row[len(header) - 1].strip() for row in rows)
    ):
        header.pop()
        for row in rows:
            del row[len(header) :]
        count += 1
    if count:
        done.append(_counted(count, "took out {} empty column{} at the end"))


def _whole_numbers(
    header: list[str], rows: list[list[str]], columns: dict[str, Column], done: list[str]
) -> None:
    """Write 10.0 as 10 where no source prints the digits: whole numbers, days, ends of scales.

    In a column of measured numbers "2.0" stays as it was printed, unless every cell of the column ends so:
    then a program wrote them.
    """
    count = 0
    for place, name in enumerate(header):
        column = columns.get(name)
        if column is None or column.type == "string":
            continue
        filled = [row[place] for row in rows if row[place]]
        counted = column.type == "integer" or name in _AGREED
        if not counted and (len(filled) < _MANY or not all(map(_WHOLE.fullmatch, filled))):
            continue
        for row in rows:
            if _WHOLE.fullmatch(row[place]):
                row[place] = row[place].partition(".")[0]
                count += 1
    if count:
        done.append(_counted(count, "wrote {} number{} such as 10.0 as 10"))


def _sorted(header: list[str], rows: list[list[str]], done: list[str]) -> list[list[str]]:
    if "study_id" not in header:
        return rows
    place = header.index("study_id")
    ordered = sorted(rows, key=lambda row: row[place])
    if ordered != rows:
        done.append("sorted the rows by study_id")
    return ordered


def _counted(number: int, words: str) -> str:
    return words.format(number, "" if number == 1 else "s")
