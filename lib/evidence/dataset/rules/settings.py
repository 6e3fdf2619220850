"""Rules on ``settings.csv``: each key is in the contract, and its value is what the contract allows."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

from evidence.dataset.columns import LONGEST_HINT, broken, explained
from evidence.dataset.contract import NUMBER, Column, Setting, calendar_date, latest_day
from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, Row, rule

FILE = "settings.csv"


@rule("Every key of settings.csv is in datapackage.json, and every key there has its row.")
def settings_known(data: Data) -> Iterator[Problem]:
    """Yield every key that the contract does not know, and every key of the contract without a row."""
    if "settings" not in data.tables:
        return
    rows, known = list(data.rows("settings")), data.contract.settings
    missing = [name for name in known if name not in {row["key"] for row in rows}]
    for row in rows:
        if row["key"] in known:
            continue
        remedy = "remove the row, or describe the key in datapackage.json under keys of the table settings"
        if near := get_close_matches(row["key"][:LONGEST_HINT], missing, n=1):
            missing.remove(near[0])
            remedy = f"use {near[0]!r}"
        yield row.problem("key", ", ".join(known), remedy)
    last = max((row.line for row in rows), default=1)
    for name in missing:
        remedy = "restore its row: no value is taken for granted"
        yield Problem(FILE, last, "key", name, "a row for every key of datapackage.json", remedy)


@rule("The value of a setting has the type, range and words that datapackage.json gives its key.")
def settings_fit(data: Data) -> Iterator[Problem]:
    """Yield every value that its key does not allow."""
    for row, setting in _described(data):
        column = replace(setting.column, allowed=vocabulary(data, setting))
        if column.allowed and column.type == "number":  # 0.20 is 0.2, however the other table writes it
            row = replace(row, cells={**row.cells, "value": _as_written(row["value"], column.allowed)})
        if setting.column.type == "list":
            yield from _words(row, setting, column)
            continue
        for broken_rule in broken(column, row["value"]):
            if broken_rule != "whitespace":  # told of the cell already
                yield row.problem("value", *explained(column, broken_rule, row["value"]))
        day = calendar_date(row["value"])
        if column.type == "date" and day is not None and day > latest_day():
            yield row.problem("value", f"a day up to today, {latest_day()}", "correct the date")


@rule("Settings that belong together agree: windows follow each other, low values lie below high ones.")
def settings_agree(data: Data) -> Iterator[Problem]:
    """Yield every value that does not stand above, or at least at, the one that the contract names."""
    values = {
        row["key"]: number for row, _ in _described(data) if (number := row.number("value")) is not None
    }
    for row, setting in _described(data):
        value = values.get(row["key"])
        for other, words in ((setting.above, "above"), (setting.at_least, "at least")):
            limit = values.get(other)
            if value is None or limit is None:
                continue
            if value < limit or (value == limit and words == "above"):
                yield row.problem("value", f"{words} {other}, {limit:g}", "correct one of the two")


def vocabulary(data: Data, setting: Setting) -> tuple[str, ...]:
    """Return the words that a setting takes; none when any will do."""
    if not setting.vocabulary:
        return setting.column.allowed
    table, column = setting.vocabulary.split(".")
    words = data.contract.table(table).column(column).allowed
    return words or tuple(dict.fromkeys(row[column] for row in data.rows(table) if row[column]))


def _as_written(text: str, words: tuple[str, ...]) -> str:
    """Return the word that is the same number as a text; the text where there is none."""
    numbers = {float(word): word for word in words if NUMBER.fullmatch(word)}
    return numbers.get(float(text), text) if NUMBER.fullmatch(text) else text


def _described(data: Data) -> Iterator[tuple[Row, Setting]]:
    """Yield the rows of known keys."""
    for row in data.rows("settings"):
        if row["key"] in data.contract.settings:
            yield row, data.contract.settings[row["key"]]


def _words(row: Row, setting: Setting, column: Column) -> Iterator[Problem]:
    words = row["value"].split(" ")
    unknown = [word for word in words if word not in column.allowed]
    for word in unknown[:1]:
        allowed, remedy = explained(column, "vocabulary", word)
        yield row.problem(
            "value", f"of these words, with a space between: {allowed}", f"{remedy} for {word!r}"
        )
    if len(set(words)) < len(words):
        yield row.problem("value", "each word once", "remove what stands twice")
    if missing := [word for word in column.allowed if word not in words] if setting.complete else []:
        yield row.problem("value", f"all of {', '.join(column.allowed)}", f"add {', '.join(missing)}")
