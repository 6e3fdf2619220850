"""Trim-and-fill against metafor's `trimfill` and by its definition."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from evidence.meta.pool import pool
from evidence.meta.trim_fill import TrimFill, trim_and_fill
from tests import oracle_data
from tests.meta.near import near

CASES = [
    (name, measure, method)
    for name, measure in oracle_data.analyses()
    if isinstance(oracle_data.load(name)["analyses"][measure].get("bias"), dict)
    for method in oracle_data.load(name)["analyses"][measure]["bias"].get("trimfill", {})
]


def run(y: Any, v: Any, method: str, side: str, estimator: str) -> TrimFill:
    options: dict[str, Any] = {"model": "common"} if method == "EE" else {"tau2": method}
    given_side: Any = None if side == "auto" else side
    return trim_and_fill(y, v, side=given_side, estimator=estimator, ci="wald", **options)


@pytest.mark.parametrize(("name", "measure", "method"), CASES)
def test_metafor(name: str, measure: str, method: str) -> None:
    block = oracle_data.load(name)["analyses"][measure]
    y, v = block["yi"], block["vi"]
    for estimator in ("L0", "R0"):
        for side, want in block["bias"]["trimfill"][method][estimator].items():
            what = f"{name} {measure} {method} {estimator} {side}"
            if side == "auto" and np.ptp(v) == 0.0:
                assert oracle_data.failed(want)
                with pytest.raises(ValueError, match="All variances are equal"):
                    run(y, v, method, side, estimator)
                continue
            got = run(y, v, method, side, estimator)
            if oracle_data.failed(want):  # R0 needs an effect below the centre, and identical ones have none
                assert np.ptp(y) == 0.0, what
                assert (got.k0, got.pooled.k) == (0, len(y)), what
            elif method == "REML":
                compare_loosely(got, want, v, what)
            else:
                compare(got, want, 1e-10, what)


def compare(got: TrimFill, want: dict[str, Any], rtol: float, what: str) -> None:
    assert got.k0 == want["k0"], what
    if got.k0 or want["side"] == got.side:
        assert got.side == want["side"], what
    near(np.nan if got.k0_se is None else got.k0_se, want["se_k0"], rtol, what=f"{what} se_k0")
    near(np.nan if got.k0_p_value is None else got.k0_p_value, want["p_k0"], 0.0, what=f"{what} p_k0")
    compare_fit(got, want, rtol, what)


def compare_fit(got: TrimFill, want: dict[str, Any], rtol: float, what: str) -> None:
    pooled, se = got.pooled, want["se"]
    names = (("b", pooled.estimate), ("se", pooled.se), ("ci_lb", pooled.ci_low), ("ci_ub", pooled.ci_high))
    for key, value in names:
        near(value, want[key], rtol, scale=se, what=f"{what} {key}")
    near(pooled.tau2, want["tau2"], rtol, scale=1e-3, what=f"{what} tau2")
    near(pooled.q, want["QE"], rtol, scale=1.0, what=f"{what} QE")
    near(got.filled_yi, want["filled_yi"], rtol, scale=se, what=f"{what} filled_yi")
    near(got.filled_vi, want["filled_vi"], 1e-14, what=f"{what} filled_vi")


def compare_loosely(got: TrimFill, want: dict[str, Any], v: np.ndarray, what: str) -> None:
    """metafor's trimming refits REML with its default stopping rule, an absolute change of 1e-5 in tau².

    That is up to some per cent of a small tau² and moves the centre, so that two effects almost equally far
    from it can change ranks: dat.li2007 RD.
    """
    reach = min(0.5, 0.01 + 2e-5 / float(np.median(v)))
    assert abs(got.k0 - want["k0"]) <= (1 if reach > 0.011 else 0), what
    if got.k0 == want["k0"]:
        if np.isfinite(want["se_k0"]):
            near(got.k0_se, want["se_k0"], 0.05, what=f"{what} se_k0")
        compare_fit(got, want, reach, what)


def test_the_definition_holds_with_reml() -> None:
    """The filled effects mirror the trimmed ones about the trimmed centre; the result pools all of them."""
    block = oracle_data.load("dat.bcg")["analyses"]["RR"]
    y, v = block["yi"], block["vi"]
    got = trim_and_fill(y, v, side="right", prediction="k-2", level=0.9)
    assert got.k0 == 1
    lowest = np.argsort(y)[: got.k0]
    rest = np.argsort(y)[got.k0 :]
    centre = pool(y[rest], v[rest]).estimate
    near(got.filled_yi, 2 * centre - y[lowest], 1e-12)
    near(got.filled_vi, v[lowest], 0.0)
    want = pool(np.append(y, got.filled_yi), np.append(v, got.filled_vi), prediction="k-2", level=0.9)
    for field in ("estimate", "ci_low", "ci_high", "pi_high", "tau2", "k"):
        near(getattr(got.pooled, field), getattr(want, field), 1e-11, what=field)


def test_by_hand() -> None:
    """Five effects about a common centre that each step recomputes; Duval & Tweedie's L0.

    Equal variances. All five: centre 2, deviations -2 -1.9 -1.6 0.5 5, ranks 4 3 2 1 5, the positive ones
    sum to 6: L0 = (4·6 − 5·6)/9 < 0 with the missing studies on the left. On the right the signs turn: the
    positive ranks are 4 + 3 + 2 = 9, L0 = 6/9 and rounds to 1, so the lowest effect is trimmed. Then the
    centre is (0.1 + 0.4 + 2.5 + 7)/4 = 2.5, deviations -2.5 -2.4 -2.1 0 4.5, ranks of the lower ones
    4 + 3 + 2 = 9 again, so k0 = 1 and the mirror image is 5.
    """
    y, v = np.array([0.0, 0.1, 0.4, 2.5, 7.0]), np.ones(5)
    left, right = (trim_and_fill(y, v, side=side, model="common") for side in ("left", "right"))
    assert (left.k0, left.filled_yi.size) == (0, 0)
    assert (right.k0, right.filled_yi.tolist()) == (1, [5.0])
    near(right.pooled.estimate, (10.0 + 5.0) / 6, 1e-14)


def test_identical_effects_lack_nothing() -> None:
    for estimator in ("L0", "R0"):
        got = trim_and_fill([0.25] * 5, [0.01, 0.02, 0.03, 0.04, 0.05], estimator=estimator)
        assert (got.k0, got.pooled.k, got.pooled.estimate) == (0, 5, 0.25)


def test_the_limit_of_ten_studies_is_stated() -> None:
    y, v = np.linspace(-1, 1, 10), np.linspace(0.1, 1, 10)
    assert trim_and_fill(y, v).note is None
    assert "Only 9 studies. With fewer than 10, trim-and-fill" in (trim_and_fill(y[1:], v[1:]).note or "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"yi": [0.1, 0.2], "vi": [1, 2]}, "at least 3 studies; got 2"),
        ({"yi": [0.1, 0.2, 0.5], "vi": [2, 2, 2]}, "All variances are equal"),
        ({"yi": [0.1, 0.2, 0.5], "vi": [1, 2, 3], "side": "up"}, "side must be"),
        ({"yi": [0.1, 0.2, 0.5], "vi": [1, 2, 3], "estimator": "Q0"}, "estimator must be"),
        ({"yi": [0.1, 0.2, np.nan], "vi": [1, 2, 3]}, "yi must be finite"),
    ],
)
def test_refusals(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trim_and_fill(**arguments)


@settings(max_examples=40)
@given(st.integers(3, 15), st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1.0, 1e6]))
def test_order_sign_and_scale(k: int, seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    y, v, order = rng.normal(size=k), rng.uniform(0.1, 2, k), rng.permutation(k)
    for estimator in ("L0", "R0"):
        a = trim_and_fill(y, v, estimator=estimator, tau2="DL")
        b = trim_and_fill(-factor * y[order], factor**2 * v[order], estimator=estimator, tau2="DL")
        assert (a.k0, {"left": "right", "right": "left"}[a.side]) == (b.k0, b.side)
        near(-b.pooled.estimate / factor, a.pooled.estimate, 1e-9, scale=a.pooled.se)
        near(np.sort(-b.filled_yi / factor), np.sort(a.filled_yi), 1e-9, scale=1.0)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_tied_distances_do_not_depend_on_order_or_rounding(side, estimator):
    """Five pairs of mirror images around 0.2: by hand T+ is half of all ranks, so nothing is missing."""
    y = np.array([0.1, 0.3, -0.2, 0.5, 0.4, 0.0, 0.25, 0.15, 0.6, -0.1])
    v = np.full(10, 0.04)
    rng = np.random.default_rng(1)
    orders = [rng.permutation(10) for _ in range(20)]
    moved = (0.0, 0.1, 1e3)  # which round otherwise
    for model in ("common", "random"):
        found = {
            trim_and_fill(y[o] + by, v[o], side=side, model=model, estimator=estimator).k0
            for o in orders
            for by in moved
        }
        assert found == {0}
