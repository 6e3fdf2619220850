"""What a single cell may hold, by the contract."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from evidence.dataset.contract import Column, Table
from evidence.dataset.files import RawTable
from evidence.dataset.problems import Problem

#: Anything below the space except the line feed, the other separators that look like a space, letters without
#: width, two spaces, and signs that turn the order of what follows: what makes another name of one that looks
#: the same, or another number.
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ufeff\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U0010ffff]|  "
)
#: Of a cell; the longest of the project has 701 characters.
LONGEST_CELL = 10_000
#: Of a cell that names files and places of pages.
LONGEST_KEY = 100
KEYS = frozenset(("study_id", "other_study_id", "review_id", "claim_id", "case", "flag", "key", "code"))
#: A hint compares texts pair by pair, which takes a while for long ones.
LONGEST_HINT = 100


def check_columns(table: Table, raw: RawTable) -> Iterator[Problem]:
    """Yield every cell that its column does not allow. Columns that the file lacks are left to the header."""
    study = raw.header.index("study_id") if "study_id" in raw.header else None
    for column in table.columns:
        if raw.header.count(column.name) != 1:
            continue
        place = raw.header.index(column.name)
        wrong = {text: tuple(broken(column, text)) for text in {row[place] for row in raw.rows}}
        for row, line in zip(raw.rows, raw.lines, strict=True):
            for rule in wrong[row[place]]:
                allowed, remedy = explained(column, rule, row[place])
                of = "" if study is None else row[study]
                yield Problem(table.path, line, column.name, row[place], allowed, remedy, rule, of)


def broken(column: Column, text: str) -> Iterator[str]:
    """Yield the names of the rules that the text of a cell breaks; an empty cell is "".

    Examples
    --------
    >>> list(broken(Column("n", "integer", minimum=1, maximum=100), "-3"))
    ['range']
    """
    bare = text.strip()
    if text != bare or CONTROL.search(text):
        yield "whitespace"
    if not text:
        if column.required:
            yield "required"
        return
    if len(text) > _longest(column):
        yield "length"
    if not column.is_formed(bare):
        yield "type"
    elif not _within(column, bare):
        yield "range"
    if column.allowed and bare not in column.allowed:
        yield "vocabulary"
    if not column.matches(bare):
        yield "pattern"


def explained(column: Column, rule: str, value: str) -> tuple[str, str]:
    """Say what is allowed and what to do."""
    match rule:
        case "required":
            return "a value (the column may not be empty)", "fill the cell from the source"
        case "whitespace":
            return (
                "text without spaces at its ends, two spaces, tabs, control characters or empty letters",
                "remove them",
            )
        case "length":
            return (
                f"at most {_longest(column):,} characters",
                "shorten it: close the quote of the row, or name a source",
            )
        case "type":
            return _type(column)
        case "vocabulary":
            near = get_close_matches(value[:LONGEST_HINT], column.allowed, n=1)
            hint = f"use {near[0]!r}" if near else "use one of these words"
            return ", ".join(column.allowed), hint
        case "range":
            return _range(column), "correct the number or its unit"
        case _:
            return f"{column.description}: {column.pattern}", "write it in this form"


def _type(column: Column) -> tuple[str, str]:
    nothing = "" if column.required else " or nothing"
    if column.type == "date":
        return f"a day of the calendar such as 2026-01-31{nothing}", "write year, month and day in digits"
    kind = "a whole number" if column.type == "integer" else "a number such as 12.5"
    remedy = "write digits 0 to 9 with a decimal point and no exponent; put words in the notes"
    return f"{kind}{nothing}, of at most 12 digits before the point and 20 after it", remedy


def _within(column: Column, text: str) -> bool:
    if column.type not in ("number", "integer"):
        return True
    low = float("-inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum
    return low <= float(text) <= high


def _range(column: Column) -> str:
    limits = (("at least", column.minimum), ("at most", column.maximum))
    return " and ".join(f"{words} {limit:.12g}" for words, limit in limits if limit is not None)


def _longest(column: Column) -> int:
    """Return the most characters that a cell of a column may have."""
    return LONGEST_KEY if column.name in KEYS else LONGEST_CELL
