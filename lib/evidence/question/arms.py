"""Which of two arms got the drug, and what the other got instead: read from what the arms consist of."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.question.model import Comparison, Rule
from evidence.question.records import Arm

INERT = frozenset({"placebo", "none"})
ACTIVE_PLACEBO = " (active placebo)"


@dataclass(frozen=True, slots=True)
class DrugTest:
    """Two arms that test the drug; `reversed` when the second of them got it."""

    comparison: Comparison
    reversed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that keeps a study or a row out, and what it means there."""

    rule: Rule
    detail: str


def components(arm: Arm) -> frozenset[str]:
    """What an arm got, placebo included."""
    return frozenset(part.strip() for part in arm.components.split(";"))


def compare(a: Arm, b: Arm, drugs: frozenset[str]) -> DrugTest | Refusal:
    """Read two arms as a test of `drugs`.

    What both arms got cancels out. What is left on the one side must be the drugs and nothing else; what is
    left on the other side is the comparator.
    """
    left_a, left_b = _treatment(a) - _treatment(b), _treatment(b) - _treatment(a)
    if drugs <= left_a:
        return _isolated(a, b, left_a - drugs) or DrugTest(_comparison(a, b), reversed=False)
    if drugs <= left_b:
        return _isolated(b, a, left_b - drugs) or DrugTest(_comparison(b, a), reversed=True)
    rule = Rule.SAME_DRUG if drugs <= _treatment(a) & _treatment(b) else Rule.NOT_TESTED
    return Refusal(rule, f"{a.arm} v {b.arm}.")


def _treatment(arm: Arm) -> frozenset[str]:
    return components(arm) - INERT


def _isolated(experimental: Arm, control: Arm, besides: frozenset[str]) -> Refusal | None:
    if not besides:
        return None
    return Refusal(Rule.NOT_ISOLATED, f"{experimental.arm} v {control.arm}: {', '.join(sorted(besides))}.")


def _comparison(experimental: Arm, control: Arm) -> Comparison:
    instead = _treatment(control) - _treatment(experimental)
    shared = tuple(sorted(_treatment(control) & _treatment(experimental)))
    kind = _comparator_type(instead, components(control))
    comparator = ", ".join(sorted(instead)) or ("placebo" if kind == "placebo" else "no added treatment")
    return Comparison((experimental,), control, kind, comparator, shared)


def _comparator_type(instead: frozenset[str], control: frozenset[str]) -> str:
    if any(not part.endswith(ACTIVE_PLACEBO) for part in instead):
        return "active_drug"
    if instead:
        return "active_placebo"
    return "placebo" if "placebo" in control else "usual_care"
