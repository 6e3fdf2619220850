"""How large, and how small, a standard deviation can be on a scale with ends.

References
----------
Bhatia R, Davis C (2000). A better bound on the variance. American Mathematical Monthly 107, 353-357.
Heathers JA, Anaya J, van der Zee T, Brown NJL (2018). Recovering data from summary statistics: Sample
Parameter Reconstruction via Iterative TEchniques (SPRITE). PeerJ Preprints 6, e26968v1 (whole numbers between
two ends).
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from evidence.dataset.rules.scales import Span
from evidence.integrity.granularity import printed, require_two, totals


def sd_fits_scale(mean: str, sd: str, n: int, low: float, high: float) -> bool:
    """Whether values between two ends can have a printed mean and a printed standard deviation.

    Parameters
    ----------
    mean, sd : str
        As printed, with their decimals; both are taken anywhere within their rounding.
    n : int
        People in the group, at least 2.
    low, high : float
        Ends of the scale, in the unit of the mean; for a change, minus and plus its range.

    Raises
    ------
    ValueError
        When the mean lies outside the scale, `n` is below 2, or a number is no decimal number.

    Examples
    --------
    >>> sd_fits_scale("22", "11.9", 30, 19, 25), sd_fits_scale("22", "2.3", 30, 19, 25)
    (False, True)
    """
    require_two(n)
    centre, half = printed(mean)
    spread, half_sd = printed(sd)
    if not low - half <= centre <= high + half:
        raise ValueError(f"the mean {mean} lies outside the scale from {low:g} to {high:g}")
    middle = (Fraction(low) + Fraction(high)) / 2
    widest = max(centre - half, min(middle, centre + half))
    return float(spread - half_sd) <= Span(low, high).largest_sd(float(widest), n) + 1e-12


def whole_sd_limits(mean: str, n: int, low: int, high: int) -> tuple[float, float] | None:
    """Return the smallest and the largest SD that whole numbers between two ends can have.

    Parameters
    ----------
    mean : str
        As printed: every total that rounds to it counts.
    n : int
        People in the group, at least 2.
    low, high : int
        Ends of the scale.

    Returns
    -------
    tuple of float, or None
        None where no whole numbers between the ends have that mean.

    Examples
    --------
    >>> [round(limit, 3) for limit in whole_sd_limits("2.5", 4, 0, 5)]
    [0.577, 2.887]
    """
    require_two(n)
    found = [
        _whole(total - n * low, n, high - low) for total in totals(mean, n) if n * low <= total <= n * high
    ]
    return (min(least for least, _ in found), max(most for _, most in found)) if found else None


def _whole(total: int, n: int, top: int) -> tuple[float, float]:
    """Return both limits for n whole numbers from 0 to `top` with a total: all alike, or all at the ends."""
    over = total % n
    least = over * (n - over) / n
    full, rest = divmod(total, top)
    squares = full * top**2 + rest**2
    most = squares - total**2 / n
    return sqrt(least / (n - 1)), sqrt(max(most, 0.0) / (n - 1))
