"""Tests, intervals and predictions from coefficients and their covariance, for every regression model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, fdtrc, ndtri, stdtrit

from evidence.meta.arrays import Array
from evidence.meta.distributions import two_sided_ps

COLUMNS = ("estimate", "se", "statistic", "p_value", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class Fitted:
    """What every fitted regression of effects has.

    Attributes
    ----------
    names : tuple of str
        Coefficients, the intercept first.
    estimate, se, statistic, p_value, ci_low, ci_high : array, shape (p,)
    df : float
        Degrees of freedom of the statistics; infinite for Wald intervals, which are normal.
    covariance : array, shape (p, p)
        Of the estimates.
    qe, qe_df, qe_p_value : float
        Test of residual heterogeneity (chi-square).
    qm, qm_df, qm_p_value : float or None
        Omnibus test of all moderators: chi-square with `qm_df` degrees of freedom for Wald intervals,
        else F with `qm_df` and `df`. None without moderators.
    log_likelihood : float
        Restricted log-likelihood for REML, otherwise log-likelihood.
    k : int
        Number of effects.
    level, ci
        Confidence level and kind of interval.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    statistic: Array
    p_value: Array
    ci_low: Array
    ci_high: Array
    df: float
    covariance: Array
    qe: float
    qe_df: int
    qe_p_value: float
    qm: float | None
    qm_df: int
    qm_p_value: float | None
    log_likelihood: float
    k: int
    level: float
    ci: str

    def table(self) -> pd.DataFrame:
        """Coefficients as a table, one row each."""
        return coefficient_table(self)


def quantile(level: float, df: Array | float) -> Array:
    """Two-sided quantile of t, or of the normal distribution where df is infinite."""
    tail = (1.0 - level) / 2.0
    return np.asarray(np.where(np.isinf(df), -ndtri(tail), -stdtrit(df, tail)))


def tests(estimate: Array, covariance: Array, df: Array | float, level: float) -> dict[str, Any]:
    """Standard errors, statistics, p-values and confidence limits, by the names of `COLUMNS`.

    An estimate of exactly 0 with a standard error of 0 has a statistic of 0.
    """
    se = np.sqrt(np.diagonal(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(estimate == 0.0, 0.0, estimate / se)
    size = np.abs(statistic)
    half = quantile(level, df) * se
    return {
        "estimate": estimate,
        "se": se,
        "statistic": statistic,
        "p_value": two_sided_ps(size, np.asarray(df)),
        "ci_low": estimate - half,
        "ci_high": estimate + half,
    }


def omnibus(estimate: Array, covariance: Array, df: float) -> dict[str, Any]:
    """Test that every coefficient but the intercept is 0, as `qm`, `qm_df` and `qm_p_value`.

    Chi-square where df is infinite, otherwise F. None without moderators.
    """
    m = len(estimate) - 1
    if m == 0:
        return {"qm": None, "qm_df": 0, "qm_p_value": None}
    slopes, block = estimate[1:], covariance[1:, 1:]
    unit = np.sqrt(np.diagonal(block))
    if not unit.all():
        flat = not slopes.any()
        return {"qm": 0.0 if flat else np.inf, "qm_df": m, "qm_p_value": float(flat)}
    z = slopes / unit
    wald = float(z @ np.linalg.solve(block / np.outer(unit, unit), z))
    if np.isinf(df):
        return {"qm": wald, "qm_df": m, "qm_p_value": float(chdtrc(m, wald))}
    return {"qm": wald / m, "qm_df": m, "qm_p_value": float(fdtrc(m, df, wald / m))}


def coefficient_table(fit: Any) -> pd.DataFrame:
    """Coefficients of a fitted model as a table, one row each."""
    return pd.DataFrame({c: getattr(fit, c) for c in COLUMNS}, index=pd.Index(fit.names, name="coefficient"))


def predictions(fit: Fitted, rows: Array, heterogeneity: float) -> pd.DataFrame:
    """Mean effects at the rows of a design, with confidence and prediction intervals.

    `heterogeneity` is the variance of true effects about the mean.
    """
    mean = rows @ fit.estimate
    variance = np.einsum("ij,jk,ik->i", rows, fit.covariance, rows)
    factor = quantile(fit.level, fit.df)
    half, wide = factor * np.sqrt(variance), factor * np.sqrt(variance + heterogeneity)
    return pd.DataFrame(
        {
            "estimate": mean,
            "se": np.sqrt(variance),
            "ci_low": mean - half,
            "ci_high": mean + half,
            "pi_low": mean - wide,
            "pi_high": mean + wide,
        }
    )
