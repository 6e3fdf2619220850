"""Ask an editor for the rows of a study, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from evidence.dataset.contract import NUMBER, WHOLE_NUMBER, Column, Contract, Table
from evidence.desk.problems import DeskError

Ask = Callable[[str], str]
Tables = dict[str, list[dict[str, str]]]

_MANY = ("arms", "arm_results", "contrasts", "flags")


def ask_study(
    contract: Contract, known: Mapping[str, Sequence[Mapping[str, str]]], ask: Ask, say: Callable[[str], None]
) -> Tables:
    """Ask for the study and its drug, then for as many rows of other tables as there are.

    Parameters
    ----------
    known : mapping
        Rows that are known already; their cells are offered as answers.
    ask, say : callable
        Such as `input` and `print`. An empty answer takes what is offered, or leaves the cell empty.

    Raises
    ------
    DeskError
        When the answers end before the form does.
    """
    rows: Tables = {}
    try:
        say("Enter takes the answer in [ ], or leaves the cell empty when the text does not report it.")
        for table in ("studies", "interventions"):
            given = known.get(table) or [{}]
            rows[table] = [_row(contract.table(table), given[0], ask, say)]
        for table in _MANY:
            rows[table] = _rows(contract.table(table), known.get(table) or [], ask, say)
    except EOFError:
        raise DeskError("the answers ended before the form was filled; nothing was written") from None
    return rows


def _rows(
    table: Table, known: Sequence[Mapping[str, str]], ask: Ask, say: Callable[[str], None]
) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for number in count():
        given = known[number] if number < len(known) else {}
        offered = " (the file holds one)" if given else ""
        if not ask(f"Add a row to {table.name}{offered}? y/n [n] ").strip().lower().startswith("y"):
            return rows
        rows.append(_row(table, given, ask, say))
    raise AssertionError("unreachable")


def _row(table: Table, given: Mapping[str, str], ask: Ask, say: Callable[[str], None]) -> dict[str, str]:
    say(f"\n{table.name}: {table.description or table.title}")
    columns = [column for column in table.columns if table.name == "studies" or column.name != "study_id"]
    return {column.name: _cell(column, given.get(column.name, ""), ask, say) for column in columns}


def _cell(column: Column, offered: str, ask: Ask, say: Callable[[str], None]) -> str:
    hint = f" ({', '.join(column.allowed)})" if column.allowed else f" ({column.unit})" if column.unit else ""
    while True:
        answer = ask(f"  {column.name}{hint}{f' [{offered}]' if offered else ''}: ").strip() or offered
        if not (wrong := _wrong(column, answer)):
            return answer
        say(f"    {wrong}")


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
