"""Whether a printed p-value agrees with the numbers printed beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import chi2_contingency, fisher_exact, ttest_ind_from_stats

from evidence.integrity.recheck import interval_p, standardised

Operator = Literal["=", "<", ">", "ns"]
Range: TypeAlias = tuple[float, float]

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
    return _of_ranges((_ends(means[0]), _ends(means[1])), (_ends(sds[0]), _ends(sds[1])), n, p, operator)


def _of_ranges(
    means: tuple[Range, Range],
    sds: tuple[Range, Range],
    n: tuple[int, int],
    p: float | None,
    operator: Operator,
) -> Fit:
    """Compare a p-value with those of both t tests at every corner of the rounding."""
    found = [
        _t_p((first, second), (max(spread_1, 0.0), max(spread_2, 0.0)), n, equal)
        for first, second in product(*means)
        for spread_1, spread_2 in product(*sds)
        for equal in (True, False)
    ]
    (low_1, high_1), (low_2, high_2) = means
    if low_1 <= high_2 and low_2 <= high_1:
        found.append(1.0)
    return _fit(found, p, operator)


@dataclass(frozen=True, slots=True)
class Reading:
    """Two means compared with their spread read as a standard deviation, and as a standard error.

    Attributes
    ----------
    as_sd, as_se : Fit
        The p-values under each reading.
    d_as_sd, d_as_se : float
        The standardised mean difference under each, without its sign.
    off_as_sd, off_as_se: float
        How many powers of ten the printed p-value lies outside of what each reading gives; 0 inside.
    """

    as_sd: Fit
    as_se: Fit
    d_as_sd: float
    d_as_se: float
    off_as_sd: float
    off_as_se: float

    @property
    def says(self) -> Literal["sd", "se", "both", "neither"]:
        """Which reading the printed p-value fits, to a power of ten."""
        sd, se = (off <= math.log10(FACTOR) for off in (self.off_as_sd, self.off_as_se))
        if sd and se:
            return "both"
        return "sd" if sd else "se" if se else "neither"


def spread_reading(
    means: tuple[str, str], spreads: tuple[str, str], n: tuple[int, int], p: float | None, operator: Operator
) -> Reading:
    """Compare what a printed p-value says of two means when their spreads are SDs, and when they are SEs.

    Altman DG, Bland JM (2005). Standard deviations and standard errors. BMJ 331, 903: SE = SD / √n.

    Parameters
    ----------
    means, spreads : tuple of str
        As printed, with their decimals.
    n : tuple of int
        People in the two groups, at least 2 each.
    p : float or None
    operator : {"=", "<", ">", "ns"}

    Examples
    --------
    >>> spread_reading(("0.75", "2.33"), ("0.57", "0.63"), (10, 10), 0.079, "=").says
    'se'
    """
    values = float(means[0]) - float(means[1]), float(spreads[0]), float(spreads[1])
    first, second = (
        tuple(end * math.sqrt(size) for end in _ends(text)) for text, size in zip(spreads, n, strict=True)
    )
    ends = _ends(means[0]), _ends(means[1])
    as_sd = p_of_means(means, spreads, n, p, operator)
    as_se = _of_ranges(ends, ((first[0], first[1]), (second[0], second[1])), n, p, operator)
    return Reading(
        as_sd,
        as_se,
        abs(standardised(*values, *n, se=False)),
        abs(standardised(*values, *n, se=True)),
        _off(as_sd, p, operator),
        _off(as_se, p, operator),
    )


def _off(fit: Fit, p: float | None, operator: Operator) -> float:
    """Return how many powers of ten a printed p-value lies outside of what numbers allow."""
    low, high = (math.log10(max(end, 1e-300)) for end in (fit.low, fit.high))
    if operator == "ns" or p is None:
        return max(math.log10(0.05) - high, 0.0)
    said = math.log10(p)
    below, above = max(low - said, 0.0), max(said - high, 0.0)
    return {"<": below, ">": above}.get(operator, max(below, above))


def p_of_interval(
    estimate: float, low: float, high: float, p: float | None, operator: Operator, *, ratio: bool = False
) -> Fit:
    """Compare a printed p-value with the one that a 95% interval beside it implies.

    Altman DG, Bland JM (2011). How to obtain the P value from a confidence interval. BMJ 343, d2304.

    Parameters
    ----------
    estimate, low, high : float
        A difference with its limits, or with `ratio` a ratio, which is taken on the log scale.

    Examples
    --------
    >>> p_of_interval(-1.12, -2.33, 0.09, 0.001, "<").crosses
    True
    """
    values = [math.log(value) for value in (estimate, low, high)] if ratio else [estimate, low, high]
    return _fit([interval_p(*values)], p, operator)


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
