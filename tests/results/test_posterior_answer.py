"""The posterior of each question: what is printed and what is refused."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Options, reference_sd
from evidence.question import Question
from evidence.report import Report
from evidence.results.analysis import Analysis, analyse
from evidence.results.posterior import LIMIT_MAY_MOVE, PROBABILITY_MAY_MOVE, Probability
from evidence.results.posterior_words import headline, told
from evidence.results.priors import priors
from evidence.wording.labels import labels

SIZE = re.compile(r"\d+(\.\d)? points? (lower|higher|on average)|by \d+ points? on average")


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def analyses(ds: Dataset) -> list[Analysis]:
    words = labels(ds)
    asked = [(drug, condition) for drug in words.drugs for condition in (None, *words.conditions)]
    return [a for drug, condition in asked for a in Report(drug, condition, ds=ds).analyses]


def test_the_mean_of_two_trials_by_brute_force(ds: Dataset) -> None:
    """Ketamine into a vein, first week, numbers only: a sum over (mu, tau), each trial by its own t.

    The t of a trial is the mean of normal densities over 200 quantiles of the chi-squared distribution.
    """
    question = Question("ketamine", Report("ketamine", ds=ds).scope, "intravenous", window="immediate")
    analysis = analyse(ds, question)
    answer = analysis.posterior
    assert answer is not None and answer.numbers_only is not None
    sd = reference_sd(ds).sd
    yi = np.array([effect.yi for effect in analysis.numeric], dtype=float)
    vi = np.array([effect.vi for effect in analysis.numeric], dtype=float)
    mu, tau = np.linspace(-150, 150, 601)[:, None], (np.arange(200) + 0.5)[None, :] * 0.4
    log = stats.norm.logpdf(mu, 0, 2 * sd) + stats.halfnorm.logpdf(tau, scale=0.5 * sd)
    for y, v, df in zip(yi, vi, [effect.df for effect in analysis.numeric], strict=True):
        assert df is not None
        shares = df / stats.chi2.ppf((np.arange(200) + 0.5) / 200, df)
        log = log + np.log(sum(stats.norm.pdf(y, mu, np.sqrt(v * share + tau**2)) for share in shares))
    density = np.exp(log - log.max())
    weight = density.sum(axis=1) / density.sum()
    mean = float((weight * mu[:, 0]).sum())
    below = float(weight[mu[:, 0] < -10].sum() + 0.5 * weight[mu[:, 0] == -10].sum())
    assert answer.numbers_only.mean == pytest.approx(mean, abs=0.02)
    assert answer.numbers_only.probability(below=-10.0) == pytest.approx(below, abs=1e-3)


def test_one_test_alone_gets_no_size(ds: Dataset) -> None:
    """Epidural ketamine, 3 to 6 months: the median follows the width of the prior, so no size is told."""
    question = Question("ketamine", Report("ketamine", ds=ds).scope, "epidural", window="medium")
    answer = analyse(ds, question, Options(with_doubted=True)).posterior
    assert answer is not None
    medians = [posterior.median for posterior in answer.spread]
    for narrow, wide in pairwise(medians):
        assert wide / narrow == pytest.approx(1.9, abs=0.15)
    assert not answer.has_size


def test_trials_in_doubt_can_leave_the_analysis(ds: Dataset, analyses: list[Analysis]) -> None:
    doubted = set(ds.rows("flags", flag="integrity")["study_id"])
    trusted = [analyse(ds, analysis.question, Options(with_doubted=False)) for analysis in analyses]
    assert any(analysis.doubted for analysis in trusted)
    for analysis in trusted:
        assert not doubted & {effect.study_id for effect in (*analysis.numeric, *analysis.bounded)}
        assert all(effect.study_id in doubted for effect in analysis.doubted)


def test_nothing_refused_is_printed_and_nothing_printed_breaks_a_rule(analyses: list[Analysis]) -> None:
    for analysis in analyses:
        answer, said = analysis.posterior, f"{headline(analysis)} {told(analysis)}"
        if answer is None:
            assert not SIZE.search(said)
            assert "That it lowers" not in said
            continue
        numbers = len(analysis.numeric)
        if not numbers:  # a size only where twice the prior's width leaves both limits
            assert answer.doubled is not None
            moved = [abs(a - b) for a, b in zip(answer.interval, answer.doubled.interval(), strict=True)]
            assert answer.has_size == (max(moved) <= LIMIT_MAY_MOVE)
            sides = [posterior.probability(below=0.0) for posterior in answer.spread]
            steady = max(sides) - min(sides) <= PROBABILITY_MAY_MOVE
            assert ("That it lowers" in said) <= steady
            assert ("probably" in said) <= steady
        if not answer.has_size:
            assert "on average" not in said
            assert "points or more" not in said
        if numbers == 1:  # the trial's own result first, never the drug's mean effect
            assert headline(analysis).startswith("One trial found")
            assert "on average" not in headline(analysis)
        assert (answer.prediction is None) == (numbers < 3)
        assert "drug works" not in said
        low, high = answer.interval
        if answer.has_size and answer.sided:
            assert low <= answer.primary.median <= high
            assert -100 < answer.primary.median < 100


def test_a_verb_only_where_every_prior_agrees(analyses: list[Analysis]) -> None:
    for analysis in analyses:
        answer = analysis.posterior
        if answer is None or "probably" not in headline(analysis):
            continue
        every = [posterior.probability(below=0.0) for posterior in answer.by_prior.values()]
        assert min(every) >= 0.8 or max(every) <= 0.2


@pytest.mark.parametrize(
    ("probability", "verb"),
    [
        (Probability(0.9, 0.8, 0.95), "probably"),
        (Probability(0.9, 0.79, 0.95), ""),
        (Probability(0.1, 0.05, 0.2), "probably not"),
        (Probability(0.5, 0.05, 0.9), ""),
    ],
)
def test_verbs(probability: Probability, verb: str) -> None:
    assert probability.verb == verb


def test_the_named_priors_are_those_of_the_settings(ds: Dataset) -> None:
    found = priors(ds)
    assert found[0].name == "primary"
    assert len({prior.name for prior in found}) == len(found)
    assert found[-1].mu is None
    again = [prior.times(24.0).times(1 / 24.0) for prior in found]
    for prior, back in zip(found, again, strict=True):
        tau = np.array([0.1, 0.4, 1.3])
        assert back.tau.cdf(tau) == pytest.approx(prior.tau.cdf(tau))


def test_a_flat_prior_stands_only_beside_a_number(analyses: list[Analysis]) -> None:
    for analysis in analyses:
        if analysis.posterior is not None:
            assert ("flat" in analysis.posterior.by_prior) == bool(analysis.numeric)


def test_no_probability_where_reports_in_doubt_carry_half(ds: Dataset, analyses: list[Analysis]) -> None:
    let_in = [analyse(ds, a.question, Options(with_doubted=True)) for a in analyses if a.doubted]
    held = [(a, a.posterior) for a in let_in if a.posterior is not None]
    assert any(not answer.trusted for _, answer in held)
    for analysis, answer in held:
        said = f"{headline(analysis)} {told(analysis)}"
        every = [*analysis.numeric, *(e for e in analysis.bounded if e.bound is not None)]
        if all(effect.doubted for effect in every):
            assert answer.doubt == pytest.approx(100)
        if not answer.trusted:
            assert "at all:" not in said and "points or more:" not in said and "probably" not in said
