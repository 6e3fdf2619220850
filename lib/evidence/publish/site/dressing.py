"""What stands around the text of a page: what the templates show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx_external_toc.api import SiteMap

from evidence.publish.site import head, navigation
from evidence.publish.site.book import Book
from evidence.publish.site.files import File, citation_files, offered
from evidence.publish.site.imprint import Imprint, Tool, report_error, tools
from evidence.publish.site.numbering import numbered
from evidence.publish.site.pages import Page, up
from evidence.publish.site.static import Loaded
from evidence.publish.site.study_list import PAGE as STUDIES
from evidence.publish.site.terms import PAGE as GLOSSARY
from evidence.publish.site.terms import explained
from evidence.publish.site.work import Work

#: Pages that are not in the contents: name, template, title.
EXTRA: Final = (("search", "search.html", "Search"), ("404", "404.html", "Page not found"))
#: Shown at any missing address, so its links start from the address of the site.
NOT_FOUND: Final = "404"


@dataclass(frozen=True, slots=True)
class Shell:
    """What the templates show around a page.

    Attributes
    ----------
    head : str
        Elements of the head about the page, as HTML.
    root : str
        The way to the root of the site.
    page : Page or None
        None for search and "not found".
    report_error : str
        Where an error is reported; empty where the imprint says how in words.
    """

    work: Work
    title: str
    head: str
    root: str
    page: Page | None
    files: Loaded
    parts: tuple[navigation.Part, ...]
    sections: tuple[navigation.Link, ...]
    imprint: Imprint
    searched: str
    report_error: str
    tools: tuple[Tool, ...] = ()
    before: navigation.Link | None = None
    after: navigation.Link | None = None
    citations: tuple[tuple[File, str], ...] = ()
    downloads: tuple[File, ...] = ()
    cards: str = ""

    @property
    def part(self) -> str:
        """The part of the book that holds the page; empty for the front page."""
        return next((part.caption for part in self.parts if part.open), "")


class Dressing:
    """Puts a page of a book among the others."""

    def __init__(self, book: Book, imprint: Imprint, env: BuildEnvironment, site_map: SiteMap) -> None:
        self._book, self._imprint, self._env, self._site_map = book, imprint, env, site_map

    def body(self, page: Page, body: str) -> str:
        """Return the text of a page with numbered figures and, but for data, explained words.

        Raises
        ------
        ExtensionError
            A reference leads to no figure or table of the page.
        """
        try:
            shown = numbered(body)
        except ValueError as error:
            raise ExtensionError(f"{page.docname}.md: {error}") from error
        plain = page.kind == "data" or page.path == GLOSSARY
        return shown if plain else explained(shown, self._book.around.terms, page.root)

    def page(self, page: Page, files: Loaded, body: str, sections: tuple[navigation.Link, ...]) -> Shell:
        """Return what stands around a page with this text and these sections."""
        book, citation, cards = self._book, page.citation, self._book.around.cards
        before, after = navigation.neighbours(self._env, list(book.pages), page.docname)
        texts = (citation.bibtex(), citation.ris(), citation.csl())
        return Shell(
            head=head.tags(book, page),
            page=page,
            sections=sections,
            tools=tuple(tools(book.work, self._imprint, page)),
            before=before,
            after=after,
            citations=tuple(zip(citation_files(page), texts, strict=True)),
            downloads=offered(book, page),
            cards=cards.of(body) if cards and page.docname != STUDIES else "",
            **self._shared(page.docname, page.title, page.root, files, page),
        )

    def extra(self, pagename: str, files: Loaded) -> Shell:
        """Return what stands around a page that is not in the contents."""
        title = next(title for name, _, title in EXTRA if name == pagename)
        root = self._book.work.base_path if pagename == NOT_FOUND else up(pagename)
        shared = self._shared(pagename, title, root, files, None)
        return Shell(head=str(head.meta("robots", "noindex")), page=None, sections=(), **shared)

    def _shared(
        self, pagename: str, title: str, root: str, files: Loaded, page: Page | None
    ) -> dict[str, Any]:
        """Return what every page has."""
        book = self._book
        return {
            "work": book.work,
            "title": title,
            "root": root,
            "files": files,
            "parts": navigation.contents(self._env, self._site_map, pagename, root),
            "imprint": self._imprint,
            "searched": book.around.searched,
            "report_error": report_error(book.work, self._imprint, page),
        }
