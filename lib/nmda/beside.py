"""A drug in this book beside the Cochrane review of 2025."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.report.report import Report
from evidence.report.sections.headline import Headline, headline
from evidence.report.sections.reviews import Review, select_reviews
from evidence.results.analysis import Analysis
from evidence.wording.numbers import capital, interval, number, plural
from evidence.wording.sentences import pooled_effect
from nmda.cochrane import analysis_of, without_left_out

COCHRANE = "Ferraro2025_CD015373pub2"


def beside_cochrane(report: Report) -> Table:
    """Set every route and window beside the published result of the Cochrane review of 2025."""
    printed = [row for row in select_reviews(report.ds, report.drug, None) if row.review_id == COCHRANE]
    columns = (
        Column("Route and window"),
        Column("This book", note="its answer: numbers and tests; 95% CrI, of one trial its own 95% CI"),
        Column("Its numbers alone", note="REML with Hartung and Knapp's interval, without a prior"),
        Column("Cochrane review", note="as printed, or pooled from its rows as it pools"),
        Column("Its rows without trials left out here", note="pooled as it pools"),
    )
    lasting = [analysis for analysis in report.analyses if analysis.question.window != "during_infusion"]
    rows = tuple(row for analysis in lasting if (row := _beside(report.ds, analysis, printed)))
    caption = f"{capital(report.drug)} for pain: this book beside the Cochrane review"
    return Table(f"{report.key}-cochrane", caption, columns, rows)


def _beside(ds: Dataset, analysis: Analysis, printed: Iterable[Review]) -> tuple[Cell, ...]:
    """Return a row; none where neither this book nor the review has a number."""
    labels, route = analysis.labels, str(analysis.question.route)
    window = analysis.question.window
    same = [
        row
        for row in printed
        if row.route == route and row.time_label == window and row.outcome == "pain_intensity"
    ]
    again = analysis_of(ds, analysis.question.drug, route, "pain_intensity", window)
    pooled = analysis.pooled
    found = headline(analysis)
    if found is None and not same:
        return ()
    numbers = "nothing to pool"
    if pooled is not None and pooled.k > 1:
        numbers = f"{pooled_effect(pooled)}; {plural(pooled.k, 'trial')}"
    return (
        Cell(f"{capital(labels.route(route))}, {labels.window(window)}"),
        Cell("no number" if found is None else f"{_answer(found)}; {found.trials}"),
        Cell(numbers),
        Cell("; ".join(_printed(row) for row in same) or "not seen"),
        Cell(without_left_out(again) or ("no trial left out" if same else "")),
    )


def _answer(found: Headline) -> str:
    size = f"{number(found.estimate)} points"
    return f"{size} ({found.level} {interval(found.low, found.high)})"


def _printed(row: Review) -> str:
    trials = "" if row.k_studies is None else f"; {plural(row.k_studies, 'trial')}"
    return f"{row.result}{trials}; certainty {row.certainty or 'not stated'}"
