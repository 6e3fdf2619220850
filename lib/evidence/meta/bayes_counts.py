"""The posterior of a risk ratio from counts of events, zeros included."""

from __future__ import annotations

from numpy.typing import ArrayLike

from evidence.meta.bayes import check_priors
from evidence.meta.bayesian.counts import tables
from evidence.meta.bayesian.fit import by_grid
from evidence.meta.bayesian.mu_priors import MuPrior
from evidence.meta.bayesian.posterior import Posterior
from evidence.meta.bayesian.tau_priors import TauPrior


def bayes_counts(
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    *,
    tau_prior: TauPrior,
    mu_prior: MuPrior | None = None,
) -> Posterior:
    """Posterior of the mean log risk ratio of trials that count events.

    Parameters
    ----------
    ai, bi, ci, di : array-like, shape (n,)
        Events and people without one, on drug (`ai`, `bi`) and on control (`ci`, `di`).
    tau_prior
        Prior of the standard deviation of the log risk ratio between trials.
    mu_prior
        Prior of the mean log risk ratio. None is flat and needs a trial with events in both arms.

    Returns
    -------
    Posterior
        On the scale of the log risk ratio. Trials without events say nothing of it and are not counted in
        `k`. Shrunk effects have no limits.

    Raises
    ------
    ValueError
        No event at all; a flat prior without a trial with events in both arms; counts that are missing,
        masked, negative or not whole; an arm of nobody; a prior that is none.

    Notes
    -----
    Events are binomial. The risk on control is integrated out with its logarithm uniform, so that no 0.5 is
    added to anything and exchanging the arms turns the sign (`bayesian.counts`). The true log risk ratios
    are normal around the mean.

    Examples
    --------
    No events on control, three on drug, in arms of fifty:

    >>> from evidence.meta import HalfNormal, Normal
    >>> rare = bayes_counts([3], [47], [0], [50], tau_prior=HalfNormal(0.5), mu_prior=Normal(0.0, 2.0))
    >>> round(rare.probability(below=0.0), 2)
    0.06
    """
    check_priors(tau_prior, mu_prior)
    counts = tables(ai, bi, ci, di)
    if not counts.curves:
        raise ValueError("No trial counts an event: the ratio of risks cannot be told")
    if mu_prior is None and not counts.both:
        raise ValueError("A flat prior of mu needs a trial with events in both arms; give mu_prior")
    return by_grid(counts, tau_prior, mu_prior)
