"""Prior distributions of the mean effect mu."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.bayesian.parameters import (
    NEGLIGIBLE,
    log_t,
    require_degrees,
    require_finite,
    require_positive,
)


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal prior of the mean effect."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        require_finite(self, mean=self.mean)
        require_positive(self, sd=self.sd)

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
        return math.sqrt(2.0 * NEGLIGIBLE) * self.sd

    def log_density(self, mu: Array) -> Array:
        """Log density."""
        return np.asarray(log_t((mu - self.mean) / self.sd, math.inf) - math.log(self.sd))


@dataclass(frozen=True, slots=True)
class StudentT:
    """Student's t prior of the mean effect, around `mean` with `scale`."""

    df: float
    mean: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        require_finite(self, mean=self.mean)
        require_positive(self, scale=self.scale)
        require_degrees(self, self.df)

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
            return math.sqrt(2.0 * NEGLIGIBLE) * self.scale
        return math.exp(NEGLIGIBLE / max(1.0, self.df)) * self.scale * math.sqrt(self.df)

    def log_density(self, mu: Array) -> Array:
        """Log density."""
        return np.asarray(log_t((mu - self.mean) / self.scale, self.df) - math.log(self.scale))


MuPrior: TypeAlias = Normal | StudentT
