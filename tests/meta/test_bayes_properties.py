"""What must hold of any posterior, whatever the trials."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import cumulative_simpson
from scipy.special import ndtr

from evidence import meta
from evidence.meta import Bound, HalfNormal, Normal
from evidence.meta.bayesian.fit import by_grid, by_mixture
from evidence.meta.bayesian.likelihood import stated
from tests.meta.strategies import studies

PRIORS = st.builds(HalfNormal, st.floats(0.05, 5.0))
MEANS = st.builds(Normal, st.floats(-2.0, 2.0), st.floats(0.2, 10.0))


@st.composite
def bounds(draw, max_size=3):
    """Some bounds of every kind."""
    made = []
    for _ in range(draw(st.integers(0, max_size))):
        v = draw(st.floats(0.01, 2.0))
        direction = draw(st.sampled_from([-1, 1, None]))
        kinds = ["significant", "not", "exact"] + (["direction"] if direction else [])
        p = {"significant": {"high": 0.05}, "not": {"low": 0.05}, "direction": {}}
        kind = draw(st.sampled_from(kinds))
        edge = draw(st.floats(0.001, 0.9))
        made.append(Bound.from_p(v, direction=direction, **p.get(kind, {"low": edge, "high": edge})))
    return made


def mirrored(bound):
    return Bound(tuple((-high, -low) for low, high in reversed(bound.intervals)), bound.vi, bound.df)


def numbers(p):
    return np.array(
        [p.mean, p.sd, p.median, *p.interval(0.95), *p.tau_interval(0.9), p.tau, *p.prediction(0.8)]
    )


@settings(max_examples=25)
@given(studies(1, 6), bounds(), PRIORS, MEANS, st.randoms(use_true_random=False))
def test_order_does_not_matter(data, sets, tau_prior, mu_prior, random):
    y, v = data
    order = list(range(y.size))
    random.shuffle(order)
    one = meta.bayes(y, v, bounds=sets, tau_prior=tau_prior, mu_prior=mu_prior)
    other = meta.bayes(y[order], v[order], bounds=sets[::-1], tau_prior=tau_prior, mu_prior=mu_prior)
    np.testing.assert_allclose(numbers(one), numbers(other), rtol=1e-6, atol=1e-6 * one.sd)
    np.testing.assert_allclose(one.weights[order], other.weights[: y.size], atol=1e-5)


@settings(max_examples=25)
@given(studies(1, 6), bounds(), PRIORS, MEANS)
def test_turning_every_sign_turns_the_posterior(data, sets, tau_prior, mu_prior):
    y, v = data
    one = meta.bayes(y, v, bounds=sets, tau_prior=tau_prior, mu_prior=mu_prior)
    turned = meta.bayes(
        -y, v, bounds=[mirrored(b) for b in sets], tau_prior=tau_prior, mu_prior=mu_prior.times(-1.0)
    )
    low, high = one.interval(0.95)
    np.testing.assert_allclose(turned.interval(0.95), (-high, -low), atol=1e-6 * one.sd)
    assert turned.probability(below=0.3) == pytest.approx(1.0 - one.probability(below=-0.3), abs=1e-6)
    assert turned.tau == pytest.approx(one.tau, rel=1e-6)


@settings(max_examples=25)
@given(studies(1, 6), bounds(), PRIORS, MEANS, st.sampled_from([1e-6, 0.3, 24.0, 1e7]))
def test_the_unit_does_not_matter(data, sets, tau_prior, mu_prior, unit):
    y, v = data
    one = meta.bayes(y, v, bounds=sets, tau_prior=tau_prior, mu_prior=mu_prior)
    other = meta.bayes(
        y * unit,
        v * unit**2,
        bounds=[Bound(b.intervals, b.vi * unit**2, b.df) for b in sets],
        tau_prior=tau_prior.times(unit),
        mu_prior=mu_prior.times(unit),
    )
    np.testing.assert_allclose(numbers(other) / unit, numbers(one), rtol=1e-6, atol=1e-6 * one.sd)
    assert other.log_marginal + y.size * math.log(unit) == pytest.approx(one.log_marginal, abs=1e-6)


@settings(max_examples=25)
@given(studies(1, 6), PRIORS, st.one_of(st.none(), MEANS), st.integers(-1000, 1000))
def test_moving_trials_and_prior_moves_the_posterior(data, tau_prior, mu_prior, by):
    y, v = data
    moved = None if mu_prior is None else Normal(mu_prior.mean + by, mu_prior.sd)
    one = meta.bayes(y, v, tau_prior=tau_prior, mu_prior=mu_prior)
    other = meta.bayes(y + by, v, tau_prior=tau_prior, mu_prior=moved)
    scale = max(1.0, abs(by)) * 1e-12 + 1e-7 * one.sd
    np.testing.assert_allclose(np.array(other.interval(0.95)) - by, one.interval(0.95), atol=scale)
    assert other.tau == pytest.approx(one.tau, rel=1e-5)


@settings(max_examples=25)
@given(studies(1, 5), bounds(), PRIORS, MEANS)
@example((np.array([0.0]), np.array([1e-5])), [], HalfNormal(0.0625), Normal(2.0, 0.21875))
def test_a_bound_that_holds_everything_changes_nothing(data, sets, tau_prior, mu_prior):
    y, v = data
    everything = Bound(((-1e7, 1e7),), 1.0)
    one = meta.bayes(y, v, bounds=sets, tau_prior=tau_prior, mu_prior=mu_prior)
    other = meta.bayes(y, v, bounds=[*sets, everything], tau_prior=tau_prior, mu_prior=mu_prior)
    # on other panels of tau
    np.testing.assert_allclose(numbers(other), numbers(one), rtol=1e-6, atol=1e-6 * one.sd)
    assert other.log_marginal == pytest.approx(one.log_marginal, abs=1e-7)
    assert other.weights[-1] == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=25)
@given(studies(1, 6), bounds(), PRIORS, MEANS)
def test_intervals_hold_what_they_say_and_nest(data, sets, tau_prior, mu_prior):
    y, v = data
    p = meta.bayes(y, v, bounds=sets, tau_prior=tau_prior, mu_prior=mu_prior)
    for level in (0.5, 0.95, 0.99):
        low, high = p.interval(level)
        assert p.probability(below=high) - p.probability(below=low) == pytest.approx(level, abs=1e-9)
        low, high = p.prediction(level)
        assert p.new_study(below=high) - p.new_study(below=low) == pytest.approx(level, abs=1e-8)
        low, high = p.tau_interval(level)
        assert p.tau_probability(below=high) - p.tau_probability(below=low) == pytest.approx(level, abs=1e-7)
    assert (
        p.prediction(0.95)[0] < p.interval(0.95)[0] < p.median < p.interval(0.95)[1] < p.prediction(0.95)[1]
    )
    short = p.interval(0.95, "shortest")
    assert short[1] - short[0] <= (p.interval(0.95)[1] - p.interval(0.95)[0]) * (1.0 + 1e-7)


@settings(max_examples=15)
@given(
    st.lists(studies(1, 7), min_size=1, max_size=6),
    st.one_of(
        PRIORS, st.builds(meta.HalfCauchy, st.floats(0.05, 5.0)), st.just(meta.LogTauSquared(-3.16, 2.5))
    ),
    st.one_of(st.none(), MEANS),
)
def test_many_are_each_of_them(rows, tau_prior, mu_prior):
    width = max(y.size for y, _ in rows) + 1
    yi, vi = (np.full((len(rows) + 1, width), np.nan) for _ in range(2))
    for row, (y, v) in enumerate(rows):
        yi[row, width - y.size :], vi[row, width - y.size :] = y, v
    many = meta.bayes_many(yi, vi, tau_prior=tau_prior, mu_prior=mu_prior, below=(-0.2, 0.4))
    assert list(many["k"]) == [y.size for y, _ in rows] + [0]
    for row, (y, v) in enumerate(rows):
        p = meta.bayes(y, v, tau_prior=tau_prior, mu_prior=mu_prior)
        low, high = p.interval(0.95)
        got = [many[name][row] for name in ("ci_low", "median", "ci_high", "pi_low", "pi_high")]
        want = [low, p.median, high, *p.prediction(0.95)]
        np.testing.assert_allclose(got, want, atol=1e-6 * (high - low), rtol=1e-7)
        np.testing.assert_allclose(
            many["probability"][row], p.probability(below=np.array([-0.2, 0.4])), atol=1e-7
        )
    assert np.isnan(many["median"][-1])


def test_tau_where_a_thin_prior_meets_a_trial_that_contradicts_it():
    """Against Simpson's rule on a fine grid: the posterior of tau is narrower than a panel."""
    prior, mean = HalfNormal(0.0625), Normal(2.0, 0.21875)
    tau = np.linspace(0.0, 1.5, 40_001)
    v = 1e-5 + tau**2 + mean.sd**2
    log_density = -0.5 * (tau / prior.scale) ** 2 - 0.5 * mean.mean**2 / v - 0.5 * np.log(v)
    below = cumulative_simpson(np.exp(log_density - log_density.max()), x=tau, initial=0.0)
    p = meta.bayes([0.0], [1e-5], tau_prior=prior, mu_prior=mean)
    for place in np.searchsorted(tau, [0.2, 0.25, 0.28, 0.3, 0.343]):
        assert p.tau_probability(below=tau[place]) == pytest.approx(below[place] / below[-1], abs=1e-8)


@pytest.mark.parametrize(
    "y, v, tau_prior, mu_prior",
    [
        ([-0.43, 0.22, -0.98], [9.5e-5, 1.5e-5, 1.6e-3], HalfNormal(0.012), Normal(3.17, 0.31)),
        ([54.0, -0.43, -0.35, -0.93], [0.41, 0.044, 0.77, 0.09], HalfNormal(0.72), Normal(0.0, 10.0)),
        ([794.0], [0.72], HalfNormal(1.5), Normal(-1.5, 0.15)),
        ([-0.1] * 30, [1e-6] * 30, meta.InverseGamma(4.0, 60.0), Normal(0.0, 1.0)),
        ([60.0, -70.0], [0.1, 0.2], meta.InverseGamma(12.0, 1.0), Normal(-0.1, 3.0)),
        ([-0.5, 0.6, 46.0], [0.1, 0.11, 0.32], meta.LogTauSquared(-4.7, 0.4, math.inf), Normal(-0.1, 0.2)),
    ],
)
def test_trials_take_tau_to_where_its_prior_is_next_to_nothing(y, v, tau_prior, mu_prior):
    """Against sums over a fine grid of tau, the trials' joint density from its covariance matrix."""
    y, v = np.array(y), np.array(v)
    log_tau = np.linspace(math.log(1e-3), math.log(1e4), 6001)
    for _ in range(2):
        tau = np.exp(log_tau)
        sigma = (v + tau[:, None] ** 2)[:, :, None] * np.eye(y.size) + mu_prior.sd**2
        away = np.broadcast_to(y - mu_prior.mean, (tau.size, y.size))
        told = np.linalg.solve(sigma, away[..., None])[..., 0]
        log_joint = -0.5 * (np.linalg.slogdet(sigma)[1] + (told * away).sum(1))
        log_joint += tau_prior.log_density(tau) + log_tau
        there = np.flatnonzero(log_joint > log_joint.max() - 36.0)
        log_tau = np.linspace(log_tau[there[0]], log_tau[there[-1]], 6001)
    weight = np.exp(log_joint - log_joint.max())
    weight /= weight.sum()
    sd = (1.0 / mu_prior.sd**2 + (1.0 / (v + tau[:, None] ** 2)).sum(1)) ** -0.5
    mean = mu_prior.mean + mu_prior.sd**2 * told.sum(1)
    middle = float(weight @ mean)
    spread = math.sqrt(weight @ (sd**2 + (mean - middle) ** 2))
    everything = Bound(((-1e7, 1e7),), 1.0)
    places = middle + spread * np.array([-1.5, 0.0, 1.0])
    many = meta.bayes_many([y], [v], tau_prior=tau_prior, mu_prior=mu_prior, below=places)
    for p in (
        meta.bayes(y, v, tau_prior=tau_prior, mu_prior=mu_prior),
        meta.bayes(y, v, tau_prior=tau_prior, mu_prior=mu_prior, bounds=[everything]),
    ):
        assert (p.mean, p.sd) == pytest.approx((middle, spread), rel=1e-6)
        assert p.tau_mean == pytest.approx(float(weight @ tau), rel=1e-6)
        for x, of_many in zip(places, many["probability"][0], strict=True):
            below = float(weight @ ndtr((x - mean) / sd))
            assert p.probability(below=x) == pytest.approx(below, abs=2e-6)
            assert of_many == pytest.approx(below, abs=2e-6)
            below = float(weight @ ndtr((x - mean) / np.hypot(sd, tau)))
            assert p.new_study(below=x) == pytest.approx(below, abs=2e-6)


def test_a_shrunk_effect_keeps_its_digits_under_a_prior_with_a_long_tail():
    """The grid against the mixture of normals; at a tau of 1e30 the one's variance was all rounding."""
    evidence = stated([2.66], [8.2], (), None)
    one, other = (
        by(evidence, meta.LogTauSquared(-6.0, 1.2), Normal(-0.48, 2.3)).shrunk()
        for by in (by_mixture, by_grid)
    )
    assert other.sd == pytest.approx(one.sd, rel=1e-6)
