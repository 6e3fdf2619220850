"""What must hold for every meta-analysis, and what one and two studies give."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.meta import Pooled, pool
from tests.meta.near import near
from tests.meta.strategies import Studies, effects, studies, variances

ESTIMATORS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
INTERVALS = ("wald", "t", "HKSJ", "HKSJ-adhoc")

# How a field changes when yi is multiplied by c and vi by c^2
LENGTHS = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "wald_low",
    "wald_high",
    "adhoc_low",
    "adhoc_high",
)
SQUARES = ("tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high")
PURE = ("df", "p_value", "i2", "h2", "q", "q_p_value", "k", "hk_factor", "show_alternatives")

estimators = st.sampled_from(ESTIMATORS)
intervals = st.sampled_from(INTERVALS)


def assert_scaled(got: Pooled, want: Pooled, c: float, order: np.ndarray | None = None) -> None:
    """`got` is `want` in a unit that is 1/c as large, its studies in another order."""
    smallest = 1e-3 * float(want._data[1].min())
    for name in LENGTHS:
        near(getattr(got, name) / c, getattr(want, name), 1e-9, scale=math.sqrt(smallest), what=name)
    for name in SQUARES:
        near(getattr(got, name) / c**2, getattr(want, name), 1e-9, scale=smallest, what=name)
    for name in PURE:
        near(getattr(got, name), getattr(want, name), 1e-9, scale=1e-3, what=name)
    weights = want.weights if order is None else want.weights[order]
    near(got.weights, weights, 1e-9, scale=1e-3, what="weights")


@given(data=studies(), exponent=st.floats(-12, 12), estimator=estimators, ci=intervals)
def test_scale(data: Studies, exponent: float, estimator: str, ci: str) -> None:
    """In another unit everything is the same, from 1e-12 to 1e12."""
    y, v = data
    c = 10**exponent
    assert_scaled(pool(y * c, v * c**2, tau2=estimator, ci=ci), pool(y, v, tau2=estimator, ci=ci), c)


@given(data=studies(), estimator=estimators, ci=intervals, draw=st.data())
def test_order(data: Studies, estimator: str, ci: str, draw: st.DataObject) -> None:
    y, v = data
    order = np.array(draw.draw(st.permutations(range(y.size))))
    assert_scaled(
        pool(y[order], v[order], tau2=estimator, ci=ci), pool(y, v, tau2=estimator, ci=ci), 1, order
    )


@given(data=studies(), estimator=estimators, ci=intervals)
def test_sign(data: Studies, estimator: str, ci: str) -> None:
    y, v = data
    got, want = pool(-y, v, tau2=estimator, ci=ci), pool(y, v, tau2=estimator, ci=ci)
    for one, other in (
        ("estimate", "estimate"),
        ("ci_low", "ci_high"),
        ("pi_low", "pi_high"),
        ("statistic", "statistic"),
    ):
        assert getattr(got, one) == -getattr(want, other), one
    for name in ("se", *SQUARES, *PURE):
        near(getattr(got, name), getattr(want, name), 0, what=name)


@given(data=studies(), shift=st.integers(-5000, 5000), estimator=estimators)
def test_shift(data: Studies, shift: int, estimator: str) -> None:
    """A constant added to all effects moves the estimate and its intervals, and nothing else."""
    y, v = data
    got, want = pool(y + shift / 8, v, tau2=estimator), pool(y, v, tau2=estimator)
    size = 1e-3 * math.sqrt(v.min())
    for name in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high"):
        near(getattr(got, name) - shift / 8, getattr(want, name), 1e-8, scale=max(1.0, size), what=name)
    near(got.tau2, want.tau2, 1e-8, scale=float(v.min()))
    near(got.se, want.se, 1e-8)


@given(data=studies(), estimator=estimators)
def test_twice_the_same_studies(data: Studies, estimator: str) -> None:
    """Given tau2, every study twice is half the variance."""
    y, v = data
    tau2 = pool(y, v, tau2=estimator).tau2
    once = pool(y, v, tau2=tau2, ci="wald")
    twice = pool(np.tile(y, 2), np.tile(v, 2), tau2=tau2, ci="wald")
    near(twice.estimate, once.estimate, 1e-12, scale=once.se)
    near(twice.se, once.se / math.sqrt(2), 1e-12)


@given(y=st.lists(effects, min_size=2, max_size=12), variance=variances)
def test_equal_variances_make_the_estimators_meet(y: list[float], variance: float) -> None:
    """Then REML, DL, HE, PM and EB are the variance of the effects minus v, and ML divides by k."""
    k = len(y)
    v = np.full(k, variance)
    for estimator in ("REML", "DL", "HE", "PM", "EB"):
        expected = max(0.0, np.var(y, ddof=1) - variance)
        near(pool(y, v, tau2=estimator).tau2, expected, 1e-9, scale=variance, what=estimator)
    for estimator in ("ML", "HS"):
        near(pool(y, v, tau2=estimator).tau2, max(0.0, np.var(y) - variance), 1e-9, scale=variance)


@given(effect=effects, v=st.lists(variances, min_size=2, max_size=9), estimator=estimators, ci=intervals)
def test_identical_effects(effect: float, v: list[float], estimator: str, ci: str) -> None:
    got = pool([effect] * len(v), v, tau2=estimator, ci=ci)
    assert got.estimate == effect
    assert (got.tau2, got.q, got.i2, got.h2, got.hk_factor) == (0, 0, 0, 1, 0)
    assert (got.tau2_ci_low, got.tau2_ci_high, got.q_p_value) == (0, 0, 1)
    assert got.se == (0 if ci == "HKSJ" else pytest.approx(1 / math.sqrt(np.sum(1 / np.array(v)))))
    assert got.show_alternatives == (ci == "HKSJ")
    assert got.wider == "wald"
    if ci == "HKSJ":
        assert got.p_value == (0 if effect else 1)


@given(data=studies(min_size=3), estimator=st.sampled_from(("DL", "ML", "REML", "PM", "HS")))
def test_a_study_with_a_huge_variance_counts_for_nothing(data: Studies, estimator: str) -> None:
    y, v = data
    got = pool(np.append(y, 1.0), np.append(v, 1e14), tau2=estimator, ci="wald")
    assert got.weights[-1] < 1e-6
    without = pool(y, v, tau2=got.tau2, ci="wald")
    near(got.estimate, without.estimate, 1e-6, scale=without.se)
    near(got.se, without.se, 1e-6)


@given(data=studies(), estimator=estimators, level=st.sampled_from((0.5, 0.9, 0.95, 0.99)))
def test_intervals_among_themselves(data: Studies, estimator: str, level: float) -> None:
    y, v = data
    by = {ci: pool(y, v, tau2=estimator, ci=ci, level=level) for ci in INTERVALS}
    half = {ci: (got.ci_high - got.ci_low) / 2 for ci, got in by.items()}
    tiny = 1e-9 * half["t"]
    assert half["t"] >= half["wald"] - tiny
    assert half["HKSJ-adhoc"] >= max(half["t"], half["HKSJ"]) - tiny
    assert len({got.estimate for got in by.values()}) == 1
    hksj = by["HKSJ"]
    near([hksj.wald_low, hksj.wald_high], [by["wald"].ci_low, by["wald"].ci_high], 0)
    near([hksj.adhoc_low, hksj.adhoc_high], [by["HKSJ-adhoc"].ci_low, by["HKSJ-adhoc"].ci_high], 0)
    if abs(half["HKSJ"] - half["wald"]) > tiny:
        assert hksj.wider == ("HKSJ" if half["HKSJ"] > half["wald"] else "wald")
    if abs(hksj.hk_factor - 1) > 1e-6:
        assert hksj.show_alternatives == (hksj.hk_factor < 1 or y.size < 5)
    for got in by.values():
        assert got.pi_low <= got.ci_low + tiny and got.ci_high <= got.pi_high + tiny
        assert 0 <= got.i2 <= 100
        assert got.weights.sum() == pytest.approx(100)
    near(half["wald"], stats.norm.ppf((1 + level) / 2) * by["wald"].se, 1e-12)


@given(data=studies(), level=st.sampled_from((0.8, 0.95)))
def test_p_values_and_intervals_agree(data: Studies, level: float) -> None:
    """The interval at level L excludes 0 exactly where the p-value is below 1 - L."""
    y, v = data
    for ci in INTERVALS:
        got = pool(y, v, ci=ci, level=level)
        if abs(got.p_value - (1 - level)) > 1e-9:
            assert (got.ci_low > 0 or got.ci_high < 0) == (got.p_value < 1 - level)


@given(data=studies(), level=st.sampled_from((0.5, 0.9, 0.95)))
def test_q_profile_limits_solve_their_equation(data: Studies, level: float) -> None:
    """At the lower limit Q is the upper quantile of chi-squared, at the upper limit the lower one."""
    y, v = data
    got = pool(y, v, level=level)
    chi2 = stats.chi2(y.size - 1)
    for limit, quantile in ((got.tau2_ci_low, (1 + level) / 2), (got.tau2_ci_high, (1 - level) / 2)):
        w = 1 / (v + limit)
        q = float(w @ (y - w @ y / w.sum()) ** 2)
        if limit > 0:
            near(q, chi2.ppf(quantile), 1e-8)
        else:
            assert q <= chi2.ppf(quantile) * (1 + 1e-9)


def test_two_studies_by_hand() -> None:
    """REML is (d^2 - v1 - v2) / 2, the interval t with 1 degree of freedom."""
    y, v = [0.1, 0.7], [0.03, 0.05]
    got = pool(y, v)
    near(got.tau2, (0.6**2 - 0.03 - 0.05) / 2, 1e-12)
    w1, w2 = 1 / (0.03 + 0.14), 1 / (0.05 + 0.14)
    near(got.estimate, (w1 * 0.1 + w2 * 0.7) / (w1 + w2), 1e-12)
    near(got.hk_factor, w1 * w2 / (w1 + w2) * 0.6**2, 1e-12)
    near(got.ci_high - got.estimate, 12.706204736432095 * got.se, 1e-9)  # t(1) at 97.5 %
    assert got.show_alternatives and got.wider == "HKSJ"
    near(got.q, 0.6**2 / 0.08, 1e-12)
    # Q(tau2) = d^2 / (v1 + v2 + 2 tau2) and chi-squared(1) has the 2.5 % quantile 0.000982069117
    near(got.tau2_ci_high, (0.36 / 0.0009820691171752583 - 0.08) / 2, 1e-9)
    assert got.tau2_ci_low == 0


@pytest.mark.parametrize("ci", INTERVALS)
@pytest.mark.parametrize("convention", ["metafor", "revman"])
def test_one_study_has_its_own_wald_interval(ci: str, convention: str) -> None:
    got = pool([0.3], [0.04], ci=ci, convention=convention)
    near(
        [got.estimate, got.se, got.ci_low, got.ci_high],
        [0.3, 0.2, 0.3 - 1.959963984540054 * 0.2, 0.3 + 1.959963984540054 * 0.2],
        1e-12,
    )
    assert (got.k, got.tau2, got.i2, got.h2, got.q, got.q_df, got.q_p_value) == (1, 0, 0, 1, 0, 0, 1)
    assert math.isinf(got.df)
    assert math.isnan(got.tau2_se) and math.isnan(got.tau2_ci_low) and math.isnan(got.i2_ci_high)
    assert not got.show_alternatives
    assert got.weights.tolist() == [100]


def test_effects_that_are_all_zero() -> None:
    got = pool([0, 0, 0], [1, 2, 3])
    assert (got.estimate, got.se, got.statistic, got.p_value) == (0, 0, 0, 1)


class TestRevman:
    """RevMan's prediction interval follows the interval of the mean, and one study falls back to Wald."""

    y, v = np.array([-0.4, 0.1, 0.5, 1.2]), np.array([0.04, 0.1, 0.08, 0.2])

    def test_wald_has_a_normal_prediction_interval(self) -> None:
        got = pool(self.y, self.v, ci="wald", convention="revman")
        near(got.pi_high - got.estimate, 1.959963984540054 * math.hypot(math.sqrt(got.tau2), got.se), 1e-12)

    def test_hksj_has_a_t_prediction_interval(self) -> None:
        got = pool(self.y, self.v, prediction="k-2", convention="revman")
        near(got.pi_high, pool(self.y, self.v, prediction="k-1").pi_high, 0)

    def test_without_heterogeneity_wald_and_prediction_interval_are_one(self) -> None:
        """CD009532, analysis 1.4: at tau2 = 0 RevMan's prediction interval equals the confidence interval."""
        got = pool([0.1, 0.12, 0.09], [0.1, 0.2, 0.1], ci="wald", convention="revman")
        assert got.tau2 == 0
        near([got.pi_low, got.pi_high], [got.ci_low, got.ci_high], 1e-14)


@pytest.mark.parametrize(
    ("yi", "vi", "message"),
    [
        ([], [], "No studies to pool"),
        ([1, 2], [1], r"Unequal lengths \(yi: 2, vi: 1\)"),
        ([1, math.nan], [1, 1], "yi is missing at position 1"),
        ([1, 2], [1, math.nan], "vi is missing at position 1"),
        ([math.inf, 2], [1, 1], "yi is infinite at position 0"),
        ([1, 2], [1, math.inf], "vi is infinite at position 1"),
        ([1, 2, 3], [1, 0, -1], "vi must be above 0; it is not at position 1, 2"),
        ([[1, 2]], [[1, 2]], "yi must have one dimension"),
        (["a"], [1], "yi must be numbers"),
        ([1, 1e200], [1, 1], "change its unit"),
        ([1, 1], [1, 1e-60], "change the unit"),
    ],
)
@pytest.mark.parametrize("as_arrays", [True, False])
def test_what_is_refused(yi: list[Any], vi: list[Any], message: str, as_arrays: bool) -> None:
    with pytest.raises(ValueError, match=message):
        pool(*((np.array(yi), np.array(vi)) if as_arrays else (yi, vi)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tau2": "RML"}, "Unknown tau2='RML': use one of DL, HE, HS, SJ, ML, REML, EB, PM"),
        ({"tau2": -0.1}, "finite number of 0 or more"),
        ({"tau2": math.nan}, "finite number of 0 or more"),
        ({"ci": "HK"}, "Unknown ci='HK'"),
        ({"model": "fixed"}, "Unknown model='fixed'"),
        ({"prediction": "k-3"}, "Unknown prediction='k-3'"),
        ({"level": 95}, "level must lie between 0 and 1"),
        ({"convention": "stata"}, "Unknown convention='stata'"),
    ],
)
def test_unknown_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool([1, 2], [1, 2], **options)


def test_a_result_keeps_what_it_was_computed_from() -> None:
    """The Q-profile interval is computed when it is asked for: not from arrays that changed in between."""
    y, v = np.array([0.1, 0.5, 1.2]), np.array([0.1, 0.1, 0.1])
    want = pool(y.copy(), v.copy()).tau2_ci_high
    got = pool(y, v)
    y *= 3
    v /= 7
    assert got.tau2_ci_high == want
    with pytest.raises(AttributeError):
        got.estimate = 1.0  # type: ignore[misc]


def test_what_a_masked_array_masks_is_missing():
    yi = np.ma.array([0.1, 0.2, 9.0], mask=[False, False, True])
    with pytest.raises(ValueError, match="yi is missing at position 2"):
        pool(yi, [0.1, 0.1, 0.1])


def test_true_is_no_tau2():
    with pytest.raises(ValueError, match="tau2 must be an estimator or a finite number"):
        pool([0.1, 0.2], [0.1, 0.1], tau2=True)
