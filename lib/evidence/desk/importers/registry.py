"""ClinicalTrials.gov: the JSON record of one study, as its API (version 2) and its site give it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from evidence.desk.importers.article import study_id, year_of
from evidence.desk.importers.text import plain
from evidence.desk.problems import DeskError

Cells = dict[str, str]

#: How deep the registry nests; what is deeper is not its record.
DEEPEST = 40

_BLINDING = {
    "NONE": "open",
    "SINGLE": "single",
    "DOUBLE": "double",
    "TRIPLE": "double",
    "QUADRUPLE": "double",
}
_DESIGN = {"PARALLEL": "parallel", "CROSSOVER": "crossover"}
_SPREAD = {"Standard Deviation": "sd", "Standard Error": "se"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def registry(name: str, text: str) -> dict[str, list[Cells]]:
    """Return the rows that a registry record fills, by table.

    `studies` gets design, people and funding; `arm_results` gets one row for each arm and posted outcome that
    has a mean, a median or a number of people. What the outcome is called in the tables, and on which scale
    it was measured, is left to the editor.

    Raises
    ------
    DeskError
        When the text is cut off, nested too deeply, or not the record of one study.
    """
    record = _record(name, text)
    protocol = _mapping(record, "protocolSection")
    if not protocol:
        raise DeskError(
            f"{name}: JSON without a protocolSection: download the record of one study from the registry"
        )
    rows = {"studies": [_study(protocol)]}
    results = list(_results(record, rows["studies"][0]["source_url"]))
    return rows | ({"arm_results": results} if results else {})


def _record(name: str, text: str) -> dict[str, Any]:
    if _depth(text) > DEEPEST:
        raise DeskError(f"{name}: the JSON is nested deeper than any registry record and is not read")
    try:
        record = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DeskError(
            f"{name}: line {error.lineno} is not JSON ({error.msg}): it may be cut off; download it again"
        ) from None
    except ValueError as error:
        raise DeskError(f"{name}: holds a number that JSON does not allow: {error}") from None
    if isinstance(record, list) and len(record) == 1:
        record = record[0]
    if not isinstance(record, dict):
        raise DeskError(f"{name}: is not the JSON record of one study: download one study from the registry")
    return record


def _depth(text: str) -> int:
    """Count how deep brackets nest outside strings."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _study(protocol: dict[str, Any]) -> Cells:
    identity = _mapping(protocol, "identificationModule")
    design = _mapping(protocol, "designModule")
    how = _mapping(design, "designInfo")
    sponsor = _mapping(_mapping(protocol, "sponsorCollaboratorsModule"), "leadSponsor")
    year = year_of(_text(_mapping(_mapping(protocol, "statusModule"), "startDateStruct"), "date"))
    number = _text(identity, "nctId")
    countries = {
        _text(place, "country")
        for place in _items(_mapping(protocol, "contactsLocationsModule"), "locations")
    }
    cells = {
        "study_id": study_id([_text(sponsor, "name")], year),
        "authors_short": f"{_text(sponsor, 'name')} (registry)",
        "year": year,
        "title": _text(identity, "officialTitle") or _text(identity, "briefTitle"),
        "registration": number,
        "country": next(iter(countries)) if len(countries) == 1 else "multinational" if countries else "",
        "design": _DESIGN.get(_text(how, "interventionModel"), "other"),
        "blinding": _BLINDING.get(_text(_mapping(how, "maskingInfo"), "masking"), "unclear"),
        "n_randomised": _enrolled(_mapping(design, "enrollmentInfo")),
        "funding": _text(sponsor, "name"),
        "source_url": f"https://clinicaltrials.gov/study/{number}" if number else "",
        "source_type": "registry",
        "bibliography": "as in source",
    }
    return {column: cell for column, cell in cells.items() if cell}


def _enrolled(enrolment: dict[str, Any]) -> str:
    return _text(enrolment, "count") if _text(enrolment, "type") == "ACTUAL" else ""


def _results(record: dict[str, Any], address: str) -> Iterator[Cells]:
    module = _mapping(_mapping(record, "resultsSection"), "outcomeMeasuresModule")
    for measure in _items(module, "outcomeMeasures"):
        groups = {_text(group, "id"): _text(group, "title") for group in _items(measure, "groups")}
        people = {
            _text(count, "groupId"): _text(count, "value")
            for denominator in _items(measure, "denoms")
            for count in _items(denominator, "counts")
        }
        for time, measurement in _measurements(measure):
            group = _text(measurement, "groupId")
            values = _values(measure, measurement, people.get(group, ""))
            if values:
                yield {
                    "arm": groups.get(group, group),
                    "measure": _text(measure, "title"),
                    "time_label": time or _text(measure, "timeFrame"),
                    **values,
                    "locator": f"Registry results, {_text(measure, 'type').lower()} outcome",
                    "source_url": address,
                    "notes": _note(measure),
                }


def _measurements(measure: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in _items(measure, "classes"):
        for category in _items(part, "categories"):
            label = "; ".join(text for text in (_text(part, "title"), _text(category, "title")) if text)
            for measurement in _items(category, "measurements"):
                yield label, measurement


def _values(measure: dict[str, Any], measurement: dict[str, Any], people: str) -> Cells:
    """Return the numbers of one arm: a mean or median with its spread, or people with an event."""
    value = _number(measurement, "value")
    kind, spread = _text(measure, "paramType"), _text(measure, "dispersionType")
    if not value:
        return {}
    if kind == "COUNT_OF_PARTICIPANTS":
        cells = {"kind": "count", "n": people, "events": value, "total": people}
    elif kind in ("MEAN", "LEAST_SQUARES_MEAN"):
        cells = {"n": people, "mean": value}
        if spread in _SPREAD:
            cells[_SPREAD[spread]] = _number(measurement, "spread")
        elif spread.endswith("Confidence Interval"):
            cells |= _limits(measurement, "ci_low", "ci_high")
    elif kind == "MEDIAN":
        cells = {"n": people, "median": value}
        if spread == "Inter-Quartile Range":
            cells |= _limits(measurement, "q1", "q3")
        elif spread == "Full Range":
            cells |= _limits(measurement, "min", "max")
    else:
        return {}
    return {column: cell for column, cell in cells.items() if cell}


def _limits(measurement: dict[str, Any], low: str, high: str) -> Cells:
    return {low: _number(measurement, "lowerLimit"), high: _number(measurement, "upperLimit")}


def _note(measure: dict[str, Any]) -> str:
    parts = (_text(measure, "paramType"), _text(measure, "dispersionType"), _text(measure, "unitOfMeasure"))
    said = ", ".join(part.lower().replace("_", " ") for part in parts if part)
    return f"posted as: {said}" if said else ""


def _mapping(record: dict[str, Any], key: str) -> dict[str, Any]:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _items(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = record.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(record: dict[str, Any], key: str) -> str:
    found = record.get(key)
    return plain(str(found)) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def _number(record: dict[str, Any], key: str) -> str:
    found = _text(record, key).replace(",", "")
    return found if _NUMBER.fullmatch(found) else ""
