"""The book in numbers: what was found, what was kept, and how it flows."""

from __future__ import annotations

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import reference_sd
from evidence.report.report import Report
from evidence.report.sections.answer import Facts
from evidence.results.trials import people_of, trial_rows
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import plural
from evidence.wording.sentences import number, searched


def at_a_glance(ds: Dataset) -> Facts:
    """Return the numbers of the front page."""
    studies = ds.rows("studies")
    people = people_of(ds, trial_rows(ds, list(studies["study_id"])))
    return Facts(
        (
            ("Randomised trials", f"{len(studies):,}"),
            ("People", f"{people:,} where stated"),
            ("Read as full text", f"{int((studies['source_type'] == 'full_text').sum()):,}"),
            ("Published reviews", f"{ds.rows('reviews')['review_id'].nunique():,}"),
            ("Data version", str(ds.setting("data_version"))),
            ("Last search", searched(str(ds.setting("last_search_date")))),
        )
    )


def reference_sd_words(ds: Dataset) -> str:
    """Say what the reference SD is, from how many trials it comes and how far each of them moves it."""
    found = reference_sd(ds)
    said = (
        f"{number(found.sd)} points, from {plural(len(found.studies), 'trial')} whose own values run from "
        f"{number(found.low)} to {number(found.high)}"
    )
    if not found.without:
        return said
    sds = [sd for _, sd in found.without]
    return f"{said}; without any one of them it would lie from {number(min(sds))} to {number(max(sds))}"


def flow(ds: Dataset) -> Table:
    """Return how the studies of each drug flow into the analysis, as PRISMA's diagram does."""
    words = labels_of(ds)
    columns = (
        Column("Drug"),
        Column("Trials", "right"),
        Column("Left out by a rule", "right"),
        Column(f"Nothing usable on {words.outcome()}", "right"),
        Column("A bound or a direction", "right"),
        Column("An effect derived", "right"),
        Column("An effect reported", "right"),
    )
    return Table(
        "flow",
        f"From the trials found to the analysis of {words.outcome()}",
        columns,
        tuple(_flow(ds, d) for d in words.drugs),
    )


def _flow(ds: Dataset, drug: str) -> tuple[Cell, ...]:
    report = Report(drug, everything=True, ds=ds)
    best = report.best_class
    counts = [len(report.selection.studies), len(report.selection.studies_left_out)]
    counts += [
        sum(found == kind for found in best.values())
        for kind in ("unusable", "bounded", "derived", "reported")
    ]
    return (Cell(drug[0].upper() + drug[1:]), *(Cell(f"{count:,}", value=count) for count in counts))
