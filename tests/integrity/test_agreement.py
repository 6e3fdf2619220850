"""Printed p-values against the numbers beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.integrity import p_of_counts, p_of_means
from evidence.integrity.agreement import same_results


def test_counts_by_hand() -> None:
    """2 of 2 v 0 of 2: Fisher's p is 2 × 1/6 = 1/3; chi-square is 4, p 0.0455."""
    fit = p_of_counts((2, 0), (2, 2), 0.05, "<")
    assert fit.high == pytest.approx(1 / 3)
    assert fit.low == pytest.approx(0.0455, abs=1e-4)
    assert fit.agrees
    assert not fit.crosses


def test_a_significance_that_no_test_gives() -> None:
    fit = p_of_counts((8, 4), (12, 12), 0.05, "<")
    assert fit.crosses
    assert not fit.agrees


def test_all_or_none_have_no_chi_square() -> None:
    assert p_of_counts((0, 0), (10, 10), None, "ns").low == 1


@given(
    st.integers(3, 60),
    st.integers(3, 60),
    st.data(),
)
def test_a_p_value_of_a_usual_test_always_agrees(n_1: int, n_2: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, n_1)), data.draw(st.integers(0, n_2))
    table = [[events[0], n_1 - events[0]], [events[1], n_2 - events[1]]]
    p = float(stats.fisher_exact(table).pvalue)
    assert p_of_counts(events, (n_1, n_2), p, "=").agrees
    assert p_of_counts(events, (n_1, n_2), min(1.0, p * 1.01), "<").agrees


@given(st.integers(0, 2**16))
def test_a_p_value_of_real_scores_agrees_after_rounding(seed: int) -> None:
    rng = stats.norm.rvs(size=(2, 15), random_state=seed) * 2 + 5
    p = float(stats.ttest_ind(*rng).pvalue)
    means = tuple(f"{row.mean():.2f}" for row in rng)
    sds = tuple(f"{row.std(ddof=1):.2f}" for row in rng)
    fit = p_of_means(means, sds, (15, 15), p, "=")  # type: ignore[arg-type]
    assert fit.agrees
    assert fit.low <= p <= fit.high


def test_equal_means_may_have_any_rounded_difference() -> None:
    assert p_of_means(("5.0", "5.0"), ("2.0", "2.0"), (20, 20), 0.9, "=").high == 1.0


def test_results_that_two_studies_share() -> None:
    found = {"A": [(0.03,), (0.002,), (0.2,)], "B": [(0.2,), (0.03,), (0.002,)], "C": [(0.03,)]}
    assert same_results(found) == [("A", "B", 3)]


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="13 of 12"):
        p_of_counts((13, 1), (12, 12), 0.05, "<")
    with pytest.raises(ValueError, match="at least 2"):
        p_of_means(("5", "4"), ("1", "1"), (1, 10), 0.05, "<")
