"""The highest point of the ML or REML likelihood of tau2, which may have several hills.

No local search is trusted: the sign of the score is taken on a grid fine enough to see every hill, each hill
is climbed to its top, and the tops are compared. The grid is short because the top has a known upper bound.
`likelihood_many` does the same for many meta-analyses at once.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.formulae import Number, score, score_slope, secant

# Step of the grid on the logarithm of min(vi) + tau2. Along it a weight falls from 1 to 0 over a distance of
# about 4, so hills are much wider; the end at tau2 = 0 can cut one short: the grid starts with finer steps.
GRID_STEP: Final = 0.4
FIRST_POINTS: Final = (0.0, 0.1, 0.2)
CONVERGED: Final = 1e-9
MAX_STEPS: Final = 100


def upper_bound(effect_range: Number) -> Number:
    """Value of min(vi) + tau2 above which neither likelihood has a top: (max yi - min yi)^2 / 2.

    Let pi = wi/sum(wi) and let W be the largest weight. sum(pi ri^2) is half the mean squared difference of
    two effects drawn with probabilities pi; in a share sum(pi^2) of the draws both are the same effect. Hence
    sum(wi^2 ri^2) <= W sum(wi) (range^2 / 2) (1 - sum(pi^2)): the score is negative where W range^2 / 2 < 1.
    """
    return effect_range * effect_range / 2


def grid_points(log_range: Number) -> Number:
    """Number of grid points, to be rounded up, that reach beyond a log((min(vi) + tau2) / min(vi))."""
    return log_range / GRID_STEP + len(FIRST_POINTS) + 0.5


def grid_of_ratios(points: int) -> Array:
    """The grid of tau2 / min(vi)."""
    log_ratios = np.arange(1.0 - len(FIRST_POINTS), points) * GRID_STEP
    log_ratios[: len(FIRST_POINTS)] = FIRST_POINTS
    return np.expm1(log_ratios[:points])


def maximise(y: Array, v: Array, reml: bool) -> float:
    """Tau2 of at least zero at which the ML or REML likelihood of k >= 2 studies is highest."""
    smallest = float(v.min())
    bound = upper_bound(float(y.max() - y.min()))
    if bound <= smallest:
        return 0.0
    points = math.ceil(grid_points(math.log(bound / smallest)))
    grid = smallest * grid_of_ratios(points)
    scores: list[float] = _scores(y, v, grid, reml).tolist()
    tops = [0.0] if scores[0] <= 0 else []
    for j in range(points - 1):
        if scores[j] > 0 and scores[j + 1] <= 0:
            low, high = float(grid[j]), float(grid[j + 1])
            start = secant(smallest, low, high, scores[j], scores[j + 1])
            tops.append(_climb(y, v, reml, low, high, start))
    if len(tops) == 1:
        return tops[0]
    return max(tops, key=lambda tau2: log_likelihood(y, v, tau2, reml))


def log_likelihood(y: Array, v: Array, tau2: Number, reml: bool) -> Number:
    """Log-likelihood of tau2 with the mean at its best value (ML) or integrated out (REML).

    The first axis of `y` and `v` runs over the studies; a variance of infinity means that there is no study.
    Constants as in metafor's ``logLik``.
    """
    there = np.isfinite(v)
    k = there.sum(axis=0)
    w = 1 / (v + tau2)
    s1 = w.sum(axis=0)
    r = y - (w * y).sum(axis=0) / s1
    log_w = np.log(w, where=there, out=np.zeros_like(w)).sum(axis=0)
    twice = log_w - (w * r * r).sum(axis=0) - (k - reml) * math.log(2 * math.pi)
    half: Number = (twice - np.log(s1 / k) if reml else twice) / 2
    return half


def _scores(y: Array, v: Array, grid: Array, reml: bool) -> Array:
    w = 1 / np.add.outer(grid, v)
    rest = w[:, 1:]
    wr = w * np.subtract.outer(w.dot(y) / w.sum(axis=1), y)
    return score(reml, np.vecdot(wr, wr), w[:, 0], rest.sum(axis=1), np.vecdot(rest, rest))


def _climb(y: Array, v: Array, reml: bool, low: float, high: float, tau2: float) -> float:
    """Root of the score between `low`, where it is positive, and `high`: Newton, else bisection."""
    k = y.size
    for _ in range(MAX_STEPS):
        w = 1 / (v + tau2)
        first, rest = float(w[0]), w[1:]
        rest1, rest2, rest3 = float(rest.sum()), float(rest.dot(rest)), float((rest * rest).dot(rest))
        s1 = first + rest1
        r = y - w.dot(y) / s1
        wr = w * r
        now = score(reml, float(wr.dot(wr)), first, rest1, rest2)
        if now > 0:
            low = tau2
        else:
            high = tau2
        b3 = float((wr * w).dot(wr))
        slope = score_slope(reml, float(wr.dot(w)), b3, first, rest1, rest2, rest3)
        # Newton on the score times (k/s1 + tau2 - this tau2)^2, which is nearly linear
        slope += 2 * now * s1 / k
        new = tau2 - now / slope if slope < 0 else math.inf
        if not low <= new <= high:
            new = (low + high) / 2
        if abs(new - tau2) <= CONVERGED * k / s1:
            return new
        tau2 = new
    return tau2
