"""How often an event befalls people who do not get the drug: the baseline risks behind "of 1,000 people"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from evidence.dataset import Dataset
from evidence.meta.distributions import Z95
from evidence.wording.numbers import number, plural


@dataclass(frozen=True, slots=True)
class ControlArm:
    """People with the event, and people, in an arm that got none of the drugs."""

    label: str
    events: int
    total: int

    @property
    def risk(self) -> float:
        """Share of people with the event."""
        return self.events / self.total


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline risk from 0 to 1, and where it comes from."""

    level: str
    risk: float
    source: str

    @property
    def per_1000(self) -> str:
        """People of 1,000."""
        return number(1000 * self.risk, 0)


@dataclass(frozen=True, slots=True)
class _Count:
    study_id: str
    arm: str
    events: int | None
    total: int | None
    measure: str


@dataclass(frozen=True, slots=True)
class _Arm:
    study_id: str
    label: str
    components: str | None


def control_arms(ds: Dataset, outcome: str) -> tuple[ControlArm, ...]:
    """Return the placebo arms, of any trial, that count the people with an outcome.

    An arm that got another drug is no baseline. Trials that are kept out of the analysis, such as
    those of acute attacks or of mixtures, still say how often the event befalls people on placebo.
    """
    answers = ds.rows("measures", outcome=outcome, answers=outcome)
    known = set(answers[answers["kind"] != "other"]["measure"])
    counts = ds.records(_Count, "arm_results", outcome=outcome, arm_role="control")
    found = []
    for count in counts:
        arms = ds.records(_Arm, "arms", study_id=count.study_id, label=count.arm)
        inert = any((arm.components or "").strip() in ("", "placebo") for arm in arms)
        if inert and count.measure in known and count.events is not None and count.total:
            found.append(ControlArm(count.study_id, count.events, count.total))
    return tuple(found)


def baselines(arms: Sequence[ControlArm]) -> tuple[Baseline, ...]:
    """Return a low, a middle and a high baseline risk.

    From three arms with different risks on: the lowest, the median and the highest. From fewer arms: all arms
    together, with the limits of Wilson's 95% CI as low and high (Wilson 1927, J Am Stat Assoc 22:209).
    No arm: no baseline.
    """
    if not arms:
        return ()
    risks = sorted(arm.risk for arm in arms)
    if len(set(risks)) >= 3:
        where = f"of {plural(len(arms), 'placebo arm')}"
        values = (("low", risks[0], "lowest"), ("middle", median(risks), "median"))
        ends = (*values, ("high", risks[-1], "highest"))
        return tuple(Baseline(level, risk, f"{word} {where}") for level, risk, word in ends)
    events, total = sum(arm.events for arm in arms), sum(arm.total for arm in arms)
    low, high = wilson(events, total)
    where = f"{events:,} of {total:,} people in {plural(len(arms), 'placebo arm')}"
    return (
        Baseline("low", low, f"lower limit of the 95% CI of {where}"),
        Baseline("middle", events / total, where),
        Baseline("high", high, f"upper limit of the 95% CI of {where}"),
    )


def wilson(events: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95% CI of a proportion."""
    share, extra = events / total, Z95**2 / total
    middle = share + extra / 2
    reach = Z95 * math.sqrt(share * (1 - share) / total + extra / (4 * total))
    low, high = ((middle + sign * reach) / (1 + extra) for sign in (-1, 1))
    return (0.0 if events == 0 else low), (1.0 if events == total else high)
