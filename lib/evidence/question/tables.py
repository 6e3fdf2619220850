"""The rows that a question may touch, and no others: the build repeats a chapter when one of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    records,
)


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables hold about the studies of one drug and condition."""

    studies: tuple[Study, ...]
    interventions: Mapping[str, Intervention]
    other_drugs: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, tuple[Flag, ...]]
    arms: Mapping[tuple[str, str], Arm]
    measures: Mapping[tuple[str, str], Measure]
    times: Mapping[tuple[str, str | None], TimeNote]
    overlaps: tuple[Overlap, ...]
    arm_rows: tuple[ArmRow, ...]
    contrast_rows: tuple[ContrastRow, ...]


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
    interventions = _interventions(question, ds)
    where = {"condition_group": _several(question.condition), "condition_detail": _several(question.detail)}
    given = {column: wanted for column, wanted in where.items() if wanted is not None}
    studies = records(ds.rows("studies", study_id=list(interventions), **given), Study)
    ids = [study.study_id for study in studies]
    measures = records(ds.rows("measures", answers=question.outcome), Measure)
    outcomes = sorted({question.outcome, *(measure.outcome for measure in measures)})
    return Tables(
        studies=studies,
        interventions=interventions,
        other_drugs=_other_drugs(question, ds, ids),
        flags=_flags(ds, ids),
        arms={(arm.study_id, arm.label): arm for arm in records(ds.rows("arms", study_id=ids), Arm)},
        measures={(measure.outcome, measure.measure): measure for measure in measures},
        times={(t.study_id, t.time_label): t for t in records(ds.rows("times", study_id=ids), TimeNote)},
        overlaps=records(ds.rows("overlaps", study_id=ids, other_study_id=ids), Overlap),
        arm_rows=records(ds.rows("arm_results", study_id=ids, outcome=outcomes), ArmRow),
        contrast_rows=records(ds.rows("contrasts", study_id=ids, outcome=outcomes), ContrastRow),
    )


def _check_routes(question: Question, ds: Dataset) -> None:
    known = ds.contract.table("interventions").column("route").allowed
    unknown = [route for route in _several(question.route) or [] if known and route not in known]
    if unknown:
        raise ValueError(f"route {', '.join(unknown)} is unknown: use one of {', '.join(known)}")


def _interventions(question: Question, ds: Dataset) -> dict[str, Intervention]:
    """Regimens by study; for a combination, studies that test every one of its drugs."""
    by_study: dict[str, list[Intervention]] = {}
    for row in records(ds.rows("interventions", drug=sorted(question.drugs)), Intervention):
        by_study.setdefault(row.study_id, []).append(row)
    return {
        study_id: rows[0] for study_id, rows in by_study.items() if {r.drug for r in rows} >= question.drugs
    }


def _other_drugs(question: Question, ds: Dataset, ids: list[str]) -> dict[str, tuple[str, ...]]:
    """Drugs of the book that other arms of each study test."""
    found = records(ds.rows("interventions", study_id=ids), Intervention)
    others = [(row.study_id, row.drug) for row in found if row.drug not in question.drugs]
    return {study_id: tuple(drug for study, drug in others if study == study_id) for study_id in ids}


def _flags(ds: Dataset, ids: list[str]) -> dict[str, tuple[Flag, ...]]:
    about: dict[str, str] = dict(ds.rows("flag_kinds")[["flag", "about"]].itertuples(index=False))
    found = records(ds.rows("flags", study_id=ids), Flag)
    flags = [replace(flag, about=about.get(flag.flag, "study")) for flag in found]
    return {study_id: tuple(flag for flag in flags if flag.study_id == study_id) for study_id in ids}


def _several(words: str | tuple[str, ...] | None) -> list[str] | None:
    return None if words is None else [words] if isinstance(words, str) else list(words)
