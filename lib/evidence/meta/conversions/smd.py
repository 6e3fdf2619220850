"""Standardised mean differences from test statistics, and into log odds ratios and scale points."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array
from evidence.meta.conversions.generic import Estimate
from evidence.meta.conversions.spread import statistic_from_p
from evidence.meta.effects import hedges_j
from evidence.meta.inputs import numbers, require, require_positive, require_sample_size
from evidence.meta.options import Convention

LOGISTIC_SD = np.pi / np.sqrt(3)  # SD of the standard logistic distribution


def smd_from_d(d: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, convention: Convention = "metafor") -> Estimate:
    """Hedges' g and its variance from Cohen's d of two independent groups.

    Parameters
    ----------
    d : array-like
        Difference of means over the pooled SD, without small-sample correction.
    n1, n2 : array-like
    convention : {"metafor", "revman"}
        Exact J and 1/n1 + 1/n2 + g²/(2N), or RevMan's J = 1 − 3/(4N − 9) and N/(n1 n2) + g²/(2(N − 3.94)).

    Raises
    ------
    ValueError
        If a group has no people or both together fewer than 4.

    Notes
    -----
    Hedges 1981, equation 6e; Hedges & Olkin 1985, chapter 5; Deeks & Higgins 2010 for RevMan. R:
    ``metafor::escalc("SMD", di=, n1i=, n2i=)``.

    Examples
    --------
    >>> float(smd_from_d(0.5, 10, 10).yi.round(3))
    0.479
    """
    if convention not in ("metafor", "revman"):
        raise ValueError(f'convention must be "metafor" or "revman", not {convention!r}')
    d_, n1_, n2_ = numbers(d=d, n1=n1, n2=n2)
    require_sample_size(1, n1=n1_, n2=n2_)
    n = n1_ + n2_
    require("n1 + n2", n, n >= 4, "4 or more")
    if convention == "revman":
        g = (1 - 3 / (4 * n - 9)) * d_
        vi = n / (n1_ * n2_) + g**2 / (2 * (n - 3.94))
    else:
        g = hedges_j(n - 2) * d_
        vi = 1 / n1_ + 1 / n2_ + g**2 / (2 * n)
    return Estimate(yi=np.asarray(g)[()], vi=np.asarray(vi)[()])


def smd_from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, convention: Convention = "metafor") -> Estimate:
    """Hedges' g and its variance from the two-sample t statistic: d = t √(1/n1 + 1/n2).

    Parameters
    ----------
    t : array-like
        With the sign of group 1 minus group 2.
    n1, n2 : array-like
    convention : {"metafor", "revman"}
        As `smd_from_d`.

    Raises
    ------
    ValueError
        As `smd_from_d`.

    Notes
    -----
    Cochrane Handbook 6.5.2.3 and 6.5.1.2. R: ``metafor::escalc("SMD", ti=, n1i=, n2i=)``.

    Examples
    --------
    >>> float(smd_from_t(1.118, 10, 10).yi.round(3))
    0.479
    """
    t_, n1_, n2_ = numbers(t=t, n1=n1, n2=n2)
    require_sample_size(1, n1=n1_, n2=n2_)
    return smd_from_d(t_ * np.sqrt(1 / n1_ + 1 / n2_), n1_, n2_, convention=convention)


def smd_from_p(
    p: ArrayLike, n1: ArrayLike, n2: ArrayLike, *, sign: ArrayLike, convention: Convention = "metafor"
) -> Estimate:
    """Hedges' g and its variance from the exact two-sided p value of a two-sample t test.

    Parameters
    ----------
    p : array-like
        Exact; a threshold such as "P < 0.05" belongs in `pool_censored`.
    n1, n2 : array-like
    sign : array-like of ±1
        Sign of the mean of group 1 minus that of group 2.
    convention : {"metafor", "revman"}
        As `smd_from_d`.

    Raises
    ------
    ValueError
        If `p` is not strictly between 0 and 1, `sign` is not ±1, or as `smd_from_d`.

    Notes
    -----
    Cochrane Handbook 6.5.2.3. R: ``metafor::escalc("SMD", pi=, n1i=, n2i=)``.

    Examples
    --------
    >>> float(smd_from_p(0.2783, 10, 10, sign=1).yi.round(3))
    0.479
    """
    p_, n1_, n2_, sign_ = numbers(p=p, n1=n1, n2=n2, sign=sign)
    require_sample_size(2, n1=n1_, n2=n2_)
    require("sign", sign_, np.abs(sign_) == 1, "1 or -1")
    return smd_from_t(sign_ * statistic_from_p(p_, n1_ + n2_ - 2), n1_, n2_, convention=convention)


def smd_to_log_or(yi: ArrayLike, vi: ArrayLike) -> Estimate:
    """Log odds ratio from a standardised mean difference: log OR = SMD π/√3, variance × π²/3.

    Assumes logistic distributions with equal SDs, cut anywhere. A pain score that falls with the treatment
    (negative SMD) means odds of a high score below 1.

    Raises
    ------
    ValueError
        If a number is not finite or a variance not positive.

    Notes
    -----
    Hasselblad & Hedges 1995; Chinn 2000, Statistics in Medicine 19:3127–31; Cochrane Handbook 10.6.

    Examples
    --------
    >>> float(smd_to_log_or(-0.5, 0.1).yi.round(3))
    -0.907
    """
    yi_, vi_ = numbers(yi=yi, vi=vi)
    require_positive(vi=vi_)
    return Estimate(yi=yi_ * LOGISTIC_SD, vi=vi_ * LOGISTIC_SD**2)


def log_or_to_smd(yi: ArrayLike, vi: ArrayLike) -> Estimate:
    """Standardised mean difference from a log odds ratio: SMD = log OR √3/π, variance × 3/π².

    Raises
    ------
    ValueError
        If a number is not finite or a variance not positive.

    Notes
    -----
    As `smd_to_log_or`. R: ``metafor::escalc("OR2DL")``.

    Examples
    --------
    >>> float(log_or_to_smd(-0.907, 0.329).yi.round(3))
    -0.5
    """
    yi_, vi_ = numbers(yi=yi, vi=vi)
    require_positive(vi=vi_)
    return Estimate(yi=yi_ / LOGISTIC_SD, vi=vi_ / LOGISTIC_SD**2)


def smd_to_points(
    smd: ArrayLike, sd: ArrayLike, *, scale_low: float = 0.0, scale_high: float = 100.0
) -> Array:
    """Points on a 0–100 scale that a standardised mean difference, or a limit of it, stands for.

    SMD × SD, stretched from the instrument's range to 0–100.

    Parameters
    ----------
    smd : array-like
    sd : array-like
        Typical SD between people on the instrument, from a study representative of the population.
    scale_low, scale_high : float
        Ends of the instrument on which `sd` was measured.

    Raises
    ------
    ValueError
        If `sd` is not positive or the ends are not in order.

    Notes
    -----
    Cochrane Handbook 15.5.3.2.

    Examples
    --------
    >>> float(smd_to_points(-0.5, 2.0, scale_high=10))
    -10.0
    """
    smd_, sd_ = numbers(smd=smd, sd=sd)
    require_positive(sd=sd_)
    if not scale_low < scale_high:
        raise ValueError(f"scale_low must be below scale_high, not {scale_low} and {scale_high}")
    return smd_ * sd_ * (100 / (scale_high - scale_low))
