"""Effects of two-period crossover trials, with the variance that pairing gives them.

Everyone gets both treatments, so the arms are not independent: analysed as parallel groups they would weigh
too little. All functions broadcast over arrays; `r` is the correlation of the two treatments' values within a
person, `n` the number of people who completed both periods, group 1 the experimental treatment.

Sources: Elbourne, Altman, Higgins et al. 2002, Int J Epidemiol 31:140; Cochrane Handbook 23.2.7 (version 6.5;
16.4.6 in version 5.1); Becker 1988, Br J Math Stat Psychol 41:257; Gibbons, Hedeker & Davis 1993, J Educ Stat
18:271; Bonett 2008, Psychol Methods 13:99; Cousineau 2020, Quant Methods Psychol 16:418. Paired SDs, their
correlation and change scores: `conversions.sd_of_difference`, `correlation_from_sds`, `change_score`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array
from evidence.meta.conversions.generic import Estimate, generic_inverse_variance
from evidence.meta.conversions.paired import sd_of_difference
from evidence.meta.conversions.spread import statistic_from_p
from evidence.meta.effects import hedges_j
from evidence.meta.inputs import (
    numbers,
    require,
    require_correlation,
    require_positive,
    require_sample_size,
)

Standardiser: TypeAlias = Literal["pooled", "experimental", "control", "difference"]
Variance: TypeAlias = Literal["LS", "unequal", "handbook"]


def md_from_differences(mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Estimate:
    """Mean difference from the mean and SD of the within-person differences: variance sd²/n.

    Raises
    ------
    ValueError
        If `sd` is not positive or `n` below 2.

    Notes
    -----
    Handbook 23.2.7.1.
    """
    mean_, sd_, n_ = numbers(mean=mean, sd=sd, n=n)
    require_positive(sd=sd_)
    require_sample_size(2, n=n_)
    return _estimate(mean_, sd_**2 / n_)


def md_from_t(md: ArrayLike, t: ArrayLike) -> Estimate:
    """Mean difference with its variance from the paired t statistic: SE = |MD / t|.

    Raises
    ------
    ValueError
        If either is 0.

    Notes
    -----
    Handbook 23.2.7.1.
    """
    return generic_inverse_variance(md, t=t)


def md_from_p(md: ArrayLike, p: ArrayLike, n: ArrayLike) -> Estimate:
    """Mean difference with its variance from the exact two-sided p of the paired t test (n − 1 df).

    Raises
    ------
    ValueError
        If `md` is 0, `p` not strictly between 0 and 1, or `n` below 2.

    Notes
    -----
    Handbook 23.2.7.1.
    """
    (n_,) = numbers(n=n)
    require_sample_size(2, n=n_)
    return generic_inverse_variance(md, p=p, df=n_ - 1)


def md_from_ci(
    md: ArrayLike, low: ArrayLike, high: ArrayLike, n: ArrayLike, *, level: float = 0.95
) -> Estimate:
    """Mean difference with its variance from the interval of a paired t analysis (n − 1 df).

    Raises
    ------
    ValueError
        If `md` lies outside the interval or `n` is below 2.

    Notes
    -----
    Handbook 23.2.7.1.
    """
    (n_,) = numbers(n=n)
    require_sample_size(2, n=n_)
    return generic_inverse_variance(md, ci=(low, high), level=level, df=n_ - 1)


def md_from_arms(
    m1: ArrayLike, sd1: ArrayLike, m2: ArrayLike, sd2: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Estimate:
    """Mean difference from the two arms and a correlation: variance (sd1² + sd2² − 2 r sd1 sd2)/n.

    `r` is rarely reported. An imputed one needs a sensitivity analysis; r = 0 gives about the variance of a
    parallel trial with n people in each arm.

    Raises
    ------
    ValueError
        If an SD is not positive, `n` below 2 or `r` not strictly between −1 and 1.

    Notes
    -----
    Handbook 23.2.7.2. R: ``metafor::escalc("MC")``.
    """
    m1_, m2_ = numbers(m1=m1, m2=m2)
    return md_from_differences(m1_ - m2_, sd_of_difference(sd1, sd2, r), n)


def smd_from_arms(
    m1: ArrayLike,
    sd1: ArrayLike,
    m2: ArrayLike,
    sd2: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    *,
    standardiser: Standardiser = "pooled",
    variance: Variance = "LS",
) -> Estimate:
    """Standardised mean difference from the two arms and a correlation.

    Parameters
    ----------
    m1, sd1, m2, sd2 : array-like
        Mean and SD under the experimental and the control treatment.
    n, r : array-like
    standardiser
        What the difference is divided by: "pooled" √((sd1² + sd2²)/2), which makes it comparable with the SMD
        of parallel trials; "experimental" sd1; "control" sd2; "difference", the SD of the within-person
        differences, which is not comparable with parallel trials.
    variance
        "LS" large-sample, equal SDs supposed; "unequal" by Bonett 2008 (not with "difference"); "handbook",
        2(1 − r)(1/n + SMD²/(2n)) without small-sample correction of the SMD (with "pooled" only).

    Raises
    ------
    ValueError
        If an SD is not positive, `n` below 3, `r` not strictly between −1 and 1, or the options do not go
        together.

    Notes
    -----
    "pooled": Cousineau 2020, J with 2(n − 1)/(1 + r²) df; "handbook": Elbourne 2002, Handbook 23.2.7.2;
    "control" and "experimental": Becker 1988; "difference": Gibbons et al. 1993. R:
    ``metafor::escalc("SMCRP" / "SMCRPH" / "SMCR" / "SMCRH" / "SMCC")``.
    """
    _check_options(standardiser, variance)
    m1_, sd1_, m2_, sd2_, n_, r_ = numbers(m1=m1, sd1=sd1, m2=m2, sd2=sd2, n=n, r=r)
    require_sample_size(3, n=n_)
    sd_diff = sd_of_difference(sd1_, sd2_, r_)
    if standardiser == "difference":
        g = hedges_j(n_ - 1) * (m1_ - m2_) / sd_diff
        return _estimate(g, 1 / n_ + g**2 / (2 * n_))
    if standardiser == "pooled":
        sd = np.sqrt((sd1_**2 + sd2_**2) / 2)
        d = (m1_ - m2_) / sd
        if variance == "handbook":
            return _estimate(d, 2 * (1 - r_) * (1 / n_ + d**2 / (2 * n_)))
        g = _pooled_j(n_, r_) * d
        if variance == "LS":
            return _estimate(g, _pooled_variance(g, n_, r_))
        spread = (sd1_**4 + sd2_**4 + 2 * r_**2 * sd1_**2 * sd2_**2) / (8 * sd**4)
        return _estimate(g, (sd_diff**2 / sd**2 + g**2 * spread) / (n_ - 1))
    sd = sd1_ if standardiser == "experimental" else sd2_
    g = hedges_j(n_ - 1) * (m1_ - m2_) / sd
    if variance == "LS":
        return _estimate(g, 2 * (1 - r_) / n_ + g**2 / (2 * n_))
    return _estimate(g, (sd_diff**2 / sd**2 + g**2 / 2) / (n_ - 1))


def smd_from_t(t: ArrayLike, n: ArrayLike, r: ArrayLike) -> Estimate:
    """Standardised mean difference from the paired t statistic: d = t √(2(1 − r)/n).

    Supposes equal SDs under both treatments, so that the SD of the differences is √(2(1 − r)) times theirs.
    The SD that standardises is thus known from n differences and no better: J has n − 1 degrees of freedom
    and the variance is that of an SMD by an SD of n people, 2(1 − r)/n + SMD²/(2n).

    Parameters
    ----------
    t : array-like
        With the sign of experimental minus control.
    n, r : array-like

    Raises
    ------
    ValueError
        If `n` is below 3 or `r` not strictly between −1 and 1.

    Notes
    -----
    Elbourne et al. 2002; Handbook 23.2.7.2 (SMD from MD and its standard error). It is √(2(1 − r)) times the
    standardised mean change of Gibbons et al. 1993, ``metafor::escalc("SMCC")``.
    """
    t_, n_, r_ = numbers(t=t, n=n, r=r)
    require_sample_size(3, n=n_)
    require_correlation(r=r_)
    g = hedges_j(n_ - 1) * t_ * np.sqrt(2 * (1 - r_) / n_)
    return _estimate(g, 2 * (1 - r_) / n_ + g**2 / (2 * n_))


def smd_from_p(p: ArrayLike, n: ArrayLike, r: ArrayLike, *, sign: ArrayLike) -> Estimate:
    """Standardised mean difference from the exact two-sided p of the paired t test (n − 1 df).

    Parameters
    ----------
    p : array-like
        Exact; a threshold such as "P < 0.05" belongs in `pool_censored`.
    n, r : array-like
    sign : array-like of ±1
        Sign of experimental minus control.

    Raises
    ------
    ValueError
        If `p` is not strictly between 0 and 1, `sign` not ±1, or as `smd_from_t`.
    """
    p_, n_, r_, sign_ = numbers(p=p, n=n, r=r, sign=sign)
    require_sample_size(3, n=n_)
    require("sign", sign_, np.abs(sign_) == 1, "1 or -1")
    return smd_from_t(sign_ * statistic_from_p(p_, n_ - 1), n_, r_)


def _check_options(standardiser: str, variance: str) -> None:
    if standardiser not in ("pooled", "experimental", "control", "difference"):
        raise ValueError(
            f'standardiser must be "pooled", "experimental", "control" or "difference", not {standardiser!r}'
        )
    if variance not in ("LS", "unequal", "handbook"):
        raise ValueError(f'variance must be "LS", "unequal" or "handbook", not {variance!r}')
    if variance == "handbook" and standardiser != "pooled":
        raise ValueError('variance "handbook" goes with standardiser "pooled" only')
    if variance == "unequal" and standardiser == "difference":
        raise ValueError('standardiser "difference" has variance "LS" only')


def _pooled_j(n: Array, r: Array) -> Array:
    """Hedges' correction with the degrees of freedom of an SD pooled over two correlated samples."""
    return hedges_j(2 * (n - 1) / (1 + r**2))


def _pooled_variance(g: Array, n: Array, r: Array) -> Array:
    return np.asarray(2 * (1 - r) / n + g**2 * (1 + r**2) / (4 * n))


def _estimate(yi: Array, vi: Array) -> Estimate:
    return Estimate(yi=np.asarray(yi)[()], vi=np.asarray(vi)[()])
