"""How the trials were found: what was searched, how many got how far, and when it is searched again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.trialflow import trialflow_figure
from evidence.dataset import Dataset
from evidence.report.report import Report
from evidence.report.sections.flow import Key
from evidence.results.trials import people_of, trial_rows
from evidence.wording.labels import labels

#: The steps of the funnel over all drugs.
_STEPS: Final[dict[Key, str]] = {
    "found": "are in the tables",
    "treat": "treat the condition, not attacks or operations",
    "tested": "test one of the drugs against placebo or nothing",
    "said": "say something usable on {outcome}",
    "number": "give a number",
}
_SEARCHED: Final = {"yes": "yes", "no": "no", "unknown": "not recorded"}
_UNKNOWN: Final = "not recorded"


@dataclass(frozen=True, slots=True)
class Search:
    """A row of search_log.csv."""

    round: int
    source: str
    date: str | None
    searched: str
    words: str | None
    found: int | None
    taken: int | None
    note: str | None

    def cells(self) -> tuple[Cell, ...]:
        """The row as cells; what is not recorded is said to be."""
        missing = _UNKNOWN if self.searched != "no" else "none"
        return (
            Cell(self.source, detail=self.note or ""),
            Cell(f"{self.round}", value=self.round),
            Cell(_day(date.fromisoformat(self.date)) if self.date else missing),
            Cell(_SEARCHED[self.searched]),
            Cell(self.words or missing),
            Cell(f"{self.found:,}", value=self.found) if self.found is not None else Cell(missing),
            Cell(f"{self.taken:,}", value=self.taken) if self.taken is not None else Cell(missing),
        )


def log(ds: Dataset) -> Table:
    """Return what was searched in each round."""
    columns = (
        Column("Source"),
        Column("Round", "right"),
        Column("Day"),
        Column("Searched"),
        Column("Words"),
        Column("Records found", "right"),
        Column("Trials taken", "right"),
    )
    rows = tuple(row.cells() for row in ds.records(Search, "search_log"))
    return Table("search-log", "What was searched, round by round", columns, rows)


def flow_figure(ds: Dataset) -> Figure:
    """Draw how far the trials of all drugs get; one that tests several counts once, as far as it gets."""
    reached: dict[Key, set[str]] = {step: set() for step in _STEPS}
    for drug in labels(ds).drugs:
        flow = Report(drug, everything=True, ds=ds).flow
        for step in _STEPS:
            reached[step] |= set(flow[step].studies)
    rows = trial_rows(ds, list(ds.rows("studies")["study_id"]))
    outcome = labels(ds).outcome(str(ds.setting("main_outcome")))
    steps = [
        {
            "step": words.format(outcome=outcome),
            "trials": len(reached[step]),
            "people": people_of(ds, {study: rows[study] for study in sorted(reached[step])}),
        }
        for step, words in _STEPS.items()
    ]
    return trialflow_figure(
        "trials-flow",
        "From the trials found to the numbers",
        pd.DataFrame(steps),
        caption="People are those randomised, or analysed where only that is stated.",
    )


def next_search(ds: Dataset) -> str:
    """Say on which day the next search is due."""
    last = pd.Timestamp(str(ds.setting("last_search_date")))
    return _day((last + pd.DateOffset(months=int(ds.setting("search_interval_months")))).date())


def last_search(ds: Dataset) -> str:
    """Say when the last search was."""
    return _day(date.fromisoformat(str(ds.setting("last_search_date"))))


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def databases_searched(ds: Dataset) -> str:
    """Say how many bibliographic databases were searched."""
    found = ds.records(Search, "search_log")
    yes = [row.source for row in found if row.searched == "yes" and "database" in row.source.lower()]
    return f"{len(yes):,}" if yes else "none"
