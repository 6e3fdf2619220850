"""Pooling of 2×2 tables without inverse variances: Mantel–Haenszel and Peto.

Sources: Mantel & Haenszel 1959, J Natl Cancer Inst 22:719; Greenland & Robins 1985, Biometrics 41:55 (RR and
RD); Robins, Breslow & Greenland 1986, Biometrics 42:311 (OR); Sato, Greenland & Robins 1989, Biometrics
45:1323 (RD); Yusuf, Peto, Lewis et al. 1985, Prog Cardiovasc Dis 27:335. RevMan: Deeks & Higgins 2010,
Statistical algorithms in Review Manager 5.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import NO_STUDIES, require, vectors
from evidence.meta.binary_result import BinaryPooled, normal_result
from evidence.meta.binary_sums import Cells, mantel_haenszel_sums
from evidence.meta.effects import (
    COUNTS,
    To,
    effect_arrays,
    everyone,
    revman_cells,
    with_continuity,
)
from evidence.meta.odds_ratio_tests import odds_ratio_tests
from evidence.meta.options import Convention, Interval, Model, Options, Prediction
from evidence.meta.pool import pool

BinaryMeasure: TypeAlias = Literal["RR", "OR", "RD"]

MEASURES: Final = ("RR", "OR", "RD")


def mantel_haenszel(
    measure: BinaryMeasure,
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    model: Model = "common",
    add: tuple[float, float] = (0.5, 0.0),
    to: tuple[To, To] = ("only0", "none"),
    drop00: tuple[bool, bool] = (True, False),
    correct: bool = True,
    convention: Convention = "metafor",
    interval: Interval = "wald",
    prediction: Prediction = "k-1",
    level: float = 0.95,
) -> BinaryPooled:
    """Pool 2×2 tables by the method of Mantel and Haenszel.

    Parameters
    ----------
    measure : {"RR", "OR", "RD"}
    ai, bi, ci, di : array-like, shape (k,)
        Events and non-events in group 1, events and non-events in group 2.
    model
        "common": the Mantel–Haenszel estimate. "random": inverse-variance weights with DerSimonian and
        Laird's tau2, its Q taken about the Mantel–Haenszel estimate, which is RevMan's "M-H, random".
    add, to, drop00
        Zero-cell rules as in `effect_sizes`: the first for the studies' own effects (and with them Q), the
        second for the pooled estimate.
    correct
        Continuity correction of the Cochran–Mantel–Haenszel test.
    convention
        "metafor", or "revman": 0.5 to all cells of studies with a zero, in the pooled estimate too, but for
        RD in its variance only, and a study in which everyone has the event counts with its risk ratio of 1;
        studies without any event left out of RR and OR; Greenland & Robins' variance of RD instead of Sato's.
        `add`, `to` and `drop00` do not apply to it.
    interval, prediction
        Intervals of the random-effects model, as in `pool`.
    level

    Returns
    -------
    BinaryPooled

    Raises
    ------
    ValueError
        No studies, unequal lengths, missing, infinite or negative counts, a group without people; no
        estimate or no variance because events, or non-events, are lacking in a group in every study.

    Notes
    -----
    R: ``metafor::rma.mh``; ``meta::metabin(method="MH", Q.Cochrane=TRUE)`` for the random-effects model.

    Examples
    --------
    >>> found = mantel_haenszel("RR", [4, 6], [119, 300], [11, 29], [128, 274])
    >>> round(found.estimate, 3), round(found.se, 3)
    (-1.352, 0.346)
    """
    if measure not in MEASURES:
        raise ValueError(f"Unknown measure {measure!r}: use one of {', '.join(MEASURES)}")
    Options(model, "DL", interval, prediction, level, convention)
    cells = _tables(ai, bi, ci, di)
    if convention == "revman":
        kept = [np.nan_to_num(cell) for cell in revman_cells(measure, *cells)]
        tables, spread = (cells, kept) if measure == "RD" else (kept, kept)
        even = everyone(cells)
    else:
        tables = with_continuity(measure, cells, add[1], to[1], drop00[1])
        tables = spread = [np.nan_to_num(cell) for cell in tables]
        even = np.zeros(cells[0].size, dtype=bool)
    yi, vi = effect_arrays(
        measure,
        add=add[0],
        to=to[0],
        drop00=drop00[0],
        convention=convention,
        ai=cells[0],
        bi=cells[1],
        ci=cells[2],
        di=cells[3],
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        estimates, variances, weights = mantel_haenszel_sums(measure, tables, spread, even, convention)
    estimate, variance = float(estimates[0]), float(variances[0])
    _require_estimable(measure, estimate, variance)
    common = normal_result(
        measure, "mantel-haenszel", estimate, variance, yi, vi, weights, level, convention,
        odds_ratio_tests(*tables, correct=correct) if measure == "OR" else None,
    )  # fmt: skip
    return common if model == "common" else _random(common, interval, prediction)


def peto(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    level: float = 0.95,
) -> BinaryPooled:
    """Pool 2×2 tables by Peto's one-step odds ratio: Σ(O − E) / ΣV.

    For rare events and balanced groups (Cochrane Handbook 10.4.2). Studies without events, or with events
    only, carry no information and drop out by themselves, in RevMan too.

    Parameters
    ----------
    ai, bi, ci, di : array-like, shape (k,)
        Events and non-events in group 1, events and non-events in group 2.
    level

    Returns
    -------
    BinaryPooled
        On the log odds ratio scale.

    Raises
    ------
    ValueError
        As `mantel_haenszel`.

    Notes
    -----
    R: ``metafor::rma.peto``.

    Examples
    --------
    >>> round(peto([4, 6], [119, 300], [11, 29], [128, 274]).estimate, 2)
    -1.24
    """
    Options("common", "DL", "wald", "k-1", level, "metafor")
    a, b, c, d = _tables(ai, bi, ci, di)
    n1, n2 = a + b, c + d
    n = n1 + n2
    v = np.where(n > 1, n1 * n2 * (a + c) * (b + d) / (n**2 * np.maximum(n - 1, 1)), 0.0)
    observed_minus_expected = a - n1 * (a + c) / n
    informative = v > 0
    total = float(v.sum())
    if total == 0:
        raise ValueError("Peto's odds ratio cannot be estimated: no study has both events and non-events")
    yi = np.full(a.size, np.nan)
    vi = np.full(a.size, np.nan)
    yi[informative] = observed_minus_expected[informative] / v[informative]
    vi[informative] = 1 / v[informative]
    estimate = float(observed_minus_expected.sum()) / total
    return normal_result("OR", "peto", estimate, 1 / total, yi, vi, v, level, "metafor", None)


def _tables(ai: ArrayLike, bi: ArrayLike, ci: ArrayLike, di: ArrayLike) -> Cells:
    cells = vectors(COUNTS, (ai, bi, ci, di))
    if cells[0].size == 0:
        raise ValueError(NO_STUDIES)
    for name, values in zip(COUNTS, cells, strict=True):
        require(name, ~np.isnan(values), "given for every study")
        require(name, values >= 0, "0 or more")
    require("ai + bi", cells[0] + cells[1] > 0, "above 0")
    require("ci + di", cells[2] + cells[3] > 0, "above 0")
    return cells


def _require_estimable(measure: str, estimate: float, variance: float) -> None:
    if math.isfinite(estimate) and math.isfinite(variance) and variance > 0:
        return
    lack = "variance" if math.isfinite(estimate) else "estimate"
    raise ValueError(
        f"The Mantel-Haenszel {measure} has no {lack}: over all studies a group lacks events or non-events; "
        'use peto, another measure, or a correction (add=(0.5, 0.5), to=("only0", "only0"))'
    )


def _random(common: BinaryPooled, interval: Interval, prediction: Prediction) -> BinaryPooled:
    """Random-effects model by DerSimonian and Laird 1986, with Q about the Mantel–Haenszel estimate."""
    own = np.isfinite(common.yi)
    if not own.any():
        raise ValueError("No study has an effect of its own; a random-effects model needs at least one")
    w = 1 / common.vi[own]
    scale = float(w.sum() - (w**2).sum() / w.sum())
    tau2 = max(0.0, (common.q - common.q_df) / scale) if common.q_df else 0.0
    pooled = pool(
        common.yi[own],
        common.vi[own],
        tau2=tau2,
        ci=interval,
        prediction=prediction,
        level=common.level,
        convention=common.convention,
    )
    weights = np.zeros(common.k)
    weights[own] = pooled.weights
    return replace(
        common,
        estimate=pooled.estimate,
        se=pooled.se,
        ci_low=pooled.ci_low,
        ci_high=pooled.ci_high,
        statistic=pooled.statistic,
        df=pooled.df,
        p_value=pooled.p_value,
        pi_low=pooled.pi_low,
        pi_high=pooled.pi_high,
        tau2=tau2,
        weights=weights,
        tests=None,
        model="random",
    )
