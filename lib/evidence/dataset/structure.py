"""Is the file readable as the table it should be: encoding, line ends, CSV, header, number of cells."""

import re
from collections.abc import Iterator

from evidence.dataset.contract import Table
from evidence.dataset.files import RawTable, parse
from evidence.dataset.problems import Problem, first

#: A header that can be printed as it stands.
_NAME = re.compile(r"[\w -]{1,40}")


def read_table(table: Table, content: bytes | None, refused: str = "") -> tuple[RawTable, list[Problem]]:
    """Read a file as far as it can be read, and list what is wrong with its form.

    Rows with too few or too many cells are reported and left out of the table that is returned, because
    nobody can know which cell is which.

    Parameters
    ----------
    table : Table
        What the file should be.
    content : bytes or None
        None for a file that is not there or was not read.
    refused : str
        What stands in the place of a plain file; empty for none.
    """
    if content is None:
        allowed = "a plain file in the folder: no link, pipe, device or folder" if refused else "a file"
        remedy = "restore it or take it out of the contract"
        rule = "file_plain" if refused else "file_exists"
        return RawTable((), (), ()), [Problem(table.path, 1, "", refused, allowed, remedy, rule)]
    text, problems = _decoded(table, content)
    raw = parse(text)
    problems += [
        *_broken(table, raw),
        *(first(_header(table, raw)) if content else ()),
        *first(_ragged(table, raw)),
    ]
    keep = [index for index, row in enumerate(raw.rows) if len(row) == len(raw.header) > 0]
    rows, lines = tuple(raw.rows[i] for i in keep), tuple(raw.lines[i] for i in keep)
    return RawTable(raw.header, rows, lines), problems


def _decoded(table: Table, content: bytes) -> tuple[str, list[Problem]]:
    problems = list(_bytes(table, content))
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def _bytes(table: Table, content: bytes) -> Iterator[Problem]:
    def problem(line: int, value: str, allowed: str, remedy: str, rule: str) -> Problem:
        return Problem(table.path, line, "", value, allowed, remedy, rule)

    if content.startswith(b"\xef\xbb\xbf"):
        yield problem(1, "byte order mark", "UTF-8 without it", "save as plain UTF-8", "encoding")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = content[error.start : error.start + 1].hex()
        yield problem(
            line, f"byte {found}", "UTF-8", "save the file in UTF-8 and type the letter again", "encoding"
        )
    if b"\r" in content:
        line = content.count(b"\n", 0, content.index(b"\r")) + 1
        yield problem(line, "carriage return", "line feed alone", "save with Unix line ends", "line_ends")
    if not content:
        yield problem(1, "", "a header and rows", "restore the file: it is empty", "not_truncated")
    elif not content.endswith(b"\n"):
        line = content.count(b"\n") + 1
        tail = content[content.rfind(b"\n") + 1 :].decode("utf-8", errors="replace")
        remedy = "compare the last row with its source and end it with a new line"
        yield problem(
            line,
            tail,
            "a file whose last row ends with a line feed (it may be cut off)",
            remedy,
            "not_truncated",
        )


def _broken(table: Table, raw: RawTable) -> Iterator[Problem]:
    if raw.broken:
        line, why = raw.broken
        remedy = "close the quote that this row opens, and double every quote inside a quoted cell"
        yield Problem(table.path, line, "", why, "CSV with every quote closed", remedy, "csv")


def _header(table: Table, raw: RawTable) -> Iterator[Problem]:
    found, wanted = raw.header, table.header
    if found == wanted:
        return
    if not found and not raw.broken:
        remedy = "restore the file: its first line is blank"
        yield Problem(table.path, 1, "", "", ",".join(wanted), remedy, "header")
    if not found:
        return
    for name in found:
        if name not in wanted:
            remedy = "rename or remove the column, or add it to datapackage.json"
            column = name if _NAME.fullmatch(name) else ""
            yield Problem(table.path, 1, column, name, ", ".join(wanted), remedy, "header")
    for name in wanted:
        if found.count(name) != 1:
            remedy = "add the column" if name not in found else "keep one of the columns of this name"
            yield Problem(table.path, 1, name, ",".join(found), "each column once", remedy, "header")
    if sorted(found) == sorted(wanted):
        order = ",".join(wanted)
        yield Problem(
            table.path, 1, "", ",".join(found), f"the order {order}", "reorder the columns", "header"
        )


def _ragged(table: Table, raw: RawTable) -> Iterator[Problem]:
    for line, row in zip(raw.lines, raw.rows, strict=True):
        if len(row) != len(raw.header):
            value = f"{len(row)} cells" if row else "blank line"
            remedy = "quote cells that hold commas, fill up with empty cells, or remove the line"
            yield Problem(table.path, line, "", value, f"{len(raw.header)} cells", remedy, "cells_per_row")
