"""What is known of each drug in each condition, as rows that the map, the lists and the doors read.

Each is a view: computed once, kept between builds, and asked for like a table, so that a page that shows a
row runs again only when the row has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from evidence.dataset import Dataset, Rows, view
from evidence.dataset.views import Row
from evidence.report.report import Report
from evidence.report.sections.headline import Headline, headline, main_analysis
from evidence.report.sections.sides import counted
from evidence.report.sections.strip import certainty_words, levels_words
from evidence.results.trials import people_of, regimens, trial_rows
from evidence.wording.labels import labels
from evidence.wording.numbers import capital

NOT_ANSWERED: Final = "chapters/not-answered.html"
#: A group for trials that fit no other: it has no page of its own.
REST: Final = "other"
_DOSES: Final = 3  # doses that are named; the reports name all


@view
def known(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row on a drug in a condition; none where no trial was found.

    Its columns: ``key`` and ``name``; ``href``, from the root of the site; ``found`` and ``said``, trials
    found and those that say something; ``sentence`` and ``certainty``, the answer in words; ``sure``, the
    levels of certainty alone; ``head``, the
    number that stands for it (the fields of a `Headline`, or None), ``when`` and ``untold``, its route and
    time, or what the trials without one say; ``routes`` by which the drug was given; ``flow`` and ``funnel``,
    from the trials found to the numbers, in words and as HTML.
    """
    report = Report(drug, condition, ds=ds)
    if not report.selection.studies:
        return []
    main = main_analysis(report.analyses)
    found = headline(main) if main is not None else None
    words = report.labels
    when = ""
    if main is not None:
        when = f"{words.by_route(str(main.question.route))}, {words.window(main.question.window)}"
    return [
        {
            "key": report.key,
            "name": report.name,
            "href": address(report),
            "found": report.flow.found,
            "said": report.flow["said"].count,
            "sentence": report.sentence,
            "certainty": certainty_words(report.analyses),
            "sure": levels_words(report.analyses),
            "head": None if found is None else asdict(found),
            "when": when,
            "untold": "" if found is not None else _untold(report),
            "routes": list(report.given_by),
            "flow": report.flow.sentence,
            "funnel": report.flow._repr_html_() if not report.flow["said"].count else "",
        }
    ]


def _untold(report: Report) -> str:
    if not report.flow["said"].count:
        return "asked, not answered"
    if any(headline(analysis) for analysis in report.analyses):
        return "a number for the first days only"
    silent = [effect for analysis in report.analyses for effect in analysis.bounded]
    return f"no number: {counted(silent, report.outcome)}"


@view
def questions(ds: Dataset, drug: str, condition: str | None) -> Rows:
    """Return one row for each route and time of a report in which a trial says something.

    Its columns: ``route`` and ``window``, as in the tables; ``how`` and ``when`` in words; ``head``, the
    fields of its `Headline`, or None; ``untold``, what trials without a number say.
    """
    spoken = [a for a in Report(drug, condition, ds=ds).analyses if a.numeric or a.bounded]
    return [
        {
            "route": str(analysis.question.route),
            "window": analysis.question.window,
            "how": analysis.labels.by_route(str(analysis.question.route)),
            "when": analysis.labels.window(analysis.question.window),
            "head": None if (found := headline(analysis)) is None else asdict(found),
            "untold": counted(analysis.bounded, analysis.labels.outcome(analysis.question.outcome)),
        }
        for analysis in spoken
    ]


@view
def regimens_tried(ds: Dataset, drug: str) -> Rows:
    """Return one row for each route by which trials tested a drug alone, the route of most trials first.

    Its columns: ``route``, ``doses``, ``trials``, ``people``; ``found``, a line for each time with a number.
    """
    report = Report(drug, everything=True, ds=ds)
    studies = report.flow["tested"].studies
    given = regimens(ds, studies, drug)
    rows = []
    for route in dict.fromkeys((*report.given_by, *(given[study].route for study in studies))):
        own = [study for study in studies if given[study].route == route]
        doses = list(dict.fromkeys(dose for study in own if (dose := given[study].dose)))
        if own:
            more = "; and others" if len(doses) > _DOSES else ""
            rows.append(
                {
                    "route": route,
                    "doses": "; ".join(doses[:_DOSES]) + more,
                    "trials": len(own),
                    "people": people_of(ds, trial_rows(ds, own)),
                    "found": _found(report, route),
                }
            )
    return sorted(rows, key=lambda row: -row["trials"])


def _found(report: Report, route: str) -> list[str]:
    parts = []
    for analysis in report.by_route(route):
        if found := headline(analysis):
            when = report.labels.window(analysis.question.window)
            parts.append(f"{when}: {found.change} ({found.interval}; {found.trials})")
    return parts or ["no number"]


def head_of(row: Row) -> Headline | None:
    """Return the number of a row."""
    head: dict[str, Any] | None = row["head"]
    return None if head is None else Headline(**head)


def address(report: Report) -> str:
    """Return where a report stands, from the root of the site.

    A report in which no trial says anything is an entry of the page of questions that were asked and not
    answered.
    """
    if report.condition is not None and not report.flow["said"].count:
        return f"{NOT_ANSWERED}#{report.key}"
    return f"chapters/{report.drug}/{report.condition or 'index'}.html"


def every(ds: Dataset) -> Iterator[tuple[str, str, Row]]:
    """Yield drug, condition and row of every report of the book, in the order of pages."""
    words = labels(ds)
    for drug in words.drugs:
        for condition in words.conditions:
            if condition != REST:
                yield from ((drug, condition, row) for row in known(ds, drug=drug, condition=condition))


def title(ds: Dataset, drug: str, row: Row) -> str:
    """Return the title of a report: "Ketamine for headache"."""
    return f"{capital(labels(ds).drug(drug))} for {row['name']}"
