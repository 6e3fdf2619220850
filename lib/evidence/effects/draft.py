"""An effect in the making: routes return drafts, and the last step puts a draft on the scale asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from evidence.effects.model import Counts, EvidenceClass, Scale, Spread, Step
from evidence.effects.people import People
from evidence.meta import effect_arrays
from evidence.question import MainOutcome

#: How a variance follows from a printed interval, in the steps of an effect.
OF_INTERVAL: Final = "v = ((high − low)/(2 z₀.₉₇₅))²"


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything besides the rows that a route needs, with all defaults filled in."""

    outcome: str
    main: MainOutcome
    favourable: int
    scale: Scale
    correlation: float
    correlation_implied_max: float
    spread: Spread
    significance_level: float
    reference_sd: float | None

    @property
    def about_main(self) -> bool:
        """Whether the outcome asked for is the main one."""
        return self.outcome == self.main.code


@dataclass(frozen=True, slots=True)
class Draft:
    """An effect with its variance and how it came about."""

    yi: float
    vi: float
    scale: Scale
    evidence_class: EvidenceClass
    people: People | None
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()
    counts: Counts | None = None
    reexpressed: bool = False
    printed_interval: tuple[float, float] | None = None
    df: int | None = None

    def turned(self, sign: int) -> Draft:
        """Turn the sign where `sign` is -1."""
        printed = self.printed_interval
        if sign == -1 and printed is not None:
            printed = (-printed[1], -printed[0])
        return replace(self, yi=sign * self.yi, printed_interval=printed)

    def first(self, *steps: Step) -> Draft:
        """Put steps before the others."""
        return replace(self, steps=(*steps, *self.steps))

    def add(self, *steps: Step, assumptions: tuple[str, ...] = ()) -> Draft:
        """Add steps and assumptions."""
        return replace(self, steps=(*self.steps, *steps), assumptions=(*self.assumptions, *assumptions))


def drafted(
    yi: ArrayLike, vi: ArrayLike, scale: Scale, kind: EvidenceClass, people: People | None, *steps: Step
) -> Draft:
    """Make a draft of an effect and its variance."""
    assumptions = people.assumptions if people else ()
    return Draft(float(np.asarray(yi)), float(np.asarray(vi)), scale, kind, people, steps, assumptions)


def of_numbers(measure: Literal["MD", "SMD", "OR", "RR"], **numbers: float) -> tuple[float, float]:
    """Return effect and variance of the numbers of one trial; see `evidence.meta.effect_arrays`."""
    yi, vi = effect_arrays(measure, **{name: [value] for name, value in numbers.items()})  # type: ignore[arg-type]
    return float(yi[0]), float(vi[0])


def with_own_t(draft: Draft) -> Draft:
    """Give a difference whose standard error its people estimate the degrees of freedom of their t test."""
    people = draft.people
    return draft if people is None or people.df < 1 else replace(draft, df=people.df)


def step(what: str, formula: str, inputs: dict[str, float], result: dict[str, float], source: str) -> Step:
    """Make a step of the ledger."""
    plain = [tuple((name, float(value)) for name, value in numbers.items()) for numbers in (inputs, result)]
    return Step(what, formula, plain[0], plain[1], source)


def in_points(draft: Draft, reference_sd: float) -> Draft:
    """Express an SMD in points: SMD × reference SD (Cochrane Handbook 15.5.3.2)."""
    if draft.scale != "smd":
        return draft
    yi, vi = draft.yi * reference_sd, draft.vi * reference_sd**2
    turned = step(
        "SMD in points",
        "MD = SMD × SD_ref; v = v_SMD × SD_ref²",
        {"SMD": draft.yi, "v_SMD": draft.vi, "SD_ref": reference_sd},
        {"MD": yi, "v": vi},
        "Cochrane Handbook 15.5.3.2",
    )
    assumption = f"SMD turned into points with a reference SD of {reference_sd:.1f} points."
    return replace(draft, yi=yi, vi=vi, scale="points", reexpressed=True).add(
        turned, assumptions=(assumption,)
    )
