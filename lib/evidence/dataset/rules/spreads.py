"""Rules on spreads and scales."""

import math
from collections.abc import Iterator

from scipy.special import stdtrit

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule
from evidence.dataset.rules.scales import FEWEST, Scales, Span, is_contrast, rounding

_REMEDY = (
    "compare the number, its decimal point and the ends of the scale with the source; "
    "if the source prints them so, say it in a flag waive_"
)
_SPREAD = f"{_REMEDY}spread_within_scale"


@rule("A result has an SD or an SE, and both only when its notes say that the source gives both.")
def one_spread(data: Data) -> Iterator[Problem]:
    """Yield every row with both spreads whose notes do not hold the word "both"."""
    for row in data.rows("arm_results"):
        if row["sd"] and row["se"] and "both" not in row["notes"].lower():
            remedy = 'empty the one that the source does not give, or say in the notes that it gives "both"'
            yield row.problem("se", f"nothing, because sd is {row['sd']}", remedy)


@rule("A mean or median lies on its scale, and a change within the range of its scale.")
def mean_within_scale(data: Data) -> Iterator[Problem]:
    """Yield every mean, median or mean difference outside the ends that are given."""
    remedy = "correct the number or the scale; a change is of kind change"
    yield from _outside(data, ("mean", "median"), ("estimate",), remedy)


@rule("Quartiles, ranges and intervals lie on their scale, and those of a change within its range.")
def limits_within_scale(data: Data) -> Iterator[Problem]:
    """Yield every limit outside the ends that are given."""
    limits = ("ci_low", "ci_high")
    remedy = f"{_REMEDY}limits_within_scale"
    yield from _outside(data, ("q1", "q3", "min", "max", *limits), limits, remedy)


def _outside(
    data: Data, of_arms: tuple[str, ...], of_contrasts: tuple[str, ...], remedy: str
) -> Iterator[Problem]:
    scales = Scales.of(data)
    for row in data.rows("arm_results", "contrasts"):
        span = scales.span(row)
        if span is None or (is_contrast(row) and row["effect"] != "MD"):
            continue
        for column in of_contrasts if is_contrast(row) else of_arms:
            value = row.number(column)
            if value is not None and not span.holds(value):
                yield row.problem(column, f"{span}, because of the ends of the scale", remedy)


@rule("A spread is not larger than its scale and its mean allow.")
def spread_within_scale(data: Data) -> Iterator[Problem]:
    """Yield every SD, SE or interval of an arm, and every SE of a mean difference, that is too large.

    With a mean μ on a scale from m to M, an SD is at most √((M − μ)(μ − m) n/(n − 1)), an SE that over √n. A
    mean and a spread are taken anywhere within their rounding. Where the people of an arm are not known the
    bound is that of two.
    """
    scales = Scales.of(data)
    for row in data.rows("arm_results"):
        span, mean = scales.span(row), row.number("mean")
        if span is not None and mean is not None and span.holds(mean):
            yield from _too_wide(row, span, mean, scales.people(row, row["arm"]))
    for row in data.rows("contrasts"):
        span, se = scales.span(row), row.number("se")
        if span is not None and se is not None and row["effect"] == "MD":
            # The SD of an arm is at most half the range, which is a quarter of the span of a difference.
            groups = [max(scales.people(row, row[arm]) or FEWEST, FEWEST) for arm in ("arm_a", "arm_b")]
            most = (span.high - span.low) / 4 * math.sqrt(sum(1 / (n - 1) for n in groups))
            if se - rounding(row["se"]) > most:
                yield row.problem("se", f"at most {most:.3g}: the scale ends at {span} apart", _SPREAD)


def _too_wide(row: Row, span: Span, mean: float, n: int | None) -> Iterator[Problem]:
    known = n if n is not None and n >= FEWEST else FEWEST
    most = span.largest_sd(_towards_middle(span, mean, rounding(row["mean"])), known)
    people = f"{known} people" if n == known else "people"
    why = f"the largest that {people} with a mean of {row['mean']} have on {span}"
    for column, scale, name in (("sd", 1.0, "SD"), ("se", math.sqrt(known), "SE")):
        value = row.number(column)
        if value is not None and (value - rounding(row[column])) * scale > most:
            yield row.problem(column, f"an {name} of at most {most / scale:.3g}, {why}", _SPREAD)
    if n is not None and n >= FEWEST:
        quantile = float(stdtrit(n - 1, 0.975))
        for column in ("ci_low", "ci_high"):
            limit = row.number(column)
            if limit is None:
                continue
            wide = abs(limit - mean) - rounding(row[column]) - rounding(row["mean"])
            if wide * math.sqrt(n) / quantile > most:
                reach = most * quantile / math.sqrt(n)
                yield row.problem(column, f"at most {reach:.3g} from the mean, for {why}", _SPREAD)


def _towards_middle(span: Span, mean: float, slack: float) -> float:
    """Return the mean, moved within its rounding to where the largest spread is allowed."""
    middle = (span.low + span.high) / 2
    return min(mean + slack, middle) if mean < middle else max(mean - slack, middle)
