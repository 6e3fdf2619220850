"""Mean and SD from medians: published values, known distributions, the skewness test and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evidence.meta import conversions as conv

METHODS = ("luo-shi", "wan", "qe", "bc")


@st.composite
def reports(draw: st.DrawFn) -> dict[str, float]:
    """Five positive numbers in order, strictly increasing."""
    steps = draw(st.lists(st.floats(0.5, 10), min_size=5, max_size=5))
    names = ("low", "q1", "median", "q3", "high")
    return dict(zip(names, np.cumsum(steps).tolist(), strict=True))


def quantiles(distribution: object, n: int, scenario: str) -> dict[str, float]:
    """What a group of n from the distribution would report if its quantiles were exact."""
    at = {"median": 0.5}
    if scenario != "S1":
        at |= {"q1": 0.25, "q3": 0.75}
    if scenario != "S2":
        at |= {"low": 1 / n, "high": 1 - 1 / n}
    return {name: float(distribution.ppf(p)) for name, p in at.items()}  # type: ignore[attr-defined]


def test_quantile_estimation_of_the_authors_package() -> None:
    """R estmeansd, README: qe.mean.sd(min.val = 2, med.val = 4, max.val = 9, n = 100)."""
    got = conv.mean_sd_from_median(4, 100, low=2, high=9, method="qe")
    assert got.mean == pytest.approx(4.347284, abs=3e-5)
    assert got.sd == pytest.approx(1.502171, abs=3e-5)


def test_box_cox_of_the_authors_package() -> None:
    """R estmeansd, README, same numbers: mean 4.21 and SD 1.34 by simulation, whose error we do not share."""
    got = conv.mean_sd_from_median(4, 100, low=2, high=9, method="bc")
    assert got.mean == pytest.approx(4.210971, abs=0.03)
    assert got.sd == pytest.approx(1.337348, abs=0.03)


@pytest.mark.parametrize("scenario", ["S1", "S2", "S3"])
@pytest.mark.parametrize(
    "distribution",
    [
        stats.norm(-3, 2),
        stats.norm(40, 12),
        stats.lognorm(0.6, scale=20),
        stats.gamma(2.5, scale=4),
        stats.weibull_min(1.4, scale=7),
        stats.beta(2, 5),
    ],
    ids=["normal-negative", "normal", "lognormal", "gamma", "weibull", "beta"],
)
def test_quantile_estimation_finds_the_distribution(distribution: object, scenario: str) -> None:
    """Exact quantiles of one of the candidates lead back to its mean and SD."""
    got = conv.mean_sd_from_median(n=150, **quantiles(distribution, 150, scenario), method="qe")
    assert got.scenario == scenario
    assert got.mean == pytest.approx(distribution.mean(), rel=1e-4)  # type: ignore[attr-defined]
    assert got.sd == pytest.approx(distribution.std(), rel=1e-3)  # type: ignore[attr-defined]


@pytest.mark.parametrize("sigma", [0.05, 0.4, 0.8])
def test_box_cox_recovers_a_log_normal(sigma: float) -> None:
    """Quartiles of a log-normal are symmetric after the logarithm; its moments are known in closed form."""
    step = math.exp(0.6744897501960817 * sigma)
    got = conv.mean_sd_from_median(20, 10**7, q1=20 / step, q3=20 * step, method="bc")
    assert got.mean == pytest.approx(20 * math.exp(sigma**2 / 2), rel=1e-4)
    assert got.sd == pytest.approx(got.mean * math.sqrt(math.expm1(sigma**2)), rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_symmetric_report_of_a_normal_group(method: str) -> None:
    """Expected order statistics of n = 200 from N(50, 10): every estimator gives about 50 and 10."""
    n = 200
    at = np.array([n**-1 * 0.625, 0.25, 0.5, 0.75, 1 - 0.625 / n])
    low, q1, median, q3, high = stats.norm(50, 10).ppf(at)
    got = conv.mean_sd_from_median(median, n, low=low, q1=q1, q3=q3, high=high, method=method)
    assert got.mean == pytest.approx(50, abs=1e-3 if method != "qe" else 0.1)
    assert got.sd == pytest.approx(10, rel=0.06)
    assert got.skewness is not None
    assert not got.skewness.skewed


@settings(max_examples=15)
@given(report=reports(), factor=st.floats(0.01, 100), method=st.sampled_from(METHODS))
def test_units_do_not_matter(report: dict[str, float], factor: float, method: str) -> None:
    try:
        got = conv.mean_sd_from_median(n=80, **report, method=method)
    except ValueError as error:
        assert "finite" in str(error)
        return
    assert math.isfinite(got.mean)
    assert got.sd > 0
    scaled = {name: factor * value for name, value in report.items()}
    again = conv.mean_sd_from_median(n=80, **scaled, method=method)
    assert again.mean == pytest.approx(factor * got.mean, rel=1e-4)
    assert again.sd == pytest.approx(factor * got.sd, rel=1e-3)


@given(report=reports(), shift=st.floats(-100, 100), method=st.sampled_from(["luo-shi", "wan"]))
def test_normal_estimators_move_and_mirror_with_the_data(
    report: dict[str, float], shift: float, method: str
) -> None:
    got = conv.mean_sd_from_median(n=30, **report, method=method)
    moved = conv.mean_sd_from_median(n=30, **{k: v + shift for k, v in report.items()}, method=method)
    assert moved.mean == pytest.approx(got.mean + shift)
    assert moved.sd == pytest.approx(got.sd)
    mirrored = {"low": -report["high"], "q1": -report["q3"], "median": -report["median"]}
    mirrored |= {"q3": -report["q1"], "high": -report["low"]}
    again = conv.mean_sd_from_median(n=30, **mirrored, method=method)
    assert again.mean == pytest.approx(-got.mean)
    assert again.sd == pytest.approx(got.sd)


@pytest.mark.parametrize("scenario", ["S1", "S2", "S3"])
@pytest.mark.parametrize("n", [25, 101])
def test_skewness_test_rejects_normal_data_in_one_sample_of_twenty(n: int, scenario: str) -> None:
    rng = np.random.default_rng(20230701)
    runs = 4000
    five = np.quantile(rng.normal(size=(runs, n)), [0, 0.25, 0.5, 0.75, 1], axis=1).T
    rejected = 0
    for low, q1, median, q3, high in five.tolist():
        pairs = {"low": low, "high": high} if scenario != "S2" else {}
        pairs |= {"q1": q1, "q3": q3} if scenario != "S1" else {}
        rejected += conv.skewness_test(median, n, **pairs).skewed
    # Five standard errors of a proportion of 0.05 in 4,000 are 0.017.
    assert rejected / runs == pytest.approx(0.05, abs=0.017)


def test_box_cox_whose_normal_is_cut_at_zero() -> None:
    """Left-skewed numbers bend to a normal that reaches below 0 and is cut there, at both ends alike."""
    got = conv.mean_sd_from_median(5.92, 80, low=0.617, q1=5.303, q3=7.421, high=8.921, method="bc")
    assert 0.617 < got.mean < 8.921
    assert 0 < got.sd < 8.921 - 0.617


def test_skewness_test_by_hand() -> None:
    """n = 100, quartiles 2, 3, 6: |2 + 6 − 6|/4 = 0.5 against 2.65/10 − 6/10⁴ = 0.2644 (Shi 2023, S2)."""
    got = conv.skewness_test(3, 100, q1=2, q3=6)
    assert got.statistic == pytest.approx(0.5)
    assert got.critical_value == pytest.approx(0.2644)
    assert got.skewed
    assert conv.mean_sd_from_median(3, 100, q1=2, q3=6).skewness == got


def test_skewed_samples_are_found_and_better_estimated_without_normality() -> None:
    """Exponential data, n = 101: the test rejects, and QE comes nearer to mean and SD 1 than normality."""
    report = quantiles(stats.expon(), 101, "S3")
    normal = conv.mean_sd_from_median(n=101, **report)
    assert normal.skewness is not None
    assert normal.skewness.skewed
    free = conv.mean_sd_from_median(n=101, **report, method="qe")
    assert abs(free.mean - 1) < abs(normal.mean - 1)
    assert abs(free.sd - 1) < abs(normal.sd - 1)


def test_fewer_than_five_people_have_no_skewness_test() -> None:
    assert conv.mean_sd_from_median(3, 4, q1=2, q3=6).skewness is None


def test_large_sample_iqr_is_the_handbooks_rule() -> None:
    """Handbook 6.5.2.5: IQR / 1.35."""
    assert conv.sd_from_iqr(0, 1.35, 10**6) == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv.mean_sd_from_median(3, 20), "give the quartiles"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=2), "q1 is given without q3"),
        (lambda: conv.mean_sd_from_median(3, 20, high=9), "high is given without low"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=4, q3=6), "in this order"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=2, q3=6, low=2.5, high=8), "in this order"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=3, q3=3), "nothing of the spread"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=2, q3=math.inf), "finite"),
        (lambda: conv.mean_sd_from_median(3, 1, q1=2, q3=5), "n must be a whole number"),
        (lambda: conv.mean_sd_from_median(3, 20, q1=2, q3=5, method="hozo"), "method"),
        (lambda: conv.mean_sd_from_median(1, 20, q1=-2, q3=5, method="bc"), 'use method="qe"'),
        (lambda: conv.mean_sd_from_median(20, 99, q1=19, q3=200, method="bc"), "finite SD"),
        (lambda: conv.skewness_test(3, 4, q1=2, q3=6), "at least 5"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
