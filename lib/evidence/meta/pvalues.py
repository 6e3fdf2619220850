"""Synthesis where effects cannot be pooled: combined p-values and the sign test of effect directions.

Both are named by the Cochrane Handbook (chapter 12) and belong in a report that follows SWiM (Campbell et al.
2020, doi:10.1136/bmj.l6890). Both answer far weaker questions than a pooled effect does, and their results
say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincinv, chdtrc, ndtr, ndtri

from evidence.meta.arrays import vector, vectors
from evidence.meta.distributions import critical_value
from evidence.meta.inputs import numbers, require_probability
from evidence.meta.options import check_level

CombinedMethod: TypeAlias = Literal["fisher", "stouffer"]
ShareInterval: TypeAlias = Literal["clopper-pearson", "wilson"]

COMBINED_MEANING: Final = (
    "A small combined p-value says that at least one trial has an effect in the tested direction. "
    "It says neither how large the effect is nor in how many trials."
)
DIRECTION_MEANING: Final = (
    "The sign test counts directions only: it takes no account of how large or how certain the effects are."
)


@dataclass(frozen=True, slots=True)
class CombinedP:
    """Result of `combine_p`."""

    method: CombinedMethod
    k: int
    statistic: float
    """Chi-squared with 2k degrees of freedom (Fisher) or standard normal deviate (Stouffer)."""
    p_value: float
    """One-sided, in the direction of the p-values that came in."""
    note: str


@dataclass(frozen=True, slots=True)
class DirectionTest:
    """Result of `direction_test`."""

    k: int
    favourable: int
    share: float
    """Favourable among the k trials with a direction."""
    ci_low: float
    ci_high: float
    ci: ShareInterval
    level: float
    p_value: float
    """Two-sided exact binomial test of a share of one half."""
    note: str


def one_sided_p(p: float, *, favours_direction: bool) -> float:
    """One-sided p-value of a two-sided one: half of it, or its complement where the effect points away.

    Parameters
    ----------
    p : float
        Two-sided, 0 to 1.
    favours_direction : bool
        Whether the effect lies on the side that the one-sided test is for.

    Examples
    --------
    >>> one_sided_p(0.04, favours_direction=True)
    0.02
    """
    (value,) = numbers(p=p)
    require_probability(p=value)
    return float(value / 2.0 if favours_direction else 1.0 - value / 2.0)


def combine_p(
    p: ArrayLike, *, method: CombinedMethod = "fisher", weights: ArrayLike | None = None
) -> CombinedP:
    """Combine independent one-sided p-values that all test the same direction.

    Parameters
    ----------
    p : array-like, shape (k,)
        One-sided p-values, strictly between 0 and 1 (`one_sided_p` makes them). Of a trial that prints only
        "p < 0.05" the bound itself is the cautious choice.
    method : {"fisher", "stouffer"}
        Fisher: −2 Σ log p is chi-squared with 2k degrees of freedom. Stouffer: Σ w z / sqrt(Σ w²) is standard
        normal.
    weights : array-like, shape (k,), optional
        Stouffer's w, all above 0; the square root of the number of people is customary (Zaykin 2011,
        doi:10.1111/j.1420-9101.2011.02297.x). Equal if left out. Fisher's method takes none.

    Raises
    ------
    ValueError
        No p-values, p-values not strictly between 0 and 1, unequal lengths, weights not above 0 or given to
        Fisher.

    Notes
    -----
    In R: ``metap::sumlog`` and ``metap::sumz``.

    Examples
    --------
    >>> round(combine_p([0.02, 0.2, 0.04]).p_value, 4)
    0.0077
    """
    values = vector("p", p)
    if not values.size:
        raise ValueError("No p-values to combine")
    require_probability(p=values)
    if method == "fisher":
        if weights is not None:
            raise ValueError('Fisher\'s method takes no weights; use method="stouffer"')
        statistic = -2.0 * float(np.log(values).sum())
        p_value = float(chdtrc(2 * values.size, statistic))
    elif method == "stouffer":
        values, w = vectors(("p", "weights"), (values, np.ones_like(values) if weights is None else weights))
        if not (w > 0.0).all():
            raise ValueError("weights must all be above 0")
        statistic = -float((w * ndtri(values)).sum()) / math.sqrt(float((w**2).sum()))
        p_value = float(ndtr(-statistic))
    else:
        raise ValueError(f"Unknown method={method!r}: use one of fisher, stouffer")
    return CombinedP(method, values.size, statistic, p_value, COMBINED_MEANING)


def direction_test(
    favourable: int, unfavourable: int, *, ci: ShareInterval = "clopper-pearson", level: float = 0.95
) -> DirectionTest:
    """Sign test of effect directions: do more trials favour the treatment than chance would have it?

    Trials whose direction is not known, or that saw no difference at all, are left out (Boon & Thomson 2021,
    doi:10.1002/jrsm.1458).

    Parameters
    ----------
    favourable, unfavourable : int
        Trials whose effect points either way, whatever its size and significance.
    ci : {"clopper-pearson", "wilson"}
        Interval of the share: exact (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404), or Wilson's (1927,
        doi:10.1080/01621459.1927.10502953), which is closer to nominal on average.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        Negative counts, no trial with a direction, unknown options.

    Notes
    -----
    In R: ``binom.test(favourable, k)``.

    Examples
    --------
    >>> found = direction_test(9, 3)
    >>> found.share, round(found.p_value, 3)
    (0.75, 0.146)
    """
    if favourable < 0 or unfavourable < 0:
        raise ValueError(f"Counts of trials must be 0 or more, not {favourable} and {unfavourable}")
    k = favourable + unfavourable
    if k == 0:
        raise ValueError("No trial has a known direction of effect")
    check_level(level)
    if ci == "clopper-pearson":
        low, high = _clopper_pearson(favourable, k, level)
    elif ci == "wilson":
        low, high = _wilson(favourable, k, level)
    else:
        raise ValueError(f"Unknown ci={ci!r}: use one of clopper-pearson, wilson")
    p_value = min(1.0, 2.0 * float(bdtr(min(favourable, unfavourable), k, 0.5)))
    return DirectionTest(k, favourable, favourable / k, low, high, ci, level, p_value, DIRECTION_MEANING)


def _clopper_pearson(x: int, k: int, level: float) -> tuple[float, float]:
    tail = (1.0 - level) / 2.0
    low = float(betaincinv(x, k - x + 1, tail)) if x > 0 else 0.0
    high = float(betaincinv(x + 1, k - x, 1.0 - tail)) if x < k else 1.0
    return low, high


def _wilson(x: int, k: int, level: float) -> tuple[float, float]:
    z = critical_value(level, math.inf)
    centre = (x + z**2 / 2.0) / (k + z**2)
    half = z / (k + z**2) * math.sqrt(x * (k - x) / k + z**2 / 4.0)
    return (centre - half if x > 0 else 0.0), (centre + half if x < k else 1.0)
