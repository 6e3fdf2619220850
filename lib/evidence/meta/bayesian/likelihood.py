"""Likelihood of (mu, tau) for every kind of evidence, trial by trial.

A trial known by a number contributes its density, one known by a set the probability of the set
(`censored_likelihood`). A number whose trial estimated its own SD contributes a t density: a mixture of
normals whose variances are vi·df over a chi-squared deviate, so that its sum with the normal deviate of the
trial's true effect is again a mixture of normals.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gammaln

from evidence.meta.arrays import LARGEST, Array, blocks, positions, require, vectors
from evidence.meta.bound import NO_NUMBER, Bound
from evidence.meta.censored_likelihood import Evidence, log_sets, ratios

Kind: TypeAlias = Literal["direction", "p-value", "bound"]

_LOG_SQRT_2PI: Final = 0.5 * math.log(2.0 * math.pi)
_NONE: Final = np.empty(0)
_BEND: Final = 2.5  # standard errors that one panel of the grid resolves
_FAR: Final = 9.0  # standard errors beyond which a normal density is nothing
_T_NODES: Final = 24
_T_STEP: Final = 0.25  # of the logarithm of the deviate, at most
_T_REACH: Final = 34.0  # e^-34 of the peak of the chi-squared density


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What the trials state: numbers, the degrees of freedom of each, and bounds."""

    yi: Array
    vi: Array
    df: Array
    bounds: tuple[Bound, ...]
    sets: Evidence

    @property
    def normal(self) -> bool:
        """Whether everything is a number with a normal deviate."""
        return not self.bounds and bool(np.isinf(self.df).all())

    @property
    def errors(self) -> Array:
        """Standard error of every number and interval."""
        return np.asarray(np.sqrt(np.concatenate([self.vi, self.sets.v])))

    @property
    def k_numeric(self) -> int:
        """Trials known by a number."""
        return self.yi.size

    @property
    def kinds(self) -> dict[str, int]:
        """Trials by kind of evidence."""
        return dict(Counter(["number"] * self.yi.size + [kind(bound) for bound in self.bounds]))

    def normal_numbers(self) -> dict[int, tuple[float, float]]:
        """Effect and variance of each number with a normal deviate, by its place."""
        return {int(i): (self.yi[i], self.vi[i]) for i in np.flatnonzero(np.isinf(self.df))}

    def log(self, mu: Array, tau: Array, beside: Array | float = 0.0) -> Array:
        """Log-likelihood at every mu and tau, shape (mu, tau)."""
        t = tau * tau
        normal = np.isinf(self.df)
        value = _log_normal(self.yi[normal], self.vi[normal], mu, t)
        for i in np.flatnonzero(~normal):
            value = value + _log_t(self.yi[i], self.vi[i], self.df[i], mu, t)
        if self.bounds:
            value = value + log_sets(self.sets, mu[:, None], t).sum(-1)
        return value

    def scores(self, mu: Array, tau: Array, weight: Array) -> tuple[Array, Array]:
        """f'/f and f''/f of each trial's likelihood f in mu, each (mu, tau, trials): numbers first."""
        t = tau * tau
        first, second = (np.empty((mu.size, tau.size, self.yi.size)) for _ in range(2))
        for i, (y, v, df) in enumerate(zip(self.yi, self.vi, self.df, strict=True)):
            if math.isinf(df):
                d = (y - mu)[:, None] / (v + t)
                first[..., i], second[..., i] = d, d * d - 1.0 / (v + t)
            else:
                first[..., i], second[..., i] = _t_scores(y, v, df, mu, t)
        if not self.bounds:
            return first, second
        r1, r2 = ratios(self.sets, mu[:, None], t, 2)[1]
        return np.concatenate([first, r1], axis=-1), np.concatenate([second, r2], axis=-1)

    def full_information(self, tau: Array) -> Array:
        """Information about mu that each trial would give with a normal number, shape (tau, trials)."""
        v = np.maximum.reduceat(self.sets.v, self.sets.starts) if self.bounds else self.sets.v
        return np.asarray(1.0 / (np.concatenate([self.vi, v]) + (tau * tau)[:, None]))

    def features(self, tau: Array) -> tuple[Array, Array]:
        """Effects at which the likelihood bends at the given taus, and the distance over which it does."""
        t = tau * tau
        least = float(t.min())
        normal = np.isinf(self.df)
        edges = np.concatenate([self.sets.low, self.sets.high])
        finite = np.isfinite(edges)
        places = [self.yi[~normal], edges[finite]]
        variances = [self.vi[~normal] + least, np.tile(self.sets.v, 2)[finite] + least]
        if normal.any():  # normal numbers: one normal density for each tau
            w = 1.0 / (self.vi[normal, None] + t)
            places.append(self.yi[normal] @ w / w.sum(0))
            variances.append(1.0 / w.sum(0))
        return np.concatenate(places), _BEND * np.sqrt(np.concatenate(variances))

    def reach(self, tau: float) -> tuple[float, float]:
        """Effects beyond which the numbers leave nothing without a prior of mu, at taus up to this one."""
        away = _FAR * math.hypot(float(np.sqrt(self.vi.max())), tau)
        if np.isfinite(self.df).all():  # every density has the tail of a t
            away *= math.exp(_T_REACH / self.df.sum()) * math.sqrt(self.df.max())
        return float(self.yi.min()) - away, float(self.yi.max()) + away


def stated(yi: ArrayLike, vi: ArrayLike, bounds: Sequence[Bound], df: ArrayLike | None) -> Stated:
    """Check what the trials state.

    Raises
    ------
    ValueError
        As in `bayes`.
    """
    y, v = vectors(("yi", "vi"), (yi, vi))
    for name, values in (("yi", y), ("vi", v)):
        missing = np.isnan(values)
        if missing.any():
            raise ValueError(f"{name} is missing {positions(missing)}; {NO_NUMBER}")
    require("vi", v > 0.0, "above 0")
    require("yi", np.abs(y) < LARGEST, f"between -{LARGEST:g} and {LARGEST:g}; change its unit")
    require(
        "vi", (v > 1 / LARGEST) & (v < LARGEST), f"between {1 / LARGEST:g} and {LARGEST:g}; change the unit"
    )
    for bound in bounds:
        if not isinstance(bound, Bound):
            raise ValueError(f"bounds must hold Bound objects, not {bound!r}")
    return Stated(y, v, _degrees(df, y.size), tuple(bounds), Evidence.of(_NONE, _NONE, bounds))


def kind(bound: Bound) -> Kind:
    """Kind of evidence that a bound is.

    Returns
    -------
    {"direction", "p-value", "bound"}
        A half line from no effect; two deviates of unknown sign; everything else.
    """
    if bound.intervals in (((0.0, math.inf),), ((-math.inf, 0.0),)):
        return "direction"
    points = all(high - low < 1e-3 for low, high in bound.intervals)
    return "p-value" if points else "bound"


def _degrees(df: ArrayLike | None, k: int) -> Array:
    if df is None:
        return np.full(k, np.inf)
    try:
        degrees = np.atleast_1d(np.asarray(df, dtype=np.float64))
    except (TypeError, ValueError):
        raise ValueError("df must be numbers; infinite for a trial whose effect is normal") from None
    if degrees.shape != (k,):
        raise ValueError(f"df has shape {degrees.shape}; give one number for each of the {k} trials of yi")
    require("df", degrees >= 1.0, "1 or more (infinite for a normal effect)")
    return degrees


def _log_normal(y: Array, v: Array, mu: Array, t: Array) -> Array:
    """Sum over trials of the log densities, from three sums for each tau."""
    if not y.size:
        return np.zeros((mu.size, t.size))
    w = 1.0 / (v[:, None] + t)
    total = w.sum(0)
    mean = (w * y[:, None]).sum(0) / total
    squares = (w * (y[:, None] - mean) ** 2).sum(0)
    away = (mu[:, None] - mean) ** 2 * total
    return np.asarray(0.5 * np.log(w).sum(0) - y.size * _LOG_SQRT_2PI - 0.5 * (squares + away))


def _log_t(y: float, v: float, df: float, mu: Array, t: Array) -> Array:
    """Log density of one t-distributed number, shape (mu, tau)."""
    (density,), near = _t_sums(y, v, df, mu, t, 1)
    return np.asarray(np.log(density) + near)


def _t_scores(y: float, v: float, df: float, mu: Array, t: Array) -> tuple[Array, Array]:
    """f'/f and f''/f in mu of the density f of one t-distributed number; each of shape (mu, tau)."""
    (density, told, square), _ = _t_sums(y, v, df, mu, t, 3)
    d = (y - mu)[:, None]
    return d * told / density, d * d * square / density - told / density


def _t_sums(y: float, v: float, df: float, mu: Array, t: Array, powers: int) -> tuple[Array, Array]:
    """Sums over the normal densities that make up a t, up to a common factor.

    Returns
    -------
    sums : array, shape (powers, mu, tau)
        Of the densities times a power of one over their variance, from the power 0.
    near : array, shape (mu, tau)
        Log of the factor: that of the widest density, so that none overflows and not all underflow.
    """
    share, log_share = _chi2_rule(df)
    told = 1.0 / (v * share + t[:, None])
    weight = np.exp(log_share - _LOG_SQRT_2PI) * np.sqrt(told)
    weights = np.stack([weight * told**power for power in range(powers)], axis=1)
    least = told.min(1, keepdims=True)
    beyond = (least - told)[..., None]
    half = 0.5 * (y - mu) ** 2
    found = np.empty((t.size, powers, mu.size))
    for part in blocks(t.size, mu.size * share.size):
        terms = beyond[part] * half
        np.matmul(weights[part], np.exp(terms, out=terms), out=found[part])
    return found.transpose(1, 2, 0), -half[:, None] * least[:, 0]


@cache
def _chi2_rule(df: float) -> tuple[Array, Array]:
    """df over a chi-squared deviate: values and log probabilities that integrate smooth functions of it.

    The trapezoid rule in the logarithm of the deviate, whose density falls off on both sides.
    """
    a = 0.5 * df

    def excess(
        x: float,
    ) -> float:  # of the log density of x = log(chi2 / df) over its least; its peak is at 0
        return a * (x - math.expm1(x)) + _T_REACH

    low = float(brentq(excess, -_T_REACH / a - 1.0, 0.0))
    high = float(brentq(excess, 0.0, 1.0 + math.log1p(_T_REACH / a)))
    x = np.linspace(low, high, max(_T_NODES, math.ceil((high - low) / _T_STEP)))
    constant = a * math.log(a) - a - float(gammaln(a))
    log_density = a * (x - np.expm1(x)) + constant
    return np.exp(-x), log_density + math.log(x[1] - x[0])
