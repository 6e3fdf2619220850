"""A drug across conditions, and the map of the book: each drug and condition on one axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from evidence.charts.evidencemap import evidencemap_figure
from evidence.charts.figure import Figure
from evidence.charts.forest import Heads, Kind, forest_figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.question import MainOutcome
from evidence.report.book.known import REST, every, head_of, questions
from evidence.report.report import Report
from evidence.report.sections.findings import points_measure
from evidence.report.sections.headline import Headline
from evidence.report.sections.several import Words
from evidence.report.sections.tiles import DOUBT, REACH, eye
from evidence.wording.html import Html, escape, link
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, plural

_ROWS: Final = {"reported": Kind("number", "what the trials with numbers come to")}
_HEADS: Final = Heads("Condition and route", "Trials", "People")


def size(row: Row) -> str:
    """Return the difference that stands for a report, or that there is no number."""
    found = head_of(row)
    return row["untold"] if found is None else found.change


def behind(row: Row) -> str:
    """Return what the number rests on: "2 of 4 trials, 79 people"."""
    found, trials = head_of(row), plural(row["found"], "trial")
    if found is None:
        return f"{row['said']:,} of {trials} say{'s' if row['said'] == 1 else ''} something"
    doubt = f"; {DOUBT}" if found.doubtful else ""
    return f"{found.k:,} of {trials}, {plural(found.people, 'person', 'people')}{doubt}"


def book_map(ds: Dataset) -> Table:
    """Return the map of the book: every drug and condition on one axis, each cell a link to its report."""
    labels = labels_of(ds)
    cells = {(drug, condition): _cell(row) for drug, condition, row in every(ds)}
    columns = (Column("Condition"), *(Column(capital(labels.drug(drug))) for drug in labels.drugs))
    rows = tuple(
        (
            Cell(capital(labels.condition(code))),
            *(cells.get((drug, code), Cell("no trials")) for drug in labels.drugs),
        )
        for code in labels.conditions
        if code != REST
    )
    return Table("evidence-map", "What is known for each drug and condition", columns, rows, kind="ev-map")


def _cell(row: Row) -> Cell:
    found = head_of(row)
    if found is None:
        inside = f'<span class="ev-map-none">{escape(size(row))}</span>'
    else:
        inside = f"{eye(found, dots=True)}<b>{escape(size(row))}</b>"
        inside += f'<span class="ev-note">{escape(row["when"])}</span>'
    inside += f'<span class="ev-note">{escape(behind(row))}</span>'
    return Cell(Html(inside), href=row["href"])


def map_legend() -> Words:
    """Say what the marks of the map are."""
    return Words(
        f"Each mark lies on one axis, from {REACH:.0f} points less on the left to {REACH:.0f} points more on "
        "the right; the upright line is no difference, the grey band is too small to matter. The dot "
        "is the number that stands for the report, larger with more people; the bar is its interval, with an "
        "arrow where it goes on; the hill, where several trials make the number, is how probable each size "
        "is. The report gives all routes and times."
    )


def gaps(ds: Dataset) -> Figure:
    """Draw of which drugs and conditions a number is known, from how many people, and of which none."""
    labels = labels_of(ds)
    rows = [
        {
            "condition": labels.condition(condition),
            "drug": labels.drug(drug),
            "href": f"site:{row['href']}",
            **_state(row, labels.main),
        }
        for drug, condition, row in every(ds)
    ]
    told = {row["condition"] for row in rows}
    conditions = [name for code in labels.conditions if (name := labels.condition(code)) in told]
    return evidencemap_figure(
        "evidence-gaps",
        "Where there is a number, and where trials give none",
        pd.DataFrame(rows),
        rows=conditions,
        columns=[labels.drug(drug) for drug in labels.drugs],
        outcome=labels.main.name,
        better=labels.toward.amount,
        caption="Empty: no trial was found. A number tells the sides apart where its interval excludes none.",
    )


def _state(row: Row, main: MainOutcome) -> dict[str, Any]:
    """Return what is known of a pair as the map of gaps marks it."""
    found, words = head_of(row), size(row)
    if found is None:
        return {"state": "silent", "people": None, "words": words.partition(":")[0]}
    if found.doubtful:
        return {"state": "unclear", "people": found.people, "words": f"{words}; {DOUBT}"}
    side = "better" if found.estimate * main.favourable > 0 else "worse"
    return {"state": side if found.sure else "unclear", "people": found.people, "words": words}


def reports(ds: Dataset, drug: str) -> Table:
    """List the reports of a drug, one row for each condition."""
    columns = (Column("Condition"), Column("What is known"), Column("Where and when"), Column("From"))
    rows = tuple(
        (
            Cell(Html(link(f"site:{row['href']}", capital(row["name"])))),
            Cell(capital(size(row))),
            Cell(capital(row["when"])),
            Cell(behind(row)),
        )
        for name, _, row in every(ds)
        if name == drug
    )
    return Table(f"{drug}-reports", f"The reports on {labels_of(ds).drug(drug)}", columns, rows)


def across(report: Report) -> Figure | Words:
    """Draw every number on a drug: a row for each condition and route, a block for each time."""
    ds, drug = report.ds, report.drug
    found = [
        (row["name"], number)
        for name, condition, row in every(ds)
        if name == drug
        for number in questions(ds, drug=drug, condition=condition)
        if number["head"]
    ]
    if len(found) < 2:
        one = "Only one condition, route and time has a number" if found else "There is no number"
        return Words(f"{one}: there is nothing to compare.")
    order = list(report.labels.names["window"])
    found.sort(key=lambda item: order.index(item[1]["window"]))
    title = f"{capital(report.labels.drug(drug))}: every number, by time, condition and route"
    measure = points_measure(report.labels.main.mid, drug=drug, labels=report.labels)
    options: dict[str, Any] = {"measure": measure, "heads": _HEADS, "kinds": _ROWS}
    return forest_figure(f"{report.key}-across", title, pd.DataFrame(_rows(found)), **options)


def _rows(found: list[tuple[str, Row]]) -> Iterator[dict[str, Any]]:
    for name, row in found:
        head = Headline(**row["head"])
        doubt = f"; {DOUBT}" if head.doubtful else ""
        yield {
            "block": capital(row["when"]),
            "label": capital(name),
            "detail": f"{row['how']}; {plural(head.k, 'trial')}{doubt}",
            "est": head.estimate,
            "lo": head.low,
            "hi": head.high,
            "n": f"{head.people:,}",
        }
