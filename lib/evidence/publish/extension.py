"""The Sphinx extension: gives every page the outputs of an execution that holds.

It is loaded by `_config.yml`, so `jupyter-book build .` by hand goes the same way as `make book`: chapters
whose code, library, data or environment changed run before Sphinx reads a page, and a page that is not kept
is read anew. Of the others Sphinx is told what the pages that it reads can ask of them. Started by hand it is
watched as `make book` is: two do not run at once, and where files change meanwhile it fails at its end.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from evidence.dataset.plain import clear
from evidence.publish.build import STAMP, alone, inputs_of
from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run import chapters, status
from evidence.publish.run.edition import edition, is_open
from evidence.publish.run.records import Records
from evidence.publish.site import addresses, published, references
from evidence.publish.site.bodies import Reading, bodies
from evidence.publish.site.builder import SiteBuilder
from evidence.publish.site.pages import up
from evidence.publish.steady import Watch, steady

#: Fewer pages than this are written sooner by one process than by several.
_FEW = 6
READER = "evidence.publish.run.chapters.read_filled"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.setup_extension("evidence.publish.site.connect")
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
    project = Project(Path(app.srcdir))
    try:
        if not is_open(project):
            _watch(app, project)
        edition(project)
    except BuildError as error:
        raise ExtensionError(f"the book was not built:\n{error}") from error


def _watch(app: Sphinx, project: Project) -> None:
    """Forget what is kept, and fail, where files change before Sphinx ends that was started by hand."""
    clear(Path(app.outdir) / STAMP)  # the pages there are written over one by one: no longer of one state
    inside = ExitStack()
    inside.enter_context(alone(project))
    began = inputs_of(project)
    watch = inside.enter_context(
        steady(project, Records(project.executions), began, lambda: inputs_of(project))
    )
    app.connect("build-finished", lambda _, error: _end(inside, watch, error))


def _end(inside: ExitStack, watch: Watch, error: Exception | None) -> None:
    inside.close()
    if error is None and not watch.held:
        raise ExtensionError("files changed while the book was built: build again")


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
