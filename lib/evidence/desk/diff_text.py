"""A difference between two versions of the tables as the text of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evidence.desk.diff import AnswerChange, Difference, RowChange
from evidence.report.book.changes import Answer
from evidence.wording.labels import Labels, spaced
from evidence.wording.numbers import interval, number, plural


def markdown(difference: Difference) -> str:
    """Return the text: what it does to the answers, then the rows that make it."""
    if not difference.rows:
        return "The tables are the same.\n"
    parts = [
        "## What this changes",
        _summary(difference),
        *(_answer(change, difference.labels) for change in difference.answers),
        "## Rows",
        *_rows(difference.rows),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(difference: Difference) -> str:
    old, new = difference.versions
    version = f"Data version {old} → {new}." if old != new else f"Data version {old}, unchanged."
    studies = [
        f"Studies {what}: {', '.join(ids)}."
        for what, ids in (
            ("added", difference.added),
            ("removed", difference.removed),
            ("changed", difference.changed),
        )
        if ids
    ]
    count = len(difference.answers)
    moved = (
        f"{count} of {plural(difference.asked, 'answer')} on pain {'differs' if count == 1 else 'differ'}."
    )
    return " ".join([version, *studies, moved])


def _answer(change: AnswerChange, labels: Labels) -> str:
    where = labels.condition(change.condition) + ("" if change.condition else ", overview")
    title = f"### {labels.subject(change.drug, change.route)}: {where}, {labels.window(change.window)}"
    rows = [
        ("Estimate", _estimate),
        ("Trials, people", lambda a: f"{a.trials}, {a.people}"),
        ("Certainty", lambda a: a.certainty),
        ("Statement", lambda a: a.statement),
        ("Numbers", lambda a: a.numbers),
    ]
    lines = ["| | before | after |", "|---|---|---|"]
    for name, read in rows:
        before, after = (_cell(read(side)) if side else "—" for side in (change.old, change.new))
        if before != after:
            lines.append(f"| {name} | {before} | {after} |")
    return f"{title}\n\n" + "\n".join(lines)


def _estimate(answer: Answer) -> str:
    if answer.estimate is None:
        return "none"
    estimate, low, high = answer.estimate
    return f"{number(estimate)} ({interval(low, high)})"


def _rows(rows: Iterable[RowChange]) -> Iterator[str]:
    by_table: dict[str, list[RowChange]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    for table, found in by_table.items():
        yield f"**{table}.csv**\n\n" + "\n".join(_row(row) for row in found)


def _row(row: RowChange) -> str:
    key = _cell(" · ".join(text for _, text in row.key if text))
    if not row.old:
        return f"- added: {key}"
    if not row.new:
        return f"- removed: {key}"
    cells = "; ".join(
        f"{spaced(name)} {_shown(was)} → {_shown(now)}"
        for (name, was), (_, now) in zip(row.old, row.new, strict=True)
    )
    return f"- changed: {key}: {cells}"


def _shown(text: str) -> str:
    return f"`{_cell(text)}`" if text else "empty"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("`", "'").split())
