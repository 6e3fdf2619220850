"""One effect and its variance from whatever a report gives with it (generic inverse variance)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array
from evidence.meta.conversions.spread import se_from_ci, se_from_p, se_from_t
from evidence.meta.inputs import numbers, require, require_positive


@dataclass(frozen=True, slots=True)
class Estimate:
    """Effects and their sampling variances; numbers for one study, arrays for several.

    Attributes
    ----------
    yi : array
        Effect; on the log scale for ratios.
    vi : array
        Sampling variance of `yi`.
    """

    yi: Array
    vi: Array

    @property
    def se(self) -> Array:
        """Standard error √vi."""
        return np.asarray(np.sqrt(self.vi))[()]


def generic_inverse_variance(
    estimate: ArrayLike,
    *,
    se: ArrayLike | None = None,
    ci: tuple[ArrayLike, ArrayLike] | None = None,
    p: ArrayLike | None = None,
    t: ArrayLike | None = None,
    level: float = 0.95,
    df: ArrayLike | None = None,
    ratio: bool = False,
) -> Estimate:
    """Effect and variance from an estimate with exactly one measure of its precision.

    Parameters
    ----------
    estimate : array-like
    se, p, t : array-like, optional
        Standard error, exact two-sided p value, or test statistic.
    ci : pair of array-like, optional
        Lower and upper confidence limit.
    level : float
        Confidence level of `ci`.
    df : array-like, optional
        Degrees of freedom when `ci` or `p` come from a t distribution.
    ratio : bool
        The estimate and its limits are ratios: they are logged, and `se` is that of the log ratio.

    Raises
    ------
    ValueError
        If not exactly one of `se`, `ci`, `p`, `t` is given, or the estimate lies outside its interval.

    Notes
    -----
    Cochrane Handbook 6.3.1, 6.3.2 and 6.5.2.3. R: ``metafor::conv.wald``.

    Examples
    --------
    >>> found = generic_inverse_variance(0.5, ci=(0.25, 1.0), ratio=True)
    >>> float(found.yi.round(3)), float(found.vi.round(3))
    (-0.693, 0.125)
    """
    given = [name for name, value in {"se": se, "ci": ci, "p": p, "t": t}.items() if value is not None]
    if len(given) != 1:
        raise ValueError(f"Give exactly one of se, ci, p, t; got {' and '.join(given) or 'none'}.")
    yi = _log(estimate, "estimate") if ratio else numbers(estimate=estimate)[0]
    if se is not None:
        yi, se_ = numbers(estimate=yi, se=se)
        require_positive(se=se_)
    elif ci is not None:
        low, high = (_log(limit, "ci") for limit in ci) if ratio else ci
        yi, low_, high_ = numbers(estimate=yi, low=low, high=high)
        require("estimate", yi, (low_ <= yi) & (yi <= high_), "inside its confidence interval")
        se_ = se_from_ci(low_, high_, level=level, df=df)
    elif p is not None:
        se_ = se_from_p(yi, p, df=df)
    elif t is not None:
        se_ = se_from_t(yi, t)
    return Estimate(yi=yi[()], vi=np.asarray(se_**2)[()])


def _log(values: ArrayLike, name: str) -> Array:
    (ratios,) = numbers(**{name: values})
    require_positive(**{name: ratios})
    return np.asarray(np.log(ratios))
