"""The number that a page shows for a question, and which of a report's questions stands for it.

The answer, the map, the plain words and the summary of findings all take their numbers from here, so that
they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer, Probability
from evidence.results.posterior_words import own_interval, percent
from evidence.wording.numbers import interval, level_name, number, plural

EARLY = "during_infusion"
CREDIBLE = "95% CrI"
_POINTS = 61  # of a density in a tile


@dataclass(frozen=True, slots=True)
class Headline:
    """A difference in points with its interval, drug less comparator.

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
    silent : int
        Trials with a test or a direction only, which move the posterior too.
    chances : sequence of str
        Of several trials: how probable a difference is, and one that matters, with the range over priors.
    curve : sequence of (float, float)
        The density of the posterior, its top at 1; empty for one trial.
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
    silent: int = 0
    chances: Sequence[str] = ()
    curve: Sequence[Sequence[float]] = ()

    @property
    def trials(self) -> str:
        """What it rests on: "2 trials", "2 trials and 3 with a test only"."""
        return f"{plural(self.k, 'trial')}{self.tests}"

    @property
    def tests(self) -> str:
        """What follows the number of trials: " and 3 with a test only"; empty where there is none."""
        return f" and {self.silent:,} with a test only" if self.silent else ""

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
        sum(effect.bound is not None for effect in analysis.bounded) if answer.k > 1 else 0,
        _chances(analysis, answer) if answer.k > 1 else (),
        _curve(answer) if answer.k > 1 else (),
    )


def _chances(analysis: Analysis, answer: PosteriorAnswer) -> tuple[str, ...]:
    """Return the probabilities of a better mean, and of one better by the MID, with their ranges."""
    return (
        f"{analysis.labels.toward.than} at all: {_chance(answer.relief)}",
        f"by {number(answer.mid, 0)} points or more: {_chance(answer.important)}",
    )


def _chance(probability: Probability) -> str:
    value, low, high = (percent(each) for each in (probability.value, probability.low, probability.high))
    return value if low == high == value else f"{value} ({low} to {high})"


def _curve(answer: PosteriorAnswer) -> tuple[tuple[float, float], ...]:
    """Return the density over the interval that holds nearly all of it, rounded to what a tile shows."""
    x = np.linspace(*answer.primary.interval(0.999), _POINTS)
    density = answer.primary.density(x)
    return tuple(
        (round(float(a), 2), round(float(b), 3)) for a, b in zip(x, density / density.max(), strict=True)
    )


def main_analysis(analyses: Iterable[Analysis]) -> Analysis | None:
    """Return the question that stands for a report: of those with a number after the first days, most people.

    One that rests on a report in doubt stands only where there is no other.
    """
    measured = [a for a in analyses if headline(a) is not None and a.question.window != EARLY]
    return max(measured, key=lambda a: (not a.doubtful, a.people), default=None)
