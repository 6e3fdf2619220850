"""Tests for small-study effects: regression tests and the rank correlation test of funnel asymmetry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array, require, vectors
from evidence.meta.design import effects
from evidence.meta.options import Interval
from evidence.meta.regression import Regression, regress
from evidence.meta.tau2 import Estimator

PREDICTORS = ("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")
COUNTS = ("ai", "bi", "ci", "di")
MINIMUM_STUDIES = 10
EXACT = 64 * np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class AsymmetryRegression:
    """A regression test for funnel asymmetry.

    Attributes
    ----------
    method : str
        "Egger", "Peters" or "Harbord", with the model if it is not weighted least squares.
    predictor : str
        What the effects are regressed on.
    slope, slope_se, statistic, df, p_value : float
        The asymmetry: slope on the predictor and the test that it is 0. `df` is infinite for a normal test.
    intercept, intercept_se : float
    limit, limit_ci_low, limit_ci_high : float or None
        Expected effect as the predictor goes to 0, which is that of an infinitely large study; None for
        predictors that grow with the study.
    tau2 : float
        Residual heterogeneity; 0 for weighted least squares.
    k : int
    note : str or None
        Why the result should not be relied on, if the studies are too few.
    """

    method: str
    predictor: str
    slope: float
    slope_se: float
    statistic: float
    df: float
    p_value: float
    intercept: float
    intercept_se: float
    limit: float | None
    limit_ci_low: float | None
    limit_ci_high: float | None
    tau2: float
    k: int
    note: str | None


@dataclass(frozen=True, slots=True)
class RankTest:
    """Begg and Mazumdar's test.

    Attributes
    ----------
    tau, p_value : float or None
        Kendall's rank correlation of standardised effects and variances; None where all effects or all
        variances tie, so that there is no order to correlate.
    exact : bool
        Whether the p-value is exact; with ties it is the normal approximation.
    k : int
    note : str or None
        Why the result should not be relied on, if it should not.
    """

    tau: float | None
    p_value: float | None
    exact: bool
    k: int
    note: str | None


def few_studies(k: int, what: str) -> str | None:
    """Warning for a funnel-plot method used on fewer than 10 studies, or None."""
    if k >= MINIMUM_STUDIES:
        return None
    return (
        f"Only {k} studies. With fewer than {MINIMUM_STUDIES}, {what} cannot tell chance from real asymmetry "
        "(Cochrane Handbook, section 13.3.5.4); the result should not be relied on."
    )


def egger(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    predictor: str = "sei",
    ni: ArrayLike | None = None,
    model: str = "lm",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    level: float = 0.95,
) -> AsymmetryRegression:
    """Regression test for funnel asymmetry (Egger et al. 1997, BMJ 315:629; Sterne & Egger 2005).

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 3.
    predictor : {"sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"}
        Standard error, variance, total sample size, its inverse, its root, or its inverse root.
    ni : array, shape (k,), optional
        Total sample sizes; needed for the last four predictors.
    model : {"lm", "rma"}
        "lm" is Egger's own test: weighted least squares with a multiplicative dispersion and a t test
        with k − 2 degrees of freedom. "rma" is a mixed-effects meta-regression with the given `tau2`
        and `ci`, which "lm" does not use.
    tau2, ci, level
        As in `regress`.

    Returns
    -------
    AsymmetryRegression
        `slope` with predictor "sei" is the intercept of Egger's original regression of yi/sei on 1/sei.

    Notes
    -----
    R: ``metafor::regtest(x, model = "lm")`` and ``metafor::regtest(x, model = "rma")``.

    Examples
    --------
    >>> round(egger([-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]).p_value, 2)
    0.84
    """
    y, v = effects(yi, vi)
    x = _predictor(predictor, v, ni)
    if model == "lm":
        fit = regress(y, v, x, model="common", ci="HKSJ", level=level)
    elif model == "rma":
        fit = regress(y, v, x, tau2=tau2, ci=ci, level=level)
    else:
        raise ValueError(f'model must be "lm" or "rma"; got {model!r}')
    method = "Egger" if model == "lm" else "Egger, mixed-effects model"
    return _asymmetry(fit, method, predictor, limit=predictor not in ("ni", "sqrtni"))


def peters(ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike) -> AsymmetryRegression:
    """Peters' test for odds ratios: log OR on 1/N, weighted by events (Peters et al. 2006, JAMA 295:676).

    Parameters
    ----------
    ai, bi, ci, di : array, shape (k,)
        Events and non-events in the first arm, events and non-events in the second. Studies in which
        nobody or everybody has the event are left out; ½ is added to all four cells of a study that
        has an empty cell, for its odds ratio alone.

    Examples
    --------
    >>> events = [4, 6, 3, 62], [119, 300, 228, 13536], [11, 29, 11, 248], [128, 274, 209, 12619]
    >>> round(peters(*events).p_value, 2)
    0.55
    """
    a, b, c, d = _tables(ai, bi, ci, di)
    empty = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    pad = 0.5 * empty
    log_or = np.log((a + pad) * (d + pad) / ((b + pad) * (c + pad)))
    variance = 1.0 / (a + c) + 1.0 / (b + d)
    fit = regress(log_or, variance, 1.0 / (a + b + c + d), model="common", ci="HKSJ")
    return _asymmetry(fit, "Peters", "ninv", limit=True)


def harbord(ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike) -> AsymmetryRegression:
    """Harbord's test for odds ratios: Z/V on 1/√V with weights V (Harbord et al. 2006, Stat Med 25:3443).

    Z is the efficient score and V Fisher's information of the log odds ratio at 0.

    Parameters
    ----------
    ai, bi, ci, di : array, shape (k,)
        Events and non-events in the first arm, events and non-events in the second. Studies in which
        nobody or everybody has the event are left out.

    Examples
    --------
    >>> events = [4, 6, 3, 62], [119, 300, 228, 13536], [11, 29, 11, 248], [128, 274, 209, 12619]
    >>> round(harbord(*events).p_value, 2)
    0.62
    """
    a, b, c, d = _tables(ai, bi, ci, di)
    n1, n2, events, rest = a + b, c + d, a + c, b + d
    n = n1 + n2
    score = a - events * n1 / n
    information = n1 * n2 * events * rest / (n**2 * (n - 1.0))
    fit = regress(
        score / information, 1.0 / information, 1.0 / np.sqrt(information), model="common", ci="HKSJ"
    )
    return _asymmetry(fit, "Harbord", "inverse root of the information", limit=True)


def begg(yi: ArrayLike, vi: ArrayLike, *, exact: bool = True) -> RankTest:
    """Rank correlation test for funnel asymmetry (Begg & Mazumdar 1994, Biometrics 50:1088).

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 3.
    exact : bool
        Exact p-value where there are no ties; otherwise the normal approximation.

    Raises
    ------
    ValueError
        Fewer than 3 studies, unequal lengths, missing or infinite values, variances not above 0.

    Notes
    -----
    R: ``metafor::ranktest(x, exact = ...)``.

    Examples
    --------
    >>> begg([-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]).p_value
    1.0
    """
    from scipy import stats  # takes as long as all the rest of this room, and few need it

    y, v = effects(yi, vi)
    k = len(y)
    if k < 3:
        raise ValueError(f"The rank correlation test needs at least 3 studies; got {k}")
    total = np.sum(1.0 / v)
    mean = np.sum(y / v) / total
    deviation = y - mean
    deviation[np.abs(deviation) <= EXACT * (np.abs(y) + abs(mean))] = 0.0
    standardised = deviation / np.sqrt(v - 1.0 / total)
    distinct = (len(np.unique(standardised)), len(np.unique(v)))
    if 1 in distinct:
        what = "effects" if distinct[0] == 1 else "variances"
        return RankTest(None, None, False, k, f"All {what} are equal, so there is no rank correlation.")
    use_exact = exact and distinct == (k, k)
    result = stats.kendalltau(standardised, v, method="exact" if use_exact else "asymptotic")
    return RankTest(
        float(result.statistic), float(result.pvalue), use_exact, k, few_studies(k, "the rank test")
    )


def _predictor(name: str, v: Array, ni: ArrayLike | None) -> Array:
    if name == "sei":
        return np.sqrt(v)
    if name == "vi":
        return v
    if name not in PREDICTORS:
        raise ValueError(f"predictor must be one of {', '.join(PREDICTORS)}; got {name!r}")
    if ni is None:
        raise ValueError(f"predictor {name!r} needs the total sample sizes: give ni")
    _, n = vectors(("vi", "ni"), (v, ni))
    require("ni", n > 0.0, "positive")
    return {"ni": n, "ninv": 1.0 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1.0 / np.sqrt(n)}[name]


def _asymmetry(fit: Regression, method: str, predictor: str, limit: bool) -> AsymmetryRegression:
    return AsymmetryRegression(
        method=method,
        predictor=predictor,
        slope=float(fit.estimate[1]),
        slope_se=float(fit.se[1]),
        statistic=float(fit.statistic[1]),
        df=fit.df,
        p_value=float(fit.p_value[1]),
        intercept=float(fit.estimate[0]),
        intercept_se=float(fit.se[0]),
        limit=float(fit.estimate[0]) if limit else None,
        limit_ci_low=float(fit.ci_low[0]) if limit else None,
        limit_ci_high=float(fit.ci_high[0]) if limit else None,
        tau2=fit.tau2,
        k=fit.k,
        note=few_studies(fit.k, "a regression test"),
    )


def _tables(ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike) -> tuple[Array, Array, Array, Array]:
    a, b, c, d = vectors(COUNTS, (ai, bi, ci, di))
    for name, values in zip(COUNTS, (a, b, c, d), strict=True):
        require(name, values >= 0.0, "a number of people, 0 or more")
    kept = ((a + c) > 0) & ((b + d) > 0)
    return a[kept], b[kept], c[kept], d[kept]
