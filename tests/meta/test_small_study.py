"""Tests for small-study effects against metafor's `regtest` and `ranktest` and base R's `lm`."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from evidence.meta.residual_heterogeneity import log_likelihood
from evidence.meta.small_study import AsymmetryRegression, begg, egger, harbord, peters
from tests import oracle_data
from tests.meta.near import near, precision

BIAS = [
    (name, measure)
    for name, measure in oracle_data.analyses()
    if isinstance(oracle_data.load(name)["analyses"][measure].get("bias"), dict)
    and oracle_data.load(name)["analyses"][measure]["bias"]
]


def data(name: str, measure: str) -> tuple[np.ndarray, np.ndarray, Any, dict[str, Any]]:
    block = oracle_data.load(name)["analyses"][measure]
    ni = block.get("ni")
    return block["yi"], block["vi"], ni if isinstance(ni, np.ndarray) else None, block["bias"]


def predictor(name: str, v: np.ndarray, ni: Any) -> np.ndarray:
    if name in ("sei", "vi"):
        return np.sqrt(v) if name == "sei" else v
    return {"ni": ni, "ninv": 1 / ni, "sqrtni": np.sqrt(ni), "sqrtninv": ni**-0.5}[name]


def identical(y: np.ndarray) -> bool:
    return bool(np.ptp(y) == 0.0)


@pytest.mark.parametrize(("name", "measure"), BIAS)
def test_regression_test_with_heterogeneity(name: str, measure: str) -> None:
    y, v, ni, bias = data(name, measure)
    for key, tests in bias["regtest_rma"].items():
        method = key.removesuffix("_knha")
        tau2 = 0.0 if method == "EE" else method
        interval = "HKSJ" if key.endswith("_knha") else "wald"
        for p, want in tests.items():
            what = f"{name} {measure} {key} {p}"
            if np.ptp(predictor(p, v, ni)) == 0.0:
                with pytest.raises(ValueError, match="same value in every study"):
                    egger(y, v, predictor=p, ni=ni, model="rma", tau2=tau2, ci=interval)
                assert oracle_data.failed(want)
                continue
            got = egger(y, v, predictor=p, ni=ni, model="rma", tau2=tau2, ci=interval)
            if oracle_data.failed(want):  # metafor takes a predictor of small values for a constant one
                assert "rank" in want["error"], what
                compare_with_least_squares(got, y, v, predictor(p, v, ni), what)
                continue
            if identical(y):  # the reference is the ratio of two rounding errors
                assert (got.slope, got.statistic, got.p_value) == (0.0, 0.0, 1.0), what
                near(got.intercept, want["est"], 1e-12, what=what)
                continue
            reference = bias["regtest_rma"][method][p]["tau2"]
            if abs(got.tau2 - reference) > 1e-7 * reference + 1e-11:
                assert_higher_maximum(got, reference, y, v, predictor(p, v, ni), method, what)
            else:
                compare(got, want, precision(method, v), what)


def compare(got: AsymmetryRegression, want: dict[str, Any], rtol: float, what: str) -> None:
    statistic = want["zval"] if "zval" in want else want["tval"]
    near(got.statistic, statistic, rtol, scale=1.0, what=f"{what} statistic")
    near(got.p_value, want["pval"], rtol * (10 + statistic**2), what=f"{what} pval")
    near(got.df if np.isfinite(got.df) else np.nan, want["dfs"], 0.0, what=f"{what} dfs")
    limits = (got.limit, got.limit_ci_low, got.limit_ci_high)
    near([np.nan if x is None else x for x in limits], [want[x] for x in ("est", "ci_lb", "ci_ub")], rtol,
         scale=got.intercept_se, what=f"{what} limit")  # fmt: skip
    if "b" in want:
        se = want["se"]
        near([got.intercept, got.slope], want["b"], rtol, scale=se, what=f"{what} b")
        near([got.intercept_se, got.slope_se], se, rtol, what=f"{what} se")
        near(got.tau2, want["tau2"], rtol, scale=1e-4, what=f"{what} tau2")


def compare_with_least_squares(
    got: AsymmetryRegression, y: np.ndarray, v: np.ndarray, x: np.ndarray, what: str
) -> None:
    """The weighted mean and the weighted covariance give the coefficients that metafor refuses to compute."""
    w = 1.0 / (v + got.tau2)
    w = w / w.sum()
    centred = x - w @ x
    slope = (w * centred) @ y / ((w * centred) @ centred)
    near([got.intercept, got.slope], [w @ (y - slope * x), slope], 1e-9, scale=got.intercept_se, what=what)


def assert_higher_maximum(
    got: AsymmetryRegression,
    other: float,
    y: np.ndarray,
    v: np.ndarray,
    x: np.ndarray,
    method: str,
    what: str,
) -> None:
    """metafor may stop at a lower local maximum of the likelihood; ours must be higher."""
    assert method in ("ML", "REML"), what
    design = np.column_stack([np.ones(len(y)), x])
    ours, theirs = log_likelihood(y, design, v, np.array([got.tau2, other]), method)
    assert ours > theirs + 1e-6, what


@pytest.mark.parametrize(("name", "measure"), BIAS)
def test_egger_by_weighted_least_squares(name: str, measure: str) -> None:
    y, v, ni, bias = data(name, measure)
    for p, want in bias["regtest_lm_egger"].items():
        what = f"{name} {measure} lm {p}"
        if oracle_data.failed(want):
            with pytest.raises(ValueError, match="same value in every study"):
                egger(y, v, predictor=p, ni=ni)
        elif identical(y):  # the reference is the ratio of two rounding errors
            got = egger(y, v, predictor=p, ni=ni)
            assert (got.statistic, got.p_value, got.slope_se) == (0.0, 1.0, 0.0), what
        else:
            compare(egger(y, v, predictor=p, ni=ni), want, 1e-10, what)


@pytest.mark.parametrize(("name", "measure"), BIAS)
def test_rank_test(name: str, measure: str) -> None:
    y, v, _, bias = data(name, measure)
    for key, exact in (("ranktest", True), ("ranktest_asymptotic", False)):
        got, want = begg(y, v, exact=exact), bias[key]
        undefined = np.isnan(want["tau"])
        assert (got.tau is None) == undefined
        if undefined:
            assert identical(y) or np.ptp(v) == 0.0
        else:
            near([got.tau, got.p_value], [want["tau"], want["pval"]], 1e-10, what=f"{name} {measure} {key}")


@pytest.mark.parametrize("name", oracle_data.names("binary"))
def test_peters_and_harbord(name: str) -> None:
    block = oracle_data.load(name)
    raw = block["raw"]
    table = (raw["ai"], raw["n1i"] - raw["ai"], raw["ci"], raw["n2i"] - raw["ci"])
    # `macaskill` in the reference is not offered: Peters' test is its improvement.
    for key, function in (("peters", peters), ("harbord", harbord)):
        got, want = function(*table), block["own_bias_binary"][key]
        near([got.intercept, got.slope, got.statistic], [want["intercept"], want["slope"], want["t"]], 1e-10,
             scale=[got.intercept_se, got.slope_se, 1.0], what=f"{name} {key}")  # fmt: skip
        near([got.intercept_se, got.slope_se], [want["intercept_se"], want["slope_se"]], 1e-10)
        near([got.p_value, got.df], [want["p"], want["df"]], 1e-9)


def test_egger_is_the_intercept_of_his_regression() -> None:
    """Egger et al. (1997) regress yi/sei on 1/sei without weights: the intercept is the slope here."""
    block = oracle_data.load("dat.egger2001")["analyses"]["OR"]
    y, s = block["yi"], np.sqrt(block["vi"])
    line = np.column_stack([1 / s, np.ones(len(s))])
    coefficient, rss = np.linalg.lstsq(line, y / s, rcond=None)[:2]
    se = np.sqrt(rss / (len(y) - 2) * np.diagonal(np.linalg.inv(line.T @ line)))
    got = egger(y, s**2)
    near([got.slope, got.slope_se], [coefficient[1], se[1]], 1e-10)
    near([got.limit, got.intercept_se], [coefficient[0], se[0]], 1e-10)


def test_exact_p_by_enumeration() -> None:
    """With 4 studies, all 24 orders are equally likely; the p-value counts those at least as extreme."""
    y, v = np.array([0.1, 0.9, 0.3, 1.2]), np.array([0.01, 0.2, 0.05, 0.1])
    got = begg(y, v)
    w = 1 / v
    deviate = (y - w @ y / w.sum()) / np.sqrt(v - 1 / w.sum())
    ranks = np.argsort(np.argsort(deviate))[np.argsort(v)]

    def agreement(order: Any) -> int:
        return sum(1 if a < b else -1 for a, b in itertools.combinations(order, 2))

    observed = agreement(ranks)
    counts = [abs(agreement(p)) >= abs(observed) for p in itertools.permutations(range(4))]
    near([got.tau, got.p_value], [observed / 6, np.mean(counts)], 1e-14)
    assert got.exact


def test_the_limit_of_ten_studies_is_stated() -> None:
    rng = np.random.default_rng(3)
    y, v = rng.normal(size=10), rng.uniform(0.1, 1, 10)
    for test in (egger, begg):
        assert test(y, v).note is None
        note = test(y[:9], v[:9]).note
        assert note is not None
        assert "Only 9 studies" in note
        assert "13.3.5.4" in note
    events = np.full((4, 9), 10.0) + np.arange(36).reshape(4, 9)
    for test in (peters, harbord):
        assert "Only 9 studies" in (test(*events).note or "")


def test_ties_are_not_exact_and_no_order_is_no_test() -> None:
    y, v = [0.1, 0.4, 0.2, 0.5], [0.1, 0.1, 0.2, 0.3]
    assert not begg(y, v).exact
    flat = begg([0.1, 0.2, 0.4], [0.5, 0.5, 0.5])
    assert (flat.tau, flat.p_value) == (None, None)
    assert "All variances are equal" in (flat.note or "")
    assert "All effects are equal" in (begg([0.1] * 3, [0.3, 0.5, 0.7]).note or "")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: egger([0.1, 0.2], [1, 2]),
            "2 coefficients cannot be estimated with intervals from 2 studies",
        ),
        (lambda: egger([0.1, 0.2, 0.3], [1, 2, 3], predictor="ninv"), "give ni"),
        (lambda: egger([0.1, 0.2, 0.3], [1, 2, 3], predictor="n"), "predictor must be one of"),
        (lambda: egger([0.1, 0.2, 0.3], [1, 2, 3], predictor="ni", ni=[1, 2]), "Unequal lengths"),
        (lambda: egger([0.1, 0.2, 0.3], [1, 2, 3], predictor="ni", ni=[5, 0, 2]), "ni must be positive"),
        (lambda: egger([0.1, 0.2, 0.3], [1, 2, 3], model="x"), 'model must be "lm" or "rma"'),
        (lambda: egger([0.1, 0.2, 0.3], [2, 2, 2]), "same value in every study"),
        (lambda: begg([0.1, 0.2], [1, 2]), "at least 3 studies; got 2"),
        (lambda: peters([1, -1], [1, 1], [1, 1], [1, 1]), "ai must be"),
        (lambda: harbord([0, 0, 0], [9, 9, 9], [0, 0, 0], [9, 9, 9]), "no studies"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=30)
@given(st.integers(3, 12), st.integers(0, 2**32 - 1), st.sampled_from([1e-9, 0.1, 1e9]))
def test_order_sign_and_scale(k: int, seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    y, v, ni = rng.normal(size=k), rng.uniform(0.1, 2, k), rng.integers(10, 500, k).astype(float)
    order = rng.permutation(k)
    for p in ("sei", "sqrtninv"):
        a = egger(y, v, predictor=p, ni=ni)
        b = egger(-factor * y[order], factor**2 * v[order], predictor=p, ni=ni[order])
        near(b.statistic, -a.statistic, 1e-8, scale=1.0)
        near(b.p_value, a.p_value, 1e-7)
        near(-b.intercept / factor, a.intercept, 1e-8, scale=a.intercept_se)
    a, b = begg(y, v), begg(-factor * y[order], factor**2 * v[order])
    near([b.tau, b.p_value], [-a.tau, a.p_value], 1e-12, scale=1e-9)
