"""Risk of bias as pages show it: traffic lights for the trials of a report, and a summary over all trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.riskofbias import riskofbias_figure, riskofbias_summary_figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question.records import Study
from evidence.rob import DOMAINS, Assessment, assessments
from evidence.wording.labels import labels

_WHOLE = "Overall"
_PERIOD = "DS"  # of crossover trials only


def lights(ds: Dataset, key: str, title: str, study_ids: Sequence[str], outcome: str) -> Figure:
    """Draw the judgement of each trial in each domain of RoB 2.

    Raises
    ------
    ValueError
        Without trials.
    """
    data, domains = _frame(ds, study_ids, outcome)
    return riskofbias_figure(key, title, data, domains=domains, caption=_caption(data))


def summary(ds: Dataset, key: str, title: str, outcome: str) -> Figure:
    """Draw how many of all trials have each judgement, domain by domain; trials count alike."""
    data, domains = _frame(ds, list(ds.rows("studies")["study_id"]), outcome)
    return riskofbias_summary_figure(key, title, data, domains=domains, caption=_caption(data))


def by_drug(ds: Dataset, outcome: str) -> Table:
    """Count for each drug and domain the trials that were judged, and how."""
    domains = (Column(name.capitalize()) for name in DOMAINS.values())
    rows = tuple(_drug(ds, drug, outcome) for drug in labels(ds).drugs)
    columns = (Column("Drug"), Column("Trials", "right"), *domains)
    return Table("rob-by-drug", "Trials judged in each domain; the others have no information", columns, rows)


def _drug(ds: Dataset, drug: str, outcome: str) -> tuple[Cell, ...]:
    ids = sorted(set(ds.rows("interventions", drug=drug)["study_id"]))
    found = assessments(ds, ids, outcome).values()
    return (
        Cell(labels(ds).drug(drug).capitalize(), href=f"site:chapters/{drug}/index.html"),
        Cell(f"{len(ids):,}", value=len(ids)),
        *(Cell(_counts([item.judgement(name) for item in found])) for name in DOMAINS),
    )


def _counts(judged: Sequence[str]) -> str:
    levels = ("low", "some concerns", "high")
    said = [f"{judged.count(level):,} {level}" for level in levels if level in judged]
    return ", ".join(said) or "none"


def _frame(ds: Dataset, study_ids: Sequence[str], outcome: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return one row for each study and domain, and the domains; that of periods only where it is known."""
    ids = list(study_ids)
    found = assessments(ds, ids, outcome)
    names = _names(ds.records(Study, "studies", study_id=ids))
    period = any(item.judgement(_PERIOD) != "no information" for item in found.values())
    domains = {short: name for short, name in DOMAINS.items() if short != _PERIOD or period}
    rows = [row for item in found.values() for row in _rows(item, names[item.study_id], domains)]
    return pd.DataFrame(rows), {**domains, _WHOLE: "judgement"}


def _names(studies: Sequence[Study]) -> dict[str, str]:
    """Return what each study is called; with its id where two are called the same."""
    counted = Counter(study.label for study in studies)
    return {
        study.study_id: f"{study.label} ({study.study_id})" if counted[study.label] > 1 else study.label
        for study in studies
    }


def _rows(item: Assessment, name: str, domains: dict[str, str]) -> Iterator[dict[str, Any]]:
    href = f"site:chapters/studies.html#study-{item.study_id}"
    judged = {short: item.judgement(short) for short in domains} | {_WHOLE: item.overall}
    for short, judgement in judged.items():
        yield {"label": name, "domain": short, "judgement": judgement, "href": href}


def _caption(data: pd.DataFrame) -> str:
    """Say that the whole cannot be judged where a domain is open in every trial."""
    whole = data.loc[data["domain"].eq(_WHOLE), "judgement"]
    if whole.eq("no information").all():
        return "No trial has information on every domain, so that none is judged as a whole."
    return ""
