"""What the book says, as tables: one row for each question, trial, harm, summary row, map cell and count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd

from evidence import dataset, report
from evidence.charts.tables import Table
from evidence.question import Question
from evidence.report.book.answers import reports_of
from evidence.report.book.known import every
from evidence.report.sections.apart import apart
from evidence.report.sections.outcomes import outcome_effects
from evidence.report.sections.reported import reported
from evidence.report.sections.safety import safety
from evidence.report.standards import reporting_errors as errors
from evidence.results.posterior import PosteriorAnswer
from nmda.compared import compared
from nmda.fact_check import fact_check
from nmda.mood import beyond

Row = dict[str, Any]
#: The fields of the number that stands for a report.
_HEAD = ("estimate", "low", "high", "k", "people", "doubtful")
#: How a report is named in the tables: its condition group, the scope of the Cochrane review, or all.
SCOPES = {None: "all", "everything": "everything"}


@cache
def reports() -> tuple[tuple[str, str, report.Report], ...]:
    """Every drug and condition that a trial treats, each drug's overview, and each drug in all conditions."""
    ds = dataset.load()
    found = [(drug, condition, report.Report(drug, condition, ds=ds)) for drug, condition in reports_of(ds)]
    drugs = dict.fromkeys(drug for drug, _, _ in found)
    found += [(drug, "everything", report.Report(drug, everything=True, ds=ds)) for drug in drugs]
    return tuple((drug, SCOPES.get(condition, condition), page) for drug, condition, page in found)


def answers() -> Iterator[Row]:
    """Yield the answer on pain of every report, route and window."""
    for drug, condition, page in reports():
        lines = {id(line.analysis): line for line in page.answer().lines}
        for found in page.analyses:
            line, pooled, every = lines.get(id(found)), found.pooled, found.everything
            yield {
                "drug": drug,
                "condition": condition,
                "route": found.question.route,
                "window": found.question.window,
                "k": pooled.k if pooled else 0,
                "bounded": len(found.bounded),
                "people": found.people,
                "estimate": pooled.estimate if pooled else None,
                "ci_low": pooled.ci_low if pooled else None,
                "ci_high": pooled.ci_high if pooled else None,
                "tau2": pooled.tau2 if pooled else None,
                "all_evidence": every.estimate,
                "all_evidence_low": every.ci_low,
                "all_evidence_high": every.ci_high,
                **_posterior(found.posterior),
                "mid": found.mid,
                "certainty": found.certainty.level,
                "if_low_bias": found.certainty.if_low_bias,
                "target": found.certainty.target or "",
                "rated_down": "; ".join(f"{d.name} {d.down}: {d.reason}" for d in found.certainty.domains),
                "statement": line.statement if line else "",
                "numbers": line.numbers if line else "",
            }


def _posterior(answer: PosteriorAnswer | None) -> Row:
    """Return what may be printed of a posterior."""
    sized = answer if answer is not None and answer.has_size else None
    low, high = sized.interval if sized else (None, None)
    return {
        "posterior": sized.primary.median if sized else None,
        "posterior_low": low,
        "posterior_high": high,
        "p_lower": sized.relief.value if sized else None,
        "p_important": sized.important.value if sized else None,
    }


def effects() -> Iterator[Row]:
    """Yield what each trial says on pain in every route and window of the reports."""
    for drug, condition, page in reports():
        for found in page.analyses:
            for effect in found.effects:
                place = {"drug": drug, "condition": condition, "route": found.question.route}
                yield place | {"window": found.question.window} | _effect(effect)


def outcomes() -> Iterator[Row]:
    """Yield what each trial says on the other outcomes."""
    for drug, condition, page in reports():
        for effect in outcome_effects(page.ds, Question(drug, page.scope, detail=page.detail)):
            place = {"drug": drug, "condition": condition, "outcome": effect.outcome, "route": effect.route}
            yield place | {"window": effect.window} | _effect(effect)


def harms() -> Iterator[Row]:
    """Yield every harm by route, with the counts and the pooled risk ratio."""
    for drug, condition, page in reports():
        for harm in page.harms_found:
            counts = [effect.counts for effect in harm.counted]
            ratio = harm.ratio or (None, None, None)
            yield {
                "drug": drug,
                "condition": condition,
                "outcome": harm.outcome,
                "route": harm.route,
                "trials": len(harm.effects),
                "k": harm.pooled.k if harm.pooled else 0,
                "events_drug": sum(c.events_experimental for c in counts),
                "n_drug": sum(c.n_experimental for c in counts),
                "events_control": sum(c.events_control for c in counts),
                "n_control": sum(c.n_control for c in counts),
                "risk_ratio": ratio[0],
                "ci_low": ratio[1],
                "ci_high": ratio[2],
            }


def summaries() -> Iterator[Row]:
    """Yield the rows of every summary of findings."""
    for drug, condition, page in reports():
        yield from _cells(page.sof().table, drug=drug, condition=condition)


def sensitivities() -> Iterator[Row]:
    """Yield each pool of two and more trials under other choices."""
    for drug, condition, page in reports():
        for found in page.analyses:
            if found.pooled is not None and found.pooled.k > 1 and condition != "everything":
                route, window = str(found.question.route), str(found.question.window)
                place = {"drug": drug, "condition": condition, "route": route, "window": window}
                yield from _cells(page.sensitivity(route, window), **place)


def trials() -> Iterator[Row]:
    """Yield how many trials and people each report has, and in what form its trials report pain."""
    for drug, condition, page in reports():
        yield {
            "drug": drug,
            "condition": condition,
            "trials": len(page.trial_rows),
            "people": page.people,
            "left_out": len(page.selection.studies_left_out),
            "classes": page.classes(),
            "plain": page.plain().text,
        }


def evidence_map() -> Iterator[Row]:
    """Yield each cell of the map on the front page."""
    for drug, condition, row in every(dataset.load()):
        head = row["head"] or {}
        shown = ("found", "said", "sentence", "certainty", "when", "untold", "flow", "href")
        place = {"drug": drug, "condition": condition}
        yield place | {name: row[name] for name in shown} | {name: head.get(name) for name in _HEAD}


def counts() -> Iterator[Row]:
    """Yield the numbers on the front page and on the page of methods."""
    ds = dataset.load()
    facts = [*report.at_a_glance(ds).items, ("Reference SD", report.reference_sd_words(ds))]
    yield from ({"count": name, "value": value} for name, value in facts)
    for row in _cells(report.flow(ds)):
        drug, *numbers = row.items()
        yield from ({"count": f"{drug[1]}: {name}", "value": value} for name, value in numbers)


def claims() -> Iterator[Row]:
    """Yield the verdict on each public claim."""
    check, ds = fact_check(), dataset.load()
    for claim_id in ds.rows("claims")["claim_id"]:
        found = check.check(str(claim_id))
        yield {
            "claim": claim_id,
            "verdict": found.verdict,
            "reason": found.judged.reason,
            "review": found.review,
        }
    yield from ({"claim": f"story {place}", "reason": said} for place, said in enumerate(check.story))


def harms_across() -> Iterator[Row]:
    """Yield every harm of every drug by route and kind of comparator."""
    for found in safety().found:
        low_high = found.harm.ratio or (None, None, None)
        yield {
            "drug": found.drug,
            "harm": found.harm.outcome,
            "route": found.harm.route,
            "against": found.against,
            "trials": len(found.harm.effects),
            "counted": len(found.harm.counted),
            "risk_ratio": low_high[0],
            "ci_low": low_high[1],
            "ci_high": low_high[2],
        }


def across() -> Iterator[Row]:
    """Yield the cells of the tables that look across drugs."""
    reviews, apart_, forms, ds = compared(), apart(), reported(), dataset.load()
    tables = [reviews.models(), reviews.harms(), reviews.others(), forms.by_drug(), forms.by_decade()]
    tables += [apart_.table("perioperative"), apart_.table("acute"), apart_.also()]
    tables += [safety().table(), safety().risks(), beyond("opioid_use").table(), beyond("depression").table()]
    tables += [errors.errors(ds, key) for key in errors.TABLES]
    tables += [errors.review_p_values(ds), errors.swapped(ds), errors.warnings(ds)]
    for table in (found for found in tables if isinstance(found, Table)):
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                place = {"table": table.key, "row": row[0].text, "column": column.name}
                yield {name: str(text) for name, text in place.items()} | {"says": str(cell.text)}


def planned() -> Iterator[Row]:
    """Yield what each report says a trial would need to settle its question."""
    for drug, condition, page in reports():
        yield {"drug": drug, "condition": condition, "says": str(page.needed())}


def _effect(effect: Any) -> Row:
    said = effect.statement
    return {
        "study": effect.study_id,
        "class": effect.evidence_class,
        "scale": effect.scale,
        "yi": effect.yi,
        "vi": effect.vi,
        "people": effect.people,
        "comparator": effect.comparator,
        "says": said.words if said else "",
        "steps": "; ".join(step.what for step in effect.ledger),
        "rows": "; ".join("/".join(str(part) for part in row) for row in effect.rows),
        "note": effect.note,
    }


def _cells(table: Table, **place: str) -> Iterator[Row]:
    for row in table.rows:
        named = zip(table.columns, row, strict=True)
        yield place | {column.name: str(cell.text) for column, cell in named}


#: Each kept table: what makes its rows, and the columns that name a row (what repeats gets a number).
TABLES: dict[str, tuple[Callable[[], Iterator[Row]], tuple[str, ...]]] = {
    "answers": (answers, ("drug", "condition", "route", "window")),
    "effects": (effects, ("drug", "condition", "route", "window", "study")),
    "outcomes": (outcomes, ("drug", "condition", "outcome", "route", "window", "study")),
    "harms": (harms, ("drug", "condition", "outcome", "route")),
    "summaries": (summaries, ("drug", "condition", "Outcome and time")),
    "sensitivities": (sensitivities, ("drug", "condition", "route", "window", "Analysis")),
    "trials": (trials, ("drug", "condition")),
    "map": (evidence_map, ("drug", "condition")),
    "counts": (counts, ("count",)),
    "claims": (claims, ("claim",)),
    "across": (across, ("table", "row", "column")),
    "harms_across": (harms_across, ("drug", "harm", "route", "against")),
    "planned": (planned, ("drug", "condition")),
}


def frame(name: str) -> pd.DataFrame:
    """Return one table as it is now, numbers at full precision."""
    return pd.DataFrame(TABLES[name][0]())
