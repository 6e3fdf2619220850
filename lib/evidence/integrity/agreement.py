"""Whether a printed p-value agrees with the numbers printed beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from scipy.stats import chi2_contingency, fisher_exact, ttest_ind_from_stats

Operator = Literal["=", "<", ">", "ns"]

#: A printed p-value disagrees only where it is on the other side of 5%, or this many times off.
FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The p-values that printed numbers allow, and whether a printed one agrees with them.

    Attributes
    ----------
    low, high : float
        Smallest and largest p-value over the usual tests and over the rounding of the printed numbers.
    agrees : bool
        Whether the printed p-value lies between them, or is near enough to be rounding or another usual test.
    crosses : bool
        Whether the printed one and all that the numbers allow lie on different sides of 5%.
    """

    low: float
    high: float
    agrees: bool
    crosses: bool


def p_of_counts(events: tuple[int, int], totals: tuple[int, int], p: float | None, operator: Operator) -> Fit:
    """Compare a printed p-value of two proportions with Fisher's and the chi-square tests.

    Parameters
    ----------
    events, totals : tuple of int
        People with the event, and all people, of the two groups.
    p : float or None
        The printed p-value; None with the operator "ns".
    operator : {"=", "<", ">", "ns"}

    Raises
    ------
    ValueError
        When the counts are not counts of two groups of people.

    Examples
    --------
    >>> p_of_counts((5, 1), (12, 12), 0.05, "<").crosses
    True
    """
    for event, total in zip(events, totals, strict=True):
        if not 0 <= event <= total or total < 1:
            raise ValueError(f"{event} of {total} is no count of people with an event")
    table = np.array([[event, total - event] for event, total in zip(events, totals, strict=True)])
    found = [float(fisher_exact(table).pvalue)]
    if 0 < sum(events) < sum(totals):
        found += [float(chi2_contingency(table, correction=correct).pvalue) for correct in (False, True)]
    return _fit(found, p, operator)


def p_of_means(
    means: tuple[str, str], sds: tuple[str, str], n: tuple[int, int], p: float | None, operator: Operator
) -> Fit:
    """Compare a printed p-value of two means with Student's and Welch's t, over the rounding of the numbers.

    Parameters
    ----------
    means, sds : tuple of str
        As printed, with their decimals.
    n : tuple of int
        People in the two groups, at least 2 each.
    p : float or None
    operator : {"=", "<", ">", "ns"}

    Examples
    --------
    >>> p_of_means(("5.2", "5.0"), ("2.1", "2.0"), (20, 20), 0.01, "<").agrees
    False
    """
    if min(n) < 2:
        raise ValueError(f"a t test wants at least 2 people in each group; got {n[0]} and {n[1]}")
    corners = [[_ends(text) for text in texts] for texts in (means, sds)]
    found = [
        _t_p((first, second), (max(spread_1, 0.0), max(spread_2, 0.0)), n, equal)
        for first, second in product(*corners[0])
        for spread_1, spread_2 in product(*corners[1])
        for equal in (True, False)
    ]
    (low_1, high_1), (low_2, high_2) = corners[0]
    if low_1 <= high_2 and low_2 <= high_1:
        found.append(1.0)
    return _fit(found, p, operator)


def same_results(
    found: Mapping[str, Sequence[tuple[float, ...]]], least: int = 3
) -> list[tuple[str, str, int]]:
    """Return pairs of studies that share printed results.

    Parameters
    ----------
    found : mapping of str to sequence of tuples
        By study: each result as its numbers, for example (mean, sd), or (p,).
    least : int
        How many shared results make a pair worth a look.

    Returns
    -------
    list of (study, study, int)
        With the number of different results that both print.
    """
    sets = {study: set(results) for study, results in sorted(found.items())}
    names = list(sets)
    pairs = ((a, b, len(sets[a] & sets[b])) for i, a in enumerate(names) for b in names[i + 1 :])
    return [pair for pair in pairs if pair[2] >= least]


def _t_p(means: tuple[float, float], sds: tuple[float, float], n: tuple[int, int], equal: bool) -> float:
    if max(sds) == 0:
        return 1.0 if means[0] == means[1] else 0.0
    return float(ttest_ind_from_stats(means[0], sds[0], n[0], means[1], sds[1], n[1], equal_var=equal).pvalue)


def _ends(text: str) -> tuple[float, float]:
    decimals = len(text.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    return float(text) - half, float(text) + half


def _fit(found: Sequence[float], p: float | None, operator: Operator) -> Fit:
    low, high = min(found), max(found)
    if operator == "ns" or p is None:
        return Fit(low, high, high >= 0.05 / FACTOR, high < 0.05)
    if operator == "<":
        return Fit(low, high, low < p * FACTOR and not (p <= 0.05 <= low), p <= 0.05 <= low)
    if operator == ">":
        return Fit(low, high, high > p / FACTOR and not (high < 0.05 <= p), high < 0.05 <= p)
    crosses = (p < 0.05 <= low) or (high < 0.05 <= p)
    near = low / FACTOR <= p <= high * FACTOR or math.isclose(p, low, abs_tol=5e-3)
    return Fit(low, high, near and not crosses, crosses)
