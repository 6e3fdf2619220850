"""Every question on the main outcome: what the last version said of it, and what its posterior says now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset, Rows, view
from evidence.report.book.answers import reports_of
from evidence.report.book.changes import Changes, name_of, order
from evidence.report.book.released import Answer, Key
from evidence.report.report import Report
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, interval, listing, number, plural
from evidence.wording.posterior import percent

#: Where there is nothing to say.
_NONE: Final = "—"


@view
def in_doubt(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each route and window of a report on which only reports in doubt say something."""
    found = Report(drug, condition, ds=ds).analyses
    return [
        {
            "route": analysis.question.route,
            "window": analysis.question.window,
            "trials": [effect.label for effect in analysis.doubted],
        }
        for analysis in found
        if analysis.doubtful
    ]


def every_question(since: Changes) -> Table:
    """List every question of either version: before, the estimate and its interval; now, what may be said."""
    ds = since.ds
    mid, words = float(ds.setting("main_mid")), labels_of(ds)
    columns = (
        Column("Question"),
        Column(f"Version {since.version}", "right", "pooled estimate, 95% CI; trials"),
        Column("Now", "right", "posterior median, 95% credible interval; trials"),
        Column(f"{capital(words.toward.than)} at all", "right", "probability, range over the priors"),
        Column(f"By {number(mid, 0)} points or more", "right", "the same"),
        Column("What is not said", note="and why"),
    )
    before, now = since.before, since.after
    doubted = _doubted(ds)
    rows = tuple(
        (
            Cell(name_of(key, words)),
            _before(before.get(key)),
            _now(now.get(key)),
            *_chances(now.get(key)),
            Cell(_refused(now.get(key), doubted.get(key, ()))),
        )
        for key in sorted({*before, *now, *doubted}, key=order)
    )
    caption = f"Every question: version {since.version} and the posterior now"
    return Table("every-question", caption, columns, rows, kind="ev-long")


def _doubted(ds: Dataset) -> Mapping[Key, tuple[str, ...]]:
    return {
        (drug, condition, row["route"], row["window"]): tuple(row["trials"])
        for drug, condition in reports_of(ds)
        for row in in_doubt(ds, drug=drug, condition=condition)
    }


def _before(answer: Answer | None) -> Cell:
    if answer is None:
        return Cell("not asked")
    return _sized(answer.estimate, answer.trials, "no estimate")


def _now(answer: Answer | None) -> Cell:
    if answer is None:
        return Cell(_NONE)
    found = answer.posterior
    return _sized(found.size if found else None, answer.trials, "no size")


def _sized(size: tuple[float, float, float] | None, trials: int, none: str) -> Cell:
    if size is None:
        return Cell(f"{none}; {plural(trials, 'trial')}")
    return Cell(f"{number(size[0])} ({interval(*size[1:])}); {plural(trials, 'trial')}", value=size[0])


def _chances(answer: Answer | None) -> tuple[Cell, Cell]:
    found = answer.posterior if answer else None
    both = (found.relief, found.important) if found else (None, None)
    return _chance(both[0]), _chance(both[1])


def _chance(found: tuple[float, float, float] | None) -> Cell:
    if found is None:
        return Cell(_NONE)
    value, low, high = map(percent, found)
    return Cell(value if low == high == value else f"{value} ({low} to {high})", value=found[0])


def _refused(answer: Answer | None, doubted: tuple[str, ...]) -> str:
    if doubted:
        return f"nothing: only reports that we doubt speak of it ({listing(doubted)})"
    if answer is None:
        return "no trial speaks of it any more"
    return answer.posterior.refused if answer.posterior is not None else ""
