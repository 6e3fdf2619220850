"""The tables of errors of reporting: each case with what is printed and what the numbers give."""

from __future__ import annotations

from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.integrity import recheck
from evidence.question.records import Flag
from evidence.report.sections.apart import study_names
from evidence.report.sections.reviews import Review
from evidence.report.standards.error_cases import Case, Part, cases
from evidence.wording.labels import spaced
from evidence.wording.numbers import p_value

_COLUMNS: Final = (
    Column("Report"),
    Column("What is printed"),
    Column("What the numbers give"),
    Column("Warning in the data"),
)
#: The tables of the page: key, caption and the checks whose cases they hold.
TABLES: Final = {
    "spreads": ("Standard error or standard deviation?", ("spread_readings",)),
    "ranges": ("Spreads that cannot be", ("sd_of_limits", "spread_ratio")),
    "nnt": ("A number needed to treat whose interval leaves out infinity", ("number_needed",)),
    "percentages": ("Percentages that no number of people gives", ("percentages", "percentages_lost")),
    "same-p": ("The same p-values in two trials", ("shared_p",)),
    "p-values": (
        "p-values that the numbers do not give",
        ("p_of_counts", "p_of_means", "p_within_arm", "smallest_p"),
    ),
    "doses": ("One dose, two numbers", ("dose_ratio",)),
    "changes": ("Changes that do not add up", ("relief_of_means", "fall_of_means")),
}


def errors(ds: Dataset, key: str) -> Table:
    """Return one table of `TABLES`: what is printed, and what the numbers give."""
    caption, checks = TABLES[key]
    found = cases(ds, *checks)
    names = study_names(ds, [case.study_id for case in found])
    rows = tuple((Cell(names[case.study_id]), *map(Cell, case.said), _warning(case)) for case in found)
    return Table(f"misreported-{key}", caption, _COLUMNS, rows)


def _warning(case: Case) -> Cell:
    flag = case.first.flag or ""
    return Cell(spaced(flag), detail=case.warning)


def swapped(ds: Dataset) -> Table:
    """Arms, or strengths, that change places between or inside texts: as the warning tells it."""
    found = cases(ds, "which_arm")
    names = study_names(ds, [case.study_id for case in found])
    rows = tuple((Cell(names[case.study_id]), Cell(case.warning)) for case in found)
    columns = (Column("Report"), Column("What is swapped or unclear"))
    return Table("misreported-swapped", "Which arm is which?", columns, rows)


def review_p_values(ds: Dataset) -> Table:
    """p-values printed beside intervals in reviews, and the p-values that the intervals imply."""
    parts = ds.records(Part, "reporting_errors", check="p_of_interval")
    rows = tuple(_review_row(ds, part) for part in parts)
    columns = (Column("Review"), Column("Time"), Column("As printed"), Column("What the interval implies"))
    return Table("misreported-reviews", "p-values beside intervals in a review", columns, rows)


def _review_row(ds: Dataset, part: Part) -> tuple[Cell, ...]:
    where = {"outcome": part.outcome, "time_label": part.time_label, "effect": "MD"}
    (row,) = ds.records(Review, "reviews", review_id=part.review_id, **where)
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        raise ValueError(f"{part.case}: the review prints no interval at {part.time_label}")
    return (
        Cell(row.label, href=row.address),
        Cell(row.time_label or ""),
        Cell(f"{row.result}; P {part.printed}"),
        Cell(p_value(recheck.interval_p(row.estimate, row.ci_low, row.ci_high))),
    )


def intervals_without_zero(ds: Dataset, review_id: str) -> str:
    """Say how many intervals of a review exclude zero."""
    rows = ds.records(Review, "reviews", review_id=review_id)
    known = [(row.ci_low, row.ci_high) for row in rows if row.ci_low is not None]
    out = sum(low > 0 or (high is not None and high < 0) for low, high in known)
    return f"{out} of its {len(known)} intervals exclude zero"


def warnings(ds: Dataset) -> Table:
    """Count the warnings of the data: how many studies carry each, with its meaning."""
    kinds = ds.rows("flag_kinds")
    meanings = dict(zip(kinds["flag"], kinds["meaning"], strict=True))
    counts: dict[str, set[str]] = {}
    for row in ds.records(Flag, "flags"):
        if not row.flag.startswith("waive_"):
            counts.setdefault(row.flag, set()).add(row.study_id)
    ordered = sorted(counts, key=lambda flag: (-len(counts[flag]), flag))
    rows = tuple(
        (Cell(spaced(flag)), Cell(f"{len(counts[flag])}", value=len(counts[flag])), Cell(str(meanings[flag])))
        for flag in ordered
    )
    columns = (Column("Warning"), Column("Studies", "right"), Column("Meaning"))
    return Table("misreported-warnings", "All warnings in the data", columns, rows)
