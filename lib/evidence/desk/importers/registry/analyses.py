"""Posted comparisons of a registered study: rows of `contrasts.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from evidence.desk.importers.json_text import items, mapping, text, texts
from evidence.desk.importers.registry.arms import RegisteredArm
from evidence.desk.importers.registry.outcomes import posted_label
from evidence.desk.importers.registry.parts import (
    Cells,
    NotTaken,
    code,
    counted_otherwise,
    filled,
    joined,
    number,
)

_P = re.compile(
    r"(?:p(?:-?value)?)?([<>=]?)((?:0?\.[0-9]+|1(?:\.0+)?|0|[0-9](?:\.[0-9]+)?e-[0-9]{1,2}))", re.IGNORECASE
)
_NO_TEST = re.compile(r"n\.?s\.?|not ?significant", re.IGNORECASE)
#: Words that make another quantity of an estimate whose name else is known.
_LOGARITHM = re.compile(r"(?:^|_)(?:LOG(?:10|2|E)?|LN|LOGARITHM[A-Z]*|GEOMETRIC)(?:_|$)")
_ONE_SIDED = re.compile(r"\b(?:one|1)[ -]?(?:sided|tailed)\b", re.IGNORECASE)
_TWO_SIDES = ("TWO_SIDED", "2_SIDED", "")
_EFFECTS = (
    (re.compile(r"STANDARDI[SZ]ED_(?:MEAN_)?(?:DIFFERENCE|EFFECT)|^SMD$|COHEN_?S?_D|HEDGES"), "SMD"),
    (
        re.compile(r"MEAN_DIFFERENCE|DIFFERENCE_(?:IN|OF|BETWEEN)_(?:.*_)?MEANS?(?![A-Z])|LS_MEANS?_DIFF"),
        "MD",
    ),
    (re.compile(r"RISK_RATIO|RELATIVE_RISK(?!_REDUCTION)|^RR$"), "RR"),
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
    names = [groups.get(group, "") or group for group in texts(analysis, "groupIds")]
    what = f"{text(measure, 'title')}, comparison of {' v '.join(names) or 'unnamed groups'}"
    if why := _no_pair(measure, names):
        yield NotTaken(what, why)
        return
    test, refused = _test(analysis)
    effect, turned = _effect(measure, analysis, names)
    if isinstance(effect, str):
        yield NotTaken(f"{what}: {text(analysis, 'paramType')} {text(analysis, 'paramValue')}", effect)
        effect = {"effect": "p_only"}
    elif why := _no_interval(analysis, effect):
        yield NotTaken(what, why)
    if refused:
        yield NotTaken(what, refused)
    if effect["effect"] == "p_only" and not test:
        if not refused and not text(analysis, "paramValue"):
            yield NotTaken(what, "it has neither an estimate nor a p-value")
        return
    label, unsure = _label(measure)
    pair = [names[1], names[0]] if turned == "yes" else names
    kind = code(text(analysis, "nonInferiorityType")).lower().replace("_", " ")
    notes = [
        text(analysis, "statisticalMethod"),
        text(analysis, "paramType"),
        unsure,
        "the direction is that of the order of the groups: check it" if turned == "unknown" else "",
        kind if _margin(analysis) else "",
        text(analysis, "nonInferiorityComment")[:200],
    ]
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
            "notes": joined([*notes, effect.get("notes", "")]),
        }
    )


def _label(measure: dict[str, Any]) -> tuple[tuple[str, str], str]:
    """Return the names of measure and time of a comparison, and what is not certain about them."""
    parts = items(measure, "classes")
    if len(parts) == 1 and len(categories := items(parts[0], "categories")) == 1:
        return posted_label(measure, parts[0], categories[0]), ""
    said = "the registry does not say which of the posted classes is compared" if len(parts) > 1 else ""
    return (text(measure, "title"), text(measure, "timeFrame")), said


def _no_pair(measure: dict[str, Any], names: list[str]) -> str:
    """Return why a comparison is not one of two groups of people."""
    if len(names) != 2:
        return f"it is a test of {len(names)} groups at once" if names else "it names no groups"
    if names[0] == names[1]:
        return "both groups have one name: give the arms names of their own"
    return counted_otherwise(measure)


def _margin(analysis: dict[str, Any]) -> bool:
    """Whether a comparison is with a margin and not with no difference."""
    kind = code(text(analysis, "nonInferiorityType"))
    return kind.startswith(("NON_INFERIORITY", "EQUIVALENCE")) or analysis.get("testedNonInferiority") is True


def _test(analysis: dict[str, Any]) -> tuple[Cells, str]:
    """Return the two-sided p-value of no difference, or why it cannot be taken."""
    said = text(analysis, "pValue").replace(" ", "")
    if not said:
        return {}, ""
    if _margin(analysis):
        return {}, f"its p-value ({said}) is of a test against a margin and not of no difference"
    about = ("statisticalMethod", "pValueComment", "statisticalComment", "groupDescription")
    if any(_ONE_SIDED.search(text(analysis, key)) for key in about):
        return {}, f"its p-value ({said}) is one-sided"
    if code(text(analysis, "ciNumSides")) not in _TWO_SIDES:
        return {}, f"its p-value ({said}) stands beside a one-sided interval and may be one-sided itself"
    if _NO_TEST.fullmatch(said):
        return {"p_operator": "ns"}, ""
    found = _P.fullmatch(said)
    if not found:
        return {}, f"its p-value is {said!r}: write it by hand"
    value = format(Decimal(found[2]), "f")
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
        said = text(analysis, "paramValue")
        return (f"{said} is no number", "no") if said else ({"effect": "p_only"}, "no")
    effect = next((word for pattern, word in _EFFECTS if pattern.search(kind)), "")
    if not effect:
        return f"{text(analysis, 'paramType') or 'an unnamed estimate'} has no column", "no"
    limits = {"ci_low": number(analysis, "ciLowerLimit"), "ci_high": number(analysis, "ciUpperLimit")}
    if why := _other_scale(measure, effect, kind, [value, *filter(None, limits.values())]):
        return why, "no"
    cells = {"effect": effect, "estimate": value}
    level = number(analysis, "ciPctValue")
    if all(limits.values()) and level and code(text(analysis, "ciNumSides")) in _TWO_SIDES:
        cells |= {"ci_level": level, **limits}
    spread, error = number(analysis, "dispersionValue"), code(text(analysis, "dispersionType"))
    if spread and effect in ("MD", "SMD", "RD") and error.startswith("STANDARD_ERROR"):
        cells["se"] = spread
    elif spread:
        cells["notes"] = f"{text(analysis, 'dispersionType') or 'spread of an unknown kind'}: {spread}"
    return cells, _turned(measure, float(value), names) if effect in ("MD", "SMD") else "unknown"


def _other_scale(measure: dict[str, Any], effect: str, kind: str, numbers: list[str]) -> str:
    """Return why an estimate is not the quantity that its name says."""
    if _LOGARITHM.search(kind) or (effect == "MD" and _LOGARITHM.search(code(text(measure, "paramType")))):
        return "it is on a logarithmic scale"
    if effect in ("RR", "OR") and any(float(number) <= 0 for number in numbers):
        return "a ratio is above 0: it may be a logarithm"
    unit = text(measure, "unitOfMeasure").lower()
    in_percent = re.search(r"percent|%", unit) or "PERCENT" in kind or "%" in kind
    if effect == "RD" and (in_percent or any(abs(float(number)) > 1 for number in numbers)):
        return "the risk difference may be in per cent: a proportion is needed"
    return ""


def _no_interval(analysis: dict[str, Any], effect: Cells) -> str:
    """Return why an interval that is posted beside an estimate is not taken; empty when it is, or none is."""
    limits = [text(analysis, "ciLowerLimit"), text(analysis, "ciUpperLimit")]
    if "ci_low" in effect or not any(limits):
        return ""
    said = f"its interval ({' to '.join(limit or '…' for limit in limits)})"
    if code(text(analysis, "ciNumSides")) not in _TWO_SIDES:
        return f"{said} is one-sided"
    if not number(analysis, "ciPctValue"):
        return f"{said} has no level"
    return f"{said} has not two numbers as limits"


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
