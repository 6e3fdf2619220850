"""Rules on labels: every code that the tables may hold has a name, and reports list what has results."""

from collections.abc import Iterator
from typing import Final

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

#: Where the vocabulary of each kind of label stands: table and column; other kinds are free.
_VOCABULARIES: Final = {
    "drug": ("interventions", "drug"),
    "condition": ("studies", "condition_group"),
    "outcome": ("arm_results", "outcome"),
    "route": ("interventions", "route"),
    "comparator": ("interventions", "comparator_type"),
}
#: Codes that are no word of a vocabulary and have a name all the same.
_BESIDES: Final = {"condition": {"all"}}


@rule("Every code of a drug, condition, outcome, route or comparator has a label, and no other code has one.")
def labels_cover_vocabulary(data: Data) -> Iterator[Problem]:
    """Yield codes without a label at the table's last row, and labels without a code."""
    rows = data.tables["labels"]
    for kind, (table, name) in _VOCABULARIES.items():
        column = next(column for column in data.contract.table(table).columns if column.name == name)
        codes = {*column.allowed, *_BESIDES.get(kind, ())}
        named = [row for row in rows if row["kind"] == kind]
        for row in named:
            if row["code"] not in codes:
                yield row.problem(
                    "code", f"a word of {table}.{name}: {', '.join(sorted(codes))}", "correct or remove it"
                )
        for code in sorted(codes - {row["code"] for row in named}):
            if rows:
                remedy = f"add a row with what pages call {code!r}"
                yield rows[-1].problem("code", f"a row {kind},{code}", remedy)


@rule("An outcome with results is the main one, or labels.csv says in which part of a report it is listed.")
def results_are_listed(data: Data) -> Iterator[Problem]:
    """Yield labels of outcomes that have results which no report would show; ``other`` is no one outcome."""
    main = next((row["value"] for row in data.rows("settings") if row["key"] == "main_outcome"), "")
    reported = {row["outcome"] for row in data.rows("arm_results", "contrasts")} - {main, "other"}
    for row in data.rows("labels"):
        if row["kind"] == "outcome" and not row["part"] and row["code"] in reported:
            remedy = f"fill it: {row['code']} has results and is not the main_outcome of settings.csv"
            yield row.problem("part", "harm or benefit", remedy)
