"""A plain CSV: effects with their variances, two arms in one row, or one arm in each row.

Names of columns are those of metafor, of this library and of common use; upper and lower case do not matter.
A folder may also hold a risk-of-bias table as robvis reads it (columns Study, D1 …, Overall).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import replace
from typing import Final

import pandas as pd

from evidence.meta.conversions import se_from_ci
from evidence.packages import measures
from evidence.packages.archive import Archive
from evidence.packages.cells import Row, Table, read_table
from evidence.packages.frames import NEEDED, analysis, review
from evidence.packages.model import Analysis, Data, Estimate, Review, Settings, no_bias, no_certainty
from evidence.packages.problems import NAMELESS, PackageError

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "study": ("study", "study_id", "slab", "trial", "author", "studlab", "name", "studies"),
    "year": ("year",),
    "comparison": ("comparison", "comparison_name"),
    "outcome": ("outcome", "analysis", "outcome_name", "endpoint"),
    "subgroup": ("subgroup", "group_name", "by"),
    "measure": ("measure", "effect_measure", "sm", "effect measure"),
    "certainty": ("certainty", "grade"),
    "arm": ("arm", "treatment", "intervention", "group", "treat"),
    "yi": (
        "yi", "te", "effect", "es", "giv", "estimate", "effect_size", "g", ".g", "smd", "md", "logor",
        "logrr", "loghr",
    ),
    "vi": ("vi", "variance_yi", "var", "v", "variance"),
    "sei": ("sei", "se", "sete", "std_err", "standard_error", "giv_se", ".g_se"),
    "ci_low": ("ci_low", "ci.lb", "lower", "ci_lower", "lower_ci", "ll", "cil"),
    "ci_high": ("ci_high", "ci.ub", "upper", "ci_upper", "upper_ci", "ul", "ciu"),
    "events_a": ("events_a", "ai", "tpos", "event.e", "events_1", "event_arm1", "events_e"),
    "non_events_a": ("bi", "tneg"),
    "n_a": ("n_a", "n1i", "n.e", "total_1", "totaln_arm1", "n_arm1", "n_e", "n_experimental"),
    "events_b": ("events_b", "ci", "cpos", "event.c", "events_2", "event_arm2", "events_c"),
    "non_events_b": ("di", "cneg"),
    "n_b": ("n_b", "n2i", "n.c", "total_2", "totaln_arm2", "n_arm2", "n_c", "n_control"),
    "mean_a": ("mean_a", "m1i", "mean.e", "mean_1", "mean_arm1", "mean_e", "mean_experimental"),
    "sd_a": ("sd_a", "sd1i", "sd.e", "sd_1", "sd_arm1", "sd_e", "sd_experimental"),
    "mean_b": ("mean_b", "m2i", "mean.c", "mean_2", "mean_arm2", "mean_c", "mean_control"),
    "sd_b": ("sd_b", "sd2i", "sd.c", "sd_2", "sd_arm2", "sd_c", "sd_control"),
    "events": ("events", "event", "cases", "r", "responders"),
    "n": ("n", "total", "n_analysed", "sample_size", "participants"),
    "mean": ("mean", "m"),
    "sd": ("sd",),
}  # fmt: skip
CONTROLS: Final = re.compile(
    r"^(controls?|ctrl|placebo|sham|comparator|no treatment|usual care|treatment as usual|tau|wait ?list|wl"
    r"|[b2])$",
    re.IGNORECASE,
)
BIAS_DOMAIN: Final = re.compile(r"^(d\d+|overall)$", re.IGNORECASE)
REMEDY: Final = (
    "Give study with yi and vi (or sei), or events_a n_a events_b n_b, or mean_a sd_a n_a mean_b sd_b n_b."
)


def read_plain(archive: Archive, measure: str = "", title: str = "") -> Review:
    """Read a plain CSV.

    Raises
    ------
    PackageError
        No table of results, more than one, columns of one arm missing, a study with one arm, cells that are
        no numbers, a measure that does not fit the data.
    """
    results: list[Table] = []
    bias, ignored = no_bias(), []
    for name, content in archive.files.items():
        if not name.lower().endswith((".csv", ".tsv", ".txt")):
            ignored.append(name)
            continue
        table = _lowered(read_table(name, content))
        if _is_bias(table):
            bias = _bias(table)
        elif "study" in _columns(table):
            results.append(table)
        else:
            ignored.append(name)
    if len(results) != 1:
        what = "holds no table of results" if not results else "holds more than one table of results"
        if not results and not bias.empty:
            what = "is a table of risk of bias, without results"
        raise PackageError(what, file=archive.name, remedy=REMEDY)
    return _review(archive, results[0], measure, title, bias, ignored)


def _lowered(table: Table) -> Table:
    rows = tuple(
        replace(row, cells={name.lower(): cell for name, cell in row.cells.items()}) for row in table
    )
    return Table(table.file, tuple(name.lower() for name in table.header), rows)


def _columns(table: Table) -> dict[str, str]:
    """Name of the column that holds each thing."""
    found = {}
    for meaning, names in ALIASES.items():
        present = [name for name in names if name in table.header]
        if present:
            found[meaning] = present[0]
    return found


def _review(
    archive: Archive, table: Table, measure: str, title: str, bias: pd.DataFrame, ignored: list[str]
) -> Review:
    columns = _columns(table)
    kind, wide = _kind(table, columns)
    unused = [name for name in table.header if name not in columns.values()]
    notes = [f"{name} is not used." for name in ignored]
    if unused:
        notes.append(f"Columns of {table.file} that are not used: {', '.join(unused)}.")
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in table:
        if not row.text(columns["study"]):
            raise row.problem(columns["study"], *NAMELESS)
        groups[_group(row, columns, measure)].append(row)
    comparisons = list(dict.fromkeys(comparison for comparison, _, _ in groups))
    analyses: list[Analysis] = []
    certainty = []
    for number, comparison in enumerate(comparisons, start=1):
        own = [(key, rows) for key, rows in groups.items() if key[0] == comparison]
        for place, ((_, outcome, name), rows) in enumerate(own, start=1):
            settings = _settings(table, kind, name, notes)
            cells, lines = _rows(rows, columns, kind) if wide else _arms(rows, columns, kind)
            analyses.append(
                analysis(
                    (number, place), outcome, settings, pd.DataFrame(cells), file=table.file, lines=lines,
                    printed=Estimate(),
                )
            )  # fmt: skip
            certainty += _certainty(rows, columns, f"{number}.{place}")
    return review(
        title=title or archive.name,
        identifier=archive.name,
        format="CSV of effects" if kind == "generic" else "CSV of arms",
        analyses=analyses,
        names=dict(enumerate(comparisons, start=1)),
        studies=_studies(table, columns),
        risk_of_bias=bias,
        certainty=pd.DataFrame(certainty, columns=no_certainty().columns),
        notes=list(dict.fromkeys(notes)),
    )


def _kind(table: Table, columns: dict[str, str]) -> tuple[Data, bool]:
    """Kind of data, and whether both arms stand in one row.

    Raises
    ------
    PackageError
        The columns of no kind are complete; the message says what is missing from the nearest.
    """
    wide: dict[Data, tuple[tuple[str, ...], ...]] = {
        "dichotomous": (("events_a",), ("n_a", "non_events_a"), ("events_b",), ("n_b", "non_events_b")),
        "continuous": (("mean_a",), ("sd_a",), ("n_a",), ("mean_b",), ("sd_b",), ("n_b",)),
        "generic": (("yi",), ("vi", "sei", "ci_low")),
    }
    for kind, needed in wide.items():
        if all(any(name in columns for name in names) for names in needed):
            return kind, True
    if "arm" in columns and "n" in columns:
        if "events" in columns:
            return "dichotomous", False
        if "mean" in columns and "sd" in columns:
            return "continuous", False
    nearest = max(wide, key=lambda kind: sum(any(name in columns for name in names) for names in wide[kind]))
    lacking = [" or ".join(names) for names in wide[nearest] if not any(name in columns for name in names)]
    raise PackageError(
        f"lacks {', '.join(lacking)}: {'an arm is' if nearest != 'generic' else 'effects are'} not complete",
        file=table.file,
        line=1,
        remedy=REMEDY,
    )


def _group(row: Row, columns: dict[str, str], measure: str) -> tuple[str, str, str]:
    def text(meaning: str) -> str:
        return row.text(columns[meaning]) if meaning in columns else ""

    return text("comparison") or "Comparison", text("outcome") or "Outcome", text("measure") or measure


def _settings(table: Table, kind: Data, name: str, notes: list[str]) -> Settings:
    defaults = {"dichotomous": "RR", "continuous": "MD"}
    code = measures.measure(name) if name else defaults.get(kind)
    allowed = measures.OF_COUNTS if kind == "dichotomous" else measures.OF_MEANS
    if kind != "generic" and code not in allowed:
        raise PackageError(
            f"is no measure of {kind} data",
            file=table.file,
            column="measure",
            value=name,
            remedy=f"Use one of {', '.join(allowed)}.",
        )
    if not name and code:
        notes.append(f"No measure is named; {measures.NAMES[code]} is assumed. Change it with --measure.")
    shown = measures.NAMES[code] if code else name or measures.NAMES["GENERIC"]
    return Settings(
        data=kind,
        measure="GENERIC" if kind == "generic" else str(code),
        name=shown,
        log_scale=measures.is_ratio(shown),
        method="PETO" if code == "PETO" and kind != "generic" else "IV",
        model="common" if code == "PETO" and kind != "generic" else "random",
        tau2="REML",
        ci="wald" if code == "PETO" and kind != "generic" else "HKSJ",
        prediction=code != "PETO",
        tau2_interval=True,
    )


def _rows(rows: list[Row], columns: dict[str, str], kind: Data) -> tuple[list[dict[str, object]], list[int]]:
    cells = []
    for row in rows:
        number = {meaning: row.number(column) for meaning, column in columns.items() if meaning in _NUMERIC}
        own: dict[str, object] = _place(row, columns)
        if kind == "generic":
            own |= _effect(row, columns, number)
        else:
            if kind == "dichotomous":
                for arm in "ab":
                    if f"n_{arm}" not in number:
                        number[f"n_{arm}"] = number[f"events_{arm}"] + number[f"non_events_{arm}"]
            names = NEEDED[kind]
            for name in names:
                if math.isnan(number[name]):
                    raise row.problem(
                        columns.get(name, name), "is missing", "Complete both arms, or delete the row."
                    )
            own |= {name: number[name] for name in names}
        cells.append(own)
    return cells, [row.line for row in rows]


_NUMERIC: Final = frozenset(ALIASES) - {
    "study", "year", "comparison", "outcome", "subgroup", "measure", "certainty", "arm",
}  # fmt: skip


def _place(row: Row, columns: dict[str, str]) -> dict[str, object]:
    return {
        "subgroup": row.text(columns["subgroup"]) if "subgroup" in columns else "",
        "applicability": "SUBGROUP_AND_OVERALL",
        "study": row.text(columns["study"]),
    }


_COMPLETE: Final = "Complete the row, or delete it."


def _effect(row: Row, columns: dict[str, str], number: dict[str, float]) -> dict[str, object]:
    """Effect and standard error: from a variance, an error, or the limits of a 95% CI."""
    yi = number["yi"]
    se = math.nan
    if number.get("vi", math.nan) >= 0:
        se = math.sqrt(number["vi"])
    elif "sei" in number:
        se = number["sei"]
    elif number.get("ci_low", math.nan) < number.get("ci_high", math.nan):
        se = float(se_from_ci(number["ci_low"], number["ci_high"]))
    column = columns.get("vi") or columns.get("sei") or columns.get("ci_low") or "vi"
    if math.isnan(yi):
        raise row.problem(columns["yi"], "is missing", _COMPLETE)
    if not se > 0:
        raise row.problem(column, "gives no error above 0", _COMPLETE)
    return {"giv": yi, "giv_se": se}


def _arms(rows: list[Row], columns: dict[str, str], kind: Data) -> tuple[list[dict[str, object]], list[int]]:
    """Two arms of each study from one row each."""
    of_study: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_study[row.text(columns["study"])].append(row)
    names = ("events", "n") if kind == "dichotomous" else ("mean", "sd", "n")
    cells, lines = [], []
    for own in of_study.values():
        experimental, control = _pair(own, columns["arm"])
        numbers = {
            f"{name}_{arm}": row.number(columns[name])
            for arm, row in (("a", experimental), ("b", control))
            for name in names
        }
        for arm, row in (("a", experimental), ("b", control)):
            for name in names:
                if math.isnan(numbers[f"{name}_{arm}"]):
                    raise row.problem(columns[name], "is missing", "Complete both arms, or delete the study.")
        cells.append(_place(experimental, columns) | numbers)
        lines.append(experimental.line)
    return cells, lines


def _pair(rows: list[Row], arm: str) -> tuple[Row, Row]:
    controls = [row for row in rows if CONTROLS.match(row.text(arm))]
    others = [row for row in rows if row not in controls]
    if len(controls) == 1 and len(others) == 1:
        return others[0], controls[0]
    if len(rows) == 1:
        raise rows[0].problem(arm, "is the only arm of its study", "Add the other arm, or delete the study.")
    if len(rows) > 2:
        raise rows[2].problem(
            arm, "is a third arm of its study", "Combine arms, or give one row per comparison."
        )
    raise rows[0].problem(arm, "does not say which arm is the control", 'Call the control arm "control".')


def _certainty(rows: list[Row], columns: dict[str, str], key: str) -> list[dict[str, str]]:
    if "certainty" not in columns:
        return []
    words = list(dict.fromkeys(filter(None, (row.text(columns["certainty"]) for row in rows))))
    if len(words) > 1:
        raise rows[0].problem(
            columns["certainty"], "is not one certainty for the analysis", "Give every row of it the same."
        )
    return [{"analysis": key, "certainty": words[0], "reasons": ""}] if words else []


def _studies(table: Table, columns: dict[str, str]) -> pd.DataFrame:
    kept = {name: columns[name] for name in ("study", "year") if name in columns}
    frame = pd.DataFrame([{name: row.text(column) for name, column in kept.items()} for row in table])
    return frame.drop_duplicates("study", ignore_index=True)


def _is_bias(table: Table) -> bool:
    return "study" in table.header and any(re.fullmatch(r"d\d+", name) for name in table.header)


def _bias(table: Table) -> pd.DataFrame:
    """A table of robvis: Study, D1 … Dn, Overall."""
    domains = [name for name in table.header if BIAS_DOMAIN.match(name)]
    return pd.DataFrame(
        [
            {
                "study": row.text("study"),
                "domain": domain.capitalize(),
                "judgement": row.text(domain),
                "support": "",
            }
            for row in table
            for domain in domains
            if row.text(domain)
        ],
        columns=no_bias().columns,
    )
