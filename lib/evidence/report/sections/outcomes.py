"""Other outcomes: what each trial says on response, function, mood, sleep, opioids and quality of life."""

from __future__ import annotations

import math
from dataclasses import replace

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.meta.distributions import Z95
from evidence.question import Question
from evidence.question.records import measure_of
from evidence.results.pipeline import said
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import interval, number
from evidence.wording.sentences import risk_ratio

_COLUMNS = (
    Column("Outcome"),
    Column("Trial"),
    Column("Measure", note="as the tables name it"),
    Column("When"),
    Column("What the trial reports"),
    Column("Effect", "right", "95% CI"),
)


def outcome_effects(ds: Dataset, question: Question) -> tuple[Effect, ...]:
    """Return what the trials of a question say on the other outcomes, each study once per outcome."""
    return tuple(
        effect
        for outcome in labels_of(ds).benefits
        for effect in said(ds, replace(question, outcome=outcome, window="any"))
        if effect.evidence_class != "unusable"
    )


def outcomes_table(key: str, caption: str, found: tuple[Effect, ...], labels: Labels) -> Table:
    """List what trials say on the other outcomes."""
    return Table(key, caption, _COLUMNS, tuple(_row(effect, labels) for effect in found))


def _row(effect: Effect, labels: Labels) -> tuple[Cell, ...]:
    name = labels.outcome(effect.outcome)
    return (
        Cell(name[0].upper() + name[1:]),
        Cell(effect.label),
        Cell(measures(effect)),
        Cell(effect.time_label or "not stated"),
        Cell(_said(effect)),
        _effect(effect),
    )


def measures(effect: Effect) -> str:
    """Return the measures of the rows behind an effect: a response may be one of attacks."""
    return "; ".join(dict.fromkeys(measure_of(row) for row in effect.rows))


def spoken(effect: Effect) -> str:
    """Say what a trial reports on another outcome, with its time and its effect."""
    size = _effect(effect).text
    return f"{effect.label} ({effect.time_label or 'not stated'}): {_said(effect)}" + (
        f", {size}" if size else ""
    )


def _said(effect: Effect) -> str:
    if effect.counts is not None:
        c = effect.counts
        return f"{c.events_experimental} of {c.n_experimental} v {c.events_control} of {c.n_control}"
    return effect.statement.words if effect.statement else effect.evidence_class


def _effect(effect: Effect) -> Cell:
    if effect.yi is None or effect.se is None:
        return Cell("")
    low, high = effect.yi - Z95 * effect.se, effect.yi + Z95 * effect.se
    if effect.scale == "log_rr":
        ratio = math.exp(effect.yi)
        return Cell(f"RR {risk_ratio(ratio, math.exp(low), math.exp(high))}", value=ratio)
    unit = {"smd": "SMD", "rd": "RD"}.get(effect.scale, effect.scale)
    return Cell(f"{unit} {number(effect.yi, 2)} ({interval(low, high, 2)})", value=effect.yi)
