"""What published reviews say, as they print it."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.wording.labels import labels, spaced
from evidence.wording.numbers import interval, number

_COLUMNS = (
    Column("Review"),
    Column("Condition, route and comparator"),
    Column("Outcome and time"),
    Column("Trials (people)", "right"),
    Column("Printed result"),
    Column("Certainty, as printed"),
)


@dataclass(frozen=True, slots=True)
class Review:
    """A row of reviews.csv."""

    review_id: str
    authors_short: str | None
    year: int | None
    title: str | None
    journal: str | None
    doi: str | None
    drug: str
    route: str | None
    condition: str | None
    comparator: str | None
    outcome: str | None
    time_label: str | None
    time_window: str | None
    days_from: float | None
    days_to: float | None
    window: str | None
    effect: str | None
    scale_min: float | None
    scale_max: float | None
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: str | None
    k_studies: int | None
    n_participants: int | None
    counted: str | None
    certainty: str | None
    source_url: str | None
    notes: str | None

    @property
    def label(self) -> str:
        """Authors and year; a Cochrane review is called one."""
        said = f"{self.authors_short or 'Authors not seen'} {self.year or '(year not seen)'}"
        return f"Cochrane review, {said}" if (self.journal or "").startswith("Cochrane") else said

    @property
    def result(self) -> str:
        """The effect with its interval as printed, or that none was seen."""
        if self.estimate is None:
            return "no pooled result seen"
        digits = 2 if abs(self.estimate) < 10 else 1
        text = " ".join(part for part in (self.effect, number(self.estimate, digits)) if part)
        if self.ci_low is not None and self.ci_high is not None:
            text += f" ({interval(self.ci_low, self.ci_high, digits)})"
        return text if self.p_value is None else f"{text}, p {self.p_value}"

    @property
    def address(self) -> str:
        """Where the review, or the text that was read, is found."""
        return f"https://doi.org/{self.doi}" if self.doi else (self.source_url or "").split(" ")[0]


def select_reviews(ds: Dataset, drug: str, condition: str | None) -> tuple[Review, ...]:
    """Return what reviews print on a drug in a condition, newest first; None for those across conditions."""
    conditions = ds.rows("review_conditions", condition_group=condition or "all", chronic="yes")
    found = ds.records(Review, "reviews", condition=list(conditions["condition"]))
    every = ("all", *labels(ds).classes)
    about = [row for row in found if row.drug in every or row.drug.startswith(drug)]
    return tuple(sorted(about, key=lambda row: (-(row.year or 0), row.review_id)))


def reviews(ds: Dataset, drug: str, condition: str | None, key: str, caption: str) -> Table:
    """List what published reviews print on a drug in a condition, newest first."""
    return Table(key, caption, _COLUMNS, tuple(_row(row) for row in select_reviews(ds, drug, condition)))


def _row(row: Review) -> tuple[Cell, ...]:
    size = "not seen" if row.k_studies is None else f"{row.k_studies:,}"
    people = "" if row.n_participants is None else f" ({row.n_participants:,})"
    return (
        Cell(row.label, href=row.address),
        _joined(row.condition, row.route, row.comparator),
        _joined(spaced(row.outcome or ""), row.time_label),
        Cell(size + people),
        Cell(row.result, detail=row.notes or ""),
        Cell(row.certainty or "not stated"),
    )


def _joined(*parts: str | None) -> Cell:
    return Cell("; ".join(part for part in parts if part))
