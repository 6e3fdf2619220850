"""Sentences, ratings and tables of a report, by hand examples in which each input flips the result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evidence.meta import pool
from evidence.report import words
from evidence.report.sections.sensitivity import intervals
from evidence.results.analysis import sample_size


def one(yi: float, se: float) -> Any:
    """A pool of one trial: its interval is yi ± 1.96 se."""
    return pool(np.array([yi]), np.array([se**2]))


@pytest.mark.parametrize(
    ("yi", "se", "said"),
    [
        (-27.7, 7.0, "27.7 points lower (95% CI 14.0 to 41.4 lower)"),
        (-0.6, 6.0, "0.6 points lower (95% CI 12.4 lower to 11.2 higher)"),
        (3.0, 6.0, "3.0 points higher (95% CI 8.8 lower to 14.8 higher)"),
        (20.0, 5.0, "20.0 points higher (95% CI 10.2 to 29.8 higher)"),
        (-0.04, 1.0, "0.0 points different (95% CI 2.0 lower to 1.9 higher)"),
    ],
)
def test_lower_says_the_side_once_or_both_sides(yi: float, se: float, said: str) -> None:
    assert words.lower(one(yi, se)) == said


def test_sample_size() -> None:
    """SD 20 and MID 10 are d = 0.5: 2 × (1.96 + 0.8416)² × 2² = 62.8, so 63 in each arm.

    Cohen (1988, table 2.4.1) gives 64 with Student's t.
    """
    assert sample_size(10, 20) == 2 * 63
    assert sample_size(5, 20) == 2 * 252  # 251.2: half the difference takes four times the people
    assert sample_size(20, 20) == 2 * 16  # 15.7


def two(first: float, second: float, vi: float) -> Any:
    """An analysis of two trials of the same variance."""
    yi, variances = np.array([first, second]), np.array([vi, vi])
    numeric = tuple(SimpleNamespace(yi=y, vi=v) for y, v in zip(yi, variances, strict=True))
    return SimpleNamespace(numeric=numeric, yi=yi, vi=variances, pooled=pool(yi, variances, ci="HKSJ-adhoc"))


def test_few_trials_show_the_other_intervals() -> None:
    """Effects −10 and −11 of variance 25: tau² = 0, mean −10.5, Wald SE √12.5 = 3.536.

    Hartung-Knapp: q = (0.25 + 0.25)/25 = 0.02, SE 3.536 × √0.02 = 0.5, t with 1 df = 12.706.
    """
    analysis = two(-10, -11, 25)
    plain, wald = (found for _, found in intervals(analysis))
    assert (plain.ci_low, plain.ci_high) == pytest.approx((-10.5 - 6.353, -10.5 + 6.353), abs=1e-3)
    assert (wald.ci_low, wald.ci_high) == pytest.approx((-10.5 - 6.930, -10.5 + 6.930), abs=1e-3)
    # The primary interval takes no factor below 1: 12.706 × 3.536
    assert analysis.pooled.ci_high == pytest.approx(-10.5 + 44.92, abs=0.01)
    assert (plain.estimate, wald.estimate) == (analysis.pooled.estimate,) * 2


def test_one_trial_has_no_other_interval() -> None:
    single = SimpleNamespace(numeric=(SimpleNamespace(yi=-1.0, vi=1.0),), pooled=one(-1, 1))
    assert intervals(single) == []  # type: ignore[arg-type]
