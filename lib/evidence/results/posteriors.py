"""Posteriors of effects and of counts under the book's priors: each computed once, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evidence.effects.model import Counts
from evidence.meta import Bound, Posterior, bayes, bayes_counts
from evidence.meta.bayesian.recalled import recalled
from evidence.results import memo
from evidence.results.identity import identity
from evidence.results.priors import Prior


def of_effects(
    yi: ArrayLike,
    vi: ArrayLike,
    prior: Prior,
    *,
    df: ArrayLike | None = None,
    bounds: Sequence[Bound] = (),
) -> Posterior:
    """Return the posterior of a mean effect under a prior; see `evidence.meta.bayes`."""
    effects = [np.asarray(each, dtype=np.float64).tolist() for each in (yi, vi)]
    degrees = None if df is None else np.asarray(df, dtype=np.float64).tolist()
    asked = ("effects", *effects, degrees, tuple(bounds), prior.tau, prior.mu)
    return _known(asked, lambda: bayes(yi, vi, bounds=bounds, df=df, tau_prior=prior.tau, mu_prior=prior.mu))


@cache
def of_counts(counts: tuple[Counts, ...], prior: Prior) -> Posterior:
    """Return the posterior of the mean log risk ratio of 2×2 tables under one prior.

    Raises
    ------
    ValueError
        When no trial counts an event.
    """
    tables = [astuple(each) for each in counts]
    a, n1, c, n2 = np.array(tables, dtype=float).T
    asked = ("counts", tables, prior.tau, prior.mu)
    return _known(asked, lambda: bayes_counts(a, n1 - a, c, n2 - c, tau_prior=prior.tau, mu_prior=prior.mu))


def _known(asked: tuple[Any, ...], compute: Callable[[], Posterior]) -> Posterior:
    """Return a posterior from what is remembered of it, where something is remembered at all."""
    kept = memo.current()
    if kept is None:
        return compute()
    return recalled(kept.answers(identity(asked)), compute)
