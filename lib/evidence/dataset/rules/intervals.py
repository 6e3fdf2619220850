"""Rules on intervals and other pairs of limits."""

from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

WITH_INTERVAL = ("arm_results", "contrasts", "reviews")
COPY = "copy all three numbers from the source again"
#: Columns that hold the lower and the upper end of the same thing.
PAIRS = (("ci_low", "ci_high"), ("q1", "q3"), ("min", "max"), ("scale_min", "scale_max"))
#: A number and the limits that it may not leave.
INSIDE = (
    ("estimate", "ci_low", "ci_high"),
    ("mean", "ci_low", "ci_high"),
    ("median", "q1", "q3"),
    ("median", "min", "max"),
    ("mean", "min", "max"),
)


@rule("An interval has both limits.")
def interval_has_two_limits(data: Data) -> Iterator[Problem]:
    """Yield every row with one limit only."""
    for row in data.rows(*WITH_INTERVAL):
        for low, high in PAIRS[:2]:
            if bool(row[low]) != bool(row[high]):
                empty = high if row[low] else low
                filled = low if row[low] else high
                remedy = "fill it, or empty both and put the limit in the notes"
                yield row.problem(empty, f"a number, because {filled} is filled", remedy)


@rule("An interval of a comparison or of a pooled result has a level and an estimate.")
def interval_has_level(data: Data) -> Iterator[Problem]:
    """Yield every row whose interval lacks its level or its estimate."""
    for row in data.rows("contrasts", "reviews"):
        for column in ("ci_level", "estimate"):
            if row["ci_low"] and row["ci_high"] and not row[column]:
                yield row.problem(column, "a number, because ci_low is filled", "fill it from the source")


@rule("A lower limit is not above its upper limit.")
def low_not_above_high(data: Data) -> Iterator[Problem]:
    """Yield every pair of limits in the wrong order."""
    for row in data.rows(*WITH_INTERVAL):
        for low, high in PAIRS:
            bottom, top = row.number(low), row.number(high)
            if bottom is not None and top is not None and bottom > top:
                yield row.problem(low, f"at most {high}, {row[high]}", "exchange them or correct a sign")


@rule("An estimate, mean or median lies inside its interval.")
def estimate_inside_interval(data: Data) -> Iterator[Problem]:
    """Yield every number outside its limits."""
    for row in data.rows(*WITH_INTERVAL):
        for column, low, high in INSIDE:
            value, bottom, top = row.number(column), row.number(low), row.number(high)
            if value is None or bottom is None or top is None or bottom > top:
                continue
            if not bottom <= value <= top:
                yield row.problem(column, f"{low} to {high}, {row[low]} to {row[high]}", COPY)
