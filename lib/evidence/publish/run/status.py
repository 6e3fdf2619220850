"""The directive `{execution-status}`: what each chapter was computed from.

The seconds of a run differ from run to run, so they are kept out of the HTML: they lie in `executions.js`,
which the page reads, and two builds from the same inputs give the same HTML.
"""

from __future__ import annotations

import json
import platform
from html import escape
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evidence.charts.html import Html
from evidence.charts.tables import Cell, Column, Table
from evidence.publish.project import Project
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.edition import edition
from evidence.publish.run.records import Record

SECONDS_FILE = "executions.js"
PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "ipykernel", "numpy", "pandas", "scipy", "matplotlib")

_COLUMNS = (
    Column("Chapter"),
    Column("Ran in", "right", "seconds"),
    Column("Data", note="fingerprint of the answers it got"),
    Column("Queries", "right"),
)


class ExecutionStatus(SphinxDirective):
    """Show a table of executions and the versions that ran them."""

    def run(self) -> list[nodes.Node]:
        """Return the table as HTML."""
        project = Project(Path(self.env.srcdir))
        up = "../" * self.env.docname.count("/")
        ran = list(edition(project).executed)
        rows = tuple(_row(chapter, record, up) for chapter, record in ran)
        table = Table("executions", "Each chapter, and what it was computed from", _COLUMNS, rows)
        html = f'{table._repr_html_()}\n<script src="{up}{SECONDS_FILE}"></script>'
        said = (
            f"Run by the library {ran[0][1].library[:12]} on {_versions()}."
            if ran
            else "No chapter has code."
        )
        return [nodes.raw("", html, format="html"), nodes.paragraph(text=said)]


def write_seconds(app: Sphinx, exception: Exception | None) -> None:
    """Write the script that puts the seconds into the table."""
    if exception is not None or app.builder.format != "html":
        return
    seconds = {
        chapter.docname: round(record.execution.seconds, 1)
        for chapter, record in edition(Project(Path(app.srcdir))).executed
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
        Cell(str(len(record.execution.queries)), value=len(record.execution.queries)),
    )


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}"
