"""The Sphinx extension: gives every page the outputs of an execution that holds.

It is loaded by `_config.yml`, so `jupyter-book build .` by hand goes the same way as `make book`: chapters
whose code, library, data or environment changed run before Sphinx reads a page, and a page that is not kept
is read anew. Of the others Sphinx is told what the pages that it reads can ask of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run import chapters, status
from evidence.publish.run.edition import edition
from evidence.publish.site import addresses, published, references
from evidence.publish.site.bodies import Reading, bodies
from evidence.publish.site.builder import SiteBuilder
from evidence.publish.site.pages import up

#: Fewer pages than this are written sooner by one process than by several.
_FEW = 6
READER = "evidence.publish.run.chapters.read_filled"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.setup_extension("evidence.publish.site.shell")
    app.connect("config-inited", _run_stale)
    reading = Reading()
    app.connect("builder-inited", _look_for_kept)
    app.connect("env-get-outdated", _all_pages)
    app.connect("env-before-read-docs", _spare_kept)
    app.connect("env-updated", _all_pages)
    app.connect("source-read", lambda *page: _give_outputs(reading, *page))
    app.connect("doctree-read", reading.finish)
    app.add_directive("execution-status", status.ExecutionStatus)
    app.connect("build-finished", status.write_seconds)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _run_stale(app: Sphinx, config: Config) -> None:
    config.nb_custom_formats = {".md": (READER, {}, False)}
    config.nb_execution_mode = "off"
    (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)  # nothing kept is ever unpickled
    try:
        edition(Project(Path(app.srcdir)))
    except BuildError as error:
        raise ExtensionError(f"the book was not built:\n{error}") from error


def _look_for_kept(app: Sphinx) -> None:
    if isinstance(app.builder, SiteBuilder):
        project = Project(Path(app.srcdir))
        found = bodies(project, edition(project))
        app.builder.bodies = found
        if found.lists_are_kept and app.config.bibtex_default_style == references.STYLE:
            app.config.bibtex_default_style = references.LATE
        if len(found.kept) + _FEW > len(found.pages):
            app.parallel = 1


def _all_pages(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    return sorted(env.found_docs)


def _spare_kept(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    if isinstance(app.builder, SiteBuilder) and app.builder.bodies is not None:
        app.builder.bodies.spare(env, docnames)


def _give_outputs(reading: Reading, app: Sphinx, docname: str, source: list[str]) -> None:
    reading.start()
    published_now = edition(Project(Path(app.srcdir)))
    chapter, record = published_now.chapter(docname), published_now.records.get(docname)
    outputs, texts = (record.execution.outputs, record.execution.texts) if record else ([], [])
    shown = addresses.relative(published.without(outputs), up(docname))
    source[0] = json.dumps(chapters.filled(chapter, shown, addresses.relative(texts, up(docname))))
