"""Estimators of the between-study variance tau2 and their standard errors, for one meta-analysis."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

import numpy as np

from evidence.meta.arrays import Array
from evidence.meta.formulae import q_step, trace_p, trace_pvpv
from evidence.meta.likelihood import maximise

Estimator: TypeAlias = Literal["DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
ESTIMATORS: Final = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")

ROOT_CONVERGED: Final = 1e-14
MAX_STEPS: Final = 200


def estimate_tau2(y: Array, v: Array, w: Array, q: float, estimator: Estimator) -> tuple[float, float]:
    """Tau2 of one meta-analysis, at least zero, and its standard error.

    Parameters
    ----------
    y, v, w
        Effects, sampling variances and 1/v of k studies; k of 2 or more.
    q
        Cochran's Q.
    estimator
        "ML", "REML": highest point of the likelihood; error from the expected information.
        "PM" Paule & Mandel 1982, to which "EB" Morris 1983 is equal; error from the expected slope of Q.
        "DL" DerSimonian & Laird 1986, "HE" Hedges & Olkin 1985, "HS" Hunter & Schmidt 2004, "SJ" Sidik & Jonkman
        2005: a quadratic form in y, equated to its expectation; error from its variance at the estimate.

    Notes
    -----
    In R: ``metafor::rma.uni(method=)``, fields ``tau2`` and ``se.tau2``.
    """
    if estimator == "REML" or estimator == "ML":
        tau2 = maximise(y, v, reml=estimator == "REML")
        return tau2, _likelihood_error(v, tau2, reml=estimator == "REML")
    if estimator == "EB" or estimator == "PM":
        df = y.size - 1
        tau2 = q_root(y, v, df)
        return tau2, y.size * math.sqrt(2 / df) / float((1 / (v + tau2)).sum())
    return _by_quadratic_form(y, v, w, q, estimator)


def q_root(y: Array, v: Array, target: float) -> float:
    """Tau2 at which the generalised Q equals `target`; 0 where Q stays below it."""
    tau2 = 0.0
    for _ in range(MAX_STEPS):
        w = 1 / (v + tau2)
        r = y - w.dot(y) / w.sum()
        wr = w * r
        q = float(wr.dot(r))
        if q <= target:
            break
        step = q_step(q, target, float(wr.dot(wr)))
        tau2 += step
        if step <= ROOT_CONVERGED * tau2:
            break
    return tau2


def _likelihood_error(v: Array, tau2: float, reml: bool) -> float:
    w = 1 / (v + tau2)
    s2 = float(w.dot(w))
    if reml:
        return math.sqrt(2 / trace_pvpv(float(w.sum()), s2, float((w * w).dot(w)), s2))
    return math.sqrt(2 / s2)


def _by_quadratic_form(y: Array, v: Array, w: Array, q: float, estimator: str) -> tuple[float, float]:
    """Tau2 = (y' P y - expected) / slope, with P built on the weights u."""
    k = y.size
    if estimator == "DL" or estimator == "HS":
        u, form = w, q
        s1 = float(u.sum())
        expected, slope = (k - 1, trace_p(s1, float(u.dot(u)))) if estimator == "DL" else (k, s1)
    else:
        squares = float(((y - y.mean()) ** 2).sum())
        if estimator == "HE":
            u, form, expected, slope = np.ones(k), squares, (k - 1) * float(v.mean()), k - 1
        elif squares == 0:
            return 0.0, 0.0
        else:
            u = 1 / (v * (k / squares) + 1)
            r = y - u.dot(y) / u.sum()
            form, expected, slope = float((u * r).dot(r)), 0.0, k - 1
    tau2 = max(0.0, (form - expected) / slope)
    uv = u * (v + tau2)
    spread = trace_pvpv(float(u.sum()), float(uv.dot(uv)), float((u * uv).dot(uv)), float(u.dot(uv)))
    return tau2, math.sqrt(2 * spread) / slope
