"""Quantiles and p-values of the normal, t and chi-squared distributions, for numbers and arrays."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from scipy.special import chdtri, ndtr, ndtri, stdtr, stdtrit

from evidence.meta.arrays import Array

#: Standard normal deviate of a two-sided 95% interval.
Z95: Final = 1.959964


@functools.lru_cache(maxsize=4096)
def critical_value(level: float, df: float) -> float:
    """Two-sided critical value of t with `df` degrees of freedom; normal where df is infinite."""
    tail = (1 + level) / 2
    return float(ndtri(tail) if math.isinf(df) else stdtrit(df, tail))


@functools.lru_cache(maxsize=4096)
def chi2_limits(level: float, df: int) -> tuple[float, float]:
    """Lower and upper quantile of chi-squared between which the probability is `level`."""
    tail = (1 - level) / 2
    return float(chdtri(df, 1 - tail)), float(chdtri(df, tail))


def two_sided_p(statistic: float, df: float) -> float:
    """Two-sided p-value of a t statistic; normal where df is infinite."""
    return 2 * float(ndtr(-abs(statistic)) if math.isinf(df) else stdtr(df, -abs(statistic)))


def two_sided_ps(statistic: Array, df: Array) -> Array:
    """`two_sided_p` of each element."""
    p: Array = 2 * np.where(np.isinf(df), ndtr(-np.abs(statistic)), stdtr(df, -np.abs(statistic)))
    return p
