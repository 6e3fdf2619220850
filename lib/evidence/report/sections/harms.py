"""Harms: counts of people with an event, as risk ratios and as people per 1,000."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset, once
from evidence.effects import Effect
from evidence.meta import Pooled, pool
from evidence.question import Question
from evidence.question.records import measure_of
from evidence.report.sections.findings import limits
from evidence.results import pipeline
from evidence.results.event_posterior import EventPosterior, Ratio, event_posterior
from evidence.results.priors import Prior, event_priors
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, interval, number
from evidence.wording.sentences import risk_ratio

#: What the numbers in a column of risk ratios are.
RATIO_NOTE: Final = (
    "one trial: its 95% CI; several, or a group in which nobody or everybody had it: posterior, CrI; "
    "above 1: more on the drug"
)
_COLUMNS = (
    Column("Harm"),
    Column("Route"),
    Column("What each trial says", note="drug v comparator"),
    Column("On the drug", "right", "people with it, of all"),
    Column("On the comparator", "right", "people with it, of all"),
    Column("Risk ratio", "right", RATIO_NOTE),
)


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm across the trials of a question that gave the drug by one route.

    Attributes
    ----------
    outcome, route : str
    effects : tuple of Effect
        Log risk ratios, or bounds, one per study.
    pooled : Pooled or None
        Log risk ratio, REML with Hartung-Knapp intervals never narrower than Wald's t: for the weights.
    posterior : EventPosterior or None
        Of the mean log risk ratio, from the counts.
    """

    outcome: str
    route: str
    effects: tuple[Effect, ...]
    pooled: Pooled | None
    posterior: EventPosterior | None

    @property
    def counted(self) -> tuple[Effect, ...]:
        """Effects that come from counts of people."""
        return tuple(effect for effect in self.effects if effect.counts is not None)

    @property
    def ratio(self) -> Ratio | None:
        """Risk ratio with its interval: of one trial its own, else the posterior's."""
        return None if self.posterior is None else self.posterior.shown


@once
def harms(ds: Dataset, question: Question) -> tuple[Harm, ...]:
    """Return every harm on which a trial of the question says something, route by route, each study once."""
    found: list[Harm] = []
    for outcome in labels_of(ds).harms:
        asked = replace(question, outcome=outcome, window="any")
        found += by_route(outcome, pipeline.said(ds, asked), event_priors(ds))
    return tuple(found)


def by_route(outcome: str, found: Sequence[Effect], named: Sequence[Prior]) -> tuple[Harm, ...]:
    """Split what trials say on a harm by route, and take each part by itself."""
    spoken = [effect for effect in found if effect.evidence_class != "unusable"]
    parts = {
        route: tuple(effect for effect in spoken if effect.route == route)
        for route in dict.fromkeys(effect.route for effect in spoken)
    }
    return tuple(
        Harm(outcome, route, part, pooled_ratio(part), event_posterior(part, named))
        for route, part in parts.items()
    )


def pooled_ratio(found: Sequence[Effect]) -> Pooled | None:
    """Pool the log risk ratios of effects that have one; a single trial is returned as it is."""
    numeric = [effect for effect in found if effect.yi is not None and effect.scale == "log_rr"]
    if not numeric:
        return None
    yi = np.array([effect.yi for effect in numeric], dtype=float)
    vi = np.array([effect.vi for effect in numeric], dtype=float)
    return pool(yi, vi, ci="HKSJ-adhoc")


def harms_table(key: str, caption: str, found: Sequence[Harm], labels: Labels) -> Table:
    """List the harms with what each trial says and the risk ratio, route by route."""
    return Table(key, caption, _COLUMNS, tuple(_row(harm, labels) for harm in found))


def _row(harm: Harm, labels: Labels) -> tuple[Cell, ...]:
    drug, control = _totals(harm)
    return (
        Cell(capital(labels.outcome(harm.outcome))),
        Cell(labels.route(harm.route)),
        Cell("; ".join(said(effect) for effect in harm.effects)),
        Cell(drug),
        Cell(control),
        ratio_cell(harm),
    )


def ratio_cell(harm: Harm) -> Cell:
    """Return the risk ratio of a harm, or what its trials give on other scales."""
    if harm.posterior is None:
        return Cell(other_scales(harm.effects))
    return Cell(ratio_words(harm.posterior), value=harm.posterior.shown[0])


def ratio_words(found: EventPosterior) -> str:
    """Return a risk ratio with its interval, a credible one named: "3.65 (CrI 1.50 to 9.12)"."""
    return risk_ratio(*found.shown, name="" if found.own else "CrI ")


def other_scales(found: Sequence[Effect]) -> str:
    """Return effects on other scales than the risk ratio: a risk difference, a ratio of events."""
    parts = []
    for effect in found:
        if effect.yi is None or effect.se is None:
            continue
        low, high = limits(effect)
        printed = "; ".join(dict.fromkeys(measure_of(row) for row in effect.rows if row[0] == "contrasts"))
        if effect.scale == "rd":
            told = f"risk difference {number(effect.yi, 2)} ({interval(low, high, 2)})"
        else:
            ratio = risk_ratio(math.exp(effect.yi), math.exp(low), math.exp(high))
            told = f"rate ratio {ratio}, of events and not of people"
        parts.append(f"{told}; printed as “{printed}”" if printed else told)
    return "; ".join(parts) or "no ratio"


def _totals(harm: Harm) -> tuple[str, str]:
    counts = [effect.counts for effect in harm.effects if effect.counts is not None]
    if not counts:
        return "no counts", "no counts"
    drug = sum(c.events_experimental for c in counts), sum(c.n_experimental for c in counts)
    control = sum(c.events_control for c in counts), sum(c.n_control for c in counts)
    return f"{drug[0]:,} of {drug[1]:,}", f"{control[0]:,} of {control[1]:,}"


def said(effect: Effect) -> str:
    """Say what a trial reports on a harm, with its time."""
    if effect.counts is not None:
        c = effect.counts
        said = f"{c.events_experimental} of {c.n_experimental} v {c.events_control} of {c.n_control}"
    else:
        said = effect.statement.words if effect.statement else "no counts"
    return f"{effect.label} ({effect.time_label}): {said}"
