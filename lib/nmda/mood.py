"""Opioid use and depression: every trial that says something, inside the review's scope and outside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final

import pandas as pd

from evidence import dataset
from evidence.charts.directions import directions_figure
from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.meta.distributions import Z95
from evidence.question import COMPARATOR_TYPES, Question
from evidence.report.sections.apart import kept_out, study_names
from evidence.report.sections.findings import arms, finding_of
from evidence.report.sections.safety import INERT
from evidence.results.pipeline import said, selected
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import interval, number, plural
from nmda.facts import Mood

#: The columns of the figure.
SCOPE: Final = ("Inside the review's scope", "Outside it: cancer or headache")
_SIDES: Final = {-1: "below", 1: "above"}
_PLACEBO: Final = ("placebo", "active_placebo")


def direction(effect: Effect) -> int:
    """Return 1 where an effect is shown to be better on the drug, −1 where worse, 0 where none is shown.

    This is what the rules for claims count; the figure draws what a trial states (`findings.finding_of`). A
    number counts when its 95% CI excludes zero, a statement when its p-value is at most 0.05; a direction
    without a test shows nothing.
    """
    if effect.yi is not None and effect.se is not None:
        return 0 if abs(effect.yi) <= Z95 * effect.se else (1 if effect.yi * effect.favourable > 0 else -1)
    said = effect.statement
    if said is None or said.direction is None or said.p_high > 0.05:
        return 0
    return effect.favourable * said.direction


def outside(ds: Dataset) -> tuple[str, ...]:
    """Return the condition groups outside the Cochrane review."""
    return ds.words("conditions_outside_cochrane")


def against(effect: Effect) -> str:
    """Return what a trial compares the drug with, unless it is a placebo: "against diclofenac"."""
    return "" if effect.comparator_type in _PLACEBO else f"against {effect.comparator or 'not stated'}"


def is_outside(ds: Dataset, effect: Effect) -> bool:
    """Whether the trial's people lie, or partly lie, outside the Cochrane review."""
    return effect.condition_group in outside(ds) or "cancer_and" in effect.condition_detail


@dataclass(frozen=True, slots=True)
class _Mean:
    study_id: str
    arm: str
    measure: str
    time_label: str
    n: int | None
    mean: float | None
    sd: float | None

    @property
    def words(self) -> str:
        """Mean with its standard deviation, people and time, as printed."""
        if self.mean is None:
            return "no mean"
        sd = "" if self.sd is None else f" (SD {number(self.sd)})"
        people = "" if self.n is None else f", {plural(self.n, 'person', 'people')}"
        return f"{number(self.mean)}{sd}{people}, {self.time_label}"


def asked(drug: str, outcome: str) -> Question:
    """Return the question on one outcome of a drug, against any comparison that tests the drug."""
    return Question(drug, comparator_types=COMPARATOR_TYPES, outcome=outcome, window="any")


@dataclass(frozen=True)
class Beyond:
    """An outcome beyond pain, across drugs."""

    ds: Dataset
    outcome: str

    @cached_property
    def all_effects(self) -> tuple[Effect, ...]:
        """What each trial that is not kept out says, usable or not."""
        return tuple(
            effect for drug in labels_of(self.ds).drugs for effect in said(self.ds, asked(drug, self.outcome))
        )

    @property
    def spoken(self) -> tuple[Effect, ...]:
        """Trials that say something usable."""
        return tuple(effect for effect in self.all_effects if effect.evidence_class != "unusable")

    def inside(self, drug: str | None = None) -> tuple[Effect, ...]:
        """Return what trials inside the review's scope say, of one drug or all."""
        return tuple(e for e in self.spoken if not is_outside(self.ds, e) and drug in (None, e.drug))

    def moods(self, drug: str) -> tuple[Mood, ...]:
        """Return the results inside the scope, as the rules for claims read them."""
        return tuple(
            Mood(effect.label, direction(effect), effect.comparator_type in INERT)
            for effect in self.inside(drug)
        )

    def counts(self, drug: str) -> str:
        """Say how many trials found of a drug measured the outcome, inside the scope and outside it."""
        labels = labels_of(self.ds)
        found = selected(self.ds, Question(drug, labels.conditions)).studies
        said = len(self.inside(drug))
        beyond = sum(effect.drug == drug for effect in self.spoken) - said
        trials_of = plural(len(found), f"trial of {drug}", f"trials of {drug}")
        report = "reports" if said + beyond == 1 else "report"
        return (
            f"Of {trials_of} found, {said + beyond or 'none'} {report} {labels.outcome(self.outcome)}: "
            f"{said or 'none'} inside the review's scope and {beyond or 'none'} outside it."
        )

    def table(self) -> Table:
        """List every trial that says something, inside the scope first, cancer and other outsiders apart."""
        ordered = sorted(self.spoken, key=lambda effect: is_outside(self.ds, effect))
        caption = f"{labels_of(self.ds).outcome(self.outcome).capitalize()}: what each trial says"
        return Table(f"beyond-{self.outcome}", caption, _COLUMNS, tuple(self._row(e) for e in ordered))

    def figure(self) -> Figure:
        """Draw the direction of every trial."""
        rows = pd.DataFrame([self.drawn(effect) for effect in self.spoken])
        repeated = rows.duplicated(["label", "outcome"], keep=False)  # trials of one company and year
        studies = pd.Series([effect.study_id for effect in self.spoken])
        rows.loc[repeated, "label"] += " (" + studies[repeated] + ")"
        title = f"{labels_of(self.ds).outcome(self.outcome).capitalize()}: the direction of each trial"
        return directions_figure(f"beyond-{self.outcome}", title, rows, outcomes=SCOPE)

    def apart(self) -> Table:
        """List what arms of trials that are kept out of the analyses report on the outcome, as printed."""
        means = self.ds.records(_Mean, "arm_results", outcome=self.outcome)
        ids = [row.study_id for row in means]
        out, names = kept_out(self.ds, ids), study_names(self.ds, ids)
        rows = tuple(
            (
                Cell(names[row.study_id]),
                Cell(row.arm),
                Cell(row.measure),
                Cell(row.words),
                Cell(out[row.study_id]),
            )
            for row in means
            if row.study_id in out
        )
        columns = (
            Column("Trial"),
            Column("Arm"),
            Column("Measure"),
            Column("As printed"),
            Column("Why apart"),
        )
        caption = f"{labels_of(self.ds).outcome(self.outcome).capitalize()} in trials kept apart"
        return Table(f"beyond-{self.outcome}-apart", caption, columns, rows)

    def _row(self, effect: Effect) -> tuple[Cell, ...]:
        return (
            Cell(effect.label, detail=effect.note),
            Cell("outside" if is_outside(self.ds, effect) else "inside"),
            Cell(f"{labels_of(self.ds).condition(effect.condition_group)}{_mixed(effect)}"),
            Cell(labels_of(self.ds).subject(effect.drug, effect.route)),
            Cell(effect.comparator or "not stated"),
            Cell(effect.time_label or "not stated"),
            Cell(self._said(effect)),
        )

    def _said(self, effect: Effect) -> str:
        if effect.yi is not None and effect.se is not None:
            ends = interval(effect.yi - Z95 * effect.se, effect.yi + Z95 * effect.se, 2)
            return f"SMD {number(effect.yi, 2)} ({ends}); {_SIDES[effect.favourable]} 0 is better on the drug"
        return effect.statement.words if effect.statement else "nothing usable"

    def drawn(self, effect: Effect) -> dict[str, Any]:
        """Return the row of a trial in the figure."""
        found = finding_of(effect, self._short(effect), digits=2)
        out = is_outside(self.ds, effect)
        label = f"{effect.label}: {labels_of(self.ds).subject(effect.drug, effect.route).lower()}"
        named = {"label": label, "outcome": SCOPE[out], "n": arms(effect), "detail": against(effect)}
        return {**named, **asdict(found)}

    def _short(self, effect: Effect) -> str:
        if effect.yi is not None:
            return f"SMD {number(effect.yi, 2)}"
        return effect.statement.words if effect.statement else ""


_COLUMNS: Final = (
    Column("Trial"),
    Column("Review's scope"),
    Column("Who"),
    Column("Drug and route"),
    Column("Against"),
    Column("When"),
    Column("Result"),
)


def _mixed(effect: Effect) -> str:
    return ", part with cancer" if "cancer_and" in effect.condition_detail else ""


def beyond(outcome: str) -> Beyond:
    """Return one outcome beyond pain in the project's tables: ``opioid_use`` or ``depression``."""
    return Beyond(dataset.load(), outcome)
