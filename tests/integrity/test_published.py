"""The checks on examples that their publications, or the oldest textbooks, give."""

from __future__ import annotations

import pytest
from scipy import stats

from evidence.integrity import grim, grimmer, p_of_counts, p_of_interval, p_of_means, spread_reading
from evidence.integrity.recheck import impossible

#: Student 1908: extra hours of sleep of ten people under each of two drugs; Student's own means and SDs.
SLEEP = (
    (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
)


def test_the_means_of_brown_and_heathers() -> None:
    assert grim("5.27", 43) is False
    assert grim("5.26", 43) is True
    assert grim("5.90", 40, items=3) is None  # 120 answers allow every mean with two decimals


def test_the_sd_that_fails_by_parity_alone() -> None:
    """Allard's example: the mean of 3.44 in 18 is possible, and an SD of 2.47 beside it is not."""
    assert grim("3.44", 18) is True
    assert grimmer("3.44", "2.47", 18) is False


@pytest.mark.parametrize(
    ("percent", "fits"),
    [("67.4", False), ("54.2", False), ("54.0", True), ("69.8", False), ("68.1", False), ("55.4", False)],
)
def test_percentages_of_150_people(percent: str, fits: bool) -> None:
    """The table of percentages that the R package scrutiny brings with it; only 54.0 is a count of 150."""
    assert (impossible([percent], 150) == ()) is fits


def test_the_lady_tasting_tea() -> None:
    """Fisher 1935: 3 of 4 cups against 1 of 4 gives p = 34/70."""
    assert p_of_counts((3, 1), (4, 4), 34 / 70, "=").high == pytest.approx(34 / 70)
    assert p_of_counts((4, 0), (4, 4), 2 / 70, "=").agrees
    assert not p_of_counts((3, 1), (4, 4), 0.001, "=").agrees


def test_the_hours_of_sleep() -> None:
    """As two groups: t -1.86, p 0.079 with the SDs, and with standard errors only when read as such."""
    means = tuple(f"{stats.tmean(group):.2f}" for group in SLEEP)
    sds = tuple(f"{stats.tstd(group):.2f}" for group in SLEEP)
    ses = tuple(f"{stats.sem(group):.2f}" for group in SLEEP)
    assert (means, sds) == (("0.75", "2.33"), ("1.79", "2.00"))
    assert p_of_means(means, sds, (10, 10), 0.079, "=").agrees  # type: ignore[arg-type]
    found = spread_reading(means, ses, (10, 10), 0.079, "=")  # type: ignore[arg-type]
    assert found.says == "se"
    assert found.as_se.low <= stats.ttest_ind(*SLEEP).pvalue <= found.as_se.high
    assert spread_reading(means, sds, (10, 10), 0.079, "=").as_sd.agrees  # type: ignore[arg-type]
    assert spread_reading(means, sds, (10, 10), 0.079, "=").d_as_sd == pytest.approx(0.832, abs=0.001)  # type: ignore[arg-type]


def test_the_interval_of_altman_and_bland() -> None:
    """BMJ 2011;343:d2304: a ratio of 0.81 (0.70 to 0.94) gives z = 2.79 or so and p = 0.005."""
    found = p_of_interval(0.81, 0.70, 0.94, 0.005, "=", ratio=True)
    assert found.low == pytest.approx(0.005, abs=0.0005)
    assert found.agrees
    assert not p_of_interval(0.81, 0.70, 0.94, 0.3, "=", ratio=True).agrees
