"""The number that a page shows for a question, and which of a report's questions stands for it.

The answer, the map, the plain words and the summary of findings all take their numbers from here, so that
they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.results.analysis import Analysis
from evidence.results.posterior_words import own_interval
from evidence.wording.numbers import interval, level_name, number

EARLY = "during_infusion"
CREDIBLE = "95% CrI"


@dataclass(frozen=True, slots=True)
class Headline:
    """A difference in points with its interval; below 0 the drug is better.

    Attributes
    ----------
    level : str
        What the interval is, such as "95% CI".
    k, people : int
        Trials that give a number, and people behind them.
    doubtful : bool
        Whether trials whose integrity is in doubt carry half of it or more.
    worked_out : bool
        Whether one of the numbers was worked out by way of a standardised difference.
    """

    estimate: float
    low: float
    high: float
    level: str
    k: int
    people: int
    mid: float
    doubtful: bool = False
    worked_out: bool = False

    @property
    def sure(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low > 0 or self.high < 0

    @property
    def matters(self) -> bool:
        """Whether the difference is as large as the MID; never said of a report in doubt."""
        return abs(self.estimate) >= self.mid and not self.doubtful

    @property
    def interval(self) -> str:
        """The interval with its name: "95% CI −41 to −14"."""
        return f"{self.level} {interval(self.low, self.high, 0)}"

    @property
    def change(self) -> str:
        """The difference without its sign: "28 points less", "no difference"."""
        points = round(abs(self.estimate))
        if not points:
            return "no difference"
        side = "less" if self.estimate < 0 else "more"
        return f"{points} {'point' if points == 1 else 'points'} {side}"

    @property
    def value(self) -> str:
        """The difference as a whole number with its sign."""
        return number(self.estimate, 0)


def headline(analysis: Analysis) -> Headline | None:
    """Return the number of a question: of one trial its own, of several the posterior of the mean effect.

    None where no trial gives a number: what tests alone allow stands in the sentences.
    """
    answer = analysis.posterior
    if answer is None or not answer.k:
        return None
    if answer.k == 1:
        (effect,) = analysis.numeric
        (estimate, low, high), level = own_interval(effect), level_name(0.95)
    else:
        (low, high), estimate, level = answer.interval, answer.primary.median, CREDIBLE
    return Headline(
        estimate,
        low,
        high,
        level,
        answer.k,
        analysis.people,
        analysis.mid,
        analysis.doubtful,
        any(effect.reexpressed for effect in analysis.numeric),
    )


def main_analysis(analyses: Iterable[Analysis]) -> Analysis | None:
    """Return the question that stands for a report: of those with a number after the first days, most people.

    One that rests on a report in doubt stands only where there is no other.
    """
    measured = [a for a in analyses if headline(a) is not None and a.question.window != EARLY]
    return max(measured, key=lambda a: (not a.doubtful, a.people), default=None)
