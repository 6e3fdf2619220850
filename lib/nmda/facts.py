"""What the rules for public claims read: an analysis, a risk ratio of a harm, a trial's result on mood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.grade.body import Target
from evidence.grade.certainty import NAME, Level
from evidence.report.sections.headline import headline
from evidence.results.analysis import Analysis
from evidence.results.posterior import Probability
from evidence.results.posterior_words import chance
from evidence.wording.numbers import interval, number, plural
from evidence.wording.toward import TOWARD


@dataclass(frozen=True, slots=True)
class Finding:
    """What the trials come to on pain for one drug, route and window.

    Attributes
    ----------
    name : str
    low, high : float or None
        Interval of the pooled difference in points, drug less comparator; None where nothing is pooled.
    certainty : {"high", "moderate", "low", "very low"}
        Of the target.
    unmeasured : int
        Trials that give a test or a direction only.
    k : int
        Trials that give a number.
    tests : str
        What follows their number where others move the interval too: " and 3 with a test only".
    doubtful : bool
        Whether the interval rests on trials whose integrity is in doubt.
    relief, important : Probability or None
        That the outcome is better at all, and by the MID or more, with the range over the priors.
    target : str or None
        What the certainty is of; None where only of a difference.
    favourable : {-1, 1}
        Sign of a difference that favours the drug.
    """

    name: str
    low: float | None
    high: float | None
    certainty: Level
    unmeasured: int = 0
    doubtful: bool = False
    k: int = 1
    relief: Probability | None = None
    important: Probability | None = None
    target: Target | None = None
    favourable: int = -1
    tests: str = ""

    def benefit(self, levels: Sequence[Level]) -> bool:
        """Whether there is such certainty of a benefit: of little or no effect, or of harm, is none of it."""
        return self.certainty in levels and self.target in (None, "an important benefit")

    @property
    def relieves(self) -> bool:
        """Whether the outcome is probably better at all: under every named prior, else by the interval."""
        if self.relief is not None:
            return self.relief.verb == "probably"
        return self.shown

    @property
    def gains(self) -> tuple[float, float] | None:
        """The interval as how much better the drug is, from the least to the most."""
        if self.low is None or self.high is None:
            return None
        return (-self.high, -self.low) if self.favourable < 0 else (self.low, self.high)

    @property
    def shown(self) -> bool:
        """Whether the interval excludes zero in favour of the drug."""
        return self.gains is not None and self.gains[0] > 0

    def excludes(self, mid: float) -> bool:
        """Whether the interval excludes a benefit that matters."""
        return self.gains is not None and self.gains[1] < mid

    def matters(self, mid: float) -> bool:
        """Whether the outcome is probably better by the MID or more."""
        if self.important is not None:
            return self.important.verb == "probably"
        return self.gains is not None and self.gains[0] >= mid

    @property
    def words(self) -> str:
        """The finding in words."""
        if self.low is None or self.high is None:
            return f"{self.name}: no number, {plural(self.unmeasured, 'trial')} with a test or a direction"
        doubt = ", resting on a trial whose integrity is in doubt" if self.doubtful else ""
        size = f"{interval(self.low, self.high)} points from {plural(self.k, 'trial')}{self.tests}"
        of = f" (of {self.target})" if self.target is not None else ""
        than = TOWARD[self.favourable].than
        chance_of = f", {than} at all {chance(self.relief)}" if self.relief is not None else ""
        return f"{self.name}: {size}{chance_of}, {NAME} {self.certainty}{of}{doubt}"


@dataclass(frozen=True, slots=True)
class HarmRatio:
    """A risk ratio for a harm with its interval, or that no trial compares it."""

    harm: str
    route: str
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    level: str = "95% CI"

    @property
    def words(self) -> str:
        """The ratio in words: "nausea (risk ratio 3.82, 95% CI 1.75 to 8.36)"."""
        if self.low is None or self.high is None:
            return self.harm
        size = "" if self.ratio is None else f"{number(self.ratio, 2)}, "
        span = f"{self.level} {interval(self.low, self.high, 2)}"
        return f"{self.harm}, {self.route} (risk ratio {size}{span})"


@dataclass(frozen=True, slots=True)
class Mood:
    """A trial's result on an outcome where lower is better: 1 better, −1 worse, 0 no clear difference."""

    label: str
    direction: int
    inert: bool


def finding(analysis: Analysis) -> Finding:
    """Return an analysis as the rules read it."""
    question = analysis.question
    name = f"{analysis.subject}, {analysis.labels.window(question.window)}"
    found, answer = headline(analysis), analysis.posterior
    unmeasured, level = len(analysis.bounded), analysis.certainty.level
    if found is None or answer is None:
        return Finding(name, None, None, level, unmeasured)
    return Finding(
        name,
        found.low,
        found.high,
        level,
        unmeasured,
        analysis.doubtful,
        found.k,
        answer.relief,
        answer.important,
        analysis.certainty.target,
        answer.favourable,
        found.tests,
    )
