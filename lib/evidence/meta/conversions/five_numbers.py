"""The quantiles that a report gives of a group: median with quartiles, range or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from evidence.meta.inputs import numbers

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """Median with quartiles, range or both, in order.

    Attributes
    ----------
    median : float
    n : int
        People in the group.
    quartiles, range : pair of float or None
        Lower and upper; at least one of the pairs is given.
    """

    median: float
    n: int
    quartiles: Pair | None
    range: Pair | None

    @classmethod
    def checked(
        cls,
        median: float,
        n: int,
        *,
        q1: float | None = None,
        q3: float | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> FiveNumbers:
        """Put the numbers together, or refuse them.

        Raises
        ------
        ValueError
            If half a pair or both pairs are missing, the numbers are not in order, or the ends coincide.
        """
        if n != int(n) or n < 2:
            raise ValueError(f"n must be a whole number of at least 2, not {n}")
        quartiles, ends = _pair("q1", q1, "q3", q3), _pair("low", low, "high", high)
        if quartiles is None and ends is None:
            raise ValueError("give the quartiles (q1, q3), the range (low, high) or both with the median")
        order = [*(ends or ())[:1], *(quartiles or ())[:1], median, *(quartiles or ())[1:], *(ends or ())[1:]]
        numbers(values=order)
        if sorted(order) != order:
            raise ValueError(f"minimum, q1, median, q3, maximum must be in this order, not {order}")
        for pair in (quartiles, ends):
            if pair is not None and pair[0] == pair[1]:
                raise ValueError(f"lower and upper value are both {pair[0]}: they tell nothing of the spread")
        return cls(float(median), int(n), quartiles, ends)

    @property
    def scenario(self) -> str:
        """Which quantiles are there: "S1" range, "S2" quartiles, "S3" both."""
        if self.quartiles is None:
            return "S1"
        return "S2" if self.range is None else "S3"

    @property
    def both(self) -> tuple[Pair, Pair]:
        """Range and quartiles.

        Raises
        ------
        ValueError
            If one of them was not reported.
        """
        if self.range is None or self.quartiles is None:
            raise ValueError("range and quartiles are not both reported")
        return self.range, self.quartiles

    @property
    def values(self) -> list[float]:
        """The reported values, smallest first."""
        ends, quartiles = self.range or (), self.quartiles or ()
        return [*ends[:1], *quartiles[:1], self.median, *quartiles[1:], *ends[1:]]

    @property
    def probabilities(self) -> list[float]:
        """The probability that each of `values` estimates a quantile of; 1/n and 1 − 1/n for the ends."""
        ends = () if self.range is None else (1 / self.n, 1 - 1 / self.n)
        quartiles = () if self.quartiles is None else (0.25, 0.75)
        return [*ends[:1], *quartiles[:1], 0.5, *quartiles[1:], *ends[1:]]

    def transformed(self, function: Callable[[float], float]) -> FiveNumbers:
        """The same report with every value put through an increasing `function`."""
        return replace(
            self,
            median=function(self.median),
            quartiles=self.quartiles and (function(self.quartiles[0]), function(self.quartiles[1])),
            range=self.range and (function(self.range[0]), function(self.range[1])),
        )


def _pair(low_name: str, low: float | None, high_name: str, high: float | None) -> Pair | None:
    if low is None and high is None:
        return None
    if low is None or high is None:
        given, missing = (high_name, low_name) if low is None else (low_name, high_name)
        raise ValueError(f"{given} is given without {missing}; give both or neither")
    return float(low), float(high)
