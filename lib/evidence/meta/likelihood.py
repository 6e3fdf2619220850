"""The highest point of the ML or REML likelihood of tau2, which may have several.

No local search is trusted: the sign of the score is taken on a grid fine enough to see every hill, each hill is
climbed to its top, and the tops are compared. The grid is short because the maximum has a known upper bound.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.formulae import score, score_slope

# Neighbouring values of min(vi) + tau2 on the grid differ by this factor (its logarithm). In that variable's
# logarithm every weight falls from 1 to 0 over a distance of about 4, so hills are much wider than a step.
GRID_STEP: Final = 0.4
CONVERGED: Final = 1e-10
MAX_STEPS: Final = 100


def upper_bound(effect_range: float) -> float:
    """Value of min(vi) + tau2 above which neither likelihood has a maximum: (max yi - min yi)^2 / 2.

    With pi = wi/sum(wi) and W the largest weight, sum(wi^2 ri^2) <= W s1 (range^2/2)(1 - sum(pi^2)), because
    sum(pi ri^2) is half the mean squared difference of two effects drawn with probabilities pi, and equal draws,
    which have probability sum(pi^2), differ by nothing. So the score is negative where W range^2/2 < 1.
    """
    return effect_range * effect_range / 2


def maximise(y: Array, v: Array, reml: bool) -> float:
    """Tau2 of at least zero at which the ML or REML likelihood of one meta-analysis is highest; k of 2 or more.

    The same search for many analyses at once is `batch_likelihood.maximise_many`.
    """
    smallest = float(v.min())
    bound = upper_bound(float(y.max() - y.min()))
    if bound <= smallest:
        return 0.0
    points = math.ceil(math.log(bound / smallest) / GRID_STEP) + 1
    grid = smallest * np.expm1(np.arange(points) * GRID_STEP)
    scores = _scores(y, v, grid, reml).tolist()
    tops = [0.0] if scores[0] <= 0 else []
    for j in range(points - 1):
        if scores[j] > 0 and scores[j + 1] <= 0:
            low, high = float(grid[j]), float(grid[j + 1])
            tops.append(_climb(y, v, reml, low, high, _secant(smallest, low, high, scores[j], scores[j + 1])))
    if len(tops) == 1:
        return tops[0]
    return max(tops, key=lambda tau2: log_likelihood(y, v, tau2, reml))


def log_likelihood(y: Array, v: Array, tau2: float, reml: bool) -> float:
    """Log-likelihood of tau2 with the mean at its best value (ML) or integrated out (REML).

    With the constants of metafor's ``logLik``.
    """
    w = 1 / (v + tau2)
    s1 = float(w.sum())
    r = y - y[0]
    r = r - w.dot(r) / s1
    k = y.size - reml
    twice = k * math.log(2 * math.pi) - float(np.log(w).sum()) + float((w * r).dot(r))
    if reml:
        twice += math.log(s1) - math.log(y.size)
    return -twice / 2


def _scores(y: Array, v: Array, grid: Array, reml: bool) -> Array:
    w = 1 / np.add.outer(grid, v)
    s1 = w.sum(axis=1)
    wr = w * np.subtract.outer(w.dot(y) / s1, y)
    return score(reml, s1, np.vecdot(w, w), np.vecdot(wr, wr))


def _secant(smallest: float, low: float, high: float, score_low: float, score_high: float) -> float:
    """First guess between two points: the score times (min(vi) + tau2)^2 is nearly linear."""
    at_low, at_high = score_low * (low + smallest) ** 2, score_high * (high + smallest) ** 2
    return (low * at_high - high * at_low) / (at_high - at_low)


def _climb(y: Array, v: Array, reml: bool, low: float, high: float, tau2: float) -> float:
    """Root of the score between `low` (positive score) and `high` by Newton's method, bisecting if it strays."""
    k = y.size
    for _ in range(MAX_STEPS):
        w = 1 / (v + tau2)
        w2 = w * w
        s1, s2, s3 = float(w.sum()), float(w.dot(w)), float(w2.dot(w))
        r = y - w.dot(y) / s1
        w2r = w2 * r
        now = score(reml, s1, s2, float(w2r.dot(r)))
        low, high = (tau2, high) if now > 0 else (low, tau2)
        slope = score_slope(reml, s1, s2, s3, float(w2.dot(r)), float((w * w2r).dot(r)))
        linear = slope + 2 * now * s1 / k
        new = tau2 - now / linear if linear < 0 else low
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - tau2) <= CONVERGED * (k / s1):
            return new
        tau2 = new
    return tau2
