"""The posterior from numbers, sets and t statistics: closed forms, limits and brute-force integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, interpolate, stats

from evidence import meta
from evidence.meta import Bound, HalfCauchy, HalfNormal, InverseGamma, LogTauSquared, Normal, StudentT
from evidence.meta.bayesian.fit import by_grid, by_mixture
from evidence.meta.bayesian.likelihood import stated

YI, VI = np.array([-0.62, -0.15, -0.41]), np.array([0.05, 0.11, 0.03])
BOUNDS = (
    Bound.from_p(0.10, low=0.05),
    Bound.from_p(0.06, high=0.05, direction=-1, df=64),
    Bound.from_p(0.20, direction=-1),
    Bound.from_p(0.08, low=0.01, high=0.01),
)
PRIORS = {
    "half-normal": (HalfNormal(0.5), stats.halfnorm(scale=0.5)),
    "half-Cauchy": (HalfCauchy(0.5), stats.halfcauchy(scale=0.5)),
    "inverse gamma": (InverseGamma(1.69, 0.42), stats.invgamma(1.69, scale=0.42)),
    "log t": (LogTauSquared(-3.16, 2.5), stats.t(5, -3.16, 2.5)),
    "log normal": (LogTauSquared(-1.87, 1.52, math.inf), stats.norm(-1.87, 1.52)),
}


def log_prior(name, tau):
    """Density of tau from scipy's distributions; those of log tau² with their Jacobian."""
    _, law = PRIORS[name]
    if name.startswith("log"):
        return law.logpdf(2.0 * np.log(tau)) + np.log(2.0 / tau)
    return law.logpdf(tau)


def brute_force(yi, vi, bounds, tau_prior, mu_law, x):
    """Two-dimensional sums straight from the definition, in the order of `summary`."""
    mu = np.linspace(-20.0, 20.0, 4001)
    log_tau, step = np.linspace(math.log(1e-7), math.log(1e5), 1201, retstep=True)
    tau = np.exp(log_tau)
    logs = mu_law.logpdf(mu)[:, None] + log_prior(tau_prior, tau) + log_tau
    for y, v in zip(yi, vi, strict=True):
        logs = logs + stats.norm.logpdf(y, mu[:, None], np.sqrt(v + tau**2))
    for bound in bounds:
        total = np.zeros_like(logs)
        for low, high, v in bound.effect_intervals():
            s = np.sqrt(v + tau**2)
            total += stats.norm.cdf((high - mu[:, None]) / s) - stats.norm.cdf((low - mu[:, None]) / s)
        logs = logs + np.log(np.maximum(total, 1e-300))
    joint = np.exp(logs)
    marginal = joint.sum() * (mu[1] - mu[0]) * step
    joint /= joint.sum()
    of_mu, of_tau = joint.sum(1), joint.sum(0)
    mean = of_mu @ mu
    below = float(interpolate.CubicSpline(mu, of_mu / (mu[1] - mu[0])).integrate(mu[0], x))
    new = (joint * stats.norm.cdf((x - mu[:, None]) / tau)).sum()
    return np.log(marginal), mean, math.sqrt(of_mu @ (mu - mean) ** 2), below, of_tau @ tau, new


def summary(p, x):
    return p.log_marginal, p.mean, p.sd, p.probability(below=x), p.tau_mean, p.new_study(below=x)


@pytest.mark.parametrize("mu", [Normal(0.0, 2.0), StudentT(5.0, 0.1, 0.43)], ids=["normal", "t"])
@pytest.mark.parametrize("prior", ["half-normal", "half-Cauchy", "inverse gamma", "log normal"])
@pytest.mark.parametrize(
    "n, bounds", [(3, ()), (3, BOUNDS), (1, BOUNDS[:2]), (0, BOUNDS[2:]), (0, BOUNDS[:1])]
)
def test_everything_together_is_what_brute_force_gives(n, bounds, prior, mu):
    law = stats.norm(0.0, 2.0) if isinstance(mu, Normal) else stats.t(5.0, 0.1, 0.43)
    if n + len(bounds) < 2 and prior != "half-normal":
        pytest.skip("the mean of tau needs the far tail of its prior")
    p = meta.bayes(YI[:n], VI[:n], bounds=bounds, tau_prior=PRIORS[prior][0], mu_prior=mu)
    want = brute_force(YI[:n], VI[:n], bounds, prior, law, -0.3)
    got = np.array(summary(p, -0.3))
    finite = np.isfinite(got)  # a heavy tail has no mean
    np.testing.assert_allclose(got[finite], np.array(want)[finite], rtol=2e-5, atol=2e-5)


def test_two_ways_of_computing_agree():
    """Numbers only, by the mixture of normals and on the grid."""
    for name in ("half-normal", "half-Cauchy", "log t"):
        tau_prior = PRIORS[name][0]
        for mu_prior in (None, Normal(0.2, 0.6)):
            evidence = stated(YI, VI, (), None)
            one, other = by_mixture(evidence, tau_prior, mu_prior), by_grid(evidence, tau_prior, mu_prior)
            np.testing.assert_allclose(other.log_marginal, one.log_marginal, atol=1e-9, err_msg=name)
            for level in (0.5, 0.95, 0.999):
                np.testing.assert_allclose(
                    other.interval(level), one.interval(level), atol=2e-7, err_msg=name
                )
                np.testing.assert_allclose(
                    other.tau_interval(level), one.tau_interval(level), atol=1e-7, err_msg=name
                )
            np.testing.assert_allclose(other.prediction(0.95), one.prediction(0.95), atol=2e-7, err_msg=name)
            np.testing.assert_allclose(other.weights, one.weights, atol=1e-6, err_msg=name)
            for field in ("mean", "sd", "low", "high"):
                np.testing.assert_allclose(
                    getattr(other.shrunk(), field), getattr(one.shrunk(), field), atol=2e-6, err_msg=name
                )
            at = np.linspace(-1.5, 0.5, 9)
            np.testing.assert_allclose(other.density(at), one.density(at), atol=1e-7, err_msg=name)
            np.testing.assert_allclose(
                other.predictive_density(at), one.predictive_density(at), atol=3e-6, err_msg=name
            )


def test_tau_of_almost_nothing_is_the_common_effect():
    p = meta.bayes(YI, VI, tau_prior=HalfNormal(1e-7))
    w = 1.0 / VI
    mean, se = (w @ YI) / w.sum(), 1.0 / math.sqrt(w.sum())
    assert (p.mean, p.sd) == pytest.approx((mean, se), rel=1e-9)
    assert p.interval(0.95) == pytest.approx((mean - 1.959963985 * se, mean + 1.959963985 * se), abs=1e-9)
    assert p.prediction(0.95) == pytest.approx(p.interval(0.95), abs=1e-7)
    np.testing.assert_allclose(p.weights, 100.0 * w / w.sum(), rtol=1e-9)


def test_one_number_with_a_normal_prior_is_conjugate():
    """tau so small that it does not matter: precision adds up."""
    p = meta.bayes([-30.0], [49.0], tau_prior=HalfNormal(1e-6), mu_prior=Normal(5.0, 20.0))
    precision = 1.0 / 49.0 + 1.0 / 400.0
    mean = (-30.0 / 49.0 + 5.0 / 400.0) / precision
    assert (p.mean, p.median, p.sd) == pytest.approx((mean, mean, precision**-0.5), rel=1e-9)
    assert p.log_marginal == pytest.approx(stats.norm.logpdf(-30.0, 5.0, math.sqrt(449.0)), abs=1e-9)
    assert p.prior_weight == pytest.approx(100.0 / 400.0 / precision, rel=1e-9)


def test_one_number_and_a_flat_prior_say_nothing_of_tau():
    for name, (prior, law) in PRIORS.items():
        p = meta.bayes([-0.4], [0.09], tau_prior=prior)
        want = law.ppf([0.025, 0.5, 0.975])
        want = np.exp(0.5 * want) if name.startswith("log") else want
        got = [p.tau_interval(0.95)[0], p.tau, p.tau_interval(0.95)[1]]
        np.testing.assert_allclose(got, want, rtol=1e-7, err_msg=name)
        assert p.median == pytest.approx(-0.4, abs=1e-12)


def test_one_direction_with_a_normal_prior_is_a_skew_normal():
    """P(set | mu) is Phi(−mu / s): Azzalini 1985's density, with alpha = −sd / s."""
    sd, v = 2.0, 0.25
    p = meta.bayes(
        [], [], bounds=[Bound.from_p(v, direction=-1)], tau_prior=HalfNormal(1e-7), mu_prior=Normal(0.0, sd)
    )
    law = stats.skewnorm(-sd / math.sqrt(v), 0.0, sd)
    assert (p.mean, p.sd) == pytest.approx((law.mean(), law.std()), abs=1e-9)
    assert p.interval(0.95) == pytest.approx(tuple(law.ppf([0.025, 0.975])), abs=1e-7)
    assert p.log_marginal == pytest.approx(math.log(0.5), abs=1e-10)
    x = np.linspace(-6.0, 1.0, 15)
    np.testing.assert_allclose(p.density(x), law.pdf(x), atol=1e-8)


@pytest.mark.parametrize("df", [2.0, 3.0, 8.0, 30.0])
def test_a_t_distributed_number(df):
    """One number under a flat prior and no heterogeneity: mu has that t distribution."""
    p = meta.bayes([-1.0], [0.16], df=[df], tau_prior=HalfNormal(1e-7))
    law = stats.t(df, -1.0, 0.4)
    for level in (0.5, 0.95, 0.99):
        assert p.interval(level) == pytest.approx(law.interval(level), rel=1e-7)


def test_t_distributed_numbers_of_trials_that_differ():
    """Density of a t deviate plus a normal one of SD tau, by adaptive quadrature, at a few mu and tau."""
    evidence = stated(YI, VI, (), [3.0, 12.0, 40.0])
    for mu, tau in ((-0.4, 0.01), (0.3, 0.4), (-2.0, 1.5)):
        want = 0.0
        for y, v, df in zip(YI, VI, (3.0, 12.0, 40.0), strict=True):
            law, s = stats.t(df, y, math.sqrt(v)), tau
            density = integrate.quad(
                lambda theta, law=law, s=s, mu=mu: law.pdf(theta) * stats.norm.pdf(theta, mu, s),
                mu - 12.0 * tau,
                mu + 12.0 * tau,
                epsabs=1e-14,
                limit=200,
            )[0]
            want += math.log(density)
        got = evidence.log(np.array([mu]), np.array([tau]))
        assert got[0, 0] == pytest.approx(want, abs=1e-8)


def test_many_degrees_of_freedom_are_normal():
    normal = meta.bayes(YI, VI, tau_prior=HalfNormal(0.5), bounds=BOUNDS, mu_prior=Normal(0.0, 2.0))
    t = meta.bayes(YI, VI, df=[1e9] * 3, tau_prior=HalfNormal(0.5), bounds=BOUNDS, mu_prior=Normal(0.0, 2.0))
    assert t.interval(0.95) == pytest.approx(normal.interval(0.95), abs=1e-7)


def test_a_narrow_bound_is_the_number():
    """An exact p-value of known direction, against the number that it is of."""
    v, z = 0.09, -2.1
    half = 5e-5
    number = meta.bayes([z * 0.3], [v], tau_prior=HalfNormal(0.4), mu_prior=Normal(0.0, 2.0))
    bound = Bound(((z - half, z + half),), v)
    point = meta.bayes([], [], bounds=[bound], tau_prior=HalfNormal(0.4), mu_prior=Normal(0.0, 2.0))
    assert point.interval(0.95) == pytest.approx(number.interval(0.95), abs=1e-6)
    assert point.tau_interval(0.95) == pytest.approx(number.tau_interval(0.95), abs=1e-6)


def test_precise_trials_far_from_a_wide_prior_are_found():
    """The grid must find a peak a ten-thousandth of the prior's width, away from its middle."""
    for y in (-40.0, 3.0, 80.0):
        evidence = stated([y, y + 0.01], [1e-4, 1e-4], (), None)
        grid = by_grid(evidence, HalfNormal(0.02), Normal(0.0, 48.0))
        exact = by_mixture(evidence, HalfNormal(0.02), Normal(0.0, 48.0))
        assert grid.interval(0.95) == pytest.approx(exact.interval(0.95), abs=1e-8)
        assert grid.log_marginal == pytest.approx(exact.log_marginal, abs=1e-7)


def test_trials_in_conflict():
    """Two peaks at tau near 0, one wide hill between them at larger tau."""
    y, v = np.array([-60.0, 60.0]), np.array([4.0, 4.0])
    for scale in (1.0, 12.0, 200.0):
        evidence = stated(y, v, (), None)
        grid, exact = (way(evidence, HalfNormal(scale), Normal(0.0, 48.0)) for way in (by_grid, by_mixture))
        assert grid.interval(0.95) == pytest.approx(exact.interval(0.95), abs=1e-5)
        assert grid.tau == pytest.approx(exact.tau, rel=1e-7)


def test_shrunk_effects_lie_between_their_number_and_the_mean():
    p = meta.bayes(YI, VI, tau_prior=HalfNormal(0.5), bounds=BOUNDS, mu_prior=Normal(0.0, 2.0))
    s = p.shrunk()
    assert s.mean.shape == (7,)
    for mean, y in zip(s.mean[:3], YI, strict=True):
        assert min(y, p.mean) - 0.02 < mean < max(y, p.mean) + 0.02
    assert (s.low[:3] < s.mean[:3]).all()
    assert np.isnan(s.low[3:]).all()


def test_shrunk_effect_of_a_direction_is_its_integral():
    """A trial known by its direction: theta integrated over the joint posterior by adaptive quadrature."""
    bound, tau, sd = Bound.from_p(0.20, direction=-1), 0.4, 0.7

    def weight(theta, mu):
        lik = stats.norm.cdf(-theta / math.sqrt(0.2))
        return lik * math.exp(-0.5 * ((theta - mu) / tau) ** 2 - 0.5 * (mu / sd) ** 2)

    total, first = (
        integrate.dblquad(lambda t, m, k=k: weight(t, m) * t**k, -5.0, 5.0, -7.0, 7.0)[0] for k in (0, 1)
    )
    narrow = LogTauSquared(2.0 * math.log(tau), 1e-4, math.inf)
    p = meta.bayes([], [], bounds=[bound], tau_prior=narrow, mu_prior=Normal(0.0, sd))
    assert p.shrunk().mean[0] == pytest.approx(first / total, abs=1e-5)


def test_weights_under_a_flat_prior_make_the_mean():
    p = meta.bayes(YI, VI, tau_prior=HalfNormal(0.5))
    assert p.weights @ YI / 100.0 == pytest.approx(p.mean, abs=1e-12)
    assert p.weights.sum() == pytest.approx(100.0)


def test_kinds_of_evidence_are_counted():
    p = meta.bayes(YI, VI, tau_prior=HalfNormal(0.5), bounds=BOUNDS, mu_prior=Normal(0.0, 2.0))
    assert (p.k, p.k_numeric, p.k_bounded) == (7, 3, 4)
    assert p.kinds == {"number": 3, "bound": 2, "direction": 1, "p-value": 1}


@pytest.mark.parametrize("name", PRIORS)
def test_priors_are_the_distributions_they_name(name):
    prior, law = PRIORS[name]
    tau = np.geomspace(1e-3, 50.0, 40)
    np.testing.assert_allclose(prior.log_density(tau), log_prior(name, tau), rtol=1e-10)
    np.testing.assert_allclose(prior.cdf(tau), law.cdf(2.0 * np.log(tau) if name.startswith("log") else tau))
    scaled = prior.times(24.0)
    np.testing.assert_allclose(scaled.cdf(24.0 * tau), prior.cdf(tau), rtol=1e-9)
