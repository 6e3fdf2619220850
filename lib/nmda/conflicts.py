"""Where two sources of one trial differ: what each says, and what the other would do to the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect, effects, reference_sd
from evidence.meta import Bound
from evidence.question import Question, Rule, Selection, select
from evidence.question.sources import SOURCES
from evidence.results.event_posterior import event_posterior
from evidence.results.pipeline import said, selected
from evidence.results.posteriors import of_effects
from evidence.results.priors import event_priors, priors
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import interval, listing, number, plural

#: Outcomes that several sources tell of, in the order of the page; windows are told apart for pain.
SIGNIFICANT: Final = 0.05
_SCORES: Final = ("depression", "function", "quality_of_life")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One trial in one window whose sources differ.

    Attributes
    ----------
    question : Question
    stands, other : Effect
        What the source that the rule picks gives, and what another gives.
    source, other_source : str
        Words of the setting ``source_order``.
    beside : tuple of Effect
        What the other trials of the same answer give.
    """

    question: Question
    stands: Effect
    other: Effect
    source: str
    other_source: str
    beside: tuple[Effect, ...]


@dataclass(frozen=True)
class Conflicts:
    """Every trial whose sources differ about an outcome."""

    ds: Dataset

    @cached_property
    def found(self) -> tuple[Conflict, ...]:
        """Pain first, by drug; then harms and scores."""
        labels = labels_of(self.ds)
        asked = [("pain_intensity", None), *((outcome, "any") for outcome in (*labels.harms, *_SCORES))]
        return tuple(
            conflict
            for outcome, window in asked
            for drug in labels.drugs
            for types in (self.ds.words("comparator_types"), ("active_drug",))
            for conflict in self._of(Question(drug, None, None, types, outcome, window))
        )

    @property
    def apart(self) -> tuple[Conflict, ...]:
        """Those with two numbers, or with a statement that the number does not bear out."""
        return tuple(conflict for conflict in self.found if _differ(conflict))

    @property
    def silent(self) -> tuple[Conflict, ...]:
        """Those whose other source gives a test or a direction that the number does not contradict."""
        return tuple(conflict for conflict in self.found if not _differ(conflict))

    def _of(self, question: Question) -> Iterator[Conflict]:
        chosen = selected(self.ds, question)
        for study in dict.fromkeys(i.study_id for i in chosen.left_out if i.rule is Rule.OTHER_SOURCE):
            for source in SOURCES:
                yield from self._between(question, chosen, study, source)

    def _between(self, question: Question, chosen: Selection, study: str, source: str) -> Iterator[Conflict]:
        """Yield what a study says in a source beside what stands for it, window by window."""
        forced = select(question, self.ds, sources={study: source})
        stand = {r.window: r.source for r in chosen.results if r.study.study_id == study}
        own = tuple(r for r in forced.results if r.study.study_id == study)
        told = {r.window: r.source for r in own}
        windows = [at for at, picked in stand.items() if told.get(at) == source != picked]
        if not windows:
            return
        now, then = said(self.ds, question), effects(replace(forced, results=own, silent=()), self.ds)
        for window in windows:
            here, there = (_one(found, study, window) for found in (now, then))
            if here is not None and there is not None and not _alike(here, there):
                yield Conflict(question, here, there, stand[window], source, self._beside(now, here))

    def _beside(self, found: Sequence[Effect], own: Effect) -> tuple[Effect, ...]:
        """Return the other trials of the answer to which an effect belongs, within the review's scope.

        A report whose integrity is in doubt is in no answer.
        """
        outside = set(self.ds.words("conditions_outside_cochrane"))

        def scope(effect: Effect) -> str:
            return effect.condition_group if effect.condition_group in outside else ""

        return tuple(
            effect
            for effect in found
            if effect.study_id != own.study_id
            and (effect.window, effect.route, effect.scale) == (own.window, own.route, own.scale)
            and scope(effect) == scope(own)
            and not effect.doubted
        )

    def table(self) -> Table:
        """List the trials whose sources differ, with the answer under each source."""
        return self._table("conflicts", "Sources that differ", self.apart)

    def tests(self) -> Table:
        """List the trials of which one source gives a number and another a test or a direction."""
        return self._table("conflicts-tests", "A number in one source, a test in another", self.silent)

    def _table(self, key: str, caption: str, found: Sequence[Conflict]) -> Table:
        columns = (
            Column("Trial", note="outcome and window"),
            Column("What stands"),
            Column("What the other source says"),
            Column("Answer as it stands", note="95% credible interval; of one trial its own 95% CI"),
            Column("Answer with the other source"),
        )
        return Table(key, caption, columns, tuple(map(self._row, found)))

    def _row(self, conflict: Conflict) -> tuple[Cell, ...]:
        stands, labels = conflict.stands, labels_of(self.ds)
        outcome = labels.outcome(conflict.question.outcome)
        when = "" if conflict.question.window == "any" else f", {labels.window(stands.window)}"
        against = f" v {stands.comparator}" if stands.comparator_type == "active_drug" else ""
        asked = f"{labels.subject(stands.drug, stands.route).lower()}{against}, {outcome}{when}"
        return (
            Cell(f"{stands.label}: {asked}"),
            Cell(f"{_words(stands)} ({SOURCES[conflict.source]})"),
            Cell(f"{_words(conflict.other)} ({SOURCES[conflict.other_source]})"),
            Cell(self.answer(stands, conflict.beside)),
            Cell(self.answer(conflict.other, conflict.beside)),
        )

    def answer(self, own: Effect, beside: Sequence[Effect]) -> str:
        """Return what a trial comes to together with the others of its answer, as the pages print it.

        Tests and directions move it where several trials give a number; one number stands for itself.
        """
        pooled = [e for e in (own, *beside) if e.vi is not None and e.yi is not None]
        if not pooled:
            return "no number"
        tests = [e.bound for e in (own, *beside) if e.vi is None and e.bound is not None]
        k = plural(len(pooled), "trial")
        if own.scale == "log_rr":
            ratio = event_posterior(pooled, event_priors(self.ds))
            assert ratio is not None
            return f"{_sized(tuple(map(math.log, ratio.shown)), own.scale)}, {k}"
        if len(pooled) == 1:
            return f"{_words(pooled[0])}, {k}"
        more = f" and {len(tests):,} with a test only" if tests else ""
        return f"{_sized(self._mean(pooled, tests), own.scale)}, {k}{more}"

    def _mean(self, pooled: Sequence[Effect], tests: Sequence[Bound]) -> tuple[float, float, float]:
        """Return median and 95% credible interval of the mean of several trials."""
        prior = priors(self.ds)[0]
        if pooled[0].scale == "points":
            prior = prior.times(reference_sd(self.ds).sd)
        yi, vi = (np.array([getattr(e, name) for e in pooled], dtype=float) for name in ("yi", "vi"))
        df = [math.inf if effect.df is None else effect.df for effect in pooled]
        found = of_effects(yi, vi, prior, df=df, bounds=tests)
        return found.median, *found.interval()

    def summary(self) -> str:
        """Say how many trials differ, and on what."""
        trials = {conflict.stands.study_id for conflict in self.apart}
        pain = {c.stands.study_id for c in self.apart if c.question.outcome == "pain_intensity"}
        which = "all" if pain == trials else f"{len(pain):,}"
        return (
            f"{plural(len(trials), 'trial has', 'trials have')} sources that differ, {which} of them on pain."
        )

    def order(self) -> str:
        """Return the sources in the order in which they are preferred."""
        return listing(SOURCES[word] for word in self.ds.words("source_order"))


def conflicts() -> Conflicts:
    """Return the conflicts of the project's tables."""
    return Conflicts(dataset.load())


def _differ(conflict: Conflict) -> bool:
    """Whether both sources give numbers, or one calls a difference clear that the other does not bear out."""
    one, other = conflict.stands, conflict.other
    if one.vi is not None and other.vi is not None:
        return True
    sized, told = (one, other.statement) if one.vi is not None else (other, one.statement)
    if sized.vi is None or sized.yi is None or told is None:
        return True
    low, high = sized.own_interval
    clear = low > 0 or high < 0
    opposite = told.direction is not None and told.direction * sized.yi < 0
    return opposite or (told.p_high <= SIGNIFICANT and not clear)


def _one(found: Sequence[Effect], study: str, window: str) -> Effect | None:
    return next((e for e in found if (e.study_id, e.window) == (study, window)), None)


def _alike(one: Effect, other: Effect) -> bool:
    """Whether two effects agree to the tenth that a page shows, or both hold no number and say the same."""
    if one.vi is None or other.vi is None or one.yi is None or other.yi is None:
        return one.vi is other.vi and one.statement == other.statement
    close = 0.05 if one.scale == "points" else 0.005
    return abs(one.yi - other.yi) < close and abs(math.sqrt(one.vi) - math.sqrt(other.vi)) < close


def _words(effect: Effect) -> str:
    """Return what an effect says: its size with its own interval, or its statement."""
    if effect.yi is None or effect.vi is None:
        return effect.statement.words if effect.statement is not None else "nothing usable"
    return _sized((effect.yi, *effect.own_interval), effect.scale)


def _sized(values: Sequence[float], scale: str) -> str:
    if scale == "log_rr":
        estimate, low, high = (math.exp(value) for value in values)
        return f"RR {number(estimate, 2)} ({interval(low, high, 2)})"
    digits = 1 if scale == "points" else 2
    unit = "points" if scale == "points" else "SD"
    return f"{number(values[0], digits)} {unit} ({interval(values[1], values[2], digits)})"
