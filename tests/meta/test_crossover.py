"""Crossover trials: Handbook example, raw paired data, consistency of the routes, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.meta import conversions, crossover

# Handbook 23.2.7.3 (16.4.6.4 in v5.1): ten people, 7.0 (SD 2.38) on E and 6.5 (SD 2.21) on C.
HANDBOOK = {"m1": 7.0, "sd1": 2.38, "m2": 6.5, "sd2": 2.21, "n": 10, "r": 0.68}

arms = st.fixed_dictionaries(
    {
        "m1": st.floats(-100, 100),
        "sd1": st.floats(0.5, 50),
        "m2": st.floats(-100, 100),
        "sd2": st.floats(0.5, 50),
        "n": st.integers(3, 500),
        "r": st.floats(-0.95, 0.95),
    }
)


def test_handbook_mean_difference() -> None:
    """SD of differences 2 imputed: MD 0.5, SE 0.632; correlation 0.68 imputed: SE 0.583."""
    from_sd = crossover.md_from_differences(0.5, 2, 10)
    assert (f"{from_sd.yi:.1f}", f"{from_sd.se:.3f}") == ("0.5", "0.632")
    from_r = crossover.md_from_arms(**HANDBOOK)
    assert (f"{from_r.yi:.1f}", f"{from_r.se:.3f}") == ("0.5", "0.583")


def test_handbook_standardised_mean_difference() -> None:
    """SMD 0.218 with SE 0.256 (Elbourne 2002, without small-sample correction)."""
    got = crossover.smd_from_arms(**HANDBOOK, variance="handbook")
    assert (f"{got.yi:.3f}", f"{got.se:.3f}") == ("0.218", "0.256")


def test_raw_paired_data() -> None:
    """Differences, t, p, interval and arms with their correlation all give the paired analysis."""
    rng = np.random.default_rng(11)
    control = rng.normal(60, 20, 14)
    drug = 0.6 * control + rng.normal(10, 12, 14)
    differences = drug - control
    test = stats.ttest_rel(drug, control)
    md, n = differences.mean(), 14
    want = differences.var(ddof=1) / n
    routes = [
        crossover.md_from_differences(md, differences.std(ddof=1), n),
        crossover.md_from_t(md, test.statistic),
        crossover.md_from_p(md, test.pvalue, n),
        crossover.md_from_ci(md, *test.confidence_interval(0.9), n, level=0.9),
        crossover.md_from_arms(
            drug.mean(), drug.std(ddof=1), control.mean(), control.std(ddof=1), n,
            np.corrcoef(drug, control)[0, 1],
        ),
    ]  # fmt: skip
    assert [x.yi for x in routes] == pytest.approx([md] * 5)
    assert [x.vi for x in routes] == pytest.approx([want] * 5)


@given(arms=arms)
def test_swapping_treatments_turns_the_sign(arms: dict[str, float]) -> None:
    swapped = {**arms, "m1": arms["m2"], "sd1": arms["sd2"], "m2": arms["m1"], "sd2": arms["sd1"]}
    pairs = [(crossover.md_from_arms(**arms), crossover.md_from_arms(**swapped))]
    for standardiser in ("pooled", "difference"):
        options = {"standardiser": standardiser}
        pairs.append(
            (crossover.smd_from_arms(**arms, **options), crossover.smd_from_arms(**swapped, **options))
        )
    for variance in ("LS", "unequal"):
        pairs.append(
            (
                crossover.smd_from_arms(**arms, standardiser="experimental", variance=variance),
                crossover.smd_from_arms(**swapped, standardiser="control", variance=variance),
            )
        )
    for got, turned in pairs:
        assert turned.yi == pytest.approx(-got.yi)
        assert turned.vi == pytest.approx(got.vi)


@given(arms=arms, factor=st.floats(0.01, 100), shift=st.floats(-1000, 1000))
def test_smd_has_no_unit(arms: dict[str, float], factor: float, shift: float) -> None:
    other = {
        **arms,
        "m1": factor * arms["m1"] + shift,
        "m2": factor * arms["m2"] + shift,
        "sd1": factor * arms["sd1"],
        "sd2": factor * arms["sd2"],
    }
    for standardiser in ("pooled", "experimental", "control", "difference"):
        got = crossover.smd_from_arms(**arms, standardiser=standardiser)
        again = crossover.smd_from_arms(**other, standardiser=standardiser)
        assert again.yi == pytest.approx(got.yi, rel=1e-6, abs=1e-6)
        assert again.vi == pytest.approx(got.vi, rel=1e-6)


@given(
    mean=st.floats(-50, 50).filter(lambda x: abs(x) > 0.1),
    sd=st.floats(1, 30),
    n=st.integers(3, 300),
    r=st.floats(-0.9, 0.9),
)
def test_smd_from_the_paired_test_is_that_from_equal_arms(mean: float, sd: float, n: int, r: float) -> None:
    t = mean / (sd * math.sqrt(2 * (1 - r) / n))
    # With equal SDs the SD of one arm is all that a paired t tells: metafor's SMCR, compared with R above
    from_arms = crossover.smd_from_arms(mean, sd, 0, sd, n, r, standardiser="control")
    from_t = crossover.smd_from_t(t, n, r)
    assert from_t.yi == pytest.approx(from_arms.yi)
    assert from_t.vi == pytest.approx(from_arms.vi)
    p = 2 * stats.t.sf(abs(t), n - 1)
    if 1e-200 < p < 1 - 1e-6:
        from_p = crossover.smd_from_p(p, n, r, sign=math.copysign(1, mean))
        assert from_p.yi == pytest.approx(from_arms.yi, rel=1e-6)


def test_more_correlation_means_more_precision() -> None:
    variances = crossover.md_from_arms(5, 20, 0, 20, 16, np.array([0.0, 0.25, 0.5, 0.75])).vi
    assert variances == pytest.approx(np.array([1, 0.75, 0.5, 0.25]) * (2 * 20**2 / 16))


def test_smd_from_t_is_right_on_average() -> None:
    """40,000 simulated small trials: g is unbiased, and its variance as large as it says."""
    rng = np.random.default_rng(12)
    n, r, delta, runs = 12, 0.5, 0.85, 40_000
    differences = delta + math.sqrt(2 * (1 - r)) * rng.normal(size=(runs, n))
    t = differences.mean(axis=1) / (differences.std(axis=1, ddof=1) / math.sqrt(n))
    got = crossover.smd_from_t(t, n, r)
    assert got.yi.mean() == pytest.approx(delta, abs=0.01)
    assert math.sqrt(got.vi.mean()) == pytest.approx(got.yi.std(), rel=0.06)


def test_pooled_variance_is_right_on_average() -> None:
    """20,000 simulated crossover trials: mean of g is δ and its variance the mean of the variances."""
    rng = np.random.default_rng(2023)
    n, r, delta, runs = 40, 0.6, 0.5, 20_000
    base = rng.normal(size=(runs, n))
    other = r * base + math.sqrt(1 - r**2) * rng.normal(size=(runs, n))
    drug = base + delta
    correlation = np.array([np.corrcoef(x, y)[0, 1] for x, y in zip(drug, other, strict=True)])
    got = crossover.smd_from_arms(
        drug.mean(axis=1), drug.std(axis=1, ddof=1), other.mean(axis=1), other.std(axis=1, ddof=1),
        n, correlation,
    )  # fmt: skip
    error = got.yi.std(ddof=1) / math.sqrt(runs)
    assert got.yi.mean() == pytest.approx(delta, abs=5 * error)
    assert got.vi.mean() == pytest.approx(got.yi.var(ddof=1), rel=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: crossover.md_from_differences(1, 0, 10), "sd must be above 0"),
        (lambda: crossover.md_from_differences(1, 2, 1), "n must be 2 or more"),
        (lambda: crossover.md_from_t(0, 1.2), "estimate must be other than 0"),
        (lambda: crossover.md_from_p(1, 0, 10), "p must be strictly between 0 and 1"),
        (lambda: crossover.md_from_ci(1, 2, 3, 10), "inside its confidence interval"),
        (lambda: crossover.md_from_arms(1, 2, 3, 4, 10, 1), "r must be strictly between -1 and 1"),
        (lambda: crossover.smd_from_arms(1, 2, 3, 4, 2, 0.5), "n must be 3 or more"),
        (lambda: crossover.smd_from_arms(1, 2, 3, 4, 9, 0.5, standardiser="sd"), "standardiser"),
        (lambda: crossover.smd_from_arms(1, 2, 3, 4, 9, 0.5, variance="UB"), "variance"),
        (
            lambda: crossover.smd_from_arms(1, 2, 3, 4, 9, 0.5, standardiser="control", variance="handbook"),
            'goes with standardiser "pooled"',
        ),
        (
            lambda: crossover.smd_from_arms(
                1, 2, 3, 4, 9, 0.5, standardiser="difference", variance="unequal"
            ),
            '"LS" only',
        ),
        (lambda: crossover.smd_from_p(0.5, 9, 0.5, sign=2), "sign"),
        (lambda: crossover.smd_from_t(2, 9, -1), "r must be"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_change_scores_feed_a_parallel_trial() -> None:
    """Two arms of change scores make an ordinary mean difference; see `conversions.change_score`."""
    drug = conversions.change_score(60, 15, 45, 18, 20, 0.5)
    assert (drug.mean, drug.sd) == (-15, pytest.approx(math.sqrt(15**2 + 18**2 - 15 * 18)))
