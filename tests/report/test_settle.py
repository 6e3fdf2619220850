"""The standard deviation with which a trial is planned, by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from evidence import dataset
from evidence.effects import Effect, reference_sd
from evidence.meta.arrays import Array
from evidence.meta.bayesian.next_trial import Parts
from evidence.report import Report
from evidence.report.sections.settle import needed, own_sd, spread
from evidence.results.analysis import Analysis


@pytest.fixture(scope="module")
def trial() -> Analysis:
    """One trial, of 30 and 30 people: Sigtermans 2009, week 1."""
    return Report("ketamine", "crps").analysis("intravenous", "immediate")


def of(trial: Analysis, n1: int | None, n2: int | None, vi: float | None = 49.0, **changed: str) -> Effect:
    (effect,) = trial.numeric
    return replace(effect, n_experimental=n1, n_control=n2, vi=vi, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("n1", "n2", "sd"),
    [
        (30, 30, 27.11),  # 7 / √(2/30)
        (10, 40, 19.80),  # 7 / √(1/10 + 1/40)
        (2, 1, 5.72),  # 7 / √(1/2 + 1/1): three people have one degree of freedom
    ],
)
def test_the_spread_of_a_trial_follows_from_its_error(trial: Analysis, n1: int, n2: int, sd: float) -> None:
    assert own_sd(of(trial, n1, n2)) == pytest.approx(sd, abs=0.01)


def test_no_spread_is_made_up(trial: Analysis) -> None:
    assert own_sd(of(trial, 1, 1)) is None
    assert own_sd(of(trial, None, 30)) is None
    assert own_sd(of(trial, 30, 0)) is None
    assert own_sd(of(trial, 30, 30, None)) is None
    assert own_sd(of(trial, 30, 30, scale="smd")) is None
    assert own_sd(of(trial, 30, 30, design="crossover")) is None


def test_spreads_are_pooled_by_degrees_of_freedom(trial: Analysis) -> None:
    """SDs 27.11 with 58 and 19.80 with 48: √((58 · 735 + 48 · 392) / 106) = 24.08."""
    both = replace(trial, numeric=(of(trial, 30, 30), of(trial, 10, 40)))
    found = spread(dataset.load(), both)
    assert found.own
    assert found.sd == pytest.approx(24.08, abs=0.01)


def test_without_a_spread_of_its_own_the_reference_is_taken(trial: Analysis) -> None:
    ds = dataset.load()
    found = spread(ds, replace(trial, numeric=(of(trial, None, None),)))
    assert (found.own, found.sd) == (False, reference_sd(ds).sd)
    assert spread(ds, None).sd == reference_sd(ds).sd


def test_the_chance_to_settle_is_that_of_simulated_trials() -> None:
    """A trial of 204 people, drawn 20,000 times from the posterior and weighed by a mixture of normals."""
    report, rng = Report("ketamine", "crps"), np.random.default_rng(1)
    analysis = report.analysis("intravenous", "short")
    assert analysis.posterior is not None
    parts, sd = analysis.posterior.primary.parts, spread(report.ds, analysis).sd
    said = re.search(r"A trial of ([\d,]+) people would .*? with a chance of (\d+)%", report.needed())
    assert said is not None
    people, chance = said.groups()
    v = 4 * sd**2 / int(people)
    drawn = rng.choice(len(parts.weight), 20_000, p=parts.weight / parts.weight.sum())
    y = rng.normal(rng.normal(rng.normal(parts.mean[drawn], parts.sd[drawn]), parts.tau[drawn]), np.sqrt(v))
    below = np.concatenate([_below(parts, part, v) for part in np.array_split(y, 200)])
    assert np.mean((below <= 0.2) | (below >= 0.8)) == pytest.approx(int(chance) / 100, abs=0.02)


def test_where_trials_agree_the_size_that_settles_is_said() -> None:
    """By formula, for a posterior N(−10, 5²) without differences between trials.

    A trial of variance v leaves the mean effect at N(−10, 25 k) with k = 25 / (25 + v) and its own deviation
    at 5 √(1 − k): the probability of −10 or less is moved to 80% or 20% where |Z| √(k / (1 − k)) ≥ 0.8416,
    which has a chance of 80% where √(25 / v) = 0.8416 / 0.2533. Two arms of SD s have v = 4 s² / n.
    """
    report = Report("ketamine", "crps")
    analysis = report.analysis("intravenous", "short")
    assert analysis.posterior is not None
    normal = Parts(*(np.array([value]) for value in (1.0, -10.0, 5.0, 0.0)))
    primary = replace(analysis.posterior.primary, _parts=lambda: normal)
    agreed = replace(analysis, posterior=replace(analysis.posterior, primary=primary))
    said = re.search(
        r"([\d,]+) people would move it to 80% or more, or to 20% or less, with a chance of 80%\.$",
        needed(report.ds, [agreed]),
    )
    assert said is not None
    sd = spread(report.ds, agreed).sd
    exact = 4 * sd**2 * (0.8416 / 0.2533) ** 2 / 25
    assert int(said.group(1).replace(",", "")) == pytest.approx(exact, rel=0.02)
    assert said.group(1).endswith("0")


def _below(parts: Parts, y: Array, v: float) -> Array:
    """The probability of a mean effect of −10 or less once a trial has found each of `y`, (n,)."""
    noise = parts.tau**2 + v
    like = parts.weight * stats.norm.pdf(y[:, None], parts.mean, np.sqrt(parts.sd**2 + noise))
    precision = 1 / parts.sd**2 + 1 / noise
    centre = (parts.mean / parts.sd**2 + y[:, None] / noise) / precision
    below = (like * stats.norm.cdf(-10, centre, 1 / np.sqrt(precision))).sum(axis=1)
    return np.asarray(below / like.sum(axis=1))
