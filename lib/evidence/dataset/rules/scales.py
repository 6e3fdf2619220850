"""What the scale of a result says of its numbers: its ends, and the largest spread between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.dataset.rules.base import Data, Row

#: People in an arm whose number is not known: the fewest that have an SD, which allows the largest.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Span:
    """The ends between which each person's value lies: of the scale, or for a change the range either way."""

    low: float
    high: float

    def __str__(self) -> str:
        """The ends as "0 to 10"."""
        return f"{self.low:g} to {self.high:g}"

    def holds(self, value: float) -> bool:
        """Whether a value lies between the ends, both included."""
        return self.low <= value <= self.high

    def largest_sd(self, mean: float, n: int) -> float:
        """Largest SD that `n` values between the ends can have about their mean.

        Notes
        -----
        Bhatia and Davis 2000: values between m and M with mean μ have a variance of at most (M − μ)(μ − m);
        with the divisor n − 1 of an SD, times n/(n − 1).

        Examples
        --------
        >>> round(Span(0, 10).largest_sd(3.2, 18), 1)
        4.8
        """
        return math.sqrt(max((self.high - mean) * (mean - self.low), 0) * n / (n - 1))


@dataclass(frozen=True, slots=True)
class Scales:
    """The scale and the number of people of each row of arm_results.csv and contrasts.csv."""

    measures: Mapping[tuple[str, str], Row]
    arms: Mapping[tuple[str, str], Row]
    paired: Mapping[str, Row]

    @classmethod
    def of(cls, data: Data) -> Scales:
        """Gather the measures, the arms, and the crossover trials, whose arms hold everybody."""
        return cls(
            {(row["outcome"], row["measure"]): row for row in data.rows("measures")},
            {(row["study_id"], row["label"]): row for row in data.rows("arms")},
            {row["study_id"]: row for row in data.rows("studies") if row["design"] == "crossover"},
        )

    def span(self, row: Row) -> Span | None:
        """Return the ends of a row's scale as the row has them, or else its measure; None without both.

        Results of the outcome ``other`` have none: estimates of a model stand there too.
        """
        if row["outcome"] == "other":
            return None
        measure = self.measures.get((row["outcome"], row["measure"]))
        for place in (row, measure):
            low, high = (
                (None, None) if place is None else (place.number("scale_min"), place.number("scale_max"))
            )
            if low is not None and high is not None and low < high:
                is_change = row["kind"] == "change" or is_contrast(row)
                return Span(low - high, high - low) if is_change else Span(low, high)
        return None

    def people(self, row: Row, label: str) -> int | None:
        """Return the people in the arm of a row, as far as the tables tell."""
        study = self.paired.get(row["study_id"])
        places = ((row, "n"), (self.arms.get((row["study_id"], label)), "n"), (study, "n_analysed"))
        for place, column in (*places, (study, "n_randomised")):
            found = None if place is None else place.number(column)
            if found is not None:
                return int(found)
        return None


def is_contrast(row: Row) -> bool:
    """Whether a row is a comparison of two arms."""
    return row.file == "contrasts.csv"


def rounding(text: str) -> float:
    """Return half a unit of the last digit of a printed number.

    Examples
    --------
    >>> rounding("3.2"), rounding("14")
    (0.05, 0.5)
    """
    digits = text.lower().partition("e")
    exponent = int(digits[2] or 0)
    return 0.5 * 10.0 ** (exponent - len(digits[0].partition(".")[2]))
