"""One trial over time: the printed means with their intervals, and what is said without numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy.special import stdtrit

from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.timecourse import timecourse_figure
from evidence.dataset import Dataset
from evidence.question import ArmRow, ContrastRow, Selection, main_outcome
from evidence.question.records import records
from evidence.results.trials import Regimen, regimens
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import listing, number, p_value


@dataclass(frozen=True, slots=True)
class Mean:
    """A printed mean with the interval that follows from its spread.

    Attributes
    ----------
    half_width : float or None
        Half of the 95% CI under the reading recorded in the tables.
    other_half_width : float or None
        The same under the other reading of an unlabelled ±.
    """

    row: ArmRow
    half_width: float | None
    other_half_width: float | None


def means(ds: Dataset, study_id: str) -> tuple[Mean, ...]:
    """Return the printed means of the main outcome of a trial."""
    rows = records(ds.rows("arm_results", study_id=study_id, outcome=main_outcome(ds).code), ArmRow)
    unlabelled = not ds.rows("flags", study_id=study_id, flag="spread_unlabelled").empty
    return tuple(_mean(row, unlabelled) for row in rows if row.mean is not None and row.time_days is not None)


def _mean(row: ArmRow, unlabelled: bool) -> Mean:
    if row.n is None or row.n < 2:
        return Mean(row, None, None)
    quantile = float(stdtrit(row.n - 1, 0.975))
    root = math.sqrt(row.n)
    se = row.se if row.se is not None else None if row.sd is None else row.sd / root
    if se is None:
        return Mean(row, None, None)
    other = None
    if unlabelled:
        other = quantile * (se / root if row.se is not None else se * root)
    return Mean(row, quantile * se, other)


def course(ds: Dataset, study_id: str, drug: str, key: str, title: str, labels: Labels) -> Figure:
    """Draw the printed means of one trial by week, with both readings of an unlabelled ±.

    Raises
    ------
    ValueError
        When the trial prints no means.
    """
    found, outcome = means(ds, study_id), labels.outcome()
    if not found:
        raise ValueError(f"{study_id} prints no means of {outcome}: show a table of what it says instead")
    first = found[0].row
    known = first.scale_min is not None and first.scale_max is not None
    days = regimens(ds, [study_id], drug)[study_id].treatment_duration_days
    other = any(mean.other_half_width is not None for mean in found)
    return timecourse_figure(
        key,
        title,
        course_frame(found),
        ylabel=f"Mean {outcome}, {first.measure}",
        ylim=(first.scale_min, first.scale_max) if known else None,
        treatment=None if days is None else (0.0, days / 7),
        interval_name="95% CI, ± read as the standard error",
        other_name="95% CI if ± were the standard deviation" if other else "",
    )


def course_frame(found: Sequence[Mean]) -> pd.DataFrame:
    """Return printed means by arm and week with their intervals, under both readings of an unlabelled ±."""
    arms = dict.fromkeys(mean.row.arm for mean in found)
    return pd.DataFrame([_point(mean) for arm in arms for mean in found if mean.row.arm == arm])


def _point(mean: Mean) -> dict[str, object]:
    row, half, other = mean.row, mean.half_width, mean.other_half_width
    assert row.mean is not None
    assert row.time_days is not None
    return {
        "arm": row.arm,
        "time": row.time_days / 7,
        "label": row.time_label or "",
        "mean": row.mean,
        "low": None if half is None else row.mean - half,
        "high": None if half is None else row.mean + half,
        "other_low": None if other is None else row.mean - other,
        "other_high": None if other is None else row.mean + other,
    }


def comparisons(ds: Dataset, study_id: str, key: str, caption: str) -> Table:
    """List every comparison of arms that a trial reports, as it prints it."""
    rows = records(ds.rows("contrasts", study_id=study_id), ContrastRow)
    columns = (
        Column("Outcome"),
        Column("When"),
        Column("Arms"),
        Column("Measure"),
        Column("What is printed"),
    )
    return Table(key, caption, columns, tuple(_comparison(row) for row in rows))


def _comparison(row: ContrastRow) -> tuple[Cell, ...]:
    side = {"experimental": f"favours {row.arm_a}", "control": f"favours {row.arm_b}", "neither": ""}
    said = [
        "" if row.estimate is None else f"{row.effect} {number(row.estimate, 2)}",
        printed_p(row),
        side.get(row.favours or "", ""),
    ]
    return (
        Cell(row.outcome.replace("_", " ")),
        Cell(row.time_label or "not stated"),
        Cell(f"{row.arm_a} v {row.arm_b}"),
        Cell(row.measure),
        Cell("; ".join(part for part in said if part) or "no test"),
    )


def printed_p(row: ContrastRow) -> str:
    """Return the test of a comparison as printed."""
    if row.p_operator == "ns":
        return "not significant"
    if row.p_value is None or row.p_operator is None:
        return ""
    return p_value(row.p_value, row.p_operator)


def regimen_table(ds: Dataset, selection: Selection, key: str, caption: str) -> Table:
    """List how long each trial gave the drug, how, and what it says on the main outcome and when."""
    ids, words = list(selection.studies), labels_of(ds)
    given = regimens(ds, ids, selection.question.drug)
    rows = records(ds.rows("contrasts", study_id=ids, outcome=words.main.code), ContrastRow)
    columns = (
        Column("Trial"),
        Column("Days of treatment", "right"),
        Column("How it was given"),
        Column(f"What is said on {words.outcome()}"),
    )
    return Table(
        key,
        caption,
        columns,
        tuple(
            _regimen(
                selection.studies[study].label,
                given[study],
                words,
                [row for row in rows if row.study_id == study],
            )
            for study in ids
        ),
    )


def _regimen(label: str, given: Regimen, words: Labels, rows: list[ContrastRow]) -> tuple[Cell, ...]:
    days = given.treatment_duration_days
    times: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        times.setdefault((f"{row.arm_a} v {row.arm_b}", printed_p(row) or "no test"), []).append(
            row.time_label or "time not stated"
        )
    said = "; ".join(f"{arms}, {listing(labels)}: {test}" for (arms, test), labels in times.items())
    return (
        Cell(label),
        Cell("not stated") if days is None else Cell(f"{days:g}", value=days),
        Cell(given.said(words)),
        Cell(said or f"no comparison of {words.outcome()}"),
    )
