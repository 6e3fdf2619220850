"""What one more trial may do to a posterior: how its result would move a probability, before it is done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr

from evidence.meta.arrays import Array, blocks

_RESULTS: Final = 201  # of the new trial, over which its distribution is summed
_REACH: Final = 6.0  # standard deviations of the new result on either side
_CLOSE: Final = 0.01  # of the logarithm of a variance
_FLAT: Final = 1e-12  # a probability that changes by less does not change
_SURE: Final = 9.0  # standard deviations: what is left beyond is lost in rounding
_LEAST: Final = 1e-6  # of the weight: smaller parts say nothing


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A posterior of mu and tau as a mixture: mu normal and tau known in each part; arrays (J,)."""

    weight: Array
    mean: Array
    sd: Array
    tau: Array

    def trimmed(self) -> Parts:
        """Return the parts that weigh something."""
        kept = self.weight > _LEAST * self.weight.max()
        weight = self.weight[kept]
        return Parts(weight / weight.sum(), self.mean[kept], self.sd[kept], self.tau[kept])


def after(parts: Parts, y: Array, v: float | Array, below: float) -> Array:
    """Probability that mu lies below a value, once new trials have all found `y`.

    Parameters
    ----------
    y : array, shape (n,)
        Results of the new trial, or one and the same result of each of several.
    v : float or array, shape (m,)
        Its sampling variance, or that of each.

    Returns
    -------
    array, shape (n,)

    Notes
    -----
    y ~ N(theta, v), theta ~ N(mu, tau²): in each part a new result is one more normal number, and the
    weight of the part changes by the probability that the part gave the results. Of several, W = Σ 1/(tau² +
    v_i) is what they know of mu together.
    """
    apart = parts.tau[:, None] ** 2 + np.atleast_1d(v)
    known = parts.sd**2 * (1.0 / apart).sum(axis=1)
    share = known / (1.0 + known)
    log_constant = np.log(parts.weight) - 0.5 * (np.log(apart).sum(axis=1) + np.log1p(known))
    narrowed = parts.sd * np.sqrt(1.0 - share)
    # Parts that no result brings near the value stand first where they lie below it, else last
    ends = (below - parts.mean - share * (np.array([[y.min()], [y.max()]]) - parts.mean)) / narrowed
    sure, never = (ends > _SURE).all(axis=0), (ends < -_SURE).all(axis=0)
    order = np.argsort(np.where(sure, 0, np.where(never, 2, 1)), kind="stable")
    some = slice(int(sure.sum()), order.size - int(never.sum()))
    mean, share, narrowed, log_constant = (
        each[order] for each in (parts.mean, share, narrowed, log_constant)
    )
    fall = 0.5 * share / parts.sd[order] ** 2
    found = np.empty(y.size)
    for rows in blocks(y.size, order.size):
        away = y[rows, None] - mean
        log_weight = log_constant - fall * away**2
        log_weight -= log_weight.max(axis=1, keepdims=True)
        weight = np.exp(log_weight, out=log_weight)
        z = (below - mean[some] - share[some] * away[:, some]) / narrowed[some]
        inside = weight[:, : some.start].sum(axis=1) + (weight[:, some] * ndtr(z)).sum(axis=1)
        found[rows] = inside / weight.sum(axis=1)
    return found


def chance_to_move(parts: Parts, v: float, below: float, sure: tuple[float, float]) -> float:
    """Probability that a new trial moves that of mu below a value to one of two limits or beyond.

    Parameters
    ----------
    v : float
        Sampling variance of the new trial.
    sure : tuple of float
        At most the lower, or at least the upper.

    Notes
    -----
    Between two results that are looked at the probability is taken to change in a straight line, so that a
    limit may lie between them.
    """
    spread = np.sqrt(parts.sd**2 + parts.tau**2 + v)
    centre = float(parts.weight @ parts.mean)
    width = math.sqrt(float(parts.weight @ (spread**2 + (parts.mean - centre) ** 2)))
    y = centre + width * np.linspace(-_REACH, _REACH, _RESULTS)
    density = np.empty(y.size)
    for rows in blocks(y.size, spread.size):
        z = (y[rows, None] - parts.mean) / spread
        density[rows] = np.exp(-0.5 * z * z) @ (parts.weight / spread)
    found = after(parts, y, v, below)
    low, high = np.minimum(found[:-1], found[1:]), np.maximum(found[:-1], found[1:])
    span = np.maximum(high - low, _FLAT)
    moved = np.clip((sure[0] - low) / span, 0.0, 1.0) + np.clip((high - sure[1]) / span, 0.0, 1.0)
    weight = density[:-1] + density[1:]
    return float(weight @ moved / weight.sum())


def largest_variance(
    parts: Parts, below: float, sure: tuple[float, float], wanted: float, smallest: float, largest: float
) -> float | None:
    """Largest sampling variance with which a new trial moves the probability with a chance of `wanted`.

    Parameters
    ----------
    smallest, largest : float
        Variances of the largest and the smallest trial thought of.

    Returns
    -------
    float or None
        None where even the largest trial has a smaller chance.
    """
    if chance_to_move(parts, smallest, below, sure) < wanted:
        return None
    low, high = math.log(smallest), math.log(largest)
    if chance_to_move(parts, largest, below, sure) >= wanted:
        return largest
    while high - low > _CLOSE:
        middle = 0.5 * (low + high)
        enough = chance_to_move(parts, math.exp(middle), below, sure) >= wanted
        low, high = (middle, high) if enough else (low, middle)
    return math.exp(low)
