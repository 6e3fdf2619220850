"""In what form trials report the outcome: a mean with its spread, counts, a p-value, a side, or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import pandas as pd

from evidence import dataset
from evidence.charts.counts import counts_figure
from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import ContrastRow, MainOutcome, main_outcome, responses
from evidence.question.records import FROM_REVIEW
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, number, plural

Form: TypeAlias = Literal[
    "mean and spread", "counts of responders", "exact p", "bound on p", "direction", "nothing"
]
FORMS: Final[dict[Form, str]] = {
    "mean and spread": "means or medians of both arms, or a difference, with a standard deviation, error, "
    "interval or quartiles; or a difference in standard deviations",
    "counts of responders": "no spread, but how many in each arm had so much less {outcome}, or a ratio or "
    "difference of these with its interval",
    "exact p": "neither of these, but a p-value such as p = 0.03",
    "bound on p": "no exact p-value, but one such as p < 0.05, or “not significant”",
    "direction": "only which arm was better",
    "nothing": "no comparison of {outcome} between arms in the text read",
}
_RATIOS: Final = ("RR", "OR", "RD")


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


@dataclass(frozen=True, slots=True)
class Said:
    """What a measure tells about an outcome."""

    outcome: str
    measure: str
    answers: str
    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class ArmReport:
    """What one arm reports at one time."""

    study_id: str
    arm: str
    arm_role: str
    outcome: str
    measure: str
    time_label: str | None
    time_days: float | None
    mean: float | None
    sd: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    median: float | None
    q1: float | None
    q3: float | None
    events: int | None
    total: int | None
    source: str | None = None

    @property
    def has_spread(self) -> bool:
        """Whether a mean stands with its deviation, error or interval, or a median with its quartiles."""
        interval = None not in (self.ci_low, self.ci_high)
        spread = self.sd is not None or self.se is not None or interval
        return (self.mean is not None and spread) or None not in (self.median, self.q1, self.q3)

    @property
    def has_counts(self) -> bool:
        """Whether the people with the event are told of how many."""
        return self.events is not None and self.total is not None


def form(arms: Iterable[ArmReport], contrasts: Iterable[ContrastRow]) -> Form:
    """Return the best form in which a trial reports the main outcome, or a response, after treatment.

    Baseline rows do not count, nor do values without those of a control arm.
    """
    after, rows = [row for row in arms if row.time_days != 0], list(contrasts)
    if _both_arms(row for row in after if row.has_spread) or any(map(_has_spread, rows)):
        return "mean and spread"
    if _both_arms(row for row in after if row.has_counts) or any(
        row.effect in _RATIOS and _has_interval(row) for row in rows
    ):
        return "counts of responders"
    operators = {row.p_operator for row in rows}
    if any(row.p_operator == "=" and row.p_value is not None for row in rows):
        return "exact p"
    if operators & {"<", ">", "ns"}:
        return "bound on p"
    sided = any(row.favours in ("experimental", "control") for row in rows)
    return "direction" if sided else "nothing"


def _both_arms(rows: Iterable[ArmReport]) -> bool:
    """Whether a drug arm and a control arm report the same measure at the same time."""
    roles: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
    for row in rows:
        roles[row.measure, row.time_label].add(row.arm_role)
    return any(found >= {"experimental", "control"} for found in roles.values())


def _has_spread(row: ContrastRow) -> bool:
    """Whether a printed difference has its spread; a standardised one holds it."""
    if row.estimate is None or row.effect in _RATIOS:
        return False
    return row.effect == "SMD" or row.se is not None or _has_interval(row)


def _has_interval(row: ContrastRow) -> bool:
    return row.estimate is not None and row.ci_low is not None and row.ci_high is not None


@dataclass(frozen=True)
class Reported:
    """The form of reporting of every trial in the data, in texts of its own.

    What a review tells of a trial is no report of the trial: such rows do not count, and a trial that is
    known from them alone is not among the trials.
    """

    ds: Dataset

    @property
    def _main(self) -> MainOutcome:
        return main_outcome(self.ds)

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Every trial that is known from more than a review's rows."""
        rows: list[ArmReport | ContrastRow] = [*self._arms, *self._said]
        own = {row.study_id for row in rows if row.source not in FROM_REVIEW}
        told = {row.study_id for row in rows} - own
        return tuple(t for t in self.ds.records(Trial, "studies") if t.study_id not in told)

    @cached_property
    def _arms(self) -> tuple[ArmReport, ...]:
        return self.ds.records(ArmReport, "arm_results")

    @cached_property
    def _said(self) -> tuple[ContrastRow, ...]:
        return self.ds.records(ContrastRow, "contrasts")

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The form of each trial, by study."""
        arms = [row for row in self._arms if self._on_main(row)]
        said = [row for row in self._said if self._on_main(row)]
        return {
            trial.study_id: form(
                [row for row in arms if row.study_id == trial.study_id],
                [row for row in said if row.study_id == trial.study_id],
            )
            for trial in self.trials
        }

    @cached_property
    def _responses(self) -> frozenset[tuple[str, str]]:
        """Outcomes and measures that count people by the main outcome: fewer attacks are no less of it."""
        answers = {self._main.code, *responses(self.ds)}
        return frozenset(
            (row.outcome, row.measure)
            for row in self.ds.records(Said, "measures")
            if row.unit == "count" and row.kind != "other" and row.answers in answers
        )

    def _on_main(self, row: ArmReport | ContrastRow) -> bool:
        if row.source in FROM_REVIEW:
            return False
        return row.outcome == self._main.code or (row.outcome, row.measure) in self._responses

    def figure(self) -> Figure:
        """Draw how many trials report the main outcome in each form."""
        counts, outcome = Counter(self.forms.values()), self._main.name
        rows = [
            {"label": capital(name), "count": counts[name], "detail": meaning.format(outcome=outcome)}
            for name, meaning in FORMS.items()
        ]
        total = plural(len(self.forms), "trial")
        title = f"What {total} report on {outcome}, in the text that was read"
        caption = f"Number of trials by the best form that each uses; together they are {total}."
        return counts_figure("reported", title, pd.DataFrame(rows), caption=caption)

    def untold(self) -> str:
        """Say how many trials found have no text of their own: "8 more trials"."""
        others = len(self.ds.records(Trial, "studies")) - len(self.trials)
        return f"{'no' if not others else f'{others:,}'} more {'trial' if others == 1 else 'trials'}"

    def by_drug(self) -> Table:
        """Count the forms by drug; a trial of two drugs stands under both."""
        pairs = self.ds.records(Drug, "interventions")
        groups = {
            drug.capitalize(): sorted(
                {p.study_id for p in pairs if p.drug == drug and p.study_id in self.forms}
            )
            for drug in labels_of(self.ds).drugs
        }
        return self._table(
            "reported-by-drug", f"What trials report on {self._main.name}, by drug", "Drug", groups
        )

    def by_decade(self) -> Table:
        """Count the forms by decade of publication."""
        groups: dict[str, list[str]] = {}
        for trial in sorted(self.trials, key=lambda trial: (trial.year or 9999, trial.study_id)):
            groups.setdefault(decade(trial.year), []).append(trial.study_id)
        return self._table(
            "reported-by-decade", f"What trials report on {self._main.name}, by decade", "Decade", groups
        )

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
            rows.append((Cell(name), total, *cells, Cell(f"{number(share, 0)}%", value=share)))
        columns = (
            Column(first),
            Column("Trials", "right", "with a text of their own"),
            *(Column(capital(name), "right") for name in FORMS),
            Column("With mean and spread", "right"),
        )
        return Table(key, caption, columns, tuple(rows))


def decade(year: int | None) -> str:
    """Return the decade of a year: "2010s"."""
    return "year not stated" if year is None else f"{10 * (year // 10)}s"


def reported() -> Reported:
    """Return the form of reporting of every trial in the project's tables."""
    return Reported(dataset.load())
