"""Rules on slips of the hand that leave every single cell in order: exchanged arms, another unit."""

import re
from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

_SPLIT = re.compile(r"\s*[;+]\s*")
#: "week 12", "12 weeks", "3-month follow-up".
_SPAN = re.compile(
    r"\b(?:(?:week|month)s?\s+(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)[\s-]+(?:week|month)s?)\b", re.IGNORECASE
)


@rule("An arm under test names its drug.")
def experimental_arm_has_drug(data: Data) -> Iterator[Problem]:
    """Yield every row of an experimental arm without a drug: its role, or its arm, belongs to another row."""
    for row in data.rows("arm_results"):
        if row["arm_role"] == "experimental" and not row["drug"]:
            remedy = "fill in the drug; or the arms or their roles are exchanged"
            yield row.problem("drug", "a drug, because the arm is experimental", remedy)


@rule("The drug of a result is among what its arm got, by arms.csv.")
def drug_is_in_its_arm(data: Data) -> Iterator[Problem]:
    """Yield every result of a drug in an arm that got something else."""
    given = {(row["study_id"], row["label"]): row["components"] for row in data.rows("arms")}
    for row in data.rows("arm_results"):
        components = given.get((row["study_id"], row["arm"]), "")
        if row["drug"] and components and not {*_SPLIT.split(row["drug"])} <= {*_SPLIT.split(components)}:
            allowed = f"an arm that got {row['drug']}; arms.csv says {components}"
            yield row.problem(
                "arm", allowed, "correct the arm, the drug or arms.csv; are two arms exchanged?"
            )


@rule("The days after the start are days, where the label gives weeks or months.")
def time_is_in_days(data: Data) -> Iterator[Problem]:
    """Yield every time in days that is the number of weeks or months in its label."""
    for row in data.rows("arm_results", "contrasts"):
        said = {float(before or after) for before, after in _SPAN.findall(row["time_label"])}
        days = row.number("time_days")
        if days is not None and days > 1 and days in said and "day" not in row["time_label"].lower():
            yield row.problem("time_days", f"days, not {row['time_label']!r} again", "multiply it out")


@rule("A share of women is a percentage, and no fraction of 1.")
def share_is_a_percentage(data: Data) -> Iterator[Problem]:
    """Yield every share between 0 and 1, which no trial of fewer than a hundred people can have."""
    for row in data.rows("studies"):
        share = row.number("female_pct")
        if share is not None and 0 < share < 1:
            yield row.problem("female_pct", "0, or 1 to 100 percent", "multiply by 100 what is a fraction")
