"""What a change of the tables does to every estimate, certainty and statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from evidence.dataset import Dataset
from evidence.dataset.views import is_keeping, kept_in
from evidence.question.records import Study, records
from evidence.report.book.answers import reports_of
from evidence.report.book.changes import Answer, Key, order, report_answers
from evidence.results.store import Memory, Traced
from evidence.wording.labels import Labels, labels

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that differs; None where a version has no such question."""

    drug: str
    condition: str | None
    route: str
    window: str
    old: Answer | None
    new: Answer | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that was added (`old` is empty), removed (`new` is empty) or changed: its cells that differ.

    Attributes
    ----------
    table : str
    key : tuple of (column, text)
        The primary key.
    old, new : tuple of (column, text)
        Cells that are filled on either side and differ; an empty cell is "".
    """

    table: str
    key: Cells
    old: Cells
    new: Cells

    @property
    def studies(self) -> set[str]:
        """The studies that the row names."""
        return {text for column, text in self.key if column in ("study_id", "other_study_id")}


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two versions of the tables.

    Attributes
    ----------
    versions : tuple of (str, str)
        The data versions.
    added, removed, changed : tuple of str
        Studies; a study is changed when a row of any table that names it differs.
    rows : tuple of RowChange
        By table in the order of the contract, then by key.
    answers : tuple of AnswerChange
        Answers that differ, by drug, condition (the overview of a drug first), route and window.
    asked : int
        How many questions were asked, answered alike or not.
    labels : Labels
        What the newer version calls things.
    """

    versions: tuple[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    rows: tuple[RowChange, ...]
    answers: tuple[AnswerChange, ...]
    asked: int
    labels: Labels


def compare(old: Dataset, new: Dataset) -> Difference:
    """Compare two versions of the tables: their rows, and the answer to every question on pain.

    A report that both versions answer from the same rows is computed once.
    """
    rows = tuple(_rows(old, new))
    there, here = _studies(old), _studies(new)
    touched = {study for row in rows for study in row.studies}
    with kept_in(Traced(Memory()), "") if not is_keeping() else nullcontext():
        pairs = _answers(old, new) if rows else {}
    return Difference(
        versions=(str(old.setting("data_version")), str(new.setting("data_version"))),
        added=tuple(sorted(here - there)),
        removed=tuple(sorted(there - here)),
        changed=tuple(sorted(touched & there & here)),
        rows=rows,
        answers=tuple(
            AnswerChange(*key, *pairs[key])
            for key in sorted(pairs, key=order)
            if pairs[key][0] != pairs[key][1]
        ),
        asked=len(pairs),
        labels=labels(new),
    )


def _studies(ds: Dataset) -> set[str]:
    return {study.study_id for study in records(ds.rows("studies"), Study)}


def _rows(old: Dataset, new: Dataset) -> Iterator[RowChange]:
    for table in dict.fromkeys((*old.contract.tables, *new.contract.tables)):
        before, after = _by_key(old, table), _by_key(new, table)
        for key in sorted({*before, *after}):
            was, now = before.get(key, {}), after.get(key, {})
            columns = [name for name in {**was, **now} if was.get(name, "") != now.get(name, "")]
            if columns:
                yield RowChange(table, key, _cells(was, columns), _cells(now, columns))


def _cells(row: dict[str, str], columns: list[str]) -> Cells:
    return tuple((name, row.get(name, "")) for name in columns) if row else ()


def _by_key(ds: Dataset, table: str) -> dict[Cells, dict[str, str]]:
    if table not in ds.contract.tables:
        return {}
    names, raw = ds.contract.table(table).primary_key, ds.raw[table]
    rows = [dict(zip(raw.header, row, strict=True)) for row in raw.rows]
    return {tuple((name, row[name]) for name in names): row for row in rows}


def _answers(old: Dataset, new: Dataset) -> dict[Key, tuple[Answer | None, Answer | None]]:
    """Return the old and the new answer to every question that either version can be asked."""
    pairs: dict[Key, tuple[Answer | None, Answer | None]] = {}
    for drug, condition in dict.fromkeys((*reports_of(old), *reports_of(new))):
        before, after = (report_answers(ds, drug, condition) for ds in (old, new))
        for key in {*before, *after}:
            pairs[key] = before.get(key), after.get(key)
    return pairs
