"""The table of executions: each chapter, and what it was computed from."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from evidence.charts.tables import Cell, Column, Table
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.records import Record
from evidence.wording.html import Html

_COLUMNS = (
    Column("Chapter"),
    Column("Ran in", "right", "seconds"),
    Column("Data", note="fingerprint of the answers it got"),
    Column("Queries", "right"),
)


def table(ran: Iterable[tuple[Chapter, Record]], up: str, seconds_file: str) -> str:
    """Return the table as HTML.

    Parameters
    ----------
    up : str
        The way from the page to the root of the site.
    seconds_file : str
        The script that fills in the seconds.
    """
    rows = tuple(_row(chapter, record, up, seconds_file) for chapter, record in ran)
    shown = Table("executions", "Each chapter, and what it was computed from", _COLUMNS, rows)
    return shown._repr_html_()


def _row(chapter: Chapter, record: Record, up: str, seconds_file: str) -> tuple[Cell, ...]:
    seconds = Html(f'<span data-execution="{escape(chapter.docname)}">see {seconds_file}</span>')
    return (
        Cell(chapter.docname, href=f"{up}{chapter.docname}.html"),
        Cell(seconds),
        Cell(record.data_fingerprint[:12]),
        Cell(str(len(record.execution.queries)), value=len(record.execution.queries)),
    )
