"""Every answer of the book as rows, which the map, the changes, the comparison and the downloads read."""

from __future__ import annotations

from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from evidence.dataset import Dataset, Rows, view
from evidence.effects import Effect, frame
from evidence.question import Question, questions
from evidence.report.report import Report
from evidence.report.sections.answer_rows import answer_rows
from evidence.report.sections.harms import said
from evidence.report.sections.outcomes import outcome_effects, spoken

#: How an overview of a drug is named among the condition groups.
OVERVIEW: Final = "all"


def reports_of(ds: Dataset) -> tuple[tuple[str, str | None], ...]:
    """Return every drug and condition that a trial treats, with the overview of each drug (None) first."""
    asked = {(question.drug, question.condition) for question in questions(ds)}
    pairs = {(drug, str(condition)) for drug, condition in asked} | {(drug, None) for drug, _ in asked}
    return tuple(sorted(pairs, key=lambda pair: (pair[0], pair[1] or "")))


@view
def answers(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each route and window in which a trial says something on the main outcome."""
    return list(answer_rows(Report(drug, condition, ds=ds).analyses))


@view
def effects(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each trial in each route and window of a report."""
    found = Report(drug, condition, ds=ds).analyses
    return [row for analysis in found for row in frame.rows(analysis.effects)]


@view
def harms(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each harm and route on which a trial of a report says something."""
    return [
        {
            "outcome": harm.outcome,
            "route": harm.route,
            "trials": len(harm.effects),
            "k": harm.pooled.k if harm.pooled else 0,
            **_totals([asdict(effect.counts) for effect in harm.counted if effect.counts is not None]),
            **dict(zip(("risk_ratio", "ci_low", "ci_high"), harm.ratio or (None, None, None), strict=True)),
        }
        for harm in Report(drug, condition, ds=ds).harms_found
    ]


@view
def others(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each harm and other outcome of a report, route by route, with what each trial says.

    A harm has its pooled risk ratio; the other outcomes are not pooled.
    """
    report = Report(drug, condition, ds=ds)
    rows: list[dict[str, Any]] = [
        {
            "outcome": harm.outcome,
            "route": harm.route,
            "trials": len(harm.effects),
            **dict(zip(("estimate", "ci_low", "ci_high"), harm.ratio or (None, None, None), strict=True)),
            "said": "; ".join(said(effect) for effect in harm.effects),
        }
        for harm in report.harms_found
    ]
    found: dict[tuple[str, str], list[Effect]] = {}
    for effect in outcome_effects(ds, Question(drug, report.scope, detail=report.detail)):
        found.setdefault((effect.outcome, effect.route), []).append(effect)
    none = dict.fromkeys(("estimate", "ci_low", "ci_high"))
    for (outcome, route), effects_ in found.items():
        told = "; ".join(spoken(effect) for effect in effects_)
        rows.append({"outcome": outcome, "route": route, "trials": len(effects_), **none, "said": told})
    return rows


@view
def trials(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row with the trials and people of a report; none where no trial treats the condition."""
    report = Report(drug, condition, ds=ds)
    if not report.selection.studies:
        return []
    return [{"trials": len(report.trial_rows), "people": report.people}]


#: Every view that the site gives away, by the name of its file.
VIEWS: Final = MappingProxyType(
    {"answers": answers, "effects": effects, "harms": harms, "others": others, "trials": trials}
)


def frames(ds: Dataset) -> dict[str, pd.DataFrame]:
    """Return every answer, effect, harm and count of the book's reports, as the site gives them away.

    Parameters
    ----------
    ds : Dataset

    Examples
    --------
    >>> from evidence import dataset
    >>> sorted(frames(dataset.load()))
    ['answers', 'effects', 'harms', 'others', 'trials']
    """
    return {
        name: pd.DataFrame(
            {"drug": drug, "condition": condition or OVERVIEW, **row}
            for drug, condition in reports_of(ds)
            for row in asked(ds, drug=drug, condition=condition)
        )
        for name, asked in VIEWS.items()
    }


def _totals(counts: list[dict[str, int]]) -> dict[str, int]:
    names = ("events_experimental", "n_experimental", "events_control", "n_control")
    return {name: sum(count[name] for count in counts) for name in names}
