"""The posterior of (mu, tau) on a grid that zooms in on it, for evidence under which mu is not normal.

Both axes are cut into panels on which everything is smooth: Gauss–Legendre rules give the integrals,
polynomials the distribution functions between the nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from evidence.meta.arrays import Array
from evidence.meta.bayesian.heterogeneity import FINEST, TauAxis, TauNodes
from evidence.meta.bayesian.mu_priors import MuPrior
from evidence.meta.bayesian.next_trial import Parts
from evidence.meta.bayesian.panels import NODES, PanelDensity, nodes, resolving

_ROUNDS: Final = 16
_COARSE: Final = 6  # nodes of a panel while the posterior is being looked for
_NOTHING: Final = 1e-15  # of the probability may lie beyond either end
_LADDER: Final = 100  # taus at which the evidence is asked where it lies
_AWAY: Final = 4.0  # distances over which the likelihood bends: a normal density is nothing there
_NEAR: Final = 0.4  # of a panel's length: a narrower deviate is not summed over the grid as it stands
_OF_BOX: Final = math.sqrt(12.0)  # the length of a uniform distribution by its standard deviation
_SQRT_2PI: Final = math.sqrt(2.0 * math.pi)
# The trapezoid rule for a normal deviate: exact to rounding also where mu is a quarter as wide as the deviate
_DEVIATES: Final = 0.3 * np.arange(-29, 30)
_OF_DEVIATE: Final = np.exp(-0.5 * _DEVIATES**2) / np.exp(-0.5 * _DEVIATES**2).sum()


class Likelihood(Protocol):
    """What the grid asks of the evidence."""

    def log(self, mu: Array, tau: Array, beside: Array | float = 0.0) -> Array:
        """Log-likelihood at every mu and tau, shape (mu, tau).

        It is multiplied by exp(`beside`), of the same shape: where the product is nothing, so may it be.
        """

    def features(self, tau: Array) -> tuple[Array, Array]:
        """Effects at which the likelihood bends at the given taus, and the distance over which it does."""

    def reach(self, tau: float) -> tuple[float, float]:
        """Effects beyond which the numbers leave nothing without a prior of mu, at taus up to this one."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Joint posterior: probability of each (mu, tau), and the axes."""

    ends: Array
    mu: Array
    step: Array
    """Weight of each mu in the rule of integration."""
    taus: TauNodes
    weight: Array
    log_marginal: float
    log_value: Array
    """Log-likelihood of each tau, mu integrated out."""

    @cached_property
    def density(self) -> PanelDensity:
        """Density of mu, whatever tau is."""
        return PanelDensity(self.ends, self.weight.sum(1) / self.step)


def zoomed(evidence: Likelihood, prior: MuPrior | None, tau_axis: TauAxis) -> Grid:
    """Find where the posterior lies and evaluate it there."""
    tau_low, tau_high = tau_axis.ends()
    low, high = _all(evidence, prior, _taus(tau_axis, tau_high))
    for _ in range(_ROUNDS):
        found = _evaluated(evidence, prior, tau_axis.nodes(tau_low, tau_high, _COARSE), low, high, _COARSE)
        if (wider := found.taus.wider(found.log_value)) is not None:
            tau_low, tau_high = wider
            low, high = _all(evidence, prior, _taus(tau_axis, tau_high))
            continue
        new_low, new_high = _trimmed(found)
        new_tau_low, new_tau_high = found.taus.trimmed(found.log_value)
        settled = new_high - new_low > 0.5 * (high - low) and new_tau_high - new_tau_low > 0.5 * (
            tau_high - tau_low
        )
        low, high, tau_low, tau_high = new_low, new_high, new_tau_low, new_tau_high
        if settled:
            break
    taus, mus = 1, 1  # times as many panels as is usual
    while True:
        nodes_of_tau = tau_axis.nodes(tau_low, tau_high, finer=taus)
        found = _evaluated(evidence, prior, nodes_of_tau, low, high, finer=mus)
        if taus < FINEST and not found.taus.follow(found.log_value):
            taus *= 2
        elif mus < FINEST and not found.density.follows:
            mus *= 2
        else:
            return found


def _taus(axis: TauAxis, high: float) -> Array:
    """Taus from 0 to the end of the axis."""
    return np.append(0.0, axis.tau(np.linspace(axis.ends()[0], high, _LADDER)))


def _all(evidence: Likelihood, prior: MuPrior | None, taus: Array) -> tuple[float, float]:
    """Effects between which everything lies."""
    if prior is None:
        return evidence.reach(float(taus[-1]))
    # Between a prior and evidence that contradicts it, whichever trials it is that have the weight at a tau
    reach = prior.reach()
    places, scales = evidence.features(taus)
    away = np.minimum(_AWAY * scales, reach)
    return (
        min(float((places - away).min()), prior.mean - reach),
        max(float((places + away).max()), prior.mean + reach),
    )


def _evaluated(
    evidence: Likelihood,
    prior: MuPrior | None,
    taus: TauNodes,
    low: float,
    high: float,
    order: int = NODES,
    finer: int = 1,
) -> Grid:
    places, scales = evidence.features(taus.tau)
    if prior is not None:
        places, scales = np.append(places, prior.mean), np.append(scales, 2.0 * prior.spread)
    ends = resolving(low, high, places, scales, finer)
    mu, step = nodes(ends, order)
    log_prior = prior.log_density(mu) if prior is not None else np.zeros_like(mu)
    of_mu = (log_prior + np.log(step))[:, None]
    joint = evidence.log(mu, taus.tau, of_mu + taus.log_weight) + of_mu
    peak = joint.max(0)
    weight = np.exp(np.subtract(joint, peak, out=joint), out=joint)
    log_value = peak + np.log(weight.sum(0))
    of_tau = log_value + taus.log_weight
    log_marginal = float(of_tau.max() + math.log(np.exp(of_tau - of_tau.max()).sum()))
    weight *= np.exp(peak + taus.log_weight - log_marginal)
    return Grid(ends, mu, step, taus, weight, log_marginal, log_value)


def _trimmed(grid: Grid) -> tuple[float, float]:
    """Ends of the panels beyond which nothing lies."""
    of_panel = grid.weight.sum(1).reshape(grid.ends.size - 1, -1).sum(1)
    first = int((np.cumsum(of_panel) > _NOTHING).argmax())
    last = of_panel.size - 1 - int((np.cumsum(of_panel[::-1]) > _NOTHING).argmax())
    return float(grid.ends[first]), float(grid.ends[last + 1])


def parts(grid: Grid) -> Parts:
    """Return the grid as a mixture: each node is as wide as the part of mu that it stands for."""
    shape = grid.weight.shape
    mean, sd = (np.broadcast_to(each[:, None], shape).ravel() for each in (grid.mu, grid.step / _OF_BOX))
    return Parts(grid.weight.ravel(), mean, sd, np.broadcast_to(grid.taus.tau, shape).ravel())


@dataclass(frozen=True, eq=False)
class GridMean:
    """Distribution of mu on the grid."""

    grid: Grid

    @cached_property
    def per_tau(self) -> PanelDensity:
        """Densities of mu at each tau, weighted by the probability of the tau."""
        return PanelDensity(self.grid.ends, self.grid.weight / self.grid.step[:, None])

    def cdf(self, x: Array) -> Array:
        """Probability below each `x`."""
        return np.asarray(np.clip(self.grid.density.cdf(x), 0.0, 1.0))

    def pdf(self, x: Array) -> Array:
        """Density at each `x`."""
        return self.grid.density.pdf(x)

    def quantile(self, p: Array) -> Array:
        """Places below which the probabilities are `p`."""
        return np.array([self.grid.density.quantile(float(each)) for each in np.ravel(p)])

    def moments(self) -> tuple[float, float]:
        """Mean and SD over the grid."""
        mu, weight = self.grid.mu, self.grid.weight.sum(1)
        mean = float(weight @ mu)
        return mean, math.sqrt(float(weight @ (mu - mean) ** 2))

    def blurred(self, scale: Array, shift: Array, sd: Array) -> GridBlur:
        """Distribution of scale·mu + shift + sd·deviate, with constants for each tau."""
        return GridBlur(self, scale, shift, sd)


@dataclass(frozen=True, eq=False)
class GridBlur:
    """Distribution of scale·mu + shift + sd·deviate, the deviate standard normal, constants for each tau.

    Where the deviate is wide against the panels it is summed over the grid; else over its places, at
    each of which the distribution of mu is known.
    """

    of: GridMean
    scale: Array
    shift: Array
    sd: Array

    def cdf(self, x: Array) -> Array:
        """Probability below each `x`."""
        return np.array([self._at(float(each), density=False) for each in np.ravel(x)]).reshape(np.shape(x))

    def pdf(self, x: Array) -> Array:
        """Density at each `x`."""
        return np.array([self._at(float(each), density=True) for each in np.ravel(x)]).reshape(np.shape(x))

    def _at(self, x: float, *, density: bool) -> float:
        grid, ends = self.of.grid, self.of.grid.ends
        mu = (x - self.shift) / self.scale
        panel = np.clip(np.searchsorted(ends, mu) - 1, 0, ends.size - 2)
        near = self.sd < _NEAR * (ends[panel + 1] - ends[panel]) * self.scale
        far = ~near
        total = 0.0
        if far.any():
            sd = self.sd[far]
            z = (x - self.shift[far] - self.scale[far] * grid.mu[:, None]) / sd
            values = np.exp(-0.5 * z * z) / (_SQRT_2PI * sd) if density else ndtr(z)
            total += float((values * grid.weight[:, far]).sum())
        if near.any():
            places = (x - self.shift[near, None] - self.sd[near, None] * _DEVIATES) / self.scale[near, None]
            values = self.of.per_tau.at_own_places(places, np.flatnonzero(near), density=density)
            total += float((values @ _OF_DEVIATE / (self.scale[near] if density else 1.0)).sum())
        return total

    def quantile(self, p: Array) -> Array:
        """Places below which the probabilities are `p`."""
        mean, _ = self.of.moments()
        middle = float(np.mean(self.scale * mean + self.shift))
        quarters = self.of.quantile(np.array([0.25, 0.75]))
        step = float(quarters[1] - quarters[0])
        return np.array([_root(self.cdf, float(each), middle, step) for each in np.ravel(p)])


def _root(cdf: Callable[[Array], Array], p: float, middle: float, step: float) -> float:
    """Quantile of a distribution function, sought outwards from `middle`."""

    def excess(x: float) -> float:
        return float(cdf(np.array(x))) - p

    side = -1.0 if excess(middle) > 0.0 else 1.0
    near, far = middle, middle + side * step
    while side * excess(far) < 0.0:
        step *= 2.0
        near, far = far, far + side * step
        if not math.isfinite(far):
            raise ValueError(f"The quantile at {p} lies beyond what a number can hold")
    return float(brentq(excess, near, far, xtol=1e-13 * abs(far - near)))
