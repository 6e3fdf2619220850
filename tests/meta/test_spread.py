"""Standard errors and deviations from intervals, t and p: Handbook examples and round trips."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.meta import conversions as conv

positive = st.floats(1e-6, 1e6)
sizes = st.integers(2, 2000)
levels = st.floats(0.5, 0.999)


def test_handbook_interval_of_one_group() -> None:
    """Handbook 6.5.2.2: large groups divide a 95% CI by 3.92; 25 people by 2 × 2.0639 = 4.128."""
    normal = conv.sd_from_ci(10, 13.92, 400, distribution="normal")
    assert normal == pytest.approx(20, rel=1e-4)
    small = conv.sd_from_ci(10, 14.128, 25)
    assert small == pytest.approx(5, rel=1e-4)


def test_handbook_difference_with_p_value() -> None:
    """Handbook 6.5.2.3: MD 3.8, P = 0.008, 25 v 22 people: t = 2.78, SE = 1.37, and from that SD = 4.69."""
    se = conv.se_from_p(3.8, 0.008, df=25 + 22 - 2)
    assert f"{3.8 / se:.2f}" == "2.78"
    assert f"{se:.2f}" == "1.37"
    assert f"{conv.sd_from_difference_se(1.37, 25, 22):.2f}" == "4.69"
    assert conv.sd_from_p(3.8, 0.008, 25, 22) == pytest.approx(conv.sd_from_difference_se(se, 25, 22))


def test_raw_data() -> None:
    """Two samples: the statistics that scipy reports lead back to their pooled SD."""
    a, b = np.array([3.1, 4.7, 5.0, 6.2, 8.8]), np.array([2.0, 2.9, 4.4, 5.1, 5.3, 7.9, 3.3])
    pooled = math.sqrt((4 * a.var(ddof=1) + 6 * b.var(ddof=1)) / 10)
    test = stats.ttest_ind(a, b)
    difference = a.mean() - b.mean()
    interval = test.confidence_interval(0.9)
    assert conv.sd_from_t(difference, test.statistic, 5, 7) == pytest.approx(pooled)
    assert conv.sd_from_p(difference, test.pvalue, 5, 7) == pytest.approx(pooled)
    assert conv.sd_from_difference_ci(*interval, 5, 7, level=0.9) == pytest.approx(pooled)
    assert conv.sd_from_se(stats.sem(a), 5) == pytest.approx(a.std(ddof=1))
    one = stats.ttest_1samp(a, 0).confidence_interval(0.95)
    assert conv.sd_from_ci(*one, 5) == pytest.approx(a.std(ddof=1))


@given(estimate=st.floats(-1e3, 1e3), se=st.floats(1e-3, 1e3), level=levels)
def test_normal_interval_and_back(estimate: float, se: float, level: float) -> None:
    half = stats.norm.ppf((1 + level) / 2) * se
    assert conv.se_from_ci(estimate - half, estimate + half, level=level) == pytest.approx(se, rel=1e-6)


@given(estimate=positive, z=st.floats(0.01, 30), df=st.integers(1, 500))
def test_p_value_and_back(estimate: float, z: float, df: int) -> None:
    normal, student = 2 * stats.norm.sf(z), 2 * stats.t.sf(z, df)
    assert conv.se_from_p(estimate, normal) == pytest.approx(estimate / z, rel=1e-6)
    assert conv.se_from_p(-estimate, student, df=df) == pytest.approx(estimate / z, rel=1e-6)
    assert conv.se_from_t(estimate, -z) == pytest.approx(estimate / z)


@given(sd=positive, n1=sizes, n2=sizes)
def test_sd_of_a_difference_and_back(sd: float, n1: int, n2: int) -> None:
    assert conv.sd_from_difference_se(sd * math.sqrt(1 / n1 + 1 / n2), n1, n2) == pytest.approx(sd)
    assert conv.sd_from_se(sd / math.sqrt(n1), n1) == pytest.approx(sd)


def test_arrays_and_numbers_agree() -> None:
    low, high, n = np.array([1.0, 2.0]), np.array([3.0, 7.0]), np.array([12, 40])
    both = conv.sd_from_ci(low, high, n)
    assert both.tolist() == [conv.sd_from_ci(1, 3, 12), conv.sd_from_ci(2, 7, 40)]


def test_generic_inverse_variance_takes_any_precision() -> None:
    """The same estimate 0.6 with SE 0.25 told in four ways."""
    half = 1.959963984540054 * 0.25
    told = [
        conv.generic_inverse_variance(0.6, se=0.25),
        conv.generic_inverse_variance(0.6, ci=(0.6 - half, 0.6 + half)),
        conv.generic_inverse_variance(0.6, t=2.4),
        conv.generic_inverse_variance(0.6, p=2 * stats.norm.sf(2.4)),
        conv.generic_inverse_variance(math.exp(0.6), se=0.25, ratio=True),
        conv.generic_inverse_variance(
            math.exp(0.6), ci=(math.exp(0.6 - half), math.exp(0.6 + half)), ratio=True
        ),
    ]
    assert [x.yi for x in told] == pytest.approx([0.6] * 6)
    assert [x.vi for x in told] == pytest.approx([0.0625] * 6)
    assert told[0].se == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv.sd_from_se(0, 10), "se must be above 0, not 0"),
        (lambda: conv.sd_from_se([1, -1], [10, 10]), "se must be above 0; it is not at position 1"),
        (lambda: conv.sd_from_se(1, 1), "n must be 2 or more"),
        (lambda: conv.sd_from_se([1, 2], [3, 4, 5]), r"Unequal lengths \(se: 2, n: 3\)"),
        (lambda: conv.sd_from_se("a", 1), "se must be numbers"),
        (lambda: conv.se_from_ci(2, 2), "high must be above low"),
        (lambda: conv.se_from_ci(2, math.nan), "high must be a finite number"),
        (lambda: conv.se_from_ci(1, 2, level=95), "level must be strictly between 0 and 1"),
        (lambda: conv.se_from_p(1, 0), "p must be strictly between 0 and 1"),
        (lambda: conv.se_from_p(1, 1), "p must be strictly between 0 and 1"),
        (lambda: conv.se_from_p(0, 0.3), "estimate must be other than 0"),
        (lambda: conv.se_from_t(1, 0), "t must be other than 0"),
        (lambda: conv.sd_from_ci(1, 2, 9, distribution="z"), "distribution"),
        (lambda: conv.generic_inverse_variance(1), "exactly one of se, ci, p, t; got none"),
        (lambda: conv.generic_inverse_variance(1, se=1, p=0.1), "got se and p"),
        (lambda: conv.generic_inverse_variance(3, ci=(1, 2)), "inside its confidence interval"),
        (lambda: conv.generic_inverse_variance(-0.5, se=1, ratio=True), "estimate must be above 0"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
