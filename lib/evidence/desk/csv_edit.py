"""Edits of a table's text that leave every other line as it is, byte for byte."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from evidence.dataset.files import parse
from evidence.desk.problems import DeskError

Row = Mapping[str, str]


def insert(text: str, rows: Sequence[Row], key: str = "study_id") -> str:
    """Insert rows as `insert_rows` does, and return the new text alone."""
    return insert_rows(text, rows, key)[0]


def insert_rows(text: str, rows: Sequence[Row], key: str = "study_id") -> tuple[str, dict[int, Row]]:
    """Insert rows, each at its place in the order of the table; tell the line on which each then begins.

    In a table that is not sorted by `key` a row goes after the last row with the same key, or to the end.

    Parameters
    ----------
    text : str
        The table: complete, with a line feed at its end.
    rows : sequence of mapping
        Cells by column; a column that is not named stays empty. Rows of one key keep their order.
    key : str
        The column that orders the table (by code point: capital letters before small ones).

    Raises
    ------
    DeskError
        When a row names a column that the table does not have, or the text is not a whole table.
    """
    raw = parse(text)
    if raw.broken or not text.endswith("\n") or key not in raw.header:
        raise DeskError("the table is not whole: run `python -m evidence check`, and put it right first")
    lines = io.StringIO(text, newline="\n").readlines()
    position = raw.header.index(key)
    keys = [row[position] for row in raw.rows]
    starts = [*(line - 1 for line in raw.lines), len(lines)]
    pieces: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row[key]):
        pieces.setdefault(starts[_place(keys, row[key])], []).append(row)
    done: list[str] = []
    at: dict[int, Row] = {}
    number = 1
    for place in range(len(lines) + 1):
        for row in pieces.get(place, ()):
            at[number] = row
            done.append(_line(raw.header, row))
            number += done[-1].count("\n")
        if place < len(lines):
            done.append(lines[place])
            number += 1
    return "".join(done), at


def remove(text: str, value: str, key: str = "study_id") -> str:
    """Take out every row with a value in its key column."""
    raw = parse(text)
    lines = io.StringIO(text, newline="\n").readlines()
    ends = [*(line - 1 for line in raw.lines[1:]), len(lines)]
    position = raw.header.index(key)
    for row, line, end in reversed(list(zip(raw.rows, raw.lines, ends, strict=False))):
        if row[position] == value:
            del lines[line - 1 : end]
    return "".join(lines)


def blank(text: str, value: str, key: str) -> str:
    """Empty a cell in every row that has a value there; other rows stay as they are, byte for byte."""
    raw = parse(text)
    position = raw.header.index(key)
    lines = io.StringIO(text, newline="\n").readlines()
    ends = [*(line - 1 for line in raw.lines[1:]), len(lines)]
    for row, line, end in reversed(list(zip(raw.rows, raw.lines, ends, strict=True))):
        if row[position] == value:
            cells = dict(zip(raw.header, row, strict=True)) | {key: ""}
            lines[line - 1 : end] = [_line(raw.header, cells)]
    return "".join(lines)


def _place(keys: Sequence[str], key: str) -> int:
    """Return the position of the row before which a new row goes."""
    if list(keys) == sorted(keys):
        return bisect_right(keys, key)
    return max((place for place, there in enumerate(keys, start=1) if there == key), default=len(keys))


def _line(header: Sequence[str], row: Row) -> str:
    unknown = [name for name in row if name not in header]
    if unknown:
        raise DeskError(f"there is no column {', '.join(unknown)}; the columns are {', '.join(header)}")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([row.get(name, "") for name in header])
    return text.getvalue()


def with_commas(text: str) -> str:
    """Return a table with commas between its cells, whose first line has semicolons or tabs and no comma.

    Examples
    --------
    >>> with_commas("arm;mean\\nplacebo;4,1\\n")
    'arm,mean\\nplacebo,"4,1"\\n'
    """
    first = text.partition("\n")[0]
    sign = next((sign for sign in (";", "\t") if sign in first), "")
    if not sign or "," in first:
        return text
    written = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()
