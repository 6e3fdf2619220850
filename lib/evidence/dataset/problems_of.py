"""Every problem of files that were read, at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evidence.dataset.columns import check_columns
from evidence.dataset.contract import Contract, Table
from evidence.dataset.files import RawTable, Snapshot
from evidence.dataset.problems import Problem, first
from evidence.dataset.rules import Data, Row, rules_of
from evidence.dataset.structure import read_table
from evidence.dataset.waivers import waive


def check_snapshot(snapshot: Snapshot) -> list[Problem]:
    """Check files that were read already; see `evidence.dataset.check.check`."""
    contract, files, refused = snapshot.contract, snapshot.files, dict(snapshot.refused)
    tables = {
        table.name: read_table(table, files[table.path], refused.get(table.path, ""))
        for table in contract.tables.values()
    }
    problems = [problem for _, form in tables.values() for problem in form]
    for name, (raw, _) in tables.items():
        problems += first(check_columns(contract.table(name), raw))
    data = _data(contract, {name: raw for name, (raw, _) in tables.items()})
    found = [problem for rule in rules_of(contract.kind) for problem in first(rule.problems(data))]
    problems += waive(data, found)
    problems += [_stray(name) for name in snapshot.strays]
    return [placed(problem, snapshot.folder) for problem in sorted(problems, key=_order(contract))]


def _data(contract: Contract, raw: dict[str, RawTable]) -> Data:
    return Data({name: _rows(contract.table(name), table) for name, table in raw.items()}, contract)


def _rows(table: Table, raw: RawTable) -> list[Row]:
    return [
        Row(table.path, line, dict(zip(raw.header, cells, strict=True)))
        for line, cells in zip(raw.lines, raw.rows, strict=True)
    ]


def _stray(name: str) -> Problem:
    remedy = "describe the table in datapackage.json or move the file out of the folder"
    return Problem(name, 1, "", name, "only tables of the contract", remedy, "file_known")


def _order(contract: Contract) -> Callable[[Problem], tuple[int, int, int, str]]:
    files = [table.path for table in contract.tables.values()]
    headers = {table.path: table.header for table in contract.tables.values()}

    def order(problem: Problem) -> tuple[int, int, int, str]:
        header = headers.get(problem.file, ())
        column = header.index(problem.column) if problem.column in header else -1
        place = files.index(problem.file) if problem.file in files else len(files)
        return place, problem.line, column, problem.rule

    return order


def placed(problem: Problem, folder: Path) -> Problem:
    """Return a problem that names the folder of its file."""
    return replace(problem, file=f"{folder.name}/{problem.file}")
