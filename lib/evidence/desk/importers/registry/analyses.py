"""Posted comparisons of a registered study: rows of `contrasts.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evidence.desk.importers.json_text import items, mapping, text, texts
from evidence.desk.importers.registry.arms import RegisteredArm
from evidence.desk.importers.registry.outcomes import posted_label
from evidence.desk.importers.registry.parts import Cells, NotTaken, code, filled, joined, number

_P = re.compile(r"([<>=]?)\s*(0?\.[0-9]+|1(?:\.0+)?|0)")
_EFFECTS = (
    (re.compile(r"MEAN_DIFFERENCE|DIFFERENCE_(?:IN|OF|BETWEEN)_.*MEANS?\b|LS_MEANS?_DIFF"), "MD"),
    (re.compile(r"RISK_RATIO|RELATIVE_RISK|^RR$"), "RR"),
    (re.compile(r"ODDS_RATIO|^OR$"), "OR"),
    (re.compile(r"RISK_DIFFERENCE|^RD$"), "RD"),
)


def contrast_rows(
    record: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    """Yield a row for each comparison of two groups, and what was not taken."""
    module = mapping(record, "resultsSection", "outcomeMeasuresModule")
    for measure in items(module, "outcomeMeasures"):
        for analysis in items(measure, "analyses"):
            yield from _contrast(measure, analysis, arms, address)


def _contrast(
    measure: dict[str, Any], analysis: dict[str, Any], arms: dict[str, RegisteredArm], address: str
) -> Iterator[Cells | NotTaken]:
    groups = {text(group, "id"): text(group, "title") for group in items(measure, "groups")}
    names = [groups.get(group, group) for group in texts(analysis, "groupIds")]
    what = f"{text(measure, 'title')}, comparison of {' v '.join(names) or 'unnamed groups'}"
    if len(names) != 2:
        yield NotTaken(what, f"it is a test of {len(names)} groups at once")
        return
    parts = items(measure, "classes")
    label = (text(measure, "title"), text(measure, "timeFrame"))
    notes = [text(analysis, "statisticalMethod"), text(analysis, "paramType")]
    if len(parts) == 1 and len(categories := items(parts[0], "categories")) == 1:
        label = posted_label(measure, parts[0], categories[0])
    elif len(parts) > 1:
        notes.append("the registry does not say which of the posted classes is compared")
    test, refused = _test(analysis)
    effect, turned = _effect(measure, analysis, names)
    if isinstance(effect, str):
        yield NotTaken(f"{what}: {text(analysis, 'paramType')} {text(analysis, 'paramValue')}", effect)
        effect = {"effect": "p_only"}
    if refused:
        yield NotTaken(what, refused)
    if effect["effect"] == "p_only" and not test:
        return
    if turned == "unknown":
        notes.append("the direction is that of the order of the groups: check it")
    pair = [names[1], names[0]] if turned == "yes" else names
    kind = text(analysis, "nonInferiorityType") or text(analysis, "testedNonInferiority")
    drug = "+".join(arms[pair[0]].drugs) if pair[0] in arms else ""
    yield filled(
        {
            "arm_a": pair[0],
            "arm_b": pair[1],
            "drug": drug,
            "measure": label[0],
            "time_label": label[1],
            **effect,
            **test,
            "source": "registry",
            "locator": "Registry results, statistical analysis",
            "source_url": address,
            "notes": joined([*notes, kind.lower().replace("_", " ") if "INFERIORITY" in kind else ""]),
        }
    )


def _test(analysis: dict[str, Any]) -> tuple[Cells, str]:
    """Return the p-value, or why it cannot be taken."""
    said = text(analysis, "pValue").replace(" ", "")
    if not said:
        return {}, ""
    found = _P.fullmatch(said)
    if not found:
        return {}, f"its p-value is {said!r}"
    value = f"0{found[2]}" if found[2].startswith(".") else found[2]
    if float(value) == 0:
        return (
            {},
            f"its p-value is {said}, which no test gives: the smallest p that the text names is not told",
        )
    return {"p_operator": found[1] or "=", "p_value": value}, ""


def _effect(measure: dict[str, Any], analysis: dict[str, Any], names: list[str]) -> tuple[Cells | str, str]:
    """Return the estimate with its interval or why it is not taken, and whether the groups change places."""
    value, kind = number(analysis, "paramValue"), code(text(analysis, "paramType"))
    if not value:
        return {"effect": "p_only"}, "no"
    effect = next((word for pattern, word in _EFFECTS if pattern.search(kind)), "")
    if not effect:
        return f"{text(analysis, 'paramType') or 'an unnamed estimate'} has no column", "no"
    if effect == "RD" and abs(float(value)) > 1:
        return "the risk difference is not a proportion", "no"
    cells = {"effect": effect, "estimate": value}
    low, high = number(analysis, "ciLowerLimit"), number(analysis, "ciUpperLimit")
    level = number(analysis, "ciPctValue")
    if low and high and level and code(text(analysis, "ciNumSides")) in ("TWO_SIDED", "2_SIDED", ""):
        cells |= {"ci_level": level, "ci_low": low, "ci_high": high}
    if code(text(analysis, "dispersionType")) in ("STANDARD_ERROR_OF_MEAN", "STANDARD_ERROR_OF_THE_MEAN"):
        cells["se"] = number(analysis, "dispersionValue")
    return cells, _turned(measure, float(value), names) if effect == "MD" else "unknown"


def _turned(measure: dict[str, Any], value: float, names: list[str]) -> str:
    """Whether a difference is the second group less the first, as the means of the two groups tell."""
    groups = {text(group, "title"): text(group, "id") for group in items(measure, "groups")}
    parts = items(measure, "classes")
    cells = [cell for part in parts for c in items(part, "categories") for cell in items(c, "measurements")]
    means = {text(cell, "groupId"): number(cell, "value") for cell in cells}
    if len(parts) != 1 or len(means) != len(cells):
        return "unknown"
    first, second = (means.get(groups.get(name, ""), "") for name in names)
    difference = float(first) - float(second) if first and second else 0.0
    if difference * value == 0:
        return "unknown"
    return "no" if difference * value > 0 else "yes"
