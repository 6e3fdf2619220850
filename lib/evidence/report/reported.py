"""In what form trials report pain: a mean with its spread, an exact p, a bound, a direction, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

from evidence import dataset
from evidence.charts.bars import Bar, bars
from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.words import number, plural
from evidence.dataset import Dataset
from evidence.question import ArmRow, ContrastRow
from evidence.question.records import records
from evidence.report.names import DRUGS

Form: TypeAlias = Literal["mean and spread", "exact p", "bound on p", "direction", "nothing"]
FORMS: Final[dict[Form, str]] = {
    "mean and spread": "means of both arms, or a difference, with a standard deviation, error or interval",
    "exact p": "no spread, but a p-value such as p = 0.03",
    "bound on p": "no exact p-value, but one such as p < 0.05, or “not significant”",
    "direction": "only which arm was better",
    "nothing": "no comparison of pain between arms in the text read",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """Year of a trial."""

    study_id: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug under test in a trial."""

    study_id: str
    drug: str


def form(arms: Iterable[ArmRow], contrasts: Iterable[ContrastRow]) -> Form:
    """Return the best form in which a trial reports pain after treatment.

    Baseline rows do not count, nor does a mean of one arm only.
    """
    rows = list(contrasts)
    spread = {
        (row.measure, row.time_label, row.arm)
        for row in arms
        if row.time_days != 0 and row.mean is not None and (row.sd is not None or row.se is not None)
    }
    both = Counter((measure, time) for measure, time, _ in spread)
    if any(count > 1 for count in both.values()):
        return "mean and spread"
    if any(row.estimate is not None and (row.se is not None or row.ci_low is not None) for row in rows):
        return "mean and spread"
    operators = {row.p_operator for row in rows}
    if any(row.p_operator == "=" and row.p_value is not None for row in rows):
        return "exact p"
    if operators & {"<", ">", "ns"}:
        return "bound on p"
    return "direction" if any(row.favours for row in rows) else "nothing"


@dataclass(frozen=True)
class Reported:
    """The form of reporting of every trial in the data."""

    ds: Dataset

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Every trial."""
        return records(self.ds.rows("studies"), Trial)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The form of each trial, by study."""
        arms = records(self.ds.rows("arm_results", outcome="pain_intensity"), ArmRow)
        said = records(self.ds.rows("contrasts", outcome="pain_intensity"), ContrastRow)
        return {
            trial.study_id: form(
                [row for row in arms if row.study_id == trial.study_id],
                [row for row in said if row.study_id == trial.study_id],
            )
            for trial in self.trials
        }

    def figure(self) -> Figure:
        """Draw how many trials report pain in each form."""
        counts = Counter(self.forms.values())
        rows = tuple(
            Bar(f"{name[:1].upper()}{name[1:]}", counts[name], meaning) for name, meaning in FORMS.items()
        )
        return bars("reported", "What trials report on pain, in the text that was read", rows)

    def by_drug(self) -> Table:
        """Count the forms by drug; a trial of two drugs stands under both."""
        pairs = records(self.ds.rows("interventions"), Drug)
        groups = {
            drug.capitalize(): sorted({pair.study_id for pair in pairs if pair.drug == drug})
            for drug in DRUGS
        }
        return self._table("reported-by-drug", "What trials report on pain, by drug", "Drug", groups)

    def by_decade(self) -> Table:
        """Count the forms by decade of publication."""
        groups: dict[str, list[str]] = {}
        for trial in sorted(self.trials, key=lambda trial: (trial.year or 9999, trial.study_id)):
            groups.setdefault(decade(trial.year), []).append(trial.study_id)
        return self._table("reported-by-decade", "What trials report on pain, by decade", "Decade", groups)

    def share(self, *forms: Form) -> str:
        """Say how many trials report in these forms: "31 of 160 trials"."""
        count = sum(value in forms for value in self.forms.values())
        return f"{count:,} of {plural(len(self.forms), 'trial')}"

    def _table(self, key: str, caption: str, first: str, groups: Mapping[str, Iterable[str]]) -> Table:
        rows = []
        for name, studies in groups.items():
            found = [self.forms[study] for study in studies]
            counts: Counter[Hashable] = Counter(found)
            cells = (Cell(f"{counts[value]:,}", value=counts[value]) for value in FORMS)
            share = 100 * counts["mean and spread"] / len(found)
            total = Cell(f"{len(found):,}", value=len(found))
            rows.append((Cell(name), total, *cells, Cell(f"{number(share, 0)} %", value=share)))
        columns = (
            Column(first),
            Column("Trials", "right"),
            *(Column(f"{name[:1].upper()}{name[1:]}", "right") for name in FORMS),
            Column("With mean and spread", "right"),
        )
        return Table(key, caption, columns, tuple(rows))


def decade(year: int | None) -> str:
    """Return the decade of a year: "2010s"."""
    return "year not stated" if year is None else f"{10 * (year // 10)}s"


def reported() -> Reported:
    """Return the form of reporting of every trial in the project's tables."""
    return Reported(dataset.load())
