"""The certainty of each analysis, domain by domain, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.charts.tables import Cell, Column, Table
from evidence.grade.certainty import DOMAINS, IF_LOW_BIAS, NAME, Domain
from evidence.results.analysis import Analysis
from evidence.wording.labels import spaced

_DOWN = ("not serious", "serious (−1)", "very serious (−2)", "extremely serious (−3)")


def certainty_table(key: str, caption: str, analyses: Sequence[Analysis]) -> Table:
    """List the rating of each domain; the reason unfolds below it."""
    columns = (
        Column("Route and window"),
        Column("Certainty of", note="the target, from the median"),
        Column("As computed", note=NAME),
        Column(IF_LOW_BIAS),
        *(Column(f"{name[0].upper()}{name[1:]}") for name in DOMAINS),
    )
    return Table(key, caption, columns, tuple(_row(analysis) for analysis in analyses))


def _row(analysis: Analysis) -> tuple[Cell, ...]:
    question, certainty = analysis.question, analysis.certainty
    route = spaced(question.route) if isinstance(question.route, str) else "any route"
    return (
        Cell(f"{route[0].upper()}{route[1:]}, {analysis.labels.window(question.window)}"),
        Cell(certainty.target or "no size is told"),
        Cell(f"{certainty.symbols} {certainty.level}"),
        Cell(certainty.if_low_bias),
        *(_domain(domain) for domain in certainty.domains),
    )


def _domain(domain: Domain) -> Cell:
    by = " (editors' rating)" if domain.overridden else ""
    return Cell(f"{_DOWN[domain.down]}{by}", detail=domain.reason)
