"""Mean and SD from quantiles of a distribution that need not be normal.

Source: McGrath, Zhao, Steele et al. 2020, Stat Methods Med Res 29:2520–37 (arXiv 1903.10498): quantile
estimation (QE) and the Box-Cox method (BC). Written from the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize, special

from evidence.meta.arrays import Array
from evidence.meta.conversions.five_numbers import FiveNumbers

MAX_POWER = 2.0  # the Box-Cox power is searched between ± this


def quantile_estimation(five: FiveNumbers) -> tuple[float, float]:
    """Mean and SD of the distribution whose quantiles lie nearest to the reported ones.

    Normal, log-normal, gamma, Weibull and beta distributions are fitted by least squares to the reported
    quantiles; the one with the smallest sum of squares gives mean and SD. Distributions of positive numbers
    are left out when a value is negative, the beta distribution when one is outside 0 to 1. With quartiles
    alone, mean and SD of very skewed reports hang on a tail that nothing was reported of.

    Raises
    ------
    ValueError
        If no distribution can be fitted.
    """
    observed, p = np.array(five.values), np.array(five.probabilities)
    spread = observed[-1] - observed[0]
    mean, sd = float(observed.mean()), float(spread / (special.ndtri(p[-1]) - special.ndtri(p[0])))
    best, best_misfit = None, np.inf
    for make, start in _candidates(observed, mean, sd):

        def misfit(q: Array, make: Callable[[Array], Any] = make) -> Array:
            with np.errstate(all="ignore"):
                gap = np.asarray((make(q).ppf(p) - observed) / spread)
            return np.where(np.isfinite(gap), gap, 1e6)

        fit = optimize.least_squares(misfit, start, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14)
        if fit.cost < best_misfit:
            best, best_misfit = make(fit.x), fit.cost
    if best is None:
        raise ValueError(f"no distribution fits the quantiles {five.values}")
    return float(best.mean()), float(best.std())


def _candidates(
    observed: Array, mean: float, sd: float
) -> list[tuple[Callable[[Array], Any], tuple[float, float]]]:
    """Distributions by two unbounded parameters, with a start that has about the mean and SD given."""
    from scipy import stats  # takes as long as all the rest of this room, and few need it

    found: list[tuple[Callable[[Array], Any], tuple[float, float]]]
    found = [(lambda q: stats.norm(q[0], np.exp(q[1])), (mean, np.log(sd)))]
    if observed[0] < 0:
        return found
    log_variance = np.log1p((sd / mean) ** 2)
    shape = (mean / sd) ** 2
    found += [
        (
            lambda q: stats.lognorm(np.exp(q[1]), scale=np.exp(q[0])),
            (np.log(mean) - log_variance / 2, np.log(log_variance) / 2),
        ),
        (lambda q: stats.gamma(np.exp(q[0]), scale=np.exp(q[1])), (np.log(shape), np.log(mean / shape))),
        (
            lambda q: stats.weibull_min(np.exp(q[0]), scale=np.exp(q[1])),
            (np.log(mean / sd), np.log(mean)),
        ),
    ]
    if observed[-1] <= 1:
        total = max(mean * (1 - mean) / sd**2 - 1, 0.1)
        start = (np.log(mean * total), np.log((1 - mean) * total))
        found.append((lambda q: stats.beta(np.exp(q[0]), np.exp(q[1])), start))
    return found


def box_cox(
    five: FiveNumbers, normal_estimate: Callable[[FiveNumbers], tuple[float, float]]
) -> tuple[float, float]:
    """Mean and SD by way of the power transformation that makes the quantiles most symmetric.

    The power minimises the squared asymmetry of the transformed quartiles and range about the median (each
    relative to its width, so that the unit of measurement does not matter). Mean and SD of the transformed
    values come from `normal_estimate`; those of the values themselves from integrating the inverse
    transformation over that normal distribution, cut symmetrically where the inverse ends.

    Parameters
    ----------
    five : FiveNumbers
    normal_estimate : callable
        Mean and SD of a group whose distribution is normal.

    Raises
    ------
    ValueError
        If a value is negative, or the distribution found has no finite SD.
    """
    values = np.array(five.values)
    if values[0] < 0:
        raise ValueError(f'Box-Cox needs values of 0 or more, not {values[0]}; use method="qe"')
    scaled = five.transformed(lambda x: x / five.median)
    lowest = -MAX_POWER if values[0] > 0 else 1e-3
    search = optimize.minimize_scalar(
        lambda power: _asymmetry(scaled.transformed(_bend(power))),
        bounds=(lowest, MAX_POWER),
        method="bounded",
        options={"xatol": 1e-12},
    )
    mean, sd = normal_estimate(scaled.transformed(_bend(search.x)))
    moments = _unbent_moments(mean, sd, float(search.x))
    return five.median * moments[0], five.median * moments[1]


def _bend(power: float) -> Callable[[float], float]:
    """The Box-Cox transformation (x^λ − 1)/λ, log x at λ = 0."""
    return lambda x: float(special.boxcox(x, power))


def _asymmetry(x: FiveNumbers) -> float:
    pairs = [pair for pair in (x.range, x.quartiles) if pair is not None]
    return float(sum(((low + high - 2 * x.median) / (high - low)) ** 2 for low, high in pairs))


def _unbent_moments(mean: float, sd: float, power: float) -> tuple[float, float]:
    """Mean and SD of the inverse Box-Cox transformation of a normal variable, by the trapezium rule."""
    reach = 8.0
    if power != 0:
        end = mean + 1 / power if power > 0 else -1 / power - mean
        reach = min(reach, end / sd)
    z = np.linspace(-reach, reach, 4001)
    weights = np.exp(-(z**2) / 2)
    weights[[0, -1]] /= 2
    y = mean + sd * z
    if power > 0:
        y = np.maximum(y, -1 / power)  # rounding may step over the end
    with np.errstate(all="ignore"):
        x = special.inv_boxcox(y, power)
        second = weights * x**2
    if power < 0 and not (np.isfinite(second[-1]) and second[-1] <= 1e-8 * second.max()):
        raise ValueError('Box-Cox finds a distribution without a finite SD; use method="qe"')
    weights /= weights.sum()
    first = float((weights * x).sum())
    return first, float(np.sqrt((weights * (x - first) ** 2).sum()))
