"""A drug across conditions: conditions as subgroups, and the map of the book."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evidence.charts.evidencemap import evidencemap_figure
from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.dataset.views import Row
from evidence.effects import Effect
from evidence.meta import Pooled, pool
from evidence.report.book import answers as rows
from evidence.report.report import Report
from evidence.report.sections.forest import Record, effects_figure, pooled_row, study_rows
from evidence.report.sections.pain import pain_measure
from evidence.results.analysis import Analysis
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, number, plural


def by_condition(report: Report, route: str, window: str) -> Figure:
    """Draw one route and window with conditions as subgroups, each with its own pool, and all together.

    Raises
    ------
    ValueError
        When no trial of the route says anything in the window.
    """
    analysis = report.analysis(route, window)
    key = f"{report.key}-{route}-{window}"
    title = f"{report.labels.subject(report.drug, route)}: pain {report.labels.when(window)}, by condition"
    spoken = [*analysis.numeric, *analysis.bounded]
    groups = list(dict.fromkeys(effect.condition_group for effect in spoken))
    rows = [row for group in groups for row in _block(analysis, group, alone=len(groups) == 1)]
    if analysis.pooled is not None and analysis.pooled.k > 1 and len(groups) > 1:
        rows.append(pooled_row("", "All conditions", analysis.pooled, _people(analysis.numeric)))
    return effects_figure(key, title, pd.DataFrame(rows), pain_measure(analysis))


def _block(analysis: Analysis, group: str, *, alone: bool) -> list[Record]:
    numeric = [effect for effect in analysis.numeric if effect.condition_group == group]
    bounded = [effect for effect in analysis.bounded if effect.condition_group == group]
    weights = dict(zip((e.study_id for e in analysis.numeric), _weights(analysis), strict=True))
    block = capital(analysis.labels.condition(group))
    rows = study_rows(block, analysis, numeric, [weights[effect.study_id] for effect in numeric], bounded)
    if len(numeric) > 1:
        label = "Pooled" if alone else "Subgroup"
        rows.append(pooled_row(block, label, _subgroup(numeric), _people(numeric)))
    return rows


def _people(found: Iterable[Effect]) -> int:
    return sum(effect.people or 0 for effect in found)


def _weights(analysis: Analysis) -> list[float]:
    return [] if analysis.pooled is None else [float(weight) for weight in analysis.pooled.weights]


def _subgroup(numeric: Iterable[Effect]) -> Pooled:
    found = list(numeric)
    yi = np.array([effect.yi for effect in found], dtype=float)
    vi = np.array([effect.vi for effect in found], dtype=float)
    return pool(yi, vi, ci="HKSJ-adhoc")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known for one drug and one condition: for a list in `words`, for the map in a few `short` ones.

    `people` is all that its trials randomised; `behind` those in the estimate.
    """

    trials: int
    people: int | None
    state: str
    words: str
    short: str
    behind: int | None = None


def book_map(ds: Dataset) -> Figure:
    """Return the evidence map of the book: every drug and condition, with links to the reports."""
    labels = labels_of(ds)
    data = pd.DataFrame(
        [
            {
                "condition": labels.condition(condition),
                "drug": drug,
                "state": known.state,
                "people": known.behind,
                "words": known.short,
                "href": f"site:chapters/{drug}/{condition}.html",
            }
            for (drug, condition), known in _map_cells(ds).items()
        ]
    )
    shown = [labels.condition(code) for code in labels.conditions if code != "other"]
    title = "What is known for each drug and condition"
    caption = "Difference in pain on a scale from 0 to 100; each number leads to its report."
    columns = list(labels.drugs)
    return evidencemap_figure("evidence-map", title, data, rows=shown, columns=columns, caption=caption)


def book_list(ds: Dataset) -> Table:
    """Return the evidence map as a list: one row for each report."""
    columns = (
        Column("Report"),
        Column("Trials", "right"),
        Column("People", "right", "where stated"),
        Column("Pain", note="difference in points on 0–100, below 0: less pain on the drug"),
    )
    labels = labels_of(ds)
    listed = tuple(
        (
            Cell(f"{capital(drug)}: {labels.condition(condition)}", href=f"chapters/{drug}/{condition}.html"),
            *_counts(cell),
        )
        for (drug, condition), cell in _map_cells(ds).items()
    )
    return Table("evidence-list", "The evidence map as a list", columns, listed)


def _map_cells(ds: Dataset) -> dict[tuple[str, str], Known]:
    """Return what is known for every drug and condition that has a report."""
    return {
        (drug, condition): cell
        for drug in labels_of(ds).drugs
        for condition, cell in _cells_of(ds, drug).items()
    }


def _cells_of(ds: Dataset, drug: str) -> dict[str, Known]:
    names = [name for name in labels_of(ds).conditions if name != "other"]
    found = {name: rows.trials(ds, drug=drug, condition=name) for name in names}
    return {name: _map_cell(ds, drug, name, counts[0]) for name, counts in found.items() if counts}


def _counts(cell: Known) -> tuple[Cell, ...]:
    people = Cell(f"{cell.people:,}", value=cell.people) if cell.people else Cell("not stated")
    return Cell(f"{cell.trials:,}", value=cell.trials), people, Cell(cell.words)


def _map_cell(ds: Dataset, drug: str, condition: str, counts: Row) -> Known:
    trials, people = counts["trials"], counts["people"] or None
    answers = rows.answers(ds, drug=drug, condition=condition)
    measured = [row for row in answers if row["k"] and row["window"] != "during_infusion"]
    if not measured:
        spoken = any(row["trials"] for row in answers)
        said = "only tests or directions, no estimate" if spoken else "no usable comparison of pain"
        return Known(trials, people, "silent", said, "only tests" if spoken else "nothing usable")
    main = max(measured, key=lambda row: (not row["doubtful"], row["people"]))
    labels = labels_of(ds)
    route, window = labels.route(main["route"]), labels.window(main["window"])
    behind = f"{plural(main['k'], 'trial')}, {plural(main['people'], 'person', 'people')}"
    said = f"{number(main['estimate'])} points ({route}, {window}; {behind}); {main['certainty']} certainty"
    short, state = f"{number(main['estimate'])} points; {behind}", _state(main["ci_low"], main["ci_high"])
    return Known(trials, people, state, said, short, main["people"])


def _state(low: float, high: float) -> str:
    """Return which side of no effect an interval lies on."""
    if high < 0:
        return "better"
    return "worse" if low > 0 else "unclear"


def reports(ds: Dataset, drug: str) -> Table:
    """List the reports of a drug, one row for each condition."""
    columns = (Column("Condition"), Column("Trials", "right"), Column("People", "right"), Column("Pain"))
    listed = tuple(
        (Cell(capital(labels_of(ds).condition(condition)), href=f"{condition}.html"), *_counts(cell))
        for condition, cell in _cells_of(ds, drug).items()
    )
    return Table(f"{drug}-reports", f"The reports on {drug}", columns, listed)
