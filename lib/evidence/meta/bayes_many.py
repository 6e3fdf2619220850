"""Thousands of posteriors in one vectorised call: numbers only, a normal or flat prior of mu."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from evidence.meta.arrays import Array
from evidence.meta.batch import analyses
from evidence.meta.bayes import check_priors
from evidence.meta.bayesian.heterogeneity import TauAxis
from evidence.meta.bayesian.mu_priors import Normal, StudentT
from evidence.meta.bayesian.tau_priors import TauPrior
from evidence.meta.options import check_level

_ROWS: Final = 512  # whose arrays stay in the processor's cache
_COARSE: Final = legendre.leggauss(20)
_FINE: Final = legendre.leggauss(32)
_LONG: Final = 4.5  # of the axis of tau: beyond it 32 nodes are too few
_FINER: Final = legendre.leggauss(96)
_NEGLIGIBLE: Final = 20.0
_CUT: Final = 24.0  # a density of more than e^-24 of the peak at the end of the axis goes on beyond it
_ROUNDS: Final = 8
_USUAL_ROUNDS: Final = 2
_NARROW: Final = 0.25  # of the axis: a posterior on less of it is looked for once more
_TRIALS_PER_LOG: Final = 5
_STEPS: Final = 100
_SQRT_2PI: Final = math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """For each row and tau: posterior mean and SD of mu, and log-likelihood without constants."""

    mean: Array
    sd: Array
    log_value: Array


def bayes_many(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    tau_prior: TauPrior,
    mu_prior: Normal | None = None,
    level: float = 0.95,
    below: Sequence[float] = (),
) -> dict[str, NDArray[Any]]:
    """`bayes` of every row of `yi` and `vi`, with the same priors.

    Parameters
    ----------
    yi, vi : array-like, shape (batch, k)
        NaN in both is no trial: rows may hold different numbers of trials, at any place in the row.
    tau_prior, mu_prior
        As in `bayes`; a t prior of mu has no fast form.
    level : float
        Probability inside the central intervals.
    below : sequence of float
        Values below which the mean effect may lie.

    Returns
    -------
    dict of arrays
        Each of length batch: `mean`, `sd`, `median`, `ci_low`, `ci_high` of mu; `tau_mean`; `pi_low` and
        `pi_high` of a new trial's true effect; `k`. `probability` has shape (batch, len(below)). A row
        without trials has k = 0 and is NaN. Where the posterior has no SD, `sd` is that of the nodes.

    Raises
    ------
    ValueError
        Shapes that differ or are not two-dimensional, one of effect and variance missing, infinite values,
        variances not above 0, a prior that is none or a t prior of mu.

    Notes
    -----
    Agrees with `bayes` to about 1e-8 of the posterior's SD. A half-normal prior, the fast case, takes one
    Gauss–Legendre rule of 32 or 96 nodes per row, between the taus at which the posterior is e^-20 of its
    peak; priors with longer tails take the panels of `bayes`.

    Examples
    --------
    >>> from evidence.meta import HalfNormal, Normal
    >>> yi, vi = [[-9, -1], [4, np.nan]], [[16, 9], [25, np.nan]]
    >>> found = bayes_many(yi, vi, tau_prior=HalfNormal(5), mu_prior=Normal(0, 50))
    >>> found["median"].round(1).tolist(), found["k"].tolist()
    ([-4.3, 3.9], [2, 1])
    """
    check_priors(tau_prior, mu_prior)
    if isinstance(mu_prior, StudentT):
        raise ValueError("bayes_many takes a normal or flat prior of mu; use bayes for a t prior")
    check_level(level)
    y, v, there = analyses(yi, vi)
    thresholds = np.asarray(below, dtype=float).ravel()
    if np.isnan(thresholds).any():
        raise ValueError("below must hold numbers; NaN is none")
    tails = np.array([0.5, 0.5 * (1.0 - level), 0.5 * (1.0 + level)])
    blocks = [
        _block(
            y[i : i + _ROWS], v[i : i + _ROWS], there[i : i + _ROWS], tau_prior, mu_prior, tails, thresholds
        )
        for i in range(0, max(1, y.shape[0]), _ROWS)
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _block(
    y: Array,
    v: Array,
    there: NDArray[np.bool_],
    tau_prior: TauPrior,
    mu_prior: Normal | None,
    tails: Array,
    below: Array,
) -> dict[str, NDArray[Any]]:
    k = there.sum(1)
    some = k > 0
    y, v, there = y[some], v[some], there[some]
    v = np.where(there, v, np.inf)
    origin = np.take_along_axis(y, v.argmin(1)[:, None], 1)
    y = np.where(there, y - origin, 0.0)
    tau, weight, given = _nodes(y, v, tau_prior, mu_prior, origin)
    mean = (weight * given.mean).sum(1)
    sd = np.sqrt((weight * (given.sd**2 + (given.mean - mean[:, None]) ** 2)).sum(1))
    new_sd = np.hypot(given.sd, tau)
    limits = _quantiles(weight, given.mean, given.sd, tails)
    predicted = _quantiles(weight, given.mean, new_sd, tails[1:])
    z = ((below - origin)[:, None, :] - given.mean[:, :, None]) / given.sd[:, :, None]
    found = {
        "mean": mean + origin[:, 0],
        "sd": sd,
        "median": limits[:, 0] + origin[:, 0],
        "ci_low": limits[:, 1] + origin[:, 0],
        "ci_high": limits[:, 2] + origin[:, 0],
        "pi_low": predicted[:, 0] + origin[:, 0],
        "pi_high": predicted[:, 1] + origin[:, 0],
        "tau_mean": (weight * tau).sum(1),
        "probability": np.einsum("bj,bjt->bt", weight, ndtr(z)),
    }
    spread = {name: np.full((some.size, *values.shape[1:]), np.nan) for name, values in found.items()}
    for name, values in found.items():
        spread[name][some] = values
    return spread | {"k": k}


def _nodes(
    y: Array, v: Array, tau_prior: TauPrior, mu_prior: Normal | None, origin: Array
) -> tuple[Array, Array, _Given]:
    """Taus, their probabilities and what follows for mu, each of shape (rows, nodes)."""
    if not tau_prior.at_zero or math.isfinite(tau_prior.tail):
        return _shared_nodes(y, v, tau_prior, mu_prior, origin)
    unit = np.minimum(np.sqrt(v.min(1)), tau_prior.centre)[:, None]

    def posterior(low: Array, high: Array, at: Array) -> tuple[Array, _Given, Array]:
        tau, log_slope = _taus(unit, low, high, at)
        given = _given(y, v, tau, mu_prior, origin)
        return tau, given, given.log_value + tau_prior.log_density(tau) + log_slope

    low, high = _located(
        lambda low, high, at: posterior(low, high, at)[2], np.arcsinh(tau_prior.reach()[1] / unit)
    )
    at, rule = _FINE if (high - low).max(initial=0.0) < _LONG else _FINER
    tau, given, density = posterior(low, high, at)
    weight = np.exp(density - density.max(1, keepdims=True)) * rule
    return tau, weight / weight.sum(1, keepdims=True), given


def _located(density: Callable[[Array, Array, Array], Array], high: Array) -> tuple[Array, Array]:
    """Ends of the axis between which each row's posterior lies; `high` is where the prior is negligible."""
    low, at = np.zeros_like(high), _COARSE[0]
    found = density(low, high, at)
    while (cut := found[:, -1:] > found.max(1, keepdims=True) - _CUT).any():
        high = np.where(cut, 1.5 * high, high)  # trials that contradict the prior
        found = density(low, high, at)
    for rounds in range(1, _ROUNDS + 1):
        left, right = _trimmed(found, low, high, at)
        narrow = right - left < _NARROW * (high - low)
        low, high = left, right
        if rounds >= _USUAL_ROUNDS and not narrow.any():
            break
        found = density(low, high, at)
    return low, high


def _shared_nodes(
    y: Array, v: Array, tau_prior: TauPrior, mu_prior: Normal | None, origin: Array
) -> tuple[Array, Array, _Given]:
    """`_nodes` for a prior with a long tail: the panels of `bayes`, laid so that they serve every row."""
    errors = np.sqrt(v[np.isfinite(v)])
    unit = min(float(errors.min(initial=np.inf)), tau_prior.centre)
    largest = max(float(errors.max(initial=unit)), 2.0 * float(np.abs(y).max(initial=0.0)))
    axis = TauAxis(tau_prior, unit, largest)
    wider: tuple[float, float] | None = axis.ends()
    while wider is not None:
        shared = axis.nodes(*wider)
        tau = np.broadcast_to(shared.tau, (y.shape[0], shared.tau.size))
        given = _given(y, v, tau, mu_prior, origin)
        wider = shared.wider(given.log_value)
    density = given.log_value + shared.log_weight
    weight = np.exp(density - density.max(1, keepdims=True))
    return tau, weight / weight.sum(1, keepdims=True), given


def _taus(unit: Array, low: Array, high: Array, at: Array) -> tuple[Array, Array]:
    """Tau at nodes `at` between −1 and 1 of the axis (`TauAxis`), and the log of the slope of tau there."""
    half = 0.5 * (high - low)
    x = low + half * (at + 1.0)
    return unit * np.sinh(x), np.log(unit * np.cosh(x) * half)


def _given(y: Array, v: Array, tau: Array, prior: Normal | None, origin: Array) -> _Given:
    """`conditional` of each row, trial after trial; effects count from `origin`."""
    t = tau * tau
    total = np.full_like(t, 0.0 if prior is None else 1.0 / prior.sd**2)
    pull = np.zeros_like(t) if prior is None else total * (prior.mean - origin)
    squares = np.zeros_like(t) if prior is None else pull * (prior.mean - origin)
    log_weights, product = np.zeros_like(t), np.ones_like(t)
    scale = v.min(1)[:, None]
    for i in range(y.shape[1]):
        w = 1.0 / (v[:, i, None] + t)
        total += w
        w_y = w * y[:, i, None]
        pull += w_y
        squares += w_y * y[:, i, None]
        product *= np.where(np.isinf(v[:, i, None]), 1.0, w * scale)
        if i % _TRIALS_PER_LOG == _TRIALS_PER_LOG - 1:
            log_weights += _logs(product)
            product[:] = 1.0
    log_weights += _logs(product)
    mean = pull / total
    return _Given(mean, 1.0 / np.sqrt(total), 0.5 * (log_weights - np.log(total) - squares + pull * mean))


def _logs(product: Array) -> Array:
    """Logarithms; of a product too small for a number −inf, which leaves its tau no weight."""
    with np.errstate(divide="ignore"):
        return np.log(product)


def _trimmed(density: Array, low: Array, high: Array, at: Array) -> tuple[Array, Array]:
    """Ends between which the density is not negligible, one node farther; each (rows, 1)."""
    inside = density > density.max(1, keepdims=True) - _NEGLIGIBLE
    ends = np.concatenate([[-1.0], at, [1.0]])
    first, last = inside.argmax(1), at.size + 1 - inside[:, ::-1].argmax(1)
    half = 0.5 * (high - low)
    return low + half * (ends[first, None] + 1.0), low + half * (ends[last, None] + 1.0)


def _quantiles(weight: Array, mean: Array, sd: Array, p: Array) -> Array:
    """Quantiles of each row's mixture of normals, shape (rows, P), by Halley's method between bounds."""
    middle = (np.cumsum(weight, axis=1) >= 0.5).argmax(1)[:, None]
    used = weight > 1e-16
    centre, width = (np.take_along_axis(each, middle, 1)[:, 0] for each in (mean, sd))
    found = np.empty((weight.shape[0], p.size))
    for column, (each, z) in enumerate(zip(p, ndtri(p), strict=True)):
        at = mean + sd * z
        low, high = np.where(used, at, np.inf).min(1), np.where(used, at, -np.inf).max(1)
        x, rows = np.clip(centre + width * z, low, high), np.arange(weight.shape[0])
        for _ in range(_STEPS):
            m, s, w = mean[rows], sd[rows], weight[rows]
            d = (x[rows, None] - m) / s
            excess = (w * ndtr(d)).sum(1) - each
            density = w * np.exp(-0.5 * d * d) / (_SQRT_2PI * s)
            slope = density.sum(1)
            bend = -(density * d / s).sum(1)
            low[rows] = np.where(excess > 0.0, low[rows], x[rows])
            high[rows] = np.where(excess > 0.0, x[rows], high[rows])
            newton = excess / np.maximum(slope, 1e-300)
            step = newton / np.maximum(1.0 - 0.5 * newton * bend / np.maximum(slope, 1e-300), 0.2)
            new = x[rows] - step
            outside = (new < low[rows]) | (new > high[rows])
            new[outside] = 0.5 * (low[rows] + high[rows])[outside]
            moved = np.abs(new - x[rows]) > 1e-5 * s.min(1)  # the error is then of the order of its cube
            x[rows] = new
            rows = rows[moved]
            if not rows.size:
                break
        found[:, column] = x
    return found
