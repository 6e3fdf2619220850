"""Rules on spreads and scales."""

from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule


@rule("A standard deviation or standard error is above 0.")
def spread_is_positive(data: Data) -> Iterator[Problem]:
    """Yield every sd or se of 0 or less."""
    for row in data.rows("arm_results", "contrasts"):
        for column in ("sd", "se"):
            value = row.number(column)
            if value is not None and value <= 0:
                yield row.problem(column, "a number above 0", "correct it, or put it in the notes")


@rule("A result has an SD or an SE, and both only when its notes say that the source gives both.")
def one_spread(data: Data) -> Iterator[Problem]:
    """Yield every row with both spreads whose notes do not hold the word "both"."""
    for row in data.rows("arm_results"):
        if row["sd"] and row["se"] and "both" not in row["notes"].lower():
            remedy = 'empty the one that the source does not give, or say in the notes that it gives "both"'
            yield row.problem("se", f"nothing, because sd is {row['sd']}", remedy)


@rule("The mean of a final pain value lies on its scale.")
def mean_within_scale(data: Data) -> Iterator[Problem]:
    """Yield every final pain mean outside the limits that are given."""
    for row in data.rows("arm_results"):
        mean = row.number("mean")
        if mean is None or row["kind"] != "final" or row["outcome"] != "pain_intensity":
            continue
        low, high = row.number("scale_min"), row.number("scale_max")
        if (low is not None and mean < low) or (high is not None and mean > high):
            allowed = f"scale_min to scale_max, {row['scale_min']} to {row['scale_max']}"
            yield row.problem("mean", allowed, "correct the mean or the scale; a change is of kind change")
