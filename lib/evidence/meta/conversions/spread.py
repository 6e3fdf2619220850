"""Standard errors and standard deviations from what a report gives instead of them.

Source: Cochrane Handbook for Systematic Reviews of Interventions, version 6.5, sections 6.5.2.2 (one
group) and 6.5.2.3 (difference of two groups). All functions broadcast over arrays. P values are
two-sided and exact: a threshold ("P < 0.05") is a bound, not a value, and is not accepted as one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from evidence.meta.arrays import Array
from evidence.meta.inputs import (
    numbers,
    require,
    require_positive,
    require_probability,
    require_sample_size,
)


def statistic_from_p(p: ArrayLike, df: ArrayLike | None = None) -> Array:
    """Size of the t (with `df`) or z statistic that has the exact two-sided p value `p`.

    Raises
    ------
    ValueError
        If `p` is not strictly between 0 and 1 or `df` not positive.

    Examples
    --------
    >>> float(statistic_from_p(0.008, df=45).round(2)), float(statistic_from_p(0.05).round(2))
    (2.78, 1.96)
    """
    if df is None:
        (p_,) = numbers(p=p)
        require_probability(p=p_)
        return np.asarray(-ndtri(p_ / 2))[()]
    p_, df_ = numbers(p=p, df=df)
    require_probability(p=p_)
    require_positive(df=df_)
    return np.asarray(-stdtrit(df_, p_ / 2))[()]


def _critical_value(level: float, df: ArrayLike | None) -> Array:
    (level_,) = numbers(level=level)
    require_probability(level=level_)
    return statistic_from_p(1 - level_, df)


def se_from_ci(low: ArrayLike, high: ArrayLike, *, level: float = 0.95, df: ArrayLike | None = None) -> Array:
    """Standard error from a confidence interval: (high − low) / (2 × critical value).

    For a ratio give the limits as logarithms; the result is the standard error of the log ratio.

    Parameters
    ----------
    low, high : array-like
    level : float
        Confidence level of the interval.
    df : array-like, optional
        Degrees of freedom if the interval was computed with t (n1 + n2 − 2 for two groups).

    Raises
    ------
    ValueError
        If a limit is not finite or `high` is not above `low`.

    Notes
    -----
    Handbook 6.5.2.2 and 6.5.2.3. R: ``metafor::conv.wald(ci.lb, ci.ub)``, without `df`.

    Examples
    --------
    >>> float(se_from_ci(-9.8, 9.8).round(2))
    5.0
    """
    low_, high_ = numbers(low=low, high=high)
    require("high", high_, high_ > low_, "above low")
    return (high_ - low_) / (2 * _critical_value(level, df))


def se_from_t(estimate: ArrayLike, t: ArrayLike) -> Array:
    """Standard error of an estimate from its t (or z) statistic: |estimate / t|.

    The sign of `t` is not used: reports often leave it out.

    Raises
    ------
    ValueError
        If either is 0: the standard error is then undetermined.

    Notes
    -----
    Handbook 6.5.2.3. R: ``metafor::conv.wald(zval)``.

    Examples
    --------
    >>> float(se_from_t(3.8, 2.78).round(2))
    1.37
    """
    estimate_, t_ = numbers(estimate=estimate, t=t)
    for name, values in {"estimate": estimate_, "t": t_}.items():
        require(name, values, values != 0, "other than 0 to give a standard error")
    return np.abs(estimate_ / t_)


def se_from_p(estimate: ArrayLike, p: ArrayLike, *, df: ArrayLike | None = None) -> Array:
    """Standard error of an estimate from the exact two-sided p value of its test.

    Parameters
    ----------
    estimate : array-like
        On the scale of the test; for a ratio the log ratio.
    p : array-like
    df : array-like, optional
        Degrees of freedom of the t test; a z test without.

    Raises
    ------
    ValueError
        If `estimate` is 0 or `p` is not strictly between 0 and 1.

    Notes
    -----
    Handbook 6.5.2.3. R: ``metafor::conv.wald(pval)``, without `df`.

    Examples
    --------
    >>> float(se_from_p(3.8, 0.008, df=45).round(2))
    1.37
    """
    return se_from_t(estimate, statistic_from_p(p, df))


def sd_from_se(se: ArrayLike, n: ArrayLike) -> Array:
    """SD of one group from the standard error of its mean: SE √n.

    Raises
    ------
    ValueError
        If `se` is not positive or `n` below 2.

    Notes
    -----
    Handbook 6.5.2.2.

    Examples
    --------
    >>> float(sd_from_se(0.5, 25))
    2.5
    """
    se_, n_ = numbers(se=se, n=n)
    require_positive(se=se_)
    require_sample_size(2, n=n_)
    return se_ * np.sqrt(n_)


def sd_from_ci(
    low: ArrayLike, high: ArrayLike, n: ArrayLike, *, level: float = 0.95, distribution: str = "t"
) -> Array:
    """SD of one group from the confidence interval of its mean.

    Parameters
    ----------
    low, high, n : array-like
    level : float
    distribution : {"t", "normal"}
        What the interval was computed with. With t the critical value has n − 1 degrees of freedom;
        the Handbook's divisor 3.92 is the normal one, for groups of more than about 100.

    Raises
    ------
    ValueError
        If the limits are not in order, `n` is below 2 or `distribution` unknown.

    Notes
    -----
    Handbook 6.5.2.2.

    Examples
    --------
    >>> float(sd_from_ci(30.0, 34.2, 25).round(2))
    5.09
    """
    if distribution not in ("t", "normal"):
        raise ValueError(f'distribution must be "t" or "normal"; got {distribution!r}.')
    (n_,) = numbers(n=n)
    require_sample_size(2, n=n_)
    df = n_ - 1 if distribution == "t" else None
    return sd_from_se(se_from_ci(low, high, level=level, df=df), n_)


def sd_from_difference_se(se: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Array:
    """Average SD of two groups from the standard error of the difference of their means.

    SE / √(1/n1 + 1/n2); it stands for the SD of each group.

    Raises
    ------
    ValueError
        If `se` is not positive or a group has fewer than 2 people.

    Notes
    -----
    Handbook 6.5.2.3.

    Examples
    --------
    >>> float(sd_from_difference_se(1.37, 25, 22).round(2))
    4.69
    """
    se_, n1_, n2_ = numbers(se=se, n1=n1, n2=n2)
    require_positive(se=se_)
    require_sample_size(2, n1=n1_, n2=n2_)
    return se_ / np.sqrt(1 / n1_ + 1 / n2_)


def sd_from_difference_ci(
    low: ArrayLike, high: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, level: float = 0.95
) -> Array:
    """Average SD of two groups from the t interval (n1 + n2 − 2 df) of the difference of their means.

    Raises
    ------
    ValueError
        As `se_from_ci` and `sd_from_difference_se`.

    Notes
    -----
    Handbook 6.5.2.3.

    Examples
    --------
    >>> float(sd_from_difference_ci(1.04, 6.56, 25, 22).round(1))
    4.7
    """
    return sd_from_difference_se(se_from_ci(low, high, level=level, df=_pooled_df(n1, n2)), n1, n2)


def sd_from_t(difference: ArrayLike, t: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Array:
    """Average SD of two groups from the difference of their means and its two-sample t statistic.

    Raises
    ------
    ValueError
        As `se_from_t` and `sd_from_difference_se`.

    Notes
    -----
    Handbook 6.5.2.3.

    Examples
    --------
    >>> float(sd_from_t(3.8, 2.78, 25, 22).round(2))
    4.68
    """
    return sd_from_difference_se(se_from_t(difference, t), n1, n2)


def sd_from_p(difference: ArrayLike, p: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Array:
    """Average SD of two groups from the difference of their means and the exact p of its t test.

    Raises
    ------
    ValueError
        As `se_from_p` and `sd_from_difference_se`.

    Notes
    -----
    Handbook 6.5.2.3.

    Examples
    --------
    >>> float(sd_from_p(3.8, 0.008, 25, 22).round(2))
    4.68
    """
    return sd_from_difference_se(se_from_p(difference, p, df=_pooled_df(n1, n2)), n1, n2)


def _pooled_df(n1: ArrayLike, n2: ArrayLike) -> Array:
    n1_, n2_ = numbers(n1=n1, n2=n2)
    require_sample_size(2, n1=n1_, n2=n2_)
    return n1_ + n2_ - 2
