"""The contract, read by a program that is not ours, and what is written about it."""

from pathlib import Path

import pytest
from frictionless import Package

from evidence import dataset
from evidence.dataset.rules import RULES
from tests.dataset.folder import DATA, change


def _errors(folder: Path) -> list[tuple[str, int | None]]:
    report = Package(str(folder / "datapackage.json")).validate()
    return [(task.name, getattr(error, "row_number", None)) for task in report.tasks for error in task.errors]


def test_frictionless_finds_the_tables_valid() -> None:
    assert _errors(DATA) == []


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("studies", 1, {"design": ""}),
        ("studies", 1, {"n_randomised": "12.5"}),
        ("studies", 1, {"doi": "doi:10.1000/x"}),
        ("interventions", 0, {"route": "orall"}),
        ("contrasts", 0, {"p_value": "1.2"}),
        ("flags", 0, {"study_id": "Zeta2009"}),
        ("arm_results", 1, {"arm": "ketamine"}),
    ],
)
def test_frictionless_and_the_check_refuse_the_same_row(
    data: Path, table: str, row: int, cells: dict[str, str]
) -> None:
    assert _errors(data) == []
    change(data, table, row, **cells)
    assert {(name, line) for name, line in _errors(data)} == {(table, row + 2)}
    ours = {(Path(problem.file).stem, problem.line) for problem in dataset.check(data)}
    assert (table, row + 2) in ours


def test_every_column_says_what_it_means() -> None:
    for table in dataset.load().contract.tables.values():
        assert table.title and table.description and table.primary_key, table.name
        for column in table.columns:
            assert column.title and column.description, f"{table.name}.{column.name}"
            assert column.type == "string" or column.unit, f"{table.name}.{column.name} has no unit"


def test_the_package_has_a_licence_a_version_and_sources() -> None:
    package = Package(str(DATA / "datapackage.json"))
    assert [licence["name"] for licence in package.licenses] == ["CC-BY-4.0"]
    assert package.sources
    assert package.version == dataset.load().setting("data_version")


def test_the_note_names_every_table_and_every_rule() -> None:
    note = (DATA / "README.md").read_text("utf-8")
    for table in dataset.load().contract.tables.values():
        assert f"| `{table.path}` |" in note
    for rule in RULES:
        assert f"- `{rule.name}`: {rule.says}\n" in note


def test_every_waiver_of_the_project_names_a_rule() -> None:
    ds = dataset.load()
    waivers = {flag.removeprefix("waive_") for flag in ds.rows("flags")["flag"] if flag.startswith("waive_")}
    assert waivers <= {rule.name for rule in RULES}
