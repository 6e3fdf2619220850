"""The tables of a book made from a package: what each column holds, as ``datapackage.json`` says it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from evidence.packages.model import NUMBERS, PRINTED, Estimate, SubgroupTest

KIND: Final = "review"
"""What ``datapackage.json`` says in `kind`: rules of other kinds of data do not apply."""

MOST: Final = 999_999_999_999
"""Largest number that a cell may hold."""

Field = dict[str, Any]


def text(name: str, description: str, *, required: bool = False, allowed: tuple[str, ...] = ()) -> Field:
    """A column of words."""
    constraints: Field = ({"required": True} if required else {}) | (
        {"enum": list(allowed)} if allowed else {}
    )
    return _field(name, "string", description, constraints)


def number(name: str, description: str, *, required: bool = False) -> Field:
    """A column of numbers."""
    bounds = {"minimum": -MOST, "maximum": MOST}
    return _field(name, "number", description, ({"required": True} if required else {}) | bounds)


def whole(name: str, description: str) -> Field:
    """A column of whole numbers that may not be empty."""
    return _field(name, "integer", description, {"required": True, "minimum": 0, "maximum": 1_000_000})


def _field(name: str, kind: str, description: str, constraints: Field) -> Field:
    field: Field = {"name": name, "type": kind, "title": name.replace("_", " "), "description": description}
    return field | ({"constraints": constraints} if constraints else {})


_YES_NO: Final = ("yes", "no")
_ANALYSIS: Final = text("analysis", "Comparison and number of the analysis, such as 1.2", required=True)
_ROW: Final = {
    "mean_a": "Mean of the experimental arm", "sd_a": "Standard deviation of the experimental arm",
    "events_a": "People with the event in the experimental arm", "n_a": "People in the experimental arm",
    "mean_b": "Mean of the control arm", "sd_b": "Standard deviation of the control arm",
    "events_b": "People with the event in the control arm", "n_b": "People in the control arm",
    "giv": "Effect entered as such, on the scale of pooling", "giv_se": "Its standard error",
    "o_minus_e": "Observed minus expected events", "variance": "Variance of observed minus expected events",
    "printed_estimate": "Effect that the package prints", "printed_ci_low": "Lower limit that it prints",
    "printed_ci_high": "Upper limit that it prints", "printed_weight": "Weight in per cent that it prints",
}  # fmt: skip


def _printed(prefix: str, kind: type) -> list[Field]:
    return [
        number(f"{prefix}{each.name}", f"{each.name.replace('_', ' ')} that the package prints")
        for each in fields(kind)
    ]


TABLES: Final[dict[str, tuple[str, list[Field], list[str]]]] = {
    "analyses": (
        "One row is one analysis, with its settings and what the package prints for it.",
        [
            _ANALYSIS,
            whole("comparison", "Number of the comparison"),
            text("comparison_name", "Interventions that are compared", required=True),
            whole("number", "Number of the analysis in its comparison"),
            text("name", "Outcome", required=True),
            text("data", "Kind of data", required=True,
                 allowed=("dichotomous", "continuous", "o-e", "generic")),
            text("measure", "Measure, as the engine calls it", required=True),
            text("measure_name", "Measure in the review's words", required=True),
            text("log_scale", "Whether effects are pooled as logarithms", required=True, allowed=_YES_NO),
            text("method", "Method of pooling", required=True, allowed=("IV", "MH", "PETO")),
            text("model", "Model", required=True, allowed=("common", "random")),
            text("tau2", "Estimator of the variance between studies", required=True, allowed=("DL", "REML")),
            text("ci", "Interval of the pooled effect", required=True, allowed=("wald", "HKSJ")),
            number("study_level", "Level of the studies' intervals", required=True),
            number("level", "Level of the pooled interval", required=True),
            text("totals", "Whether a total is shown", required=True, allowed=_YES_NO),
            text("subtotals", "Whether totals of subgroups are shown", required=True, allowed=_YES_NO),
            text("subgroup_test", "Whether subgroups are tested", required=True, allowed=_YES_NO),
            text("prediction", "Whether a prediction interval is shown", required=True, allowed=_YES_NO),
            text("tau2_interval", "Whether an interval of tau² is shown", required=True, allowed=_YES_NO),
            text("swap", "Whether events and non-events change places", required=True, allowed=_YES_NO),
            text("unit", "Unit of the measure"),
            text("experimental", "The experimental arm in words"),
            text("control", "The control arm in words"),
            text("favours_low", "Words under the left side of the forest plot"),
            text("favours_high", "Words under the right side"),
            text("placeholder", "Whether the package holds zeros instead of results", required=True,
                 allowed=_YES_NO),
            *_printed("printed_", Estimate),
            *_printed("test_", SubgroupTest),
        ],
        ["analysis"],
    ),
    "rows": (
        "One row is one study in one analysis, or in one subgroup of it.",
        [
            _ANALYSIS,
            text("subgroup", "Name of the subgroup"),
            text("applicability", "Whether the row counts in its subgroup, the total, or both", required=True,
                 allowed=("SUBGROUP_AND_OVERALL", "SUBGROUP_ONLY", "OVERALL_ONLY")),
            text("study", "Name of the study", required=True),
            *(number(name, _ROW[name]) for name in (*NUMBERS, *PRINTED)),
        ],
        [],
    ),
    "subgroups": (
        "One row is one subgroup of one analysis, with what the package prints for it.",
        [_ANALYSIS, text("subgroup", "Name of the subgroup", required=True), *_printed("printed_", Estimate)],
        ["analysis", "subgroup"],
    ),
    "studies": (
        "One row is one study.",
        [
            text("study", "Name of the study, as in rows.csv", required=True),
            text("year", "Year"),
            text("details", "What the package says of the study"),
        ],
        ["study"],
    ),
    "risk_of_bias": (
        "One row is one judgement on one study, as the review entered it.",
        [
            text("study", "Name of the study", required=True),
            text("domain", "Domain of bias", required=True),
            text("judgement", "Judgement, as entered", required=True),
            text("support", "Why"),
        ],
        [],
    ),
    "certainty": (
        "One row is the certainty of the evidence of one analysis, as the review or the editors entered it.",
        [
            _ANALYSIS,
            text("certainty", "Certainty, as entered"),
            text("reasons", "Why it was lowered or raised"),
        ],
        ["analysis"],
    ),
    "outcomes": (
        "One row is what this book needs to know about one analysis and no package says.",
        [
            _ANALYSIS,
            text("main", "Whether this is the main outcome of its comparison", required=True,
                 allowed=_YES_NO),
            text("better", "Which effects favour the experimental arm", allowed=("lower", "higher")),
            number("mid", "Smallest difference that matters, above 0; a ratio above 1"),
            text("mid_source", "Where it comes from"),
            text("window", "Time of measurement"),
            number("reference_sd", "One standard deviation of the outcome, in the unit of the analysis"),
            text("reference_sd_source", "Where it comes from"),
        ],
        ["analysis"],
    ),
    "settings": (
        "One row is one value that editors may want to change.",
        [
            text("key", "Name by which the library asks for the value", required=True),
            text("value", "The value; a number where it reads as one", required=True),
            text("unit", "Unit of the value"),
            text("meaning", "What the value does", required=True),
            text("source", "Where the value comes from", required=True),
        ],
        ["key"],
    ),
    "notes": (
        "One row is one thing in the package that this book does not use, or uses otherwise.",
        [text("note", "What, and why", required=True)],
        [],
    ),
}  # fmt: skip


def _words(name: str) -> Field:
    return {"name": name, "type": "string", "constraints": {"pattern": "(?s).+"}}


SETTINGS: Final[list[Field]] = [
    *map(_words, ("title", "topic", "package", "package_file", "package_format", "package_sha256")),
    {"name": "prior_tau", "type": "number", "constraints": {"minimum": 0.001, "maximum": 100}},
    {"name": "prior_mu", "type": "number", "constraints": {"minimum": 0.01, "maximum": 1000}},
]
"""Keys of settings.csv and what their values may be."""


def _foreign_keys(table: str) -> list[dict[str, Any]]:
    """What must stand in another table too."""
    names = [column["name"] for column in TABLES[table][1]]
    wanted = {"analysis": "analyses"} | ({"study": "studies"} if table == "rows" else {})
    return [
        {"fields": [name], "reference": {"resource": other, "fields": [name]}}
        for name, other in wanted.items()
        if name in names and other != table
    ]


def package(name: str, title: str, version: str) -> dict[str, Any]:
    """The content of ``datapackage.json``."""
    return {
        "profile": "tabular-data-package",
        "kind": KIND,
        "name": name,
        "title": title,
        "description": "What the package of a review holds, one table each, and the settings of its book.",
        "version": version,
        "resources": [
            {
                "name": table,
                "path": f"{table}.csv",
                "title": table.replace("_", " ").capitalize(),
                "description": description,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": columns, "missingValues": [""]}
                | ({"primaryKey": key} if key else {})
                | ({"foreignKeys": keys} if (keys := _foreign_keys(table)) else {}),
            }
            | ({"keys": SETTINGS} if table == "settings" else {})
            for table, (description, columns, key) in TABLES.items()
        ],
    }
