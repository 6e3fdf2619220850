"""What an editor filled in: a YAML form, or CSV files named after the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from evidence.dataset.contract import Contract
from evidence.dataset.files import parse
from evidence.desk.importers.text import read_text
from evidence.desk.problems import DeskError

Tables = dict[str, list[dict[str, str]]]


def read_forms(paths: Iterable[Path], contract: Contract) -> Tables:
    """Read the rows of one study, by table.

    Parameters
    ----------
    paths : iterable of Path
        YAML forms, CSV files that are named after their table (`studies.csv`), or folders of such CSV files.

    Raises
    ------
    DeskError
        When a file cannot be read, or names a table or a column that the contract does not have.
    """
    rows: Tables = {}
    for path in paths:
        files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        if not files:
            raise DeskError(f"{path}: the folder holds no CSV file named after a table")
        for file in files:
            for table, found in _read(file).items():
                _known(file.name, table, found, contract)
                rows.setdefault(table, []).extend(row for row in found if any(row.values()))
    return rows


def merge(known: Mapping[str, Sequence[Mapping[str, str]]], filled: Tables) -> Tables:
    """Put what an editor filled in over what a file from elsewhere said; the editor's rows win.

    The one row of `studies` is joined cell by cell; of every other table the editor's rows count if there
    are any.
    """
    rows = {table: [dict(row) for row in found] for table, found in {**known, **filled}.items()}
    if known.get("studies") and filled.get("studies"):
        said = {column: cell for column, cell in filled["studies"][0].items() if cell}
        rows["studies"] = [{**known["studies"][0], **said}, *rows["studies"][1:]]
    return rows


def _read(path: Path) -> Tables:
    kind = path.suffix.lower()
    if kind in (".yaml", ".yml"):
        return _yaml(path.name, read_text(path))
    if kind == ".csv":
        return {path.stem: _csv(path.name, read_text(path))}
    raise DeskError(
        f"{path.name}: give a YAML form (.yaml) or CSV files named after their tables (studies.csv)"
    )


def _csv(name: str, text: str) -> list[dict[str, str]]:
    raw = parse(text)
    if raw.broken:
        raise DeskError(f"{name}: line {raw.broken[0]} is not CSV ({raw.broken[1]}): the file may be cut off")
    for line, row in zip(raw.lines, raw.rows, strict=True):
        if len(row) != len(raw.header):
            raise DeskError(f"{name}: line {line} has {len(row)} cells and the header {len(raw.header)}")
    return [dict(zip(raw.header, row, strict=True)) for row in raw.rows]


def _yaml(name: str, text: str) -> Tables:
    try:
        for event in yaml.parse(text, yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise DeskError(
                    f"{name}: line {line} uses an alias (*), which can unfold: write the text out"
                )
        form = _value(name, yaml.compose(text, yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError) as error:
        raise DeskError(f"{name}: cannot be read as YAML: {error}") from None
    if not isinstance(form, dict):
        raise DeskError(f"{name}: must name tables, each with its rows; see `add study --template`")
    return {str(table): _yaml_rows(name, str(table), rows) for table, rows in form.items() if rows}


def _value(name: str, node: yaml.Node | None) -> Any:
    """Return a node as text, list or mapping: every scalar stays the text that it is in the file."""
    if isinstance(node, yaml.SequenceNode):
        return [_value(name, item) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return "" if node is None else node.value
    found: dict[str, Any] = {}
    for key, value in node.value:
        if key.value in found:
            raise DeskError(f"{name}: line {key.start_mark.line + 1} gives {key.value!r} a second time")
        found[str(key.value)] = _value(name, value)
    return found


def _yaml_rows(name: str, table: str, rows: Any) -> list[dict[str, str]]:
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DeskError(f"{name}: {table} must hold rows of `column: value`; see `add study --template`")
    for row in rows:
        for column, cell in row.items():
            if not isinstance(cell, str):
                raise DeskError(f"{name}: {table}, {column}: must be one text or number")
    return rows


def _known(name: str, table: str, rows: Iterable[Mapping[str, str]], contract: Contract) -> None:
    if table not in contract.tables:
        raise DeskError(f"{name}: there is no table {table!r}; the tables are {', '.join(contract.tables)}")
    header = contract.table(table).header
    for row in rows:
        if unknown := [column for column in row if column not in header]:
            raise DeskError(
                f"{name}: {table} has no column {', '.join(unknown)}; its columns are {', '.join(header)}"
            )
