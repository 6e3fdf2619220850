"""What a risk ratio means for people: risks per 1,000 at several baseline risks, and numbers needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.meta.conversions import AbsoluteEffect, absolute_effect
from evidence.meta.conversions.nnt import EventKind
from evidence.report.sections.baselines import Baseline
from evidence.wording.numbers import interval, number

Ratio = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class AtBaseline:
    """A risk ratio at one baseline risk.

    Attributes
    ----------
    baseline : Baseline
    effect : AbsoluteEffect or None
        None where the ratio says nothing at this baseline; `why_not` says why.
    why_not : str
    """

    baseline: Baseline
    effect: AbsoluteEffect | None
    why_not: str = ""

    @property
    def with_drug(self) -> str:
        """People of 1,000 on the drug, with the interval."""
        if self.effect is None:
            return self.why_not
        risk = self.effect.risk
        return f"{number(1000 * risk.estimate, 0)} ({interval(1000 * risk.low, 1000 * risk.high, 0)})"

    @property
    def risk_with(self) -> str:
        """People of 1,000 on the drug."""
        return self.why_not if self.effect is None else number(1000 * self.effect.risk.estimate, 0)

    @property
    def difference(self) -> str:
        """More or fewer people of 1,000, with the interval."""
        if self.effect is None:
            return ""
        rd = self.effect.rd
        side = "more" if rd.estimate >= 0 else "fewer"
        size, ends = abs(1000 * rd.estimate), (_signed(1000 * rd.low), _signed(1000 * rd.high))
        return f"{number(size, 0)} {side} ({ends[0]} to {ends[1]})"

    @property
    def needed(self) -> str:
        """Number needed to treat for one more person to benefit or be harmed."""
        return "" if self.effect is None else self.effect.nnt.text


def _signed(value: float) -> str:
    if round(value) == 0:
        return "no difference"
    return f"{number(abs(value), 0)} {'more' if value > 0 else 'fewer'}"


def at_baselines(ratio: Ratio, levels: Sequence[Baseline], event: EventKind) -> tuple[AtBaseline, ...]:
    """Apply a risk ratio to each baseline risk.

    A ratio says nothing at a baseline of 0, and cannot hold where it would lead to more than 1,000 of 1,000.
    """
    return tuple(_at(ratio, level, event) for level in levels)


def _at(ratio: Ratio, level: Baseline, event: EventKind) -> AtBaseline:
    if not 0 < level.risk < 1:
        return AtBaseline(level, None, f"no ratio at {level.per_1000} of 1,000")
    if ratio[0] * level.risk > 1:
        return AtBaseline(level, None, "the ratio cannot hold: over 1,000")
    return AtBaseline(level, absolute_effect("RR", *ratio, baseline_risk=level.risk, event=event))
