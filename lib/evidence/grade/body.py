"""What certainty is rated from, and what it is certainty of: the target that Core GRADE names first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Target: TypeAlias = Literal["an important benefit", "little or no effect", "an important harm"]
DOMAINS: Final = ("risk of bias", "inconsistency", "imprecision", "indirectness", "missing evidence")


@dataclass(frozen=True, slots=True)
class Trial:
    """What certainty needs to know of a trial.

    Attributes
    ----------
    label : str
    weight : float
        Share of the trials' information about the mean effect, from 0 to 1.
    estimate : float or None
        Its effect; None where it gives only a test or a direction.
    faults : tuple of str
        Known faults that put it at high risk of bias; see `evidence.grade.bias.faults`.
    judged : bool
        Whether every domain of RoB 2 could be judged from the text that was read.
    flags : tuple of str
        Codes of its flags, without those that only inform.
    """

    label: str
    weight: float
    estimate: float | None = None
    faults: tuple[str, ...] = ()
    judged: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A 95% interval of the mean effect, its standard error, and what it assumes, such as "if …"."""

    low: float
    high: float
    se: float
    assumes: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A body of evidence on one question, outcome and window.

    Attributes
    ----------
    trials : sequence of Trial
        All that say something, in the analysis that is rated.
    median : float or None
        The mean effect. None where nothing can be weighed.
    spans : sequence of Span
        Its interval under each assumption on how much trials differ, the narrowest assumption first.
    mid : float
        The smallest important difference on the same scale, positive.
    i2 : float or None
        Percent of the variation between the trials with a number that is not chance.
    sized, sided : bool
        Whether the trials and not the prior decide the size, and the direction.
    indirect : sequence of str
        Reasons for which the trials do not answer the question directly.
    missing : sequence of str
        Why results that should have been reported and were not could change the answer.
    small_study_p : float or None
        p-value of a small-study test, where at least 10 trials allow one.
    ratio : bool
        Whether effects are logarithms of ratios, which reasons print as ratios.
    higher_is_better : bool
        Whether an effect above 0 favours the drug.
    """

    trials: Sequence[Trial]
    median: float | None
    spans: Sequence[Span]
    mid: float
    i2: float | None = None
    sized: bool = True
    sided: bool = True
    indirect: Sequence[str] = ()
    missing: Sequence[str] = ()
    small_study_p: float | None = None
    ratio: bool = False
    higher_is_better: bool = False

    @property
    def target(self) -> Target | None:
        """What the rating is certainty of: where the mean effect lies beside the MID; None without a size."""
        if self.median is None or not self.sized:
            return None
        if abs(self.median) < self.mid:
            return "little or no effect"
        better = (self.median > 0) == self.higher_is_better
        return "an important benefit" if better else "an important harm"

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Effects at which the target ends: no effect counts only where an important one is the target."""
        if self.target == "little or no effect":
            return (-self.mid, self.mid)
        return (-self.mid, 0.0, self.mid) if self.sized else (0.0,)

    def share(self, some: Sequence[Trial]) -> float:
        """Return the share of the information that some of the trials give."""
        total = sum(trial.weight for trial in self.trials)
        return sum(trial.weight for trial in some) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Domain:
    """One GRADE domain: how many levels it takes off (0 to 3), and why."""

    name: str
    down: int
    reason: str
    overridden: bool = False
