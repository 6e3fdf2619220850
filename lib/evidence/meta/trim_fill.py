"""Trim-and-fill: how the pooled effect would change if the funnel were made symmetric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array
from evidence.meta.design import effects
from evidence.meta.options import Interval, Model, Prediction
from evidence.meta.pool import pool
from evidence.meta.pool_result import Pooled
from evidence.meta.regression import regress
from evidence.meta.small_study import few_studies
from evidence.meta.tau2 import Estimator
from evidence.meta.wls import EXACT

Side: TypeAlias = Literal["left", "right"]
MAX_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True)
class TrimFill:
    """Result of `trim_and_fill`.

    Attributes
    ----------
    k0 : int
        Estimated number of missing studies.
    k0_se : float or None
        Its standard error; None where the formula gives a negative variance.
    k0_p_value : float or None
        Test that no study is missing, for the estimator R0.
    side : {"left", "right"}
        Where studies are missing.
    pooled : Pooled
        The model fitted to the observed and the filled-in studies.
    filled_yi, filled_vi : array, shape (k0,)
        The mirror images that were added.
    estimator : {"L0", "R0"}
    k : int
        Number of observed studies.
    note : str or None
        Why the result should not be relied on, if the studies are too few.
    """

    k0: int
    k0_se: float | None
    k0_p_value: float | None
    side: Side
    pooled: Pooled
    filled_yi: Array
    filled_vi: Array
    estimator: Literal["L0", "R0"]
    k: int
    note: str | None


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    side: Side | None = None,
    estimator: Literal["L0", "R0"] = "L0",
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    prediction: Prediction = "k-1",
    level: float = 0.95,
) -> TrimFill:
    """Estimate how many studies a funnel plot lacks on one side, and pool with them filled in.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances, k ≥ 3.
    side : {"left", "right"}, optional
        Where studies are missing. Without it: left if the effects grow with their standard error in a
        meta-regression by the same model, otherwise right.
    estimator : {"L0", "R0"}
        Of the number of missing studies (Duval & Tweedie 2000, Biometrics 56:455 and JASA 95:89).
    model, tau2, ci, prediction, level
        As in `pool`, for trimming and for the final model.

    Returns
    -------
    TrimFill

    Raises
    ------
    ValueError
        If there are fewer than 3 studies, if all variances are equal and no side is given, or if the
        number of trimmed studies does not settle.

    Notes
    -----
    R: ``metafor::trimfill(x, side, estimator)``.

    Examples
    --------
    >>> trim_and_fill([-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]).k0
    1
    """
    y, v = effects(yi, vi)
    k = len(y)
    _check(k, side, estimator)
    side = side or _thin_side(y, v, model, tau2)
    sign = 1.0 if side == "left" else -1.0
    order = np.argsort(sign * y, kind="stable")
    y, v = sign * y[order], v[order]  # from here on the studies that lack a mirror image come last

    def centre(kept: int) -> float:
        return pool(y[:kept], v[:kept], model=model, tau2=tau2, ci="wald").estimate

    k0, middle, missing = _settle(y, centre, estimator)
    filled = 2.0 * middle - y[k - k0 :]
    pooled = pool(
        sign * np.concatenate([y, filled]),
        np.concatenate([v, v[k - k0 :]]),
        model=model,
        tau2=tau2,
        ci=ci,
        prediction=prediction,
        level=level,
    )
    return TrimFill(
        k0=k0,
        k0_se=_standard_error(missing, k, estimator),
        k0_p_value=0.5 ** (k0 + 1) if estimator == "R0" else None,
        side=side,
        pooled=pooled,
        filled_yi=sign * filled,
        filled_vi=v[k - k0 :],
        estimator=estimator,
        k=k,
        note=few_studies(k, "trim-and-fill"),
    )


def _check(k: int, side: Side | None, estimator: str) -> None:
    if k < 3:
        raise ValueError(f"Trim-and-fill needs at least 3 studies; got {k}")
    if estimator not in ("L0", "R0"):
        raise ValueError(f'estimator must be "L0" or "R0"; got {estimator!r}')
    if side not in (None, "left", "right"):
        raise ValueError(f'side must be "left" or "right"; got {side!r}')


def _thin_side(y: Array, v: Array, model: Model, tau2: Estimator | float) -> Side:
    if np.ptp(v) == 0.0:
        raise ValueError("All variances are equal, so the funnel has no thin side; give side")
    slope = regress(y, v, np.sqrt(v), model=model, tau2=tau2, ci="wald").estimate[1]
    return "right" if slope < 0.0 else "left"


def _settle(y: Array, centre: Callable[[int], float], estimator: str) -> tuple[int, float, float]:
    """Trim until the number of missing studies stays the same; that number, the centre, the raw estimate."""
    k, k0 = len(y), 0
    for _ in range(MAX_ROUNDS):
        middle = centre(k - k0)
        missing = _missing(y, middle, estimator)
        again = min(max(0, round(missing)), k - 1)
        if again == k0:
            return k0, middle, missing
        k0 = again
    raise ValueError(
        f"The number of missing studies does not settle with {estimator}; try the other estimator or side"
    )


def _missing(y: Array, middle: float, estimator: str) -> float:
    """Number of missing studies before rounding (Duval & Tweedie 2000, Biometrics 56:455, section 3)."""
    k = len(y)
    deviation = y - middle
    deviation[np.abs(deviation) <= EXACT * (np.abs(y) + abs(middle))] = 0.0
    ranks = _midranks(np.abs(deviation), EXACT * (np.abs(y).max() + abs(middle)))
    if estimator == "R0":
        below = ranks[deviation < 0.0]
        return float(k - below.max() - 1) if below.size else 0.0
    above = float(ranks[deviation > 0.0].sum())
    return (4.0 * above - k * (k + 1)) / (2 * k - 1)


def _midranks(distance: Array, same: float) -> Array:
    """Ranks; distances that differ by no more than `same` share their mean rank, whatever their order."""
    from scipy import stats  # takes as long as all the rest of this room, and few need it

    order = np.argsort(distance, kind="stable")
    tie = np.cumsum(np.diff(distance[order], prepend=-np.inf) > same)
    ranks = np.empty(distance.size)
    ranks[order] = stats.rankdata(tie)
    return ranks


def _standard_error(missing: float, k: int, estimator: str) -> float | None:
    """Standard error of k0 (Duval & Tweedie 2000, JASA 95:89), at its value before rounding."""
    if estimator == "R0":
        return float(np.sqrt(2.0 * max(0.0, missing) + 2.0))
    m = missing
    polynomial = 10 * m**3 + 27 * m**2 + 17 * m - 18 * k * m**2 - 18 * k * m + 6 * k**2 * m
    variance = (k * (k + 1) * (2 * k + 1) + polynomial) / 24.0
    return float(4.0 * np.sqrt(variance) / (2 * k - 1)) if variance >= 0.0 else None
