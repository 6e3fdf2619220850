"""One analysis of the Cochrane review under other models, without some trials, and with further ones."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evidence.dataset import Dataset
from evidence.effects import Effect, reference_sd
from evidence.effects.model import Counts
from evidence.meta import Pooled, Posterior, pool
from evidence.report.report import Report
from evidence.report.sections.apart import kept_out
from evidence.report.sections.safety import Safety
from evidence.results.evidence import evidence
from evidence.results.posteriors import of_counts, of_effects
from evidence.results.priors import Prior, priors
from nmda.review_rows import ReviewAnalysis, ReviewRow

#: The estimate and its interval: risk ratios as ratios, everything else as it is.
Result = tuple[float, float, float]
_HARMS: Final = frozenset(
    {
        "any_adverse_event",
        "serious_adverse_event",
        "psychotomimetic",
        "sedation",
        "nausea",
        "vomiting",
        "dizziness",
    }
)


@dataclass(frozen=True)
class Computed:
    """Effects of one analysis and what three models make of them.

    Attributes
    ----------
    yi, vi : array, shape (k,)
    ratio : bool
        Effects are log risk ratios, and results risk ratios.
    prior : Prior
        In the unit of `yi`.
    df : array, shape (k,)
        Degrees of freedom of each trial's own standard error; infinite where the effect is taken as normal.
    counts : tuple of Counts
        Of risk ratios, the same studies and those without any event, which say nothing of a ratio.
    """

    yi: NDArray[np.float64]
    vi: NDArray[np.float64]
    ratio: bool
    prior: Prior
    df: NDArray[np.float64]
    counts: tuple[Counts, ...] = ()

    @property
    def k(self) -> int:
        """Studies."""
        return len(self.yi)

    @cached_property
    def published(self) -> Result:
        """DerSimonian–Laird with a Wald interval, as the review pools."""
        return self._of(pool(self.yi, self.vi, tau2="DL", ci="wald", convention="revman"))

    @cached_property
    def knapp_hartung(self) -> Result:
        """REML with a Hartung–Knapp interval, never narrower than Student's t; one study has its own."""
        return self._of(pool(self.yi, self.vi, tau2="REML", ci="HKSJ-adhoc"))

    @cached_property
    def posterior(self) -> Posterior:
        """The posterior of the mean effect, on the scale of `yi`; of counts by their binomial likelihood."""
        if self.counts:
            return of_counts(self.counts, self.prior)
        return of_effects(self.yi, self.vi, self.prior, df=self.df)

    @property
    def credible(self) -> Result:
        """Median and 95 % credible interval of the mean effect."""
        return self._shown(self.posterior.median, *self.posterior.interval())

    def _of(self, pooled: Pooled) -> Result:
        return self._shown(pooled.estimate, pooled.ci_low, pooled.ci_high)

    def _shown(self, *values: float) -> Result:
        estimate, low, high = (math.exp(value) if self.ratio else value for value in values)
        return estimate, low, high


@dataclass(frozen=True)
class Again:
    """One analysis of the review, computed again.

    Attributes
    ----------
    analysis : ReviewAnalysis
    prior : Prior
        In the unit of `yi`.
    left_out : mapping of str to str
        Trials in its rows that this book keeps out of analyses, with the reason.
    further : tuple of Effect
        Trials of this book that answer the same question and are not in its rows.
    """

    analysis: ReviewAnalysis
    prior: Prior
    left_out: dict[str, str]
    further: tuple[Effect, ...]

    @cached_property
    def all(self) -> Computed:
        """With the rows of the review."""
        return self._computed(self.analysis)

    @cached_property
    def kept(self) -> Computed | None:
        """Without the trials that this book leaves out; None where that changes nothing or leaves none."""
        rest = self.analysis.without(set(self.left_out))
        return None if not self.left_out or rest.k == 0 else self._computed(rest)

    @cached_property
    def more(self) -> Computed | None:
        """Without those, and with this book's further trials; None where there are none."""
        if not self.further:
            return None
        rest = self.kept or (self.all if not self.left_out else None)
        yi, vi = (np.array([getattr(e, name) for e in self.further], dtype=float) for name in ("yi", "vi"))
        df = np.array([math.inf if effect.df is None else effect.df for effect in self.further])
        if rest is not None:
            yi, vi = np.concatenate([rest.yi, yi]), np.concatenate([rest.vi, vi])
            df = np.concatenate([rest.df, df])
        counts = (*(rest.counts if rest else ()), *(e.counts for e in self.further if e.counts is not None))
        # A printed ratio without counts is a normal number, and so then are all
        whole = all(effect.counts is not None for effect in self.further)
        return Computed(yi, vi, self.analysis.ratio, self.prior, df, counts if whole else ())

    @cached_property
    def each_left_out(self) -> dict[str, Computed]:
        """The analysis without each of its trials in turn; empty for a single trial."""
        labels = self.analysis.labels
        if len(labels) < 2:
            return {}
        return {label: self._computed(self.analysis.without({label})) for label in labels}

    def _computed(self, analysis: ReviewAnalysis) -> Computed:
        return Computed(*analysis.effects, analysis.ratio, self.prior, _degrees(analysis), _counts(analysis))


def _degrees(analysis: ReviewAnalysis) -> NDArray[np.float64]:
    """Return the degrees of freedom of each mean difference; infinite for other measures."""
    rows = [analysis.rows[i] for i in analysis.estimable]
    return np.array([row.people - 2.0 if analysis.asked.measure == "MD" else math.inf for row in rows])


def _counts(analysis: ReviewAnalysis) -> tuple[Counts, ...]:
    """Return the counts of the rows of a risk ratio; none of another measure."""
    return tuple(
        Counts(row.events_a, row.n_a, row.events_b, row.n_b)
        for row in analysis.rows
        if analysis.ratio and row.events_a is not None and row.events_b is not None
    )


def prior_of(ds: Dataset, analysis: ReviewAnalysis) -> Prior:
    """Return the primary prior in the unit of an analysis.

    An SMD is worth the reference SD on the common pain scale, and the pooled SD of the rows on any other; a
    log risk ratio has the same numbers.
    """
    primary = priors(ds)[0]
    if analysis.ratio or analysis.asked.measure == "SMD":
        return primary
    on_pain = analysis.asked.outcome == "pain_intensity"
    return primary.times(reference_sd(ds).sd if on_pain else _pooled_sd(analysis.rows))


def _pooled_sd(rows: Iterable[ReviewRow]) -> float:
    """Return the SD of all arms together, by degrees of freedom."""
    arms = [(n, sd) for row in rows for n, sd in ((row.n_a, row.sd_a), (row.n_b, row.sd_b)) if sd and n > 1]
    df = sum(n - 1 for n, _ in arms)
    return math.sqrt(sum((n - 1) * sd**2 for n, sd in arms) / df)


def compute_again(ds: Dataset, analysis: ReviewAnalysis) -> Again:
    """Compute an analysis of the review again, beside what this book leaves out and adds."""
    flagged = kept_out(ds, [row.study for row in analysis.rows if row.study])
    out = {row.label: flagged[row.study] for row in analysis.rows if row.study in flagged}
    return Again(analysis, prior_of(ds, analysis), out, further_trials(ds, analysis))


def further_trials(ds: Dataset, analysis: ReviewAnalysis) -> tuple[Effect, ...]:
    """Return this book's trials with a number on the question of an analysis that are not in its rows.

    Only comparisons with placebo or no added drug, of pain in a window or of a harm that the book counts.
    """
    asked = analysis.asked
    if asked.comparator_type != "placebo" or asked.route is None:
        return ()
    if asked.outcome == "pain_intensity" and asked.window:
        question = Report(asked.drug, ds=ds).question(asked.route, asked.window)
        found = evidence(ds, question).numeric
    elif asked.outcome in _HARMS:
        found = _harm_effects(ds, asked)
    else:
        return ()
    there = {row.study for row in analysis.rows}
    return tuple(effect for effect in found if effect.study_id not in there)


def _harm_effects(ds: Dataset, asked: ReviewRow) -> tuple[Effect, ...]:
    outside = set(ds.words("conditions_outside_cochrane"))
    try:
        harm = Safety(ds).one(asked.drug, str(asked.route), asked.outcome).harm
    except ValueError:
        return ()
    return tuple(
        effect
        for effect in harm.effects
        if effect.scale == "log_rr" and effect.vi is not None and effect.condition_group not in outside
    )
