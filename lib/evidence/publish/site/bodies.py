"""The text of each page as Sphinx writes it, kept between builds: only pages that changed go through Sphinx.

What stands around a text (contents, citation, downloads, cards) is put there in every build, so that a kept
text depends on its own chapter, on what the chapter gave, on the headings to which other pages can lead, on
the references, and on what its directives asked of the tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from evidence import dataset
from evidence.dataset import Query
from evidence.publish.project import Project
from evidence.publish.run import chapters, state
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.edition import Edition
from evidence.publish.site import navigation
from evidence.publish.site.feed import FILE as CHANGES
from evidence.publish.site.navigation import Link
from evidence.publish.site.outline import Outline, outline, tell
from evidence.publish.site.pages import BEGINNING, beginning, read_published

#: Where the queries of a page's directives stand among what Sphinx knows of the page.
QUERIES: Final = "evidence-queries"
_FILES: Final = ("_config.yml", "_toc.yml", "references.bib")
_OUTLINE: Final = re.compile(r"#{1,6} |\(.+\)=\s*$")
_CITES: Final = re.compile(r"\{cite|\{bibliography")
#: A list of references, and one that lists all of them whatever pages cite.
_BIBLIOGRAPHY: Final = re.compile(r"\{bibliography\}(?P<all>\s*\n:all:\s*\n)?")


@dataclass(frozen=True)
class Body:
    """The text of a page.

    Attributes
    ----------
    html : str
        As Sphinx writes it.
    sections : sequence of Link
        Its sections and subsections.
    beginning : str
        The start of its text, for search engines.
    outline : Outline
        What other pages can ask of it.
    """

    html: str
    sections: Sequence[Link]
    beginning: str
    outline: Outline


class Bodies:
    """The texts of the pages of an edition, as far as they are kept.

    Attributes
    ----------
    pages : sequence of Chapter
    kept : dict
        The texts that hold, by docname. The other pages have to be written.
    """

    def __init__(self, project: Project, edition: Edition) -> None:
        self._project = project
        self._edition = edition
        self._ds = dataset.load(project.data)
        self.pages = edition.pages
        found = {page.docname: self._find(page) for page in edition.pages}
        self.kept: dict[str, Body] = {name: body for name, body in found.items() if body is not None}

    @property
    def lists_are_kept(self) -> bool:
        """Whether every list of references is kept."""
        return all(page.docname in self.kept for page in self.pages if _BIBLIOGRAPHY.search(_prose(page)))

    def spare(self, env: BuildEnvironment, docnames: list[str]) -> None:
        """Take the pages that are kept from those that Sphinx is about to read, and tell it what it needs.

        Where a page that is to be written cites, the list of references is read all the same.
        """
        for docname, body in self.kept.items():
            if not (self._cited and _BIBLIOGRAPHY.search(_prose(self._edition.chapter(docname)))):
                docnames.remove(docname)
                tell(env, docname, body.outline)

    def keep(self, env: BuildEnvironment, docname: str, html: str) -> None:
        """Keep the text of a page that was written, unless it shows files that Sphinx copies or reads."""
        files, root = (*env.images.values(), *env.dlfiles.values()), self._project.root
        read = {root / path for path in env.dependencies.get(docname, ())}
        if not read <= {root / name for name in _FILES} or any(docname in users for users, *_ in files):
            return
        page, known = self._edition.chapter(docname), env.metadata[docname]
        if not all(found["all"] for found in _BIBLIOGRAPHY.finditer(_prose(page))):
            return
        body = Body(html, navigation.sections(env, docname), str(known[BEGINNING]), outline(env, docname))
        queries: list[Query] = known[QUERIES]
        self._edition.traced.keep(self._place(page), queries, asdict(body))

    def find(self, docname: str) -> Body | None:
        """Return the text of a page, which may have been written by another process since."""
        return self.kept.get(docname) or self._find(self._edition.chapter(docname))

    def _find(self, page: Chapter) -> Body | None:
        if self._counts:
            return None
        stored = self._edition.traced.find(self._place(page), self._ds.digest)
        try:
            known = Outline(**stored["outline"])
            return Body(stored["html"], _links(stored["sections"]), stored["beginning"], known)
        except (TypeError, KeyError):
            return None

    def _place(self, page: Chapter) -> str:
        record = self._edition.records.get(page.docname)
        return state.digest(
            page.docname,
            page.text,
            record.key if record else "",
            *self._listed(page),
            self._shared,
        )

    def _listed(self, page: Chapter) -> Iterator[str]:
        """Yield what the directives of a page list beside the tables."""
        prose = _prose(page)
        if "{study-list}" in prose:
            said = read_published(self._edition)
            yield json.dumps({name: found.studies for name, found in said.items() if found})
        if "{execution-status}" in prose:
            yield json.dumps({name: record.key for name, record in self._edition.records.items()})
        if "{version-history}" in prose:
            yield state.file(self._project.root / CHANGES)

    @cached_property
    def _shared(self) -> str:
        """What every page depends on."""
        root, running = self._project.root, self._edition.running
        files = [f"{name}\0{state.file(root / name)}" for name in _FILES if (root / name).is_file()]
        return state.digest(running.library, running.environment, *files, json.dumps(self._outlines))

    @cached_property
    def _counts(self) -> bool:
        """Whether headings are numbered through the book, so that no page stands by itself."""
        return "numbered" in (self._project.root / "_toc.yml").read_text(encoding="utf-8")

    @cached_property
    def _outlines(self) -> dict[str, list[str]]:
        return {page.docname: list(self._outline(page)) for page in self._edition.pages}

    def _outline(self, page: Chapter) -> Iterator[str]:
        record = self._edition.records.get(page.docname)
        texts = iter(record.execution.texts if record else ())
        for cell in page.notebook.cells:
            if cell.cell_type == "markdown":
                found = chapters.expressions(cell.source)
                text = chapters.substitute(cell.source, next(texts, [])) if found else cell.source
                yield from (line for _, line in chapters.prose_lines(text) if _OUTLINE.match(line))

    @cached_property
    def _cited(self) -> bool:
        """Whether a page that is to be written cites."""
        pending = (page for page in self._edition.pages if page.docname not in self.kept)
        return any(_CITES.search(_prose(page)) for page in pending)


@lru_cache(maxsize=1)
def bodies(project: Project, edition: Edition) -> Bodies:
    """Return the texts of the pages of an edition, looked for once."""
    return Bodies(project, edition)


class Reading:
    """Notes of each page that Sphinx reads what its directives ask of the tables, and how its text begins."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._queries: list[Query] = []

    def start(self) -> None:
        """Begin with a page."""
        self._open.close()
        self._queries = self._open.enter_context(dataset.recording())

    def finish(self, app: Sphinx, doctree: nodes.document) -> None:
        """End with the page that was read."""
        self._open.close()
        app.env.metadata[app.env.docname].update(
            {QUERIES: list(self._queries), BEGINNING: beginning(doctree)}
        )


def _prose(page: Chapter) -> str:
    return "\n".join(cell.source for cell in page.notebook.cells if cell.cell_type != "code")


def _links(stored: Sequence[Mapping[str, Any]]) -> tuple[Link, ...]:
    return tuple(Link(**{**link, "below": _links(link["below"])}) for link in stored)
