"""Combined p-values and the sign test: against scipy and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.meta import combine_p, direction_test, one_sided_p

probabilities = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=12)


@given(probabilities)
def test_fisher_is_scipys(p):
    want = stats.combine_pvalues(p, method="fisher")
    got = combine_p(p)
    assert (got.statistic, got.p_value) == pytest.approx((want.statistic, want.pvalue), rel=1e-10)
    assert got.k == len(p)


@given(probabilities, st.randoms(use_true_random=False))
def test_weighted_stouffer_is_scipys(p, random):
    weights = [random.uniform(0.1, 9.0) for _ in p]
    want = stats.combine_pvalues(p, method="stouffer", weights=weights)
    got = combine_p(p, method="stouffer", weights=weights)
    assert (got.statistic, got.p_value) == pytest.approx((want.statistic, want.pvalue), rel=1e-8, abs=1e-10)


def test_by_hand():
    # Fisher: -2 (log 0.04 + log 0.2) = 9.6566, and with 4 degrees of freedom p = e^(-x/2) (1 + x/2).
    x = -2.0 * math.log(0.04 * 0.2)
    assert x == pytest.approx(9.6566, abs=1e-4)
    assert combine_p([0.04, 0.2]).p_value == pytest.approx(math.exp(-x / 2) * (1 + x / 2), rel=1e-12)
    # Stouffer: two trials at z = 1.96 give z = 1.96·√2 = 2.772.
    got = combine_p([0.025, 0.025], method="stouffer")
    assert got.statistic == pytest.approx(1.959964 * math.sqrt(2), abs=1e-5)


def test_stouffer_weighs_large_trials_more():
    p = [0.001, 0.6]
    large_is_clear, large_is_unclear = (
        combine_p(p, method="stouffer", weights=np.sqrt(n)) for n in ([90, 10], [10, 90])
    )
    assert large_is_clear.p_value < combine_p(p, method="stouffer").p_value < large_is_unclear.p_value


def test_opposite_directions_cancel():
    towards, away = one_sided_p(0.01, favours_direction=True), one_sided_p(0.01, favours_direction=False)
    assert (towards, away) == pytest.approx((0.005, 0.995))
    assert combine_p([towards, away], method="stouffer").p_value == pytest.approx(0.5)


def test_says_how_little_it_means():
    assert "at least one trial" in combine_p([0.5]).note
    assert "directions only" in direction_test(3, 1).note


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.8, 0.95]))
def test_sign_test_and_intervals_are_scipys(favourable, unfavourable, level):
    if favourable + unfavourable == 0:
        return
    want = stats.binomtest(favourable, favourable + unfavourable, 0.5)
    for ours, theirs in (("clopper-pearson", "exact"), ("wilson", "wilson")):
        got = direction_test(favourable, unfavourable, ci=ours, level=level)
        assert got.p_value == pytest.approx(want.pvalue, rel=1e-10)
        interval = want.proportion_ci(level, method=theirs)
        assert (got.ci_low, got.ci_high) == pytest.approx((interval.low, interval.high), abs=1e-9)
        assert got.ci_low <= got.share <= got.ci_high


def test_sign_test_by_hand():
    # Nine of nine: 2 · (1/2)^9. Five of six: 2 · (1 + 6) / 2^6.
    assert direction_test(9, 0).p_value == pytest.approx(2 / 2**9)
    assert direction_test(5, 1).p_value == pytest.approx(14 / 64)
    assert direction_test(4, 4).p_value == 1.0
    # Clopper and Pearson, all of n favourable: lower limit (alpha/2)^(1/n).
    assert (direction_test(9, 0).ci_low, direction_test(9, 0).ci_high) == pytest.approx(
        (0.025 ** (1 / 9), 1.0)
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: combine_p([]), "No p-values"),
        (lambda: combine_p([0.2, 0.0]), "position 1"),
        (lambda: combine_p([0.2, np.nan]), "position 1"),
        (lambda: combine_p([0.2], weights=[1.0]), "no weights"),
        (lambda: combine_p([0.2, 0.3], method="stouffer", weights=[1.0]), "Unequal lengths"),
        (lambda: combine_p([0.2, 0.3], method="stouffer", weights=[1.0, 0.0]), "above 0"),
        (lambda: combine_p([0.2], method="edgington"), "fisher, stouffer"),
        (lambda: one_sided_p(0.0, favours_direction=True), "between 0 and 1"),
        (lambda: direction_test(0, 0), "No trial"),
        (lambda: direction_test(-1, 3), "0 or more"),
        (lambda: direction_test(1, 3, ci="wald"), "clopper-pearson, wilson"),
        (lambda: direction_test(1, 3, level=1.0), "level"),
    ],
)
def test_refuses_what_means_nothing(make, message):
    with pytest.raises(ValueError, match=message):
        make()
