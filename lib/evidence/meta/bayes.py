"""The posterior of one meta-analysis from numbers, bounds, p-values and directions."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from evidence.meta.bayesian.fit import by_grid, by_mixture
from evidence.meta.bayesian.likelihood import Stated, stated
from evidence.meta.bayesian.mu_priors import MuPrior, Normal, StudentT
from evidence.meta.bayesian.posterior import Posterior
from evidence.meta.bayesian.tau_priors import HalfCauchy, HalfNormal, InverseGamma, LogTauSquared, TauPrior
from evidence.meta.bound import Bound

_TAU_PRIORS = (HalfNormal, HalfCauchy, LogTauSquared, InverseGamma)


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
    (-28.4, 0.93)
    """
    evidence = _checked(yi, vi, tau_prior, mu_prior, bounds, df)
    if evidence.normal and not isinstance(mu_prior, StudentT):
        return by_mixture(evidence, tau_prior, mu_prior)
    return by_grid(evidence, tau_prior, mu_prior)


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
