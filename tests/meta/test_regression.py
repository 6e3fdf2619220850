"""Meta-regression against metafor, against hand calculation, and by its invariants."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from evidence.meta.design import design_matrix
from evidence.meta.pool import pool
from evidence.meta.regression import Regression, regress
from evidence.meta.residual_heterogeneity import log_likelihood, search_limit
from tests import oracle_data
from tests.meta.near import near, precision

ESTIMATORS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
INTERVAL = {"z": "wald", "t": "t", "knha": "HKSJ"}
MODELS = [
    (name, measure, formula)
    for name, measure in oracle_data.analyses()
    for formula in oracle_data.load(name)["analyses"][measure].get("metareg", {})
]


def fit_like(method: str, interval: str, y: Any, v: Any, mods: Any) -> Regression:
    if method == "EE":
        return regress(y, v, mods, model="common", ci=interval)
    return regress(y, v, mods, tau2=method, ci=interval)


def conditioned(x: np.ndarray) -> float:
    """Relative error of a solution by normal equations, as metafor's, for columns of unit length."""
    return float(np.linalg.cond(x / np.sqrt((x**2).sum(0))) ** 2 * 2e-14)


@pytest.mark.parametrize(("name", "measure", "formula"), MODELS)
def test_metafor(name: str, measure: str, formula: str) -> None:
    block = oracle_data.load(name)["analyses"][measure]["metareg"][formula]
    y, v, x = block["yi"], block["vi"], block["X"]
    fits = {key: value for key, value in block.items() if key.split("_")[-1] in INTERVAL}
    assert len(fits) >= 22
    for key, want in fits.items():
        method, test = key.split("_")
        got = fit_like(method, INTERVAL[test], y, v, x[:, 1:])
        rtol = max(precision(method, v), conditioned(x))
        if method in ("ML", "REML") and abs(got.tau2 - want["tau2"]) > 1e-7 * want["tau2"] + 1e-11:
            ours, theirs = log_likelihood(y, x, v, np.array([got.tau2, want["tau2"]]), method)
            assert ours > theirs + 1e-6, f"{name} {measure} {key}"  # metafor is at a lower maximum
            continue
        compare(got, want, rtol, method, f"{name} {measure} {formula} {key}")
        if key == "REML_z":
            compare_predictions(got, want, rtol)


# Not compared: `vt`, the typical variance, from which I² and H² follow; `columns`, `formula`: the question.
def compare(got: Regression, want: dict[str, Any], rtol: float, method: str, what: str) -> None:
    se = want["se"]
    near(got.estimate, want["b"], rtol, scale=se, what=f"{what} b")
    near(got.se, se, rtol, what=f"{what} se")
    near(got.statistic, want["zval"], rtol, scale=1.0, what=f"{what} zval")
    near(got.p_value, want["pval"], rtol * (10 + np.max(want["zval"] ** 2)), what=f"{what} pval")
    near(got.ci_low, want["ci_lb"], rtol, scale=se, what=f"{what} ci_lb")
    near(got.ci_high, want["ci_ub"], rtol, scale=se, what=f"{what} ci_ub")
    near(got.scale, want["s2w"], rtol, what=f"{what} s2w")
    near(got.qm, want["QM"], rtol, scale=1.0, what=f"{what} QM")
    near(got.qm_p_value, want["QMp"], rtol * (10 + got.qm_df * want["QM"]), what=f"{what} QMp")
    near([got.qm_df, got.df if np.isfinite(got.df) else np.nan], want["QMdf"], 0.0, what=f"{what} QMdf")
    assert (got.k, got.design.shape[1]) == (want["k"], want["p"])
    near(got.qe, want["QE"], rtol, what=f"{what} QE")
    near(got.qe_p_value, want["QEp"], rtol * (10 + want["QE"]), what=f"{what} QEp")
    near(got.tau2, want["tau2"], rtol, scale=1e-4, what=f"{what} tau2")
    near(got.i2, want["I2"], rtol, scale=100.0, what=f"{what} I2")
    near(got.h2, want["H2"], rtol, what=f"{what} H2")
    near(got.log_likelihood, want["logLik"], rtol, scale=1.0, what=f"{what} logLik")
    if method != "EE":
        near(got.tau2_se, want["se_tau2"], rtol, what=f"{what} se_tau2")


def compare_predictions(got: Regression, want: dict[str, Any], rtol: float) -> None:
    low, high = want["tau2_QP"][1:]
    near(got.tau2_ci_low, low, rtol, scale=1e-4, what="tau2_QP")
    if high == 100.0:  # metafor's search ends there
        assert got.tau2_ci_high > 100.0
    else:
        near(got.tau2_ci_high, high, rtol, scale=1e-4, what="tau2_QP")
    if regress(got.yi, got.vi).tau2 < 1e-10:  # the reference is the ratio of two rounding errors
        assert got.r2 == 0.0
    else:
        near(got.r2, want["R2"], rtol, scale=100.0, what="R2")
    near(got.fitted, want["fitted"], rtol, scale=want["predict"]["se"], what="fitted")
    table = got.predict()
    columns = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
    for column, key in zip(columns, ("pred", "se", "ci_lb", "ci_ub", "pi_lb", "pi_ub"), strict=True):
        near(table[column], want["predict"][key], rtol, scale=want["predict"]["se"], what=key)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_without_moderators_it_is_pool(estimator: str) -> None:
    for name, measure in oracle_data.analyses():
        block = oracle_data.load(name)["analyses"][measure]
        y, v = block["yi"], block["vi"]
        if len(y) < 2:
            continue
        a, b = regress(y, v, tau2=estimator), pool(y, v, tau2=estimator)
        near(a.tau2, b.tau2, 1e-9, scale=1e-10 * float(v.min()), what=f"{name} {measure} tau2")
        for field in ("estimate", "se", "ci_low", "ci_high"):
            near(getattr(a, field), getattr(b, field), 1e-10, scale=b.se, what=f"{name} {measure} {field}")
        near([a.qe, a.i2, a.h2], [b.q, b.i2, b.h2], 1e-10, scale=[1e-3, 1.0, 0.0], what=f"{name} {measure}")


def regressions() -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Every reference data set with every design the reference has, and with its standard errors."""
    sets = []
    for name, measure in oracle_data.analyses():
        block = oracle_data.load(name)["analyses"][measure]
        y, v = block["yi"], block["vi"]
        if len(y) > 2 and np.ptp(v) > 0:
            sets.append((f"{name} {measure} sei", y, v, np.column_stack([np.ones(len(y)), np.sqrt(v)])))
        for formula, model in block.get("metareg", {}).items():
            sets.append((f"{name} {formula}", model["yi"], model["vi"], model["X"]))
    return sets


def assert_global(y: Any, v: Any, x: Any, estimator: str, what: str) -> None:
    got = regress(y, v, x[:, 1:], tau2=estimator).tau2
    limit = max(search_limit(y, x, v), float(v.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-6 * limit, 2.0 * limit, 1999)])
    best = log_likelihood(y, x, v, grid, estimator).max()
    assert log_likelihood(y, x, v, got, estimator)[0] >= best - 1e-9, what


@pytest.mark.parametrize("estimator", ["ML", "REML"])
def test_highest_likelihood_on_reference_data(estimator: str) -> None:
    for what, y, v, x in regressions():
        assert_global(y, v, x, estimator, what)


@pytest.mark.parametrize("estimator", ["ML", "REML"])
def test_highest_likelihood_on_synthetic_data(estimator: str) -> None:
    rng = np.random.default_rng(20)
    for i in range(60):
        k = int(rng.integers(4, 15))
        v = 10 ** rng.uniform(-3, 1, k)
        y = rng.normal(0, np.sqrt(v + 10 ** rng.uniform(-3, 1)))
        x = np.column_stack([np.ones(k), rng.normal(size=k)])
        assert_global(y, v, x, estimator, f"synthetic {i}")


def test_a_likelihood_with_two_maxima() -> None:
    """metafor's `regtest` stops at the lower one (tau² = 0) on Egger's magnesium trials."""
    block = oracle_data.load("dat.egger2001")["analyses"]["OR"]
    y, v = block["yi"], block["vi"]
    x = np.column_stack([np.ones(len(y)), v])
    found = regress(y, v, v, tau2="ML").tau2
    reference = block["bias"]["regtest_rma"]["ML"]["vi"]["tau2"]
    assert reference == 0.0
    heights = log_likelihood(y, x, v, np.array([found, 1e-4, reference]), "ML")
    assert heights[0] > heights[2] > heights[1]


def test_two_groups_by_hand() -> None:
    """Common effect: group means 1 and 3, each with variance 0.25, so the difference is 2 with 0.5."""
    y, v, group = [0.5, 1.5, 2.0, 4.0], [0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1]
    fit = regress(y, v, pd.DataFrame({"drug": group}), model="common", ci="wald")
    assert fit.names == ("intercept", "drug")
    near(fit.estimate, [1.0, 2.0], 1e-14)
    near(fit.se, [0.5, np.sqrt(0.5)], 1e-14)
    near([fit.qm, fit.qe], [2.0**2 / 0.5, (0.25 + 0.25) / 0.5 + (1 + 1) / 0.5], 1e-14)
    near(fit.table().loc["drug", "statistic"], 2.0 / np.sqrt(0.5), 1e-14)
    # Knapp-Hartung: weighted mean square of the residuals is 5/2, on 2 degrees of freedom.
    scaled = regress(y, v, group, model="common", ci="HKSJ")
    near(scaled.se, np.sqrt(2.5) * np.array([0.5, np.sqrt(0.5)]), 1e-14)
    near([scaled.qm, scaled.df], [8.0 / 2.5, 2.0], 1e-14)
    near(fit.predict([[0.5]])[["estimate", "se"]].to_numpy(), [2.0, np.sqrt(0.125)], 1e-14)


def test_a_year_keeps_its_digits() -> None:
    """Residual Q in exact rational arithmetic; metafor's normal equations are off by 6e-11 here."""
    block = oracle_data.load("dat.bcg")["analyses"]["RR"]["metareg"]["ablat_year"]
    y, w = [Fraction(t) for t in block["yi"]], [1 / Fraction(t) for t in block["vi"]]
    x = [[Fraction(t) for t in row] for row in block["X"]]
    rows = [
        [sum(q * r[i] * r[j] for q, r in zip(w, x, strict=True)) for j in range(3)]
        + [sum(q * r[i] * t for q, r, t in zip(w, x, y, strict=True))]
        for i in range(3)
    ]
    for i in range(3):  # Gauss-Jordan elimination
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in {0, 1, 2} - {i}:
            rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    beta = [row[3] for row in rows]
    exact = sum(
        q * (t - sum(b * e for b, e in zip(beta, r, strict=True))) ** 2
        for q, r, t in zip(w, x, y, strict=True)
    )
    got = regress(block["yi"], block["vi"], block["X"][:, 1:], model="common", ci="wald")
    near(got.qe, float(exact), 1e-13)
    near(got.estimate, [float(b) for b in beta], 1e-12)
    assert abs(block["EE_z"]["QE"] / float(exact) - 1) > 1e-11


def test_identical_effects_have_no_slope() -> None:
    fit = regress([0.25] * 5, [0.01, 0.02, 0.03, 0.04, 0.05], [1, 2, 3, 4, 5])
    assert fit.tau2 == 0.0
    assert (fit.estimate[1], fit.statistic[1], fit.p_value[1]) == (0.0, 0.0, 1.0)
    near(fit.estimate[0], 0.25, 1e-14)
    assert (fit.qm, fit.qm_p_value) == (0.0, 1.0)


def test_identical_effects_have_no_slope_on_moderators_that_nearly_repeat_each_other() -> None:
    """Rounding is then larger than elsewhere; over a standard error of 0 it was a statistic of infinity."""
    x = np.array([2005.0, 2011.0, 1998.0, 2007.0, 2002.0, 2009.0])
    z = x + 1e-5 * np.array([1.0, -2.0, 0.5, 3.0, -1.0, 0.0])
    fit = regress([0.94] * 6, [0.2, 0.01, 0.5, 0.03, 0.09, 0.3], np.column_stack([x, z]))
    assert fit.statistic[1:].tolist() == [0.0, 0.0]
    assert (fit.qm, fit.qm_p_value) == (0.0, 1.0)
    near(fit.estimate[0], 0.94, 1e-9)


def test_as_many_studies_as_coefficients() -> None:
    with pytest.raises(ValueError, match="2 coefficients cannot be estimated with intervals from 2 studies"):
        regress([0.1, 0.7], [0.03, 0.05], [1, 2])
    fit = regress([0.1, 0.7], [0.03, 0.05], [1, 2], model="common", ci="wald")
    near(fit.estimate, [-0.5, 0.6], 1e-13)
    near(fit.qm, 4.5, 1e-12)  # 0.6² / (0.03 + 0.05)
    assert (fit.qe_df, fit.qe_p_value) == (0, 1.0)


def projection(x: list[list[Fraction]], w: list[Fraction]) -> list[list[Fraction]]:
    """P = W − WX(X'WX)⁻¹X'W of an intercept and one moderator."""
    k = range(len(w))
    a, b, c = (sum(w[i] * x[i][0] ** (2 - n) * x[i][1] ** n for i in k) for n in range(3))
    inner = [[c, -b], [-b, a]]  # the inverse of X'WX, times its determinant
    det = a * c - b * b
    return [
        [
            w[i] * (i == j)
            - w[i] * w[j] * sum(x[i][m] * inner[m][n] * x[j][n] for m in (0, 1) for n in (0, 1)) / det
            for j in k
        ]
        for i in k
    ]


@pytest.mark.parametrize("v", [[0.78, 0.42, 6e-12], [2.4e-5, 0.64, 1.2e-13], [0.3, 2e-10, 0.1, 0.2]])
def test_one_tiny_variance_by_fractions(v: list[float]) -> None:
    """Differences from the whole lost the heterogeneity's standard error, or gave NaN."""
    y, m = [-0.54, 1.33, -1.36, 0.4][: len(v)], [0.12, 1.52, -0.0015, 0.7][: len(v)]
    x = [[Fraction(1), Fraction(each)] for each in m]
    p = projection(x, [1 / Fraction(each) for each in v])
    k, df = range(len(v)), len(v) - 2
    q = sum(p[i][j] * Fraction(y[i]) * Fraction(y[j]) for i in k for j in k)
    moment = max(Fraction(0), (q - df) / sum(p[i][i] for i in k))
    near(regress(y, v, m, tau2="DL", ci="wald").tau2, float(moment), 1e-9, scale=min(v))
    fit = regress(y, v, m, tau2="REML", ci="wald")
    near(fit.qe, float(q), 1e-8)
    p = projection(x, [1 / (Fraction(each) + Fraction(fit.tau2)) for each in v])
    near(fit.tau2_se, float(2 / sum(p[i][j] ** 2 for i in k for j in k)) ** 0.5, 1e-8)


def test_one_huge_variance_is_as_if_left_out() -> None:
    y, v, m = np.array([0.2, -0.1, 0.5, 0.3, 9.0]), np.array([0.02, 0.03, 0.01, 0.04, 1e16]), np.arange(5.0)
    every, four = (
        regress(y, v, m, tau2="DL", ci="wald"),
        regress(y[:4], v[:4], m[:4], model="common", ci="wald"),
    )
    near(regress(y, v, m, model="common", ci="wald").estimate, four.estimate, 1e-9)
    assert np.isfinite(every.estimate).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.1, np.nan, 0.2], [1, 1, 1], [1, 2, 3]), "yi must be finite"),
        (([0.1, 0.3, 0.2], [1, 0, 1], [1, 2, 3]), "vi must be positive"),
        (([0.1, 0.3], [1, 1, 1], [1, 2, 3]), "Unequal lengths"),
        (([], [], None), "no studies"),
        (([0.1, 0.3, 0.2], [1, 1, 1], [1, 2]), "2 rows but there are 3 effects"),
        (([0.1, 0.3, 0.2], [1, 1, 1], [1, np.nan, 2]), "missing or not finite in row 1"),
        (([0.1, 0.3, 0.2], [1, 1, 1], [2010, 2010, 2010]), "same value in every study"),
        (([0.1, 0.3, 0.2, 0], [1, 1, 1, 1], [[1, 2], [2, 4], [3, 6], [5, 10]]), "mod2 can be computed"),
        (([0.1, 0.3, 0.2], [1, 1, 1], pd.DataFrame({"route": ["iv", "iv", "oral"]})), "route is not"),
    ],
)
def test_refusals(arguments: tuple[Any, Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        regress(*arguments)


def test_more_moderators_than_studies_is_refused() -> None:
    with pytest.raises(ValueError, match="linearly dependent"):
        regress([1, 2, 3], [1, 1, 1], np.random.default_rng(1).normal(size=(3, 4)))


def test_refused_options() -> None:
    y, v, m = [0.1, 0.3, 0.2, 0.4], [1, 1, 1, 1], [1, 2, 3, 5]
    for bad in ({"tau2": "XX"}, {"tau2": -1.0}, {"ci": "z"}, {"model": "fixed"}, {"level": 1.5}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            regress(y, v, m, **bad)
    with pytest.raises(ValueError, match="2 columns; the model has 1"):
        regress(y, v, m).predict([[1, 2]])
    with pytest.raises(ValueError, match="lacks the moderators dose"):
        regress(y, v, pd.DataFrame({"dose": m})).predict(pd.DataFrame({"other": [1]}))


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and a moderator of 5 to 9 studies."""
    k = draw(st.integers(5, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = draw(st.sampled_from([0.0, 0.3, 3.0]))
    v = 10 ** rng.uniform(-2, 0.5, k)
    return rng.normal(0, np.sqrt(v + spread)), v, rng.normal(size=k)


@settings(max_examples=25)
@given(problems(), st.sampled_from(ESTIMATORS), st.sampled_from([1e-12, 1e-3, 1e12]))
def test_scale_sign_order_and_units(problem: Any, estimator: str, factor: float) -> None:
    """yi·c, vi·c² gives tau²·c²; order of studies, unit and origin of a moderator do not matter."""
    y, v, m = problem
    fit = regress(y, v, m, tau2=estimator)
    size = float(v.min())
    scaled = regress(-factor * y, factor**2 * v, m, tau2=estimator)
    near(scaled.tau2 / factor**2, fit.tau2, 1e-9, scale=1e-3 * size)
    near(-scaled.estimate / factor, fit.estimate, 1e-8, scale=fit.se)
    near(scaled.p_value, fit.p_value, 1e-7)
    order = np.argsort(m)
    sorted_fit = regress(y[order], v[order], m[order], tau2=estimator)
    near(sorted_fit.tau2, fit.tau2, 1e-9, scale=1e-3 * size)
    near(sorted_fit.se, fit.se, 1e-8)
    moved = regress(y, v, 2000.0 + 10.0 * m, tau2=estimator)
    near(moved.tau2, fit.tau2, 1e-8, scale=1e-3 * size)
    near(moved.estimate[1] * 10.0, fit.estimate[1], 1e-7, scale=fit.se[1])
    near(moved.qm, fit.qm, 1e-7, scale=1e-3)


@settings(max_examples=25)
@given(problems(), st.floats(0.01, 5.0))
def test_equal_variances(problem: Any, variance: float) -> None:
    """With equal variances the estimators meet: tau² is the residual mean square less the variance, or 0."""
    y, _, m = problem
    v = np.full(len(y), variance)
    x = design_matrix(m, len(y))[1]
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    want = max(0.0, float(residual @ residual) / (len(y) - 2) - variance)
    for estimator in ("DL", "HE", "REML", "EB", "PM"):
        near(regress(y, v, m, tau2=estimator).tau2, want, 1e-8, scale=1e-3 * variance, what=estimator)
