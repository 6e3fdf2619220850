"""The SD of the main outcome between people, in points: what one SMD is worth on 0–100."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from evidence.dataset import Dataset, Rows, once, view
from evidence.effects.arm_values import ArmValue, arm_value
from evidence.effects.draft import step
from evidence.effects.model import Step
from evidence.effects.points import factor, has_points
from evidence.question import Arm, ArmRow, Measure, Study, main_outcome
from evidence.question.records import Flag

#: Share of the studies' SDs that is left out at either end; at least one, from three studies on.
TRIMMED: Final = 0.2


@dataclass(frozen=True, slots=True)
class StudySD:
    """SD after treatment in one study, in points, pooled over its arms; `df` is people less arms."""

    study_id: str
    label: str
    sd: float
    df: int
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReferenceSD:
    """The reference SD in points.

    Attributes
    ----------
    sd : float
    low, high : float
        The smallest and the largest of the studies' SDs.
    studies : tuple of StudySD
    without : tuple of (str, float)
        What it would be without each study in turn; empty when there is one study only.
    ledger : tuple of Step
    """

    sd: float
    low: float
    high: float
    studies: tuple[StudySD, ...]
    without: tuple[tuple[str, float], ...]
    ledger: tuple[Step, ...]


@once
def reference_sd(ds: Dataset) -> ReferenceSD:
    """Compute the SD of the main outcome after treatment from every study that reports one on a scale.

    Studies flagged ``exclude``, or in which it was kept at a target, do not count. Of several
    times the latest of a study counts, with the SDs of its arms pooled by degrees of freedom. The reference
    is the trimmed mean of the studies' SDs: one miscopied SD is trimmed and cannot move the answers of other
    drugs far, and each study has one voice.

    Raises
    ------
    ValueError
        When no study reports an SD in points.
    """
    (row,) = _reference_rows(ds)
    return ReferenceSD(
        row["sd"],
        row["low"],
        row["high"],
        tuple(StudySD(**{**study, "rows": _tuples(study["rows"])}) for study in row["studies"]),
        _tuples(row["without"]),
        tuple(_step(kept) for kept in row["ledger"]),
    )


@view
def _reference_rows(ds: Dataset) -> Rows:
    """Return the reference SD as a row."""
    return [asdict(_reference_sd(ds))]


def _tuples(rows: Any) -> Any:
    return tuple(tuple(row) for row in rows)


def _step(kept: dict[str, Any]) -> Step:
    pairs = {name: _tuples(kept[name]) for name in ("inputs", "result")}
    return Step(**{**kept, **pairs})


def _reference_sd(ds: Dataset) -> ReferenceSD:
    main = main_outcome(ds)
    rows = ds.records(ArmRow, "arm_results", outcome=main.code, kind=["final", "auc"])
    ids = sorted({row.study_id for row in rows})
    out = _left_out(ds, ids)
    measures = ds.records(Measure, "measures", outcome=main.code, answers=main.code)
    by_text = {measure.measure: measure for measure in measures}
    arms = {(arm.study_id, arm.label): arm for arm in ds.records(Arm, "arms", study_id=ids)}
    by_study: dict[str, list[ArmRow]] = {study_id: [] for study_id in ids}
    for row in rows:
        if row.time_days:
            by_study[row.study_id].append(row)
    found = []
    for study in ds.records(Study, "studies", study_id=ids):
        own = by_study[study.study_id]
        sd = None if study.study_id in out else _study_sd(study, own, by_text, arms)
        if sd is not None:
            found.append(sd)
    if not found:
        raise ValueError(
            f"no study reports an SD of {main.name} in points, which priors and effects without a unit need: "
            f"fill the ends of the scales of {main.code} in measures.csv, choose another main_outcome in "
            "settings.csv, or give Options(reference_sd=...)"
        )
    return _typical(found)


def _left_out(ds: Dataset, ids: list[str]) -> set[str]:
    steered = main_outcome(ds).steered
    flags = ds.records(Flag, "flags", study_id=ids)
    return {flag.study_id for flag in flags if flag.severity == "exclude" or flag.flag in steered}


def _study_sd(
    study: Study, rows: list[ArmRow], measures: dict[str, Measure], arms: dict[tuple[str, str], Arm]
) -> StudySD | None:
    values: list[tuple[ArmRow, ArmValue, float]] = []
    for row in rows:
        measure, arm = measures.get(row.measure), arms.get((row.study_id, row.arm))
        value = arm_value(row, _people(study, row, arm), "recorded", unlabelled=False)
        if measure is not None and has_points(measure, row) and value is not None and value.sd > 0:
            values.append((row, value, value.sd * factor(measure, row)))
    if not values:
        return None
    last = max(row.time_days or 0 for row, _, _ in values)
    values = [item for item in values if item[0].time_days == last]
    df = sum(value.n - 1 for _, value, _ in values)
    pooled = math.sqrt(sum((value.n - 1) * sd**2 for _, value, sd in values) / df)
    return StudySD(study.study_id, study.label, pooled, df, tuple(row.key for row, _, _ in values))


def _people(study: Study, row: ArmRow, arm: Arm | None) -> int | None:
    """Return who was in the arm of a row: in both periods of a crossover, everybody."""
    if arm is not None and arm.n is not None:
        return arm.n
    return study.n if study.design == "crossover" and row.crossover_period is None else None


def trimmed_mean(values: Sequence[float]) -> float:
    """Return the mean of the values without the smallest and the largest fifth, at least one of each.

    Of two values or one it is the mean. R: ``mean(x, trim = 0.2)`` from five values on.

    Examples
    --------
    >>> trimmed_mean([18, 20, 22, 140])
    21.0
    """
    cut = max(int(TRIMMED * len(values)), 1) if len(values) > 2 else 0
    kept = sorted(values)[cut : len(values) - cut]
    return sum(kept) / len(kept)


def _typical(studies: list[StudySD]) -> ReferenceSD:
    sds = [study.sd for study in studies]
    sd = trimmed_mean(sds)
    without = [
        (study.study_id, trimmed_mean([other.sd for other in studies if other is not study]))
        for study in studies
        if len(studies) > 1
    ]
    taken = step(
        "reference SD",
        "SD_ref = mean of the studies' SDs without the smallest and the largest fifth (at least one each)",
        {f"SD {study.label}": study.sd for study in studies},
        {"SD_ref": sd},
        "Cochrane Handbook 15.5.3.2 (an SD of the trials at hand); Wilcox 2012 (20% trimmed mean)",
    )
    return ReferenceSD(sd, min(sds), max(sds), tuple(studies), tuple(without), (taken,))
