"""Adverse events of a registered study: rows of `arm_results.csv` with people who had them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from evidence.desk.importers.json_text import items, mapping, text
from evidence.desk.importers.registry.arms import RegisteredArm
from evidence.desk.importers.registry.parts import Cells, NotTaken, filled, joined, number

#: Terms of the registry that are an outcome of the tables by its very name.
_OUTCOMES: Final = {
    "nausea": re.compile(r"nausea", re.IGNORECASE),
    "vomiting": re.compile(r"vomiting|emesis", re.IGNORECASE),
    "dizziness": re.compile(r"dizziness", re.IGNORECASE),
    "sedation": re.compile(r"sedation|somnolence|drowsiness", re.IGNORECASE),
}


def event_rows(
    record: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    """Yield people with any serious event, with any other event, and with each event that is named.

    Only a term that is the very name of an outcome is put under it; the others stand under ``other``, because
    whether hallucinations of a dream make a psychotomimetic event is for a reader to say.
    """
    module = mapping(record, "resultsSection", "adverseEventsModule")
    frame = text(module, "timeFrame") or "not stated"
    groups = {text(group, "id"): group for group in items(module, "eventGroups")}
    threshold = text(module, "frequencyThreshold")
    over = f" above {threshold} %" if threshold not in ("", "0") else ""
    totals = (
        ("serious", "serious_adverse_event", "serious adverse events"),
        ("other", "other", f"any adverse event that is not serious{over}"),
        ("deaths", "other", "deaths from any cause"),
    )
    for group, cells in groups.items():
        for key, outcome, name in totals:
            numbers = _people(cells, f"{key}NumAffected", f"{key}NumAtRisk")
            if isinstance(numbers, tuple):
                yield _row(groups, group, outcome, name, numbers, frame, arms, address)
            elif numbers:
                yield NotTaken(f"{name}, {text(cells, 'title') or group}", numbers)
    for kind in ("seriousEvents", "otherEvents"):
        for event in items(module, kind):
            yield from _event(event, kind == "seriousEvents", groups, frame, arms, address)


def _people(cells: dict[str, Any], affected: str, at_risk: str) -> tuple[str, str] | str:
    """Return how many people had an event, and of how many, or why that is not told; empty for no number."""
    events, total = number(cells, affected), number(cells, at_risk)
    if not text(cells, affected):
        return ""
    if not events.isdigit() or (text(cells, at_risk) and not total.isdigit()):
        return f"{text(cells, affected)} of {text(cells, at_risk) or 'nobody'} is no number of people"
    if not total:
        return f"nobody says of how many people the {events} are"
    if total == "0":
        return "nobody was at risk"
    return (events, total) if int(events) <= int(total) else f"{events} of {total} is more than all"


def _event(
    event: dict[str, Any],
    serious: bool,
    groups: dict[str, dict[str, Any]],
    frame: str,
    arms: dict[str, RegisteredArm],
    address: str,
) -> Iterator[Cells | NotTaken]:
    term = text(event, "term")
    name = f"{term} (serious)" if serious else term
    outcome = next((word for word, pattern in _OUTCOMES.items() if pattern.fullmatch(term)), "other")
    for cell in items(event, "stats"):
        group, numbers = text(cell, "groupId"), _people(cell, "numAffected", "numAtRisk")
        what = f"{name}, {text(groups.get(group, {}), 'title') or group}"
        if isinstance(numbers, tuple) and group in groups:
            outcome_of = "other" if serious else outcome
            yield _row(groups, group, outcome_of, name, numbers, frame, arms, address)
        elif isinstance(numbers, tuple):
            yield NotTaken(what, "the record has no such group")
        elif numbers:
            yield NotTaken(what, numbers)
        elif number(cell, "numEvents"):
            yield NotTaken(f"{what}: {number(cell, 'numEvents')} events", "they are events and not people")


def _row(
    groups: dict[str, dict[str, Any]],
    group: str,
    outcome: str,
    name: str,
    numbers: tuple[str, str],
    frame: str,
    arms: dict[str, RegisteredArm],
    address: str,
) -> Cells:
    title = text(groups.get(group, {}), "title") or group
    arm = arms.get(title) or RegisteredArm(title, "", (), "")
    return filled(
        {
            **arm.cells(),
            "outcome": outcome,
            "measure": name,
            "higher_is": "worse",
            "time_label": frame,
            "kind": "count",
            "events": numbers[0],
            "total": numbers[1],
            "source": "registry",
            "locator": "Registry results, adverse events",
            "source_url": address,
            "notes": joined([text(groups.get(group, {}), "description")[:200]]),
        }
    )
