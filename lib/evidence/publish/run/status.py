"""The directive `{execution-status}`: what each chapter was computed from.

The seconds of a run differ from run to run, so they are kept out of the HTML: they lie in `executions.js`,
which the page reads, and two builds from the same inputs give the same HTML.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from html import escape
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evidence.charts.html import Html
from evidence.charts.tables import Cell, Column, Table
from evidence.publish.project import Project
from evidence.publish.run import store
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.refresh import read_all
from evidence.publish.run.store import Record

SECONDS_FILE = "executions.js"
PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "ipykernel", "numpy", "pandas", "scipy", "matplotlib")

_COLUMNS = (
    Column("Chapter"),
    Column("Ran in", "right", "seconds"),
    Column("Data", note="fingerprint of the answers it got"),
    Column("Library", note="fingerprint of the code it called"),
    Column("Queries", "right"),
    Column("Functions", "right"),
)


class ExecutionStatus(SphinxDirective):
    """Show a table of executions and the versions that ran them."""

    def run(self) -> list[nodes.Node]:
        """Return the table as HTML."""
        project = Project(Path(self.env.srcdir))
        up = "../" * self.env.docname.count("/")
        rows = tuple(_row(chapter, record, up) for chapter, record in executed(project))
        table = Table("executions", "Each chapter, and what it was computed from", _COLUMNS, rows)
        html = f'{table._repr_html_()}\n<script src="{up}{SECONDS_FILE}"></script>'
        return [nodes.raw("", html, format="html"), nodes.paragraph(text=f"Run by {_versions()}.")]


def executed(project: Project) -> Iterator[tuple[Chapter, Record]]:
    """Yield the chapters that have code, with their records."""
    for chapter in read_all(project):
        record = store.load(project.executions, chapter.docname)
        if record is not None and any(chapter.steps()):
            yield chapter, record


def write_seconds(app: Sphinx, exception: Exception | None) -> None:
    """Write the script that puts the seconds into the table."""
    if exception is not None or app.builder.format != "html":
        return
    seconds = {
        chapter.docname: round(record.execution.seconds, 1)
        for chapter, record in executed(Project(Path(app.srcdir)))
    }
    script = (
        f"const executions = {json.dumps(seconds, sort_keys=True)};\n"
        'for (const cell of document.querySelectorAll("[data-execution]")) {\n'
        "  cell.textContent = executions[cell.dataset.execution] ?? cell.textContent;\n"
        "}\n"
    )
    (Path(app.outdir) / SECONDS_FILE).write_text(script, encoding="utf-8")


def _row(chapter: Chapter, record: Record, up: str) -> tuple[Cell, ...]:
    seconds = Html(f'<span data-execution="{escape(chapter.docname)}">see {SECONDS_FILE}</span>')
    return (
        Cell(chapter.docname, href=f"{up}{chapter.docname}.html"),
        Cell(seconds),
        Cell(record.data_fingerprint[:12]),
        Cell(record.library_fingerprint[:12]),
        Cell(str(len(record.execution.queries)), value=len(record.execution.queries)),
        Cell(str(len(record.library)), value=len(record.library)),
    )


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}"
