"""Binomial likelihood of a log risk ratio: exact counts, also where there are no events in one arm.

With p the risk on control, events on drug are Bin(a + b, p·e^theta), events on control Bin(c + d, p). The
risk is integrated out with log p uniform, which is the same as the geometric mean of both risks being so: the
likelihood of theta does not depend on which arm is called control, and a trial without events says nothing of
theta. For rare events it is the binomial distribution of the events given their sum, the usual conditional
likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from evidence.meta.arrays import Array, blocks, positions, require, vectors

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

_MOST_NODES: Final = 250
_STEP: Final = 0.3  # standard errors of a log risk ratio
_SMOOTH: Final = 8  # people without an event
_CORNER: Final = 2
_NOTHING: Final = 28.0  # e^-28 of the likelihood's peak
_ROUNDING: Final = 1e-11  # of the peak: less than this the series cannot tell from 0 well enough
_NOISE: Final = 1e-15  # of the peak: rounding of the series
_LITTLE: Final = math.log(1e-4)  # times this rounding of the largest product is nothing
_WEIGHTLESS: Final = 1e-18  # of the probability
_LEAST: Final = 1e-100
_LOST: Final = 1e-18  # of the largest term of the series
_WIDE: Final = 8.0  # a deviate of more than this part of the curve's length is summed
_CONDENSED: Final = 64  # nodes
_NEAR: Final = 1.4  # steps: a deviate of a larger SD is summed over the curve as it stands
_BEND: Final = 2.5  # standard errors that one panel of the grid resolves
_FAR: Final = 9.0
_SQRT_2PI: Final = math.sqrt(2.0 * math.pi)
_HERMITE: Final = np.polynomial.hermite_e.hermegauss(21)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Likelihood of one trial's log risk ratio, its peak 1, at even steps.

    It is `low` far to the left and `high` far to the right, above 0 where the arm there has no events;
    `rest` is what is left when a normal distribution function has taken these two levels away.
    """

    theta: Array
    log: CubicSpline
    rest: Array
    low: float
    high: float
    peak: float
    error: float
    bend: float
    """The peak, or where a one-sided likelihood falls to half."""
    condensed: tuple[Array, Array]
    """Nodes and weights that stand for `rest` in the mean of what is smooth over the length of the curve."""

    def means(self, mu: Array, tau: Array, orders: int = 1) -> list[Array]:
        """Mean of the likelihood over theta ~ N(mu, tau²) and its derivatives in mu, `orders` in all.

        Each of shape (mu, tau).
        """
        found, known = self.quick(mu, tau, orders)
        self.sum_at(~known, mu, tau, found)
        return found

    def quick(self, mu: Array, tau: Array, orders: int = 1) -> tuple[list[Array], NDArray[np.bool_]]:
        """The means, and where they are known; elsewhere rounding of the curve's peak hides them.

        Most come from the spectrum of the curve; what is narrow against it from its polynomials, what is wide
        from few nodes that stand for it.
        """
        found = [np.zeros((mu.size, tau.size)) for _ in range(orders)]
        narrow = tau < _NEAR * self.step
        wide = tau > (self.theta[-1] - self.theta[0]) / _WIDE
        for chosen, compute in (
            (narrow, self._near),
            (wide & ~narrow, self._condensed),
            (~narrow & ~wide, self._smoothed),
        ):
            if chosen.any():
                for each, part in zip(found, compute(mu, tau[chosen], orders), strict=True):
                    each[:, chosen] = part
        return found, (found[0] >= _ROUNDING) | narrow

    def sum_at(self, where: NDArray[np.bool_], mu: Array, tau: Array, found: Sequence[Array]) -> None:
        """Put the sum over the curve into means where asked, shape (mu, tau)."""
        for j in np.flatnonzero(where.any(0)):
            rows = where[:, j]
            for each, part in zip(found, self._summed(mu[rows], float(tau[j]), len(found)), strict=True):
                each[rows, j] = part

    @property
    def step(self) -> float:
        """Distance between two places of the curve."""
        return float(self.theta[1] - self.theta[0])

    def _smoothed(self, mu: Array, tau: Array, orders: int) -> list[Array]:
        """The means from the Fourier series of `rest`, in which a normal deviate is a factor."""
        from scipy.fft import next_fast_len, rfft  # only counts need it

        first, last = self.theta[0], self.theta[-1]
        away = _FAR * float(tau.max())
        size = next_fast_len(math.ceil((last - first + 2.0 * away) / self.step) + 1, real=True)
        wave = 2.0 * math.pi * np.arange(size // 2 + 1) / (size * self.step)
        series = rfft(self.rest, size) * (2.0 / size)
        series[0] *= 0.5
        damped = np.exp(-0.5 * np.multiply.outer(wave * wave, tau * tau))
        told = np.abs(series) * damped.max(1) > _LOST * np.abs(series).max()
        kept = int(np.flatnonzero(told)[-1]) + 1
        there = (mu > first - away) & (mu < last + away)  # beyond it nothing of `rest` is left
        turns = _powers(wave[1] * (mu[there] - first), kept).view(np.float64)  # cosines and sines in turn
        found = [np.zeros((mu.size, tau.size)) for _ in range(orders)]
        for order, each in enumerate(found):
            of_wave = (series * (1j * wave) ** order)[:kept]
            terms = np.stack([of_wave.real, -of_wave.imag], axis=1)[..., None] * damped[:kept, None]
            each[there] = turns @ terms.reshape(2 * kept, -1)
        levels = self._levels(mu[:, None], tau, orders)
        return [part + level for part, level in zip(found, levels, strict=True)]

    def _condensed(self, mu: Array, tau: Array, orders: int) -> list[Array]:
        """The means at wide taus: a rule of few nodes that gives what the curve gives for polynomials."""
        at, weight = self.condensed
        found = [np.empty((tau.size, mu.size)) for _ in range(orders)]
        for part in blocks(tau.size, mu.size * at.size):
            t = tau[part, None, None]
            z = (at - mu[:, None]) / t
            kernel = np.exp(-0.5 * z * z) / (_SQRT_2PI * t)
            parts = (kernel, kernel * z / t, kernel * (z * z - 1.0) / t**2) if orders > 1 else (kernel,)
            for each, values in zip(found, parts, strict=False):
                each[part] = values @ weight
        levels = self._levels(mu[:, None], tau, orders)
        return [each.T + level for each, level in zip(found, levels, strict=True)]

    def _levels(self, mu: Array, tau: Array | float, orders: int) -> list[Array]:
        """Means of the two levels, which a normal distribution function joins, and their derivatives."""
        s = np.hypot(1.0, tau)
        at = mu / s
        density = (self.high - self.low) * np.exp(-0.5 * at * at) / (_SQRT_2PI * s)
        return [self.low * ndtr(-at) + self.high * ndtr(at), density, -density * at / s][:orders]

    def _summed(self, mu: Array, tau: float, orders: int) -> list[Array]:
        """The means at one tau by the trapezoid rule, exact for what is so smooth.

        Of the likelihood itself, a level beyond either end: no term is below 0, so that none cancels.
        """
        z = (self.theta - mu[:, None]) / tau
        kernel = np.exp(-0.5 * z * z) * (self.step / (_SQRT_2PI * tau))
        own = np.exp(self.log(self.theta))
        own[[0, -1]] *= 0.5
        left, right = z[:, 0], z[:, -1]
        found = [kernel @ own + self.low * ndtr(left) + self.high * ndtr(-right)]
        if orders > 1:
            ends = [
                level * np.exp(-0.5 * at * at) / _SQRT_2PI
                for level, at in ((self.low, left), (self.high, right))
            ]
            found.append(((kernel * z) @ own + ends[1] - ends[0]) / tau)
        if orders > 2:
            found.append(((kernel * (z * z - 1.0)) @ own + ends[1] * right - ends[0] * left) / tau**2)
        return found

    def _near(self, mu: Array, tau: Array, orders: int) -> list[Array]:
        """The means at narrow taus, from the polynomials of the curve."""
        at, weight = _HERMITE
        found = [np.empty((tau.size, mu.size)) for _ in range(orders)]
        for part in blocks(tau.size, mu.size * at.size):
            theta = np.clip(mu[:, None] + tau[part, None, None] * at, self.theta[0], self.theta[-1])
            parts = [np.exp(self.log(theta))]
            if orders > 1:
                first = self.log(theta, 1)
                parts.append(parts[0] * first)
            if orders > 2:
                parts.append(parts[0] * (first**2 + self.log(theta, 2)))
            for each, values in zip(found, parts, strict=True):
                each[part] = values @ (weight / weight.sum())
        return [each.T for each in found]


def _powers(angle: Array, count: int) -> NDArray[np.complex128]:
    """exp(i·n·angle) for n from 0, shape (angle, count): a product of two, since cosines are dear."""
    small = math.isqrt(count) + 1
    low = np.exp(1j * np.multiply.outer(angle, np.arange(small)))
    high = np.exp(1j * np.multiply.outer(angle, small * np.arange(-(-count // small))))
    powers = high[:, :, None] * low[:, None, :]
    return np.ascontiguousarray(powers.reshape(angle.size, -1)[:, :count])


@lru_cache(maxsize=512)
def curve(a: float, b: float, c: float, d: float) -> Curve:
    """Likelihood of the log risk ratio of one 2×2 table with at least one event."""
    from scipy.interpolate import CubicSpline  # only counts need it

    error = 1.0 / math.sqrt(1.0 + a + c)
    # At 0 the curve's derivative of order b + d + 1 jumps: a corner where everyone had an event
    step = _STEP * error * (1.0 if min(b, d) > 0 and b + d > _SMOOTH else 0.25 if b + d > _CORNER else 0.125)
    # A level is reached to full precision where the other arm's events leave no trace
    far_low, far_high = (_NOTHING + math.log(2.0 + a + b), _NOTHING + math.log(2.0 + c + d))
    theta = step * np.arange(-math.ceil(far_low / step), math.ceil(far_high / step) + 1, dtype=np.float64)
    log = _log_likelihood(a, b, c, d, theta)
    peak = float(log.max())
    log = log - peak
    # Where a level has been taken away the curve goes on until the level's distribution function is nothing
    levelled = (np.abs(theta) < _FAR) & (((a == 0) & (theta > 0.0)) | ((c == 0) & (theta < 0.0)))
    inside = np.flatnonzero((log > -2.0 * _NOTHING) | levelled)
    there = slice(inside[0], inside[-1] + 1)
    theta, log = theta[there], log[there]
    low, high = (math.exp(log[0]) if a == 0 else 0.0), (math.exp(log[-1]) if c == 0 else 0.0)
    rest = np.exp(log) - low * ndtr(-theta) - high * ndtr(theta)
    falls = -np.abs(log - math.log(0.5)) if low or high else log
    bend = float(theta[falls.argmax()])
    return Curve(theta, CubicSpline(theta, log), rest, low, high, peak, error, bend, _condensed(theta, rest))


def _condensed(theta: Array, rest: Array) -> tuple[Array, Array]:
    """Gauss–Legendre nodes over a curve at even steps, and weights with the same moments as its sum."""
    at, weight = legendre.leggauss(_CONDENSED)
    middle, half = 0.5 * (theta[0] + theta[-1]), 0.5 * (theta[-1] - theta[0])
    moments = rest @ legendre.legvander((theta - middle) / half, _CONDENSED - 1)
    series = legendre.legvander(at, _CONDENSED - 1) @ (moments * (np.arange(_CONDENSED) + 0.5))
    return middle + half * at, weight * series * (theta[1] - theta[0])


def _log_likelihood(a: float, b: float, c: float, d: float, theta: Array) -> Array:
    """Log of the integral over log p, up to a constant: a polynomial in p, exact by Gauss–Legendre."""
    at, weight = legendre.leggauss(min(int(a + b + c + d) // 2 + 1, _MOST_NODES))
    top = np.minimum(1.0, np.exp(-theta))[:, None]
    share = 0.5 * (at + 1.0)  # of the largest p
    on_control = share * top
    on_drug = share * np.minimum(1.0, np.exp(theta))[:, None]
    logs = (
        a * np.log(on_drug)
        + c * np.log(on_control)
        - np.log(share)
        + b * np.log1p(-on_drug)
        + d * np.log1p(-on_control)
        + np.log(0.5 * weight)
    )
    largest = logs.max(1, keepdims=True)
    return np.asarray(np.log(np.exp(logs - largest).sum(1)) + largest[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """2×2 tables as evidence for the grid."""

    curves: tuple[Curve, ...]
    both: int
    """Trials with events in both arms."""
    one: int
    """Trials with events in one arm only."""

    @property
    def k_numeric(self) -> int:
        """Trials whose likelihood falls off on both sides."""
        return self.both

    @property
    def kinds(self) -> dict[str, int]:
        """Trials by kind of evidence."""
        return {name: n for name, n in (("number", self.both), ("one arm", self.one)) if n}

    @property
    def errors(self) -> Array:
        """Distance over which each likelihood bends."""
        return np.array([curve.error for curve in self.curves])

    def log(self, mu: Array, tau: Array, beside: Array | float = 0.0) -> Array:
        """Log-likelihood at every mu and tau, shape (mu, tau).

        Where a mean is lost in rounding it is summed only if, with what stands `beside` it and with the other
        trials, it could be anything against the largest product that is known.
        """
        found = [each.quick(mu, tau) for each in self.curves]
        rough = [np.log(np.maximum(value, _NOISE)) for (value,), _ in found]
        product = np.asarray(beside + sum(rough))
        everywhere = np.logical_and.reduce([known for _, known in found])
        largest = product.max(initial=-math.inf, where=everywhere)
        total = np.zeros((mu.size, tau.size))
        for each, (values, known), log in zip(self.curves, found, rough, strict=True):
            each.sum_at(~known & (product - log > largest + _LITTLE), mu, tau, values)
            total += np.log(np.maximum(values[0], 1e-300)) + each.peak
        return total

    def scores(self, mu: Array, tau: Array, weight: Array) -> tuple[Array, Array]:
        """f'/f and f''/f of each trial's likelihood f in mu, each of shape (mu, tau, trials)."""
        means = []
        for each in self.curves:
            found, known = each.quick(mu, tau, 3)
            each.sum_at(~known & (weight > _WEIGHTLESS), mu, tau, found)
            means.append(found)
        value, first, second = np.array(means).transpose(1, 2, 3, 0)
        told = value > _LEAST  # below it there is nothing but rounding, and no weight
        value = np.where(told, value, 1.0)
        return np.where(told, first / value, 0.0), np.where(told, second / value, 0.0)

    def full_information(self, tau: Array) -> Array:
        """No bound but that of the heterogeneity, shape (tau, trials)."""
        with np.errstate(divide="ignore"):
            return np.repeat(1.0 / (tau * tau)[:, None], len(self.curves), axis=1)

    def normal_numbers(self) -> dict[int, tuple[float, float]]:
        """None: no likelihood here is normal."""
        return {}

    def features(self, tau: Array) -> tuple[Array, Array]:
        """Where each likelihood bends at the given taus, and over what distance."""
        places = np.array([each.bend for each in self.curves])
        return places, _BEND * np.hypot(self.errors, float(tau.min()))

    def reach(self, tau: float) -> tuple[float, float]:
        """Log risk ratios beyond which nothing is left without a prior of mu, at taus up to this one."""
        away = _FAR * tau
        ends = [(each.theta[0], each.theta[-1]) for each in self.curves]
        return min(low for low, _ in ends) - away, max(high for _, high in ends) + away


def tables(ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike) -> Counts:
    """Check 2×2 tables; those without events are left out.

    Raises
    ------
    ValueError
        Counts that are missing, negative or not whole; an arm of nobody; unequal lengths.
    """
    names = ("ai", "bi", "ci", "di")
    arrays = vectors(names, (ai, bi, ci, di))
    for name, values in zip(names, arrays, strict=True):
        if np.isnan(values).any():
            raise ValueError(f"{name} is missing {positions(np.isnan(values))}; leave such trials out")
        require(name, (values >= 0.0) & (values == np.floor(values)), "a count of people")
    a, b, c, d = arrays
    require("ai + bi", a + b > 0.0, "above 0")
    require("ci + di", c + d > 0.0, "above 0")
    there = a + c > 0.0
    both = int(((a > 0.0) & (c > 0.0)).sum())
    curves = tuple(curve(*row) for row in np.column_stack(arrays)[there].tolist())
    return Counts(curves, both, len(curves) - both)
