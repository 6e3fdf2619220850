"""Rules on tables about the project itself: searches, versions, simulations, judgements of the editors."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from evidence.dataset.contract import calendar_date, latest_day, version_parts
from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

#: Units of measures.csv that count people or events; the others stand on a scale.
COUNTED_UNITS: Final = frozenset({"count", "rate_ratio"})

#: Table, the lesser column and the greater one; each may be empty.
ORDERED: Final = (
    ("measures", "scale_min", "scale_max"),
    ("reviews", "scale_min", "scale_max"),
    ("reviews", "days_from", "days_to"),
    ("released_answers", "ci_low", "estimate"),
    ("released_answers", "estimate", "ci_high"),
    ("released_answers", "posterior_low", "posterior"),
    ("released_answers", "posterior", "posterior_high"),
    ("released_answers", "p_relief_low", "p_relief"),
    ("released_answers", "p_relief", "p_relief_high"),
    ("released_answers", "p_important_low", "p_important"),
    ("released_answers", "p_important", "p_important_high"),
    ("released_outcomes", "ci_low", "estimate"),
    ("released_outcomes", "estimate", "ci_high"),
    ("simulation_calibration", "low", "high"),
    ("integrity_simulation", "misfits", "tested"),
    ("search_log", "taken", "found"),
)
#: Columns of grade.csv and the kind of label that names their words.
_JUDGED: Final = {"drug": "drug", "condition_group": "condition", "route": "route", "outcome": "outcome"}

#: Kinds of measures on which a higher value may be better though less of the outcome is.
_TURNED: Final = ("relief", "other")


@rule("A number is not above another that bounds it: ends of scales and intervals, parts of a whole.")
def bounds_in_order(data: Data) -> Iterator[Problem]:
    """Yield every number that is above the one it may not exceed."""
    for table, lesser, greater in ORDERED:
        for row in data.rows(table):
            low, high = row.number(lesser), row.number(greater)
            if low is not None and high is not None and low > high:
                yield row.problem(lesser, f"at most {greater}, {row[greater]}", "correct one of the two")


@rule("No search has taken more trials than there are.")
def searches_took_what_is_there(data: Data) -> Iterator[Problem]:
    """Yield rows of the search log that took more than the book has."""
    studies = sum(1 for _ in data.rows("studies"))
    for row in data.rows("search_log"):
        if (row.number("taken") or 0) > studies:
            yield row.problem("taken", f"at most {studies}, the rows of studies.csv", "correct the number")


@rule("What has happened lies not in the future: searches, and the years of trials and reviews.")
def past_is_past(data: Data) -> Iterator[Problem]:
    """Yield searches after today or after last_search_date, and years after this one."""
    today = latest_day()
    last = next((row["value"] for row in data.rows("settings") if row["key"] == "last_search_date"), "")
    bound = min(day for day in (today, calendar_date(last)) if day is not None)
    for row in data.rows("search_log"):
        day = calendar_date(row["date"])
        if day is not None and day > bound:
            remedy = "correct the day, or last_search_date in settings.csv"
            yield row.problem("date", f"a day up to {bound}, the last search", remedy)
    for row in data.rows("studies", "reviews"):
        year = row.number("year")
        if year is not None and year > today.year + 1:  # journals print next year's issues
            yield row.problem("year", f"a year up to {today.year + 1}", "correct the year")


@rule("A judgement of certainty is about an answer that the book can have.")
def judgement_has_its_answer(data: Data) -> Iterator[Problem]:
    """Yield judgements of a drug, condition, route or outcome that labels.csv does not name."""
    named: dict[str, set[str]] = {}
    for row in data.rows("labels"):
        named.setdefault(row["kind"], set()).add(row["code"])
    for row in data.rows("grade"):
        for column, kind in _JUDGED.items():
            if row[column] and row[column] not in named.get(kind, ()):
                yield row.problem(column, f"a {kind} of labels.csv", "correct it: it is used by no answer")


@rule("The main outcome is measured, not counted.")
def main_outcome_is_measured(data: Data) -> Iterator[Problem]:
    """Yield the setting where every measure counts people or events, or the outcome is a harm: see labels."""
    units: dict[str, set[str]] = {}
    for row in data.rows("measures"):
        units.setdefault(row["outcome"], set()).add(row["unit"])
    counted = {outcome for outcome, found in units.items() if found <= COUNTED_UNITS}
    counted |= {row["code"] for row in data.rows("labels") if row["part"] == "harm"}
    for row in data.rows("settings"):
        if row["key"] == "main_outcome" and row["value"] in counted:
            others = ", ".join(sorted(set(units) - counted))
            yield row.problem("value", f"an outcome on a scale: {others}", "choose an outcome with points")


@rule("The main outcome gets better on the side that its rows call better.")
def main_outcome_gets_better(data: Data) -> Iterator[Problem]:
    """Yield the setting where most values of the arms say the other side; scales of relief turn it."""
    settings = {row["key"]: row for row in data.rows("settings")}
    main, told = settings.get("main_outcome"), settings.get("main_better")
    if main is None or told is None:
        return
    kinds = {row["measure"]: row["kind"] for row in data.rows("measures") if row["outcome"] == main["value"]}
    named = Counter(
        row["higher_is"]
        for row in data.rows("arm_results")
        if row["outcome"] == main["value"] and kinds.get(row["measure"]) not in _TURNED
    )
    if named["better"] != named["worse"]:
        side = "higher" if named["better"] > named["worse"] else "lower"
        if told["value"] != side:
            most = f"{max(named['better'], named['worse']):,} of {named.total():,} rows of {main['value']}"
            yield told.problem(
                "value",
                f"{side}, as {most} in arm_results.csv say by higher_is",
                "correct the setting, or higher_is in these rows",
            )


@rule("A kept answer is of a version before this one.")
def version_has_been(data: Data) -> Iterator[Problem]:
    """Yield rows of versions that are not older than that of the tables."""
    now = version_parts(data.contract.version)
    for row in data.rows("released_answers", "released_outcomes", "released_studies"):
        version = version_parts(row["version"])
        if now and version and version >= now:
            allowed = f"a version before {data.contract.version}"
            yield row.problem(
                "version", allowed, "correct it; `python -m evidence release` writes these rows"
            )
