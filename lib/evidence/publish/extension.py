"""The Sphinx extension: gives every page the outputs of an execution that holds.

It is loaded by `_config.yml`, so `jupyter-book build .` by hand goes the same way as `make book`: chapters
whose code, library code, data or environment changed run before Sphinx reads a page, and every page is read
anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run import chapters, status
from evidence.publish.run.edition import edition
from evidence.publish.site import addresses, published
from evidence.publish.site.pages import up

READER = "evidence.publish.run.chapters.read_filled"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.setup_extension("evidence.publish.site.shell")
    app.connect("config-inited", _run_stale)
    app.connect("env-get-outdated", _all_pages)
    app.connect("source-read", _give_outputs)
    app.add_directive("execution-status", status.ExecutionStatus)
    app.connect("build-finished", status.write_seconds)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _run_stale(app: Sphinx, config: Config) -> None:
    config.nb_custom_formats = {".md": (READER, {}, False)}
    config.nb_execution_mode = "off"
    try:
        edition(Project(Path(app.srcdir)))
    except BuildError as error:
        raise ExtensionError(f"the book was not built:\n{error}") from error


def _all_pages(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    return sorted(env.found_docs)


def _give_outputs(app: Sphinx, docname: str, source: list[str]) -> None:
    published_now = edition(Project(Path(app.srcdir)))
    chapter, record = published_now.chapter(docname), published_now.records.get(docname)
    outputs, texts = (record.execution.outputs, record.execution.texts) if record else ([], [])
    shown = addresses.relative(published.without(outputs), up(docname))
    source[0] = json.dumps(chapters.filled(chapter, shown, addresses.relative(texts, up(docname))))
