"""How a study is let off a rule: by a row of ``flags.csv`` named ``waive_RULE`` that says why."""

from collections.abc import Iterable

from evidence.dataset.problems import Problem
from evidence.dataset.rules import RULES, Data, Row

PREFIX = "waive_"


def waive(data: Data, problems: Iterable[Problem]) -> list[Problem]:
    """Take out the problems that are waived, and report waivers of no rule and waivers that nothing needs."""
    waivers = {
        (row["study_id"], row["flag"].removeprefix(PREFIX)): row
        for row in data.rows("flags")
        if row["flag"].startswith(PREFIX)
    }
    kept, used = [], set()
    for problem in problems:
        waiver = (problem.study_id, problem.rule)
        if waiver in waivers:
            used.add(waiver)
        else:
            kept.append(problem)
    idle = [_idle(row, rule) for (study, rule), row in waivers.items() if (study, rule) not in used]
    return kept + idle


def _idle(row: Row, rule: str) -> Problem:
    names = [known.name for known in RULES]
    if rule in names:
        allowed, remedy = "a waiver that the study needs", f"remove it: no row of the study breaks {rule}"
    else:
        allowed, remedy = f"{PREFIX} and one of {', '.join(names)}", "correct the name of the rule"
    return Problem(row.file, row.line, "flag", row["flag"], allowed, remedy, "waiver", row["study_id"])
