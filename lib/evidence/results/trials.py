"""The trials of a question as a page shows them: who, how, how many, and what they got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.dataset import Dataset
from evidence.question.records import Overlap
from evidence.wording.labels import Labels


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A row of studies.csv, as far as a page shows it."""

    study_id: str
    title: str | None
    journal: str | None
    doi: str | None
    design: str
    blinding: str
    condition_group: str
    condition_detail: str | None
    n_randomised: int | None
    n_analysed: int | None
    followup_days: float | None
    source_url: str
    source_type: str

    @property
    def n(self) -> int | None:
        """People randomised, or analysed where only that is stated."""
        return self.n_analysed if self.n_randomised is None else self.n_randomised

    @property
    def people(self) -> str:
        """The numbers randomised and analysed, or that the text does not say."""
        if self.n_randomised is None and self.n_analysed is None:
            return "not stated"
        randomised = "not stated" if self.n_randomised is None else f"{self.n_randomised:,}"
        return randomised if self.n_analysed is None else f"{randomised} ({self.n_analysed:,})"


@dataclass(frozen=True, slots=True)
class Regimen:
    """A row of interventions.csv."""

    study_id: str
    formulation: str | None
    route: str
    dose: str | None
    treatment_duration_days: float | None
    comparator: str | None
    comparator_type: str | None

    def said(self, labels: Labels) -> str:
        """Formulation, route and dose in words."""
        return ", ".join(part for part in (self.formulation, labels.route(self.route), self.dose) if part)


def trial_rows(ds: Dataset, study_ids: Iterable[str]) -> dict[str, TrialRow]:
    """Return the rows of studies.csv, by study."""
    return {row.study_id: row for row in ds.records(TrialRow, "studies", study_id=list(study_ids))}


def people_of(ds: Dataset, rows: Mapping[str, TrialRow]) -> int:
    """Count the people of trials, where stated; people who are in two of the trials count once."""
    ids = list(rows)
    shared = ds.records(Overlap, "overlaps", study_id=ids, other_study_id=ids, shared="people")
    twice = sum(min(rows[o.study_id].n or 0, rows[o.other_study_id].n or 0) for o in shared)
    return sum(row.n or 0 for row in rows.values()) - twice


def regimens(ds: Dataset, study_ids: Iterable[str], drug: str) -> dict[str, Regimen]:
    """Return the rows of interventions.csv for a drug, by study."""
    rows = ds.records(Regimen, "interventions", study_id=list(study_ids), drug=drug)
    return {row.study_id: row for row in rows}
