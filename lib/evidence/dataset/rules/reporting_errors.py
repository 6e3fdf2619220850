"""Rules on the errors of reports: each part of a case leads to rows of other tables."""

import re
from collections.abc import Iterator
from typing import Final

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule

#: What each check of an error reads; a case has exactly these parts.
PARTS: Final = {
    "spread_readings": ("result",),
    "sd_of_limits": ("printed",),
    "spread_ratio": ("printed",),
    "number_needed": ("result", "printed"),
    "percentages": ("printed",),
    "percentages_lost": ("printed",),
    "shared_p": ("other",),
    "p_of_counts": ("result", "printed"),
    "p_of_means": ("result", "printed"),
    "p_within_arm": ("before", "after", "printed"),
    "smallest_p": ("told",),
    "p_of_interval": ("printed",),
    "dose_ratio": ("printed",),
    "fall_of_means": ("before", "after", "stated"),
    "relief_of_means": ("before", "after", "stated"),
    "which_arm": ("told",),
}
#: Numbers that a check of printed numbers needs; a check that is not here takes any.
NUMBERS: Final = {"sd_of_limits": 3, "spread_ratio": 2, "number_needed": 3, "dose_ratio": 2}
_OF_ARMS: Final = ("result", "before", "after", "stated")
_NUMBER: Final = re.compile(r"\d*\.?\d+")


@rule("An error of a report has the parts that its check reads, and its results stand in arm_results.csv.")
def error_has_its_parts(data: Data) -> Iterator[Problem]:
    """Yield cases with a part too few, too many or without results."""
    there = {_place(row) for row in data.rows("arm_results")}
    reviewed = {(row["review_id"], row["outcome"], row["time_label"]) for row in data.rows("reviews")}
    cases: dict[str, list[Row]] = {}
    for row in data.rows("reporting_errors"):
        cases.setdefault(row["case"], []).append(row)
        if bool(row["study_id"]) == bool(row["review_id"]):
            yield row.problem("study_id", "a trial, or else a review", "name one of the two")
        if row["part"] in _OF_ARMS and _place(row) not in there:
            yield row.problem(
                "measure", "a measure at a time of arm_results.csv", "write both as they stand there"
            )
        if row["review_id"] and (row["review_id"], row["outcome"], row["time_label"]) not in reviewed:
            yield row.problem(
                "time_label", "a result of reviews.csv", "write outcome and time as they stand there"
            )
    for rows in cases.values():
        wanted = PARTS.get(rows[0]["check"], ())
        if set(wanted) != {row["part"] for row in rows} or len({row["check"] for row in rows}) > 1:
            yield rows[0].problem(
                "part", f"the parts {', '.join(wanted)}, of one check", "add or remove rows"
            )


@rule(
    "A number printed in an error stands in the detail of its warning, or in the notes of the review's row."
)
def printed_number_is_recorded(data: Data) -> Iterator[Problem]:
    """Yield printed numbers that the record of the error does not hold, and too many or too few of them."""
    told: dict[tuple[str, ...], str] = {
        (row["study_id"], row["flag"]): row["detail"] for row in data.rows("flags")
    }
    for row in data.rows("reviews"):
        told[row["review_id"], row["outcome"], row["time_label"]] = row["notes"]
    for row in data.rows("reporting_errors"):
        if row["part"] != "printed":
            continue
        key = (row["study_id"], row["flag"])
        text = told.get(key if row["study_id"] else (row["review_id"], row["outcome"], row["time_label"]), "")
        recorded = set(_NUMBER.findall(text))
        found = _NUMBER.findall(row["printed"])
        wanted = NUMBERS.get(row["check"], len(found))
        if not found or len(found) != wanted:
            yield row.problem(
                "printed", f"{wanted or 'some'} numbers with a semicolon between", "correct them"
            )
        for value in {*found, *([row["people"]] if row["people"] else [])} - recorded:
            allowed = f"numbers that its record holds; {value} does not stand there"
            yield row.problem(
                "printed", allowed, "correct the number, or the warning that tells of the error"
            )


def _place(row: Row) -> tuple[str, ...]:
    return (row["study_id"], row["outcome"], row["measure"], row["time_label"])
