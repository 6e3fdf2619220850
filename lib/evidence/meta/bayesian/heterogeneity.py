"""Quadrature over the heterogeneity tau: where its posterior lies, nodes there, and its own distribution.

Tau runs on an axis x on which every function met is smooth at a scale of 1: tau = s·sinh(x) where the prior
has a finite density at 0, tau = exp(x) where it has one of log tau. A likelihood depends on tau through
v + tau², whose singularities then lie pi/2 from the real axis whatever v is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.bayesian.panels import NODES, PanelDensity, graded, nodes
from evidence.meta.bayesian.tau_priors import LONGEST, TauPrior

NEGLIGIBLE: Final = 34.0  # e^-34 of the peak adds nothing in float64
_CUT: Final = 30.0  # a density of more than e^-30 of the peak at an end of the axis goes on beyond it
_WIDTH: Final = 1.2  # of a panel of 16 nodes where the likelihood bends
_LEAST: Final = 6  # panels
_SMALLEST: Final = 1e-6  # a tau this many standard errors is none: tau²/v is lost in rounding
_NEAR: Final = 1e-9  # of places of the axis that are the same but for rounding
_ROUNDS: Final = 4
FINEST: Final = 16  # times as many panels as is usual


@dataclass(frozen=True, slots=True)
class TauAxis:
    """The axis of tau for one prior and one set of trials.

    Attributes
    ----------
    prior : TauPrior
    unit : float
        The smaller of the smallest standard error and the prior's own scale.
    largest : float
        Size of tau beyond which the likelihood is a power of tau.
    """

    prior: TauPrior
    unit: float
    largest: float

    def tau(self, x: Array) -> Array:
        """Tau at places of the axis."""
        return np.asarray(self.unit * np.sinh(x) if self.prior.at_zero else np.exp(x))

    def place(self, tau: float) -> float:
        """Place of a tau."""
        return math.asinh(tau / self.unit) if self.prior.at_zero else math.log(tau)

    def ends(self) -> tuple[float, float]:
        """Where the prior and the axis begin and end."""
        low, high = self.prior.reach()
        if self.prior.at_zero:
            return 0.0, self.place(high)
        return self.place(max(low, _SMALLEST * self.unit)), self.place(max(high, 2.0 * _SMALLEST * self.unit))

    def farthest(self) -> tuple[float, float]:
        """How far trials that contradict the prior can take the ends."""
        low, high = self.ends()
        if not self.prior.at_zero:
            low = min(low, self.place(_SMALLEST * self.unit))
        return low, max(high, self.place(LONGEST * self.prior.centre))

    def nodes(self, low: float, high: float, order: int = NODES, *, finer: int = 1) -> TauNodes:
        """Nodes between two places, `order` on each panel, of which there are about `finer` times as many."""
        around = sorted((self.unit, self.largest, self.prior.centre))
        first = 0.0 if self.prior.at_zero else self.place(around[0]) - 2.0
        ends = graded(low, high, (first, self.place(around[-1]) + 1.5), _WIDTH / finer, _LEAST * finer)
        x, weight = nodes(ends, order)
        tau = self.tau(x)
        slope = self.unit * np.cosh(x) if self.prior.at_zero else tau
        log_prior = self.prior.log_density(tau) + np.log(slope)
        log_weight = log_prior + np.log(weight)
        # What lies below so small a tau is a tau of 0 to the likelihood
        none = not self.prior.at_zero and low <= self.place(_SMALLEST * self.unit) + _NEAR
        before = float(self.prior.cdf(self.tau(np.array(low)))) if none else 0.0
        if before > 0.0:
            tau, log_weight = np.append(0.0, tau), np.append(math.log(before), log_weight)
        return TauNodes(self, ends, x, tau, log_weight, log_prior, before)


@dataclass(frozen=True, slots=True, eq=False)
class TauNodes:
    """Nodes of tau and the log of their weights, the prior included; a first node at 0 where needed."""

    axis: TauAxis
    ends: Array
    x: Array
    """Places of the axis, without the node at 0."""
    tau: Array
    log_weight: Array
    log_prior: Array
    """Of the places of the axis, without the node at 0."""
    before: float

    def on_axis(self, values: Array) -> Array:
        """`values` without that of the node at 0."""
        return values[1:] if self.before > 0.0 else values

    def trimmed(self, log_value: Array) -> tuple[float, float]:
        """Places between which prior times exp(`log_value`) is not negligible."""
        density = self.on_axis(log_value) + self.log_prior
        least = density.max() - NEGLIGIBLE
        inside = np.flatnonzero(density > least)
        if math.isfinite(self.axis.prior.tail):  # the mean and SD of tau need more of the tail
            density = density + 2.0 * np.log(np.maximum(self.axis.tau(self.x) / self.axis.largest, 1.0))
            inside = np.append(inside, np.flatnonzero(density > least)[-1])
        padded = np.concatenate([[self.ends[0]], self.x, [self.ends[-1]]])
        return float(padded[inside[0]]), float(padded[inside[-1] + 2])

    def wider(self, log_value: Array) -> tuple[float, float] | None:
        """Places beyond an end at which prior times exp(`log_value`) is cut off; None if it is at neither.

        The prior ends where it is negligible, and trials that contradict it may have most of the posterior
        beyond. `log_value` has shape (nodes,) or (rows, nodes), one row for each of several posteriors.
        """
        density = self.on_axis(log_value.T).T + self.log_prior
        low, high = float(self.ends[0]), float(self.ends[-1])
        lowest, highest = self.axis.farthest()
        first, last = ((density[..., end] > density.max(-1) - _CUT).any() for end in (0, -1))
        more = 0.5 * (high - low)
        wider = max(low - more, lowest) if first else low, min(high + more, highest) if last else high
        return wider if wider[0] < low or wider[1] > high else None

    def follow(self, log_value: Array) -> bool:
        """Whether the polynomials on the panels follow the posterior under a log-likelihood.

        Where a prior with thin tails meets trials that contradict it, the posterior is narrower than a panel.
        """
        log_density = self.on_axis(log_value) + self.log_prior
        return PanelDensity(self.ends, np.exp(log_density - log_density.max())).follows

    def posterior(self, log_value: Array, log_marginal: float) -> TauPosterior:
        """Distribution of tau under a log-likelihood with mu integrated out, and its log integral."""
        density = np.exp(self.on_axis(log_value) + self.log_prior - log_marginal)
        before = math.exp(float(log_value[0] + self.log_weight[0]) - log_marginal) if self.before else 0.0
        return TauPosterior(self, PanelDensity(self.ends, density, before), self.before)


def located(axis: TauAxis, log_value: Callable[[Array], Array]) -> tuple[TauNodes, Array]:
    """Nodes where the posterior of tau lies, and the log-likelihood at them.

    Parameters
    ----------
    log_value
        Log-likelihood of taus, mu integrated out.
    """

    def look(low: float, high: float, finer: int = 1) -> tuple[TauNodes, Array]:
        nodes_there = axis.nodes(low, high, finer=finer)
        return nodes_there, log_value(nodes_there.tau)

    low, high = axis.ends()
    for _ in range(_ROUNDS):
        found, values = look(low, high)
        while (wider := found.wider(values)) is not None:
            low, high = wider
            found, values = look(low, high)
        left, right = found.trimmed(values)
        if right - left > 0.6 * (high - low):
            break
        low, high = left, right
    finer = 1
    while finer < FINEST and not found.follow(values):
        finer *= 2
        found, values = look(low, high, finer)
    return found, values


@dataclass(frozen=True, eq=False)
class TauPosterior:
    """Posterior distribution of tau."""

    nodes: TauNodes
    density: PanelDensity
    prior_before: float

    def cdf(self, tau: float) -> float:
        """Probability of less than `tau`."""
        if tau <= 0.0:
            return 0.0
        x = self.nodes.axis.place(tau)
        if x < self.density.ends[0] and self.prior_before > 0.0:
            return self.density.before * float(self.nodes.axis.prior.cdf(np.array(tau))) / self.prior_before
        return float(self.density.cdf(np.array(x)))

    def quantile(self, p: float) -> float:
        """Tau below which the probability is `p`; 0 if that is less than the axis tells from 0."""
        if p < self.density.before:
            return 0.0
        return float(self.nodes.axis.tau(np.array(self.density.quantile(p))))

    @cached_property
    def _weight(self) -> Array:
        return self.density.values * nodes(self.density.ends)[1]

    def moment(self, power: int) -> float:
        """Mean of tau to a power, over the nodes; whether it exists is the caller's to know."""
        tau = self.nodes.on_axis(self.nodes.tau)
        return float(self._weight @ tau**power)
