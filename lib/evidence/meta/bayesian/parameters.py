"""Parameters of the priors: what they may be, and the density that several of them share."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import gammaln

from evidence.meta.arrays import Array

#: A density e^-36 of its peak adds nothing in float64.
NEGLIGIBLE: Final = 36.0
_LOG_SQRT_2PI: Final = 0.5 * math.log(2.0 * math.pi)


def log_t(z: Array, df: float) -> Array:
    """Log density of Student's t, normal where `df` is infinite."""
    if math.isinf(df):
        return np.asarray(-0.5 * z * z - _LOG_SQRT_2PI)
    constant = float(gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df)) - 0.5 * math.log(df * math.pi)
    return np.asarray(constant - 0.5 * (df + 1.0) * np.log1p(z * z / df))


def require_positive(prior: object, **values: float) -> None:
    """Refuse a parameter that is no number above 0."""
    for name, value in values.items():
        if not _number(value) or not 0.0 < value < math.inf:
            raise ValueError(f"{name} of {type(prior).__name__} must be a number above 0, not {value!r}")


def require_finite(prior: object, **values: float) -> None:
    """Refuse a parameter that is no finite number."""
    for name, value in values.items():
        if not _number(value) or not math.isfinite(value):
            raise ValueError(f"{name} of {type(prior).__name__} must be a finite number, not {value!r}")


def require_degrees(prior: object, df: float) -> None:
    """Refuse degrees of freedom that are none."""
    if not _number(df) or not df > 0.0:
        raise ValueError(f"df of {type(prior).__name__} must be above 0, or infinite for normal, not {df!r}")


def _number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
