"""Rules on the rows of published reviews: what a review printed must follow from the arms beside it."""

from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule

#: Columns that all rows of one analysis share.
SHARED = ("subgroup_by", "drug", "route", "comparator", "outcome", "window", "scale", "measure")
#: Reviews print six decimals.
PRINTED = 2e-6


@rule("The rows of one analysis of a review have one question.")
def one_question_per_analysis(data: Data) -> Iterator[Problem]:
    """Yield every row that differs from the first of its analysis in what was asked."""
    first: dict[tuple[str, str], Row] = {}
    for row in data.rows("review_rows"):
        head = first.setdefault((row["review_id"], row["analysis"]), row)
        for column in SHARED:
            if row[column] != head[column]:
                allowed = f"{head[column]!r}, as in line {head.line} of analysis {row['analysis']}"
                yield row.problem(column, allowed, "correct the cell or the number of the analysis")


@rule("A row of a review has the values of both arms that its effect needs.")
def review_row_has_arms(data: Data) -> Iterator[Problem]:
    """Yield every row that lacks a mean, an SD or a number of events."""
    for row in data.rows("review_rows"):
        for column in ("events",) if row["measure"] == "RR" else ("mean", "sd"):
            for arm in ("a", "b"):
                if not row[f"{column}_{arm}"]:
                    allowed = f"a number, because the effect is {row['measure']}"
                    yield row.problem(f"{column}_{arm}", allowed, "copy it from the review")


@rule("People with an event are not more than the people of their arm in a review.")
def review_events_within_arm(data: Data) -> Iterator[Problem]:
    """Yield every number of events above the number of people."""
    for row in data.rows("review_rows"):
        for arm in ("a", "b"):
            events, people = row.number(f"events_{arm}"), row.number(f"n_{arm}")
            if events is not None and people is not None and events > people:
                yield row.problem(f"events_{arm}", f"at most n_{arm}, {people:g}", "copy it from the review")


@rule("The effect that a review prints is that of the arms beside it, inside its interval.")
def printed_effect_fits_arms(data: Data) -> Iterator[Problem]:
    """Yield every printed difference or ratio that the arms do not give; an SMD is left to the tests."""
    for row in data.rows("review_rows"):
        printed = row.number("printed_estimate")
        low, high = row.number("printed_ci_low"), row.number("printed_ci_high")
        if printed is None:
            continue
        if low is None or high is None or not low <= printed <= high:
            limits = f"{row['printed_ci_low']} to {row['printed_ci_high']}"
            yield row.problem("printed_estimate", f"inside its interval, {limits}", "copy all three again")
        effect = _effect(row)
        if effect is not None and abs(printed - effect) > PRINTED * max(1.0, abs(effect)):
            yield row.problem("printed_estimate", f"{effect:.6f}, from the arms", "copy the arms again")


def _effect(row: Row) -> float | None:
    """Return the difference of the means, or the risk ratio with half a person added where a cell is 0."""
    if row["measure"] == "MD":
        a, b = row.number("mean_a"), row.number("mean_b")
        return None if a is None or b is None else a - b
    counts = [row.number(name) for name in ("events_a", "n_a", "events_b", "n_b")]
    known = [count for count in counts if count is not None]
    if row["measure"] != "RR" or len(known) < len(counts):
        return None
    a, n_a, b, n_b = known
    if a == n_a and b == n_b:
        return 1.0
    half = 0.5 if 0 in (a, b, n_a - a, n_b - b) else 0.0
    return None if a == b == 0 else ((a + half) / (n_a + 2 * half)) / ((b + half) / (n_b + 2 * half))


@rule("The printed weights of one analysis of a review add up to 100.")
def printed_weights_add_up(data: Data) -> Iterator[Problem]:
    """Yield the last row of every analysis whose weights do not."""
    analyses: dict[tuple[str, str], list[Row]] = {}
    for row in data.rows("review_rows"):
        if row["printed_weight"]:
            analyses.setdefault((row["review_id"], row["analysis"]), []).append(row)
    for rows in analyses.values():
        total = sum(row.number("printed_weight") or 0 for row in rows)
        if abs(total - 100) > 1e-3:
            allowed = f"weights that add up to 100 (now {total:g})"
            yield rows[-1].problem("printed_weight", allowed, "copy the weights of the analysis again")
