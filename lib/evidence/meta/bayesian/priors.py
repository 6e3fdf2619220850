"""Prior distributions of the heterogeneity tau and of the mean effect mu."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from scipy.special import erf, gammaincc, gammaln, ndtr, stdtr

from evidence.meta.arrays import Array

_NEGLIGIBLE: Final = 36.0  # a density e^-36 of its peak adds nothing in float64
_LONGEST: Final = 1e60  # tau is not followed beyond this many times the prior's scale
_LOG_SQRT_2PI: Final = 0.5 * math.log(2.0 * math.pi)


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
        _positive(self, scale=self.scale)

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
        return 0.0, math.sqrt(2.0 * _NEGLIGIBLE) * self.scale

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
        _positive(self, scale=self.scale)

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
        return 0.0, math.exp(_NEGLIGIBLE) * self.scale

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
        _finite(self, location=self.location)
        _positive(self, scale=self.scale)
        _degrees(self, self.df)

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
        z = math.sqrt(2.0 * _NEGLIGIBLE) if math.isinf(self.df) else math.exp(_NEGLIGIBLE / (self.df + 1.0))
        ratio = math.exp(min(0.5 * self.scale * z, math.log(_LONGEST)))
        return self.centre / ratio, self.centre * ratio

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        z = (2.0 * np.log(tau) - self.location) / self.scale
        return np.asarray(_log_t(z, self.df) + math.log(2.0 / self.scale) - np.log(tau))

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
        _positive(self, shape=self.shape, scale=self.scale)

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
        low = self.scale / (_NEGLIGIBLE + self.shape * (5.0 + math.log1p(_NEGLIGIBLE)))
        return low, self.centre * math.exp(min(_NEGLIGIBLE / self.shape, math.log(_LONGEST)))

    def log_density(self, tau: Array) -> Array:
        """Log density."""
        constant = self.shape * math.log(self.scale) - float(gammaln(self.shape))
        return np.asarray(constant - (self.shape + 1.0) * np.log(tau) - self.scale / tau)

    def cdf(self, tau: Array) -> Array:
        """Probability of less than `tau`."""
        with np.errstate(divide="ignore"):
            return np.asarray(gammaincc(self.shape, self.scale / np.asarray(tau)))


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal prior of the mean effect."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        _finite(self, mean=self.mean)
        _positive(self, sd=self.sd)

    def times(self, factor: float) -> Normal:
        """Return the same prior in another unit: of `factor` times mu."""
        return Normal(self.mean * factor, self.sd * abs(factor))

    @property
    def spread(self) -> float:
        """The SD."""
        return self.sd

    @property
    def information(self) -> float:
        """Fisher information about the place of the distribution."""
        return 1.0 / self.sd**2

    def reach(self) -> float:
        """Distance from the mean beyond which nothing is left."""
        return math.sqrt(2.0 * _NEGLIGIBLE) * self.sd

    def log_density(self, mu: Array) -> Array:
        """Log density."""
        return np.asarray(_log_t((mu - self.mean) / self.sd, math.inf) - math.log(self.sd))


@dataclass(frozen=True, slots=True)
class StudentT:
    """Student's t prior of the mean effect, around `mean` with `scale`."""

    df: float
    mean: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        _finite(self, mean=self.mean)
        _positive(self, scale=self.scale)
        _degrees(self, self.df)

    def times(self, factor: float) -> StudentT:
        """Return the same prior in another unit: of `factor` times mu."""
        return StudentT(self.df, self.mean * factor, self.scale * abs(factor))

    @property
    def spread(self) -> float:
        """The scale."""
        return self.scale

    @property
    def information(self) -> float:
        """Fisher information about the place of the distribution."""
        return (1.0 if math.isinf(self.df) else (self.df + 1.0) / (self.df + 3.0)) / self.scale**2

    def reach(self) -> float:
        """Distance from the mean beyond which nothing is left."""
        if math.isinf(self.df):
            return math.sqrt(2.0 * _NEGLIGIBLE) * self.scale
        return math.exp(_NEGLIGIBLE / max(1.0, self.df)) * self.scale * math.sqrt(self.df)

    def log_density(self, mu: Array) -> Array:
        """Log density."""
        return np.asarray(_log_t((mu - self.mean) / self.scale, self.df) - math.log(self.scale))


MuPrior: TypeAlias = Normal | StudentT


def _log_t(z: Array, df: float) -> Array:
    """Log density of Student's t, normal where `df` is infinite."""
    if math.isinf(df):
        return np.asarray(-0.5 * z * z - _LOG_SQRT_2PI)
    constant = float(gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df)) - 0.5 * math.log(df * math.pi)
    return np.asarray(constant - 0.5 * (df + 1.0) * np.log1p(z * z / df))


def _positive(prior: object, **values: float) -> None:
    for name, value in values.items():
        if not _number(value) or not 0.0 < value < math.inf:
            raise ValueError(f"{name} of {type(prior).__name__} must be a number above 0, not {value!r}")


def _finite(prior: object, **values: float) -> None:
    for name, value in values.items():
        if not _number(value) or not math.isfinite(value):
            raise ValueError(f"{name} of {type(prior).__name__} must be a finite number, not {value!r}")


def _degrees(prior: object, df: float) -> None:
    if not _number(df) or not df > 0.0:
        raise ValueError(f"df of {type(prior).__name__} must be above 0, or infinite for normal, not {df!r}")


def _number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
