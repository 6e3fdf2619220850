"""Rules on effects, counts and rows without a result."""

from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

RATIOS = ("RR", "OR")


@rule("A comparison has an estimate, or its effect is p_only.")
def effect_has_estimate(data: Data) -> Iterator[Problem]:
    """Yield every comparison of which the one does not fit the other."""
    for row in data.rows("contrasts"):
        if row["effect"] == "p_only" and row["estimate"]:
            yield row.problem("effect", "the kind of effect, because estimate is filled", "name the effect")
        elif row["effect"] not in ("p_only", "") and not row["estimate"]:
            allowed = f"a number, because effect is {row['effect']}"
            yield row.problem("estimate", allowed, "fill it from the source or write p_only as the effect")


@rule("A risk, rate or odds ratio and its limits are above 0.")
def ratio_is_positive(data: Data) -> Iterator[Problem]:
    """Yield every ratio of 0 or less."""
    for row in data.rows("contrasts", "reviews"):
        for column in ("estimate", "ci_low", "ci_high"):
            value = row.number(column)
            if row["effect"] in RATIOS and value is not None and value <= 0:
                remedy = "write the ratio itself and not its logarithm"
                yield row.problem(column, f"above 0, because effect is {row['effect']}", remedy)


@rule("A risk difference is a proportion between -1 and 1.")
def risk_difference_is_proportion(data: Data) -> Iterator[Problem]:
    """Yield every risk difference that reads as percentage points."""
    for row in data.rows("contrasts", "reviews"):
        for column in ("estimate", "ci_low", "ci_high"):
            value = row.number(column)
            if row["effect"] == "RD" and value is not None and abs(value) > 1:
                yield row.problem(column, "-1 to 1", "divide percentage points by 100")


@rule("A published mean difference lies on the scale that is given for it, and nothing else has one.")
def published_difference_is_on_its_scale(data: Data) -> Iterator[Problem]:
    """Yield scales with one end or of another effect, and mean differences that are larger than theirs."""
    for row in data.rows("reviews"):
        low, high = row.number("scale_min"), row.number("scale_max")
        if row["scale_min"] and row["effect"] != "MD":
            yield row.problem(
                "scale_min", "nothing, because effect is not MD", "empty scale_min and scale_max"
            )
        elif bool(row["scale_min"]) != bool(row["scale_max"]):
            empty = "scale_max" if row["scale_min"] else "scale_min"
            yield row.problem(empty, "the other end of the scale", "fill it, or empty both")
        elif low is not None and high is not None:
            estimate, size = row.number("estimate"), high - low
            if estimate is not None and abs(estimate) > size:
                yield row.problem(
                    "estimate", f"{-size:g} to {size:g}, by the scale", "correct one of the two"
                )


@rule("Events and totals belong to counts, and means to everything else.")
def events_are_counts(data: Data) -> Iterator[Problem]:
    """Yield every filled cell that does not fit the kind of its row."""
    for row in data.rows("arm_results"):
        foreign = ("mean", "sd", "se", "median") if row["kind"] == "count" else ("events", "total")
        for column in foreign:
            if row["kind"] and row[column]:
                allowed = f"nothing, because kind is {row['kind']}"
                yield row.problem(column, allowed, "correct the kind or make two rows")


@rule("A row of arm_results.csv holds a mean, a median or a number of events.")
def row_holds_a_result(data: Data) -> Iterator[Problem]:
    """Yield every row that says nothing."""
    for row in data.rows("arm_results"):
        if not (row["mean"] or row["median"] or row["events"]):
            column = "events" if row["kind"] == "count" else "mean"
            yield row.problem(column, "a number", "fill it or remove the row")
