"""Thousands of meta-analyses in one vectorised call."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from evidence.meta.arrays import LARGEST, Array, floats, positions, require
from evidence.meta.distributions import chi2_limits, critical_value, two_sided_ps
from evidence.meta.formulae import h2, i2, trace_p
from evidence.meta.intervals import FEW_STUDIES, SHRINKING_FACTOR, Reach, reach
from evidence.meta.likelihood_many import column_sums
from evidence.meta.options import Convention, Interval, Model, Options, Prediction
from evidence.meta.tau2 import Estimator
from evidence.meta.tau2_many import estimate_tau2_many, q_root_many

# Numbers per block: a few arrays of this size stay in the processor's cache.
BLOCK: Final = 32_768


def pool_many(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    prediction: Prediction = "k-1",
    level: float = 0.95,
    convention: Convention = "metafor",
) -> dict[str, NDArray[Any]]:
    """`pool` of every row of `yi` and `vi`, with the same options and the same numbers.

    Parameters
    ----------
    yi, vi
        Arrays of shape (batch, k). NaN in both is no study: rows may hold different numbers of studies, at
        any place in the row.
    model, tau2, ci, prediction, level, convention
        As in `pool`.

    Returns
    -------
    dict of arrays
        One array of length batch for each field of `Pooled` that differs between analyses, `weights` with
        shape (batch, k). A row without studies has k = 0 and is NaN.

    Raises
    ------
    ValueError
        Shapes that differ or are not two-dimensional, one of effect and variance missing, infinite values,
        variances not above 0, unknown options.

    Examples
    --------
    >>> found = pool_many([[-9, -1, -5], [4, 2, np.nan]], [[16, 9, 4], [25, 16, np.nan]])
    >>> found["estimate"].round(2).tolist(), found["k"].tolist()
    ([-4.54, 2.78], [3, 2])
    """
    options = Options(model, tau2, ci, prediction, level, convention)
    y, v, there = analyses(yi, vi)
    rows = max(1, BLOCK // y.shape[1])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        blocks = [
            _block(y[first : first + rows], v[first : first + rows], there[first : first + rows], options)
            for first in range(0, max(1, y.shape[0]), rows)
        ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


class _Columns(NamedTuple):
    """Analyses as columns and studies as rows, the study with the largest weight first, as in `pool`."""

    y: Array
    v: Array
    number: NDArray[np.intp]
    largest: NDArray[np.intp]
    origin: Array
    q: Array
    typical_variance: Array

    @property
    def df(self) -> Array:
        return self.number.astype(np.float64) - 1

    @property
    def several(self) -> NDArray[np.bool_]:
        return self.number > 1


class _Means(NamedTuple):
    """The weighted mean of each column at its tau2; `plain` is its standard error without scaling."""

    estimate: Array
    plain: Array
    factor: Array
    weights: Array


def _block(y: Array, v: Array, there: NDArray[np.bool_], options: Options) -> dict[str, NDArray[Any]]:
    """`pool_many` of as many rows as fit in the cache."""
    columns = _largest_first(y, v, there)
    spread = _spread(options, columns)
    means = _means(columns, spread["tau2"])
    away = _reach(options, columns, spread["tau2"], means)
    estimate, number = means.estimate, columns.number
    counts, of_count = np.unique(number, return_inverse=True)
    ci_df = np.array([options.ci_df(n) for n in counts])[of_count]
    statistic = np.where(away.se > 0, estimate / away.se, np.where(estimate == 0, 0, estimate * np.inf))
    fields: dict[str, NDArray[Any]] = {
        "estimate": estimate,
        "se": away.se,
        **away.around(estimate),
        "statistic": statistic,
        "df": ci_df,
        "p_value": two_sided_ps(statistic, ci_df),
        **spread,
        "weights": np.where(there, means.weights.T, np.nan),
        "hk_factor": means.factor,
    }
    fields = {name: np.where(number > 0, values.T, np.nan).T for name, values in fields.items()}
    unsure = (means.factor < SHRINKING_FACTOR) | (number < FEW_STUDIES)
    return fields | {
        "k": number,
        "wider": np.where(away.hksj > away.wald, "HKSJ", "wald"),
        "show_alternatives": (options.ci == "HKSJ") & columns.several & unsure,
    }


def _largest_first(y: Array, v: Array, there: NDArray[np.bool_]) -> _Columns:
    number = there.sum(axis=1)
    v = np.where(there, v, np.inf).T.copy()
    largest = v.argmin(axis=0)
    origin = y[np.arange(number.size), largest]
    y = np.where(there, y - origin[:, None], 0).T.copy()
    for studies in (y, v):
        _swap_with_first(studies, largest)
    w = 1 / v
    r = y - column_sums(w, y) / w.sum(axis=0)
    q = column_sums(w * r, r)
    df = number.astype(np.float64) - 1
    typical = df / trace_p(w[0], w[1:].sum(axis=0), column_sums(w[1:], w[1:]))
    return _Columns(y, v, number, largest, origin, q, typical)


def _means(columns: _Columns, tau2: Array) -> _Means:
    y = columns.y
    w = 1 / (columns.v + tau2)
    s1 = w.sum(axis=0)
    mean = column_sums(w, y) / s1
    r = y - mean
    factor = np.where(columns.several, column_sums(w * r, r) / columns.df, 1.0)
    w *= 100 / s1
    _swap_with_first(w, columns.largest)
    return _Means(mean + columns.origin, 1 / np.sqrt(s1), factor, w)


def _reach(options: Options, columns: _Columns, tau2: Array, means: _Means) -> Reach[Array]:
    counts, of_count = np.unique(columns.number, return_inverse=True)
    return reach(
        options.ci,
        plain=means.plain,
        factor=means.factor,
        adhoc_factor=np.maximum(1, means.factor),
        tau2=tau2 if options.model == "random" else np.full(tau2.size, np.nan),
        z=critical_value(options.level, np.inf),
        t=_critical_values(options.level, [n - 1.0 if n > 1 else np.inf for n in counts])[of_count],
        t_prediction=_critical_values(options.level, [options.prediction_df(n) for n in counts])[of_count],
    )


def _spread(options: Options, columns: _Columns) -> dict[str, NDArray[Any]]:
    """Tau2 of each column with its error and limits, and I2, H2 and Q."""
    q, df, several, typical = columns.q, columns.df, columns.several, columns.typical_variance
    t, t_error, t_low, t_high = _tau2s(options, columns)
    if options.model == "common":
        i2s, h2s = np.where(q > 0, np.maximum(0, 100 * (q - df) / q), 0), q / df
    else:
        i2s, h2s = i2(t, typical), h2(t, typical)
    return {
        "tau2": t,
        "tau2_se": t_error,
        "tau2_ci_low": t_low,
        "tau2_ci_high": t_high,
        "i2": np.where(several, i2s, 0.0),
        "i2_ci_low": i2(t_low, typical),
        "i2_ci_high": i2(t_high, typical),
        "h2": np.where(several, h2s, 1.0),
        "h2_ci_low": h2(t_low, typical),
        "h2_ci_high": h2(t_high, typical),
        "q": q,
        "q_df": df,
        "q_p_value": np.where(several, chdtrc(df, q), 1.0),
    }


def _swap_with_first(a: Array, row: NDArray[np.intp]) -> None:
    """Exchange, in each column, the first element and that of the given row; doing it twice undoes it."""
    columns = np.arange(row.size)
    a[row, columns], a[0] = a[0], a[row, columns]


def _tau2s(options: Options, columns: _Columns) -> tuple[Array, Array, Array, Array]:
    """Tau2, its standard error and its Q-profile limits of each column."""
    y, v, number, q, several = columns.y, columns.v, columns.number, columns.q, columns.several
    nan = np.full(q.size, np.nan)
    if options.model == "common":
        return np.zeros(q.size), nan, nan, nan
    counts, of_count = np.unique(number, return_inverse=True)
    limits = [chi2_limits(options.level, n - 1) if n > 1 else (np.nan, np.nan) for n in counts]
    lower, upper = np.array(limits).reshape(-1, 2)[of_count].T
    low = np.where(several, q_root_many(y, v, upper), np.nan)
    high = np.where(several, q_root_many(y, v, lower), np.nan)
    if not isinstance(options.tau2, str):
        return np.full(q.size, float(options.tau2)), nan, low, high
    t, error = estimate_tau2_many(y, v, number.astype(np.float64), q, options.tau2)
    return np.where(several, t, 0.0), np.where(several, error, np.nan), low, high


def _critical_values(level: float, df: list[float]) -> Array:
    return np.array([critical_value(level, each) for each in df])


def analyses(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Check the trials of many analyses: effects, variances and where there is a trial, each (batch, k).

    Raises
    ------
    ValueError
        As in `pool_many`.
    """
    y, v = floats(yi), floats(vi)
    if y.ndim != 2 or y.shape != v.shape:
        raise ValueError(f"yi and vi must both have the shape (batch, k), not {y.shape} and {v.shape}")
    if y.shape[1] == 0:
        raise ValueError("yi and vi have no column: there is no place for a study")
    there = ~np.isnan(y)
    half = there == np.isnan(v)
    if half.any():
        raise ValueError(f"Only one of yi and vi is missing {positions(half)}; NaN in both is no study")
    require("vi", ~(v <= 0), "above 0")
    require("yi", ~(np.abs(y) >= LARGEST), f"between -{LARGEST:g} and {LARGEST:g}")
    require("vi", ~((v <= 1 / LARGEST) | (v >= LARGEST)), f"between {1 / LARGEST:g} and {LARGEST:g}")
    return y, v, there
