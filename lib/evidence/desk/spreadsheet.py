"""A form as a spreadsheet: one sheet for each table, with the vocabularies as lists to choose from."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.dataset.columns import LONGEST_HINT
from evidence.dataset.contract import Column, Contract, Table
from evidence.desk.forms import FormRow, Tables
from evidence.desk.importers.text import read_bytes
from evidence.desk.problems import DeskError

if TYPE_CHECKING:
    from openpyxl import Workbook

#: Rows of a sheet in which lists are offered.
ROWS = 200
LARGEST = 5_000_000  # bytes
#: What the parts of the file may unfold to, and how many cells are looked at.
UNFOLDED = 20_000_000  # bytes
CELLS = 100_000

_LISTS = "lists"
#: Cells that are one cell: all but the first are empty, whatever the sheet shows.
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*\bref=[\"']([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)[\"']")


def workbook(
    contract: Contract, tables: Sequence[str], rows: Mapping[str, Sequence[Mapping[str, str]]]
) -> bytes:
    """Return a form as the content of an `.xlsx` file: every column of every table, filled as far as known.

    Every cell is text, so that no program makes a date or a rounded number of what is typed. Columns with a
    vocabulary offer it as a list; what a column means stands as a note on its header.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    words: list[tuple[str, ...]] = []
    for name in tables:
        _sheet(book, contract.table(name), rows.get(name, ()), words)
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    for column, allowed in enumerate(words, start=1):
        for line, word in enumerate(allowed, start=1):
            lists.cell(line, column, word)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(
    book: Workbook, table: Table, rows: Sequence[Mapping[str, str]], words: list[tuple[str, ...]]
) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(table.name)
    sheet.freeze_panes = "A2"
    columns = [column for column in table.columns if table.name == "studies" or column.name != "study_id"]
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, column.name)
        head.font = Font(bold=True)
        if column.required:
            head.fill = PatternFill("solid", fgColor="FFF2CC")
        head.comment = Comment(_meaning(column), "evidence", width=320, height=120)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 4)
        for line in range(2, max(ROWS, len(rows) + 1) + 1):
            cell = sheet.cell(line, place)
            cell.number_format = "@"
            if line - 2 < len(rows):
                cell.value = rows[line - 2].get(column.name) or None
                cell.data_type = "s" if cell.value else cell.data_type
        if column.allowed:
            if column.allowed not in words:
                words.append(column.allowed)
            source = get_column_letter(words.index(column.allowed) + 1)
            offered = DataValidation(
                type="list",
                formula1=f"={_LISTS}!${source}$1:${source}${len(column.allowed)}",
                allow_blank=True,
                showErrorMessage=True,
                errorTitle=column.name,
                error="Choose one of the words of the list.",
            )
            sheet.add_data_validation(offered)
            offered.add(f"{letter}2:{letter}{ROWS}")


def _meaning(column: Column) -> str:
    parts = [column.description or column.title, column.unit]
    return ". ".join([part for part in parts if part] + (["Required."] if column.required else []))


def read_spreadsheet(path: Path) -> Tables:
    """Read the rows of one study from an `.xlsx` form.

    Raises
    ------
    DeskError
        When the file is no spreadsheet, unfolds beyond measure, or a cell holds a date, a formula or an
        error: the message names sheet and cell.
    """
    content = read_bytes(path, LARGEST)
    try:
        rows = _read(path.name, content)
    except DeskError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise DeskError(f"{path.name}: cannot be read as a spreadsheet: {why}: save it as .xlsx") from None
    if not rows:
        raise DeskError(f"{path.name}: no sheet holds a row below its header; see `add study --xlsx`")
    return rows


def _read(name: str, content: bytes) -> Tables:
    """Read cell after cell, without what a sheet says of links or its size: either may be huge."""
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNFOLDED:
            raise DeskError(f"{name}: the file unfolds beyond measure and is not read")
    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=False)) as book:
        left = [CELLS]
        sheets = [sheet for sheet in book.worksheets if sheet.title != _LISTS]
        for sheet in sheets:
            _no_merged(name, sheet, content)
        found = {sheet.title: _rows(name, sheet, left) for sheet in sheets}
        return {title: rows for title, rows in found.items() if rows}


def _no_merged(name: str, sheet: Any, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        found = _MERGED.search(parts.read(sheet._worksheet_path))
    if found:
        raise DeskError(
            f"{name}: {sheet.title}!{found[1].decode()}: the cells are merged, all but one are empty: "
            "take them apart and fill each"
        )


def _header(name: str, sheet: str, line: Sequence[Any]) -> list[str]:
    header = [str(cell.value or "").strip() for cell in line]
    if doubled := [column for column in header if column and header.count(column) > 1]:
        raise DeskError(f"{name}: {sheet}: line 1 names the column {doubled[0][:LONGEST_HINT]!r} twice")
    return header


def _rows(name: str, sheet: Any, left: list[int]) -> list[FormRow]:
    sheet.reset_dimensions()
    header: list[str] = []
    found = []
    for number, line in enumerate(sheet.iter_rows(), start=1):
        left[0] -= max(len(line), 1)
        if left[0] < 0:
            raise DeskError(
                f"{name}: the sheet {sheet.title} has more cells than one study needs: clear the empty ones"
            )
        if number == 1:
            header = _header(name, sheet.title, line)
            continue
        cells = {}
        for place, cell in enumerate(line):
            column = header[place] if place < len(header) else ""
            text = _text(name, sheet.title, cell)
            if text and not column:
                raise DeskError(f"{name}: {sheet.title}!{cell.coordinate}: the column has no name on line 1")
            if column:
                cells[column] = text
        if any(cells.values()):
            found.append(FormRow(cells, f"{name}!{sheet.title}", number))
    return found


def _text(name: str, sheet: str, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    place = f"{name}: {sheet}!{cell.coordinate}"
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise DeskError(
            f"{place}: {value} is a date that the program made: type the text again in a cell that is text"
        )
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        raise DeskError(f"{place}: holds a formula: put its value in the cell")
    if cell.data_type == "e":
        raise DeskError(f"{place}: holds the error {value}: put the value or nothing in the cell")
    if isinstance(value, bool):
        raise DeskError(
            f"{place}: holds {str(value).upper()} as a truth value: type the word of the vocabulary"
        )
    if isinstance(value, int | float) and "%" in str(cell.number_format):
        raise DeskError(
            f"{place}: {value} is shown as a percentage: type the number of the source in a cell that is text"
        )
    if isinstance(value, float):  # a spreadsheet keeps and shows 15 digits
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return str(value).strip()
