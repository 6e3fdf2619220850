"""RevMan 5 files (.rm5): one XML document with the review, its studies, analyses and calculated numbers.

The file may come from anyone: entities are not resolved and a document that declares any is refused.
"""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd
from lxml import etree

from evidence.packages import measures
from evidence.packages.archive import Archive
from evidence.packages.cells import plain
from evidence.packages.frames import analysis, review
from evidence.packages.model import Analysis, Data, Estimate, Review, Settings, SubgroupTest, no_bias
from evidence.packages.problems import INTERVENTIONS, NO_ROWS, TEXT, PackageError, left_out, several_reviews

KINDS: Final[dict[str, Data]] = {
    "DICH": "dichotomous", "CONT": "continuous", "IV": "generic", "IPD": "o-e",
}  # fmt: skip
ROW: Final = {
    "mean_a": "MEAN_1", "sd_a": "SD_1", "events_a": "EVENTS_1", "n_a": "TOTAL_1", "mean_b": "MEAN_2",
    "sd_b": "SD_2", "events_b": "EVENTS_2", "n_b": "TOTAL_2", "o_minus_e": "O_E", "variance": "VAR",
}  # fmt: skip
SHOWN: Final = {
    "printed_estimate": "EFFECT_SIZE", "printed_ci_low": "CI_START", "printed_ci_high": "CI_END",
    "printed_weight": "WEIGHT",
}  # fmt: skip
ESTIMATE: Final = {
    "estimate": "EFFECT_SIZE", "ci_low": "CI_START", "ci_high": "CI_END", "tau2": "TAU2", "q": "CHI2",
    "q_df": "DF", "q_p_value": "P_CHI2", "i2": "I2", "z": "Z", "p_value": "P_Z", "weight": "WEIGHT",
    "events_a": "EVENTS_1", "n_a": "TOTAL_1", "events_b": "EVENTS_2", "n_b": "TOTAL_2",
}  # fmt: skip
JUDGEMENTS: Final = {"YES": "Low risk", "NO": "High risk", "UNKNOWN": "Unclear risk"}


def is_rm5(archive: Archive) -> bool:
    """Whether the package holds a RevMan 5 file."""
    return bool(_reviews(archive))


def _reviews(archive: Archive) -> list[str]:
    """Names of the RevMan 5 files of a package."""
    return [
        name
        for name, content in archive.files.items()
        if name.lower().endswith(".rm5") or b"<COCHRANE_REVIEW" in content[:4096]
    ]


def read_rm5(archive: Archive, title: str = "") -> Review:
    """Read a RevMan 5 file.

    Raises
    ------
    PackageError
        More than one file, no XML, entities declared, no analyses, cells that are no numbers.
    """
    file, root = _root(archive)
    studies = {
        str(study.get("ID")): (plain(study.get("NAME", "")), plain(study.get("YEAR", "")).strip("."))
        for study in root.iter("STUDY")
    }
    analyses, names, notes = _analyses(file, root, studies)
    if next(root.iter("SOF_TABLE"), None) is not None:
        notes.append(
            "Summary of findings tables are running text in a RevMan 5 file and are not read: enter the "
            "certainty in data/certainty.csv."
        )
    return review(
        title=title or _child(next(root.iter("COVER_SHEET"), root), "TITLE") or archive.name,
        identifier=archive.name,
        format="RevMan 5 file",
        analyses=analyses,
        names=names,
        studies=pd.DataFrame(
            [{"study": name, "year": year} for name, year in studies.values()], columns=["study", "year"]
        ),
        risk_of_bias=_bias(root, studies),
        notes=notes,
    )


def _root(archive: Archive) -> tuple[str, Any]:
    """Return the name and the outermost element of the one review of a package."""
    found = _reviews(archive)
    if len(found) > 1:
        raise several_reviews(found, archive.name)
    file = found[0]
    root = _parse(file, archive.files[file])
    if root.tag != "COCHRANE_REVIEW":
        raise PackageError(
            f"is not a RevMan 5 file: its outermost element is {root.tag}",
            file=file,
            remedy="Export it again.",
        )
    if root.get("TYPE", "INTERVENTION").upper() == "DIAGNOSTIC":
        raise PackageError("is a review of diagnostic tests", file=file, remedy=INTERVENTIONS)
    return file, root


def _analyses(
    file: str, root: Any, studies: dict[str, tuple[str, str]]
) -> tuple[list[Analysis], dict[int, str], list[str]]:
    """Return the analyses, the names of the comparisons, and what is left out with the reason."""
    notes: list[str] = []
    analyses: list[Analysis] = []
    names: dict[int, str] = {}
    for comparison in root.iter("COMPARISON"):
        number = _whole(file, comparison, "NO")
        names[number] = _child(comparison, "NAME")
        for outcome in comparison:
            if not isinstance(outcome.tag, str) or not outcome.tag.endswith("_OUTCOME"):
                continue
            kind = KINDS.get(outcome.tag.removesuffix("_OUTCOME"))
            key = (number, _whole(file, outcome, "NO"))
            if kind is None:
                notes.append(left_out(key, TEXT))
                continue
            rows, lines = _rows(file, outcome, kind, studies)
            if rows.empty:
                notes.append(left_out(key, NO_ROWS))
                continue
            analyses.append(_analysis(file, key, outcome, kind, rows, lines))
    return analyses, names, notes


def _parse(file: str, content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    if b"<!ENTITY" in content or b"<!ENTITY".decode().encode("utf-16-le") in content:
        raise PackageError(
            "declares XML entities, which no RevMan file does", file=file, remedy="Do not trust this file."
        )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PackageError(
            f"is truncated or not XML ({error.msg})",
            file=file,
            line=error.lineno or 0,
            remedy="Export it from RevMan again.",
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError(
            "declares a document type, which no RevMan file does", file=file, remedy="Do not trust this file."
        )
    return root


def _analysis(
    file: str, key: tuple[int, int], outcome: Any, kind: Data, rows: pd.DataFrame, lines: list[int]
) -> Analysis:
    settings = _settings(file, outcome, kind)
    groups = [child for child in outcome if str(child.tag).endswith("_SUBGROUP")]
    return analysis(
        key,
        _child(outcome, "NAME"),
        settings,
        rows,
        file=file,
        lines=lines,
        printed=_estimate(file, outcome, settings),
        test=SubgroupTest(
            q=_number(file, outcome, "Q"),
            df=len(groups) - 1 if _number(file, outcome, "Q") > 0 else math.nan,
            p_value=_number(file, outcome, "P_Q"),
            i2=_number(file, outcome, "I2_Q"),
        )
        if groups and _number(file, outcome, "Q") > 0
        else None,
        subgroups=[
            (label, _estimate(file, group, settings))
            for group, label in zip(groups, _labels(groups), strict=True)
        ],
    )


def _settings(file: str, outcome: Any, kind: Data) -> Settings:
    name = plain(outcome.get("EFFECT_MEASURE", "")) or _child(outcome, "EFFECT_MEASURE")
    method = measures.method(outcome.get("METHOD", "IV"))
    if method is None:
        raise _refuse(file, outcome, "METHOD", "is not known")
    code = measures.measure(name.replace("_", " ")) if kind in ("dichotomous", "continuous") else "GENERIC"
    if code is None:
        raise _refuse(file, outcome, "EFFECT_MEASURE", f"is no measure of {kind} data")
    totals = outcome.get("TOTALS", "YES").upper()
    return Settings(
        data=kind,
        measure="PETO" if method == "PETO" and kind == "dichotomous" else code,
        name=measures.NAMES[code] if code != "GENERIC" else name or measures.NAMES[code],
        log_scale=kind == "o-e"
        or (
            outcome.get("LOG_DATA", "NO").upper() == "YES"
            if kind == "generic"
            else code in ("RR", "OR", "PETO")
        ),
        method=method,
        model="random" if outcome.get("RANDOM", "NO").upper() == "YES" else "common",
        study_level=_level(file, outcome, "CI_STUDY"),
        level=_level(file, outcome, "CI_TOTAL"),
        totals=totals == "YES",
        subtotals=totals in ("YES", "SUB"),
        subgroup_test=outcome.get("SUBGROUP_TEST", "YES").upper() == "YES",
        swap=outcome.get("SWAP_EVENTS", "NO").upper() == "YES",
        unit=plain(outcome.get("UNITS", "")),
        experimental=_child(outcome, "GROUP_LABEL_1"),
        control=_child(outcome, "GROUP_LABEL_2"),
        favours_low=_child(outcome, "GRAPH_LABEL_1"),
        favours_high=_child(outcome, "GRAPH_LABEL_2"),
    )


def _rows(
    file: str, outcome: Any, kind: Data, studies: dict[str, tuple[str, str]]
) -> tuple[pd.DataFrame, list[int]]:
    tag = outcome.tag.removesuffix("_OUTCOME")
    groups = [child for child in outcome if child.tag == f"{tag}_SUBGROUP"]
    labelled = [("", each) for each in outcome if each.tag == f"{tag}_DATA"] + [
        (label, each)
        for group, label in zip(groups, _labels(groups), strict=True)
        for each in group
        if each.tag == f"{tag}_DATA"
    ]
    rows = []
    for label, element in labelled:
        identifier = element.get("STUDY_ID", "")
        if identifier not in studies:
            raise _refuse(file, element, "STUDY_ID", "is no study of this review")
        row: dict[str, Any] = {
            "subgroup": label,
            "applicability": "SUBGROUP_AND_OVERALL",
            "study": studies[identifier][0],
        }
        row |= {name: _number(file, element, attribute) for name, attribute in ROW.items()}
        if element.get("ESTIMABLE", "YES").upper() == "YES":
            row |= {name: _number(file, element, attribute) for name, attribute in SHOWN.items()}
        if kind == "generic":
            row |= _generic(file, element, log=outcome.get("LOG_DATA", "NO").upper() == "YES")
        rows.append(row)
    return pd.DataFrame(rows), [element.sourceline or 0 for _, element in labelled]


def _generic(file: str, element: Any, *, log: bool) -> dict[str, float]:
    """Effect and error as entered; where the effect is only there as shown, its logarithm for a ratio."""
    entered = _number(file, element, "ESTIMATE")
    if math.isnan(entered):
        shown = _number(file, element, "EFFECT_SIZE")
        entered = math.log(shown) if log and shown > 0 else shown
    return {"giv": entered, "giv_se": _number(file, element, "SE")}


def _labels(groups: list[Any]) -> list[str]:
    names = [_child(group, "NAME") or f"Subgroup {group.get('NO', '')}".strip() for group in groups]
    return [
        f"{name} ({group.get('NO', '')})" if names.count(name) > 1 else name
        for name, group in zip(names, groups, strict=True)
    ]


def _estimate(file: str, element: Any, settings: Settings) -> Estimate:
    counts = {"events_a", "n_a", "events_b", "n_b"}
    if element.get("ESTIMABLE", "YES").upper() != "YES":
        return Estimate(**{name: _number(file, element, ESTIMATE[name]) for name in counts})
    numbers = {name: _number(file, element, attribute) for name, attribute in ESTIMATE.items()}
    if settings.model == "common":
        numbers["tau2"] = math.nan
    return Estimate(**numbers)


def _bias(root: Any, studies: dict[str, tuple[str, str]]) -> pd.DataFrame:
    rows = []
    for item in root.iter("QUALITY_ITEM"):
        domain = _child(item, "NAME")
        groups = {
            str(group.get("ID")): _child(group, "NAME")
            for group in item.iter("QUALITY_ITEM_DATA_ENTRY_GROUP")
        }
        for entry in item.iter("QUALITY_ITEM_DATA_ENTRY"):
            group = groups.get(entry.get("GROUP_ID", ""), "")
            rows.append(
                {
                    "study": studies.get(entry.get("STUDY_ID", ""), ("", ""))[0],
                    "domain": f"{domain}: {group}" if group else domain,
                    "judgement": JUDGEMENTS.get(entry.get("RESULT", ""), entry.get("RESULT", "")),
                    "support": _child(entry, "DESCRIPTION"),
                }
            )
    return pd.DataFrame([row for row in rows if row["study"]], columns=no_bias().columns)


def _child(element: Any, tag: str) -> str:
    child = element.find(tag)
    return "" if child is None else plain(" ".join(child.itertext()))


def _number(file: str, element: Any, attribute: str) -> float:
    value = element.get(attribute, "").strip()
    if value in ("", "-Infinity", "Infinity", "NaN"):
        return math.nan
    try:
        number = float(value)
    except ValueError:
        number = math.inf
    if not math.isfinite(number) or "_" in value or not value.isascii():
        raise _refuse(file, element, attribute, "is not a number")
    return number


def _whole(file: str, element: Any, attribute: str) -> int:
    number = _number(file, element, attribute)
    if math.isnan(number) or number != int(number):
        raise _refuse(file, element, attribute, "is not a whole number")
    return int(number)


def _level(file: str, element: Any, attribute: str) -> float:
    number = _number(file, element, attribute)
    if math.isnan(number):
        return 0.95
    if not 50 <= number < 100:
        raise _refuse(file, element, attribute, "is no confidence level in percent")
    return number / 100


def _refuse(file: str, element: Any, attribute: str, what: str) -> PackageError:
    return PackageError(
        what,
        file=file,
        line=element.sourceline or 0,
        column=f"{element.tag} {attribute}",
        value=element.get(attribute, ""),
        remedy="Export the file from RevMan again.",
    )
