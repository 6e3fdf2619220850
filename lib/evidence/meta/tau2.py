"""Estimators of the between-study variance tau2 and their standard errors."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.distributions import chi2_limits
from evidence.meta.formulae import Number, q_step, trace_p, trace_pp
from evidence.meta.likelihood import maximise

Estimator: TypeAlias = Literal["DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
ESTIMATORS: Final = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")

ROOT_CONVERGED: Final = 1e-14
MAX_STEPS: Final = 200


def estimate_tau2(y: Array, v: Array, q: float, estimator: Estimator) -> tuple[float, float]:
    """Tau2 of k >= 2 studies, at least zero, and its standard error.

    Parameters
    ----------
    y, v
        Effects and sampling variances.
    q
        Cochran's Q.
    estimator
        "ML", "REML": highest point of the likelihood; error from the expected information.
        "PM" Paule & Mandel 1982, to which "EB" Morris 1983 is equal; error from the expected slope of Q.
        "DL" DerSimonian & Laird 1986, "HE" Hedges & Olkin 1985, "HS" Hunter & Schmidt 2004, "SJ" Sidik &
        Jonkman 2005: a quadratic form in y equated to its expectation; error from the form's variance.

    Notes
    -----
    In R: ``metafor::rma.uni(method=)``, fields ``tau2`` and ``se.tau2``.
    """
    k = y.size
    if estimator == "REML" or estimator == "ML":
        tau2 = maximise(y, v, reml=estimator == "REML")
        w = 1 / (v + tau2)
        if estimator == "ML":
            return tau2, math.sqrt(2 / float(w.dot(w)))
        rest = w[1:]
        sums = float(rest.sum()), float(rest.dot(rest)), float((rest * rest).dot(rest))
        return tau2, math.sqrt(2 / trace_pp(float(w[0]), *sums))
    if estimator == "EB" or estimator == "PM":
        tau2 = q_root(y, v, k - 1)
        return tau2, k * math.sqrt(2 / (k - 1)) / float((1 / (v + tau2)).sum())
    estimate, error = by_quadratic_form(y, v, k, q, estimator)
    return float(estimate), float(error)


def q_root(y: Array, v: Array, target: float) -> float:
    """Tau2 at which the generalised Q equals `target`; 0 where Q stays below it."""
    tau2 = 0.0
    for _ in range(MAX_STEPS):
        w = 1 / (v + tau2)
        r = y - w.dot(y) / w.sum()
        wr = w * r
        q = float(wr.dot(r))
        if not q > target:
            break
        step = q_step(q, target, float(wr.dot(wr)))
        tau2 += step
        if step <= ROOT_CONVERGED * tau2:
            break
    return tau2


def q_profile(y: Array, v: Array, level: float) -> tuple[float, float]:
    """Q-profile interval of tau2: the tau2 that Q does not reject (Viechtbauer 2007, Stat Med 26:37).

    Both limits are 0 where Q is too small for every tau2. In R: ``metafor::confint(type="QP")``, which stops
    searching at a tau2 of 100 or 10 times the estimate; this does not.
    """
    low, high = chi2_limits(level, y.size - 1)
    return q_root(y, v, high), q_root(y, v, low)


def by_quadratic_form(
    y: Array, v: Array, k: Number, q: Number, estimator: Estimator
) -> tuple[Number, Number]:
    """Tau2 = (y' P y - expected) / slope with P built on the weights u, and its standard error.

    The first axis of `y` and `v` runs over the studies; a variance of infinity means that there is no study.
    """
    there = np.isfinite(v)
    v = np.where(there, v, 0)
    if estimator == "DL" or estimator == "HS":
        u = np.divide(1, v, where=there, out=np.zeros_like(v))
        form = q
        if estimator == "DL":
            rest = u[1:]
            expected, slope = k - 1, trace_p(u[0], rest.sum(axis=0), (rest * rest).sum(axis=0))
        else:
            expected, slope = k, u.sum(axis=0)
    else:
        r = np.where(there, y - np.sum(y, axis=0, where=there) / k, 0)
        form, slope = (r * r).sum(axis=0), k - 1
        if estimator == "HE":
            u, expected = there.astype(np.float64), v.sum(axis=0) * (k - 1) / k
        else:
            # Sidik & Jonkman's start value is form / k; where all effects are equal every weight is 0
            u = np.where(there, form / (form + v * k), 0)
            r = y - (u * y).sum(axis=0) / np.where(form > 0, u.sum(axis=0), 1)
            form, expected = (u * r * r).sum(axis=0), 0 * slope
    tau2 = np.maximum(0, (form - expected) / slope)
    return tau2, np.sqrt(2 * _trace_pvpv(u, u * (v + tau2))) / slope


def _trace_pvpv(u: Array, uv: Array) -> Array:
    """Trace of P V P V with P on the weights u and `uv` = u V: half the variance of the form y' P y.

    It is the sum over i of (ui Vi (1 - pi))^2 and over i != j of (pi ui Vi)(pj uj Vj), where pi = ui/sum(ui).
    """
    s1 = np.maximum(u.sum(axis=0), np.finfo(np.float64).tiny)
    p = u / s1
    left = 1 - p
    left[0] = u[1:].sum(axis=0) / s1
    diagonal = ((uv * left) ** 2).sum(axis=0)
    first, rest = p[0] * uv[0], p[1:] * uv[1:]
    rest1 = rest.sum(axis=0)
    trace: Array = diagonal + rest1 * (2 * first + rest1) - (rest * rest).sum(axis=0)
    return trace
