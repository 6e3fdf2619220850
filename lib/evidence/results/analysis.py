"""One question answered: what is pooled, what every trial says, and how sure one can be."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

import pandas as pd

from evidence.dataset import Dataset, once
from evidence.effects import Effect, Options, reference_sd
from evidence.effects.frame import to_frame
from evidence.grade.certainty import Certainty, rate
from evidence.meta import ConstantModeratorError, PooledCensored, egger, pool_censored
from evidence.meta.arrays import Array
from evidence.question import Question, main_outcome
from evidence.results.evidence import Evidence, evidence
from evidence.results.missing import Missing, missing_trials, reasons
from evidence.results.posterior import PosteriorAnswer, posterior_answer
from evidence.results.priors import Prior, priors
from evidence.results.rated import body_of, flag_domains, overrides
from evidence.results.trials import TrialRow, trial_rows
from evidence.rob import Assessment, assessments
from evidence.wording.labels import Labels, labels

_POWER_DEVIATE = 0.8416  # standard normal quantile of 80% power
_ALPHA_DEVIATE = 1.9600  # standard normal quantile of a two-sided 5% test
_SMALL_STUDY_TRIALS = 10  # Cochrane Handbook 13.3.5.4: fewer trials give a small-study test no power


@dataclass(frozen=True, eq=False, repr=False)
class Analysis(Evidence):
    """The answer to one question in one time window, with the evidence that it rests on.

    Attributes
    ----------
    priors : tuple of Prior
        The named priors in points, the primary one first.
    everything : PooledCensored
        The all-evidence analysis: bounded results as well.
    certainty : Certainty
    mid : float
        Smallest important difference in points.
    trials : mapping of str to TrialRow
        The trials behind the effects, by study.
    risks : mapping of str to Assessment
        The risk of bias of these trials for the main outcome, by study.
    labels : Labels
        What the codes of the tables are called.
    posterior : PosteriorAnswer or None
        The primary analysis, from all evidence; None where there is none.
    missing : tuple of Missing
        Trials that ask the question and give nothing for it.
    """

    priors: tuple[Prior, ...]
    everything: PooledCensored
    certainty: Certainty
    mid: float
    trials: Mapping[str, TrialRow]
    risks: Mapping[str, Assessment]
    labels: Labels
    posterior: PosteriorAnswer | None
    missing: tuple[Missing, ...]

    def __repr__(self) -> str:
        question, pooled = self.question, self.pooled
        asked = f"{question.drug}, {question.condition}, {question.route}, {question.window}"
        found = "no pool" if pooled is None else f"{pooled.estimate:.1f}, {pooled.k} pooled"
        return f"Analysis({asked}: {found}, {len(self.effects)} trials, {self.certainty.level})"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each trial; see `evidence.effects.frame.to_frame`.

        Examples
        --------
        >>> from evidence import report
        >>> crps = report.Report("ketamine", "crps").analysis("intravenous", "immediate")
        >>> crps.to_frame()[["study", "yi", "se"]].shape[1]
        3
        """
        return to_frame(self.effects)

    @property
    def when(self) -> str:
        """The window as it stands in a sentence."""
        return self.labels.when(self.question.window)

    @property
    def subject(self) -> str:
        """The drug by its route, as the subject of a sentence."""
        route = self.question.route
        return self.labels.subject(self.question.drug, route if isinstance(route, str) else None)

    @property
    def outcome(self) -> str:
        """The outcome in words."""
        return self.labels.outcome(self.question.outcome)

    @property
    def doubtful(self) -> bool:
        """Whether only reports whose integrity is in doubt say something."""
        return bool(self.doubted) and not (self.numeric or self.bounded)

    def carried_by(self, effects: Collection[Effect]) -> bool:
        """Whether some of the pooled effects carry half of the weight or more."""
        if self.pooled is None:
            return False
        weights = zip(self.numeric, self.pooled.weights, strict=True)
        return sum(float(weight) for effect, weight in weights if effect in effects) >= 50


@once
def analyse(ds: Dataset, question: Question, options: Options | None = None) -> Analysis:
    """Answer a question about the main outcome in one time window.

    Parameters
    ----------
    ds : Dataset
    question : Question
        With its window.
    options : Options, optional
        Other choices than those of the settings: a sensitivity analysis.

    Raises
    ------
    ValueError
        When the question names no window or another outcome than the main one.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> from evidence.question import Question
    >>> found = analyse(load(), Question("memantine", "crps", window="short"))
    >>> found.pooled.k == len(found.numeric)
    True
    """
    options = options or Options()
    known = evidence(ds, question, options)
    numeric, bounded, selection = known.numeric, known.bounded, known.selection
    bounds = [effect.bound for effect in bounded if effect.bound is not None]
    everything = pool_censored(known.yi, known.vi, bounds)
    main = main_outcome(ds)
    reference = options.reference_sd or reference_sd(ds).sd
    named = tuple(prior.times(reference) for prior in priors(ds))
    rows = trial_rows(ds, [effect.study_id for effect in known.effects])
    posterior = posterior_answer(numeric, bounded, named, main.mid, main.favourable)
    small = _small_study_p(known.yi, known.vi)
    missing = missing_trials(ds, selection, trial_rows(ds, selection.studies), known.effects)
    body = body_of(ds, selection, rows, (numeric, bounded), posterior, known.pooled, main.mid, small)
    body = replace(body, missing=tuple(reasons(posterior, missing)), higher_is_better=main.better == "higher")
    return Analysis(
        **{part.name: getattr(known, part.name) for part in fields(Evidence)},
        priors=named,
        everything=everything,
        certainty=rate(body, flag_domains(ds), overrides(ds, known.question)),
        mid=main.mid,
        trials=rows,
        risks=assessments(ds, list(rows), main.code),
        labels=labels(ds),
        posterior=posterior,
        missing=missing,
    )


def _small_study_p(yi: Array, vi: Array) -> float | None:
    """Return the p-value of Egger's test; None with too few trials, or where all are equally large."""
    if len(yi) < _SMALL_STUDY_TRIALS:
        return None
    try:
        return egger(yi, vi).p_value
    except ConstantModeratorError:
        return None


def sample_size(mid: float, sd: float) -> int:
    """People in two equal arms that detect a difference of the MID with 80% power at a two-sided 5%.

    Notes
    -----
    n per arm = 2 (z₀.₉₇₅ + z₀.₈)² SD² / MID² (Cochrane Handbook 14, optimal information size).
    """
    return 2 * math.ceil(2 * (_ALPHA_DEVIATE + _POWER_DEVIATE) ** 2 * (sd / mid) ** 2)
