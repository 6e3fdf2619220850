"""How the pooled effect depends on single studies and on their order: leave-one-out, cumulative, Baujat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evidence.meta.design import effects
from evidence.meta.options import Interval, Model, Prediction
from evidence.meta.pool import pool
from evidence.meta.pool_result import Pooled
from evidence.meta.tau2 import Estimator

FIELDS = (
    "k",
    "estimate",
    "se",
    "statistic",
    "df",
    "p_value",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "q",
    "q_p_value",
    "tau2",
    "i2",
    "h2",
)


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    prediction: Prediction = "k-1",
    level: float = 0.95,
) -> pd.DataFrame:
    """Pool k times, each time without one study.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 2.
    labels : sequence of length k, optional
        Index of the result; without it the studies are counted from 0.
    model, tau2, ci, prediction, level
        As in `pool`.

    Returns
    -------
    DataFrame
        Row i is the result without study i; columns are fields of `Pooled`.

    Notes
    -----
    R: ``metafor::leave1out(x)``.

    Examples
    --------
    >>> leave_one_out([-0.9, -1.6, -1.3], [0.33, 0.19, 0.42])["k"].tolist()
    [2, 2, 2]
    """
    y, v = effects(yi, vi)
    if len(y) < 2:
        raise ValueError("Leaving one study out needs at least 2 studies")
    kept = [np.delete(np.arange(len(y)), i) for i in range(len(y))]
    results = (
        pool(y[i], v[i], model=model, tau2=tau2, ci=ci, prediction=prediction, level=level) for i in kept
    )
    return _table(results, study_index(labels, len(y)))


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    order: ArrayLike | None = None,
    labels: Sequence[Any] | None = None,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    prediction: Prediction = "k-1",
    level: float = 0.95,
) -> pd.DataFrame:
    """Pool the first study, the first two, and so on to all.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances.
    order : array, shape (k,), optional
        What to sort by, for example the year; studies that tie keep their order, and so do all without it.
    labels : sequence of length k, optional
        Index of the result; without it the studies are counted from 0.
    model, tau2, ci, prediction, level
        As in `pool`.

    Returns
    -------
    DataFrame
        Row i is labelled with the study that was added i-th; columns are fields of `Pooled`.

    Notes
    -----
    R: ``metafor::cumul(x, order)``.

    Examples
    --------
    >>> cumulative([-0.9, -1.6, -1.3], [0.33, 0.19, 0.42])["k"].tolist()
    [1, 2, 3]
    """
    y, v = effects(yi, vi)
    positions = np.arange(len(y)) if order is None else _sorted(order, len(y))
    y, v = y[positions], v[positions]
    results = (
        pool(y[:i], v[:i], model=model, tau2=tau2, ci=ci, prediction=prediction, level=level)
        for i in range(1, len(y) + 1)
    )
    return _table(results, study_index(labels, len(y))[positions])


def baujat(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
) -> pd.DataFrame:
    """Coordinates of Baujat's plot (Baujat, Mahé, Pignon & Hill 2002, Statistics in Medicine 21:2641).

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 2.
    labels : sequence of length k, optional
        Index of the result; without it the studies are counted from 0.
    model, tau2, ci
        As in `pool`.

    Returns
    -------
    DataFrame
        `x`: squared Pearson residual of each study, its part in the heterogeneity. `y`: squared change of
        the pooled effect without the study, in units of its variance without the study.

    Notes
    -----
    R: ``metafor::baujat(x)``.

    Examples
    --------
    >>> baujat([-0.9, -1.6, -1.3], [0.33, 0.19, 0.42]).columns.tolist()
    ['x', 'y']
    """
    y, v = effects(yi, vi)
    full = pool(y, v, model=model, tau2=tau2, ci=ci)
    without = leave_one_out(y, v, model=model, tau2=tau2, ci=ci)
    shift = full.estimate - without["estimate"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(shift == 0.0, 0.0, shift / without["se"].to_numpy())
    return pd.DataFrame(
        {"x": (y - full.estimate) ** 2 / (v + full.tau2), "y": change**2}, index=study_index(labels, len(y))
    )


def _table(results: Iterable[Pooled], index: pd.Index[Any]) -> pd.DataFrame:
    rows = [[getattr(result, field) for field in FIELDS] for result in results]
    return pd.DataFrame(rows, columns=list(FIELDS), index=index)


def study_index(labels: Sequence[Any] | None, k: int) -> pd.Index[Any]:
    """Index of a table with one row per study."""
    if labels is None:
        return pd.RangeIndex(k, name="study")
    if len(labels) != k:
        raise ValueError(f"labels has {len(labels)} entries but there are {k} effects")
    index: pd.Index[Any] = pd.Index(list(labels), name="study")
    return index


def _sorted(order: ArrayLike, k: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    keys = np.asarray(order)
    if keys.shape != (k,):
        raise ValueError(f"order has shape {keys.shape}; give one value for each of the {k} effects")
    if pd.isna(keys).any():
        raise ValueError(f"order is missing at position {int(np.argmax(pd.isna(keys)))} (counted from 0)")
    return np.argsort(keys, kind="stable")
