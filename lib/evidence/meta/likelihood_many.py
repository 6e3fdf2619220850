"""`likelihood.maximise` for many meta-analyses at once.

Arrays have one column per meta-analysis and one row per study. A study that is not there has a variance of
infinity, so a weight of 0, and an effect that lies within the range of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.meta.arrays import Array
from evidence.meta.formulae import score, score_slope, secant
from evidence.meta.likelihood import (
    CONVERGED,
    MAX_STEPS,
    grid_of_ratios,
    grid_points,
    log_likelihood,
    upper_bound,
)

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Hills:
    """Grid intervals in which a likelihood has a top: the column and both ends, with the scores there."""

    column: Index
    low: Array
    high: Array
    score_low: Array
    score_high: Array


def column_sums(a: Array, b: Array) -> Array:
    """Sum of a * b in each column."""
    sums: Array = np.einsum("ij,ij->j", a, b)
    return sums


def maximise_many(y: Array, v: Array, k: Array, reml: bool) -> Array:
    """Tau2 at which the ML or REML likelihood of each column is highest; 0 where it has k < 2 studies."""
    tau2 = np.zeros(k.size)
    smallest = v.min(axis=0)
    ratio = upper_bound(y.max(axis=0) - y.min(axis=0)) / smallest
    searched = np.flatnonzero((ratio > 1) & (k > 1))
    if searched.size == 0:
        return tau2
    points = np.ceil(grid_points(np.log(ratio[searched]))).astype(np.intp)
    longest_first = np.argsort(-points, kind="stable")
    searched, points = searched[longest_first], points[longest_first]
    y, v, smallest = y[:, searched], v[:, searched], smallest[searched]
    hills, top_at_zero = _hills(y, v, smallest, points, reml)
    column = hills.column
    start = secant(smallest[column], hills.low, hills.high, hills.score_low, hills.score_high)
    tops = _climb_many(y[:, column], v[:, column], k[searched][column], reml, hills.low, hills.high, start)
    best = np.zeros(searched.size)
    best[column] = tops
    contested = np.bincount(column, minlength=searched.size) + top_at_zero > 1
    if contested.any():
        zeros = np.flatnonzero(contested & top_at_zero)
        rival = np.concatenate([zeros, column[contested[column]]])
        at = np.concatenate([np.zeros(zeros.size), tops[contested[column]]])
        # The last assignment to a column stays: its highest top
        lowest_first = np.argsort(log_likelihood(y[:, rival], v[:, rival], at, reml), kind="stable")
        best[rival[lowest_first]] = at[lowest_first]
    tau2[searched] = best
    return tau2


def _hills(y: Array, v: Array, smallest: Array, points: Index, reml: bool) -> tuple[Hills, NDArray[np.bool_]]:
    """Where the score passes from positive to not positive, and where it is not positive at 0.

    The columns come sorted by falling number of grid points, so that those still searched are the first ones.
    """
    none = np.empty(0)
    found: list[tuple[Index, Array, Array, Array, Array]] = [
        (np.empty(0, dtype=np.intp), none, none, none, none)
    ]
    before = np.zeros_like(smallest)
    now = _scores(y, v, before, reml)
    top_at_zero = now <= 0
    for j, tau2_ratio in enumerate(grid_of_ratios(int(points[0]))[1:], start=1):
        n = int(np.searchsorted(-points, -j))
        grid = smallest[:n] * tau2_ratio
        new = _scores(y[:, :n], v[:, :n], grid, reml)
        hit = np.flatnonzero((now[:n] > 0) & (new <= 0))
        if hit.size:
            found.append((hit, before[hit], grid[hit], now[hit], new[hit]))
        before, now = grid, new
    return Hills(*(np.concatenate(parts) for parts in zip(*found, strict=True))), top_at_zero


def _scores(y: Array, v: Array, tau2: Array, reml: bool) -> Array:
    w = v + tau2
    np.divide(1, w, out=w)
    rest = w[1:]
    rest1 = rest.sum(axis=0)
    wr = y - column_sums(w, y) / (w[0] + rest1)
    wr *= w
    return score(reml, column_sums(wr, wr), w[0], rest1, column_sums(rest, rest))


def _climb_many(y: Array, v: Array, k: Array, reml: bool, low: Array, high: Array, tau2: Array) -> Array:
    """`likelihood._climb` of each column."""
    top = tau2.copy()
    todo = np.arange(tau2.size)
    moving = np.full(tau2.size, True)
    for _ in range(MAX_STEPS):
        w = 1 / (v + tau2)
        w2 = w * w
        first, rest = w[0], w[1:]
        rest1, rest2, rest3 = rest.sum(axis=0), w2[1:].sum(axis=0), column_sums(w2[1:], rest)
        s1 = first + rest1
        r = y - column_sums(w, y) / s1
        w2r = w2 * r
        now = score(reml, column_sums(w2r, r), first, rest1, rest2)
        rising = now > 0
        low, high = np.where(rising, tau2, low), np.where(rising, high, tau2)
        b3 = column_sums(w2r, w * r)
        slope = score_slope(reml, w2r.sum(axis=0), b3, first, rest1, rest2, rest3)
        slope += 2 * now * s1 / k
        new = np.where(slope < 0, tau2 - now / slope, np.inf)
        new = np.where((low <= new) & (new <= high), new, (low + high) / 2)
        new = np.where(moving, new, tau2)
        top[todo] = new
        moving &= np.abs(new - tau2) > CONVERGED * k / s1
        left = int(np.count_nonzero(moving))
        if left == 0:
            break
        tau2 = new
        if left < 0.7 * todo.size:
            y, v = y[:, moving], v[:, moving]
            k, low, high, tau2, todo = k[moving], low[moving], high[moving], tau2[moving], todo[moving]
            moving = moving[moving]
    return top
