"""`tau2.estimate_tau2` for many meta-analyses at once; arrays as in `likelihood_many`."""

from __future__ import annotations

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.formulae import q_step, trace_pp
from evidence.meta.likelihood_many import column_sums, maximise_many
from evidence.meta.tau2 import MAX_STEPS, ROOT_CONVERGED, Estimator, by_quadratic_form


def estimate_tau2_many(y: Array, v: Array, k: Array, q: Array, estimator: Estimator) -> tuple[Array, Array]:
    """Tau2 of each column and its standard error; meaningless where a column has fewer than 2 studies.

    `k` is the number of studies and `q` Cochran's Q of each column.
    """
    if estimator == "REML" or estimator == "ML":
        tau2 = maximise_many(y, v, k, reml=estimator == "REML")
        w = 1 / (v + tau2)
        if estimator == "ML":
            return tau2, np.sqrt(2 / column_sums(w, w))
        rest = w[1:]
        squares = rest * rest
        information = trace_pp(w[0], rest.sum(axis=0), squares.sum(axis=0), column_sums(squares, rest))
        return tau2, np.sqrt(2 / information)
    if estimator == "EB" or estimator == "PM":
        tau2 = q_root_many(y, v, k - 1)
        return tau2, k * np.sqrt(2 / (k - 1)) / (1 / (v + tau2)).sum(axis=0)
    return by_quadratic_form(y, v, k, q, estimator)


def q_root_many(y: Array, v: Array, target: Array) -> Array:
    """`tau2.q_root` of each column."""
    root = np.zeros(target.size)
    tau2 = root
    todo = np.arange(target.size)
    moving = np.full(target.size, True)
    for _ in range(MAX_STEPS):
        w = v + tau2
        np.divide(1, w, out=w)
        wr = y - column_sums(w, y) / w.sum(axis=0)
        b1 = column_sums(w, wr * wr)
        wr *= w
        step = q_step(b1, target, column_sums(wr, wr))
        moving &= b1 > target
        tau2 = np.where(moving, tau2 + step, tau2)
        root[todo] = tau2
        moving &= step > ROOT_CONVERGED * tau2
        left = int(np.count_nonzero(moving))
        if left == 0:
            break
        if left < 0.7 * todo.size:
            y, v = y[:, moving], v[:, moving]
            target, tau2, todo = target[moving], tau2[moving], todo[moving]
            moving = moving[moving]
    return root
