"""The directive `{execution-status}`: what each chapter was computed from.

The seconds of a run differ from run to run, so they are kept out of the HTML: they lie in `executions.js`,
which the page reads, and two builds from the same inputs give the same HTML.
"""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from evidence.publish.project import Project
from evidence.publish.run.edition import edition

SECONDS_FILE = "executions.js"
PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "ipython", "numpy", "pandas", "scipy", "matplotlib")


class ExecutionStatus(SphinxDirective):
    """Show a table of executions and the versions that ran them."""

    def run(self) -> list[nodes.Node]:
        """Return the table as HTML."""
        from evidence.publish.run.status_table import table  # loads matplotlib, which only this page needs

        project = Project(Path(self.env.srcdir))
        up = "../" * self.env.docname.count("/")
        ran = list(edition(project).executed)
        html = f'{table(ran, up, SECONDS_FILE)}\n<script src="{up}{SECONDS_FILE}"></script>'
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


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}"
