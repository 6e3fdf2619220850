"""What pooling 2×2 tables gives: one result for Mantel–Haenszel and Peto, shaped like that of `pool`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from evidence.meta.arrays import Array
from evidence.meta.distributions import critical_value, two_sided_p
from evidence.meta.odds_ratio_tests import OddsRatioTests
from evidence.meta.options import Convention, Model


@dataclass(frozen=True, eq=False)
class BinaryPooled:
    """Result of `mantel_haenszel` or `peto`; log scale for RR and OR.

    `i2` is in percent and comes from Q. The prediction interval and `tau2` are those of the random-effects
    model: NaN and 0 under the common-effect one.
    """

    measure: str
    method: Literal["mantel-haenszel", "peto"]
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float
    df: float
    """Degrees of freedom of `statistic` and the interval; infinite where they are normal."""
    p_value: float
    pi_low: float
    pi_high: float
    tau2: float
    i2: float
    h2: float
    q: float
    """Heterogeneity of the studies' own effects about the common-effect estimate of this method."""
    q_df: int
    q_p_value: float
    k: int
    """Studies given."""
    k_estimable: int
    """Studies with an effect of their own; the others have NaN in `yi` and `vi`."""
    yi: Array
    vi: Array
    weights: Array
    """Percent, in the order of the studies; 0 for those that do not count."""
    level: float
    tests: OddsRatioTests | None
    """Tests of association and homogeneity that belong to the Mantel–Haenszel odds ratio."""
    model: Model
    convention: Convention


def normal_result(
    measure: str,
    method: Literal["mantel-haenszel", "peto"],
    estimate: float,
    variance: float,
    yi: Array,
    vi: Array,
    weights: Array,
    level: float,
    convention: Convention,
    tests: OddsRatioTests | None,
) -> BinaryPooled:
    """Result of a common-effect method: normal interval, and Q of the studies' own effects about it.

    Parameters
    ----------
    measure, method, estimate, variance, level, convention, tests
        Go into the result.
    yi, vi : array, shape (k,)
        The studies' own effects and variances, NaN where they have none.
    weights : array, shape (k,)
        In any unit.
    """
    se = math.sqrt(variance)
    half = critical_value(level, math.inf) * se
    own = np.isfinite(yi)
    q = float(((yi[own] - estimate) ** 2 / vi[own]).sum())
    q_df = max(int(own.sum()) - 1, 0)
    return BinaryPooled(
        measure=measure,
        method=method,
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        statistic=estimate / se,
        df=math.inf,
        p_value=two_sided_p(estimate / se, math.inf),
        pi_low=math.nan,
        pi_high=math.nan,
        tau2=0.0,
        i2=100 * max(0.0, (q - q_df) / q) if q_df and q > 0 else 0.0,
        h2=q / q_df if q_df else 1.0,
        q=q if q_df else 0.0,
        q_df=q_df,
        q_p_value=float(chdtrc(q_df, q)) if q_df else 1.0,
        k=yi.size,
        k_estimable=int(own.sum()),
        yi=yi,
        vi=vi,
        weights=weights * (100 / weights.sum()),
        level=level,
        tests=tests,
        model="common",
        convention=convention,
    )
