"""Numbers needed to treat, with intervals that do not lie when the effect may go either way.

The reciprocal of a risk difference jumps from +∞ to −∞ where the difference is 0. An interval that spans no
effect therefore runs from a number needed to benefit (NNTB) through infinity to a number needed to harm
(NNTH): Altman 1998, Confidence intervals for the number needed to treat, BMJ 317:1309–12.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from evidence.meta.inputs import numbers

EventKind: TypeAlias = Literal["beneficial", "harmful"]

NEGLIGIBLE = 1e-9  # a smaller risk difference is rounding error and counts as none


@dataclass(frozen=True, slots=True)
class NumberNeeded:
    """Number needed to treat for one more person to benefit (NNTB) or be harmed (NNTH).

    Attributes
    ----------
    benefit, benefit_low, benefit_high : float
        Risk difference in favour of the treatment, with its limits: above 0 is benefit.
    """

    benefit: float
    benefit_low: float
    benefit_high: float

    @property
    def spans_no_effect(self) -> bool:
        """Whether the interval reaches or crosses no effect."""
        return self.benefit_low <= 0 <= self.benefit_high

    @property
    def text(self) -> str:
        """The estimate and its interval in words, such as "NNTB 10 (NNTB 4 … ∞ … NNTH 20)".

        Whole numbers, rounded against the treatment: NNTB up, NNTH down.
        """
        return f"{_needed(self.benefit)} ({self.interval_text})"

    @property
    def interval_text(self) -> str:
        """The interval alone, best for the treatment first; through ∞ if it spans no effect."""
        best, worst = _needed(self.benefit_high), _needed(self.benefit_low)
        if self.benefit_low < 0 < self.benefit_high:
            return f"{best} … ∞ … {worst}"
        if self.spans_no_effect:
            return " … ".join(dict.fromkeys((best, worst)))
        return f"{best} to {worst}"

    def __str__(self) -> str:
        return self.text


def number_needed(rd: float, low: float, high: float, *, event: EventKind) -> NumberNeeded:
    """Number needed to treat from a risk difference and its confidence limits.

    Parameters
    ----------
    rd, low, high : float
        Risk with the treatment minus risk without, −1 to 1.
    event : {"beneficial", "harmful"}
        Whether more events are good (response) or bad (adverse event).

    Raises
    ------
    ValueError
        If the limits are not in order around `rd`, or any lies outside −1 to 1.

    Notes
    -----
    Cochrane Handbook 15.4.4 (12.5.4 in version 5.1, where numbers are rounded up; NNTH is rounded down
    here, so that rounding never flatters the treatment).

    Examples
    --------
    >>> number_needed(0.2, 0.1, 0.4, event="beneficial").text
    'NNTB 5 (NNTB 3 to NNTB 10)'
    """
    if event not in ("beneficial", "harmful"):
        raise ValueError(f'event must be "beneficial" or "harmful", not {event!r}')
    numbers(rd=rd, low=low, high=high)
    if low < -1 or high > 1:
        raise ValueError(f"risk differences must lie between -1 and 1, not {low} and {high}")
    if not low <= rd <= high:
        raise ValueError(f"rd must lie between its limits: {low} <= {rd} <= {high} does not hold")
    rd, low, high = (0.0 if abs(value) < NEGLIGIBLE else float(value) for value in (rd, low, high))
    if event == "beneficial":
        return NumberNeeded(rd, low, high)
    return NumberNeeded(-rd, -high, -low)


def _needed(benefit: float) -> str:
    """One number needed, rounded against the treatment; ∞ for no effect."""
    if benefit == 0:
        return "∞"
    exact = round(abs(1 / benefit), 9)  # so that 1 / (0.3 - 0.2) is 10, not the next number up
    return f"NNTB {math.ceil(exact)}" if benefit > 0 else f"NNTH {math.floor(exact)}"
