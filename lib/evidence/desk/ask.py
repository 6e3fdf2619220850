"""Ask an editor for the rows of a study, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import count
from pathlib import Path

from evidence.dataset.columns import LONGEST_HINT
from evidence.dataset.contract import NUMBER, WHOLE_NUMBER, Column, Contract, Table
from evidence.dataset.files import parse
from evidence.desk.problems import DeskError

Ask = Callable[[str], str]
Tables = dict[str, list[dict[str, str]]]
#: Words that the tables use already, by table and column; for measures by outcome.
Words = Mapping[tuple[str, str], Sequence[str]]

_MANY = ("arms", "arm_results", "contrasts", "flags")
_ARMS = {("arm_results", "arm"), ("contrasts", "arm_a"), ("contrasts", "arm_b")}
_SHOWN = 12


def words_of(folder: Path) -> Words:
    """Gather the words that may be chosen again: conditions, flags, and measures by their outcome."""
    words: dict[tuple[str, str], list[str]] = {
        ("studies", "condition_detail"): _column(folder, "studies", "condition_detail"),
        ("flags", "flag"): _column(folder, "flag_kinds", "flag"),
    }
    pairs = zip(_column(folder, "measures", "outcome"), _column(folder, "measures", "measure"), strict=True)
    for outcome, measure in pairs:
        words.setdefault(("measure", outcome), []).append(measure)
    return {key: list(dict.fromkeys(found)) for key, found in words.items()}


def _column(folder: Path, table: str, column: str) -> list[str]:
    path = folder / f"{table}.csv"
    raw = parse(path.read_text(encoding="utf-8")) if path.is_file() else parse("")
    return [row[raw.header.index(column)] for row in raw.rows] if column in raw.header else []


def ask_study(
    contract: Contract,
    known: Mapping[str, Sequence[Mapping[str, str]]],
    ask: Ask,
    say: Callable[[str], None],
    words: Words | None = None,
) -> Tables:
    """Ask for the study and its drug, then for as many rows of other tables as there are.

    A measure that measures.csv does not list gets a row there: without it no analysis uses the result.

    Parameters
    ----------
    known : mapping
        Rows that are known already; their cells are offered as answers.
    ask, say : callable
        Such as `input` and `print`. An empty answer takes what is offered, or leaves the cell empty.
    words : mapping, optional
        Words that the tables use already: they are listed, and near spellings offered.

    Raises
    ------
    DeskError
        When the answers end before the form does.
    """
    rows: Tables = {}
    words = words or {}
    try:
        say("Enter takes the answer in [ ], or leaves the cell empty when the text does not report it.")
        for table in ("studies", "interventions"):
            given = known.get(table) or [{}]
            rows[table] = [_row(contract.table(table), given[0], ask, say, words, rows)]
        for table in _MANY:
            rows[table] = _rows(contract.table(table), known.get(table) or [], ask, say, words, rows)
        rows["measures"] = _measures(contract.table("measures"), ask, say, words, rows)
        rows |= {table: [dict(row) for row in known[table]] for table in known if table not in rows}
    except EOFError:
        raise DeskError("the answers ended before the form was filled; nothing was written") from None
    return rows


def _rows(
    table: Table,
    known: Sequence[Mapping[str, str]],
    ask: Ask,
    say: Callable[[str], None],
    words: Words,
    so_far: Tables,
) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for number in count():
        given = known[number] if number < len(known) else {}
        offered = " (the file holds one)" if given else ""
        if not ask(f"Add a row to {table.name}{offered}? y/n [n] ").strip().lower().startswith("y"):
            return rows
        rows.append(_row(table, given, ask, say, words, so_far))
    raise AssertionError("unreachable")


def _measures(
    table: Table, ask: Ask, say: Callable[[str], None], words: Words, so_far: Tables
) -> list[dict[str, str]]:
    """Ask for a row of measures.csv for each new measure; nothing when the words are not known."""
    named = [(row["outcome"], row["measure"]) for name in _MANY[1:3] for row in so_far[name]]
    new = [
        (outcome, measure)
        for outcome, measure in dict.fromkeys(named)
        if outcome not in ("", "other") and measure not in words.get(("measure", outcome), ())
    ]
    rows = []
    for outcome, measure in new if words else ():
        say(f"\nmeasures.csv does not list {measure!r} for {outcome}: without a row no analysis uses it.")
        given = {"outcome": outcome, "measure": measure, "answers": outcome}
        rows.append(_row(table, given, ask, say, {}, so_far))
    return rows


def _row(
    table: Table,
    given: Mapping[str, str],
    ask: Ask,
    say: Callable[[str], None],
    words: Words,
    so_far: Tables,
) -> dict[str, str]:
    say(f"\n{table.name}: {table.description or table.title}")
    columns = [column for column in table.columns if table.name == "studies" or column.name != "study_id"]
    row: dict[str, str] = {}
    for column in columns:
        choices = _choices(table, column, words, so_far, row)
        row[column.name] = _cell(column, given.get(column.name, ""), ask, say, choices)
    return row


def _choices(
    table: Table, column: Column, words: Words, so_far: Tables, row: Mapping[str, str]
) -> Sequence[str]:
    """Return words that were used before for such a cell; a new one may be typed all the same."""
    if (table.name, column.name) in _ARMS:
        return [arm["label"] for arm in so_far.get("arms", ())]
    if column.name == "measure" and "outcome" in row:
        return words.get(("measure", row["outcome"]), ())
    return words.get((table.name, column.name), ())


def _cell(
    column: Column, offered: str, ask: Ask, say: Callable[[str], None], choices: Sequence[str] = ()
) -> str:
    hint = f" ({', '.join(column.allowed)})" if column.allowed else f" ({column.unit})" if column.unit else ""
    if choices:
        more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
        say(f"    used before: {' | '.join(choices[:_SHOWN])}{more}")
    again = ""
    while True:
        answer = ask(f"  {column.name}{hint}{f' [{offered}]' if offered else ''}: ").strip() or offered
        if wrong := _wrong(column, answer):
            say(f"    {wrong}")
            continue
        near = (
            get_close_matches(answer[:LONGEST_HINT], choices, n=3)
            if choices and answer not in choices
            else []
        )
        if not answer or not near or answer == again:
            return answer
        say(f"    not used before; near: {' | '.join(near)}. Type it again to keep it.")
        again = answer


def _wrong(column: Column, answer: str) -> str:
    """Say what is wrong with an answer; the check of the whole tables comes later."""
    if not answer:
        return "this cell must be filled" if column.required else ""
    if column.allowed and answer not in column.allowed:
        return f"use one of {', '.join(column.allowed)}"
    form = {"number": NUMBER, "integer": WHOLE_NUMBER}.get(column.type)
    return (
        "this must be a number, with a point and without a unit"
        if form and not form.fullmatch(answer)
        else ""
    )
