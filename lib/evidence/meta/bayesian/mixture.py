"""Numbers only, under a normal or flat prior of mu: given tau everything is normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from evidence.meta.arrays import Array
from evidence.meta.bayesian.mu_priors import Normal

_LOG_2PI: Final = math.log(2.0 * math.pi)
_SQRT_2PI: Final = math.sqrt(2.0 * math.pi)
_STEPS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """Posterior of mu given each of J taus: normal, and the likelihood of tau with mu integrated out."""

    mean: Array
    sd: Array
    log_value: Array


def conditional(y: Array, v: Array, tau: Array, prior: Normal | None) -> Conditional:
    """Given tau: a weighted mean, the prior counting as one more effect.

    Notes
    -----
    Röver 2020, Journal of Statistical Software 93(6), equations 8 to 11 (doi:10.18637/jss.v093.i06). Under a
    flat prior the density of mu is 1.
    """
    origin = y[v.argmin()]
    r = y - origin
    w = 1.0 / (v[:, None] + tau * tau)
    total, pull = w.sum(0), r @ w
    log_value = 0.5 * np.log(w).sum(0) - 0.5 * y.size * _LOG_2PI
    if prior is None:
        log_value += 0.5 * _LOG_2PI
        squares = np.zeros_like(tau)
        mean = pull / total
    else:
        p = 1.0 / prior.sd**2
        total, pull = total + p, pull + p * (prior.mean - origin)
        log_value += 0.5 * math.log(p)
        mean = pull / total
        squares = p * (prior.mean - origin - mean) ** 2
    squares = squares + (w * (r[:, None] - mean) ** 2).sum(0)
    log_value -= 0.5 * (np.log(total) + squares)
    return Conditional(mean + origin, 1.0 / np.sqrt(total), log_value)


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """Mixture of J normal distributions; a component of SD 0 is a point."""

    weight: Array
    mean: Array
    sd: Array

    def cdf(self, x: Array) -> Array:
        """Probability below each `x`."""
        return np.asarray(ndtr(self._z(x)) @ self.weight)

    def pdf(self, x: Array) -> Array:
        """Density at each `x`."""
        z = self._z(x)
        return np.asarray(np.exp(-0.5 * z * z) @ (self.weight / self.sd) / _SQRT_2PI)

    def quantile(self, p: Array) -> Array:
        """Places below which the probabilities are `p`."""
        p = np.atleast_1d(np.asarray(p, dtype=float))
        return np.asarray(quantiles(self.weight[None], self.mean[None], self.sd[None], p)[0])

    def moments(self) -> tuple[float, float]:
        """Mean and SD over the components."""
        mean = float(self.weight @ self.mean)
        return mean, math.sqrt(float(self.weight @ (self.sd**2 + (self.mean - mean) ** 2)))

    def shifted(self, sd: Array) -> NormalMixture:
        """Distribution of this plus an independent normal deviate with mean 0 and, per component, `sd`."""
        return NormalMixture(self.weight, self.mean, np.hypot(self.sd, sd))

    def _z(self, x: Array) -> Array:
        return np.asarray((np.asarray(x, dtype=float)[..., None] - self.mean) / self.sd)


def quantiles(weight: Array, mean: Array, sd: Array, p: Array) -> Array:
    """Quantiles of many mixtures.

    Parameters
    ----------
    weight, mean, sd : array, shape (batch, J)
    p : array, shape (P,)

    Returns
    -------
    array, shape (batch, P)

    Notes
    -----
    Newton's method between bounds that close in; a step that leaves them halves what is between.
    """
    z = ndtri(p)
    at_components = mean[:, :, None] + sd[:, :, None] * z
    used = (weight > 1e-18 * weight.max(1, keepdims=True))[:, :, None]
    low = np.where(used, at_components, np.inf).min(1)
    high = np.where(used, at_components, -np.inf).max(1)
    # The component in the middle of the weight is a start that no far component moves
    middle = (np.cumsum(weight, axis=1) >= 0.5).argmax(1)
    x = np.take_along_axis(at_components, middle[:, None, None], axis=1)[:, 0, :]
    for _ in range(_STEPS):
        d = (x[:, None, :] - mean[:, :, None]) / sd[:, :, None]
        excess = np.einsum("bj,bjp->bp", weight, ndtr(d)) - p
        slope = np.einsum("bj,bjp->bp", weight / sd, np.exp(-0.5 * d * d)) / _SQRT_2PI
        high, low = np.where(excess > 0.0, x, high), np.where(excess > 0.0, low, x)
        step = excess / np.maximum(slope, 1e-300)
        new = x - step
        new = np.where((new >= low) & (new <= high), new, 0.5 * (low + high))
        moved = np.abs(new - x)
        x = new
        if (moved <= 1e-13 * np.maximum(np.abs(x), sd.min(1)[:, None])).all():
            break
    return np.asarray(x)
