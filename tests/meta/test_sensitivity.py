"""Leave-one-out, cumulative, influence, residuals and Baujat against metafor and by definition."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy import optimize

from evidence.meta.influence import influence
from evidence.meta.pool import pool
from evidence.meta.regression import regress
from evidence.meta.residual_heterogeneity import log_likelihood
from evidence.meta.sensitivity import baujat, cumulative, leave_one_out
from tests import oracle_data
from tests.meta.near import near, precision

CASES = [
    (name, measure, key)
    for name, measure in oracle_data.analyses()
    for key in ("EE_z", "DL_z", "DL_knha", "REML_z", "REML_knha")
    if key in oracle_data.load(name)["analyses"][measure]["diagnostics"]
]
SHIFTS = ("dffits", "dfbs", "cook_d", "x", "y")  # with identical effects the reference has 1e-15 for 0
EFFECT = {
    "estimate": "estimate",
    "se": "se",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "tau2": "tau2",
    "I2": "i2",
}


def case(name: str, measure: str, key: str) -> tuple[Any, Any, dict[str, Any], dict[str, Any], float]:
    """Effects, variances, reference, our options, and the precision of the reference."""
    block = oracle_data.load(name)["analyses"][measure]
    method, test = key.split("_")
    options = {"model": "common"} if method == "EE" else {"tau2": method}
    options["ci"] = "wald" if test == "z" else "HKSJ"
    v = block["vi"]
    return block["yi"], v, block["diagnostics"][key], options, precision(method, v)


def compare(got: pd.DataFrame, want: dict[str, Any], columns: dict[str, str], rtol: float, what: str) -> None:
    """Column by column; an error matters against the largest of a column."""
    for theirs, ours in columns.items():
        if np.ndim(want[theirs]) == 0 and np.isnan(want[theirs]):
            continue  # metafor gives no tau² for a common effect, and no statistic under knha
        reference = np.asarray(want[theirs], dtype=float)
        size = {"tau2": 1e-4, "tau2_del": 1e-4, "I2": 100.0, "QE_del": 1e-6, "Q": 1e-6}.get(theirs, 0.0)
        finite = np.abs(reference[np.isfinite(reference)])
        scale = max(size, finite.max(initial=0.0), 1e-4 if theirs in SHIFTS else 0.0)
        near(got[ours], reference, rtol, scale=scale, what=f"{what} {theirs}")


def same_maximum(y: Any, v: Any, rows: list[Any], ours: Any, theirs: Any, key: str, what: str) -> np.ndarray:
    """Where both have the same tau². Where REML has two maxima, ours must be the higher one.

    `rows[i]` are the studies of the i-th model. NaN in the reference: metafor's scoring did not converge.
    """
    theirs = np.asarray(theirs, dtype=float)
    if not key.startswith("REML"):
        return np.ones(len(rows), dtype=bool)
    same = np.abs(ours - theirs) <= 1e-7 * theirs + 1e-11
    for i in np.flatnonzero(~same & ~np.isnan(theirs)):
        subset, one = rows[i], np.ones((len(y[rows[i]]), 1))
        pair = log_likelihood(y[subset], one, v[subset], np.array([ours[i], theirs[i]]), "REML")
        assert pair[0] > pair[1] + 1e-9, f"{what}, row {i}"
    assert same[~np.isnan(theirs)].mean() > 0.8, what
    return same


def rows_of(want: dict[str, Any], kept: np.ndarray) -> dict[str, Any]:
    return {key: x[kept] if np.ndim(x) else x for key, x in want.items()}


def without_each(k: int) -> list[Any]:
    return [np.arange(k) != i for i in range(k)]


@pytest.mark.parametrize(("name", "measure", "key"), CASES)
def test_leave_one_out(name: str, measure: str, key: str) -> None:
    y, v, reference, options, rtol = case(name, measure, key)
    if len(y) == 1:
        assert "leave1out" not in reference
        with pytest.raises(ValueError, match="at least 2 studies"):
            leave_one_out(y, v, **options)
        return
    got = leave_one_out(y, v, **options)
    columns = EFFECT | {"zval": "statistic", "pval": "p_value", "Q": "q", "Qp": "q_p_value", "H2": "h2"}
    what, want = f"{name} {measure} {key}", reference["leave1out"]
    kept = same_maximum(y, v, without_each(len(y)), got["tau2"].to_numpy(), want["tau2"], key, what)
    compare(got[kept], rows_of(want, kept), columns, rtol, what)


@pytest.mark.parametrize(("name", "measure", "key"), CASES)
def test_cumulative(name: str, measure: str, key: str) -> None:
    y, v, reference, options, rtol = case(name, measure, key)
    if "cumul" not in reference:
        pytest.skip("metafor refused the order it was given; the order is tested below")
    want = reference["cumul"]
    position = np.empty(len(y))
    position[want["order"].astype(int) - 1] = np.arange(len(y))
    got = cumulative(y, v, order=position, **options)
    what, firsts = f"{name} {measure} {key}", [np.arange(i + 1) for i in range(len(y))]
    order = want["order"].astype(int) - 1
    kept = same_maximum(y[order], v[order], firsts, got["tau2"].to_numpy(), want["tau2"], key, what)
    compare(got[kept], rows_of(want, kept), EFFECT, rtol, what)


@pytest.mark.parametrize(("name", "measure", "key"), CASES)
def test_influence(name: str, measure: str, key: str) -> None:
    y, v, reference, options, rtol = case(name, measure, key)
    what = f"{name} {measure} {key}"
    if len(y) == 1:
        with pytest.raises(ValueError, match="Deleting a study"):
            influence(y, v, **options)
        return
    got, coordinates = influence(y, v, **options), baujat(y, v, **options)
    if np.ptp(y) == 0.0 and options["ci"] == "HKSJ":  # metafor fails: 0/0
        assert "influence" not in reference
        assert "baujat" not in reference
        assert (got[["rstudent", "dffits", "cook_d", "dfbs_intercept"]] == 0.0).all(axis=None)
        assert (coordinates == 0.0).all(axis=None)
        return
    same = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "hat", "weight")
    columns = {c: c for c in same} | {"QE_del": "qe_del", "dfbs": "dfbs_intercept"}
    want = reference["influence"]
    kept = same_maximum(y, v, without_each(len(y)), got["tau2_del"].to_numpy(), want["tau2_del"], key, what)
    compare(got[kept], rows_of(want, kept), columns, rtol, what)
    assert (got["influential"].to_numpy() == want["is_infl"])[kept].all()
    compare(coordinates[kept], rows_of(reference["baujat"], kept), {"x": "x", "y": "y"}, rtol, what)


@pytest.mark.parametrize(
    ("name", "measure", "formula"),
    [
        (name, measure, formula)
        for name, measure in oracle_data.analyses()
        for formula in oracle_data.load(name)["analyses"][measure].get("metareg", {})
    ],
)
def test_influence_with_moderators(name: str, measure: str, formula: str) -> None:
    block = oracle_data.load(name)["analyses"][measure]["metareg"][formula]
    want, y, v, x = block["REML_z"], block["yi"], block["vi"], block["X"]
    full = regress(y, v, x[:, 1:]).tau2
    if abs(full - want["tau2"]) > 1e-7 * want["tau2"] + 1e-11:
        return  # metafor is at a lower maximum: test_regression.py
    got = influence(y, v, x[:, 1:], ci="wald")
    lost = ~got["refit"].to_numpy()
    assert (lost == np.isnan(want["rstudent"])).all()
    assert got.loc[lost, "influential"].all()
    rtol = precision("REML", v) + 2e-14 * np.linalg.cond(x / np.sqrt((x**2).sum(0))) ** 2
    what, theirs = f"{name} {formula}", want["rstudent"]
    near(got["hat"], want["hat"], rtol, scale=1.0, what=what)
    far = np.abs(got["rstudent"] - theirs) > rtol * np.nanmax(np.abs(theirs))
    for i in np.flatnonzero(far):
        assert_lower_maximum(y, v, x, i, theirs[i], float(got["tau2_del"][i]), what)
    assert far.mean() < 0.5
    columns = {"rstudent": "rstudent", "cooks": "cook_d"}
    kept = rows_of({key: want[key] for key in columns}, ~far.to_numpy())
    compare(got[~far], kept, columns, rtol, what)


def assert_lower_maximum(
    y: np.ndarray, v: np.ndarray, x: np.ndarray, i: int, rstudent: float, tau2: float, what: str
) -> None:
    """The reference has study i's residual at a lower local maximum of the likelihood without it."""
    kept = np.arange(len(y)) != i

    def height(t: float) -> float:
        return float(log_likelihood(y[kept], x[kept], v[kept], t, "REML")[0])

    grid = np.concatenate([[0.0], np.geomspace(1e-4 * v.min(), 100.0 * np.ptp(y) ** 2, 2000)])
    heights = log_likelihood(y[kept], x[kept], v[kept], grid, "REML")
    around = np.pad(heights, 1, constant_values=-np.inf)
    matches = []
    for j in np.flatnonzero((heights >= around[:-2]) & (heights >= around[2:])):
        low, high = grid[max(j - 1, 0)], grid[min(j + 1, len(grid) - 1)]
        peak = 0.0 if j == 0 else optimize.minimize_scalar(lambda t: -height(t), bounds=(low, high)).x
        other = regress(y[kept], v[kept], x[kept, 1:], tau2=float(peak), ci="wald")
        variance = v[i] + other.tau2 + x[i] @ other.covariance @ x[i]
        if abs((y[i] - x[i] @ other.estimate) / np.sqrt(variance) - rstudent) < 1e-3:
            matches.append(height(float(peak)))
    assert matches, f"{what} study {i}"
    assert height(tau2) > max(matches) + 1e-6, f"{what} study {i}"


def test_deletion_by_refitting() -> None:
    """Each diagnostic with a moderator, from two fits and its definition."""
    block = oracle_data.load("dat.bcg")["analyses"]["RR"]["metareg"]["ablat"]
    y, v, m = block["yi"], block["vi"], block["X"][:, 1]
    got = influence(y, v, m, tau2="DL")
    full, kept = regress(y, v, m, tau2="DL"), np.arange(len(y)) != 6
    without = regress(y[kept], v[kept], m[kept], tau2="DL")
    row = np.array([1.0, m[6]])
    change = full.estimate - without.estimate
    near(got.loc[6, "cook_d"], change @ np.linalg.inv(full.covariance) @ change, 1e-9)
    near(got.loc[6, "cov_r"], np.linalg.det(without.covariance) / np.linalg.det(full.covariance), 1e-9)
    near(got.loc[6, "tau2_del"], without.tau2, 1e-12)
    near(got.loc[6, "qe_del"], without.qe, 1e-12)
    unscaled = without.scale * (v[6] + without.tau2) + row @ without.covariance @ row
    near(got.loc[6, "rstudent"], (y[6] - row @ without.estimate) / np.sqrt(unscaled), 1e-9)
    # metafor 3.8-1: influence(rma(yi, vi, mods = ~ ablat, data = dat, method = "DL", test = "knha")), study 7
    near(
        got.loc[6, ["dffits", "dfbs_intercept", "dfbs_mod1"]],
        [-0.6041342280, -0.5984535160, 0.3868920559],
        1e-9,
    )


def test_rows_are_pools() -> None:
    y, v = np.array([0.1, 0.4, -0.2, 0.6]), np.array([0.05, 0.02, 0.08, 0.04])
    labels = ["a", "b", "c", "d"]
    table = leave_one_out(y, v, labels=labels)
    want = pool(np.delete(y, 2), np.delete(v, 2))
    assert table.loc["c", ["estimate", "ci_low", "pi_high", "k"]].tolist() == [
        want.estimate, want.ci_low, want.pi_high, 3]  # fmt: skip
    years = [2010, 2001, 2010, 1999]
    table = cumulative(y, v, order=years, labels=labels)
    assert table.index.tolist() == ["d", "b", "a", "c"]
    assert table["k"].tolist() == [1, 2, 3, 4]
    assert table.loc["a", "estimate"] == pool(y[[3, 1, 0]], v[[3, 1, 0]]).estimate
    assert table.loc["c", "estimate"] == pool(y[[3, 1, 0, 2]], v[[3, 1, 0, 2]]).estimate


def test_a_study_alone_in_its_category() -> None:
    """Without it the effect of the category does not exist: no number, and the study is flagged."""
    y, v = [0.1, 0.3, 0.2, 0.9, 0.4], [0.1] * 5
    table = influence(y, v, [0, 0, 0, 1, 0])
    assert table["refit"].tolist() == [True, True, True, False, True]
    assert table.loc[3, ["rstudent", "cook_d", "tau2_del"]].isna().all()
    assert table.loc[3, "influential"]


def test_remaining_studies_agree_exactly() -> None:
    """metafor 3.8-1, influence(rma(yi, vi, test = "knha")), study 6: cook.d 0.3650, cov.r 0, else Inf."""
    y, v = [0.25] * 5 + [0.5], [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    row = influence(y, v).loc[5]
    assert row[["rstudent", "dffits", "dfbs_intercept", "cov_r"]].tolist() == [np.inf, np.inf, np.inf, 0.0]
    near(row["cook_d"], 0.3650, 2e-4)
    assert row["influential"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: leave_one_out([0.1], [1]), "at least 2 studies"),
        (lambda: leave_one_out([0.1, 0.2], [1, 1], labels=["a"]), "labels has 1 entries"),
        (lambda: cumulative([0.1, 0.2], [1, 1], order=[1]), "order has shape"),
        (lambda: cumulative([0.1, 0.2], [1, 1], order=[2001, np.nan]), "order is missing at position 1"),
        (lambda: influence([0.1, 0.2], [1, 1], [1, 2]), "Deleting a study needs more than 2 studies"),
        (lambda: baujat([0.1, np.inf], [1, 1]), "yi is infinite"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@settings(max_examples=20)
@given(
    st.integers(2, 8),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1e-12, 1.0, 1e12]),
    st.sampled_from(["DL", "REML", "PM"]),
)
def test_order_sign_and_scale(k: int, seed: int, factor: float, tau2: str) -> None:
    rng = np.random.default_rng(seed)
    y, v, order = rng.normal(size=k), rng.uniform(0.05, 1, k), rng.permutation(k)
    a, b = influence(y, v, tau2=tau2), influence(-factor * y[order], factor**2 * v[order], tau2=tau2)
    for column in ("rstudent", "dffits", "dfbs_intercept"):
        near(-b[column], a[column].to_numpy()[order], 1e-7, scale=1e-2)
    for column in ("cook_d", "cov_r", "hat", "weight", "qe_del"):
        near(b[column], a[column].to_numpy()[order], 1e-7, scale=1e-6)
    a, b = baujat(y, v, tau2=tau2), baujat(-factor * y[order], factor**2 * v[order], tau2=tau2)
    near(b.to_numpy(), a.to_numpy()[order], 1e-7, scale=1e-6)
    near(cumulative(y, v, tau2=tau2).iloc[-1]["estimate"], pool(y, v, tau2=tau2).estimate, 0.0)
