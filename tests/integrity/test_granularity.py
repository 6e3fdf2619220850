"""GRIM and GRIMMER against every group of whole-number scores that there is."""

from __future__ import annotations

import itertools
import statistics
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.integrity import grim, grimmer

SCORES = range(7)


def rounded(value: float | Decimal, places: int) -> set[str]:
    """A number as it may be printed: halves go up or down."""
    step = Decimal(1).scaleb(-places)
    return {str(Decimal(value).quantize(step, way)) for way in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


@pytest.mark.parametrize("n", [3, 4, 7])
def test_every_possible_mean_and_no_other_passes(n: int) -> None:
    possible = {text for total in range(6 * n + 1) for text in rounded(Decimal(total) / n, 2)}
    for hundredths in range(601):
        text = f"{hundredths / 100:.2f}"
        assert grim(text, n) is (text in possible)


def test_the_example_of_the_paper() -> None:
    """Brown and Heathers 2017: a mean of 5.19 cannot come from 28 whole numbers; 5.18 can."""
    assert grim("5.19", 28) is False
    assert grim("5.18", 28) is True


def test_a_large_group_tells_nothing() -> None:
    assert grim("5.19", 100) is None
    assert grim("5.2", 10) is None
    assert grim("5.19", 50, items=2) is None


@pytest.mark.parametrize("n", [4, 6])
def test_every_pair_that_scores_can_have_passes(n: int) -> None:
    for scores in itertools.combinations_with_replacement(SCORES, n):
        mean, sd = statistics.fmean(scores), statistics.stdev(scores)
        assert grimmer(f"{mean:.2f}", f"{sd:.2f}", n) is not False


def test_pairs_that_no_scores_have_fail() -> None:
    """Whatever the test refuses is impossible, and what it accepts some scores give."""
    n = 5
    possible = {
        (mean, sd)
        for scores in itertools.combinations_with_replacement(range(-8, 15), n)
        for mean in rounded(Decimal(sum(scores)) / n, 2)
        for sd in rounded(Decimal(statistics.stdev(scores)), 2)
    }
    means = [f"{m / 100:.2f}" for m in range(300, 320)]
    refused = [
        (m, f"{s / 100:.2f}")
        for m in means
        for s in range(50, 400)
        if grimmer(m, f"{s / 100:.2f}", n) is False
    ]
    assert refused
    assert not possible & set(refused)
    accepted = [
        (m, f"{s / 100:.2f}") for m in means for s in range(50, 300) if grimmer(m, f"{s / 100:.2f}", n)
    ]
    assert set(accepted) <= possible


@given(st.lists(st.integers(0, 10), min_size=2, max_size=40))
def test_real_scores_are_never_refused(scores: list[int]) -> None:
    mean, sd = statistics.fmean(scores), statistics.stdev(scores)
    assert grim(f"{mean:.2f}", len(scores)) is not False
    assert grimmer(f"{mean:.2f}", f"{sd:.2f}", len(scores)) is not False


@pytest.mark.parametrize(("mean", "n"), [("3.4", 0), ("3.4", -2), ("abc", 10), ("inf", 10)])
def test_bad_input(mean: str, n: int) -> None:
    with pytest.raises(ValueError, match=r"n must be|decimal number|finite"):
        grim(mean, n)


def test_an_sd_of_one_person_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        grimmer("3.0", "1.0", 1)
