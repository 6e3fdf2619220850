"""Combining and splitting arms, change scores, events from percentages."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.meta import conversions as conv

people = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12)


def summary(values: list[float]) -> tuple[int, float, float]:
    return len(values), float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


@given(groups=st.lists(people, min_size=2, max_size=5))
def test_combined_arms_are_the_joined_raw_data(groups: list[list[float]]) -> None:
    got = conv.combine_arms(*zip(*map(summary, groups), strict=True))
    n, mean, sd = summary([x for group in groups for x in group])
    assert got.n == n
    assert got.mean == pytest.approx(mean, abs=1e-9)
    assert got.sd == pytest.approx(sd, abs=1e-7)


@given(groups=st.lists(people, min_size=3, max_size=5), data=st.data())
def test_arms_combine_in_any_order_and_nesting(groups: list[list[float]], data: st.DataObject) -> None:
    summaries = [summary(group) for group in groups]
    whole = conv.combine_arms(*zip(*summaries, strict=True))
    order = data.draw(st.permutations(summaries))
    shuffled = conv.combine_arms(*zip(*order, strict=True))
    first = conv.combine_arms(*zip(*order[:2], strict=True))
    nested = conv.combine_arms(*zip((first.n, first.mean, first.sd), *order[2:], strict=True))
    for other in (shuffled, nested):
        assert (other.n, other.mean) == pytest.approx((whole.n, whole.mean), abs=1e-9)
        assert other.sd == pytest.approx(whole.sd, abs=1e-7)


def test_combined_arms_by_the_handbooks_formula() -> None:
    """Handbook table 6.5.a for 20 (mean 12, SD 4) and 30 (mean 17, SD 5):

    M = (20·12 + 30·17)/50 = 15; SD² = (19·16 + 29·25 + (20·30/50)(144 + 289 − 2·12·17))/49 = 1329/49.
    """
    got = conv.combine_arms([20, 30], [12, 17], [4, 5])
    assert (got.n, got.mean) == (50, pytest.approx(15))
    assert got.sd == pytest.approx(math.sqrt(1329 / 49))


def test_shares_of_a_control_add_up() -> None:
    share = conv.split_control(25, 2, events=7)
    assert (share.n, share.events) == (12.5, 3.5)
    assert conv.split_control(24, 3) == conv.ControlShare(n=8, events=None)


def test_handbook_change_from_baseline() -> None:
    """Handbook 6.5.2.8: SDs 6.4 at baseline, 7.1 at the end, 4.5 of change: r = 0.78; 7.0, 6.9, 4.2: 0.82."""
    assert f"{conv.correlation_from_sds(6.4, 7.1, 4.5):.2f}" == "0.78"
    assert f"{conv.correlation_from_sds(7.0, 6.9, 4.2):.2f}" == "0.82"
    r = float(conv.correlation_from_sds(6.4, 7.1, 4.5))
    change = conv.change_score(15.2, 6.4, 16.2, 7.1, 129, r)
    assert (change.n, change.mean, change.sd) == (129, pytest.approx(1.0), pytest.approx(4.5))


@given(sd1=st.floats(0.1, 100), sd2=st.floats(0.1, 100), r=st.floats(-0.99, 0.99))
def test_correlation_and_back(sd1: float, sd2: float, r: float) -> None:
    sd = conv.sd_of_difference(sd1, sd2, r)
    assert conv.correlation_from_sds(sd1, sd2, sd) == pytest.approx(r, abs=1e-9 * max(sd1 / sd2, sd2 / sd1))


def test_paired_raw_data() -> None:
    """The SD of differences of a sample is what its SDs and correlation say."""
    rng = np.random.default_rng(5)
    before = rng.normal(60, 15, 30)
    after = 0.5 * before + rng.normal(0, 10, 30)
    r = np.corrcoef(before, after)[0, 1]
    got = conv.change_score(before.mean(), before.std(ddof=1), after.mean(), after.std(ddof=1), 30, r)
    assert got.mean == pytest.approx((after - before).mean())
    assert got.sd == pytest.approx((after - before).std(ddof=1))


@given(n=st.integers(1, 400), decimals=st.integers(0, 3), data=st.data())
def test_events_and_back(n: int, decimals: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, n))
    printed = f"{100 * events / n:.{decimals}f}"
    got = conv.events_from_percent(printed, n)
    assert events in got.possible
    half = Fraction(1, 2 * 10**decimals)
    fits = [k for k in range(n + 1) if abs(Fraction(100 * k, n) - Fraction(printed)) <= half]
    assert list(got.possible) == fits
    if got.exact:
        assert got.events == events


@pytest.mark.parametrize(
    ("percent", "n", "possible"),
    [
        ("76", 30, ()),  # 22/30 is 73.3 %, 23/30 is 76.7 %
        ("76", 29, (22,)),
        ("18", 30, ()),
        ("50%", 8, (4,)),
        ("12.5", 8, (1,)),
        ("12.50", 8, (1,)),
        ("33", 300, (98, 99, 100)),  # 97.5 and 100.5 are not whole
        ("0", 12, (0,)),
        ("100", 12, (12,)),
        ("12", 200, (23, 24, 25)),  # 11.5 % and 12.5 % may both be printed as 12
    ],
)
def test_possible_events(percent: str, n: int, possible: tuple[int, ...]) -> None:
    got = conv.events_from_percent(percent, n)
    assert got.possible == possible
    assert got.exact == (len(possible) == 1)


def test_a_number_needs_its_decimals() -> None:
    assert conv.events_from_percent(12.0, 25, decimals=1).events == 3
    assert conv.events_from_percent(12.0, 25, decimals=1).percent == "12.0"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv.events_from_percent("76", 30).events, "No whole number of 30 people is 76%"),
        (lambda: conv.events_from_percent("33", 300).events, "may be any of 98, 99, 100"),
        (lambda: conv.events_from_percent(12.5, 8), "how many decimals"),
        (lambda: conv.events_from_percent(12.55, 8, decimals=1), "more than 1 decimals"),
        (lambda: conv.events_from_percent("12.5", 8, decimals=2), "shows 1 decimals"),
        (lambda: conv.events_from_percent("101", 8), "between 0 and 100"),
        (lambda: conv.events_from_percent("-1", 8), "plain number"),
        (lambda: conv.events_from_percent("n/a", 8), "plain number"),
        (lambda: conv.events_from_percent("10", 0), "positive whole number"),
        (lambda: conv.combine_arms([], [], []), "at least one arm"),
        (lambda: conv.combine_arms([10, 0], [1, 2], [1, 1]), "n must be 1 or more"),
        (lambda: conv.combine_arms([10, 5], [1, 2], [1, -1]), "sd must be 0 or more"),
        (lambda: conv.combine_arms([1], [1], [0]), "at least two people"),
        (lambda: conv.split_control(20, 0), "parts"),
        (lambda: conv.split_control(20, 2, events=21), "between 0 and n"),
        (lambda: conv.sd_of_difference(1, 2, 1), "r must be strictly between -1 and 1"),
        (lambda: conv.sd_of_difference(1, 0, 0.5), "sd2 must be above 0"),
        (lambda: conv.correlation_from_sds(1, 2, 4), "check that all three are SDs"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
