"""Every answer with the trials that should have reported and did not, and what they could change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset, Rows, view
from evidence.dataset.views import Row
from evidence.report.book.answers import reports_of
from evidence.report.book.changes import name_of
from evidence.report.report import Report
from evidence.report.sections.missing import difference, named
from evidence.results.analysis import Analysis
from evidence.results.missing import MARKS, tipping
from evidence.results.posterior_words import percent
from evidence.wording.labels import labels
from evidence.wording.numbers import plural


@view
def lacking(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each route and window of a report in which a trial gives nothing that it should.

    Its columns: ``withheld`` and ``unread``, the trials in words; ``trials``, how many; ``now``, ``none`` and
    ``marks``, the probability and what would bring it to each of the marks; None where it has none;
    ``tips``, whether differences of no more than the MID move it across one.
    """
    return [_row(a) for a in Report(drug, condition, ds=ds).analyses if a.missing]


def _row(analysis: Analysis) -> Row:
    found = tipping(analysis.posterior, analysis.missing)
    return {
        "route": analysis.question.route,
        "window": analysis.question.window,
        "trials": len(analysis.missing),
        "withheld": named([trial for trial in analysis.missing if trial.withheld]),
        "unread": named([trial for trial in analysis.missing if not trial.withheld]),
        "now": None if found is None else found.now,
        "none": None if found is None else found.none,
        "marks": None if found is None else [size for _, size in found.marks],
        "tips": found is not None and found.tips,
    }


@dataclass(frozen=True)
class MissingResults:
    """What the answers of the book lack."""

    ds: Dataset

    @cached_property
    def rows(self) -> list[tuple[str, Row]]:
        """The name of each question that lacks a result, with its row."""
        return [
            (name_of((drug, condition, row["route"], row["window"]), labels(self.ds)), row)
            for drug, condition in reports_of(self.ds)
            for row in lacking(self.ds, drug=drug, condition=condition)
        ]

    def sentence(self) -> str:
        """Say how many answers lack a result, and in how many a small one could change the words."""
        moved = [row for _, row in self.rows if row["now"] is not None]
        tips = sum(row["tips"] for row in moved)
        return (
            f"{plural(len(self.rows), 'answer')} {'lacks' if len(self.rows) == 1 else 'lack'} a result; "
            f"{len(moved):,} of them {'has' if len(moved) == 1 else 'have'} a probability that it could "
            f"move. In {tips:,} a difference no larger than the smallest that matters, for or against the "
            "drug, would do it."
        )

    def table(self) -> Table:
        """List the answers that lack a result."""
        words = labels(self.ds)
        outcome = words.outcome()
        columns = (
            Column("Question"),
            Column("Not reported"),
            Column("Not in the text read"),
            Column("Probability now", "right", f"that {outcome} is {words.toward.than} at all"),
            Column("If none found a difference", "right"),
            *(
                Column(f"To bring it to {percent(mark)}", "right", "each would have to find")
                for mark in MARKS
            ),
        )
        rows = tuple((Cell(name), *_cells(row, outcome)) for name, row in self.rows)
        caption = "Answers that lack a result, and what the result would have to be to change them"
        return Table("lacking", caption, columns, rows)


def _cells(row: Row, outcome: str) -> tuple[Cell, ...]:
    trials = (Cell(row["withheld"] or "—"), Cell(row["unread"] or "—"))
    if row["now"] is None:
        return (*trials, *(Cell("—") for _ in range(2 + len(MARKS))))
    sizes = (
        Cell("nothing on the scale") if x is None else Cell(difference(x, outcome), x) for x in row["marks"]
    )
    return (*trials, Cell(percent(row["now"]), row["now"]), Cell(percent(row["none"]), row["none"]), *sizes)


def missing(ds: Dataset) -> MissingResults:
    """Return what the answers of the book lack."""
    return MissingResults(ds)
