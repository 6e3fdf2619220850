"""Rules on rows that point to other rows."""

import re
from collections.abc import Iterator

from evidence.dataset.contract import ForeignKey
from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

CITED = re.compile(r"(studies|reviews)\.csv: ([^;]*)")


@rule("A foreign key is found in the table it points to.")
def foreign_keys(data: Data) -> Iterator[Problem]:
    """Yield every row that points to a row that is not there."""
    for table in data.contract.tables.values():
        for key in table.foreign_keys:
            yield from _dangling(data, table.name, key)


def _dangling(data: Data, table: str, key: ForeignKey) -> Iterator[Problem]:
    there = {tuple(row[name] for name in key.targets) for row in data.rows(key.table)}
    for row in data.rows(table):
        value = tuple(row[name] for name in key.columns)
        if all(value) and value not in there:
            targets = " + ".join(key.targets)
            yield row.problem(
                key.columns[-1],
                f"a {targets} of {key.table}.csv",
                f"correct the spelling or add the row to {key.table}.csv",
            )


@rule("Every study has a drug under test in interventions.csv.")
def study_has_intervention(data: Data) -> Iterator[Problem]:
    """Yield every study without an intervention."""
    there = {row["study_id"] for row in data.rows("interventions")}
    for row in data.rows("studies"):
        if row["study_id"] not in there:
            remedy = "add what was tested, or remove the study"
            yield row.problem("study_id", "a study with a row in interventions.csv", remedy)


@rule("The drugs of an arm or comparison are under test in the study, by interventions.csv.")
def drug_is_under_test(data: Data) -> Iterator[Problem]:
    """Yield every arm or comparison whose drug the study does not test."""
    tested: dict[str, set[str]] = {}
    for row in data.rows("interventions"):
        tested.setdefault(row["study_id"], set()).add(row["drug"])
    for row in data.rows("arm_results", "contrasts"):
        drugs = tested.get(row["study_id"], set())
        if row["drug"] and drugs and not set(row["drug"].split("+")) <= drugs:
            allowed = f"{' + '.join(sorted(drugs))} (what interventions.csv says of the study), or nothing"
            yield row.problem("drug", allowed, "correct the drug here or in interventions.csv")


@rule("The studies and reviews that a claim names exist.")
def claim_sources_exist(data: Data) -> Iterator[Problem]:
    """Yield every key that is named after studies.csv or reviews.csv and is not there."""
    keys = {
        "studies": {row["study_id"] for row in data.rows("studies")},
        "reviews": {row["review_id"] for row in data.rows("reviews")},
    }
    for row in data.rows("claims"):
        for table, names in CITED.findall(row["sources"]):
            for name in names.split():
                if name not in keys[table]:
                    yield row.problem("sources", f"keys of {table}.csv", f"correct or remove {name!r}")


@rule("No review has the key of a study, because both are citation keys.")
def citation_keys_differ(data: Data) -> Iterator[Problem]:
    """Yield every review whose key is a study's."""
    studies = {row["study_id"] for row in data.rows("studies")}
    for row in data.rows("reviews"):
        if row["review_id"] in studies:
            yield row.problem("review_id", "a key that no study has", "add a suffix to the review's key")


@rule("The data version in settings.csv is the version in datapackage.json.")
def data_version_agrees(data: Data) -> Iterator[Problem]:
    """Yield the setting when it differs."""
    for row in data.rows("settings"):
        if row["key"] == "data_version" and row["value"] != data.contract.version:
            allowed = f"{data.contract.version!r}, the version in datapackage.json"
            yield row.problem("value", allowed, "write the new version in both files")
