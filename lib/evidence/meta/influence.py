"""Which studies drive a model: residuals and deletion diagnostics, with or without moderators.

Definitions: Viechtbauer & Cheung 2010, Research Synthesis Methods 1:112.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtri

from evidence.meta.arrays import Array
from evidence.meta.design import design_matrix, effects
from evidence.meta.options import Interval, Model, Options
from evidence.meta.pool import pool
from evidence.meta.regression import fit_core
from evidence.meta.sensitivity import study_index
from evidence.meta.tau2 import Estimator
from evidence.meta.wls import EXACT, weighted_fit


class Fit(NamedTuple):
    """What a diagnostic needs of a model: `scale` is the Hartung–Knapp factor on the covariance."""

    coef: Array
    covariance: Array
    tau2: float
    scale: float
    qe: float


class How(NamedTuple):
    """How the model is fitted."""

    model: Model
    tau2: Estimator | float
    ci: Interval


def influence(
    yi: ArrayLike,
    vi: ArrayLike,
    mods: ArrayLike | pd.DataFrame | None = None,
    *,
    labels: Sequence[Any] | None = None,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
) -> pd.DataFrame:
    """Deletion diagnostics of each study.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 2.
    mods : array, shape (k,) or (k, p), or DataFrame, optional
        Moderators, as in `regress`.
    labels : sequence of length k, optional
        Index of the result; without it the studies are counted from 0.
    model, tau2, ci
        As in `pool`.

    Returns
    -------
    DataFrame
        rstudent: studentised deleted residual. dffits: change of the fitted value without the study, in
        standard deviations. cook_d: Cook's distance. cov_r: generalised variance of the coefficients
        without the study over that with it. All four include the Hartung–Knapp factor if there is one.
        tau2_del, qe_del: tau² and Q without the study. hat: leverage. weight: per cent.
        dfbs_<coefficient>: change of a coefficient, in standard deviations.
        influential: whether the study passes one of the cut-offs ``|dffits| > 3 √(p/(k−p))``, Cook's distance
        beyond the median of χ² with p degrees of freedom, hat > 3p/k, ``any |dfbs| > 1``.
        refit: whether the model could be fitted without the study. If not (the only study of a
        category), the deletion columns of its row are NaN and `influential` is True. Where the remaining
        studies agree exactly, Hartung–Knapp variances are 0 and the ratios to them infinite; cov_r is NaN
        if all studies do.

    Notes
    -----
    R: ``metafor::influence(x)``.

    Examples
    --------
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> influence(yi, vi)["influential"].tolist()
    [False, False, False, False, True, False]
    """
    y, v = effects(yi, vi)
    names, x = design_matrix(mods, len(y))
    k, p = x.shape
    if k < p + 1 or k < 2:
        raise ValueError(f"Deleting a study needs more than {max(p, 1)} studies; got {k}")
    how = How(model, tau2, ci)
    full = _fit(y, v, x, how)
    at_full = weighted_fit(y, x, 1.0 / (v + full.tau2))
    rows = [_deletion(y, v, x, i, how, full, float(at_full.leverage[0, i]), names) for i in range(k)]
    table = pd.DataFrame(rows, index=study_index(labels, k))
    table.insert(6, "hat", at_full.leverage[0])
    table.insert(7, "weight", 100.0 * at_full.weights[0] / at_full.weights.sum())
    table["influential"] = ~table["refit"] | _flags(table, k, p)
    return table


def _deletion(
    y: Array, v: Array, x: Array, i: int, how: How, full: Fit, hat: float, names: tuple[str, ...]
) -> dict[str, Any]:
    """The deletion columns of study i."""
    columns = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "qe_del")
    dfbs = tuple(f"dfbs_{name}" for name in names)
    kept = np.delete(np.arange(len(y)), i)
    try:
        design_matrix(x[kept, 1:], len(kept))
        without = _fit(y[kept], v[kept], x[kept], how)
    except ValueError:
        return dict.fromkeys(columns + dfbs, np.nan) | {"refit": False}
    residual = y[i] - x[i] @ without.coef
    if abs(residual) <= EXACT * (abs(y[i]) + np.abs(x[i] * without.coef).sum()):
        residual = 0.0
    variance = without.scale * (v[i] + without.tau2) + x[i] @ without.covariance @ x[i]
    change = full.coef - without.coef
    change[np.abs(change) <= EXACT * (np.abs(full.coef) + np.abs(without.coef))] = 0.0
    spread = weighted_fit(y, x, 1.0 / (v + without.tau2)).cov[0]
    shift = x[i] @ change
    values = (
        _ratio(residual, np.sqrt(variance)),
        _ratio(shift, np.sqrt(without.scale * hat * (v[i] + without.tau2))),
        _cook(change, full.covariance),
        _determinant_ratio(without.covariance, full.covariance),
        without.tau2,
        without.qe,
        *_ratio(change, np.sqrt(without.scale * np.diagonal(spread))),
    )
    return dict(zip(columns + dfbs, map(float, values), strict=True)) | {"refit": True}


def _fit(y: Array, v: Array, x: Array, how: How) -> Fit:
    if x.shape[1] == 1:
        one = pool(y, v, **how._asdict())
        plain = 1.0 / (1.0 / (v + one.tau2)).sum()
        return Fit(np.array([one.estimate]), np.array([[one.se**2]]), one.tau2, one.se**2 / plain, one.q)
    core = fit_core(y, v, x, Options(how.model, how.tau2, how.ci, "k-1", 0.95, "metafor"))
    return Fit(core.estimate, core.covariance, core.tau2, core.scale, float(core.common.rss[0]))


def _flags(table: pd.DataFrame, k: int, p: int) -> Array:
    """Cut-offs of Viechtbauer & Cheung (2010), section 4."""
    dfbs = table.filter(like="dfbs_").abs().max(axis=1)
    dffits_limit = 3.0 * np.sqrt(p / (k - p)) if k > p else np.inf
    return np.asarray(
        (table["dffits"].abs() > dffits_limit)
        | (table["cook_d"] > chdtri(p, 0.5))
        | (table["hat"] > 3.0 * p / k)
        | (dfbs > 1.0)
    )


def _ratio(top: Array | float, bottom: Array | float) -> Array:
    """The ratio, infinite over 0, except that 0 over 0 is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.equal(top, 0.0), 0.0, np.divide(top, bottom)))


def _cook(change: Array, covariance: Array) -> float:
    if not change.any():
        return 0.0
    unit = np.sqrt(np.diagonal(covariance))
    if not unit.all():
        return float("inf")
    z = change / unit
    return float(z @ np.linalg.solve(covariance / np.outer(unit, unit), z))


def _determinant_ratio(top: Array, bottom: Array) -> float:
    """|top| / |bottom|; NaN if both are 0."""
    log_top, log_bottom = np.linalg.slogdet(top)[1], np.linalg.slogdet(bottom)[1]
    if np.isneginf(log_bottom):
        return float("nan") if np.isneginf(log_top) else float("inf")
    return float(np.exp(log_top - log_bottom))
