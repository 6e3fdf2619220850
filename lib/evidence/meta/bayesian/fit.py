"""Posteriors put together: as a mixture of normals, or on a grid."""

from __future__ import annotations

import math
from functools import cache
from typing import Protocol, TypedDict

import numpy as np
from scipy.special import logsumexp

from evidence.meta.arrays import Array
from evidence.meta.bayesian import grid as grids
from evidence.meta.bayesian.heterogeneity import TauAxis, TauPosterior, located
from evidence.meta.bayesian.likelihood import Stated
from evidence.meta.bayesian.mixture import NormalMixture, conditional
from evidence.meta.bayesian.mu_priors import MuPrior, Normal, StudentT
from evidence.meta.bayesian.next_trial import Parts
from evidence.meta.bayesian.posterior import Posterior, Shrunk, finite_moment
from evidence.meta.bayesian.tau_priors import TauPrior


class Trials(grids.Likelihood, Protocol):
    """Evidence of any kind, trial by trial."""

    @property
    def k_numeric(self) -> int:
        """Trials whose likelihood falls off on both sides."""

    @property
    def kinds(self) -> dict[str, int]:
        """Trials by kind of evidence."""

    @property
    def errors(self) -> Array:
        """Distances over which the likelihood of an effect bends, in the unit of the effects."""

    def scores(self, mu: Array, tau: Array, weight: Array) -> tuple[Array, Array]:
        """f'/f and f''/f of each trial's likelihood f in mu, each of shape (mu, tau, trials).

        Where the posterior has no `weight`, shape (mu, tau), they may be anything that is no infinity.
        """

    def full_information(self, tau: Array) -> Array:
        """Information about mu beyond which a trial cannot tell more, shape (tau, trials)."""

    def normal_numbers(self) -> dict[int, tuple[float, float]]:
        """Effect and variance of each trial that is a number with a normal deviate, by its place."""


class _Common(TypedDict):
    """What both ways of computing say in the same way."""

    tau_mean: float
    tau_sd: float
    k: int
    k_numeric: int
    k_bounded: int
    kinds: dict[str, int]
    _tau: TauPosterior


def _axis(evidence: Trials, prior: TauPrior) -> TauAxis:
    errors = evidence.errors
    places, _ = evidence.features(np.zeros(1))
    largest = float(max(errors.max(), np.ptp(places) if places.size else 0.0))
    return TauAxis(prior, float(min(errors.min(), prior.centre)), largest)


def by_mixture(evidence: Stated, tau_prior: TauPrior, mu_prior: Normal | None) -> Posterior:
    """Posterior from numbers with normal deviates under a normal or flat prior of mu."""
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
        _parts=lambda: Parts(weight, given.mean, given.sd, taus.tau),
        **_common(evidence, taus.posterior(log_value, log_marginal), tail),
    )


def by_grid(evidence: Trials, tau_prior: TauPrior, mu_prior: MuPrior | None) -> Posterior:
    """Posterior from any evidence."""
    found = grids.zoomed(evidence, mu_prior, _axis(evidence, tau_prior))
    mu = grids.GridMean(found)
    tau = found.taus.tau

    @cache
    def scores() -> tuple[Array, Array]:
        return evidence.scores(found.mu, tau, found.weight)

    def shares() -> tuple[Array, float]:
        first, second = scores()
        told = np.clip(first**2 - second, 0.0, evidence.full_information(tau))
        flat = found.weight.ravel(), told.reshape(-1, told.shape[-1])
        return _shares(*flat, 0.0 if mu_prior is None else mu_prior.information)

    def shrink(level: float) -> Shrunk:
        first, second = scores()
        t = (tau**2)[:, None]
        given = found.mu[:, None, None] + t * first
        spread = t + t * t * (second - first**2)
        mean = np.einsum("ij,ijk->k", found.weight, given)
        var = np.einsum("ij,ijk->k", found.weight, spread + (given - mean) ** 2)
        limits = np.full((mean.size, 2), np.nan)
        for i, (y, v) in evidence.normal_numbers().items():
            pull = v / (v + tau**2)
            own = (1.0 - pull) * y + found.mu[:, None] * pull  # no digits cancel however large tau is
            mean[i] = (found.weight * own).sum()
            var[i] = (found.weight * (pull * tau**2 + (own - mean[i]) ** 2)).sum()
            limits[i] = mu.blurred(pull, (1.0 - pull) * y, np.sqrt(pull) * tau).quantile(_tails(level))
        return Shrunk(mean, np.sqrt(var), *limits.T)

    mean, sd = mu.moments()
    tail = tau_prior.tail + evidence.k_numeric - (mu_prior is None)
    heavy = (mu_prior is None and not finite_moment(2.0, tail)) or (
        isinstance(mu_prior, StudentT) and mu_prior.df <= 2.0 and not evidence.k_numeric
    )
    return Posterior(
        mean=mean,
        sd=math.inf if heavy else sd,
        log_marginal=found.log_marginal,
        _mu=mu,
        _new=mu.blurred(np.ones_like(tau), np.zeros_like(tau), tau),
        _shares=shares,
        _shrink=shrink,
        _parts=lambda: grids.parts(found),
        **_common(evidence, found.taus.posterior(found.log_value, found.log_marginal), tail),
    )


def _common(evidence: Trials, tau: TauPosterior, tail: float) -> _Common:
    first = tau.moment(1)
    kinds = evidence.kinds
    n, k = evidence.k_numeric, sum(kinds.values())
    return _Common(
        tau_mean=first if finite_moment(1.0, tail) else math.inf,
        tau_sd=math.sqrt(max(0.0, tau.moment(2) - first**2)) if finite_moment(2.0, tail) else math.inf,
        k=k,
        k_numeric=n,
        k_bounded=k - n,
        kinds=kinds,
        _tau=tau,
    )


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
