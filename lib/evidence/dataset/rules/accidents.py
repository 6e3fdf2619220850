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
#: Letters in a row that are no ASCII: among them are those that another encoding makes of one letter.
_FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
_READ_AS = ("cp1252", "latin-1", "mac_roman")
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


@rule("No letter was read in another encoding: a spreadsheet program makes Ã¼ of ü without asking.")
def letters_are_whole(data: Data) -> Iterator[Problem]:
    """Yield every text with letters that are the bytes of one, or with the sign of a lost one."""
    remedy = "open the table as UTF-8; take the cell back from the last commit, or copy it from the source"
    for table in data.contract.tables.values():
        names = [column.name for column in table.columns if column.type == "string"]
        for row in data.rows(table.name):
            for name in names:
                if not row[name].isascii() and (found := garbled(row[name])):
                    yield row.problem(name, f"letters as the source has them, not {found!r}", remedy)


def garbled(text: str) -> str:
    """Return the first letters that another encoding made of one letter of UTF-8; empty without any.

    Examples
    --------
    >>> garbled("MÃ¼ller"), garbled("10 â€“ 12"), garbled("Müller, 10 – 12 ±2 µg")
    ('Ã¼', 'â€“', '')
    """
    if "\ufffd" in text:
        return "\ufffd"
    for run in _FOREIGN.finditer(text):
        letters = run.group()
        for start in range(len(letters) - 1):
            for length in range(2, 5):
                part = letters[start : start + length]
                if any(_is_one_letter(part, encoding) for encoding in _READ_AS):
                    return part
    return ""


def _is_one_letter(part: str, encoding: str) -> bool:
    try:
        return len(part.encode(encoding).decode("utf-8")) == 1
    except UnicodeError:
        return False
