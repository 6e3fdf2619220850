"""Counts of one event: direct sums over (mu, tau, risk), the most a risk may be, and what is printed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Counts, Effect
from evidence.question import COMPARATOR_TYPES, Question
from evidence.report.sections.harm_line import harm_line
from evidence.report.sections.harms import ratio_words
from evidence.results import pipeline
from evidence.results.event_posterior import at_most, event_posterior, of_counts
from evidence.results.priors import event_priors


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def nausea(ds: Dataset) -> list[Effect]:
    """Intravenous ketamine: one trial counts nausea in both groups, another on ketamine alone."""
    asked = Question("ketamine", route="intravenous", outcome="nausea", window="any")
    return [effect for effect in pipeline.said(ds, asked) if effect.yi is not None]


def summed(tables: list[tuple[int, int, int, int]]) -> tuple[float, float]:
    """Median of the mean log risk ratio and its probability of being above 0, by sums over a grid.

    Each trial's risk on control is summed over its logarithm, its own log risk ratio over Gauss–Hermite
    nodes around mu; the priors are those of the settings, written out.
    """
    mu, tau = np.linspace(-9, 9, 361), (np.arange(60) + 0.5) * 0.04
    at, weight = special.roots_hermitenorm(41)
    log_p = np.linspace(-16, -1e-6, 1601)
    log = stats.norm.logpdf(mu, 0, 2)[:, None] + stats.halfnorm.logpdf(tau, scale=0.5)[None, :]
    for a, n1, c, n2 in tables:
        theta = np.linspace(-20, 20, 801)
        p = np.exp(log_p)
        q = np.minimum(np.exp(log_p + theta[:, None]), 1.0)
        inside = (log_p + theta[:, None] <= 0.0) * stats.binom.pmf(a, n1, q) * stats.binom.pmf(c, n2, p)
        value = inside.sum(axis=1)
        true = mu[:, None, None] + tau[None, :, None] * at
        log = log + np.log(np.interp(true, theta, value) @ weight)
    density = np.exp(log - log.max()).sum(axis=1)
    below = np.cumsum(density) - 0.5 * density
    return float(np.interp(0.5, below / density.sum(), mu)), 1.0 - float(
        np.interp(0.0, mu, below / density.sum())
    )


def test_two_trials_one_with_an_empty_group_by_direct_sums(ds: Dataset, nausea: list[Effect]) -> None:
    tables = [tuple(map(int, (c.events_experimental, c.n_experimental, c.events_control, c.n_control)))
              for e in nausea if (c := e.counts) is not None]  # fmt: skip
    assert len(tables) == len(nausea) > 1 and any(0 in table for table in tables)
    found = event_posterior(nausea, event_priors(ds))
    assert found is not None and found.own is None
    median, more = summed(tables)  # type: ignore[arg-type]
    assert math.log(found.mean[0]) == pytest.approx(median, abs=0.02)
    assert found.more.value == pytest.approx(more, abs=2e-3)
    assert found.more.low < found.more.value < found.more.high


def test_one_trial_has_its_own_interval_unless_a_cell_is_empty(ds: Dataset, nausea: list[Effect]) -> None:
    whole = next(e for e in nausea if e.counts is not None and e.counts.events_control)
    empty = next(e for e in nausea if e.counts is not None and not e.counts.events_control)
    c, named = whole.counts, event_priors(ds)
    found, other = event_posterior([whole], named), event_posterior([empty], named)
    assert c is not None and found is not None and other is not None
    log = math.log(c.events_experimental / c.n_experimental * c.n_control / c.events_control)
    var = 1 / c.events_experimental - 1 / c.n_experimental + 1 / c.events_control - 1 / c.n_control
    assert found.shown == pytest.approx(
        [math.exp(log + z * math.sqrt(var)) for z in (0, -1.959964, 1.959964)]
    )
    assert other.own is None and other.shown == other.mean
    assert "CrI" in ratio_words(other) and "CrI" not in ratio_words(found)


def test_a_printed_ratio_without_counts_enters_as_a_normal_number(ds: Dataset, nausea: list[Effect]) -> None:
    bare = replace(nausea[0], counts=None, yi=0.7, vi=0.25)
    found = event_posterior([bare], event_priors(ds))
    assert found is not None
    assert found.shown[0] == pytest.approx(math.exp(0.7))
    tau = (np.arange(4000) + 0.5) * 0.001
    weight = stats.halfnorm.pdf(tau, scale=0.5) * stats.norm.pdf(0.7, 0, np.sqrt(4 + 0.25 + tau**2))
    mean = float((weight * 0.7 * 4 / (4.25 + tau**2)).sum() / weight.sum())
    assert found.primary.mean == pytest.approx(mean, abs=1e-4)


def test_nothing_counted_is_no_posterior(ds: Dataset) -> None:
    assert event_posterior([], event_priors(ds)) is None
    with pytest.raises(ValueError, match="No trial counts an event"):
        of_counts((Counts(0, 30, 0, 30),), event_priors(ds)[0])


@pytest.mark.parametrize("people", [6, 22, 30, 400])
def test_without_events_it_is_nearly_the_rule_of_three(people: int) -> None:
    assert at_most(0, people) == pytest.approx(1 - 0.05 ** (1 / (people + 1)))
    assert at_most(0, people) <= 3 / people


def test_it_bounds_the_mean_risk_of_trials_that_differ() -> None:
    """All outcomes of three trials of 12 people whose risks differ, weighed by their probability."""
    risks, size = np.array([0.02, 0.1, 0.3]), 12
    of_trial = [stats.binom.pmf(np.arange(size + 1), size, risk) for risk in risks]
    of_sum = np.convolve(np.convolve(of_trial[0], of_trial[1]), of_trial[2])
    limits = np.array([at_most(events, 3 * size) for events in range(3 * size + 1)])
    assert of_sum[limits >= risks.mean()].sum() >= 0.95


def test_a_line_tells_the_most_for_a_harm_that_nobody_had(ds: Dataset) -> None:
    line = harm_line(ds, "memantine", "oral")
    (fact,) = (fact for fact in line.counted if not fact.drug[0] and not fact.control[0])
    limit = math.ceil(1000 * (1 - 0.05 ** (1 / (fact.drug[1] + 1))))
    assert fact.follows(line.drug) == f"at most {limit} in 1,000 on {line.drug}"
    assert fact.follows(line.drug) in line._repr_html_()


def test_every_counted_harm_tells_the_most_and_how_probable_more_is(ds: Dataset) -> None:
    for route in ("intravenous", "oral", "topical"):
        for fact in harm_line(ds, "ketamine", route).counted:
            assert 1000 * fact.drug[0] / fact.drug[1] <= fact.at_most <= 1000
            assert bool(fact.more) == bool(fact.drug[0] or fact.control[0])


def test_no_ratio_of_a_harm_comes_from_half_a_person(ds: Dataset) -> None:
    """Harms whose groups are not empty keep the ratio of their counts; the others have a posterior."""
    for outcome in ("nausea", "sedation", "any_adverse_event"):
        for drug in ("ketamine", "memantine"):
            asked = Question(drug, comparator_types=COMPARATOR_TYPES, outcome=outcome, window="any")
            for effect in pipeline.said(ds, asked):
                found = event_posterior([effect], event_priors(ds))
                if found is not None and effect.counts is not None:
                    c = effect.counts
                    cells = c.events_experimental, c.n_experimental - c.events_experimental
                    cells += c.events_control, c.n_control - c.events_control
                    assert (found.own is None) == (0 in cells)
