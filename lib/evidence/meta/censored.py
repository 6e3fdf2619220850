"""Pooling of trials with a numeric effect together with trials that report only a bound or a p-value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta import censored_fit as fit
from evidence.meta.arrays import Array, positions, vectors
from evidence.meta.bound import NO_NUMBER, Bound
from evidence.meta.censored_likelihood import Evidence, information
from evidence.meta.distributions import critical_value, two_sided_p
from evidence.meta.options import check_level

Likelihood: TypeAlias = Literal["REML", "ML"]

ASSUMPTION: Final = (
    "Among significant results, and among non-significant ones, whether a trial printed numbers is taken "
    "not to depend on its effect."
)


@dataclass(frozen=True, slots=True, eq=False)
class PooledCensored:
    """Result of `pool_censored`, on the scale of `yi`.

    Where `estimable` is False, `reason` says why and every number that would be an estimate is None.
    """

    estimable: bool
    reason: str
    k: int
    k_numeric: int
    k_bounded: int
    method: Likelihood
    level: float
    note: str
    """The assumption to print beside the result; empty without bounded trials."""
    estimate: float | None = None
    se: float | None = None
    """From the curvature of the log-likelihood in mu at the estimated tau2; the interval does not use it."""
    ci_low: float | None = None
    ci_high: float | None = None
    statistic: float | None = None
    """Signed root of the likelihood ratio of no effect, on the scale of t with `df` degrees of freedom."""
    df: float | None = None
    p_value: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    tau2: float | None = None
    tau2_ci_low: float | None = None
    tau2_ci_high: float | None = None
    k_effective: float | None = None
    """The trials, each counted with its share of the information its number would have given."""
    weights: Array | None = None
    """Percent of the information about the effect: trials with numbers first, then the bounded ones."""
    log_likelihood: float | None = None


def pool_censored(
    yi: ArrayLike,
    vi: ArrayLike,
    bounds: Sequence[Bound] = (),
    *,
    tau2: Likelihood = "REML",
    level: float = 0.95,
) -> PooledCensored:
    """Pool trials with a numeric effect together with trials of which only a bound is known.

    Parameters
    ----------
    yi, vi : array-like, shape (n,)
        Effects known as numbers, and their sampling variances.
    bounds : sequence of Bound
        One for each trial that reports only a p-value, a bound, "not significant" or a direction.
    tau2 : {"REML", "ML"}
        REML integrates the mean effect out of the likelihood under a flat prior.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    PooledCensored
        With ``estimable=False`` where fewer than two trials have numbers, or where the likelihood does not
        bound the effect.

    Raises
    ------
    ValueError
        Unequal lengths, missing or infinite values, variances not above 0, unknown options.

    Notes
    -----
    Observed effects are y ~ N(mu, tau² + v). A numeric effect contributes its density, a bounded one the
    probability of its set, as in Tobin's censored regression (1958, doi:10.2307/1907382). Bushman & Wang
    (1996, doi:10.1037/1082-989X.1.1.66) combine effect sizes with vote counts under a common effect; Radua et
    al. (2015, MetaNSUE, doi:10.1001/jamapsychiatry.2015.2196) impute non-significant unreported effects
    between bounds.

    Whether a trial printed numbers may depend on whether its result was significant, and in which direction.
    Within each of these classes it is taken not to depend on the effect; then it cancels from the likelihood.

    Let D(mu) be twice the drop of the profile log-likelihood from its maximum, for REML with the restricted
    term (`censored_fit`), f = k_effective − 1, and t the quantile of Student's t with f degrees of freedom.
    The interval holds every mu with D ≤ (f + c) log(1 + t²/f), where c is 0 for REML and 1 for ML. For trials
    of equal variance that all print numbers, and tau² above 0, this is exactly mean ± t·s/√k.
    `benchmarks/coverage.py` measures the posterior from the same sets.

    The interval of tau² uses the profile over mu and the chi-squared quantile. Each end of the prediction
    interval lies sqrt(h² + t²·tau²) from the estimate, h being the distance of that end of the interval.

    In R, without bounds: estimate, tau2 and log-likelihood of ``metafor::rma.uni(method="ML")``, or "REML".

    Examples
    --------
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> found = pool_censored(yi, vi, [Bound.from_p(0.1, low=0.05)])
    >>> round(found.estimate, 2), found.k, found.k_bounded
    (-0.87, 7, 1)
    """
    y, v = _numeric(yi, vi)
    if tau2 not in ("REML", "ML"):
        raise ValueError(f"Unknown tau2={tau2!r}: use one of REML, ML")
    check_level(level)
    n, b = y.size, len(bounds)
    result = PooledCensored(False, "", n + b, n, b, tau2, level, ASSUMPTION if b else "")
    if n == 0:
        return replace(result, reason="No trial reports its effect as a number: its size cannot be told")
    if n == 1:
        return replace(
            result,
            reason="Only one trial reports its effect as a number: how far trials differ cannot be told",
        )
    return _estimated(result, *_evidence(y, v, bounds))


def _estimated(result: PooledCensored, evidence: Evidence, unit: float) -> PooledCensored:
    """`result` with its numbers, from evidence measured in `unit`."""
    restricted, level = result.method == "REML", result.level
    q = fit.objective(evidence, restricted=restricted)
    peak = fit.maximum(q)
    told, full = information(evidence, peak.mu, peak.t)
    k_effective = float((told / full).sum())
    f = k_effective - 1.0
    scale = f if restricted else f + 1.0
    quantile = critical_value(level, f)
    mu_ci = fit.mu_interval(q, peak, 0.5 * scale * math.log1p(quantile**2 / f))
    t_ci = fit.t_interval(q, peak, 0.5 * critical_value(level, math.inf) ** 2)
    if mu_ci is None or t_ci is None:
        return replace(result, reason="The likelihood is too flat to bound the effect")
    deviance = max(0.0, 2.0 * (peak.value - fit.profile_mu(q, 0.0)))
    statistic = math.copysign(math.sqrt(f * math.expm1(deviance / scale)), peak.mu)
    spread = quantile * math.sqrt(peak.t)
    return replace(
        result,
        estimable=True,
        estimate=peak.mu * unit,
        se=unit / math.sqrt(told.sum()),
        ci_low=mu_ci[0] * unit,
        ci_high=mu_ci[1] * unit,
        statistic=statistic,
        df=f,
        p_value=two_sided_p(statistic, f),
        pi_low=(peak.mu - math.hypot(peak.mu - mu_ci[0], spread)) * unit,
        pi_high=(peak.mu + math.hypot(mu_ci[1] - peak.mu, spread)) * unit,
        tau2=peak.t * unit**2,
        tau2_ci_low=t_ci[0] * unit**2,
        tau2_ci_high=t_ci[1] * unit**2,
        k_effective=k_effective,
        weights=100.0 * told / told.sum(),
        log_likelihood=peak.value - (evidence.yi.size - restricted) * math.log(unit),
    )


def _numeric(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    y, v = vectors(("yi", "vi"), (yi, vi))
    missing = np.isnan(y) | np.isnan(v)
    if missing.any():
        raise ValueError(f"yi or vi is missing {positions(missing)}; {NO_NUMBER}")
    if (v <= 0.0).any():
        raise ValueError(f"vi must be above 0; it is not {positions(v <= 0.0)}")
    return y, v


def _evidence(y: Array, v: Array, bounds: Sequence[Bound]) -> tuple[Evidence, float]:
    """Everything in units of the smallest standard error, and that unit."""
    evidence = Evidence.of(y, v, bounds)
    unit = math.sqrt(min(v.min(), evidence.v.min(initial=np.inf)))
    return evidence.in_units_of(unit), unit
