"""What a change of the tables does to every estimate, certainty and statement."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, TypeVar

from evidence.dataset import Dataset
from evidence.dataset.views import is_keeping, kept_in
from evidence.desk.unused import Unused, unused
from evidence.effects import reference_sd
from evidence.question.records import Study
from evidence.report.book.answers import effects, reports_of
from evidence.report.book.changes import order, other_answers_of, other_order, report_answers, spoken_of
from evidence.report.book.released import Answer, Key, OtherAnswer, OtherKey
from evidence.results.store import Memory, Traced
from evidence.wording.labels import Labels, labels

Cells = tuple[tuple[str, str], ...]
K = TypeVar("K", bound=Hashable)
A = TypeVar("A")

#: Tables that hold results.
RESULTS: Final = ("arm_results", "contrasts")


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that differs; None where a version has no such question.

    Attributes
    ----------
    own : tuple of str
        Studies of the question of which a row differs.
    through_reference : bool
        The reference SD differs, and the question has a trial: it scales the prior of how trials differ.
    """

    drug: str
    condition: str | None
    route: str
    window: str
    old: Answer | None
    new: Answer | None
    own: tuple[str, ...] = ()
    through_reference: bool = False

    @property
    def only_through_reference(self) -> bool:
        """Whether nothing but the reference SD moved it."""
        return self.through_reference and not self.own


@dataclass(frozen=True, slots=True)
class OtherChange:
    """A harm or another outcome on which something else is said; None where a version says nothing.

    Attributes
    ----------
    own : tuple of str
        Studies that it names and of which a row differs.
    """

    key: OtherKey
    old: OtherAnswer | None
    new: OtherAnswer | None
    own: tuple[str, ...]


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
        How many questions on the main outcome were asked, answered alike or not.
    others : tuple of OtherChange
        Harms and other outcomes that differ, by drug, condition, outcome and route.
    others_asked : int
        How many were looked at.
    reference : tuple of (float, float) or None
        The reference SD before and after; None where it does not differ.
    unused : tuple of Unused
        Results in rows that were added or changed and that no analysis uses.
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
    others: tuple[OtherChange, ...]
    others_asked: int
    reference: tuple[float, float] | None
    unused: tuple[Unused, ...]
    labels: Labels


def compare(old: Dataset, new: Dataset) -> Difference:
    """Compare two versions of the tables: their rows, and what is said on every outcome.

    A report that both versions answer from the same rows is computed once.
    """
    rows = tuple(_rows(old, new))
    there, here = _studies(old), _studies(new)
    touched = {study for row in rows for study in row.studies}
    with kept_in(Traced(Memory()), "") if not is_keeping() else nullcontext():
        reports = tuple(dict.fromkeys((*reports_of(old), *reports_of(new)))) if rows else ()
        pairs = _pairs(report_answers, reports, old, new)
        others = _pairs(other_answers_of, reports, old, new)
        reference = _references(old, new)
        told = _touched(rows, new)
        named = [s for ds in (old, new) for s in ds.records(Study, "studies") if s.study_id in told]
        changed = [
            _change(key, pairs[key], told, reference, (old, new))
            for key in sorted(pairs, key=order)
            if pairs[key][0] != pairs[key][1]
        ]
        others_changed = [
            OtherChange(key, *sides, spoken_of(sides, named))
            for key, sides in sorted(others.items(), key=lambda item: other_order(item[0]))
            if sides[0] != sides[1]
        ]
        idle = _idle(rows, new)
    return Difference(
        versions=(str(old.setting("data_version")), str(new.setting("data_version"))),
        added=tuple(sorted(here - there)),
        removed=tuple(sorted(there - here)),
        changed=tuple(sorted(touched & there & here)),
        rows=rows,
        answers=tuple(changed),
        asked=len(pairs),
        others=tuple(others_changed),
        others_asked=len(others),
        reference=reference,
        unused=idle,
        labels=labels(new),
    )


def _references(old: Dataset, new: Dataset) -> tuple[float, float] | None:
    found = []
    for ds in (old, new):
        try:
            found.append(reference_sd(ds).sd)
        except ValueError:  # no trial reports an SD in points
            return None
    return (found[0], found[1]) if found[0] != found[1] else None


def reports_to_read(difference: Difference) -> set[tuple[str, str | None]]:
    """Return the reports in which an answer differs."""
    main = {(change.drug, change.condition) for change in difference.answers}
    return main | {(change.key[0], change.key[1]) for change in difference.others}


def _touched(rows: tuple[RowChange, ...], new: Dataset) -> set[str]:
    """Return the studies of which a row differs, and those whose measure is told otherwise."""
    studies = {study for row in rows for study in row.studies}
    measures = {dict(row.key)["measure"] for row in rows if row.table == "measures"}
    if measures:
        for table in ("arm_results", "contrasts"):
            found = new.rows(table)
            studies |= set(found.loc[found["measure"].isin(measures), "study_id"])
    return studies


def _change(
    key: Key,
    pair: tuple[Answer | None, Answer | None],
    touched: set[str],
    reference: tuple[float, float] | None,
    versions: tuple[Dataset, Dataset],
) -> AnswerChange:
    drug, condition, route, window = key
    found = [
        row
        for ds in versions
        if (drug, condition) in reports_of(ds)
        for row in effects(ds, drug=drug, condition=condition)
        if (row["route"], row["window"]) == (route, window)
    ]
    own = tuple(sorted({row["study"] for row in found} & touched))
    # The prior of how far trials differ is told in reference SDs, so that it moves each answer with a trial.
    return AnswerChange(*key, *pair, own, reference is not None and bool(found))


def _idle(rows: tuple[RowChange, ...], new: Dataset) -> tuple[Unused, ...]:
    """Return the results of changed rows that no analysis of the new version uses."""
    keys = {(row.table, *(text for _, text in row.key)) for row in rows if row.table in RESULTS and row.new}
    if not keys:
        return ()
    return tuple(item for item in unused(new, {key[1] for key in keys}) if item.key in keys)


def _studies(ds: Dataset) -> set[str]:
    return {study.study_id for study in ds.records(Study, "studies")}


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


def _pairs(
    answer: Callable[[Dataset, str, str | None], dict[K, A]],
    reports: tuple[tuple[str, str | None], ...],
    old: Dataset,
    new: Dataset,
) -> dict[K, tuple[A | None, A | None]]:
    """Return the old and the new answer to every question that either version can be asked."""
    pairs: dict[K, tuple[A | None, A | None]] = {}
    for drug, condition in reports:
        before, after = (answer(ds, drug, condition) for ds in (old, new))
        for key in {**before, **after}:
            pairs[key] = before.get(key), after.get(key)
    return pairs
