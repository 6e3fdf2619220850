"""The posterior of one meta-analysis from numbers, bounds, p-values and directions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from evidence.meta.arrays import Array
from evidence.meta.bayesian import grid as grids
from evidence.meta.bayesian.heterogeneity import TauAxis, TauPosterior, located
from evidence.meta.bayesian.likelihood import Stated, stated
from evidence.meta.bayesian.mixture import NormalMixture, conditional
from evidence.meta.bayesian.posterior import Posterior, Shrunk, finite_moment
from evidence.meta.bayesian.priors import (
    HalfCauchy,
    HalfNormal,
    InverseGamma,
    LogTauSquared,
    MuPrior,
    Normal,
    StudentT,
    TauPrior,
)
from evidence.meta.bound import Bound

Kind: TypeAlias = Literal["direction", "p-value", "bound"]
_TAU_PRIORS = (HalfNormal, HalfCauchy, LogTauSquared, InverseGamma)


class _Common(TypedDict):
    """What both ways of computing say in the same way."""

    tau_mean: float
    tau_sd: float
    k: int
    k_numeric: int
    k_bounded: int
    kinds: dict[str, int]
    _tau: TauPosterior


def bayes(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    tau_prior: TauPrior,
    mu_prior: MuPrior | None = None,
    bounds: Sequence[Bound] = (),
    df: ArrayLike | None = None,
) -> Posterior:
    """Posterior of a random-effects meta-analysis from everything that its trials state.

    Parameters
    ----------
    yi, vi : array-like, shape (n,)
        Effects known as numbers, and their sampling variances; n may be 0 where there are bounds.
    tau_prior : HalfNormal, HalfCauchy, LogTauSquared or InverseGamma
        Prior of tau, the standard deviation between trials, in the unit of `yi`.
    mu_prior : Normal, StudentT or None
        Prior of the mean effect mu, in the unit of `yi`; None is flat and needs a number.
    bounds : sequence of Bound
        One for each trial known only by a p-value, a bound, "not significant" or a direction.
    df : array-like, shape (n,), optional
        Degrees of freedom of each number's standard error, infinite where it is known: (y − theta) / sqrt(v)
        then has Student's t distribution. Left out: all infinite.

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        No evidence; a flat prior of mu without a number; values that are missing, masked, infinite or of
        unequal length; variances not above 0; a prior that is none.

    Notes
    -----
    y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau²). A number contributes its density, a bounded trial the
    probability of its set (`Bound`). Numbers only and a normal or flat prior of mu: mu given tau is normal,
    tau is integrated out by Gauss–Legendre quadrature (Röver 2020, doi:10.18637/jss.v093.i06). Otherwise a
    grid of (mu, tau) zooms in on the posterior. Nothing is drawn at random.

    In R, numbers only: ``bayesmeta::bayesmeta(y, sigma, mu.prior=, tau.prior=)``.

    Examples
    --------
    One trial, with what trials of this kind usually differ by:

    >>> one = bayes([-30.0], [49.0], tau_prior=HalfNormal(12.0), mu_prior=Normal(0.0, 48.0))
    >>> round(one.median, 1), round(one.probability(below=-10.0), 2)
    (-27.7, 0.89)
    """
    evidence = _checked(yi, vi, tau_prior, mu_prior, bounds, df)
    if evidence.normal and not isinstance(mu_prior, StudentT):
        return _by_mixture(evidence, tau_prior, mu_prior)
    return _by_grid(evidence, tau_prior, mu_prior)


def _checked(
    yi: ArrayLike,
    vi: ArrayLike,
    tau_prior: TauPrior,
    mu_prior: MuPrior | None,
    bounds: Sequence[Bound],
    df: ArrayLike | None,
) -> Stated:
    check_priors(tau_prior, mu_prior)
    evidence = stated(yi, vi, bounds, df)
    if not evidence.yi.size and not evidence.bounds:
        raise ValueError("No evidence: give at least one effect with its variance, or a Bound")
    if mu_prior is None and not evidence.yi.size:
        raise ValueError("A flat prior of mu needs an effect known as a number; give mu_prior")
    return evidence


def check_priors(tau_prior: TauPrior, mu_prior: MuPrior | None) -> None:
    """Refuse what is no prior.

    Raises
    ------
    ValueError
        With the kinds that there are.
    """
    if not isinstance(tau_prior, _TAU_PRIORS):
        names = ", ".join(prior.__name__ for prior in _TAU_PRIORS)
        raise ValueError(f"tau_prior must be one of {names}, not {tau_prior!r}")
    if mu_prior is not None and not isinstance(mu_prior, Normal | StudentT):
        raise ValueError(f"mu_prior must be Normal, StudentT or None (flat), not {mu_prior!r}")


def _axis(evidence: Stated, prior: TauPrior) -> TauAxis:
    errors = evidence.errors
    places, _ = evidence.features(np.zeros(1))
    largest = float(max(errors.max(), np.ptp(places) if places.size else 0.0))
    return TauAxis(prior, float(min(errors.min(), prior.centre)), largest)


def _by_mixture(evidence: Stated, tau_prior: TauPrior, mu_prior: Normal | None) -> Posterior:
    y, v = evidence.yi, evidence.vi
    taus, log_value = located(
        _axis(evidence, tau_prior), lambda tau: conditional(y, v, tau, mu_prior).log_value
    )
    log_joint = log_value + taus.log_weight
    log_marginal = float(logsumexp(log_joint))
    weight = np.exp(log_joint - log_marginal)
    given = conditional(y, v, taus.tau, mu_prior)
    mu = NormalMixture(weight, given.mean, given.sd)

    def shares() -> tuple[Array, float]:
        told = 1.0 / (v + (taus.tau**2)[:, None])
        return _shares(weight, told, 0.0 if mu_prior is None else mu_prior.information)

    def shrink(level: float) -> Shrunk:
        t = taus.tau**2
        pull = v[:, None] / (v[:, None] + t)
        mean = (1.0 - pull) * y[:, None] + pull * given.mean
        sd = np.sqrt(pull * t + (pull * given.sd) ** 2)
        laws = [NormalMixture(weight, m, s) for m, s in zip(mean, sd, strict=True)]
        moments = np.array([law.moments() for law in laws])
        limits = np.array([law.quantile(_tails(level)) for law in laws])
        return Shrunk(*moments.T, *limits.T)

    mean, sd = mu.moments()
    tail = tau_prior.tail + y.size - (mu_prior is None)
    return Posterior(
        mean=mean,
        sd=sd if mu_prior is not None or finite_moment(2.0, tail) else math.inf,
        log_marginal=log_marginal,
        _mu=mu,
        _new=mu.shifted(taus.tau),
        _shares=shares,
        _shrink=shrink,
        **_common(evidence, taus.posterior(log_value, log_marginal), tail),
    )


def _by_grid(evidence: Stated, tau_prior: TauPrior, mu_prior: MuPrior | None) -> Posterior:
    found = grids.zoomed(evidence, mu_prior, _axis(evidence, tau_prior))
    mu = grids.GridMean(found)
    tau = found.taus.tau

    def shares() -> tuple[Array, float]:
        first, second = evidence.scores(found.mu, tau)
        told = np.clip(first**2 - second, 0.0, evidence.full_information(tau))
        flat = found.weight.ravel(), told.reshape(-1, told.shape[-1])
        return _shares(*flat, 0.0 if mu_prior is None else mu_prior.information)

    def shrink(level: float) -> Shrunk:
        first, second = evidence.scores(found.mu, tau)
        t = (tau**2)[:, None]
        given = found.mu[:, None, None] + t * first
        spread = t + t * t * (second - first**2)
        mean = np.einsum("ij,ijk->k", found.weight, given)
        var = np.einsum("ij,ijk->k", found.weight, spread + (given - mean) ** 2)
        limits = np.full((mean.size, 2), np.nan)
        for i in np.flatnonzero(np.isinf(evidence.df)):
            pull = evidence.vi[i] / (evidence.vi[i] + tau**2)
            law = mu.blurred(pull, (1.0 - pull) * evidence.yi[i], np.sqrt(pull) * tau)
            limits[i] = law.quantile(_tails(level))
        return Shrunk(mean, np.sqrt(var), *limits.T)

    mean, sd = mu.moments()
    tail = tau_prior.tail + evidence.yi.size - (mu_prior is None)
    heavy = (mu_prior is None and not finite_moment(2.0, tail)) or (
        isinstance(mu_prior, StudentT) and mu_prior.df <= 2.0 and not evidence.yi.size
    )
    return Posterior(
        mean=mean,
        sd=math.inf if heavy else sd,
        log_marginal=found.log_marginal,
        _mu=mu,
        _new=mu.blurred(np.ones_like(tau), np.zeros_like(tau), tau),
        _shares=shares,
        _shrink=shrink,
        **_common(evidence, found.taus.posterior(found.log_value, found.log_marginal), tail),
    )


def _common(evidence: Stated, tau: TauPosterior, tail: float) -> _Common:
    first = tau.moment(1)
    n, b = evidence.yi.size, len(evidence.bounds)
    return _Common(
        tau_mean=first if finite_moment(1.0, tail) else math.inf,
        tau_sd=math.sqrt(max(0.0, tau.moment(2) - first**2)) if finite_moment(2.0, tail) else math.inf,
        k=n + b,
        k_numeric=n,
        k_bounded=b,
        kinds=dict(Counter(["number"] * n + [kind(bound) for bound in evidence.bounds])),
        _tau=tau,
    )


def kind(bound: Bound) -> Kind:
    """Kind of evidence that a bound is.

    Returns
    -------
    {"direction", "p-value", "bound"}
        A half line from no effect; two deviates of unknown sign; everything else.
    """
    if bound.intervals in (((0.0, math.inf),), ((-math.inf, 0.0),)):
        return "direction"
    points = all(high - low < 1e-3 for low, high in bound.intervals)
    return "p-value" if points else "bound"


def _shares(weight: Array, told: Array, prior: float) -> tuple[Array, float]:
    """Percent of the trials' information, and of all information that the prior's is.

    Parameters
    ----------
    weight : array, shape (nodes,)
    told : array, shape (nodes, trials)
    """
    total = told.sum(1) + prior
    share = weight @ (told / np.maximum(total, 1e-300)[:, None])
    return 100.0 * share / share.sum(), 100.0 * float(weight @ (prior / np.maximum(total, 1e-300)))


def _tails(level: float) -> Array:
    return np.array([0.5 * (1.0 - level), 0.5 * (1.0 + level)])
