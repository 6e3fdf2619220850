"""Prior distributions of the heterogeneity tau."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from scipy.special import erf, gammaincc, gammaln, ndtr, stdtr

from evidence.meta.arrays import Array
from evidence.meta.bayesian.parameters import (
    NEGLIGIBLE,
    log_t,
    require_degrees,
    require_finite,
    require_positive,
)

LONGEST: Final = 1e60  # tau is not followed beyond this many times the prior's scale


class TauPrior(Protocol):
    """What the quadrature asks of a prior of tau, the standard deviation between trials."""

    @property
    def at_zero(self) -> bool:
        """Whether the density is smooth and above 0 at tau = 0; else it is a smooth one of log tau."""

    @property
    def tail(self) -> float:
        """The density falls as tau^-tail; infinite where it falls faster than every power."""

    @property
    def centre(self) -> float:
        """Tau around which the density changes."""

    def reach(self) -> tuple[float, float]:
        """Tau between which the prior lies, but for a negligible part."""

    def log_density(self, tau: Array) -> Array:
        """Log of the density at `tau` > 0 (or 0 where it is smooth there)."""

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""

    def times(self, factor: float) -> TauPrior:
        """Return the same prior in another unit: of `factor` times tau."""


@dataclass(frozen=True, slots=True)
class HalfNormal:
    """Half-normal prior of tau: the absolute value of a normal deviate with mean 0 and SD `scale`."""

    scale: float

    def __post_init__(self) -> None:
        """Refuse a scale that is none."""
        require_positive(self, scale=self.scale)

    def times(self, factor: float) -> HalfNormal:
        """Return the same prior in another unit: of `factor` times tau."""
        return HalfNormal(self.scale * factor)

    @property
    def at_zero(self) -> bool:
        """Smooth and above 0 at tau = 0."""
        return True

    @property
    def tail(self) -> float:
        """Faster than every power."""
        return math.inf

    @property
    def centre(self) -> float:
        """The scale."""
        return self.scale

    def reach(self) -> tuple[float, float]:
        """From 0 to where the density is negligible."""
        return 0.0, math.sqrt(2.0 * NEGLIGIBLE) * self.scale

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        return np.asarray(
            0.5 * math.log(2.0 / math.pi) - math.log(self.scale) - 0.5 * (tau / self.scale) ** 2
        )

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""
        return np.asarray(erf(tau / (self.scale * math.sqrt(2.0))))


@dataclass(frozen=True, slots=True)
class HalfCauchy:
    """Half-Cauchy prior of tau, with median `scale`."""

    scale: float

    def __post_init__(self) -> None:
        """Refuse a scale that is none."""
        require_positive(self, scale=self.scale)

    def times(self, factor: float) -> HalfCauchy:
        """Return the same prior in another unit: of `factor` times tau."""
        return HalfCauchy(self.scale * factor)

    @property
    def at_zero(self) -> bool:
        """Smooth and above 0 at tau = 0."""
        return True

    @property
    def tail(self) -> float:
        """As tau^-2."""
        return 2.0

    @property
    def centre(self) -> float:
        """The scale."""
        return self.scale

    def reach(self) -> tuple[float, float]:
        """From 0 to where what is left is negligible."""
        return 0.0, math.exp(NEGLIGIBLE) * self.scale

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        return np.asarray(math.log(2.0 / math.pi / self.scale) - np.log1p((tau / self.scale) ** 2))

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""
        return np.asarray(2.0 / math.pi * np.arctan(tau / self.scale))


@dataclass(frozen=True, slots=True)
class LogTauSquared:
    """Prior of tau under which (log tau² − location) / scale has Student's t distribution.

    `df` is 5 in Rhodes et al. 2015 (doi:10.1016/j.jclinepi.2014.08.012, standardised mean differences) and
    infinite, which is normal, in Turner et al. 2015 (doi:10.1002/sim.6381, log odds ratios).
    """

    location: float
    scale: float
    df: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        require_finite(self, location=self.location)
        require_positive(self, scale=self.scale)
        require_degrees(self, self.df)

    def times(self, factor: float) -> LogTauSquared:
        """Return the same prior in another unit: of `factor` times tau."""
        return LogTauSquared(self.location + 2.0 * math.log(factor), self.scale, self.df)

    @property
    def at_zero(self) -> bool:
        """Smooth in log tau only."""
        return False

    @property
    def tail(self) -> float:
        """As 1/tau but for logarithms; the log-normal falls faster than every power."""
        return math.inf if math.isinf(self.df) else 1.0

    @property
    def centre(self) -> float:
        """The median."""
        return math.exp(0.5 * self.location)

    def reach(self) -> tuple[float, float]:
        """As far as the density of log tau is not negligible, or numbers go."""
        z = math.sqrt(2.0 * NEGLIGIBLE) if math.isinf(self.df) else math.exp(NEGLIGIBLE / (self.df + 1.0))
        ratio = math.exp(min(0.5 * self.scale * z, math.log(LONGEST)))
        return self.centre / ratio, self.centre * ratio

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        z = (2.0 * np.log(tau) - self.location) / self.scale
        return np.asarray(log_t(z, self.df) + math.log(2.0 / self.scale) - np.log(tau))

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""
        with np.errstate(divide="ignore"):
            z = (2.0 * np.log(tau) - self.location) / self.scale
        return np.asarray(ndtr(z) if math.isinf(self.df) else stdtr(self.df, z))


@dataclass(frozen=True, slots=True)
class InverseGamma:
    """Inverse-gamma prior of tau itself (not of tau²), as in R's BayesTools."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        require_positive(self, shape=self.shape, scale=self.scale)

    def times(self, factor: float) -> InverseGamma:
        """Return the same prior in another unit: of `factor` times tau."""
        return InverseGamma(self.shape, self.scale * factor)

    @property
    def at_zero(self) -> bool:
        """Every derivative is 0 at tau = 0."""
        return False

    @property
    def tail(self) -> float:
        """As tau^-(shape + 1)."""
        return self.shape + 1.0

    @property
    def centre(self) -> float:
        """Mode of log tau."""
        return self.scale / self.shape

    def reach(self) -> tuple[float, float]:
        """As far as the density of log tau is not negligible, or numbers go."""
        low = self.scale / (NEGLIGIBLE + self.shape * (5.0 + math.log1p(NEGLIGIBLE)))
        return low, self.centre * math.exp(min(NEGLIGIBLE / self.shape, math.log(LONGEST)))

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        constant = self.shape * math.log(self.scale) - float(gammaln(self.shape))
        return np.asarray(constant - (self.shape + 1.0) * np.log(tau) - self.scale / tau)

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""
        with np.errstate(divide="ignore"):
            return np.asarray(gammaincc(self.shape, self.scale / np.asarray(tau)))
