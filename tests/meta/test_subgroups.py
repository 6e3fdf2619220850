"""Subgroup tests against R, RevMan's rule and hand calculation."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

from evidence import meta
from evidence.meta.pool import pool
from evidence.meta.regression import regress
from evidence.meta.subgroups import Subgroups, subgroups
from tests import oracle_data
from tests.meta.near import near, precision

CASES = [
    (name, measure)
    for name, measure in oracle_data.analyses()
    if "subgroup" in oracle_data.load(name)["analyses"][measure]
]


def in_order(result: Subgroups, groups: list[str]) -> list[int]:
    return [list(result.labels).index(group) for group in groups]


@pytest.mark.parametrize(("name", "measure"), CASES)
def test_metafor(name: str, measure: str) -> None:
    block = oracle_data.load(name)["analyses"][measure]
    y, v, want = block["yi"], block["vi"], block["subgroup"]
    members = [str(x) for x in want["grp"]]
    for method in ("EE", "DL", "REML"):
        options: dict[str, Any] = {"model": "common"} if method == "EE" else {"tau2": method}
        rtol, what = precision(method, v), f"{name} {measure} {method}"
        got = subgroups(y, v, members, ci="wald", **options)
        order = in_order(got, [str(x) for x in want["groups"]])
        own = want[method]
        near(got.estimate[order], own["b"], rtol, scale=own["se"], what=f"{what} b")
        near(got.se[order], own["se"], rtol, what=f"{what} se")
        near(got.tau2[order], own["tau2"], rtol, scale=1e-4, what=f"{what} tau2")
        near(got.k[order], own["k"], 0.0, what=f"{what} k")
        near([got.q, got.i2], [own["own_Q_between"], own["own_I2_between"]], rtol * 10, scale=1.0, what=what)
        near(
            [got.df, got.p_value],
            [own["own_df"], own["own_p"]],
            rtol * (10 + own["own_Q_between"]),
            what=what,
        )
        common, shared = (
            subgroups(y, v, members, ci="wald", common_tau2=True, **options),
            want[f"{method}_common_tau2"],
        )
        near(common.q, shared["QM"], rtol * 10, what=f"{what} QM")
        near(
            [common.df, common.p_value], [shared["df"], shared["QMp"]], rtol * (10 + shared["QM"]), what=what
        )
        near(common.tau2, np.full(len(order), shared["tau2"]), rtol, scale=1e-4, what=f"{what} common tau2")


Y = np.array([0.2, 0.5, -0.1, 0.9, 1.4, 0.6, 1.1])
V = np.array([0.04, 0.05, 0.03, 0.06, 0.09, 0.02, 0.05])
GROUPS = ["a", "a", "a", "b", "b", "b", "c"]


def test_revman_takes_the_scaled_standard_errors() -> None:
    """ENGINE rule: under HKSJ the chi-square over subgroup means uses HK-scaled SEs, Wald's where k = 1."""
    parts = [pool(Y[[0, 1, 2]], V[[0, 1, 2]]), pool(Y[[3, 4, 5]], V[[3, 4, 5]]), pool(Y[[6]], V[[6]])]
    mean, se = (np.array([getattr(p, field) for p in parts]) for field in ("estimate", "se"))
    assert se[2] == np.sqrt(0.05)
    weight = 1 / se**2
    want = (weight * (mean - np.average(mean, weights=weight)) ** 2).sum()
    got = subgroups(Y, V, GROUPS, convention="revman")
    near([got.q, got.p_value], [want, stats.chi2.sf(want, 2)], 1e-12)
    near(got.test_se, se, 1e-14)
    metafor = subgroups(Y, V, GROUPS)
    wald = subgroups(Y, V, GROUPS, ci="wald")
    near(metafor.q, wald.q, 1e-12)
    assert abs(metafor.q - got.q) > 0.01
    near(subgroups(Y, V, GROUPS, ci="wald", convention="revman").q, wald.q, 1e-12)


def test_revman_by_hand() -> None:
    """Two subgroups by hand: means 0 and 1, Hartung-Knapp variances q·v/k.

    Equal variances 0.04, two studies each, tau² fixed at 0: effects ∓0.1 about 0 give q = (0.1² + 0.1²)/0.04
    = 0.5 and variance 0.5 · 0.02 = 0.01; effects ∓0.2 about 1 give q = 2 and variance 0.04.
    Chi-square = 1²/(0.01 + 0.04) = 20; with Wald variances it would be 1/(0.02 + 0.02) = 25.
    """
    y, v = [-0.1, 0.1, 0.8, 1.2], [0.04] * 4
    assert subgroups(y, v, [0, 0, 1, 1], tau2=0.0, convention="revman").q == pytest.approx(20.0, rel=1e-12)
    assert subgroups(y, v, [0, 0, 1, 1], tau2=0.0).q == pytest.approx(25.0, rel=1e-12)


def test_equal_effects_in_a_subgroup() -> None:
    """A Hartung-Knapp standard error of 0 would make the weight infinite: Wald's is used, and said."""
    got = subgroups([0.3, 0.3, 0.1, 0.6], [0.05, 0.04, 0.05, 0.06], ["x", "x", "y", "y"], convention="revman")
    assert got.se[0] == 0.0
    near(got.test_se[0], np.sqrt(1 / 45.0), 1e-12)
    assert got.notes == (
        "All effects in subgroup x are equal, so its Hartung–Knapp standard error is 0; "
        "the test uses the Wald standard error.",
    )
    assert np.isfinite(got.q)
    assert subgroups(Y, V, GROUPS, convention="revman").notes == ()


def test_common_tau2_is_a_meta_regression() -> None:
    got = subgroups(Y, V, GROUPS, common_tau2=True)
    dummies = np.array([[g == "b", g == "c"] for g in GROUPS], dtype=float)
    fit = regress(Y, V, dummies)
    assert (got.q, got.df, got.df_denominator, got.p_value) == (fit.qm, 2, 4.0, fit.qm_p_value)
    means = fit.predict([[0, 0], [1, 0], [0, 1]])
    near(got.estimate, means["estimate"], 1e-12)
    near(got.ci_low, means["ci_low"], 1e-12)
    assert got.table().index.tolist() == ["a", "b", "c"]
    assert got.pools == ()


def test_separate_tau2_keeps_the_pools() -> None:
    got = subgroups(Y, V, GROUPS)
    assert [p.k for p in got.pools] == [3, 3, 1]
    assert got.table()["k"].tolist() == [3, 3, 1]
    assert np.isinf(got.df_denominator)


@pytest.mark.parametrize(
    ("groups", "options", "message"),
    [
        (["a"] * 7, {}, "only one subgroup"),
        (["a", "b"], {}, "groups has 2 entries but there are 7 effects"),
        (["a", "b", None, "a", "b", "a", "b"], {}, "groups is missing at position 2"),
        (list("abcdefg"), {"common_tau2": True}, "7 coefficients cannot be estimated"),
        (GROUPS, {"convention": "other"}, "convention"),
    ],
)
def test_refusals(groups: list[Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        subgroups(Y, V, groups, **options)


@settings(max_examples=25)
@given(st.integers(4, 12), st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from([1e-6, 1.0, 1e6]))
def test_order_sign_and_scale(k: int, seed: int, common: bool, factor: float) -> None:
    rng = np.random.default_rng(seed)
    y, v, order = rng.normal(size=k), rng.uniform(0.1, 2, k), rng.permutation(k)
    groups = np.array(["p", "q"])[np.arange(k) % 2]
    a = subgroups(y, v, groups, common_tau2=common, convention="revman")
    b = subgroups(
        -factor * y[order], factor**2 * v[order], groups[order], common_tau2=common, convention="revman"
    )
    near([b.q, b.p_value, b.i2], [a.q, a.p_value, a.i2], 1e-6, scale=1e-3)
    same = in_order(b, list(a.labels))
    near(-b.estimate[same] / factor, a.estimate, 1e-7, scale=a.se)


@pytest.mark.parametrize("convention", ["metafor", "revman"])
def test_mantel_haenszel_in_each_subgroup_with_the_test_by_hand(convention):
    a, b, c, d = np.array([[3, 17, 6, 14], [12, 28, 18, 22], [40, 60, 30, 70], [9, 41, 8, 42]]).T
    pools = [
        meta.mantel_haenszel("RR", a[i], b[i], c[i], d[i], convention=convention)
        for i in (slice(0, 2), slice(2, 4))
    ]
    found = meta.subgroups_of(dict(zip("xy", pools, strict=True)))
    w = np.array([p.se**-2 for p in pools])
    mean = w @ [p.estimate for p in pools] / w.sum()
    q = w @ (np.array([p.estimate for p in pools]) - mean) ** 2
    assert found.labels == ("x", "y")
    assert found.k.tolist() == [2, 2]
    assert (found.q, found.df) == (pytest.approx(q), 1)
