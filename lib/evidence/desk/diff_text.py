"""A difference between two versions of the tables as the text of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from evidence.desk.diff import AnswerChange, Difference, RowChange
from evidence.report.book.changes import name_of, name_of_other
from evidence.report.book.released import Answer
from evidence.wording.labels import Labels, spaced
from evidence.wording.numbers import interval, number, plural

#: The cause where no study of an answer differs.
_SHARED: Final = "a setting, a name or a rating"


def markdown(difference: Difference, chapters: Sequence[str] = ()) -> str:
    """Return the text: what it does to the answers and the chapters, then the rows that make it."""
    if not difference.rows:
        return "The tables are the same.\n"
    parts = [
        "## What this changes",
        _summary(difference),
        *_unused(difference),
        *(_answer(change, difference.labels) for change in difference.answers if not _only(change)),
        *_through_reference(difference),
        *_others(difference),
        *(
            ["### Chapters to look at\n\n" + "\n".join(f"- {_cell(line)}" for line in chapters)]
            if chapters
            else []
        ),
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
    moved = _counted(len(difference.answers), difference.asked, "answer", f"on {difference.labels.outcome()}")
    reference = ""
    if difference.reference:
        before, after = (number(value, 2) for value in difference.reference)
        only = sum(map(_only, difference.answers))
        reference = (
            f" The reference SD moves from {before} to {after} points; {only} of them differ by it alone."
        )
    others = _counted(
        len(difference.others), difference.others_asked, "answer", "on harms and other outcomes"
    )
    return " ".join([version, *studies, f"{moved}{reference}", others])


def _counted(count: int, asked: int, what: str, on: str) -> str:
    return f"{count} of {plural(asked, what)} {on} {'differs' if count == 1 else 'differ'}."


def _only(change: AnswerChange) -> bool:
    return change.only_through_reference


def _unused(difference: Difference) -> Iterator[str]:
    if difference.unused:
        lines = [f"- {_cell(str(item))}" for item in difference.unused]
        yield "**Changed results that no analysis uses**\n\n" + "\n".join(lines)


def _through_reference(difference: Difference) -> Iterator[str]:
    """List the answers that only the reference SD moved, in one table."""
    found = [change for change in difference.answers if _only(change)]
    if not found:
        return
    lines = ["| | before | after |", "|---|---|---|"]
    for change in found:
        before, after = (_sizes(side) if side else "—" for side in (change.old, change.new))
        lines.append(f"| {_cell(_title(change, difference.labels))} | {before} | {after} |")
    yield "### Through the reference SD alone\n\n" + "\n".join(lines)


def _others(difference: Difference) -> Iterator[str]:
    if not difference.others:
        return
    lines = ["| | before | after | because of |", "|---|---|---|---|"]
    for change in difference.others:
        before, after = (_cell(side.words) if side else "—" for side in (change.old, change.new))
        why = ", ".join(change.own) or _SHARED
        lines.append(
            f"| {_cell(name_of_other(change.key, difference.labels))} | {before} | {after} | {why} |"
        )
    yield "### Harms and other outcomes\n\n" + "\n".join(lines)


def _title(change: AnswerChange, labels: Labels) -> str:
    return name_of((change.drug, change.condition, change.route, change.window), labels)


def _answer(change: AnswerChange, labels: Labels) -> str:
    rows = [
        ("Estimate", _estimate),
        ("Posterior", _posterior),
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
    why = f"Because of {', '.join(change.own) or _SHARED}"
    also = " and of the reference SD" if change.through_reference else ""
    return f"### {_title(change, labels)}\n\n{why}{also}.\n\n" + "\n".join(lines)


def _estimate(answer: Answer) -> str:
    if answer.estimate is None:
        return "none"
    estimate, low, high = answer.estimate
    return f"{number(estimate)} ({interval(low, high)})"


def _posterior(answer: Answer) -> str:
    return answer.posterior.words if answer.posterior is not None else "not kept"


def _sizes(answer: Answer) -> str:
    return f"{_estimate(answer)}; {_posterior(answer)}"


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
