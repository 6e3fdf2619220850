"""Maximum and profiles of the censored random-effects likelihood.

The function that is maximised is Q(mu, t) = l(mu, t) + a(t), with t = tau² and l the log-likelihood. For
maximum likelihood a = 0. For restricted maximum likelihood a(t) = log ∫ exp(l(mu, t) − max_mu l(mu, t)) dmu,
so that max_mu Q(mu, t) is the log-likelihood with mu integrated out under a flat prior. Without bounded
trials that is the usual restricted likelihood (Harville 1974, doi:10.1093/biomet/61.2.383).

Everything here expects effects in units of the smallest standard error, which makes the search independent of
the unit in which the effects were measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from evidence.meta.arrays import Array
from evidence.meta.censored_likelihood import Derivatives, Evidence, derivatives, log_likelihood

_REACH = 250.0  # mu is searched this many times farther than the farthest effect
_MU_NODES = 49
_QUADRATURE_NODES = 61
_STEPS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """The function Q, and a grid from which every search for a maximum starts.

    Attributes
    ----------
    evidence : Evidence
    x : array, shape (T,)
        Nodes of log(1 + t), the first one 0.
    mode : array, shape (T,)
        The mu that maximises Q at each node.
    ridge : array, shape (T,)
        max_mu Q at each node.
    spread : float
        Size of the region in which the effects lie.
    penalty : array, shape (3, T), or None
        Chebyshev coefficients over the range of `x` of a and its first two derivatives in log(1 + t); None
        for maximum likelihood.
    """

    evidence: Evidence
    x: Array
    mode: Array
    ridge: Array
    spread: float
    penalty: Array | None

    def value(self, mu: ArrayLike, t: ArrayLike) -> Array:
        """Q at `mu` and `t`; the two broadcast."""
        logs = log_likelihood(self.evidence, mu, t)
        return logs if self.penalty is None else np.asarray(logs + self._chebyshev(t) @ self.penalty[0])

    def derivatives(self, mu: float, t: float) -> Derivatives:
        """Q and its derivatives at one point."""
        d = derivatives(self.evidence, mu, t)
        if self.penalty is None:
            return d
        a, da, dda = self.penalty @ self._chebyshev(t)
        return Derivatives(
            d.value + a, d.m, d.t + da / (1.0 + t), d.mm, d.mt, d.tt + (dda - da) / (1.0 + t) ** 2
        )

    def _chebyshev(self, t: ArrayLike) -> Array:
        """Chebyshev polynomials at log(1 + t), along a new last axis."""
        angle = np.arccos(np.clip(2.0 * np.log1p(t) / self.x[-1] - 1.0, -1.0, 1.0))
        return np.asarray(np.cos(angle[..., None] * np.arange(self.x.size)))


@dataclass(frozen=True, slots=True)
class Peak:
    """The maximum of Q."""

    mu: float
    t: float
    value: float


def objective(evidence: Evidence, *, restricted: bool) -> Objective:
    """Prepare Q for `evidence`; `restricted` needs at least one effect known as a number."""
    points = np.concatenate([evidence.yi, evidence.low, evidence.high])
    farthest = np.abs(points[np.isfinite(points)]).max(initial=0.0)
    spread = float(farthest + np.sqrt(np.concatenate([evidence.vi, evidence.v]).max()))
    end = np.log1p((_REACH * spread) ** 2)
    nodes = int(17 + 2 * end)
    x = 0.5 * end * (1.0 - np.cos(np.linspace(0.0, np.pi, nodes)))
    t = np.expm1(x)
    mode = _modes(evidence, t, spread)
    ridge = log_likelihood(evidence, mode, t)
    if not restricted:
        return Objective(evidence, x, mode, ridge, spread, None)
    width = _log_width(evidence, mode, t, ridge)
    a = Chebyshev.fit(x, width, deg=nodes - 1, domain=[0.0, end])
    penalty = np.array([np.pad(a.deriv(order).coef, (0, order)) for order in range(3)], dtype=np.float64)
    return Objective(evidence, x, mode, ridge + width, spread, penalty)


def _modes(evidence: Evidence, t: Array, spread: float) -> Array:
    """Mu that maximises the likelihood at each t: the best of a grid, then Newton steps uphill."""
    grid = np.linspace(-spread, spread, _MU_NODES)
    surface = log_likelihood(evidence, grid[:, None], t)
    mu, value = grid[surface.argmax(0)], surface.max(0)
    limit = np.maximum(grid[1] - grid[0], np.sqrt(t))
    for _ in range(_STEPS):
        d = derivatives(evidence, mu, t)
        step = np.where(d.mm < 0.0, -d.m / np.minimum(d.mm, -1e-300), np.sign(d.m) * limit)
        trial = mu + np.clip(step, -limit, limit)
        new = log_likelihood(evidence, trial, t)
        better = new >= value - 1e-12 * (1.0 + np.abs(value))
        mu, value = np.where(better, trial, mu), np.where(better, new, value)
        limit = np.where(better, limit, 0.5 * limit)
        if (step**2 * np.abs(d.mm) < 1e-14).all():
            break
    return np.asarray(mu)


def _log_width(evidence: Evidence, mode: Array, t: Array, peak: Array) -> Array:
    """Log of ∫ exp(l(mu, t) − peak) dmu at each t.

    Trapezoidal rule on mu = mode + s·sinh(u): fine steps in the core, whose width s comes from the curvature,
    and wide ones out to where the numbers alone bring the likelihood to nothing.
    """
    weight = (1.0 / (evidence.vi + t[:, None])).sum(-1)
    core = 1.0 / np.sqrt(np.maximum(-derivatives(evidence, mode, t).mm, weight))
    end = np.arcsinh(9.0 / np.sqrt(weight) / core)
    u = np.linspace(-1.0, 1.0, _QUADRATURE_NODES)[:, None] * end
    logs = log_likelihood(evidence, mode + core * np.sinh(u), t) - peak
    return np.asarray(np.log((np.exp(logs) * core * np.cosh(u)).sum(0) * (u[1] - u[0])))


def maximum(q: Objective) -> Peak:
    """Find the global maximum of Q over mu and t ≥ 0: the best node, then Newton steps uphill."""
    j = int(q.ridge.argmax())
    mu, t = float(q.mode[j]), float(np.expm1(q.x[j]))
    d = q.derivatives(mu, t)
    for _ in range(_STEPS):
        step = _ascent(d, at_zero=t == 0.0)
        for shrink in 0.5 ** np.arange(40):
            new_mu, new_t = float(mu + shrink * step[0]), max(0.0, float(t + shrink * step[1]))
            new = q.derivatives(new_mu, new_t)
            if new.value >= d.value - 1e-13 * (1.0 + abs(d.value)):
                break
        moved = abs(new_mu - mu) + abs(new_t - t) / (1.0 + t)
        mu, t, d = new_mu, new_t, new
        if moved < 1e-13:
            break
    return Peak(mu, t, float(d.value))


def _ascent(d: Derivatives, *, at_zero: bool) -> Array:
    """Newton step in (mu, t), turned uphill where Q is not concave; in mu alone where t = 0 is the best t."""
    if at_zero and d.t <= 0.0:
        return np.array([d.m / np.maximum(np.abs(d.mm), 1e-12), 0.0])
    values, vectors = np.linalg.eigh(np.array([[d.mm, d.mt], [d.mt, d.tt]]))
    gradient = vectors.T @ np.array([d.m, d.t])
    return np.asarray(vectors @ (gradient / np.maximum(np.abs(values), 1e-12)))


def profile_mu(q: Objective, mu: float) -> float:
    """Return max_t Q at one mu: the best node, then Newton's method between its neighbours."""
    j = int(q.value(mu, np.expm1(q.x)).argmax())
    x, low, high = q.x[j], q.x[max(j - 1, 0)], q.x[min(j + 1, q.x.size - 1)]
    for _ in range(_STEPS):
        t = float(np.expm1(x))
        d = q.derivatives(mu, t)
        slope = d.t * (1.0 + t)
        curvature = d.tt * (1.0 + t) ** 2 + slope
        low, high = (x, high) if slope > 0.0 else (low, x)
        new = x - slope / curvature if curvature < 0.0 else np.inf
        new = new if low <= new <= high else 0.5 * (low + high)
        if abs(new - x) < 1e-7 or high - low < 1e-7:
            break
        x = new
    return float(d.value)


def profile_t(q: Objective, t: float) -> float:
    """Return max_mu Q at one t, from the modes at the two nodes beside it."""
    j = int(np.searchsorted(q.x, np.log1p(t)))
    best = -np.inf
    for mu in q.mode[max(j - 1, 0) : j + 1].tolist():
        for _ in range(_STEPS):
            d = q.derivatives(mu, t)
            step = float(d.m) / max(abs(float(d.mm)), 1e-12)
            if step**2 * abs(d.mm) < 1e-15:
                break
            mu += step
        best = max(best, float(d.value))
    return best


def mu_interval(q: Objective, peak: Peak, drop: float) -> tuple[float, float] | None:
    """Ends of the mu whose profile lies within `drop` of the peak; None if an end is out of reach."""
    away = _REACH * q.spread * np.sinh(np.linspace(0.0, 10.0, _MU_NODES)) / np.sinh(10.0)
    ends = []
    for path in (peak.mu - away, peak.mu + away):
        rough = q.value(path[:, None], np.expm1(q.x[::2])).max(1)
        end = _end(lambda mu: peak.value - profile_mu(q, mu), drop, path, peak.value - rough)
        if end is None:
            return None
        ends.append(end)
    return ends[0], ends[1]


def t_interval(q: Objective, peak: Peak, drop: float) -> tuple[float, float] | None:
    """Ends of the t whose profile lies within `drop` of the peak; None if the upper end is out of reach."""
    start = np.log1p(peak.t)
    ends = []
    for beyond in (np.flatnonzero(q.x < start)[::-1], np.flatnonzero(q.x > start)):
        path, rough = np.append(start, q.x[beyond]), np.append(0.0, peak.value - q.ridge[beyond])
        ends.append(_end(lambda x: peak.value - profile_t(q, float(np.expm1(x))), drop, path, rough))
    low, high = ends
    return None if high is None else (float(np.expm1(low or 0.0)), float(np.expm1(high)))


def _end(depth: Callable[[float], float], drop: float, path: Array, rough: Array) -> float | None:
    """Where `depth` last exceeds `drop` along `path`; None if it never does.

    `rough` is the depth at each point of `path`, or more. The root is sought on the square root of the
    depth, which is close to a straight line.
    """

    def excess(at: float) -> float:
        return math.sqrt(max(0.0, depth(at))) - math.sqrt(drop)

    last = int(np.flatnonzero(rough <= drop).max(initial=0))
    for near, far in pairwise(path[last:].tolist()):
        if excess(far) > 0.0:
            return float(brentq(excess, near, far, xtol=1e-9))
    return None
