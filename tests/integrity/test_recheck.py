"""Arithmetic on printed numbers, against hand calculations."""

from __future__ import annotations

import math

import pytest

from evidence.integrity import recheck


def test_a_spread_under_both_readings() -> None:
    # 30 v 30 people, 2.68 ± 0.51 v 5.45 ± 0.48. As SE: t = 2.77 / sqrt(0.51² + 0.48²) = 2.77 / 0.70036.
    # As SD: t = 2.77 / (0.70036 / sqrt(30)) = 21.66, and d = 2.77 / sqrt((0.51² + 0.48²) / 2) = 5.593.
    args = (-2.77, 0.51, 0.48, 30, 30)
    assert recheck.t_of_means(*args, se=True) == pytest.approx(-3.955, abs=0.001)
    assert recheck.t_of_means(*args, se=False) == pytest.approx(-21.66, abs=0.01)
    assert recheck.standardised(*args, se=False) == pytest.approx(-5.593, abs=0.001)
    assert recheck.standardised(*args, se=True) == pytest.approx(-5.593 / math.sqrt(30), abs=0.001)


def test_a_number_needed_that_spans_no_effect() -> None:
    # 10/18 − 6/18 = 0.2222; variance (0.24691 + 0.22222) / 18 = 0.026063, SE 0.16144, reach 0.31642;
    # limits −0.0942 and 0.5386; 1/0.2222 = 4.5, 1/0.5386 = 1.86, 1/0.0942 = 10.6; harm is rounded down.
    needed = recheck.number_needed_of(10, 18, 6, 18)
    assert needed.benefit_low == pytest.approx(-0.0942, abs=0.0001)
    assert needed.benefit_high == pytest.approx(0.5386, abs=0.0001)
    assert needed.text == "NNTB 5 (NNTB 2 … ∞ … NNTH 10)"


def test_fisher_by_counting() -> None:
    # 3 of 3 v 0 of 3: two of the C(6, 3) = 20 tables are as extreme, p = 0.1.
    assert recheck.exact_p(3, 3, 0, 3) == pytest.approx(0.1)


def test_chi_square_by_hand() -> None:
    # 8/12 v 3/12: χ² = 24 (8·9 − 4·3)² / (12·12·11·13) = 24·3600 / 20592 = 4.196; p = erfc(sqrt(4.196 / 2)).
    assert recheck.chi_square_p(8, 12, 3, 12) == pytest.approx(math.erfc(math.sqrt(24 * 3600 / 20592 / 2)))


def test_interval_p_by_hand() -> None:
    # −1.12 (−2.33 to 0.09): SE = 2.42 / 3.92 = 0.61735, z = 1.8142, p = erfc(1.8142 / sqrt(2)) = 0.0696.
    assert recheck.interval_p(-1.12, -2.33, 0.09) == pytest.approx(0.0696, abs=0.0001)
    assert recheck.interval_p(-1.0, -2.0, 0.0) == pytest.approx(0.05, abs=1e-6)


def test_percentages_of_25_are_multiples_of_4() -> None:
    assert recheck.impossible(("5", "14", "7", "12", "4"), 25) == ("5", "14", "7")


def test_totals_that_fit_a_percentage() -> None:
    # Of 27 to 30 people only 22 of 29 (75.86) rounds to 76, and only 5 of 28 (17.86) to 18.
    assert recheck.fitting_totals("76", 30, 27) == ((22, 29),)
    assert recheck.fitting_totals("18", 30, 27) == ((5, 28),)


def test_smallest_sign_p() -> None:
    assert recheck.smallest_sign_p(7) == 2 / 128  # all seven signs the same, either way


def test_largest_sd() -> None:
    # Half the people at each end of 19 to 25 are each 3 from the mean 22.
    assert recheck.largest_sd(19, 25) == 3
    assert recheck.largest_sd(19, 25, 2) == pytest.approx(3 * math.sqrt(2))


def test_welch_p_is_that_of_equal_groups() -> None:
    # 1.3 (0.66) v 2.5 (2.9), 35 each: t = 1.2 / sqrt(0.4356/35 + 8.41/35) = 2.387 on about 37.5 df.
    assert recheck.welch_p(1.3, 0.66, 35, 2.5, 2.9, 35) == pytest.approx(0.022, abs=0.0005)
