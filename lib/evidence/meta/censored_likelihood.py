"""Likelihood of a random-effects model in which some effects are known only to lie in a set.

An effect known as a number contributes its density, one known only to lie in an interval contributes the
probability of that interval, both under y ~ N(mu, t + v), t being tau². Every term is a combination of normal
densities and distribution functions, and these solve the heat equation: a derivative in t is half the second
derivative in mu. All derivatives that Newton's method needs are therefore Hermite polynomials.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr

from evidence.meta.arrays import Array
from evidence.meta.bound import Bound

_FAR = 1e8  # stands for an infinite number of standard deviations; keeps 0 · inf out of the derivatives
_LOG_SQRT_2PI = 0.5 * np.log(2.0 * np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the trials state, as arrays.

    Attributes
    ----------
    yi, vi : array, shape (n,)
        Effects known as numbers, and their sampling variances.
    low, high, v : array, shape (m,)
        Intervals of the observed effect, in the unit of `yi`, and the sampling variance that goes with each.
    trial : array of int, shape (m,)
        Which bounded trial each interval belongs to, in rising order; a trial's set is the union of its
        intervals.
    starts : array of int, shape (b,)
        Index of the first interval of each bounded trial.
    """

    yi: Array
    vi: Array
    low: Array
    high: Array
    v: Array
    trial: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, yi: Array, vi: Array, bounds: Sequence[Bound]) -> Evidence:
        """Numbers and the intervals of bounds, in the unit of `yi`."""
        sets = [bound.effect_intervals() for bound in bounds]
        low, high, variance = np.array([i for s in sets for i in s], dtype=float).reshape(-1, 3).T
        trial = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
        return cls(yi, vi, low, high, variance, trial, np.searchsorted(trial, np.arange(len(sets))))

    def in_units_of(self, unit: float) -> Evidence:
        """Return the same evidence with effects measured in `unit`."""
        u, u2 = unit, unit**2
        return Evidence(
            self.yi / u, self.vi / u2, self.low / u, self.high / u, self.v / u2, self.trial, self.starts
        )


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Log-likelihood and its derivatives in mu (`m`) and t, each of the broadcast shape of mu and t."""

    value: Array
    m: Array
    t: Array
    mm: Array
    mt: Array
    tt: Array


def log_likelihood(evidence: Evidence, mu: ArrayLike, t: ArrayLike) -> Array:
    """Log-likelihood at `mu` and `t` = tau²; the two broadcast."""
    mu, t = np.asarray(mu, dtype=float)[..., None], np.asarray(t, dtype=float)[..., None]
    s2 = evidence.vi + t
    numeric = (-0.5 * (evidence.yi - mu) ** 2 / s2 - 0.5 * np.log(s2) - _LOG_SQRT_2PI).sum(-1)
    if not evidence.starts.size:
        return np.asarray(numeric)
    return np.asarray(numeric + _log_sets(evidence, *_edges(evidence, mu, t)[1:]).sum(-1))


def derivatives(evidence: Evidence, mu: ArrayLike, t: ArrayLike) -> Derivatives:
    """Log-likelihood with its first and second derivatives."""
    value, (r1, r2, r3, r4) = ratios(evidence, mu, t)
    return Derivatives(
        value=value.sum(-1),
        m=r1.sum(-1),
        t=0.5 * r2.sum(-1),
        mm=(r2 - r1**2).sum(-1),
        mt=0.5 * (r3 - r1 * r2).sum(-1),
        tt=0.25 * (r4 - r2**2).sum(-1),
    )


def information(evidence: Evidence, mu: float, t: float) -> tuple[Array, Array]:
    """How much each trial tells about mu, and how much it would with a number; each of shape (n + b,).

    The first is the observed information, cut to between 0 and the second, 1 / (t + v). Trials with
    numbers come first. A set that allows either direction can have a convex likelihood and then counts 0.
    """
    _, (r1, r2, _, _) = ratios(evidence, mu, t)
    v = evidence.v if not evidence.starts.size else np.maximum.reduceat(evidence.v, evidence.starts)
    full = 1.0 / (t + np.concatenate([evidence.vi, v]))
    return np.clip(r1**2 - r2, 0.0, full), full


def log_sets(evidence: Evidence, mu: ArrayLike, t: ArrayLike) -> Array:
    """Log probability of each bounded trial's set, along a new last axis; `mu` and `t` broadcast."""
    mu, t = np.asarray(mu, dtype=float)[..., None], np.asarray(t, dtype=float)[..., None]
    return _log_sets(evidence, *_edges(evidence, mu, t)[1:])


def ratios(
    evidence: Evidence, mu: ArrayLike, t: ArrayLike, orders: int = 4
) -> tuple[Array, tuple[Array, ...]]:
    """Per trial: log f, and f'/f, f''/f, f'''/f, f''''/f for derivatives in mu; numeric trials first.

    Fewer `orders` are the first of them.
    """
    mu, t = np.asarray(mu, dtype=float)[..., None], np.asarray(t, dtype=float)[..., None]
    s = np.sqrt(evidence.vi + t)
    b = (evidence.yi - mu) / s
    value = -0.5 * b**2 - np.log(s) - _LOG_SQRT_2PI
    numbers = _hermite(b, s, orders)
    if not evidence.starts.size:
        return value, numbers
    s, low, high = _edges(evidence, mu, t)
    log_set = _log_sets(evidence, low, high)
    per_interval = _LOG_SQRT_2PI + log_set[..., evidence.trial]
    at_low, at_high = (np.exp(-0.5 * z * z - per_interval) for z in (low, high))
    one = np.ones_like(low)
    at_ends = ((one, *_hermite(edge, s, orders - 1)) for edge in (low, high))
    parts = ((lo * at_low - hi * at_high) / s for lo, hi in zip(*at_ends, strict=True))
    sets = (np.add.reduceat(part, evidence.starts, axis=-1) for part in parts)
    joined = tuple(np.concatenate(pair, axis=-1) for pair in zip(numbers, sets, strict=True))
    return np.concatenate([value, log_set], axis=-1), joined


def _hermite(b: Array, s: Array, orders: int) -> tuple[Array, ...]:
    """He_n(b) / s^n for n from 1, at most 4: n-th derivatives in mu of a normal density, by it."""
    b2, s2 = b * b, s * s
    if orders < 3:
        return (b / s, (b2 - 1.0) / s2)[:orders]
    return (b / s, (b2 - 1.0) / s2, b * (b2 - 3.0) / (s2 * s), ((b2 - 6.0) * b2 + 3.0) / (s2 * s2))[:orders]


def _edges(evidence: Evidence, mu: Array, t: Array) -> tuple[Array, Array, Array]:
    """Standard deviation of each interval's effect, and its edges in standard deviations from mu."""
    s = np.sqrt(evidence.v + t)
    low, high = (np.clip((edge - mu) / s, -_FAR, _FAR) for edge in (evidence.low, evidence.high))
    return s, low, high


def _log_sets(evidence: Evidence, low: Array, high: Array) -> Array:
    """Log probability of each bounded trial's set; of a half line one distribution function says it."""
    logs = np.empty_like(low)
    for i, (start, end) in enumerate(zip(evidence.low, evidence.high, strict=True)):
        if end == np.inf:
            logs[..., i] = log_ndtr(-low[..., i])
        elif start == -np.inf:
            logs[..., i] = log_ndtr(high[..., i])
        else:
            logs[..., i] = log_interval(low[..., i], high[..., i])
    if evidence.trial.size == evidence.starts.size:
        return logs
    return np.asarray(np.logaddexp.reduceat(logs, evidence.starts, axis=-1))


def log_interval(low: Array, high: Array) -> Array:
    """Return log(Phi(high) − Phi(low)) for low < high, without cancellation in either tail."""
    flip = low > 0.0
    below = log_ndtr(np.where(flip, -high, low))
    above = log_ndtr(np.where(flip, -low, high))
    return np.asarray(above + np.log(np.maximum(-np.expm1(below - above), 1e-300)))
