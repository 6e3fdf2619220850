"""An answer as a version of the book keeps it: what was pooled, the posterior, and what was said of harms."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from evidence.dataset.views import Row
from evidence.report.book.answers import OVERVIEW
from evidence.wording.numbers import interval, number, plural
from evidence.wording.posterior import percent
from evidence.wording.sentences import risk_ratio

#: Drug, condition group (None for the overview of a drug), route, window.
Key = tuple[str, str | None, str, str]
#: Drug, condition group (None for the overview of a drug), outcome, route.
OtherKey = tuple[str, str | None, str, str]
#: Decimals of released estimates.
DIGITS: Final = 4
Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class KeptPosterior:
    """What a posterior allowed to be said of a question.

    Attributes
    ----------
    size : (median, lower, upper) or None
        In points, with the 95% credible interval.
    relief, important : (probability, lowest, highest) or None
        That the main outcome is better at all, and by the MID or more, with the range over the named priors.
    refused : str
        What is not said and why; empty where all is.
    """

    size: Three | None
    relief: Three | None
    important: Three | None
    refused: str

    @classmethod
    def of(cls, row: Row) -> KeptPosterior:
        """Read it from a row of answers or of released_answers.csv."""
        size = ("posterior", "posterior_low", "posterior_high")
        chances = [[f"p_{name}{end}" for end in ("", "_low", "_high")] for name in ("relief", "important")]
        relief, important = (_three(row, tuple(names)) for names in chances)
        return cls(_three(row, size), relief, important, row["refused"] or "")

    @property
    def cells(self) -> tuple[str, ...]:
        """Its cells in released_answers.csv."""
        values = [x for each in (self.size, self.relief, self.important) for x in (each or (None,) * 3)]
        return (*("" if x is None else f"{x:.{DIGITS}f}" for x in values), self.refused)

    @property
    def words(self) -> str:
        """The posterior in a cell of a table."""
        parts = []
        if self.size is not None:
            parts.append(f"posterior {number(self.size[0])} (CrI {interval(*self.size[1:])})")
        if self.relief is not None:
            parts.append(f"better at all {percent(self.relief[0])}")
        if self.important is not None:
            parts.append(f"by the MID {percent(self.important[0])}")
        return "; ".join([*parts, *([self.refused] if self.refused else [])])


def _three(row: Row, names: tuple[str, ...]) -> Three | None:
    first, second, third = (row[name] for name in names)
    return None if None in (first, second, third) else (float(first), float(second), float(third))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question in one version of the tables.

    Attributes
    ----------
    statement, numbers : str
        As on the page; empty for a released answer.
    trials : int
        That give a number, a bound or a direction.
    people : int
        Behind the pooled estimate.
    certainty : str
    estimate : tuple of (estimate, lower, upper) or None
        In points; None where nothing is pooled.
    posterior : KeptPosterior or None
        None in versions that did not keep it.
    """

    statement: str
    numbers: str
    trials: int
    people: int
    certainty: str
    estimate: Three | None
    posterior: KeptPosterior | None = None

    @property
    def released(self) -> tuple[object, ...]:
        """What a released version keeps of an answer."""
        rounded = None if self.estimate is None else tuple(round(value, DIGITS) for value in self.estimate)
        return self.trials, self.people, self.certainty, rounded

    def same(self, other: Answer) -> bool:
        """Whether both say the same, as far as both versions keep it."""
        one, two = self.posterior, other.posterior
        alike = one is None or two is None or one.cells == two.cells
        return alike and self.released == other.released

    @property
    def words(self) -> str:
        """The estimate, its trials, its certainty and the posterior in a cell of a table."""
        size = "no estimate"
        if self.estimate is not None:
            size = f"{number(self.estimate[0])} ({interval(*self.estimate[1:])})"
        more = f"; {self.posterior.words}" if self.posterior is not None else ""
        return f"{size}; {plural(self.trials, 'trial')}; {self.certainty}{more}"


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """What is said on a harm or another outcome by one route in one version of the tables.

    Attributes
    ----------
    trials : int
        That say something.
    estimate : tuple of (estimate, lower, upper) or None
        The pooled risk ratio of a harm; None where nothing is pooled.
    said : str
        What each trial says.
    """

    trials: int
    estimate: Three | None
    said: str

    @property
    def released(self) -> tuple[object, ...]:
        """What a released version keeps of it."""
        rounded = None if self.estimate is None else tuple(round(value, DIGITS) for value in self.estimate)
        return self.trials, rounded, self.said

    def same(self, other: OtherAnswer) -> bool:
        """Whether both say the same."""
        return self.released == other.released

    @property
    def words(self) -> str:
        """The risk ratio and what each trial says, in a cell of a table."""
        ratio = "" if self.estimate is None else f"risk ratio {risk_ratio(*self.estimate)}; "
        return f"{ratio}{self.said}"


@dataclass(frozen=True, slots=True)
class ReleasedOutcome:
    """A row of released_outcomes.csv."""

    version: str
    drug: str
    condition_group: str
    outcome: str
    route: str
    trials: int
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    said: str

    @property
    def key(self) -> OtherKey:
        """What it answers."""
        condition = None if self.condition_group == OVERVIEW else self.condition_group
        return self.drug, condition, self.outcome, self.route

    @property
    def answer(self) -> OtherAnswer:
        """The answer."""
        if self.estimate is None or self.ci_low is None or self.ci_high is None:
            return OtherAnswer(self.trials, None, self.said)
        return OtherAnswer(self.trials, (self.estimate, self.ci_low, self.ci_high), self.said)


@dataclass(frozen=True, slots=True)
class ReleasedAnswer:
    """A row of released_answers.csv."""

    version: str
    drug: str
    condition_group: str
    route: str
    window: str
    trials: int
    people: int
    certainty: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    posterior: float | None
    posterior_low: float | None
    posterior_high: float | None
    p_relief: float | None
    p_relief_low: float | None
    p_relief_high: float | None
    p_important: float | None
    p_important_low: float | None
    p_important_high: float | None
    refused: str | None

    @property
    def key(self) -> Key:
        """The question."""
        condition = None if self.condition_group == OVERVIEW else self.condition_group
        return self.drug, condition, self.route, self.window

    @property
    def answer(self) -> Answer:
        """The answer; its posterior where the version kept one."""
        limits = (self.estimate, self.ci_low, self.ci_high)
        known = None if None in limits else limits
        found = KeptPosterior.of(asdict(self))
        kept = found if found.size or found.relief or found.refused else None
        return Answer("", "", self.trials, self.people, self.certainty, known, kept)  # type: ignore[arg-type]
