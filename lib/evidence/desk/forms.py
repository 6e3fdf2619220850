"""What an editor filled in: a YAML form, a spreadsheet, or CSV files named after the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from evidence.dataset.columns import LONGEST_HINT
from evidence.dataset.contract import Contract
from evidence.dataset.files import parse
from evidence.desk.csv_edit import with_commas
from evidence.desk.form_yaml import Node, read_yaml
from evidence.desk.importers.text import read_text
from evidence.desk.problems import DeskError, shown

#: No form of one study is larger; what is above is refused unread.
LARGEST = 1_000_000  # bytes


class FormRow(dict[str, str]):
    """The cells of a row by column, with the place of each in the form.

    Attributes
    ----------
    file : str
        Name of the form; empty for a row that no form holds.
    line : int
        Line on which the row begins.
    lines : mapping of str to int
        Line of each cell that has one of its own.
    """

    def __init__(
        self, cells: Mapping[str, str], file: str = "", line: int = 0, lines: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(cells)
        self.file, self.line, self.lines = file, line, dict(lines or {})

    def place(self, column: str = "") -> str:
        """Return the file and the line of a cell, for a message."""
        return f"{self.file}:{self.lines.get(column, self.line)}" if self.file else "the form"


Tables = dict[str, list[FormRow]]


def read_studies(paths: Iterable[Path], contract: Contract) -> list[Tables]:
    """Read the rows of each study, by table: a YAML file may hold several, with `---` between them.

    Parameters
    ----------
    paths : iterable of Path
        YAML forms, a spreadsheet (`.xlsx`), CSV files that are named after their table (`studies.csv`), or
        folders of such CSV files.

    Raises
    ------
    DeskError
        When a file cannot be read, or names a table or a column that the contract does not have; and when one
        with several studies is not given alone.
    """
    forms = [(file.name, _read(file)) for path in paths for file in _files(path)]
    if empty := [name for name, found in forms if not any(any(tables.values()) for tables in found)]:
        raise DeskError(f"{empty[0]}: holds no row of a study: fill in the form of `add study --template`")
    several = [name for name, found in forms if len(found) > 1]
    if several and len(forms) > 1:
        raise DeskError(f"{several[0]}: holds several studies: give it alone")
    studies: list[Tables] = [{} for _ in range(max((len(found) for _, found in forms), default=1))]
    for name, found in forms:
        for rows, tables in zip(studies, found, strict=True):
            for table, filled in tables.items():
                _known(name, table, filled, contract)
                rows.setdefault(table, []).extend(row for row in filled if any(row.values()))
    return studies


def _files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise DeskError(f"{shown(path)}: the folder holds no CSV file named after a table")
    return files


def merge(
    known: Mapping[str, Sequence[Mapping[str, str]]], filled: Mapping[str, Sequence[FormRow]]
) -> Tables:
    """Put what an editor filled in over what a file from elsewhere said; the editor's rows win.

    The one row of `studies` is joined cell by cell; of every other table the editor's rows count if there
    are any.
    """
    rows = {
        table: [row if isinstance(row, FormRow) else FormRow(row) for row in found]
        for table, found in {**known, **filled}.items()
    }
    if known.get("studies") and filled.get("studies"):
        mine = rows["studies"][0]
        said = {column: cell for column, cell in mine.items() if cell}
        joined = FormRow({**known["studies"][0], **said}, mine.file, mine.line, mine.lines)
        rows["studies"] = [joined, *rows["studies"][1:]]
    return rows


def _read(path: Path) -> list[Tables]:
    kind = path.suffix.lower()
    if kind in (".yaml", ".yml"):
        return [_form(path.name, node) for node in read_yaml(path.name, read_text(path, LARGEST))]
    if kind == ".csv":
        return [{path.stem: _csv(path.name, read_text(path, LARGEST))}]
    if kind in (".xlsx", ".xlsm"):
        from evidence.desk.spreadsheet import read_spreadsheet

        return [read_spreadsheet(path)]
    raise DeskError(
        f"{path.name}: give a YAML form (.yaml), a spreadsheet (.xlsx), or CSV files named after their "
        "tables (studies.csv)"
    )


def _csv(name: str, text: str) -> list[FormRow]:
    raw = parse(with_commas(text))
    if raw.broken:
        raise DeskError(f"{name}: line {raw.broken[0]} is not CSV ({raw.broken[1]}): the file may be cut off")
    if doubled := [column for column, count in Counter(raw.header).items() if count > 1]:
        raise DeskError(f"{name}: line 1 names the column {doubled[0][:LONGEST_HINT]!r} twice")
    for line, row in zip(raw.lines, raw.rows, strict=True):
        if len(row) != len(raw.header):
            raise DeskError(f"{name}: line {line} has {len(row)} cells and the header {len(raw.header)}")
    return [
        FormRow(dict(zip(raw.header, row, strict=True)), name, line)
        for line, row in zip(raw.lines, raw.rows, strict=True)
    ]


def _form(name: str, form: Node) -> Tables:
    if not isinstance(form.value, dict):
        raise DeskError(f"{name}: must name tables, each with its rows; see `add study --template`")
    return {table: _rows(name, table, rows) for table, rows in form.value.items() if rows.value}


def _rows(name: str, table: str, node: Node) -> list[FormRow]:
    rows = [node] if isinstance(node.value, dict) else node.value
    if isinstance(rows, str) or not all(isinstance(row.value, dict) for row in rows):
        raise DeskError(
            f"{name}: line {node.line}: {table} must hold rows of `column: value`; see `add study --template`"
        )
    return [_row(name, table, row) for row in rows]


def _row(name: str, table: str, node: Node) -> FormRow:
    assert isinstance(node.value, dict)
    cells, lines = {}, {}
    for column, cell in node.value.items():
        if not isinstance(cell.value, str):
            raise DeskError(f"{name}: line {cell.line}: {table}, {column}: must be one text or number")
        cells[column], lines[column] = cell.value, cell.line
    return FormRow(cells, name, node.line, lines)


def _known(name: str, table: str, rows: Iterable[FormRow], contract: Contract) -> None:
    if table not in contract.tables:
        near = _near(table, list(contract.tables))
        raise DeskError(
            f"{name}: there is no table {table[:LONGEST_HINT]!r}{near}; the tables are "
            f"{', '.join(contract.tables)}"
        )
    header = contract.table(table).header
    for row in rows:
        if unknown := [column for column in row if column not in header]:
            near = _near(unknown[0], header)
            raise DeskError(
                f"{name}: line {row.lines.get(unknown[0], row.line)}: {table} has no column "
                f"{', '.join(unknown[:5])[:LONGEST_HINT]}{near}; its columns are {', '.join(header)}"
            )


def _near(word: str, words: Sequence[str]) -> str:
    near = get_close_matches(word[:LONGEST_HINT], words, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
