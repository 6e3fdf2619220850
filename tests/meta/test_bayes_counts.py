"""The posterior of a risk ratio from counts: direct integration, exchange of arms, zeros, large numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import betainc, ndtr

from evidence import meta
from evidence.meta import HalfNormal, Normal, bayes_counts
from evidence.meta.bayesian.counts import curve, tables

PRIORS = {"tau_prior": HalfNormal(0.5), "mu_prior": Normal(0.0, 2.0)}
TABLES = [(3, 47, 0, 50), (5, 20, 2, 23), (0, 12, 1, 11), (40, 160, 25, 170), (1, 400, 4, 390), (7, 0, 3, 9)]


def binomial(table, theta):
    """Product of the two binomial probabilities, the risk on control integrated out with its log uniform."""
    a, b, c, d = table

    def density(log_p):
        p, q = math.exp(log_p), math.exp(log_p + theta)
        return stats.binom.pmf(a, a + b, min(q, 1.0)) * stats.binom.pmf(c, c + d, min(p, 1.0))

    top = min(0.0, -theta)
    peak = min(top - 0.01, math.log((a + c) / (a + b + c + d)) - 0.5 * theta)
    points = [top - 20.0, peak - 3.0, peak - 1.0, peak, 0.5 * (peak + top)]
    return integrate.quad(density, top - 60.0, top, points=points, limit=500, epsabs=0.0, epsrel=1e-10)[0]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_the_curve_is_the_binomial_likelihood(table):
    found = curve(*table)
    at = np.array([-2.0, -0.4, 0.0, 0.9, 2.5])
    want = np.array([math.log(binomial(table, theta)) for theta in at])
    got = found.log(at)
    np.testing.assert_allclose(got - got[2], want - want[2], atol=2e-6)


@pytest.mark.parametrize("tau", [1e-3, 0.05, 0.3, 1.0, 4.0])
@pytest.mark.parametrize("table", [*TABLES, (0, 30, 2, 28)], ids=str)
def test_means_over_a_normal_distribution(table, tau):
    found = curve(*table)
    ends = found.theta[0], found.theta[-1]

    def mean(mu):
        def product(theta):
            return math.exp(float(found.log(np.clip(theta, *ends)))) * stats.norm.pdf(theta, mu, tau)

        points = [mu - 2.0 * tau, mu, mu + 2.0 * tau]
        return integrate.quad(product, mu - 12.0 * tau, mu + 12.0 * tau, points=points, limit=400)[0]

    mu = np.array([-1.5, 0.2, 1.0])
    value, first, _ = (part[:, 0] for part in found.means(mu, np.array([tau]), 3))
    np.testing.assert_allclose(value, [mean(m) for m in mu], rtol=3e-6, atol=1e-12)
    h = 1e-3
    slope = [(mean(m + h) - mean(m - h)) / (2.0 * h) for m in mu]
    np.testing.assert_allclose(first, slope, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("table", [*TABLES, (0, 30, 2, 28)], ids=str)
def test_means_far_out_and_at_many_taus_are_sums(table):
    """The likelihood itself summed over a fine grid: far out in the tail, and where tau changes the way."""
    found = curve(*table)
    mu, taus = np.linspace(-25.0, 25.0, 41), np.array([0.6, 1.5, 4.0, 9.0, 30.0])
    theta = np.linspace(found.theta[0] - 300.0, found.theta[-1] + 300.0, 400_001)
    inside = np.clip(theta, found.theta[0], found.theta[-1])
    likelihood = np.exp(found.log(inside))
    beyond = (theta < found.theta[0]) & (found.low == 0) | (theta > found.theta[-1]) & (found.high == 0)
    likelihood[beyond] = 0.0
    step = theta[1] - theta[0]
    got = found.means(mu, taus)[0]
    for j, tau in enumerate(taus):
        want = [(likelihood * stats.norm.pdf(theta, m, tau)).sum() * step for m in mu]
        there = np.array(want) > 1e-20  # below, the ends of the curve show
        np.testing.assert_allclose(got[there, j], np.array(want)[there], rtol=2e-5)


@pytest.mark.parametrize(
    "rows, prior",
    [
        ([(3, 47, 0, 50)], (0.0, 2.0)),
        ([(40, 160, 5, 195)], (-9.0, 0.3)),
        ([(60, 140, 5, 195), (4, 396, 70, 330)], (0.0, 2.0)),
        ([(60, 140, 5, 195), (0, 396, 70, 330), (7, 0, 3, 9)], (4.0, 0.5)),
    ],
    ids=str,
)
def test_what_rounding_hides_is_summed_where_it_counts(rows, prior):
    """Trials that contradict each other or the prior: the likelihood is as if everything were summed."""
    found = tables(*np.array(rows).T)
    mu, tau = np.linspace(-12.0, 12.0, 97), np.array([0.02, 0.1, 0.4, 1.0, 3.0, 12.0])
    beside = stats.norm.logpdf(mu, *prior)[:, None] + stats.halfnorm.logpdf(tau, scale=0.5)
    exact = beside.copy()
    for each in found.curves:
        exact += np.log(np.maximum(each.means(mu, tau)[0], 1e-300)) + each.peak
    weight, want = (np.exp(log - exact.max()) for log in (found.log(mu, tau, beside) + beside, exact))
    np.testing.assert_allclose(weight, want, rtol=1e-9, atol=1e-16)
    scores = found.scores(mu, tau, want / want.sum())
    for quick, slow in zip(scores, found.scores(mu, tau, np.ones_like(want)), strict=True):
        told = want > 1e-12
        np.testing.assert_allclose(quick[told], slow[told], rtol=1e-9, atol=1e-9)


def test_one_trial_by_brute_force():
    table = (3, 47, 0, 50)
    mu = np.linspace(-9.0, 9.0, 241)
    tau, weight = np.polynomial.legendre.leggauss(24)
    tau, weight = 1.5 * (tau + 1.0), 1.5 * weight * stats.halfnorm.pdf(1.5 * (tau + 1.0), scale=0.5)
    theta = np.linspace(-14.0, 14.0, 1401)
    likelihood = np.exp(curve(*table).log(np.clip(theta, curve(*table).theta[0], curve(*table).theta[-1])))
    kernel = stats.norm.pdf(theta, mu[:, None, None], np.hypot(tau, 1e-9)[:, None])
    joint = (kernel * likelihood).sum(-1) * weight * stats.norm.pdf(mu, 0.0, 2.0)[:, None]
    of_mu = joint.sum(1) / joint.sum()
    p = bayes_counts(*([n] for n in table), **PRIORS)
    assert p.mean == pytest.approx(of_mu @ mu, abs=2e-3)
    assert p.sd == pytest.approx(math.sqrt(of_mu @ (mu - of_mu @ mu) ** 2), abs=2e-3)


def test_no_event_against_many_under_a_prior_that_expects_no_difference():
    """Against sums over mu and the true effect, from the binomial likelihood itself.

    The likelihood of no event falls off so fast that its curve ended where a level was still to be added: its
    mean came out as 0.4 where it is e^-100, and the posterior with its middle at −0.3.
    """
    table, tau_prior, mu_prior = (0, 242, 103, 3), HalfNormal(0.33), Normal(0.0, 0.95)
    theta = np.linspace(-12.0, 3.0, 301)
    likelihood = np.array([binomial(table, at) for at in theta])
    mu = np.linspace(-8.0, 4.0, 241)
    tau, weight = np.polynomial.legendre.leggauss(40)
    tau, weight = 1.4 * (tau + 1.0), weight * stats.halfnorm.pdf(1.4 * (tau + 1.0), scale=0.33)
    at = np.linspace(-9.0, 9.0, 181)
    spread = np.interp(mu[:, None, None] + tau[:, None] * at, theta, np.log(np.maximum(likelihood, 1e-300)))
    joint = np.exp(spread) @ stats.norm.pdf(at) * weight * stats.norm.pdf(mu, 0.0, 0.95)[:, None]
    of_mu = joint.sum(1) / joint.sum()
    p = bayes_counts(*([n] for n in table), tau_prior=tau_prior, mu_prior=mu_prior)
    assert p.mean == pytest.approx(of_mu @ mu, abs=2e-2)
    assert p.sd == pytest.approx(math.sqrt(of_mu @ (mu - of_mu @ mu) ** 2), abs=2e-2)
    mirrored = bayes_counts([103], [3], [0], [242], tau_prior=tau_prior, mu_prior=mu_prior)
    assert mirrored.mean == pytest.approx(-p.mean, abs=1e-6)


@settings(max_examples=8)
@given(st.lists(st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 60)] * 2), min_size=1, max_size=3))
def test_exchanging_the_arms_turns_the_sign(rows):
    rows = [(a, b, c, d) for a, c, b, d in rows if a + c]
    if not rows:
        return
    a, b, c, d = np.array(rows).T
    one, other = bayes_counts(a, b, c, d, **PRIORS), bayes_counts(c, d, a, b, **PRIORS)
    low, high = one.interval(0.95)
    assert other.interval(0.95) == pytest.approx((-high, -low), abs=1e-5)
    assert other.probability(below=0.0) == pytest.approx(1.0 - one.probability(below=0.0), abs=1e-6)


def test_many_events_are_the_normal_log_risk_ratio():
    a, b, c, d = np.array([[600, 3400, 500, 3500], [900, 3100, 700, 3200], [300, 900, 310, 890]]).T
    effects = meta.effect_sizes("RR", ai=a, bi=b, ci=c, di=d)
    normal = meta.bayes(effects["yi"], effects["vi"], **PRIORS)
    exact = bayes_counts(a, b, c, d, **PRIORS)
    assert exact.interval(0.95) == pytest.approx(normal.interval(0.95), abs=2e-3)
    np.testing.assert_allclose(exact.weights, normal.weights, atol=0.1)
    np.testing.assert_allclose(exact.shrunk().mean, normal.shrunk().mean, atol=2e-3)


def test_a_trial_without_events_says_nothing():
    with_it = bayes_counts([3, 0], [47, 30], [1, 0], [49, 31], **PRIORS)
    without = bayes_counts([3], [47], [1], [49], **PRIORS)
    assert with_it.interval(0.95) == without.interval(0.95)
    assert (with_it.k, with_it.kinds) == (1, {"number": 1})


def test_events_in_one_arm_only_pull_one_way():
    p = bayes_counts([3], [47], [0], [50], **PRIORS)
    more = bayes_counts([6], [44], [0], [50], **PRIORS)
    assert 0.5 < 1.0 - p.probability(below=0.0) < 1.0 - more.probability(below=0.0)
    assert p.kinds == {"one arm": 1}


@pytest.mark.parametrize(
    "counts, options, words",
    [
        (([0], [10], [0], [10]), PRIORS, "No trial counts an event"),
        (([1], [10], [0], [10]), {"tau_prior": HalfNormal(0.5)}, "events in both arms"),
        (([1.5], [10], [0], [10]), PRIORS, "ai must be a count"),
        (([-1], [10], [0], [10]), PRIORS, "ai must be a count"),
        (([math.nan], [10], [0], [10]), PRIORS, "ai is missing at position 0"),
        (([0], [0], [1], [10]), PRIORS, r"ai \+ bi must be above 0"),
        (([1, 2], [10], [0], [10]), PRIORS, "Unequal lengths"),
        (([1], [10], [0], [10]), {"tau_prior": 0.5}, "tau_prior must be"),
    ],
)
def test_bad_counts_are_named(counts, options, words):
    with pytest.raises(ValueError, match=words):
        bayes_counts(*counts, **options)


@pytest.mark.parametrize(
    ("counts", "close"),
    [((10, 0, 4, 6), 1e-8), ((3, 0, 200, 100), 1e-8), ((5, 0, 5, 0), 1e-3), ((40, 0, 12, 0), 1e-3)],
)
def test_a_trial_in_which_everyone_on_the_drug_had_the_event(counts, close):
    """By hand: the risk on control integrates to an incomplete beta function, and mu given theta is normal.

    Where everyone had it in both arms, the likelihood has a corner at no difference.
    """
    a, _, c, d = counts
    s, m0, scale = 0.3, 0.5, 0.1
    theta = np.arange(-12.0, 12.0, 0.001) + 0.0005
    with np.errstate(divide="ignore"):
        log_likelihood = a * theta + np.log(betainc(a + c, d + 1, np.minimum(1.0, np.exp(-theta))))
    likelihood = np.exp(log_likelihood - log_likelihood.max())
    at, rule = np.polynomial.legendre.leggauss(40)
    total, sums = 0.0, np.zeros(3)
    for tau, step in zip(0.4 * (at + 1.0), rule, strict=True):
        v = s**2 + tau**2
        weight = step * np.exp(-0.5 * (tau / scale) ** 2) * likelihood * np.exp(-0.5 * (theta - m0) ** 2 / v)
        weight /= math.sqrt(v)
        mean, sd = (m0 * tau**2 + theta * s**2) / v, s * tau / math.sqrt(v)
        total += weight.sum()
        sums += [(weight * mean).sum(), (weight * (mean**2 + sd**2)).sum(), (weight * ndtr(-mean / sd)).sum()]
    mean, square, below = sums / total
    sd = math.sqrt(square - mean**2)
    got = bayes_counts(*([n] for n in counts), tau_prior=HalfNormal(scale), mu_prior=Normal(m0, s))
    assert got.mean == pytest.approx(mean, abs=close * sd)
    assert got.sd == pytest.approx(sd, rel=close)
    assert got.probability(below=0.0) == pytest.approx(below, abs=close)
