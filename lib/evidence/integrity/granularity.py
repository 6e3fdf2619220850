"""Which means and standard deviations whole numbers can have: GRIM and GRIMMER.

Scores that are whole numbers (a numerical rating scale, a count) add up to a whole number, so that of a small
group only some means, and with each of them only some standard deviations, are possible.

References
----------
Brown NJL, Heathers JAJ (2017). The GRIM test. Social Psychological and Personality Science 8, 363-369.
Anaya J (2016). The GRIMMER test. PeerJ Preprints 4, e2400v1; the parity condition after Allard A (2018).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


def grim(mean: str, n: int, *, items: int = 1) -> bool | None:
    """Whether whole-number scores can have a printed mean.

    Parameters
    ----------
    mean : str
        As printed, with its decimals: "3.40" says more than 3.4.
    n : int
        People in the group.
    items : int
        Whole-number items that are averaged in each person's score.

    Returns
    -------
    bool or None
        None where every mean with so few decimals is possible, so that the check can tell nothing.

    Raises
    ------
    ValueError
        When `n` or `items` is not a positive whole number, or `mean` is not a decimal number.

    Examples
    --------
    >>> grim("3.45", 20), grim("3.44", 20), grim("3.4", 20)
    (True, False, None)
    """
    value, half = printed(mean)
    steps = _steps(n, items)
    if steps * 2 * half >= 1:
        return None
    return bool(_totals(value, half, steps))


def grimmer(mean: str, sd: str, n: int) -> bool | None:
    """Whether whole-number scores with a printed mean can have a printed standard deviation.

    The sum of squares Q of whole numbers with the sum T is whole, has the parity of T, and is at least T²/n;
    SD² = (Q − T²/n) / (n − 1). Limits of the scale are not used.

    Parameters
    ----------
    mean, sd : str
        As printed, with their decimals.
    n : int
        People in the group, at least 2.

    Returns
    -------
    bool or None
        None where every such SD is possible for some total, so that the check can tell nothing; False also
        where the mean itself is impossible.

    Examples
    --------
    >>> grimmer("3.45", "1.05", 20), grimmer("3.45", "1.03", 20)
    (True, False)
    """
    require_two(n)
    centre, half_mean = printed(mean)
    spread, half_sd = printed(sd)
    if spread < 0:
        raise ValueError(f"a standard deviation is not negative; got {sd}")
    low, high = max(spread - half_sd, Fraction(0)), spread + half_sd
    if (high**2 - low**2) * (n - 1) >= 2:
        return None if grim(mean, n) is not False else False
    return any(_has_square_sum(total, n, low, high) for total in _totals(centre, half_mean, _steps(n, 1)))


def _has_square_sum(total: int, n: int, low: Fraction, high: Fraction) -> bool:
    """Whether a whole sum of squares with the parity of the total lies between those of two SDs."""
    base = Fraction(total * total, n)
    least, most = ceil(base + (n - 1) * low**2), floor(base + (n - 1) * high**2)
    first = least if (least - total) % 2 == 0 else least + 1
    return first <= most


def _totals(value: Fraction, half: Fraction, steps: int) -> range:
    """Return the whole totals whose mean rounds to a printed one; halves may be rounded either way."""
    return range(ceil((value - half) * steps), floor((value + half) * steps) + 1)


def totals(mean: str, n: int) -> range:
    """Return the totals of n whole numbers whose mean rounds to a printed one."""
    return _totals(*printed(mean), _steps(n, 1))


def _steps(n: int, items: int) -> int:
    for name, number in (("n", n), ("items", items)):
        if number != int(number) or number < 1:
            raise ValueError(f"{name} must be a positive whole number; got {number}")
    return int(n) * int(items)


def printed(text: str) -> tuple[Fraction, Fraction]:
    """Return a printed number and half of its last decimal.

    Raises
    ------
    ValueError
        When the text is no finite decimal number.
    """
    try:
        number = Decimal(text)
        exponent = number.as_tuple().exponent
    except ArithmeticError:
        raise ValueError(f"{text!r} is not a decimal number as it is printed, such as '3.40'") from None
    if not isinstance(exponent, int):
        raise ValueError(f"{text!r} is not a finite number")
    return Fraction(number), Fraction(1, 2) * Fraction(10) ** exponent


def require_two(n: int) -> None:
    """Refuse a standard deviation of fewer than two people.

    Raises
    ------
    ValueError
        With their number.
    """
    if n < 2:
        raise ValueError(f"n must be at least 2 for a standard deviation; got {n}")
