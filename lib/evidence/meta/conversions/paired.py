"""Differences within one person: change from baseline, or two periods of a crossover trial.

Source: Cochrane Handbook 6.5.2.8 (change from baseline) and 23.2.7.2 (crossover trials), version 6.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array
from evidence.meta.conversions.arms import Arm
from evidence.meta.inputs import numbers, require, require_correlation, require_positive


def sd_of_difference(sd1: ArrayLike, sd2: ArrayLike, r: ArrayLike) -> Array:
    """SD of the differences of paired measurements: √(sd1² + sd2² − 2 r sd1 sd2).

    Parameters
    ----------
    sd1, sd2 : array-like
        SDs of the two measurements.
    r : array-like
        Correlation between them within a person. Rarely reported: an imputed value needs a sensitivity
        analysis.

    Raises
    ------
    ValueError
        If an SD is not positive or `r` not strictly between −1 and 1.

    Examples
    --------
    >>> float(sd_of_difference(2, 2, 0.5))
    2.0
    """
    sd1_, sd2_, r_ = numbers(sd1=sd1, sd2=sd2, r=r)
    require_positive(sd1=sd1_, sd2=sd2_)
    require_correlation(r=r_)
    return np.asarray(np.sqrt(sd1_**2 + sd2_**2 - 2 * r_ * sd1_ * sd2_))[()]


def correlation_from_sds(sd1: ArrayLike, sd2: ArrayLike, sd_difference: ArrayLike) -> Array:
    """Correlation of paired measurements from their SDs and the SD of their differences.

    (sd1² + sd2² − sd_difference²) / (2 sd1 sd2).

    Raises
    ------
    ValueError
        If an SD is not positive, or the three cannot belong together (correlation outside −1 to 1).

    Examples
    --------
    >>> float(correlation_from_sds(2, 2, 2))
    0.5
    """
    sd1_, sd2_, sd_ = numbers(sd1=sd1, sd2=sd2, sd_difference=sd_difference)
    require_positive(sd1=sd1_, sd2=sd2_, sd_difference=sd_)
    r = np.asarray((sd1_**2 + sd2_**2 - sd_**2) / (2 * sd1_ * sd2_))
    rule = "between -1 and 1 (check that all three are SDs, not SEs)"
    require("the correlation that the SDs imply", r, np.abs(r) <= 1, rule)
    return r[()]


def change_score(
    baseline_mean: float, baseline_sd: float, final_mean: float, final_sd: float, n: int, r: float
) -> Arm:
    """Mean and SD of the change from baseline (final − baseline) in one arm.

    Parameters
    ----------
    baseline_mean, baseline_sd, final_mean, final_sd : float
    n : int
        People measured at both times.
    r : float
        Correlation of baseline and final value within a person.

    Raises
    ------
    ValueError
        As `sd_of_difference`.

    Notes
    -----
    Handbook 6.5.2.8. Two such arms give a mean difference of changes by ``effect_sizes("MD", ...)``; for an
    SMD changes and final values must not be mixed (Handbook 10.5.2).

    Examples
    --------
    >>> change_score(6, 2, 4, 2, 30, 0.5)
    Arm(n=30, mean=-2, sd=2.0)
    """
    sd = sd_of_difference(baseline_sd, final_sd, r)
    numbers(baseline_mean=baseline_mean, final_mean=final_mean)
    return Arm(n=n, mean=final_mean - baseline_mean, sd=float(sd))
