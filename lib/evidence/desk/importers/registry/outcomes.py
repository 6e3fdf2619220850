"""Posted outcomes of a registered study: rows of `arm_results.csv`, and what no row can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evidence import dataset
from evidence.desk.importers.json_text import items, mapping, text
from evidence.desk.importers.registry.arms import RegisteredArm
from evidence.desk.importers.registry.parts import (
    Cells,
    NotTaken,
    code,
    counted_otherwise,
    events_from_percentage,
    filled,
    is_time,
    joined,
    number,
    other_units,
    people,
)
from evidence.desk.importers.registry.protocol import is_count_by_sex, is_mean_age
from evidence.question.main_outcome import main_outcome

_SPREADS = {"STANDARD_DEVIATION": "sd", "STANDARD_ERROR": "se", "STANDARD_ERROR_OF_THE_MEAN": "se"}
_SHARE = re.compile(r"(?:percent|%|proportion).*(?:participant|patient|subject|people|person|responder)")
_PERCENT = ("percent", "percentage", "%")
_PEOPLE = re.compile(r"(?:number of )?(?:participants?|patients?|subjects?|people|persons?)(?: with .*)?")


def outcome_rows(
    record: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    """Yield a row for each arm and posted outcome, and what was not taken."""
    module = mapping(record, "resultsSection", "outcomeMeasuresModule")
    for measure in items(module, "outcomeMeasures"):
        title = text(measure, "title")
        if text(measure, "reportingStatus") == "NOT_POSTED":
            yield NotTaken(title, "its results are not posted")
            continue
        yield from _measure(measure, arms, address)


def baseline_rows(
    record: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    """Yield the main outcome before treatment; other characteristics than age and sex are not taken."""
    module = mapping(record, "resultsSection", "baselineCharacteristicsModule")
    groups = [group for group in items(module, "groups") if text(group, "title").lower() != "total"]
    sought = main_outcome(dataset.load()).name
    for measure in items(module, "measures"):
        title = text(measure, "title")
        if re.search(rf"\b{re.escape(sought)}\b", title, re.IGNORECASE):
            posted = {"timeFrame": "baseline", "type": "BASELINE", "groups": groups}
            shown = [group["id"] for group in groups if isinstance(group.get("id"), str)]
            for found in _measure({**module, **measure, **posted}, arms, address):
                if not isinstance(found, dict) or found["arm"] in {text(g, "title") for g in groups} | set(
                    shown
                ):
                    yield found | {"time_days": "0"} if isinstance(found, dict) else found
        elif not is_mean_age(measure) and not is_count_by_sex(measure):
            yield NotTaken(f"baseline, {title}", "no column holds it")


def posted_label(measure: dict[str, Any], part: dict[str, Any], category: dict[str, Any]) -> tuple[str, str]:
    """Return measure and time of the results of a class: its title is a time only where it names one."""
    said = [text(part, "title"), text(category, "title")]
    times = [title for title in said if title and is_time(title)]
    others = [title for title in said if title and not is_time(title)]
    name = text(measure, "title") + (f" ({joined(others, ', ')})" if others else "")
    return name, joined(times) or text(measure, "timeFrame")


def _measure(
    measure: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    if why := counted_otherwise(measure):
        yield NotTaken(text(measure, "title"), why)
        return
    groups = {text(group, "id"): text(group, "title") for group in items(measure, "groups")}
    named = [title for title in groups.values() if title]
    if len(set(named)) < len(named):
        yield NotTaken(
            f"{text(measure, 'title')}, its groups", "some have one name: none tells which is which"
        )
        return
    for part in items(measure, "classes"):
        counts, units = people(part, measure), other_units(part, measure)
        if units:
            why = f"only participants are counted, not {units.lower()}"
            yield NotTaken(f"{joined([text(measure, 'title'), text(part, 'title')], ', ')}, {units}", why)
        for category in items(part, "categories"):
            name, time = posted_label(measure, part, category)
            for cell in items(category, "measurements"):
                title = groups.get(text(cell, "groupId"), "")
                arm = arms.get(title) or RegisteredArm(title or text(cell, "groupId"), "", (), "")
                values = _values(measure, cell, counts.get(text(cell, "groupId"), ""))
                if isinstance(values, str):
                    yield NotTaken(f"{name}, {time}, {arm.title}", values)
                    continue
                yield {
                    **arm.cells(),
                    "measure": name,
                    "time_label": time,
                    **values,
                    "source": "registry",
                    "locator": f"Registry results, {text(measure, 'type').lower() or 'posted'} outcome",
                    "source_url": address,
                    "notes": joined([_posted_as(measure), values.get("notes", "")]),
                }


def _values(measure: dict[str, Any], cell: dict[str, Any], n: str) -> Cells | str:
    """Return the numbers of one arm, or why there are none."""
    value, kind = number(cell, "value"), code(text(measure, "paramType"))
    if not value:
        comment = text(cell, "comment")
        return f"the value is {text(cell, 'value') or 'missing'}" + (f" ({comment})" if comment else "")
    if not n:
        return f"nobody says how many participants are behind the {value}"
    if n == "0":
        return f"no participants are behind the {value}"
    if kind in ("COUNT_OF_PARTICIPANTS", "NUMBER", "COUNT_OF_UNITS"):
        return _count(measure, value, kind, n)
    if kind in ("MEAN", "LEAST_SQUARES_MEAN"):
        return {"n": n, "mean": value} | _spread(measure, cell)
    if kind == "MEDIAN":
        return {"n": n, "median": value} | _spread(measure, cell)
    word = kind.lower().replace("_", " ") or "number of an unknown kind"
    return f"a {word} ({value}) is no mean and has no column"


def _count(measure: dict[str, Any], value: str, kind: str, n: str) -> Cells | str:
    unit, title = text(measure, "unitOfMeasure").lower(), text(measure, "title").lower()
    if kind == "COUNT_OF_PARTICIPANTS" or (kind == "NUMBER" and _PEOPLE.fullmatch(unit)):
        if not value.isdigit():
            return f"{value} is no number of people"
        if int(value) > float(n):
            return f"{value} are more than the {n} who were followed"
        return {"kind": "count", "n": n, "events": value, "total": n}
    of_people = _SHARE.search(unit) or (unit in _PERCENT and _SHARE.match(title))
    if kind == "NUMBER" and of_people:
        if "proportion" in unit and float(value) <= 1:
            return f"{value} is a share and not a percentage"
        events = events_from_percentage(value, n)
        if not events:
            return f"{value} % of {n} does not tell one whole number of people"
        return {"kind": "count", "n": n, "events": events, "total": n, "notes": f"from {value} % of {n}"}
    return f"{value} {unit or 'without a unit'} is no number of people"


def _spread(measure: dict[str, Any], cell: dict[str, Any]) -> Cells:
    """Return the spread in the column that it belongs to; one that has no column stands in the notes."""
    kind = code(text(measure, "dispersionType"))
    low, high, spread = (number(cell, key) for key in ("lowerLimit", "upperLimit", "spread"))
    if kind in _SPREADS and spread and float(spread) > 0:
        return {_SPREADS[kind]: spread}
    if low and high:
        if kind in ("95%_CONFIDENCE_INTERVAL", "95_CONFIDENCE_INTERVAL"):
            is_mean = code(text(measure, "paramType")) != "MEDIAN"
            return {"ci_low": low, "ci_high": high} if is_mean else _noted(measure, f"{low} to {high}")
        if kind in ("INTER_QUARTILE_RANGE", "INTERQUARTILE_RANGE"):
            return {"q1": low, "q3": high}
        if kind == "FULL_RANGE":
            return {"min": low, "max": high}
    said = [text(cell, key) for key in ("spread", "lowerLimit", "upperLimit")]
    return _noted(measure, joined((part for part in said if part), " to ")) if any(said) else {}


def _noted(measure: dict[str, Any], value: str) -> Cells:
    return {"notes": f"{text(measure, 'dispersionType') or 'spread of an unknown kind'}: {value}"}


def _posted_as(measure: dict[str, Any]) -> str:
    parts = (text(measure, key) for key in ("paramType", "dispersionType", "unitOfMeasure"))
    said = ", ".join(part.lower().replace("_", " ") for part in parts if part)
    return f"posted as: {said}" if said else ""


__all__ = ["baseline_rows", "filled", "outcome_rows", "posted_label"]
