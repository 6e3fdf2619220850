"""Formulae of the random-effects model, written on sums so that numbers and arrays of numbers both fit.

With wi = 1/(vi + tau2), m = sum(wi yi)/sum(wi) and ri = yi - m, the sums are s1, s2, s3 = sum(wi), sum(wi^2),
sum(wi^3) and a2, b2, b3 = sum(wi^2 ri), sum(wi^2 ri^2), sum(wi^3 ri^2). `pool` calls these functions with
numbers, `pool_many` with arrays that hold one element per meta-analysis.

One study may outweigh all others, and most of what its weight contributes then cancels. `first` is therefore
the weight of one study; `rest1`, `rest2`, `rest3` are the sums of the weights of the others, their squares
and cubes; and the formulae leave out what cancels. They hold whichever study is first, and lose no digits
where it is the one with the largest weight.

Sources: DerSimonian & Laird 1986, Controlled Clinical Trials 7:177; Viechtbauer 2005, Journal of Educational
and Behavioral Statistics 30:261 (likelihoods, information); Higgins & Thompson 2002, Statistics in Medicine
21:1539 (I2, H2); Veroniki et al. 2016, Research Synthesis Methods 7:55 (overview of the estimators).
"""

from __future__ import annotations

from typing import TypeVar

from evidence.meta.arrays import Array

Number = TypeVar("Number", float, Array)


def score(reml: bool, b2: Number, first: Number, rest1: Number, rest2: Number) -> Number:
    """Twice the derivative of the ML or REML log-likelihood with respect to tau2."""
    return b2 - (trace_p(first, rest1, rest2) if reml else first + rest1)


def score_slope(
    reml: bool, a2: Number, b3: Number, first: Number, rest1: Number, rest2: Number, rest3: Number
) -> Number:
    """Derivative of `score` with respect to tau2."""
    information = trace_pp(first, rest1, rest2, rest3) if reml else first * first + rest2
    return 2 * a2 * a2 / (first + rest1) - 2 * b3 + information


def secant(smallest: Number, low: Number, high: Number, score_low: Number, score_high: Number) -> Number:
    """First guess of a root of the score: the score times (min(vi) + tau2)^2 is nearly linear."""
    at_low, at_high = score_low * (low + smallest) ** 2, score_high * (high + smallest) ** 2
    return (low * at_high - high * at_low) / (at_high - at_low)


def trace_p(first: Number, rest1: Number, rest2: Number) -> Number:
    """Trace of P = W - W 1 (1' W 1)^-1 1' W, which is s1 - s2/s1."""
    return (rest1 * (2 * first + rest1) - rest2) / (first + rest1)


def trace_pp(first: Number, rest1: Number, rest2: Number, rest3: Number) -> Number:
    """Trace of P P, which is s2 - 2 s3/s1 + (s2/s1)^2."""
    by_squares = first * first * (rest1 * rest1 + 3 * rest2)
    by_first = 2 * first * (rest1 * rest2 - rest3)
    without = rest2 * (rest1 * rest1 + rest2) - 2 * rest1 * rest3
    return (by_squares + by_first + without) / (first + rest1) ** 2


def q_step(q: Number, target: Number, b2: Number) -> Number:
    """Newton step in tau2 towards Q(tau2) = target, taken on 1/Q.

    Q(tau2) = sum(zj^2 / (dj + tau2)) for constants zj and dj >= 0, the eigenvalues of V among the contrasts.
    1/Q is therefore increasing and concave in tau2, so that Newton's method from the left reaches the root
    without overshooting. dQ/dtau2 = -b2.
    """
    return q * (q - target) / (target * b2)


def i2(tau2: Number, typical_variance: Number) -> Number:
    """I2 in percent from tau2 and the typical sampling variance."""
    return 100 * tau2 / (tau2 + typical_variance)


def h2(tau2: Number, typical_variance: Number) -> Number:
    """H2 from tau2 and the typical sampling variance."""
    return tau2 / typical_variance + 1
