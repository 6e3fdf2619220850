"""Arithmetic that checks a report against itself: pure functions on printed numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import fisher_exact, norm, ttest_ind_from_stats

from evidence.meta.conversions import NumberNeeded, events_from_percent, number_needed
from evidence.meta.distributions import Z95


def t_of_means(difference: float, spread_1: float, spread_2: float, n_1: int, n_2: int, *, se: bool) -> float:
    """Return t of a difference between two means when ± is read as a standard error, or as an SD."""
    if se:
        return difference / math.hypot(spread_1, spread_2)
    return difference / math.hypot(spread_1 / math.sqrt(n_1), spread_2 / math.sqrt(n_2))


def standardised(
    difference: float, spread_1: float, spread_2: float, n_1: int, n_2: int, *, se: bool
) -> float:
    """Return the standardised mean difference (Cohen's d, pooled SD) under each reading of ±."""
    sd_1, sd_2 = (spread_1 * math.sqrt(n_1), spread_2 * math.sqrt(n_2)) if se else (spread_1, spread_2)
    pooled = math.sqrt(((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / (n_1 + n_2 - 2))
    return difference / pooled


def number_needed_of(events_1: int, n_1: int, events_2: int, n_2: int) -> NumberNeeded:
    """Return the number needed to treat with Wald's interval of the risk difference."""
    risk_1, risk_2 = events_1 / n_1, events_2 / n_2
    reach = Z95 * math.sqrt(risk_1 * (1 - risk_1) / n_1 + risk_2 * (1 - risk_2) / n_2)
    rd = risk_1 - risk_2
    return number_needed(rd, rd - reach, rd + reach, event="beneficial")


def exact_p(events_1: int, n_1: int, events_2: int, n_2: int) -> float:
    """Return the p-value of Fisher's exact test."""
    table = np.array([[events_1, n_1 - events_1], [events_2, n_2 - events_2]])
    return float(fisher_exact(table).pvalue)


def chi_square_p(events_1: int, n_1: int, events_2: int, n_2: int) -> float:
    """Return the p-value of the chi-square test without continuity correction."""
    share = (events_1 + events_2) / (n_1 + n_2)
    se = math.sqrt(share * (1 - share) * (1 / n_1 + 1 / n_2))
    return float(2 * norm.sf(abs(events_1 / n_1 - events_2 / n_2) / se))


def welch_p(mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int) -> float:
    """Return the p-value of Welch's t-test."""
    return float(ttest_ind_from_stats(mean_1, sd_1, n_1, mean_2, sd_2, n_2, equal_var=False).pvalue)


def interval_p(estimate: float, low: float, high: float) -> float:
    """Return the p-value that a 95% CI implies: z = estimate / ((high − low) / 2 / 1.96)."""
    return float(2 * norm.sf(abs(estimate) / ((high - low) / (2 * Z95))))


def impossible(percentages: Sequence[str], n: int) -> tuple[str, ...]:
    """Return the percentages that no whole number of n people gives."""
    return tuple(percent for percent in percentages if not events_from_percent(percent, n).possible)


def fitting_totals(percent: str, highest: int, lowest: int) -> tuple[tuple[int, int], ...]:
    """Return every (events, people) with that percentage, from the highest number of people down."""
    return tuple(
        (events, n)
        for n in range(highest, lowest - 1, -1)
        for events in events_from_percent(percent, n).possible
    )


def smallest_sign_p(pairs: int) -> float:
    """Return the smallest two-sided p-value that a sign or signed-rank test of n pairs can give: 2 / 2ⁿ."""
    return float(2 / 2**pairs)


def largest_sd(low: float, high: float, n: int | None = None) -> float:
    """Return the largest SD that values between two limits can have: half the range, times √(n/(n−1))."""
    most = (high - low) / 2
    return most if n is None else most * math.sqrt(n / (n - 1))
