"""One result per study and window: which of its candidates stands for the study."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from evidence.question.arms import Refusal
from evidence.question.candidates import Candidate, Sorted
from evidence.question.model import ArmPair, Comparison, Question, Rule
from evidence.question.records import Arm, Study
from evidence.question.rules import Rules
from evidence.question.sources import SOURCES, told_by_source


def asked_for(found: Sorted, question: Question, rules: Rules) -> list[Candidate]:
    """Drop candidates of another comparator type or time window than the question asks for."""
    kept = []
    for candidate in found.candidates.values():
        reason = _not_asked(candidate, question, rules)
        if reason is None:
            kept.append(candidate)
        else:
            _leave_out(found, [candidate], reason)
    return kept


def _not_asked(candidate: Candidate, question: Question, rules: Rules) -> Refusal | None:
    kind = candidate.comparison.comparator_type
    wanted = rules.comparator_types if question.comparator_types is None else question.comparator_types
    if kind not in wanted:
        return Refusal(
            Rule.COMPARATOR, f"It is against {candidate.comparison.comparator} ({kind.replace('_', ' ')})."
        )
    if question.window not in (None, "any", candidate.place.window):
        return Refusal(Rule.WINDOW, f"{candidate.place.window.replace('_', ' ')}.")
    return None


def choose(
    candidates: list[Candidate],
    found: Sorted,
    study: Study,
    outcome: str,
    arm_order: list[str],
    rules: Rules,
) -> Candidate:
    """Choose among the candidates of one study in one window.

    In this order: the comparator type (setting ``comparator_order``), the comparison arm (the first in
    arms.csv), the source (one that gives a number before one that does not, then ``source_order``), the kind
    of measure (``measure_hierarchy``), the time (``time_rule``), and last the dose: arms with several doses
    are joined where all have results of their own, else one of them stands for all.
    """

    def narrow(key: Callable[[Candidate], Any], rule: Rule, name: Callable[[Candidate], str]) -> None:
        nonlocal candidates
        best = min(key(candidate) for candidate in candidates)
        chosen = [candidate for candidate in candidates if key(candidate) == best]
        others = [candidate for candidate in candidates if key(candidate) != best]
        _leave_out(found, others, Refusal(rule, f"Used: {name(chosen[0])}."))
        candidates = chosen

    narrow(
        lambda c: rules.comparator_order.index(c.comparison.comparator_type),
        Rule.OTHER_COMPARATOR,
        lambda c: f"against {c.comparison.comparator}",
    )
    narrow(
        lambda c: arm_order.index(c.place.control),
        Rule.OTHER_COMPARATOR,
        lambda c: f"against {c.place.control}",
    )
    told = told_by_source(candidates, outcome, study)
    narrow(
        lambda c: (
            c.place.source != rules.sources.get(study.study_id),
            told[c.place.source],
            rules.source_order.index(c.place.source),
        ),
        Rule.OTHER_SOURCE,
        lambda c: SOURCES[c.place.source],
    )
    narrow(
        lambda c: rules.measure_hierarchy.index(c.place.kind),
        Rule.OTHER_MEASURE,
        lambda c: "; ".join(_measures(c)),
    )
    narrow(
        lambda c: _time(c, rules), Rule.OTHER_TIME, lambda c: "; ".join(c.time_labels) or "time not stated"
    )
    return candidates[0] if len(candidates) == 1 else _one_dose(candidates, found, study, arm_order)


def _one_dose(candidates: list[Candidate], found: Sorted, study: Study, arm_order: list[str]) -> Candidate:
    """Join the arms with different doses, or let one of them stand for the study."""
    if study.design == "parallel" and all(c.comparison.experimental[0].dose_order for c in candidates):
        joined = _joined(candidates)
        if joined is not None:
            for candidate in candidates:
                for stated in candidate.contrasts:
                    found.leave_out(stated.row.key, Refusal(Rule.COMBINED, ""))
            return joined
    # An arm that joins all doses has no order of its own and comes first; then the highest dose.
    ordered = sorted(candidates, key=lambda c: _dose(c.comparison.experimental[0], arm_order))
    _leave_out(found, ordered[1:], Refusal(Rule.OTHER_DOSE, f"Used: {ordered[0].place.experimental}."))
    return ordered[0]


def _dose(arm: Arm, arm_order: list[str]) -> tuple[bool, int, int]:
    return (arm.dose_order is not None, -(arm.dose_order or 0), arm_order.index(arm.arm))


def _joined(candidates: list[Candidate]) -> Candidate | None:
    """Join candidates whose arms all have a row for the same measure and time."""
    first = candidates[0]
    pairs = []
    for pair in first.pairs:
        twins = [
            pair,
            *(twin for other in candidates[1:] for twin in other.pairs if twin.control == pair.control),
        ]
        if len(twins) == len(candidates):
            drug_rows = tuple(row for twin in twins for row in twin.experimental)
            pairs.append(ArmPair(drug_rows, pair.control, pair.measure))
    if not pairs:
        return None
    arms = tuple(candidate.comparison.experimental[0] for candidate in candidates)
    comparison: Comparison = replace(first.comparison, experimental=arms)
    return Candidate(first.place, comparison, pairs)


def _time(candidate: Candidate, rules: Rules) -> float:
    days = candidate.place.when
    if days is None:
        return float("inf")
    return -days if rules.time_rule == "latest" else days


def _measures(candidate: Candidate) -> list[str]:
    measures = [*(p.measure for p in candidate.pairs), *(s.measure for s in candidate.contrasts)]
    return list(dict.fromkeys(measure.measure for measure in measures))


def _leave_out(found: Sorted, candidates: Iterable[Candidate], reason: Refusal) -> None:
    for candidate in candidates:
        for row in candidate.rows:
            found.leave_out(row, reason)
