"""The row of `studies.csv` that the protocol of a registered study fills, and what must be said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.desk.importers.article import plain_key
from evidence.desk.importers.identifiers import registrations_of, year_of
from evidence.desk.importers.json_text import items, mapping, text, texts
from evidence.desk.importers.registry.parts import Cells, filled, joined, number, people

_DESIGN = {"PARALLEL": "parallel", "CROSSOVER": "crossover"}

_MODELS = {
    "CROSSOVER": "people crossed over: see whether a posted group is a sequence or a treatment",
    "FACTORIAL": "treatments were combined (factorial): see whom each posted group joins",
}


def study_row(record: dict[str, Any]) -> Cells:
    """Return the cells of `studies.csv`."""
    protocol = mapping(record, "protocolSection")
    identity, design = mapping(protocol, "identificationModule"), mapping(protocol, "designModule")
    sponsor = text(mapping(protocol, "sponsorCollaboratorsModule", "leadSponsor"), "name")
    year = year_of(text(mapping(protocol, "statusModule", "startDateStruct"), "date"))
    nct = text(identity, "nctId")
    others = [text(other, "id") for other in items(identity, "secondaryIdInfos")]
    results = list(_publications(protocol, "RESULT"))
    return filled(
        {
            "study_id": plain_key(sponsor) + year if sponsor else "",
            "authors_short": f"{sponsor} (registry)" if sponsor else "",
            "year": year,
            "title": text(identity, "officialTitle") or text(identity, "briefTitle"),
            "pmid": results[0] if len(results) == 1 else "",
            "registration": joined([nct, registrations_of(others)]),
            "country": _country(protocol),
            "design": _DESIGN.get(text(mapping(design, "designInfo"), "interventionModel"), "other"),
            "blinding": blinding(mapping(design, "designInfo", "maskingInfo")),
            "n_randomised": _enrolled(design),
            **_baseline(record),
            "funding": sponsor,
            "source_url": f"https://clinicaltrials.gov/study/{nct}" if nct else "",
            "source_type": "registry",
            "notes": _notes(protocol, results),
            "bibliography": "as in source",
        }
    )


def blinding(masking: dict[str, Any]) -> str:
    """Return the word of the tables for who was masked.

    Participants and somebody else: double. Participants alone, or others without them: single. Where the
    record does not say who, its own word stands.
    """
    who, said = texts(masking, "whoMasked"), text(masking, "masking")
    if who:
        return "double" if "PARTICIPANT" in who and len(who) > 1 else "single"
    words = {"NONE": "open", "SINGLE": "single"} | dict.fromkeys(("DOUBLE", "TRIPLE", "QUADRUPLE"), "double")
    return words.get(said, "unclear")


def warnings(record: dict[str, Any]) -> Iterator[str]:
    """Yield what an editor must know before this record is taken for a randomised trial with results."""
    protocol = mapping(record, "protocolSection")
    design, status = mapping(protocol, "designModule"), mapping(protocol, "statusModule")
    kind = text(design, "studyType")
    if kind not in ("INTERVENTIONAL", ""):
        yield f"the registry calls this study {kind.lower().replace('_', ' ')}: it is not a trial"
    allocation = text(mapping(design, "designInfo"), "allocation")
    if kind in ("INTERVENTIONAL", "") and allocation not in ("RANDOMIZED", ""):
        word = {"NA": "not allocated between groups"}.get(allocation, allocation.lower().replace("_", "-"))
        yield f"people were {word}: this is not a randomised trial"
    model = text(mapping(design, "designInfo"), "interventionModel")
    if model in _MODELS:
        yield _MODELS[model]
    state, why = text(status, "overallStatus"), text(status, "whyStopped")
    if state in ("WITHDRAWN", "TERMINATED", "SUSPENDED", "UNKNOWN", "NO_LONGER_AVAILABLE"):
        yield f"its status is {state.lower().replace('_', ' ')}" + (f": {why}" if why else "")
    enrolment = mapping(design, "enrollmentInfo")
    if number(enrolment, "count") == "0":
        yield "nobody was enrolled"
    elif number(enrolment, "count") and text(enrolment, "type") != "ACTUAL":
        yield f"{number(enrolment, 'count')} people are planned, not enrolled: n_randomised is left empty"
    who = texts(mapping(design, "designInfo", "maskingInfo"), "whoMasked")
    if who and "PARTICIPANT" not in who:
        masked = joined((word.lower().replace("_", " ") for word in who), ", ")
        yield f"participants were not masked, only: {masked}"
    if not mapping(record, "resultsSection"):
        yield "the registry holds no results of this study"


def _enrolled(design: dict[str, Any]) -> str:
    enrolment = mapping(design, "enrollmentInfo")
    count = number(enrolment, "count")
    return count if text(enrolment, "type") == "ACTUAL" and count.isdigit() and int(count) else ""


def _country(protocol: dict[str, Any]) -> str:
    places = items(mapping(protocol, "contactsLocationsModule"), "locations")
    countries = list(dict.fromkeys(country for place in places if (country := text(place, "country"))))
    return countries[0] if len(countries) == 1 else "multinational" if countries else ""


def _publications(protocol: dict[str, Any], kind: str) -> Iterator[str]:
    for reference in items(mapping(protocol, "referencesModule"), "references"):
        if text(reference, "type") == kind and number(reference, "pmid"):
            yield number(reference, "pmid")


def _notes(protocol: dict[str, Any], results: list[str]) -> str:
    status = mapping(protocol, "statusModule")
    derived = list(_publications(protocol, "DERIVED"))
    conditions = joined(texts(mapping(protocol, "conditionsModule"), "conditions"), ", ")
    parts = [
        f"Condition: {conditions}" if conditions else "",
        f"Publications of its results by the registry: PMID {', '.join(results)}" if len(results) > 1 else "",
        f"Other publications by the registry: PMID {', '.join(derived)}" if derived else "",
        f"Status: {text(status, 'overallStatus').lower().replace('_', ' ')}"
        if text(status, "overallStatus") not in ("COMPLETED", "")
        else "",
    ]
    return joined(parts, ". ")


def _baseline(record: dict[str, Any]) -> Cells:
    module = mapping(record, "resultsSection", "baselineCharacteristicsModule")
    found: Cells = {}
    for measure in items(module, "measures"):
        counts = people(measure, module)
        if is_mean_age(measure):
            found.setdefault("age_mean", _mean(_cells(measure, ""), counts, _total(module)))
        elif is_count_by_sex(measure):
            female = _cells(measure, "female")
            found.setdefault("female_pct", _share(female, counts, _total(module)))
    return found


def is_mean_age(measure: dict[str, Any]) -> bool:
    """Whether a baseline characteristic is the mean age in years."""
    title, unit = text(measure, "title").lower(), text(measure, "unitOfMeasure").lower()
    in_years = not unit or "year" in unit
    return title.startswith("age") and text(measure, "paramType") == "MEAN" and in_years


def is_count_by_sex(measure: dict[str, Any]) -> bool:
    """Whether a baseline characteristic is the number of people of each sex."""
    by_sex = text(measure, "title").lower().startswith(("sex", "gender"))
    return by_sex and text(measure, "paramType") == "COUNT_OF_PARTICIPANTS"


def _total(module: dict[str, Any]) -> str:
    """Return the group that joins all others."""
    groups = items(module, "groups")
    return next((text(group, "id") for group in groups if text(group, "title").lower() == "total"), "")


def _cells(measure: dict[str, Any], category: str) -> dict[str, str]:
    """Return the values of a measure by group, of the category or class with a title or of the only one."""
    for part in items(measure, "classes"):
        for found in items(part, "categories"):
            if not category or category in (text(found, "title").lower(), text(part, "title").lower()):
                cells = items(found, "measurements")
                return {text(cell, "groupId"): number(cell, "value") for cell in cells}
    return {}


def _mean(values: dict[str, str], counts: dict[str, str], total: str) -> str:
    """Return the mean of everybody: as posted, or that of the groups by their people."""
    if values.get(total):
        return values[total]
    known = [(float(values[g]), float(counts[g])) for g in values if values[g] and counts.get(g)]
    followed = sum(count for _, count in known)
    if not known or len(known) < len(values) or not followed:
        return ""
    return f"{sum(value * count for value, count in known) / followed:.1f}"


def _share(values: dict[str, str], counts: dict[str, str], total: str) -> str:
    groups = [total] if values.get(total) and counts.get(total) else [g for g in values if g != total]
    if not groups or not all(values.get(g) and counts.get(g) for g in groups):
        return ""
    everybody = sum(float(counts[g]) for g in groups)
    return f"{100 * sum(float(values[g]) for g in groups) / everybody:.1f}" if everybody else ""
