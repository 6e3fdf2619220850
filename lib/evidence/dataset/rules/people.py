"""Rules on numbers of people."""

from collections import defaultdict
from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule


@rule("People with an event are not more than the people who could have had it.")
def events_within_total(data: Data) -> Iterator[Problem]:
    """Yield every row with more events than people."""
    for row in data.rows("arm_results"):
        events, total = row.number("events"), row.number("total")
        if events is not None and total is not None and events > total:
            yield row.problem("events", f"at most total, {row['total']}", "correct the one that is miscopied")


@rule("No number of people is above the number randomised.")
def n_within_randomised(data: Data) -> Iterator[Problem]:
    """Yield every number of people in studies.csv or arm_results.csv that is too high."""
    randomised = _randomised(data)
    for row in data.rows("studies", "arm_results"):
        for column in ("n_analysed", "n", "total"):
            people, most = row.number(column), randomised.get(row["study_id"])
            if people is not None and most is not None and people > most:
                allowed = f"at most n_randomised of the study, {most:g}"
                remedy = "correct one of them; if both are right, say why in a flag waive_n_within_randomised"
                yield row.problem(column, allowed, remedy)


@rule("The arms of a parallel trial do not add up to more than the number randomised.")
def arms_within_randomised(data: Data) -> Iterator[Problem]:
    """Yield the last arm of every result whose arms have too many people together."""
    parallel = {row["study_id"] for row in data.rows("studies") if row["design"] == "parallel"}
    randomised = _randomised(data)
    results: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in data.rows("arm_results"):
        if row["study_id"] in parallel and row["study_id"] in randomised:
            results[tuple(row[name] for name in ("study_id", "outcome", "measure", "time_label"))].append(row)
    for (study, *_), rows in results.items():
        column = "n" if any(row["n"] for row in rows) else "total"
        people = sum(row.number(column) or 0 for row in rows)
        if len(rows) > 1 and people > randomised[study]:
            allowed = f"arms that add up to at most n_randomised, {randomised[study]:g} (now {people:g})"
            yield rows[-1].problem(column, allowed, "correct the arms or n_randomised")


def _randomised(data: Data) -> dict[str, float]:
    numbers = ((row["study_id"], row.number("n_randomised")) for row in data.rows("studies"))
    return {study: number for study, number in numbers if number is not None}
