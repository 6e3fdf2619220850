"""The rows that a question may touch, and no others: the build repeats a chapter when one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Protocol, TypeAlias, TypeVar

from evidence.dataset import Dataset, once
from evidence.question.model import Question
from evidence.question.records import (
    Arm,
    ArmRow,
    ContrastRow,
    Flag,
    Intervention,
    Measure,
    Overlap,
    Study,
    TimeNote,
)

#: A code of a vocabulary, or several of which any will do.
Codes: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trials:
    """What the tables hold about the studies of one drug and condition, whatever they measured.

    The rows of each study stand together, so that a question takes a time that grows with its studies.
    """

    studies: tuple[Study, ...]
    interventions: Mapping[str, Intervention]
    other_drugs: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[Flag, ...]]
    arms: Mapping[tuple[str, str], Arm]
    arm_order: Mapping[str, tuple[str, ...]]
    times: Mapping[tuple[str, str | None], TimeNote]
    overlaps: tuple[Overlap, ...]


@dataclass(frozen=True, slots=True)
class Tables(Trials):
    """The same, with what they say on one outcome."""

    measures: Mapping[tuple[str, str], Measure]
    arm_rows: Mapping[str, tuple[ArmRow, ...]]
    contrast_rows: Mapping[str, tuple[ContrastRow, ...]]


def gather(question: Question, ds: Dataset) -> Tables:
    """Ask the tables for the studies of the question's drug and condition.

    Raises
    ------
    ValueError
        When the drug, a condition, a route or the outcome is not a word of the tables.
    """
    _check_routes(question, ds)
    wide = replace(question, route=None, comparator_types=None, window=None)
    return _gathered(ds, wide)


@once
def _gathered(ds: Dataset, question: Question) -> Tables:
    """Gather for every route, comparator and window at once: a report asks for each of them."""
    trials = _trials(ds, question.drugs, question.condition, question.detail)
    ids = [study.study_id for study in trials.studies]
    measures = ds.records(Measure, "measures", answers=question.outcome)
    outcomes = sorted({question.outcome, *(measure.outcome for measure in measures)})
    return Tables(
        **{field.name: getattr(trials, field.name) for field in fields(Trials)},
        measures={(measure.outcome, measure.measure): measure for measure in measures},
        arm_rows=_by_study(ids, ds.records(ArmRow, "arm_results", study_id=ids, outcome=outcomes)),
        contrast_rows=_by_study(ids, ds.records(ContrastRow, "contrasts", study_id=ids, outcome=outcomes)),
    )


@once
def _trials(ds: Dataset, drugs: frozenset[str], condition: Codes | None, detail: Codes | None) -> Trials:
    """Gather the studies for every outcome at once: a report asks for each of them."""
    interventions = _interventions(drugs, ds)
    where = {"condition_group": _several(condition), "condition_detail": _several(detail)}
    given = {column: wanted for column, wanted in where.items() if wanted is not None}
    studies = ds.records(Study, "studies", study_id=list(interventions), **given)
    ids = [study.study_id for study in studies]
    arms = ds.records(Arm, "arms", study_id=ids)
    return Trials(
        studies=studies,
        interventions=interventions,
        other_drugs=_other_drugs(drugs, ds, ids),
        flags=_flags(ds, ids),
        arms={(arm.study_id, arm.label): arm for arm in arms},
        arm_order={study: tuple(arm.arm for arm in own) for study, own in _by_study(ids, arms).items()},
        times={(t.study_id, t.time_label): t for t in ds.records(TimeNote, "times", study_id=ids)},
        overlaps=ds.records(Overlap, "overlaps", study_id=ids, other_study_id=ids),
    )


def _check_routes(question: Question, ds: Dataset) -> None:
    known = ds.contract.table("interventions").column("route").allowed
    unknown = [route for route in _several(question.route) or [] if known and route not in known]
    if unknown:
        raise ValueError(f"route {', '.join(unknown)} is unknown: use one of {', '.join(known)}")


def _interventions(drugs: frozenset[str], ds: Dataset) -> dict[str, Intervention]:
    """Regimens by study; for a combination, studies that test every one of its drugs."""
    by_study: dict[str, list[Intervention]] = {}
    for row in ds.records(Intervention, "interventions", drug=sorted(drugs)):
        by_study.setdefault(row.study_id, []).append(row)
    return {study_id: rows[0] for study_id, rows in by_study.items() if {r.drug for r in rows} >= drugs}


def _other_drugs(drugs: frozenset[str], ds: Dataset, ids: list[str]) -> dict[str, tuple[str, ...]]:
    """Drugs of the book that other arms of each study test."""
    found = ds.records(Intervention, "interventions", study_id=ids)
    return {
        study_id: tuple(row.drug for row in rows if row.drug not in drugs)
        for study_id, rows in _by_study(ids, found).items()
    }


def _flags(ds: Dataset, ids: list[str]) -> dict[str, tuple[Flag, ...]]:
    about: dict[str, str] = dict(ds.rows("flag_kinds")[["flag", "about"]].itertuples(index=False))
    found = ds.records(Flag, "flags", study_id=ids)
    return _by_study(ids, [replace(flag, about=about.get(flag.flag, "study")) for flag in found])


class _OfStudy(Protocol):
    @property
    def study_id(self) -> str: ...


_Row = TypeVar("_Row", bound=_OfStudy)


def _by_study(ids: Iterable[str], rows: Iterable[_Row]) -> dict[str, tuple[_Row, ...]]:
    """Return the rows of each study; nothing for a study without any."""
    found: dict[str, list[_Row]] = {study_id: [] for study_id in ids}
    for row in rows:
        found[row.study_id].append(row)
    return {study_id: tuple(own) for study_id, own in found.items()}


def _several(words: Codes | None) -> list[str] | None:
    return None if words is None else [words] if isinstance(words, str) else list(words)
