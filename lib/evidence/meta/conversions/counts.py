"""How many people had an event, when a report gives a percentage."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class EventCount:
    """The whole numbers of events that a reported percentage allows.

    Attributes
    ----------
    possible : tuple of int
        Every count that gives the percentage when rounded as reported; empty if there is none.
    percent : str
        The percentage as reported.
    n : int
        People in the group.
    """

    possible: tuple[int, ...]
    percent: str
    n: int

    @property
    def exact(self) -> bool:
        """Whether the percentage allows exactly one count."""
        return len(self.possible) == 1

    @property
    def events(self) -> int:
        """The count, if there is exactly one.

        Raises
        ------
        ValueError
            If the percentage allows no count of `n`, or several.
        """
        if self.exact:
            return self.possible[0]
        if not self.possible:
            raise ValueError(
                f"No whole number of {self.n} people is {self.percent}%: the denominator may be smaller "
                "(missing data) or the percentage wrong; find the count in the report."
            )
        raise ValueError(
            f"{self.percent}% of {self.n} people may be any of {', '.join(map(str, self.possible))}: "
            "find the count in the report, or analyse the extremes."
        )


def events_from_percent(percent: str | float, n: int, *, decimals: int | None = None) -> EventCount:
    """Every number of events out of `n` that rounds to the reported percentage.

    Exact arithmetic; halves may have been rounded up or down, so both are allowed.

    Parameters
    ----------
    percent : str or float
        As printed, without the sign: "12.0" says more than 12. A string tells the number of decimals.
    n : int
        People in the group.
    decimals : int, optional
        Decimals that were printed; needed when `percent` is a number.

    Raises
    ------
    ValueError
        If `percent` is not between 0 and 100, `n` is not a positive whole number, or the number of decimals
        is unknown.

    Notes
    -----
    Cochrane Handbook 6.4.1: counts may be derived from percentages when the denominators are known.

    Examples
    --------
    >>> events_from_percent("12.0", 50).possible
    (6,)
    >>> events_from_percent("33", 200).possible
    (65, 66, 67)
    """
    if n != int(n) or n < 1:
        raise ValueError(f"n must be a positive whole number; got {n}.")
    text, places = _printed(percent, decimals)
    value = Fraction(text)
    if not 0 <= value <= 100:
        raise ValueError(f"percent must lie between 0 and 100; got {percent}.")
    half = Fraction(1, 2 * 10**places)
    first = max(0, _ceiling((value - half) * n / 100))
    last = min(n, (value + half) * n // 100)
    return EventCount(possible=tuple(range(first, int(last) + 1)), percent=text, n=int(n))


def _printed(percent: str | float, decimals: int | None) -> tuple[str, int]:
    """The percentage as it was printed, and its number of decimals."""
    if isinstance(percent, str):
        text = percent.strip().removesuffix("%").strip()
        if not text.replace(".", "", 1).isdecimal():
            raise ValueError(f'percent must be a plain number such as "12.5"; got {percent!r}.')
        places = len(text.partition(".")[2])
        if decimals is not None and decimals != places:
            raise ValueError(f"percent {percent!r} shows {places} decimals, but decimals is {decimals}.")
        return text, places
    if decimals is None:
        raise ValueError(f"Say how many decimals of {percent} were printed (decimals=...), or give a string.")
    if decimals < 0 or round(percent, decimals) != percent:
        raise ValueError(f"percent {percent} has more than {decimals} decimals.")
    return f"{percent:.{decimals}f}", decimals


def _ceiling(x: Fraction) -> int:
    return -(-x.numerator // x.denominator)
