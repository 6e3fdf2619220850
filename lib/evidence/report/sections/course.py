"""What each trial compares, as printed, and how long it gave the drug."""

from __future__ import annotations

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import ContrastRow, Selection
from evidence.results.trials import Regimen, regimens
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import listing, number, p_value


def comparisons(ds: Dataset, study_id: str, key: str, caption: str) -> Table:
    """List every comparison of arms that a trial reports, as it prints it."""
    rows = ds.records(ContrastRow, "contrasts", study_id=study_id)
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
    rows = ds.records(ContrastRow, "contrasts", study_id=ids, outcome=words.main.code)
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
