"""Add a study to the tables, or take one out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset.contract import Contract, Table
from evidence.dataset.files import parse, read_snapshot
from evidence.desk import csv_edit
from evidence.desk.change import Change, require_committed, require_sound
from evidence.desk.forms import FormRow
from evidence.desk.problems import DeskError

Rows = Mapping[str, Sequence[Mapping[str, str]]]

#: The tables in which a study must or may have rows, in the order in which they are filled.
TABLES = (
    "studies",
    "interventions",
    "arms",
    "arm_results",
    "contrasts",
    "measures",
    "times",
    "overlaps",
    "citations",
    "flags",
    "rob2",
    "flag_kinds",
)
#: Tables that are not about one study, but whose words a new study may need.
WORDS = {"measures": "outcome", "flag_kinds": "flag"}
#: Columns by which a study that is there already is recognised.
IDENTIFIERS = ("doi", "pmid", "registration")


@dataclass(frozen=True)
class Likeness:
    """A study of the tables that has an identifier of the new one."""

    study_id: str
    column: str
    value: str

    def __str__(self) -> str:
        return f"{self.study_id} has the same {self.column} ({self.value}): is it the same trial?"


def additions(folder: Path, studies: Sequence[Rows], *, uncommitted: bool = False) -> Change:
    """Prepare the rows of new studies: each goes to its place in the order of its table.

    Parameters
    ----------
    folder : Path
        The data folder.
    studies : sequence of mapping of str to sequence of mapping
        For each study: cells by column, by table. `study_id` may be left out everywhere but in `studies`.
    uncommitted : bool
        Accept tables with changes that are not committed.

    Raises
    ------
    DeskError
        When the tables are not sound or not committed, or the rows are not those of new studies.
    """
    before = require_sound(folder)
    contract = read_snapshot(folder).contract
    there = _ids(folder)
    filled: dict[str, list[Mapping[str, str]]] = {}
    for rows in studies:
        study_id = _study_id(rows)
        if study_id in there:
            raise DeskError(
                f"studies.csv has {study_id!r} already: choose another study_id, such as {study_id}b, "
                "or edit its rows"
            )
        there.add(study_id)
        for name in rows:
            if rows[name]:
                filled.setdefault(name, []).extend(_named(_table(contract, name), study_id, rows[name]))
    if not uncommitted:
        require_committed(folder, [contract.table(name).path for name in filled])
    texts: dict[str, str] = {}
    origins: dict[tuple[str, int], FormRow] = {}
    for name, own in filled.items():
        table = contract.table(name)
        texts[table.path], at = csv_edit.insert_rows(_text(folder, table), own, WORDS.get(name, "study_id"))
        origins |= {(table.path, line): row for line, row in at.items() if isinstance(row, FormRow)}
    return Change(folder, texts, before, origins=origins)


def removal(folder: Path, study_id: str, *, uncommitted: bool = False) -> Change:
    """Prepare the removal of every row of a study.

    Raises
    ------
    DeskError
        When the tables are not sound or not committed, or there is no such study.
    """
    before = require_sound(folder)
    if study_id not in _ids(folder):
        raise DeskError(f"studies.csv has no study {study_id!r}")
    contract = read_snapshot(folder).contract
    texts = {}
    for table in contract.tables.values():
        text = left = _text(folder, table)
        for column in _naming(table):
            # A row that must name a study goes with it; one that may, such as a review's, loses the name.
            take = csv_edit.remove if table.column(column).required else csv_edit.blank
            left = take(left, study_id, column)
        if left != text:
            texts[table.path] = left
    if not uncommitted:
        require_committed(folder, list(texts))
    return Change(folder, texts, before)


def _naming(table: Table) -> list[str]:
    """Return the columns of a table that name a study."""
    pointing = [column for key in table.foreign_keys if key.table == "studies" for column in key.columns]
    return ["study_id", *pointing] if table.name == "studies" else pointing


def likenesses(folder: Path, rows: Rows) -> Iterator[Likeness]:
    """Yield the studies that share a DOI, a PubMed number or a registration with the new one."""
    raw = parse((folder / "studies.csv").read_text(encoding="utf-8"))
    there = [dict(zip(raw.header, row, strict=True)) for row in raw.rows]
    for new in rows.get("studies", ()):
        for column in IDENTIFIERS:
            for old in there:
                if new.get(column) and new[column].lower() == old[column].lower():
                    yield Likeness(old["study_id"], column, new[column])


def template(contract: Contract, rows: Rows, notes: Sequence[str] = ()) -> str:
    """Return a form in YAML: every column of every table, with what it may hold, filled as far as known.

    Notes on the record that filled it stand above as comments.
    """
    lines = [
        "# A study for `python -m evidence add study FILE`. Leave empty what the text read does not report.",
        "# Remove a table that the study has no rows in; repeat a block that begins with `-` for more rows.",
        *(f"# note: {' '.join(note.split())}" for note in notes),
    ]
    for name in TABLES:
        table = contract.table(name)
        lines += ["", f"{name}:  # {table.description or table.title}".rstrip(" #")]
        for row in rows.get(name) or [{}]:
            lines += _form(table, row)
    return "\n".join(lines) + "\n"


def _form(table: Table, row: Mapping[str, str]) -> Iterator[str]:
    opening = "- "
    for column in table.columns:
        if column.name == "study_id" and table.name != "studies":
            continue
        hint = "; ".join(part for part in ("required" if column.required else "", _allowed(column)) if part)
        value = f" {_quoted(row[column.name])}" if row.get(column.name) else ""
        yield f"{opening}{column.name}:{value}" + (f"  # {hint}" if hint else "")
        opening = "  "


def _allowed(column: object) -> str:
    allowed = getattr(column, "allowed", ())
    unit = getattr(column, "unit", "")
    return ", ".join(allowed) if allowed else unit


def _quoted(value: str) -> str:
    return "'" + " ".join(value.split()).replace("'", "''") + "'"


def _study_id(rows: Rows) -> str:
    studies = rows.get("studies", ())
    if len(studies) != 1:
        raise DeskError(f"the table studies needs exactly one row for the new study, not {len(studies)}")
    study_id = studies[0].get("study_id", "")
    if not study_id:
        raise DeskError("studies: study_id is empty: give the first author and the year, such as Doe2026")
    return study_id


def _table(contract: Contract, name: str) -> Table:
    if name not in TABLES:
        raise DeskError(
            f"{name} is no table of a study: take it out of the form; its tables are {', '.join(TABLES)}"
        )
    return contract.table(name)


def _named(table: Table, study_id: str, rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Fill in the study where the table has one, and refuse rows of another or without their key."""
    key = WORDS.get(table.name, "study_id")
    named: list[Mapping[str, str]] = []
    for row in rows:
        place = row.place(key) if isinstance(row, FormRow) else "the form"
        if key not in table.header or key != "study_id":
            if not row.get(key):
                raise DeskError(f"{place}: {table.name}: {key} is empty: say which {key} the row is about")
            named.append(row)
            continue
        if (row.get("study_id") or study_id) != study_id:
            raise DeskError(
                f"{place}: {table.name}: a row is of {row['study_id']!r}, not {study_id!r}: add one study "
                "at a time"
            )
        cells = {**row, "study_id": study_id}
        named.append(FormRow(cells, row.file, row.line, row.lines) if isinstance(row, FormRow) else cells)
    return named


def _ids(folder: Path) -> set[str]:
    raw = parse((folder / "studies.csv").read_text(encoding="utf-8"))
    position = raw.header.index("study_id")
    return {row[position] for row in raw.rows}


def _text(folder: Path, table: Table) -> str:
    return (folder / table.path).read_bytes().decode("utf-8")
