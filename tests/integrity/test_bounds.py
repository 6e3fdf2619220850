"""What a scale with ends allows of a standard deviation, against every group of scores that there is."""

from __future__ import annotations

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.integrity import sd_fits_scale, whole_sd_limits


@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_limits_are_those_of_all_whole_scores(n: int) -> None:
    found: dict[int, list[float]] = {}
    for scores in itertools.combinations_with_replacement(range(1, 6), n):
        found.setdefault(sum(scores), []).append(statistics.stdev(scores))
    for total, sds in found.items():
        # Nine decimals leave one total only.
        limits = whole_sd_limits(f"{total / n:.9f}", n, 1, 5)
        assert limits == pytest.approx((min(sds), max(sds)), abs=1e-9)


def test_a_mean_that_whole_scores_do_not_have_has_no_limits() -> None:
    assert whole_sd_limits("3.11", 50, 0, 10) is None
    assert whole_sd_limits("5.50", 2, 0, 5) is None  # the total is whole but beyond the scale


@given(st.lists(st.floats(0, 10), min_size=2, max_size=30))
def test_scores_on_the_scale_are_never_refused(scores: list[float]) -> None:
    mean, sd = statistics.fmean(scores), statistics.stdev(scores)
    assert sd_fits_scale(f"{mean:.1f}", f"{sd:.1f}", len(scores), 0, 10)


def test_the_bound_by_hand() -> None:
    """Half at each end: at mean 22, 9 · 30/29 = 9.31, SD 3.05; at mean 20 the SD is √(5 · 1 · 30/29)."""
    assert sd_fits_scale("22.0", "3.1", 30, 19, 25)
    assert not sd_fits_scale("22.0", "3.2", 30, 19, 25)
    assert sd_fits_scale("20.00", "2.27", 30, 19, 25)
    assert not sd_fits_scale("20.00", "2.30", 30, 19, 25)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        sd_fits_scale("11", "1", 10, 0, 10)
    with pytest.raises(ValueError, match="at least 2"):
        sd_fits_scale("5", "1", 1, 0, 10)
    with pytest.raises(ValueError, match="at least 2"):
        whole_sd_limits("5", 1, 0, 10)
