"""Meta-regression: effects explained by study-level moderators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from evidence.meta import residual_heterogeneity as residual
from evidence.meta.arrays import Array
from evidence.meta.design import design_matrix, effects
from evidence.meta.wls import WeightedFit, weighted_fit

INTERVALS = ("wald", "t", "HKSJ", "HKSJ-adhoc")


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted meta-regression.

    Attributes
    ----------
    names : tuple of str
        Coefficients, the intercept first.
    estimate, se, statistic, p_value, ci_low, ci_high : array, shape (p,)
    df : float
        Degrees of freedom of the statistics: infinite for Wald intervals (normal), else k − p.
    covariance : array, shape (p, p)
        Of the estimates, with the Knapp–Hartung factor if there is one.
    tau2, tau2_se, tau2_ci_low, tau2_ci_high : float
        Residual heterogeneity and its Q-profile interval; `tau2_se` is None for a common-effect model.
    i2, h2 : float
        Share of the unexplained variance that is heterogeneity, in per cent, and its ratio form.
    r2 : float or None
        Per cent of the heterogeneity of the model without moderators that the moderators account for,
        not below 0; None without moderators and for a common-effect model.
    qe, qe_df, qe_p_value : float
        Test of residual heterogeneity (chi-square).
    qm, qm_df, qm_p_value : float or None
        Omnibus test of all moderators: chi-square with `qm_df` degrees of freedom for Wald intervals,
        else F with `qm_df` and `df`. None without moderators.
    scale : float
        Knapp–Hartung factor on the covariance, 1 for other intervals.
    log_likelihood : float
        Restricted log-likelihood for REML, otherwise log-likelihood.
    k, level, estimator, ci
        Number of studies, confidence level, estimator of tau² and kind of interval.
    yi, vi, design : array, shape (k,), (k,), (k, p)
        The data the model was fitted to.
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
    tau2: float
    tau2_se: float | None
    tau2_ci_low: float
    tau2_ci_high: float
    i2: float
    h2: float
    r2: float | None
    qe: float
    qe_df: int
    qe_p_value: float
    qm: float | None
    qm_df: int
    qm_p_value: float | None
    scale: float
    log_likelihood: float
    k: int
    level: float
    estimator: str | float
    ci: str
    yi: Array
    vi: Array
    design: Array

    @property
    def fitted(self) -> Array:
        """Fitted effects, shape (k,)."""
        return np.asarray(self.design @ self.estimate)

    def table(self) -> pd.DataFrame:
        """Coefficients as a table, one row each."""
        return pd.DataFrame(
            {
                "estimate": self.estimate,
                "se": self.se,
                "statistic": self.statistic,
                "p_value": self.p_value,
                "ci_low": self.ci_low,
                "ci_high": self.ci_high,
            },
            index=pd.Index(self.names, name="coefficient"),
        )

    def predict(self, mods: ArrayLike | pd.DataFrame | None = None) -> pd.DataFrame:
        """Predicted mean effects with confidence and prediction intervals.

        Parameters
        ----------
        mods : array, shape (m, p − 1), or DataFrame, optional
            Values of the moderators in the order of `names`; without it, those of the studies.

        Returns
        -------
        DataFrame
            Columns estimate, se, ci_low, ci_high, pi_low, pi_high. The prediction interval uses the
            distribution of the confidence interval: normal for Wald, otherwise t with k − p df.
        """
        rows = self.design if mods is None else self._rows(mods)
        mean = rows @ self.estimate
        variance = np.einsum("ij,jk,ik->i", rows, self.covariance, rows)
        quantile = _quantile(self.level, self.df)
        half, wide = quantile * np.sqrt(variance), quantile * np.sqrt(variance + self.tau2)
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

    def _rows(self, mods: ArrayLike | pd.DataFrame) -> Array:
        if isinstance(mods, pd.DataFrame):
            missing = [n for n in self.names[1:] if n not in mods.columns]
            if missing:
                raise ValueError(f"mods lacks the moderators {', '.join(missing)} of the fitted model")
            mods = mods[list(self.names[1:])]
        values = np.atleast_2d(np.asarray(mods, dtype=float))
        if values.shape[1] != len(self.names) - 1:
            raise ValueError(
                f"mods has {values.shape[1]} columns; the model has {len(self.names) - 1} moderators"
            )
        return np.column_stack([np.ones(len(values)), values])


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    mods: ArrayLike | pd.DataFrame | None = None,
    *,
    model: str = "random",
    tau2: str | float = "REML",
    ci: str = "HKSJ",
    level: float = 0.95,
) -> Regression:
    """Fit a mixed-effects meta-regression by weighted least squares.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances.
    mods : array, shape (k, p) or (k,), or DataFrame, optional
        Numeric moderators; an intercept is added.
    model : {"random", "common"}
        "common" leaves out residual heterogeneity (tau² = 0).
    tau2 : {"REML", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"} or float
        Estimator of tau², or its value.
    ci : {"HKSJ", "HKSJ-adhoc", "t", "wald"}
        HKSJ is the method of Knapp & Hartung (2003), Statistics in Medicine 22:2693; "HKSJ-adhoc" never
        makes the intervals narrower than "t".
    level : float
        Confidence level.

    Returns
    -------
    Regression

    Raises
    ------
    ValueError
        If an input is missing, not finite or of the wrong length, if a variance is not positive, if a
        moderator is constant or a combination of others, or if there are too few studies.

    Notes
    -----
    R: ``metafor::rma(yi, vi, mods = ~ ..., method = "REML", test = "knha")``.
    """
    y, v = effects(yi, vi)
    names, x = design_matrix(mods, len(y))
    if ci not in INTERVALS:
        raise ValueError(f"ci must be one of {', '.join(INTERVALS)}; got {ci!r}")
    if model not in ("random", "common"):
        raise ValueError(f'model must be "random" or "common"; got {model!r}')
    k, p = x.shape
    estimated = model == "random" and isinstance(tau2, str)
    if k < p or (k == p and (estimated or ci != "wald")):
        raise ValueError(f"{p} coefficients cannot be estimated with intervals from {k} studies; use fewer")
    common = weighted_fit(y, x, 1.0 / v)
    t2 = _tau2(y, x, v, model, tau2)
    fit = weighted_fit(y, x, 1.0 / (v + t2))
    scale = _scale(fit, ci)
    df = float("inf") if ci == "wald" else float(k - p)
    qe = float(common.rss[0])
    return Regression(
        names=names,
        **_coefficients(fit, x, scale, df, level),
        df=df,
        tau2=t2,
        **_heterogeneity(y, x, v, t2, common, model, tau2, level),
        qe=qe,
        qe_df=k - p,
        qe_p_value=float(stats.chi2.sf(qe, k - p)) if k > p else 1.0,
        **_omnibus(fit, scale, df),
        scale=scale,
        log_likelihood=float(
            residual.log_likelihood(y, x, v, t2, "REML" if estimated and tau2 == "REML" else "ML")[0]
        ),
        k=k,
        level=level,
        estimator=tau2 if model == "random" else 0.0,
        ci=ci,
        yi=y,
        vi=v,
        design=x,
    )


def _tau2(y: Array, x: Array, v: Array, model: str, tau2: str | float) -> float:
    if model == "common":
        return 0.0
    if isinstance(tau2, str):
        return residual.residual_tau2(y, x, v, tau2)
    if not (np.isfinite(tau2) and tau2 >= 0.0):
        raise ValueError(f"tau2 must be an estimator or a number that is 0 or more; got {tau2}")
    return float(tau2)


def _scale(fit: WeightedFit, ci: str) -> float:
    """Knapp–Hartung factor: the weighted mean square of the residuals (Knapp & Hartung 2003, eq. 7)."""
    if ci in ("wald", "t"):
        return 1.0
    k, p = fit.basis.shape[1:]
    factor = float(fit.rss[0] / (k - p))
    return max(1.0, factor) if ci == "HKSJ-adhoc" else factor


def _quantile(level: float, df: float) -> float:
    tail = (1.0 - level) / 2.0
    return float(stats.norm.isf(tail) if np.isinf(df) else stats.t.isf(tail, df))


def _coefficients(fit: WeightedFit, x: Array, scale: float, df: float, level: float) -> dict[str, Any]:
    estimate = _without_rounding(fit, x)
    covariance = scale * fit.cov[0]
    se = np.sqrt(np.diagonal(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(estimate == 0.0, 0.0, estimate / se)
    size = np.abs(statistic)
    p_value = 2.0 * (stats.norm.sf(size) if np.isinf(df) else stats.t.sf(size, df))
    half = _quantile(level, df) * se
    return {
        "estimate": estimate,
        "se": se,
        "statistic": statistic,
        "p_value": p_value,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
        "covariance": covariance,
    }


def _without_rounding(fit: WeightedFit, x: Array) -> Array:
    """Coefficients, with those that are only rounding set to 0 where the model fits the data exactly.

    With identical effects a slope is 0 and so is its Knapp–Hartung standard error; left as rounding, the
    ratio of the two would be an arbitrary number.
    """
    estimate = fit.coef[0]
    if fit.rss[0] > 0.0:
        return estimate
    terms = np.abs(estimate) * np.abs(x).max(0)
    return np.asarray(np.where(terms <= 1e-12 * terms.max(), 0.0, estimate))


def _omnibus(fit: WeightedFit, scale: float, df: float) -> dict[str, Any]:
    m = fit.coef.shape[1] - 1
    if m == 0:
        return {"qm": None, "qm_df": 0, "qm_p_value": None}
    slopes, covariance = fit.coef[0, 1:], fit.cov[0, 1:, 1:]
    unit = np.sqrt(np.diagonal(covariance))
    z = slopes / unit
    qm = float(z @ np.linalg.solve(covariance / np.outer(unit, unit), z))
    if scale == 0.0:
        exact_zero = qm <= 1e-20
        return {"qm": 0.0 if exact_zero else np.inf, "qm_df": m, "qm_p_value": float(exact_zero)}
    if np.isinf(df):
        return {"qm": qm, "qm_df": m, "qm_p_value": float(stats.chi2.sf(qm, m))}
    f = qm / m / scale
    return {"qm": f, "qm_df": m, "qm_p_value": float(stats.f.sf(f, m, df))}


def _heterogeneity(
    y: Array, x: Array, v: Array, t2: float, common: WeightedFit, model: str, tau2: str | float, level: float
) -> dict[str, Any]:
    k, p = x.shape
    if k == p:
        typical, limits = float("nan"), (0.0, float("inf"))
    else:
        typical, limits = residual.typical_variance(common), residual.q_profile(y, x, v, level)
    if model == "common":
        df, q = k - p, float(common.rss[0])
        i2 = max(0.0, 100.0 * (q - df) / q) if q > 0.0 else 0.0
        h2 = q / df if df else 1.0
        tau2_se = r2 = None
    else:
        i2, h2 = 100.0 * t2 / (t2 + typical), 1.0 + t2 / typical
        tau2_se = residual.residual_tau2_se(y, x, v, t2, tau2 if isinstance(tau2, str) else "DL")
        r2 = _explained(y, x, v, t2, tau2)
    return {
        "tau2_ci_low": limits[0],
        "tau2_ci_high": limits[1],
        "tau2_se": tau2_se,
        "i2": i2,
        "h2": h2,
        "r2": r2,
    }


def _explained(y: Array, x: Array, v: Array, t2: float, tau2: str | float) -> float | None:
    """R² in per cent (Raudenbush 2009, eq. 16.24): the drop in tau² from the model without moderators."""
    if x.shape[1] == 1 or not isinstance(tau2, str):
        return None
    total = residual.residual_tau2(y, x[:, :1], v, tau2)
    return max(0.0, 100.0 * (total - t2) / total) if total > 0.0 else 0.0
