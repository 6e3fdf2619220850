"""Meta-regression: effects explained by study-level moderators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evidence.meta import residual_heterogeneity as residual
from evidence.meta.arrays import Array
from evidence.meta.coefficients import Fitted, omnibus, predictions, tests
from evidence.meta.design import design_matrix, design_rows, effects
from evidence.meta.options import Interval, Model, Options
from evidence.meta.tau2 import Estimator
from evidence.meta.wls import EXACT, WeightedFit, weighted_fit


@dataclass(frozen=True, slots=True)
class Regression(Fitted):
    """A fitted meta-regression; the fields of `Fitted` and the following.

    Attributes
    ----------
    tau2, tau2_se, tau2_ci_low, tau2_ci_high : float
        Residual heterogeneity and its Q-profile interval; `tau2_se` is NaN for a common-effect
        model and for a tau² that was given.
    i2, h2 : float
        Share of the unexplained variance that is heterogeneity, in per cent, and its ratio form.
    r2 : float or None
        Per cent of the heterogeneity of the model without moderators that the moderators account for,
        not below 0; None without moderators and for a common-effect model.
    scale : float
        Knapp–Hartung factor on the covariance, 1 for other intervals.
    estimator
        Estimator of tau², or its value.
    yi, vi, design : array, shape (k,), (k,), (k, p)
        The data the model was fitted to.
    """

    tau2: float
    tau2_se: float
    tau2_ci_low: float
    tau2_ci_high: float
    i2: float
    h2: float
    r2: float | None
    scale: float
    estimator: Estimator | float
    yi: Array
    vi: Array
    design: Array

    @property
    def fitted(self) -> Array:
        """Fitted effects, shape (k,)."""
        return np.asarray(self.design @ self.estimate)

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
        rows = self.design if mods is None else design_rows(self.names, mods)
        return predictions(self, rows, self.tau2)


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    mods: ArrayLike | pd.DataFrame | None = None,
    *,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
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

    Examples
    --------
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> found = regress(yi, vi, [44, 55, 42, 52, 13, 44])
    >>> found.estimate.round(3).tolist()
    [0.266, -0.029]
    """
    options = Options(model, tau2, ci, "k-1", level, "metafor")
    y, v = effects(yi, vi)
    names, x = design_matrix(mods, len(y))
    k, p = x.shape
    core = fit_core(y, v, x, options)
    df = float("inf") if ci == "wald" else float(k - p)
    qe = float(core.common.rss[0])
    likelihood = "REML" if model == "random" and tau2 == "REML" else "ML"
    return Regression(
        names=names,
        **tests(core.estimate, core.covariance, df, level),
        df=df,
        covariance=core.covariance,
        tau2=core.tau2,
        **_heterogeneity(y, x, v, core, options),
        qe=qe,
        qe_df=k - p,
        qe_p_value=float(chdtrc(k - p, qe)) if k > p else 1.0,
        **omnibus(core.estimate, core.covariance, df),
        scale=core.scale,
        log_likelihood=float(residual.log_likelihood(y, x, v, core.tau2, likelihood)[0]),
        k=k,
        level=level,
        estimator=tau2 if model == "random" else 0.0,
        ci=ci,
        yi=y,
        vi=v,
        design=x,
    )


class Core(NamedTuple):
    """Coefficients and residual heterogeneity, without the tests and intervals; `common` has tau² = 0."""

    estimate: Array
    covariance: Array
    tau2: float
    scale: float
    common: WeightedFit


def fit_core(y: Array, v: Array, x: Array, options: Options) -> Core:
    """Fit a checked design.

    Raises
    ------
    ValueError
        If there are too few studies.
    """
    k, p = x.shape
    estimated = options.model == "random" and isinstance(options.tau2, str)
    if k < p or (k == p and (estimated or options.ci != "wald")):
        raise ValueError(f"{p} coefficients cannot be estimated with intervals from {k} studies; use fewer")
    common = weighted_fit(y, x, 1.0 / v)
    tau2 = _tau2(y, x, v, options)
    fit = weighted_fit(y, x, 1.0 / (v + tau2)) if tau2 > 0.0 else common
    scale = _scale(fit, options.ci)
    return Core(_without_rounding(fit, x), scale * fit.cov[0], tau2, scale, common)


def _tau2(y: Array, x: Array, v: Array, options: Options) -> float:
    if options.model == "common":
        return 0.0
    if isinstance(options.tau2, str):
        return residual.residual_tau2(y, x, v, options.tau2)
    return float(options.tau2)


def _scale(fit: WeightedFit, ci: Interval) -> float:
    """Knapp–Hartung factor: the weighted mean square of the residuals (Knapp & Hartung 2003, eq. 7)."""
    if ci in ("wald", "t"):
        return 1.0
    k, p = fit.basis.shape[1:]
    factor = float(fit.rss[0] / (k - p))
    return max(1.0, factor) if ci == "HKSJ-adhoc" else factor


def _without_rounding(fit: WeightedFit, x: Array) -> Array:
    """Coefficients, with those that are only rounding set to 0 where the model fits the data exactly.

    With identical effects a slope is 0 and so is its Knapp–Hartung standard error; left as rounding, the
    ratio of the two would be an arbitrary number.
    """
    estimate: Array = fit.coef[0]
    if fit.rss[0] > 0.0:
        return estimate
    terms = np.abs(estimate) * np.abs(x).max(0)
    size = float(np.linalg.norm(np.sqrt(fit.weights[0]) * (np.abs(x) @ np.abs(estimate))))
    rounding = EXACT * size * np.sqrt(np.diagonal(fit.cov[0]))  # moderators that nearly repeat each other
    none = (terms <= 1e-12 * terms.max()) | (np.abs(estimate) <= rounding)
    return np.asarray(np.where(none, 0.0, estimate), dtype=np.float64)


def _heterogeneity(y: Array, x: Array, v: Array, core: Core, options: Options) -> dict[str, Any]:
    """Residual heterogeneity: its standard error and interval, I², H² and R²."""
    k, p = x.shape
    t2, common = core.tau2, core.common
    low, high = residual.q_profile(y, x, v, options.level) if k > p else (0.0, float("inf"))
    out: dict[str, Any] = {"tau2_ci_low": low, "tau2_ci_high": high}
    if options.model == "common":
        df, q = k - p, float(common.rss[0])
        i2, h2 = (max(0.0, 100.0 * (q - df) / q) if q > 0.0 else 0.0), q / df if df else 1.0
        return out | {"tau2_se": float("nan"), "i2": i2, "h2": h2, "r2": None}
    typical = residual.typical_variance(common) if k > p else float("inf")
    out |= {"i2": 100.0 * t2 / (t2 + typical), "h2": 1.0 + t2 / typical}
    if not isinstance(options.tau2, str):
        return out | {"tau2_se": float("nan"), "r2": None}
    se = residual.residual_tau2_se(y, x, v, t2, options.tau2)
    return out | {"tau2_se": se, "r2": _explained(y, x, v, t2, options.tau2)}


def _explained(y: Array, x: Array, v: Array, t2: float, estimator: Estimator) -> float | None:
    """R² in per cent (Raudenbush 2009, eq. 16.24): the drop in tau² from the model without moderators."""
    if x.shape[1] == 1:
        return None
    total = residual.residual_tau2(y, x[:, :1], v, estimator)
    return max(0.0, 100.0 * (total - t2) / total) if total > 0.0 else 0.0
