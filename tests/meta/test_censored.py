"""Pooling with bounds: against metafor, hand calculation, quadrature, closed forms and its own symmetries."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from evidence.meta import Bound, pool, pool_censored
from tests import oracle_data

NUMBERS = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "tau2_ci_low", "tau2_ci_high")
YI, VI = np.array([-0.62, -0.15, -0.41]), np.array([0.05, 0.11, 0.03])
BOUNDS = (
    Bound.from_p(0.10, low=0.05),
    Bound.from_p(0.06, high=0.05, direction=-1, df=64),
    Bound.from_p(0.20, direction=-1),
    Bound.from_p(0.08, low=0.01, high=0.05, direction=1, df=48),
)


def phi(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def direct_likelihood(mu: float, tau2: float, yi=YI, vi=VI, bounds=BOUNDS) -> float:
    """Straight from the definition: densities, and differences of the normal distribution function."""
    product = 1.0
    for y, v in zip(yi, vi, strict=True):
        product *= math.exp(-0.5 * (y - mu) ** 2 / (v + tau2)) / math.sqrt(2.0 * math.pi * (v + tau2))
    for bound in bounds:
        product *= sum(
            phi((high - mu) / math.sqrt(v + tau2)) - phi((low - mu) / math.sqrt(v + tau2))
            for low, high, v in bound.effect_intervals()
        )
    return product


def direct_log_likelihood(mu: float, tau2: float, *data) -> float:
    likelihood = direct_likelihood(mu, tau2, *data)
    return math.log(likelihood) if likelihood > 1e-300 else -math.inf


def restricted(tau2: float) -> float:
    """Log of the likelihood integrated over mu, by adaptive quadrature."""
    return math.log(
        integrate.quad(direct_likelihood, -6.0, 6.0, (tau2,), epsabs=0.0, epsrel=1e-11, limit=400)[0]
    )


# Against metafor


@pytest.mark.parametrize("method", ["ML", "REML"])
@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_without_bounds_it_is_the_random_effects_model(name, measure, method):
    analysis = oracle_data.load(name)["analyses"][measure]
    want = analysis.get("rma_uni", {}).get(method, {}).get("z")
    if want is None or oracle_data.failed(want):
        pytest.skip("metafor has no such fit")
    yi, vi = (np.asarray(analysis[x], dtype=float) for x in ("yi", "vi"))
    there = np.isfinite(yi) & np.isfinite(vi)
    if there.sum() < 2:
        pytest.skip("one study")
    got = pool_censored(yi[there], vi[there], tau2=method)
    oracle_data.assert_close(got.tau2, want["tau2"], oracle_data.ITERATED)
    oracle_data.assert_close(got.estimate, want["b"], (1e-6, 1e-9))
    oracle_data.assert_close(got.se, want["se"], (1e-6, 0.0))
    # metafor adds half the log-determinant of X'X, log k, to the restricted log-likelihood.
    shift = 0.5 * math.log(there.sum()) if method == "REML" else 0.0
    oracle_data.assert_close(got.log_likelihood + shift, want["logLik"], (1e-9, 1e-9))


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_without_bounds_it_is_our_own_pool_to_eight_digits(method):
    bcg = oracle_data.load("dat.bcg")["analyses"]["RR"]
    got, want = (
        pool_censored(bcg["yi"], bcg["vi"], tau2=method),
        pool(bcg["yi"], bcg["vi"], tau2=method, ci="wald"),
    )
    for name in ("estimate", "se", "tau2"):
        assert getattr(got, name) == pytest.approx(getattr(want, name), rel=1e-8)
    assert got.weights == pytest.approx(want.weights, rel=1e-8)
    assert got.k_effective == pytest.approx(13.0)


@pytest.mark.parametrize(
    ("method", "low", "high"),
    # metafor 3.8-1: confint(rma(yi, vi, method=...), type="PL", control=list(tol=1e-13)), log RR of dat.bcg
    [("ML", 0.105077380808933, 0.833912476824103), ("REML", 0.115266105748054, 0.964695326514215)],
)
def test_interval_of_tau2_is_metafors_profile_likelihood_interval(method, low, high):
    bcg = oracle_data.load("dat.bcg")["analyses"]["RR"]
    got = pool_censored(bcg["yi"], bcg["vi"], tau2=method)
    assert (got.tau2_ci_low, got.tau2_ci_high) == pytest.approx((low, high), rel=1e-7)


def test_finds_the_higher_of_two_maxima():
    # The restricted likelihood of this data set has maxima at tau² = 0 and at 9.68.
    gibson = oracle_data.load("dat.gibson2002")["analyses"]["MD"]
    assert pool_censored(gibson["yi"], gibson["vi"]).tau2 == pytest.approx(9.679214, rel=1e-6)


# Closed forms and hand calculation


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_equal_variances_give_the_t_interval(method):
    yi = np.array([-1.9, 0.4, -0.8, -2.7, 0.9])
    mean, sem = yi.mean(), yi.std(ddof=1) / math.sqrt(5)
    got = pool_censored(yi, np.full(5, 0.2), tau2=method)
    assert (got.ci_low, got.ci_high) == pytest.approx(stats.t.interval(0.95, 4, mean, sem), rel=1e-7)
    assert got.statistic == pytest.approx(mean / sem, rel=1e-7)
    assert got.p_value == pytest.approx(stats.ttest_1samp(yi, 0.0).pvalue, rel=1e-7)


def test_two_numbers_and_a_bound_by_hand():
    # Two trials print y = -0.6 with v = 0.04. A third, with v = 0.09, says "p < 0.05", same direction:
    # its y lies below -1.959964 · 0.3 = -0.587989. At mu = -0.6 and tau² = 0 each number contributes
    # log(1 / (0.2·√(2π))) = 0.690499, the bound log Phi(0.012011/0.3) = log 0.515968 = -0.661711.
    bound = Bound.from_p(0.09, high=0.05, direction=-1)
    assert bound.effect_intervals() == ((-math.inf, pytest.approx(-0.587989, abs=1e-6), 0.09),)
    by_hand = 2 * 0.690499 - 0.661711
    data = ([-0.6, -0.6], [0.04, 0.04], [bound])
    assert direct_log_likelihood(-0.6, 0.0, *data) == pytest.approx(by_hand, abs=2e-6)
    got = pool_censored(*data, tau2="ML")
    best = optimize.minimize_scalar(
        lambda mu: -direct_log_likelihood(mu, 0.0, *data), bounds=(-2, 1), method="bounded"
    )
    assert got.tau2 == 0.0
    assert got.estimate == pytest.approx(best.x, abs=1e-5)
    assert got.log_likelihood == pytest.approx(-best.fun, abs=1e-10)
    assert got.log_likelihood > by_hand


def test_maximum_likelihood_from_the_definition():
    best = optimize.minimize(
        lambda x: -direct_log_likelihood(x[0], math.exp(x[1])),
        [-0.3, -4.0],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 5000},
    )
    got = pool_censored(YI, VI, BOUNDS, tau2="ML")
    assert got.tau2 > 0.0
    assert got.log_likelihood == pytest.approx(-best.fun, abs=1e-9)
    assert (got.estimate, got.tau2) == pytest.approx((best.x[0], math.exp(best.x[1])), rel=1e-5)


def test_restricted_likelihood_is_the_integral_over_mu():
    got = pool_censored(YI, VI, BOUNDS)
    assert got.log_likelihood == pytest.approx(restricted(got.tau2), abs=1e-8)
    best = optimize.minimize_scalar(
        lambda t: -restricted(t), bounds=(1e-6, 2.0), method="bounded", options={"xatol": 1e-9}
    )
    assert got.tau2 == pytest.approx(best.x, rel=1e-4)
    estimate = optimize.minimize_scalar(
        lambda mu: -direct_log_likelihood(mu, got.tau2),
        bounds=(-2, 1),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert got.estimate == pytest.approx(estimate.x, abs=1e-6)


def test_ends_of_the_interval_have_the_stated_likelihood_ratio():
    got = pool_censored(YI, VI, BOUNDS, tau2="ML")
    allowed = (got.df + 1.0) * math.log1p(stats.t.ppf(0.975, got.df) ** 2 / got.df)
    for end in (got.ci_low, got.ci_high):
        profile = max(direct_log_likelihood(end, t) for t in np.expm1(np.linspace(0.0, 3.0, 4001)))
        assert 2.0 * (got.log_likelihood - profile) == pytest.approx(allowed, abs=1e-4)


# The variance of a bounded SMD


@pytest.mark.parametrize("n", [8, 20, 60])
@pytest.mark.parametrize("effect", [0.0, 0.3, 0.8])
@pytest.mark.parametrize(
    ("low", "high", "error"),
    # A set between two edges carries the error of the normal likelihood of a numeric SMD as well.
    [(0.0, 0.05, 0.004), (0.05, 1.0, 0.004), (0.01, 0.05, 0.03)],
)
def test_probability_of_a_set_is_that_of_the_noncentral_t(n, effect, low, high, error):
    df, null = 2 * n - 2, 2.0 / n
    t = stats.nct(df, effect / math.sqrt(null)) if effect else stats.t(df)
    x_far, x_near = (stats.t.isf(p / 2, df) for p in (low, high))
    direction = None if high == 1.0 else 1
    exact = t.cdf(x_far) - t.cdf(-x_far if direction is None else x_near)
    made = 0.0
    for start, end, v in Bound.from_p(
        null, low=low, high=high, direction=direction, df=df
    ).effect_intervals():
        made += stats.norm.cdf(end, effect, math.sqrt(v)) - stats.norm.cdf(start, effect, math.sqrt(v))
    assert made == pytest.approx(exact, abs=1e-9 if effect == 0.0 else error)


def test_variance_grows_with_the_edge_only_where_df_is_given():
    plain, smd = Bound.from_p(0.1, high=0.05, direction=1), Bound.from_p(0.1, high=0.05, direction=1, df=38)
    assert plain.effect_intervals()[0][2] == 0.1
    assert smd.effect_intervals()[0][2] == pytest.approx(0.1 * (1 + stats.t.ppf(0.975, 38) ** 2 / 76))


# Sets


@pytest.mark.parametrize(
    ("arguments", "intervals"),
    [
        ({"high": 0.05, "direction": -1}, ((-math.inf, -1.959964),)),
        ({"high": 0.05}, ((-math.inf, -1.959964), (1.959964, math.inf))),
        ({"low": 0.05}, ((-1.959964, 1.959964),)),
        ({"low": 0.05, "direction": 1}, ((0.0, 1.959964),)),
        ({"direction": -1}, ((-math.inf, 0.0),)),
        ({"low": 0.01, "high": 0.05, "direction": 1}, ((1.959964, 2.575829),)),
        ({"low": 0.05, "high": 0.05}, ((-1.960014, -1.959914), (1.959914, 1.960014))),
        ({"low": 1.0, "high": 1.0}, ((-0.00005, 0.00005),)),
    ],
)
def test_sets_of_p_values(arguments, intervals):
    made = Bound.from_p(0.1, **arguments).intervals
    assert np.array(made) == pytest.approx(np.array(intervals), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bound.from_p(0.0, low=0.05), "vi"),
        (lambda: Bound.from_p(0.1, low=0.05, df=0.5), "df"),
        (lambda: Bound.from_p(0.1, low=0.06, high=0.05), "0 <= low <= high <= 1"),
        (lambda: Bound.from_p(0.1, high=0.0), "high > 0"),
        (lambda: Bound.from_p(0.1, low=0.05, high=0.050001), "wider than"),
        (lambda: Bound.from_p(0.1, low=0.05, direction=0), "direction"),
        (lambda: Bound.from_p(0.1), "says nothing"),
        (lambda: Bound((), 0.1), "rising order"),
        (lambda: Bound(((1.0, 2.0), (0.0, 0.5)), 0.1), "rising order"),
        (lambda: Bound(((math.nan, 2.0),), 0.1), "rising order"),
        (lambda: pool_censored([0.1, np.nan], [0.1, 0.1]), "position 1"),
        (lambda: pool_censored([0.1, 0.2], [0.1, 0.0]), "above 0"),
        (lambda: pool_censored([0.1, 0.2], [0.1]), "Unequal lengths"),
        (lambda: pool_censored([0.1, 0.2], [0.1, 0.1], tau2="DL"), "REML, ML"),
        (lambda: pool_censored([0.1, 0.2], [0.1, 0.1], level=95), "level"),
    ],
)
def test_refuses_what_means_nothing(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("yi", [[], [-0.5]])
def test_gives_no_estimate_from_bounds_and_fewer_than_two_numbers(yi):
    got = pool_censored(yi, [0.1] * len(yi), BOUNDS)
    assert not got.estimable
    assert "number" in got.reason
    assert all(getattr(got, name) is None for name in NUMBERS)
    assert (got.k, got.k_numeric, got.k_bounded) == (len(yi) + 4, len(yi), 4)


def test_gives_no_estimate_where_the_interval_would_not_end():
    # With two trials the 99.9 % quantile of t with one degree of freedom is 637.
    got = pool_censored([-0.5, 0.3], [0.1, 0.1], level=0.999)
    assert not got.estimable
    assert "flat" in got.reason
    assert got.estimate is None


def test_states_its_assumption_only_where_it_makes_it():
    assert "printed numbers" in pool_censored(YI, VI, BOUNDS).note
    assert pool_censored(YI, VI).note == ""


# What bounds do


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_a_set_that_shrinks_to_a_point_becomes_the_number(method):
    z, vi = -1.3, 0.07
    want = pool_censored([*YI, z * math.sqrt(vi)], [*VI, vi], tau2=method)
    gaps = []
    for half in (0.5, 0.05, 0.005):
        got = pool_censored(YI, VI, [Bound(((z - half, z + half),), vi)], tau2=method)
        gaps.append(max(abs(getattr(got, name) - getattr(want, name)) for name in NUMBERS))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-4


def test_a_set_that_is_almost_everything_tells_nothing():
    want, got = pool_censored(YI, VI), pool_censored(YI, VI, [Bound(((-100.0, math.inf),), 0.1)])
    for name in NUMBERS:
        assert getattr(got, name) == pytest.approx(getattr(want, name), abs=1e-5)
    assert got.weights[-1] == pytest.approx(0.0, abs=1e-9)


def test_bounds_pull_the_estimate_towards_them_and_count_for_less_than_numbers():
    plain = pool_censored(YI, VI)
    silent = pool_censored(YI, VI, [Bound.from_p(0.02, low=0.05)] * 3)
    significant = pool_censored(YI, VI, [Bound.from_p(0.2, high=0.05, direction=-1)] * 3)
    assert significant.estimate < plain.estimate < silent.estimate < 0.0
    for got in (silent, significant):
        assert 3.0 < got.k_effective < 6.0
        assert got.weights.sum() == pytest.approx(100.0)


def test_a_set_in_both_directions_leaves_the_direction_to_the_numbers():
    either, given_direction = (
        pool_censored(YI, VI, [Bound.from_p(0.02, high=0.05, direction=d)] * 3) for d in (None, -1)
    )
    assert either.estimate == pytest.approx(given_direction.estimate, abs=0.02)


def test_the_prediction_interval_holds_the_interval():
    for got in (pool_censored(YI, VI, BOUNDS), pool_censored(YI, VI, BOUNDS[:1])):
        assert got.pi_low <= got.ci_low < got.estimate < got.ci_high <= got.pi_high


def test_an_exact_p_value_of_unknown_direction_is_an_effect_of_either_sign():
    z, vi, width = float(stats.norm.isf(0.01)), 0.02, 1e-4
    got = pool_censored(YI, VI, [Bound.from_p(vi, low=0.02, high=0.02)], tau2="ML")
    either = sum(
        direct_likelihood(got.estimate, got.tau2, [*YI, sign * z * math.sqrt(vi)], [*VI, vi], ())
        for sign in (-1.0, 1.0)
    )
    assert got.log_likelihood == pytest.approx(math.log(either * width * math.sqrt(vi)), abs=1e-6)


# Invariances


effects = st.lists(st.tuples(st.floats(-2.0, 2.0), st.floats(0.01, 0.5)), min_size=2, max_size=5)
p_sets = st.sampled_from(
    [
        {"low": 0.05},
        {"high": 0.05, "direction": -1},
        {"high": 0.01, "direction": 1},
        {"direction": -1},
        {"low": 0.001, "high": 0.01},
    ]
)
bound_lists = st.lists(
    st.builds(
        lambda vi, df, p: Bound.from_p(vi, df=df, **p),
        st.floats(0.01, 0.5),
        st.sampled_from([14.0, math.inf]),
        p_sets,
    ),
    max_size=4,
)


def values(result) -> np.ndarray:
    assert result.estimable
    return np.array([getattr(result, name) for name in NUMBERS])


@settings(max_examples=15)
@given(effects, bound_lists, st.sampled_from([1e-3, 25.0]), st.sampled_from(["ML", "REML"]))
def test_unit_sign_and_order_do_not_matter(numeric, bounds, factor, method):
    yi, vi = np.array(numeric).T
    want = values(pool_censored(yi, vi, bounds, tau2=method))
    in_other_unit = pool_censored(
        yi * factor, vi * factor**2, [replace(b, vi=b.vi * factor**2) for b in bounds], tau2=method
    )
    powers = np.array([1, 1, 1, 1, 1, 1, 2, 2, 2])
    assert values(in_other_unit) / factor**powers == pytest.approx(want, rel=1e-5, abs=1e-6)

    mirrored = [replace(b, intervals=tuple((-hi, -lo) for lo, hi in reversed(b.intervals))) for b in bounds]
    estimate, se, ci_low, ci_high, pi_low, pi_high, *tau2s = want
    flipped = [-estimate, se, -ci_high, -ci_low, -pi_high, -pi_low, *tau2s]
    assert values(pool_censored(-yi, vi, mirrored, tau2=method)) == pytest.approx(flipped, rel=1e-5, abs=1e-6)

    turned = pool_censored(yi[::-1], vi[::-1], bounds[::-1], tau2=method)
    assert values(turned) == pytest.approx(want, rel=1e-5, abs=1e-6)


@settings(max_examples=15)
@given(effects, bound_lists)
def test_no_point_of_a_fine_grid_is_more_likely(numeric, bounds):
    yi, vi = np.array(numeric).T
    got = pool_censored(yi, vi, bounds, tau2="ML")
    grid = (
        direct_log_likelihood(mu, tau2, yi, vi, bounds)
        for mu in np.linspace(-3.0, 3.0, 31)
        for tau2 in (0.0, 0.003, 0.03, 0.1, 0.3, 1.0, 3.0)
    )
    assert got.log_likelihood >= max(grid) - 1e-8


@pytest.mark.parametrize("p", [1e-290, 1e-305, 1e-318, 1e-323])
def test_the_smallest_p_values_that_a_number_can_hold(p):
    """As the normal deviate of the p-value grows, the estimate moves on without a jump."""
    near = pool_censored(YI, VI, [Bound.from_p(0.1, high=p, direction=-1)])
    far = pool_censored(YI, VI, [Bound.from_p(0.1, high=p * 0.5, direction=-1)])
    assert math.isfinite(near.estimate)
    assert 0.0 < near.estimate - far.estimate < 0.02


def test_a_p_value_of_zero_is_refused():
    with pytest.raises(ValueError, match="high > 0"):
        Bound.from_p(0.1, low=0.0, high=0.0)
