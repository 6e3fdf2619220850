"""Harms across drugs: each harm by drug, route and kind of comparator, never lumped."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.forest import Heads, Kind, forest_figure
from evidence.charts.icons import icons_figure
from evidence.charts.measure import Measure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.meta.distributions import Z95
from evidence.question import COMPARATOR_TYPES, Question
from evidence.report.sections.absolute import AtBaseline, at_baselines
from evidence.report.sections.apart import kept_out, study_names
from evidence.report.sections.baselines import Baseline, baselines, control_arms
from evidence.report.sections.harms import RATIO_NOTE, Harm, by_route, ratio_cell, said
from evidence.results import pipeline
from evidence.results.priors import Prior, event_priors
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, listing, plural

#: Comparators without a drug that acts on its own.
INERT: Final = ("placebo", "active_placebo", "usual_care")
_HEADS: Final = Heads(people="Events", effect="Risk ratio")
#: How risk ratios of harms are drawn.
RATIO: Final = Measure(
    "Risk ratio (log scale)",
    null=1,
    log=True,
    digits=2,
    favours_low="fewer on the drug",
    favours_high="more on the drug",
)


@dataclass(frozen=True, slots=True)
class RouteHarm:
    """One harm of one drug by one route against one kind of comparator."""

    drug: str
    inert: bool
    harm: Harm
    labels: Labels

    @property
    def subject(self) -> str:
        """Drug with route: "Intravenous ketamine"."""
        return self.labels.subject(self.drug, self.harm.route)

    @property
    def against(self) -> str:
        """What the drug is compared with."""
        return "placebo or no added drug" if self.inert else "another drug"

    @property
    def name(self) -> str:
        """The harm in words, capitalised."""
        return capital(self.labels.outcome(self.harm.outcome))


@dataclass(frozen=True, slots=True)
class _Count:
    study_id: str
    arm: str
    outcome: str
    measure: str
    time_label: str
    events: int | None
    total: int | None
    notes: str | None

    @property
    def key(self) -> tuple[str, ...]:
        """Key of the row, as effects name their rows."""
        return ("arm_results", self.study_id, self.arm, self.outcome, self.measure, self.time_label)

    @property
    def words(self) -> str:
        """People with the event, as printed."""
        if self.events is None:
            return "not usable"
        return f"{self.events:,} of {'an unstated number' if self.total is None else f'{self.total:,}'}"


@dataclass(frozen=True)
class Safety:
    """Every harm of every drug on which a trial says something.

    Trials of conditions outside the scope are in: they lie outside the Cochrane review, but their people show
    what the drugs do. Their condition is named beside each.
    """

    ds: Dataset

    @property
    def labels(self) -> Labels:
        """What the codes of the tables are called."""
        return labels_of(self.ds)

    @cached_property
    def found(self) -> tuple[RouteHarm, ...]:
        """Harms by outcome, drug, route and kind of comparator."""
        return tuple(
            harm
            for outcome in self.labels.harms
            for drug in self.labels.drugs
            for harm in _split(drug, outcome, self.asked(drug, outcome), self.labels, event_priors(self.ds))
        )

    def asked(self, drug: str, outcome: str) -> tuple[Effect, ...]:
        """Return what each trial of a drug says on a harm, usable or not."""
        question = Question(drug, comparator_types=COMPARATOR_TYPES, outcome=outcome, window="any")
        return pipeline.said(self.ds, question)

    @property
    def ratios(self) -> tuple[RouteHarm, ...]:
        """Those with a risk ratio."""
        return tuple(found for found in self.found if found.harm.ratio is not None)

    @property
    def pooled(self) -> tuple[RouteHarm, ...]:
        """Those whose ratio pools two trials or more."""
        return tuple(
            found for found in self.ratios if found.harm.pooled is not None and found.harm.pooled.k > 1
        )

    def one(self, drug: str, route: str, outcome: str) -> RouteHarm:
        """Return one harm against placebo or no added drug.

        Raises
        ------
        ValueError
            When no trial compares it.
        """
        for found in self.found:
            if (found.drug, found.harm.route, found.harm.outcome, found.inert) == (
                drug,
                route,
                outcome,
                True,
            ):
                return found
        raise ValueError(f"no trial of {route} {drug} compares {outcome} with placebo: see safety.found")

    def table(self) -> Table:
        """List every harm with counts and risk ratio."""
        return Table(
            "harms-all", "Harms by drug, route and comparator", _COLUMNS, tuple(map(_row, self.found))
        )

    def forest(self) -> Figure:
        """Draw every risk ratio."""
        rows = pd.DataFrame([row for found in self.ratios for row in _rows(found)])
        title = "Harms: every risk ratio that counts allow"
        kinds = {"pooled": Kind("posterior", "posterior of the mean ratio", "CrI")}
        return forest_figure("harms-forest", title, rows, measure=RATIO, heads=_HEADS, kinds=kinds)

    def baselines(self, outcome: str) -> tuple[Baseline, ...]:
        """Return low, middle and high baseline risks of a harm from the placebo arms in the data."""
        return baselines(control_arms(self.ds, outcome))

    def absolute(self, found: RouteHarm) -> tuple[AtBaseline, ...]:
        """Return what a risk ratio means at each baseline risk."""
        ratio = found.harm.ratio
        return () if ratio is None else at_baselines(ratio, self.baselines(found.harm.outcome), "harmful")

    def risks(self) -> Table:
        """List people per 1,000 at each baseline risk, for harms compared with placebo or no added drug."""
        rows = tuple(
            _risk_row(found, at)
            for found in self.ratios
            if found.inert
            for at in self.absolute(found)
            if at.effect is not None
        )
        return Table("harms-risks", "What the ratios mean for 1,000 people", _RISKS, rows)

    def icons(self, drug: str, route: str, outcome: str, felt: str) -> Figure:
        """Draw 1,000 people without and with the drug at the middle baseline risk.

        Raises
        ------
        ValueError
            When no ratio holds at that baseline.
        """
        found = self.one(drug, route, outcome)
        at = next((at for at in self.absolute(found) if at.baseline.level == "middle"), None)
        if at is None or at.effect is None:
            raise ValueError(f"no risk of {outcome} with {route} {drug} can be computed")
        risk = at.effect.risk
        named = f"With {self.labels.subject(drug, route).lower()}"
        values = (1000 * value for value in (risk.estimate, risk.low, risk.high))
        given = dict(zip(("per_1000", "low", "high"), values, strict=True))
        without = {"group": "Without the drug", "per_1000": 1000 * at.baseline.risk}
        data = pd.DataFrame([without, {"group": named, **given}])
        title = f"{found.subject}: {self.labels.outcome(outcome)}"
        caption = (
            f"At a baseline risk of {at.baseline.per_1000} of 1,000 ({at.baseline.source}). "
            f"{at.needed}; the interval takes the baseline as known."
        )
        return icons_figure(f"harms-icons-{drug}-{outcome}", title, data, outcome=felt, caption=caption)

    def silence(self) -> Table:
        """Count for each harm and drug the trials that compare it, of all that were found."""
        drugs = self.labels.drugs
        rows = tuple(
            (Cell(capital(self.labels.outcome(outcome))), *(self._compared(drug, outcome) for drug in drugs))
            for outcome in self.labels.harms
        )
        columns = (
            Column("Harm"),
            *(Column(capital(self.labels.drug(drug)), "right") for drug in drugs),
        )
        title = "Trials that compare a harm between arms, of all trials found"
        return Table("harms-silence", title, columns, rows)

    def found_of(self, drug: str) -> Collection[str]:
        """Return every trial found of a drug: what all pages count its trials by."""
        return pipeline.selected(self.ds, Question(drug, self.labels.conditions)).studies

    def _compared(self, drug: str, outcome: str) -> Cell:
        spoken = sum(effect.evidence_class != "unusable" for effect in self.asked(drug, outcome))
        return Cell(f"{spoken:,} of {len(self.found_of(drug)):,}", value=spoken)

    def uncompared(self) -> Table:
        """List the counts that give no ratio, as printed: one arm only, no events, or a trial kept out."""
        used = {row for found in self.ratios for effect in found.harm.effects for row in effect.rows}
        counts = self.ds.records(_Count, "arm_results", outcome=list(self.labels.harms), kind="count")
        left = [count for count in counts if count.key not in used]
        names = study_names(self.ds, [count.study_id for count in left])
        flags = kept_out(self.ds, [count.study_id for count in left])
        rows = tuple(
            (
                Cell(capital(self.labels.outcome(count.outcome)), detail=count.notes or ""),
                Cell(names[count.study_id]),
                Cell(count.arm),
                Cell(count.words),
                Cell(flags.get(count.study_id, "")),
            )
            for outcome in self.labels.harms
            for count in left
            if count.outcome == outcome
        )
        columns = (
            Column("Harm"),
            Column("Trial"),
            Column("Arm"),
            Column("People with it"),
            Column("Kept out of comparisons because"),
        )
        return Table("harms-uncompared", "Counts that give no risk ratio", columns, rows)

    def spoken(self, outcome: str) -> str:
        """Say how many trials compare a harm, of all that were found: "1 of 112 trials"."""
        drugs = self.labels.drugs
        found = [effect for drug in drugs for effect in self.asked(drug, outcome)]
        said = {effect.study_id for effect in found if effect.evidence_class != "unusable"}
        studies = {study for drug in drugs for study in self.found_of(drug)}
        return f"{len(said):,} of {plural(len(studies), 'trial')}"

    def single(self) -> str:
        """Say on how many trials the ratios rest."""
        single, pooled = len(self.ratios) - len(self.pooled), len(self.pooled)
        if not pooled:
            return f"Each of the {single:,} ratios rests on a single trial, so nothing is pooled."
        named = listing(f"{self.labels.outcome(f.harm.outcome)} ({f.subject.lower()})" for f in self.pooled)
        pools = plural(pooled, "ratio pools", "ratios pool")
        return f"{pools} trials: {named}; {single:,} rest on one trial each."


def safety() -> Safety:
    """Return the harms of every drug in the project's tables."""
    return Safety(dataset.load())


def _split(
    drug: str, outcome: str, found: Sequence[Effect], labels: Labels, named: Sequence[Prior]
) -> Iterator[RouteHarm]:
    """Split what trials say on a harm by kind of comparator and by route."""
    for inert in (True, False):
        part = [effect for effect in found if (effect.comparator_type in INERT) == inert]
        yield from (RouteHarm(drug, inert, harm, labels) for harm in by_route(outcome, part, named))


_COLUMNS: Final = (
    Column("Harm"),
    Column("Drug and route"),
    Column("Against"),
    Column("What each trial says"),
    Column("Risk ratio", "right", RATIO_NOTE),
)
_RISKS: Final = (
    Column("Harm, drug and route"),
    Column("Baseline", "left", "where it comes from"),
    Column("Without", "right", "of 1,000"),
    Column("With", "right", "of 1,000, with the interval of the ratio"),
    Column("Difference", "right", "of 1,000"),
    Column("Number needed", "left", "NNTH: for one more person harmed"),
)


def _row(found: RouteHarm) -> tuple[Cell, ...]:
    return (
        Cell(found.name),
        Cell(found.subject),
        Cell(found.against),
        Cell("; ".join(_trial(effect, found.labels) for effect in found.harm.effects)),
        ratio_cell(found.harm),
    )


def _trial(effect: Effect, labels: Labels) -> str:
    """Say what a trial reports, what both arms got, and in whom."""
    both = f", both with {listing(effect.shared)}" if effect.shared else ""
    return f"{said(effect)}{both} [{labels.condition(effect.condition_group)}]"


def _risk_row(found: RouteHarm, at: AtBaseline) -> tuple[Cell, ...]:
    return (
        Cell(f"{found.name}: {found.subject.lower()}"),
        Cell(at.baseline.level, detail=at.baseline.source),
        Cell(at.baseline.per_1000, value=1000 * at.baseline.risk),
        Cell(at.with_drug),
        Cell(at.difference),
        Cell(at.needed),
    )


def _rows(found: RouteHarm) -> list[dict[str, object]]:
    """Return the rows of a harm in a forest plot: its trials, and the posterior where it is what is told."""
    harm = found.harm
    block = f"{found.name}: {found.subject.lower()} against {found.against}"
    numeric = [effect for effect in harm.effects if effect.scale == "log_rr" and effect.yi is not None]
    rows = [{"block": block, **_forest_row(effect)} for effect in numeric]
    if harm.posterior is not None and harm.posterior.own is None:
        rows.append({"block": block, "kind": "pooled", "label": "Posterior", **_ratio(*harm.posterior.mean)})
    return rows


def _forest_row(effect: Effect) -> dict[str, object]:
    assert effect.yi is not None
    assert effect.se is not None
    ends = (math.exp(effect.yi + sign * Z95 * effect.se) for sign in (0, -1, 1))
    c = effect.counts
    people = f"{c.events_experimental}/{c.n_experimental} v {c.events_control}/{c.n_control}" if c else ""
    kind = "counted" if c else "reported"
    return {"label": effect.label, "kind": kind, **_ratio(*ends), "n": people, "detail": effect.regimen}


def _ratio(estimate: float, low: float, high: float) -> dict[str, object]:
    return {"est": estimate, "lo": low, "hi": high}
