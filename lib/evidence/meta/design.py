"""What a meta-regression is fitted to: effects, variances and the design matrix, checked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array, require, vectors

INTERCEPT = "intercept"
RANK_TOLERANCE = 1e-10


class ConstantModeratorError(ValueError):
    """A moderator has one value in every study, so that nothing can be said of it."""


def effects(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    """Effects and their sampling variances as arrays of shape (k,).

    Raises
    ------
    ValueError
        If a value is missing or not finite, a variance is not positive, or the lengths differ.
    """
    y, v = vectors(("yi", "vi"), (yi, vi))
    if y.size == 0:
        raise ValueError("There are no studies: yi and vi are empty")
    require("yi", np.isfinite(y), "finite")
    require("vi", np.isfinite(v), "finite")
    require("vi", v > 0.0, "positive")
    return y, v


def design_matrix(mods: ArrayLike | pd.DataFrame | None, k: int) -> tuple[tuple[str, ...], Array]:
    """Names and values of the design matrix, the intercept first.

    Parameters
    ----------
    mods : array, shape (k,) or (k, p), or DataFrame, or None
        Numeric moderators without an intercept. The names of a DataFrame are kept, others are numbered.
    k : int
        Number of studies.

    Raises
    ------
    ValueError
        If a moderator is not numeric, not finite or constant, if the lengths differ, or if a moderator
        is a linear combination of the others.
    """
    names, values = _named_columns(mods, k)
    for name, column in zip(names, values.T, strict=True):
        _check_column(name, column)
    _check_rank(names, values)
    return (INTERCEPT, *names), np.column_stack([np.ones(k), values])


def design_rows(names: tuple[str, ...], mods: ArrayLike | pd.DataFrame) -> Array:
    """Rows of a design at new values of the moderators `names[1:]`, for prediction."""
    if isinstance(mods, pd.DataFrame):
        missing = [n for n in names[1:] if n not in mods.columns]
        if missing:
            raise ValueError(f"mods lacks the moderators {', '.join(missing)} of the fitted model")
        mods = mods[list(names[1:])]
    values = np.atleast_2d(np.asarray(mods, dtype=float))
    if values.shape[1] != len(names) - 1:
        raise ValueError(f"mods has {values.shape[1]} columns; the model has {len(names) - 1} moderators")
    require("mods", np.isfinite(values), "finite")
    return np.column_stack([np.ones(len(values)), values])


def _named_columns(mods: ArrayLike | pd.DataFrame | None, k: int) -> tuple[tuple[str, ...], Array]:
    if mods is None:
        return (), np.empty((k, 0))
    if isinstance(mods, pd.DataFrame):
        names = tuple(str(c) for c in mods.columns)
        texts = [n for n, t in zip(names, mods.dtypes, strict=True) if not pd.api.types.is_numeric_dtype(t)]
        if texts:
            raise ValueError(
                f"Moderators must be numeric; {', '.join(texts)} is not. "
                "Code categories with pandas.get_dummies(..., drop_first=True, dtype=float)."
            )
        values = mods.to_numpy(dtype=float)
    else:
        values = np.asarray(mods, dtype=float)
        if values.ndim == 1:
            values = values[:, None]
        if values.ndim != 2:
            raise ValueError(f"mods must have one or two dimensions; got {values.ndim}")
        names = tuple(f"mod{i + 1}" for i in range(values.shape[1]))
    if len(values) != k:
        raise ValueError(f"mods has {len(values)} rows but there are {k} effects; give one row per effect")
    return names, values


def _check_column(name: str, column: Array) -> None:
    bad = np.flatnonzero(~np.isfinite(column))
    if bad.size:
        raise ValueError(
            f"Moderator {name!r} is missing or not finite in row {bad[0]} (counted from 0); "
            "leave such studies out of yi, vi and mods before the call"
        )
    if np.ptp(column) <= RANK_TOLERANCE * np.abs(column).max():
        raise ConstantModeratorError(
            f"Moderator {name!r} has the same value in every study, as the intercept has; drop it"
        )


def _check_rank(names: tuple[str, ...], values: Array) -> None:
    if not names:
        return
    centred = values - values.mean(0)
    centred = centred / np.sqrt((centred**2).sum(0))
    left_over = np.abs(np.diagonal(np.linalg.qr(centred, mode="r")))
    redundant = [n for n, size in zip(names, left_over, strict=False) if size < RANK_TOLERANCE]
    redundant += names[len(left_over) :]
    if redundant:
        raise ValueError(
            f"The moderators are linearly dependent: {', '.join(redundant)} can be computed from the columns "
            "before it and the intercept; drop it"
        )
