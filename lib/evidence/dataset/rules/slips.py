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

_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.25}
#: "week 12", "weeks 9-12", "12 weeks": a number, or two, with a unit before or behind.
_NUMBERS = r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to|and)\s*(\d+(?:\.\d+)?))?"
_TIME = re.compile(
    rf"\b(day|week|month|year)s?\s+{_NUMBERS}|\b{_NUMBERS}[\s-]*(day|week|month|year)s?\b", re.IGNORECASE
)
#: A time counted from something else than the start, which may lie any time later.
_COUNTED_FROM = re.compile(
    r"\b(?:after|post|following|follow-?up|since|end|later|last|period|phase)\b", re.IGNORECASE
)
#: So many times shorter or longer than every time in its label, days are a slip.
_FAR = 5.0


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
        days = row.number("time_days")
        if (
            days is not None
            and days > 1
            and days in _numbers(row["time_label"])
            and "day" not in row["time_label"].lower()
        ):
            yield row.problem("time_days", f"days, not {row['time_label']!r} again", "multiply it out")


@rule(
    "The days after the start fit the time in the label: they are not a fifth of it, or five times as many."
)
def time_fits_its_label(data: Data) -> Iterator[Problem]:
    """Yield every time in days far from what its label says, as a slip of the decimal point leaves it."""
    for row in data.rows("arm_results", "contrasts"):
        label, days = row["time_label"], row.number("time_days")
        said = [*_said_days(label)]
        if days is None or days <= 0 or not said or days in _numbers(label):  # see time_is_in_days
            continue
        early = days * _FAR < min(said)
        late = days > max(said) * _FAR and not _COUNTED_FROM.search(label)
        if early or late:
            remedy = "correct the days, or their label; if both are right, say why in a flag"
            yield row.problem(
                "time_days", f"about the days of {label!r}", f"{remedy} waive_time_fits_its_label"
            )


def _numbers(label: str) -> set[float]:
    """Return the numbers of weeks and months in a label."""
    return {float(before or after) for before, after in _SPAN.findall(label)}


def _said_days(label: str) -> Iterator[float]:
    for unit_before, a, b, c, d, unit_behind in _TIME.findall(label):
        days = _DAYS[(unit_before or unit_behind).lower()]
        yield from (float(count) * days for count in (a, b, c, d) if count and float(count))


@rule("A measure has one scale in a study.")
def measure_has_one_scale(data: Data) -> Iterator[Problem]:
    """Yield every row whose scale has other ends than the same measure has further up in the study."""
    first: dict[tuple[str, str, str], tuple[str, str]] = {}
    for row in data.rows("arm_results", "contrasts"):
        ends = row["scale_min"], row["scale_max"]
        if not all(ends):
            continue
        known = first.setdefault((row["study_id"], row["outcome"], row["measure"]), ends)
        for name, now, before in zip(("scale_min", "scale_max"), ends, known, strict=True):
            if row.number(name) is not None and float(now) != float(before):
                yield row.problem(
                    name, f"{before}, as in another row of this measure", "correct one of the two"
                )


@rule("A share of women is a percentage, and no fraction of 1.")
def share_is_a_percentage(data: Data) -> Iterator[Problem]:
    """Yield every share between 0 and 1, which no trial of fewer than a hundred people can have."""
    for row in data.rows("studies"):
        share = row.number("female_pct")
        if share is not None and 0 < share < 1:
            yield row.problem("female_pct", "0, or 1 to 100 percent", "multiply by 100 what is a fraction")
