"""What a single cell may hold, by the contract: pandera schemas built from ``datapackage.json``."""

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches

import pandas as pd
from pandera.errors import SchemaErrors
from pandera.pandas import Check, DataFrameSchema
from pandera.pandas import Column as PanderaColumn

from evidence.dataset.contract import NUMBER, WHOLE_NUMBER, Column, Table
from evidence.dataset.files import RawTable
from evidence.dataset.problems import Problem

#: Anything below the space except the line feed, and the other separators that look like a space.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u00a0\u2028\u2029\ufeff]")


def schema(table: Table, names: Collection[str]) -> DataFrameSchema:
    """Build the pandera schema of the named columns, whose cells are still text; an empty cell is ""."""
    columns = (column for column in table.columns if column.name in names)
    return DataFrameSchema({column.name: _pandera(column) for column in columns})


def check_columns(table: Table, raw: RawTable) -> Iterator[Problem]:
    """Yield every cell that its column does not allow. Columns that the file lacks are left to the header."""
    frame = pd.DataFrame(list(raw.rows), columns=list(raw.header), dtype="str")
    known = [name for name in table.header if raw.header.count(name) == 1]
    if frame.empty or not known:
        return
    try:
        schema(table, known).validate(frame[known], lazy=True)
    except SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            column = table.column(str(case.column))
            yield _problem(table, raw, column, int(case.index), str(case.check))


def _pandera(column: Column) -> PanderaColumn:
    checks = [
        Check(_each(test), name=rule, error=rule, ignore_na=False) for rule, test in _tests(column).items()
    ]
    return PanderaColumn(checks=checks)


def _each(test: Callable[[str], bool]) -> Callable[["pd.Series[str]"], "pd.Series[bool]"]:
    return lambda series: series.map(test).astype(bool)


def _tests(column: Column) -> dict[str, Callable[[str], bool]]:
    """Return the tests of one cell by rule name. Each passes where another one has the word."""
    tests: dict[str, Callable[[str], bool]] = {"whitespace": _tidy}
    if column.required:
        tests["required"] = bool
    if column.type != "string":
        tests["type"] = lambda text: not text or bool(_number_pattern(column).fullmatch(text.strip()))
    if column.allowed:
        tests["vocabulary"] = lambda text: not text or text.strip() in column.allowed
    if column.pattern:
        tests["pattern"] = lambda text: not text or bool(re.fullmatch(column.pattern, text.strip()))
    if column.minimum is not None or column.maximum is not None:
        tests["range"] = lambda text: _within(column, text.strip())
    return tests


def _tidy(text: str) -> bool:
    return text == text.strip() and not CONTROL.search(text)


def _number_pattern(column: Column) -> re.Pattern[str]:
    return WHOLE_NUMBER if column.type == "integer" else NUMBER


def _within(column: Column, text: str) -> bool:
    if not NUMBER.fullmatch(text):
        return True
    low = float("-inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum
    return low <= float(text) <= high


def _problem(table: Table, raw: RawTable, column: Column, row: int, rule: str) -> Problem:
    value = raw.rows[row][raw.header.index(column.name)]
    allowed, remedy = _explained(column, rule, value)
    study = raw.rows[row][raw.header.index("study_id")] if "study_id" in raw.header else ""
    return Problem(table.path, raw.lines[row], column.name, value, allowed, remedy, rule, study)


def _explained(column: Column, rule: str, value: str) -> tuple[str, str]:
    """Say what is allowed and what to do."""
    match rule:
        case "required":
            return "a value (the column may not be empty)", "fill the cell from the source"
        case "whitespace":
            return "text without spaces at its ends, tabs or control characters", "remove them"
        case "type":
            kind = "a whole number" if column.type == "integer" else "a number such as 12.5"
            return f"{kind} or nothing", "write digits with a decimal point; put words in the notes"
        case "vocabulary":
            near = get_close_matches(value, column.allowed, n=1)
            hint = f"use {near[0]!r}" if near else "use one of these words"
            return ", ".join(column.allowed), hint
        case "range":
            return _range(column), "correct the number or its unit"
        case _:
            return f"{column.description}: {column.pattern}", "write it in this form"


def _range(column: Column) -> str:
    if column.minimum is None:
        return f"at most {column.maximum:g}"
    low = f"at least {column.minimum:g}"
    return low if column.maximum is None else f"{low} and at most {column.maximum:g}"
