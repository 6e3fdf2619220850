"""Residual heterogeneity of a meta-regression: the variance tau² that the moderators leave unexplained.

The intercept-only case is `heterogeneity`; here the design may hold any number of moderators. With the
hat matrix of weighted least squares written P = W − WX(X'WX)⁻¹X'W, every moment estimator equates a
quadratic form y'Py with its expectation (Viechtbauer, López-López, Sánchez-Meca & Marín-Martínez 2015,
Psychological Methods 20:360, eqs 3–9), and ML and REML maximise the likelihood of Raudenbush (2009, in
The Handbook of Research Synthesis, ch. 16). Both likelihoods can have several maxima; the highest of
them is returned.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize
from scipy.special import chdtri, gammaincinv

from evidence.meta.arrays import Array, blocks
from evidence.meta.tau2 import Estimator
from evidence.meta.wls import WeightedFit, weighted_fit

POINTS_PER_DECADE = 16


def residual_tau2(y: Array, x: Array, v: Array, estimator: Estimator) -> float:
    """Estimate tau² with moderators, never below zero.

    Parameters
    ----------
    y, v : array, shape (k,)
        Effects and their sampling variances.
    x : array, shape (k, p)
        Design with its intercept column, of full rank, k > p.
    estimator : {"DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"}
        EB and PM solve the same equation.

    Returns
    -------
    float
    """
    if estimator in ("ML", "REML"):
        return likelihood_tau2(y, x, v, estimator)
    if estimator in ("EB", "PM"):
        return q_root(y, x, v, float(len(y) - x.shape[1]))
    return max(0.0, _moment_tau2(y, x, v, estimator))


def _moment_tau2(y: Array, x: Array, v: Array, estimator: Estimator) -> float:
    k, p = x.shape
    if estimator == "HE":
        ordinary = weighted_fit(y, x, np.ones(k))
        return float((ordinary.rss[0] - ordinary.trace_pd(v)[0]) / (k - p))
    if estimator == "SJ":
        start = float(np.var(y))
        if start == 0.0:
            return 0.0
        return float(start * weighted_fit(y, x, 1.0 / (v + start)).rss[0] / (k - p))
    fit = weighted_fit(y, x, 1.0 / v)
    if estimator == "DL":
        return float((fit.rss[0] - (k - p)) / fit.trace_p[0])
    return float((fit.rss[0] - k) / fit.weights.sum())


def residual_tau2_se(y: Array, x: Array, v: Array, tau2: float, estimator: Estimator) -> float:
    """Large-sample standard error of `residual_tau2`.

    For the moment estimators it is the exact standard deviation of the quadratic form under normality,
    2 tr(PΣPΣ), evaluated at the estimate; for ML and REML the inverse Fisher information.
    """
    k, p = x.shape
    at_tau2 = weighted_fit(y, x, 1.0 / (v + tau2))
    if estimator == "ML":
        return float(np.sqrt(2.0 / (at_tau2.weights**2).sum()))
    if estimator == "REML":
        return float(np.sqrt(2.0 / at_tau2.trace_pp[0]))
    if estimator in ("EB", "PM"):
        return float(np.sqrt(2.0 * k**2 / (k - p)) / at_tau2.weights.sum())
    if estimator == "HE":
        ordinary = weighted_fit(y, x, np.ones(k))
        return float(np.sqrt(2.0 * ordinary.trace_pdpd(v + tau2)[0]) / (k - p))
    if estimator == "SJ":
        start = float(np.var(y))
        if start == 0.0:
            return 0.0
        first = weighted_fit(y, x, 1.0 / (v + start))
        return float(start / (k - p) * np.sqrt(2.0 * first.trace_pdpd(v + tau2)[0]))
    fit = weighted_fit(y, x, 1.0 / v)
    divisor = fit.trace_p[0] if estimator == "DL" else fit.weights.sum()
    return float(np.sqrt(2.0 * fit.trace_pdpd(v + tau2)[0]) / divisor)


def log_likelihood(y: Array, x: Array, v: Array, tau2: Array | float, estimator: str) -> Array:
    """Log-likelihood, profiled over the coefficients, at one or more values of tau².

    `estimator` is "ML" or "REML"; the REML form includes ½ log |X'X|, as in metafor's `logLik`.
    """
    t = np.atleast_1d(np.asarray(tau2, dtype=float))
    return _likelihood(y, x, v, t, estimator)[0]


def _likelihood(y: Array, x: Array, v: Array, t: Array, estimator: str) -> tuple[Array, Array]:
    """Log-likelihood and twice its derivative in tau², at each t."""
    k, p = x.shape
    total = v + t[:, None]
    fit = weighted_fit(y, x, 1.0 / total)
    base = -0.5 * (np.log(total).sum(-1) + fit.rss)
    gain = ((fit.weights * fit.residuals) ** 2).sum(-1)
    if estimator == "ML":
        return base - 0.5 * k * np.log(2 * np.pi), gain - fit.weights.sum(-1)
    constant = 0.5 * np.linalg.slogdet(x.T @ x)[1] - 0.5 * (k - p) * np.log(2 * np.pi)
    return base - 0.5 * fit.log_det + constant, gain - fit.trace_p


def search_limit(y: Array, x: Array, v: Array) -> float:
    """A value of tau² above which neither likelihood has a maximum.

    y'PPy ≤ RSS/(t + min v)² with the ordinary residual sum of squares RSS, and tr P ≥ (k−p)/(t + max v);
    where the first bound is the smaller the score is negative. A thousandth is added for rounding.
    """
    k, p = x.shape
    rss = float(weighted_fit(y, x, np.ones(k)).rss[0])
    spread = float(v.max() - v.min())
    root = np.sqrt(rss) * np.sqrt(rss + 4.0 * (k - p) * spread)
    return max(0.0, 1.001 * float((rss + root) / (2.0 * (k - p)) - v.min()))


def likelihood_tau2(y: Array, x: Array, v: Array, estimator: Estimator) -> float:
    """tau² at the highest maximum of the ML or REML likelihood over [0, ∞)."""
    limit = search_limit(y, x, v)
    if limit == 0.0:
        return 0.0
    low = min(float(v.min()), limit) * 1e-2
    decades = float(np.log10(limit / low))
    grid = np.concatenate([[0.0], np.geomspace(low, limit, 8 + int(POINTS_PER_DECADE * decades))])
    parts = blocks(grid.size, y.size**2)
    score = np.concatenate([_likelihood(y, x, v, grid[part], estimator)[1] for part in parts])
    candidates = [0.0] if score[0] <= 0.0 else []
    for i in np.flatnonzero((score[:-1] > 0.0) & (score[1:] <= 0.0)):
        candidates.append(
            _root(lambda t: float(_likelihood(y, x, v, np.array([t]), estimator)[1][0]), grid[i], grid[i + 1])
        )
    if len(candidates) == 1:
        return candidates[0]
    heights = _likelihood(y, x, v, np.array(candidates), estimator)[0]
    return candidates[int(np.argmax(heights))]


def q_root(y: Array, x: Array, v: Array, target: float) -> float:
    """tau² at which the generalised Q statistic y'P(tau²)y equals `target`; 0 if it is below at tau² = 0.

    Q falls steadily from its value at 0 to zero (Viechtbauer 2007, Statistics in Medicine 26:37), and
    Q ≤ RSS/(tau² + min v), which brackets the root.
    """

    def excess(t: float) -> float:
        return float(weighted_fit(y, x, 1.0 / (v + t)).rss[0]) - target

    if excess(0.0) <= 0.0:
        return 0.0
    rss = float(weighted_fit(y, x, np.ones(len(y))).rss[0])
    return _root(excess, 0.0, rss / target * (1.0 + 1e-9))


def q_profile(y: Array, x: Array, v: Array, level: float) -> tuple[float, float]:
    """Confidence limits of tau² that invert the generalised Q statistic (Q-profile)."""
    df = len(y) - x.shape[1]
    tail = (1.0 - level) / 2.0
    low = q_root(y, x, v, float(chdtri(df, tail)))
    return low, q_root(y, x, v, 2 * float(gammaincinv(df / 2, tail)))


def typical_variance(fit: WeightedFit) -> float:
    """Typical sampling variance (k−p)/tr P of Higgins & Thompson (2002), from a fit with weights 1/v."""
    k, p = fit.basis.shape[1:]
    return float((k - p) / fit.trace_p[0])


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    rtol = 4 * np.finfo(float).eps
    return float(optimize.brentq(function, low, high, xtol=high * 1e-30, rtol=rtol, maxiter=1000))
