"""Data packages of RevMan Web, version 1 (to September 2024) and version 2.

Cochrane's specification: documentation.cochrane.org/revman-kb/data-package-specification-249561249.html.
A package is a ZIP (often within the article's ZIP) with the folders analysis-data and study-data.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

import pandas as pd

from evidence.packages import measures, study_data
from evidence.packages.archive import Archive
from evidence.packages.cells import MISSING, Row, Table, read_table
from evidence.packages.frames import analysis, review
from evidence.packages.model import Analysis, Estimate, Review, Settings, SubgroupTest
from evidence.packages.problems import INTERVENTIONS, NO_ROWS, TEXT, PackageError, left_out, several_reviews

SETTINGS: Final = "-overall-estimates-and-settings.csv"
ROWS: Final = "-data-rows.csv"
SUBGROUPS: Final = "-subgroup-estimates.csv"
DIAGNOSTIC: Final = "-parameters.csv"

KEY: Final = ("Analysis group", "Analysis number")
NUMBERS: Final = {
    "mean_a": "Experimental mean", "sd_a": "Experimental SD", "events_a": "Experimental cases",
    "n_a": "Experimental N", "mean_b": "Control mean", "sd_b": "Control SD", "events_b": "Control cases",
    "n_b": "Control N", "giv": "GIV Mean", "giv_se": "GIV SE", "o_minus_e": "O-E", "variance": "Variance",
    "printed_estimate": "Mean", "printed_ci_low": "CI start", "printed_ci_high": "CI end",
    "printed_weight": "Weight",
}  # fmt: skip
ESTIMATE: Final = {
    "estimate": "Mean", "ci_low": "CI start", "ci_high": "CI end", "pi_low": "PI start", "pi_high": "PI end",
    "tau2": "Heterogeneity Tau²", "tau2_ci_low": "Tau² CI start", "tau2_ci_high": "Tau² CI end",
    "q": "Heterogeneity Chi²", "q_df": "Heterogeneity df", "q_p_value": "Heterogeneity P",
    "i2": "Heterogeneity I²", "z": "Effect Z", "t": "Effect T", "p_value": "Effect P", "weight": "Weight",
    "events_a": "Experimental cases", "n_a": "Experimental N", "events_b": "Control cases",
    "n_b": "Control N",
}  # fmt: skip
TEST: Final = {"q": "Subgroup Chi²", "df": "Subgroup df", "p_value": "Subgroup P", "i2": "Subgroup I²"}
REQUIRED_SETTINGS: Final = (
    *KEY, "Analysis name", "Data type", "Statistical method", "Effect measure", "Analysis model",
    "Mean", "CI start", "CI end",
)  # fmt: skip
REQUIRED_ROWS: Final = (
    *KEY, "Study", "Experimental cases", "Experimental N", "Control cases", "Control N", "Experimental mean",
    "Experimental SD", "Control mean", "Control SD", "GIV Mean", "GIV SE", "Mean", "CI start", "CI end",
    "Weight",
)  # fmt: skip


def is_revman_web(archive: Archive) -> bool:
    """Whether any file has a name of RevMan Web's."""
    return any(
        name.endswith((SETTINGS, ROWS, SUBGROUPS, DIAGNOSTIC)) or study_data.is_study_data(name)
        for name in archive.files
    )


def read_revman_web(archive: Archive, title: str = "") -> Review:
    """Read a data package of RevMan Web.

    Raises
    ------
    PackageError
        Files or columns missing, cells that are no numbers, analyses whose parts do not fit together.
    """
    if any(name.endswith(DIAGNOSTIC) for name in archive.files):
        raise PackageError(
            "is the package of a review of diagnostic tests",
            file=archive.name,
            remedy=INTERVENTIONS,
        )
    settings, rows = _only(archive, SETTINGS), _only(archive, ROWS)
    if settings is None or rows is None:
        lacking = SETTINGS if settings is None else ROWS
        raise PackageError(
            f"holds no file that ends in {lacking}",
            file=archive.name,
            remedy="Download the data package again; it needs the folder analysis-data.",
        )
    identifier = settings.file.rsplit("/", 1)[-1].removesuffix(SETTINGS)
    if identifier != rows.file.rsplit("/", 1)[-1].removesuffix(ROWS):
        raise PackageError(
            f"does not belong to {settings.file}", file=rows.file, remedy="Put one review's files together."
        )
    settings.require(REQUIRED_SETTINGS, "RevMan Web's table of analyses")
    rows.require(REQUIRED_ROWS, "RevMan Web's table of rows")
    version = 2 if "CI method" in settings.header else 1
    subgroups = _subgroups(_only(archive, SUBGROUPS))
    notes: list[str] = []
    analyses, names = _analyses(settings, rows, subgroups, version, notes)
    side = study_data.read_study_data(archive, identifier, notes)
    return review(
        title=title or _title(identifier, names),
        identifier=identifier,
        format=f"RevMan Web data package, version {version}",
        analyses=analyses,
        names=names,
        studies=side.studies,
        risk_of_bias=side.risk_of_bias,
        notes=notes,
    )


def _title(identifier: str, names: dict[int, str]) -> str:
    """The only comparison's name, or the review's number: a package does not hold the title."""
    return next(iter(names.values())) if len(names) == 1 and any(names.values()) else f"Review {identifier}"


def _only(archive: Archive, ending: str) -> Table | None:
    found = [name for name in archive.files if name.endswith(ending)]
    if len(found) > 1:
        raise several_reviews(found, archive.name)
    return read_table(found[0], archive.files[found[0]]) if found else None


def _analyses(
    settings: Table,
    rows: Table,
    subgroups: dict[tuple[int, int], list[tuple[str, Estimate]]],
    version: int,
    notes: list[str],
) -> tuple[list[Analysis], dict[int, str]]:
    of_analysis = _by_analysis(settings, rows)
    analyses: list[Analysis] = []
    names: dict[int, str] = {}
    for row in settings:
        key = _key(row)
        names.setdefault(key[0], row.text("Analysis group name"))
        kind = measures.data(row.text("Data type"))
        own = of_analysis.get(key, [])
        if kind is None and "other" in row.text("Data type").lower():
            notes.append(left_out(key, TEXT))
            continue
        if not own:
            notes.append(left_out(key, NO_ROWS))
            continue
        analyses.append(
            analysis(
                key,
                row.text("Analysis name"),
                _settings(row, version),
                _rows(own),
                file=rows.file,
                lines=[each.line for each in own],
                printed=_estimate(row),
                test=SubgroupTest(**{name: row.number(column) for name, column in TEST.items()}),
                subgroups=subgroups.get(key, []),
            )
        )
    return analyses, names


def _by_analysis(settings: Table, rows: Table) -> dict[tuple[int, int], list[Row]]:
    """Return the rows of each analysis; each stands once among the settings."""
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        found[_key(row)].append(row)
    known = set()
    for row in settings:
        key = _key(row)
        if key in known:
            raise row.problem(
                "Analysis number", f"makes analysis {key[0]}.{key[1]} stand twice", "Delete one."
            )
        known.add(key)
    for key in found.keys() - known:
        raise found[key][0].problem(
            "Analysis number", f"belongs to analysis {key[0]}.{key[1]}, which {settings.file} does not have",
            "Download the package again.",
        )  # fmt: skip
    return found


def _key(row: Row) -> tuple[int, int]:
    return row.whole("Analysis group"), row.whole("Analysis number")


def _rows(rows: list[Row]) -> pd.DataFrame:
    labels = _labels(rows)
    return pd.DataFrame(
        [
            {
                "subgroup": label,
                "applicability": row.text("Applicability") or "SUBGROUP_AND_OVERALL",
                "study": row.text("Study"),
            }
            | {name: row.number(column) for name, column in NUMBERS.items()}
            for row, label in zip(rows, labels, strict=True)
        ]
    )


def _labels(rows: list[Row]) -> list[str]:
    """Names of subgroups; those of one name and different numbers get their number."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        numbers[row.text("Subgroup")].add(row.text("Subgroup number"))
    return [
        f"{row.text('Subgroup')} ({row.text('Subgroup number')})"
        if row.text("Subgroup") and len(numbers[row.text("Subgroup")]) > 1
        else row.text("Subgroup")
        for row in rows
    ]


def _subgroups(table: Table | None) -> dict[tuple[int, int], list[tuple[str, Estimate]]]:
    found: dict[tuple[int, int], list[tuple[str, Estimate]]] = defaultdict(list)
    if table is None:
        return found
    table.require((*KEY, "Subgroup", "Mean", "CI start", "CI end"), "RevMan Web's table of subgroups")
    rows: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in table:
        rows[_key(row)].append(row)
    for key, own in rows.items():
        for row, label in zip(own, _labels(own), strict=True):
            found[key].append((label, _estimate(row)))
    return found


def _estimate(row: Row) -> Estimate:
    return Estimate(**{name: row.number(column) for name, column in ESTIMATE.items()})


_REPORT: Final = "Report this package, so that it can be read."


def _settings(row: Row, version: int) -> Settings:
    name = row.text("Effect measure")
    kind = measures.data(row.text("Data type"))
    if kind is None:
        raise row.problem("Data type", "is not known", _REPORT)
    method = measures.method(row.text("Statistical method"))
    if method is None:
        raise row.problem("Statistical method", "is not known", _REPORT)
    model = measures.model(row.text("Analysis model"))
    if model is None:
        raise row.problem("Analysis model", "is not known", _REPORT)
    code = measures.measure(name) if kind in ("dichotomous", "continuous") else "GENERIC"
    allowed = measures.OF_COUNTS if kind == "dichotomous" else measures.OF_MEANS
    if code is None or (code != "GENERIC" and code not in allowed):
        raise row.problem("Effect measure", f"is no measure of {kind} data", "Report this package.")
    level = _level(row, "CI/PI level" if version == 2 else "Estimate CI")
    return Settings(
        data=kind,
        measure="PETO" if method == "PETO" and kind == "dichotomous" else code,
        name=name,
        log_scale=_flag(row, "Log-scale data") or kind == "o-e" or code in ("RR", "OR", "PETO"),
        method=method,
        model=model,
        tau2="REML" if "REML" in row.text("Heterogeneity estimator").upper() else "DL",
        ci="HKSJ" if "HK" in row.text("CI method").upper() else "wald",
        study_level=level if version == 2 else _level(row, "Study CI"),
        level=level,
        totals=_flag(row, "Overall estimates", absent=True),
        subtotals=_flag(row, "Subgroup estimates", absent=True),
        subgroup_test=_flag(row, "Test for subgroup differences", absent=True),
        prediction=_flag(row, "Prediction interval"),
        tau2_interval=_flag(row, "Tau² CI"),
        swap=_flag(row, "Swap event and non-event"),
        unit=row.text("Unit of effect measure"),
        experimental=row.text("Experimental group label") or row.text("Experimental intervention"),
        control=row.text("Control group label") or row.text("Control intervention"),
        favours_low=row.text("Graph label (left)"),
        favours_high=row.text("Graph label (right)"),
    )


def _flag(row: Row, column: str, *, absent: bool = False) -> bool:
    value = row.text(column).lower()
    if value in MISSING:
        return absent
    if value not in ("true", "false", "yes", "no", "1", "0"):
        raise row.problem(column, "is neither true nor false", "Correct the cell.")
    return value in ("true", "yes", "1")


def _level(row: Row, column: str) -> float:
    value = row.text(column)
    if value.lower() in MISSING:
        return 0.95
    try:
        number = float(value.rstrip("% "))
    except ValueError:
        number = math.nan
    level = number / 100 if number > 1 else number
    if not 0.5 <= level < 1:
        raise row.problem(column, "is no confidence level", 'Write it as "95%".')
    return level
