"""The pages of the site with what is known about each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from docutils import nodes
from sphinx.environment import BuildEnvironment

from evidence.dataset.views import studies_asked
from evidence.publish.run.edition import Edition
from evidence.publish.run.records import Record
from evidence.publish.site import published
from evidence.publish.site.cite import Citation
from evidence.publish.site.published import FigureFiles, OwnFile, Published
from evidence.publish.site.work import Work

DATA_PAGE = "chapters/data"
#: Where the beginning of a page stands among what Sphinx knows of it.
BEGINNING = "evidence-beginning"
_DESCRIPTION = 200  # characters

Kind = Literal["book", "report", "data", "page"]


#: What a citation key leaves out of the title.
_SHORTENED = re.compile(r"^(the|an?)-|-book$")


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes
    ----------
    docname : str
        As in `_toc.yml`.
    kind : str
        "book" for the front page; "report" where studies are reported; "data" for the tables; else "page".
    studies : tuple of str
        Ids of the studies whose results it uses.
    runs : bool
        Whether it has code.
    """

    work: Work
    docname: str
    title: str
    description: str
    kind: Kind
    studies: tuple[str, ...] = ()
    figures: tuple[FigureFiles, ...] = ()
    files: tuple[OwnFile, ...] = ()
    runs: bool = False

    @property
    def path(self) -> str:
        """The file, seen from the root of the site."""
        return f"{self.docname}.html"

    @property
    def url(self) -> str:
        """The full address."""
        return self.work.address(self.path)

    @property
    def root(self) -> str:
        """The way from the page to the root of the site: empty or a row of `../`."""
        return up(self.docname)

    @property
    def name(self) -> str:
        """A name for its files."""
        return re.sub(r"^chapters/", "", self.docname).replace("/", "-")

    @cached_property
    def citation(self) -> Citation:
        """How to cite it."""
        key = f"{_SHORTENED.sub('', _slug(self.work.short_title))}-{_slug(self.name)}"
        return Citation(self.work, self.work.title if self.kind == "book" else self.title, self.url, key)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def up(docname: str) -> str:
    """Return the way from a page to the root of the site."""
    return "../" * docname.count("/")


def read_published(edition: Edition) -> dict[str, Published | None]:
    """Return what each chapter's execution says about its page; None for a page without code.

    Raises
    ------
    ValueError
        If a chapter says it wrongly; the message names the chapter.
    """
    names = (page.docname for page in edition.pages)
    return {
        name: _published(name, edition.records[name]) if name in edition.records else None for name in names
    }


def _published(docname: str, record: Record) -> Published:
    try:
        said = published.read(record.execution.outputs)
    except (ValueError, KeyError) as error:
        raise ValueError(f"{docname}.md: {error}") from error
    if said.kind == "report" and said.studies:
        return said
    return replace(said, studies=tuple(sorted({*said.studies, *studies_asked(record.execution.queries)})))


def gather(
    work: Work, env: BuildEnvironment, stated: dict[str, Published | None], kept: Mapping[str, str]
) -> dict[str, Page]:
    """Return the pages in reading order.

    Parameters
    ----------
    kept : mapping of str to str
        How the texts of pages begin that Sphinx did not read.
    """
    return {docname: _page(work, env, docname, said, kept.get(docname)) for docname, said in stated.items()}


def _page(
    work: Work, env: BuildEnvironment, docname: str, stated: Published | None, begins: str | None
) -> Page:
    said = stated or Published()
    return Page(
        work,
        docname,
        said.title or " ".join(env.titles[docname].astext().split()),
        said.description or _begins(env, docname, begins) or work.abstract,
        _kind(env, docname, said),
        said.studies,
        said.figures,
        said.files,
        stated is not None,
    )


def _begins(env: BuildEnvironment, docname: str, kept: str | None) -> str:
    return str(env.metadata[docname].get(BEGINNING, "")) if kept is None else kept


def _kind(env: BuildEnvironment, docname: str, said: Published) -> Kind:
    if docname == env.config.root_doc:
        return "book"
    if said.kind == "data" or docname == DATA_PAGE:
        return "data"
    return "report" if said.kind == "report" or said.studies else "page"


def beginning(doctree: nodes.document) -> str:
    """Return the first paragraph, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section) and (text := " ".join(paragraph.astext().split())):
            return text if len(text) <= _DESCRIPTION else text[:_DESCRIPTION].rsplit(" ", 1)[0] + " …"
    return ""
