"""What a posterior says: the mean effect, the heterogeneity, a new trial, each trial."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from evidence.meta.arrays import Array
from evidence.meta.bayesian.heterogeneity import TauPosterior
from evidence.meta.bayesian.next_trial import Parts
from evidence.meta.options import check_level

Kind: TypeAlias = Literal["central", "shortest"]


class Law(Protocol):
    """A distribution on the real line."""

    def cdf(self, x: Array) -> Array:
        """Probability below each `x`."""

    def pdf(self, x: Array) -> Array:
        """Density at each `x`."""

    def quantile(self, p: Array) -> Array:
        """Places below which the probabilities are `p`."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Posterior of the true effect of each trial: numbers first, then bounds; arrays of shape (k,).

    The limits of a trial that is not a number with a normal deviate are NaN: only mean and SD are computed.
    """

    mean: Array
    sd: Array
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Posterior:
    """Posterior of a random-effects meta-analysis, on the scale of `yi`.

    Attributes
    ----------
    mean, sd : float
        Of the mean effect mu. `sd` is infinite where the posterior has none.
    k, k_numeric, k_bounded : int
        Trials: all, known by a number, known by a set only.
    kinds : mapping
        Trials by kind of evidence: "number", "p-value" (exact, without direction), "direction", "bound".
    weights : array, shape (k,)
        Percent of the information about mu that each trial gives, the prior aside: numbers first, then
        bounds.
    prior_weight : float
        Percent of all information about mu that the prior of mu gives.
    tau_mean, tau_sd : float
        Of the heterogeneity; infinite where the posterior has none.
    log_marginal : float
        Log of the probability (density) of everything observed. Under a flat prior of mu its density is
        taken as 1 per unit of `yi`, and only fits with the same flat prior can be compared.
    """

    mean: float
    sd: float
    tau_mean: float
    tau_sd: float
    log_marginal: float
    k: int
    k_numeric: int
    k_bounded: int
    kinds: Mapping[str, int]
    _mu: Law = field(repr=False)
    _tau: TauPosterior = field(repr=False)
    _new: Law = field(repr=False)
    _shares: Callable[[], tuple[Array, float]] = field(repr=False)
    _shrink: Callable[[float], Shrunk] = field(repr=False)
    _parts: Callable[[], Parts] = field(repr=False)

    @cached_property
    def parts(self) -> Parts:
        """The joint posterior of mu and tau as a mixture, for `evidence.meta.bayesian.next_trial`."""
        return self._parts().trimmed()

    @cached_property
    def median(self) -> float:
        """Median of mu."""
        return float(self._mu.quantile(np.array([0.5]))[0])

    @cached_property
    def tau(self) -> float:
        """Median of tau."""
        return self._tau.quantile(0.5)

    @cached_property
    def _information(self) -> tuple[Array, float]:
        return self._shares()

    @property
    def weights(self) -> Array:
        """Percent of the trials' information about mu: numbers first, then bounds."""
        return self._information[0]

    @property
    def prior_weight(self) -> float:
        """Percent of all information about mu that comes from its prior; 0 for a flat one."""
        return self._information[1]

    def interval(self, level: float = 0.95, kind: Kind = "central") -> tuple[float, float]:
        """Credible interval of mu.

        Parameters
        ----------
        level
            Probability inside.
        kind
            "central" leaves the same probability on either side, "shortest" is the shortest such interval.
        """
        return _interval(self._mu.quantile, level, kind)

    def prediction(self, level: float = 0.95, kind: Kind = "central") -> tuple[float, float]:
        """Prediction interval: credible interval of the true effect of a new trial."""
        return _interval(self._new.quantile, level, kind)

    def tau_interval(self, level: float = 0.95, kind: Kind = "central") -> tuple[float, float]:
        """Credible interval of tau."""
        return _interval(lambda ps: np.array([self._tau.quantile(float(p)) for p in ps]), level, kind)

    @overload
    def probability(self, below: float) -> float: ...

    @overload
    def probability(self, below: Array) -> Array: ...

    def probability(self, below: float | Array) -> float | Array:
        """Probability that the mean effect lies below a value, or each of an array."""
        return _below(self._mu, below)

    @overload
    def new_study(self, below: float) -> float: ...

    @overload
    def new_study(self, below: Array) -> Array: ...

    def new_study(self, below: float | Array) -> float | Array:
        """Probability that the true effect of a new trial lies below a value, or each of an array."""
        return _below(self._new, below)

    def tau_probability(self, below: float) -> float:
        """Probability that tau lies below a value."""
        return self._tau.cdf(below)

    def density(self, at: ArrayLike) -> Array:
        """Density of mu at each effect."""
        return self._mu.pdf(np.asarray(at, dtype=float))

    def predictive_density(self, at: ArrayLike) -> Array:
        """Density of the true effect of a new trial at each effect."""
        return self._new.pdf(np.asarray(at, dtype=float))

    def shrunk(self, level: float = 0.95) -> Shrunk:
        """Posterior of the true effect of each trial, with central intervals."""
        check_level(level)
        return self._shrink(level)


def _below(law: Law, below: float | Array) -> float | Array:
    x = np.asarray(below, dtype=float)
    if np.isnan(x).any():
        raise ValueError(f"below must be a number, not {below!r}")
    probability = law.cdf(x)
    return float(probability) if x.ndim == 0 else probability


def _interval(quantile: Callable[[Array], Array], level: float, kind: Kind) -> tuple[float, float]:
    check_level(level)
    tail = 1.0 - level
    if kind == "central":
        low, high = quantile(np.array([0.5 * tail, 1.0 - 0.5 * tail]))
        return float(low), float(high)
    if kind != "shortest":
        raise ValueError(f"Unknown kind={kind!r}: use one of central, shortest")

    def length(share: float) -> float:
        low, high = quantile(np.array([share * tail, 1.0 - (1.0 - share) * tail]))
        return float(high - low)

    share = float(minimize_scalar(length, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-9}).x)
    low, high = quantile(np.array([share * tail, 1.0 - (1.0 - share) * tail]))
    return float(low), float(high)


def finite_moment(power: float, tail: float) -> bool:
    """Whether a distribution with a density falling as tau^-tail has a mean of tau^power."""
    return math.isinf(tail) or tail - power > 1.0
