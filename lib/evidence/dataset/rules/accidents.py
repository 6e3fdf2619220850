"""Rules on words that a spreadsheet program may have made into something else."""

import re
from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

_MONTH = (
    r"(?:jan|feb|mar|mrz|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*\.?"  # English, German
)
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    r"|\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}\.?[- ]{_MONTH}(?:[- ]\d{{2}}(?:\d{{2}})?)?"
    rf"|{_MONTH}-\d{{2}}(?:\d{{2}})?",
    re.IGNORECASE,
)
#: A date as the days since 1900, and the columns that hold no numbers.
_SERIAL = re.compile(r"[2-6]\d{4}")
_LABELS = ("arm", "arm_a", "arm_b", "label", "measure", "time_label")
#: What a spreadsheet program shows in place of a value that it cannot compute.
_ERROR = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!|SPILL!)|=.*", re.DOTALL)
#: Tables whose text may be a date, or says what versions were.
_OTHERS = ("settings", "search_log", "released_answers", "released_outcomes", "released_studies")


@rule("A name or label is no date: a spreadsheet program makes one of 1-2, 3/4 or MAR1.")
def label_is_no_date(data: Data) -> Iterator[Problem]:
    """Yield every text that reads as a date alone, in columns that hold neither dates nor a vocabulary."""
    allowed, remedy = "a name, and no date", "type what the source says again, in a cell formatted as text"
    yield from _matching(data, _DATE, allowed, remedy)
    for row in data.rows("arm_results", "contrasts", "arms", "measures", "times"):
        for name in _LABELS:
            if _SERIAL.fullmatch(row[name]):
                yield row.problem(name, allowed, remedy)


@rule("No cell holds a formula or an error of a spreadsheet program.")
def cell_is_no_formula(data: Data) -> Iterator[Problem]:
    """Yield every text that begins with = or is an error such as #NAME?."""
    yield from _matching(data, _ERROR, "text", "put the value itself in the cell, or nothing")


def _matching(data: Data, pattern: re.Pattern[str], allowed: str, remedy: str) -> Iterator[Problem]:
    for table in data.contract.tables.values():
        if table.name in _OTHERS:
            continue
        names = [c.name for c in table.columns if c.type == "string" and not c.allowed and not c.pattern]
        for row in data.rows(table.name):
            for name in names:
                if pattern.fullmatch(row[name]):
                    yield row.problem(name, allowed, remedy)
