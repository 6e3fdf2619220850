"""What the parts of the registry reader hand on: cells of a row, or what was not taken and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.desk.importers.json_text import items, mapping, text

Cells = dict[str, str]

#: A number of the registry: commas part thousands, so that "2,1" is none.
_NUMBER = re.compile(r"(-?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
_TIME = re.compile(
    r"\b(?:baseline|pre-?(?:dose|treatment|infusion)|post-?(?:dose|treatment|infusion)|screening|follow-?up"
    r"|end of (?:treatment|study|infusion)|(?:days?|weeks?|months?|hours?|years?|minutes?|visit|wk|hr)\s*-?\d"
    r"|\d+(?:\.\d+)?[ -]*(?:d|days?|w|wks?|weeks?|mo|months?|h|hrs?|hours?|y|years?|min|minutes?))\b",
    re.IGNORECASE,
)

#: What makes a span of time one of ages, of histories or of bounds.
_PEOPLE_OF = re.compile(
    r"\bage[ds]?\b|\bold(?:er)?\b|\byoung(?:er)?\b|[<>≤≥]|\b(?:duration|history|since|lasting)\b"
    r"|\d *(?:-|–|to) *\d+ *(?:years|yrs?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something of the record that no row holds, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        """One line."""
        return f"not taken: {self.what}: {self.why}"


def number(record: dict[str, Any], key: str) -> str:
    """Return a plain number as text; empty where something else stands."""
    found = _NUMBER.fullmatch(text(record, key))
    if not found:
        return ""
    digits = found[2].replace(",", "")
    return f"{found[1]}{'0' if digits.startswith('.') else ''}{digits}"


def code(said: str) -> str:
    """Return a word of the registry as its API writes it: "Standard Deviation" as STANDARD_DEVIATION."""
    return re.sub(r"[^A-Z0-9%]+", "_", said.upper()).strip("_")


def is_time(title: str) -> bool:
    """Whether the title of a class names a time and not a limb, a subgroup or a part of a scale.

    Examples
    --------
    >>> is_time("Week 4"), is_time("Left limb"), is_time("Age 18-65 years"), is_time("Pain for < 6 months")
    (True, False, False, False)
    """
    return bool(_TIME.search(title)) and not _PEOPLE_OF.search(title)


def people(*places: dict[str, Any]) -> dict[str, str]:
    """Return the participants behind each group, from the first place that counts participants."""
    for place in places:
        for denominator in items(place, "denoms"):
            if code(text(denominator, "units")) in ("PARTICIPANTS", ""):
                counts = items(denominator, "counts")
                return {text(count, "groupId"): number(count, "value") for count in counts}
    return {}


def other_units(*places: dict[str, Any]) -> str:
    """Return the units other than participants that are counted, such as limbs."""
    units = (text(denominator, "units") for place in places for denominator in items(place, "denoms"))
    return ", ".join(dict.fromkeys(unit for unit in units if code(unit) not in ("PARTICIPANTS", "")))


def counted_otherwise(measure: dict[str, Any]) -> str:
    """Return why a measure is not one of people: it counts limbs, eyes or something else."""
    units = (text(measure, "typeUnitsAnalyzed"), text(measure, "denomUnitsSelected"))
    other = next((unit for unit in units if code(unit) not in ("PARTICIPANTS", "")), "")
    return f"it counts {other.lower()} and not participants" if other else ""


def filled(cells: Cells) -> Cells:
    """Leave out empty cells."""
    return {column: cell for column, cell in cells.items() if cell}


def titles(record: dict[str, Any]) -> Iterator[str]:
    """Yield the titles of the groups that results are given for, in order."""
    results = mapping(record, "resultsSection")
    for measure in items(mapping(results, "outcomeMeasuresModule"), "outcomeMeasures"):
        yield from (text(group, "title") for group in items(measure, "groups"))
    yield from (
        text(group, "title") for group in items(mapping(results, "adverseEventsModule"), "eventGroups")
    )


def events_from_percentage(value: str, total: str) -> str:
    """Return the only number of people that a printed percentage can mean; empty when there are several.

    Examples
    --------
    >>> events_from_percentage("40.0", "30"), events_from_percentage("40", "300")
    ('12', '')
    """
    digits = len(value.partition(".")[2])
    slack = 0.5 * 10.0**-digits + 1e-9
    if not total.isdigit() or int(total) == 0:
        return ""
    nearest = round(float(value) * int(total) / 100)
    fitting = [
        count
        for count in range(max(nearest - 2, 0), min(nearest + 2, int(total)) + 1)
        if abs(100 * count / int(total) - float(value)) <= slack
    ]
    return str(fitting[0]) if len(fitting) == 1 else ""


def joined(parts: Iterable[str], by: str = "; ") -> str:
    """Join the filled parts, each once."""
    return by.join(dict.fromkeys(part for part in parts if part))
