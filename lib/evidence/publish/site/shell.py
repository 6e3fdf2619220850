"""Connects the reader's site to Sphinx."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run.edition import edition
from evidence.publish.site import downloads, head, mathml, navigation, static
from evidence.publish.site.bodies import Bodies, Body
from evidence.publish.site.book import Book
from evidence.publish.site.builder import SiteBuilder, kept_pages
from evidence.publish.site.cards import Cards, TrialRole
from evidence.publish.site.code_cells import CodeBelowOutput, depart_hidden_code, visit_hidden_code
from evidence.publish.site.files import File, citation_files, offered
from evidence.publish.site.history import VersionHistory
from evidence.publish.site.imprint import Imprint, Tool, read_imprint, report_error, tools
from evidence.publish.site.numbering import SeeRole, numbered
from evidence.publish.site.pages import Page, gather, read_published, up
from evidence.publish.site.study_list import PAGE as STUDIES
from evidence.publish.site.study_list import StudyList
from evidence.publish.site.terms import PAGE as GLOSSARY
from evidence.publish.site.terms import GlossaryList, explained
from evidence.publish.site.translator import Translator
from evidence.publish.site.trials import read_trials
from evidence.publish.site.work import Work, read_work
from evidence.wording.glossary import glossary
from evidence.wording.sentences import searched

_LATE = 900  # after the other extensions

#: Pages that are not in the contents: name, template, title.
EXTRA = (("search", "search.html", "Search"), ("404", "404.html", "Page not found"))
#: The setting that says when trials were last searched for.
SEARCHED = "last_search_date"
#: Shown at any missing address, so its links start from the address of the site.
NOT_FOUND = "404"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the site to Sphinx."""
    app.add_builder(SiteBuilder, override=True)
    app.set_translator("html", Translator, override=True)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_hidden_code))
    app.add_post_transform(CodeBelowOutput)
    app.add_html_math_renderer("mathml", (mathml.visit_inline, None), (mathml.visit_block, None))
    app.add_role("trial", TrialRole())
    app.add_role("see", SeeRole())
    app.add_directive("study-list", StudyList)
    app.add_directive("glossary-list", GlossaryList)
    app.add_directive("version-history", VersionHistory)
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it for an extension left out here
    site = Site(app)
    app.connect("config-inited", configure)
    app.connect("builder-inited", _no_sphinx_search)
    app.connect("env-check-consistency", site.gather)
    app.connect("html-collect-pages", lambda _: ((name, {}, template) for name, template, _ in EXTRA))
    app.connect("html-collect-pages", kept_pages)
    app.connect("html-page-context", site.dress, priority=_LATE)
    app.connect("build-finished", site.finish, priority=_LATE)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Take title, authors and address from `CITATION.cff`, and the templates of this project."""
    try:
        work = read_work(Path(app.srcdir))
    except BuildError as error:
        raise ExtensionError(str(error)) from error
    config.project = config.html_title = config.html_short_title = work.title
    config.author = work.byline
    config.html_baseurl = work.url
    config.html_theme = "basic"
    config.html_theme_options = {}
    config.templates_path = ["_templates"]
    config.html_math_renderer = "mathml"
    config.html_use_index = config.html_copy_source = False
    config.html_permalinks_icon = "#"


def _no_sphinx_search(app: Sphinx) -> None:
    """Keep Sphinx from making a search page and an index that ours replace."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


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
    files: static.Loaded
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


def _last_search(ds: Dataset) -> str:
    """Return when trials were last searched for; empty where the settings do not say it."""
    if SEARCHED not in ds.contract.settings:
        return ""
    return f"Last search: {searched(str(ds.setting(SEARCHED)))}."


class Site:
    """The site of one run of Sphinx."""

    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._book: Book | None = None
        self._imprint = Imprint("", "", "", "")

    def gather(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Gather what is known once every page has been read."""
        project = Project(Path(app.srcdir))
        try:
            work, self._imprint = read_work(project.root), read_imprint(project.root)
            ds = dataset.load(project.data)
            pages = gather(work, env, read_published(edition(project)), self._begins())
        except (BuildError, ValueError) as error:
            raise ExtensionError(f"the site was not written:\n{error}") from error
        self._book = Book(project, work, ds, ds.once(read_trials), pages)

    def _begins(self) -> dict[str, str]:
        return {docname: body.beginning for docname, body in self._kept.items()}

    @property
    def _kept(self) -> dict[str, Body]:
        """The pages that are kept; none where Sphinx writes no site."""
        bodies = getattr(self._app.builder, "bodies", None)
        return bodies.kept if isinstance(bodies, Bodies) else {}

    def dress(
        self,
        app: Sphinx,
        pagename: str,
        template: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        """Give a page's template what stands around the page."""
        if self._book is None:
            return
        page = self._book.pages.get(pagename)
        if page:
            context["body"] = self._body(self._book, page, context.get("body", ""))
        files = static.choose(app, context)
        context["shell"] = (
            self._page(self._book, page, files, context["body"])
            if page
            else self._extra(self._book, pagename, files)
        )

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Write what stands beside the pages and take away what no page uses."""
        if exception is not None or self._book is None:
            return
        site = Path(app.outdir)
        try:
            downloads.write(self._book, site)
        except (BuildError, ValueError) as error:
            raise ExtensionError(f"the site was not written:\n{error}") from error
        static.sweep(Path(app.srcdir), site)

    def _body(self, book: Book, page: Page, body: str) -> str:
        """Return the text of a page with numbered figures and, but for data, explained words."""
        try:
            shown = numbered(body)
        except ValueError as error:
            raise ExtensionError(f"{page.docname}.md: {error}") from error
        plain = page.kind == "data" or page.path == GLOSSARY
        return shown if plain else explained(shown, glossary(book.ds), page.root)

    def _page(self, book: Book, page: Page, files: static.Loaded, body: str) -> Shell:
        env, citation, kept = self._app.env, page.citation, self._kept.get(page.docname)
        before, after = navigation.neighbours(env, list(book.pages), page.docname)
        texts = (citation.bibtex(), citation.ris(), citation.csl())
        return Shell(
            head=head.tags(book, page),
            page=page,
            sections=tuple(kept.sections) if kept else navigation.sections(env, page.docname),
            tools=tuple(tools(book.work, self._imprint, page)),
            before=before,
            after=after,
            citations=tuple(zip(citation_files(page), texts, strict=True)),
            downloads=offered(book, page),
            cards=Cards(book.ds, book.trials).of(body) if book.trials and page.docname != STUDIES else "",
            **self._around(book, page.docname, page.title, page.root, files, page),
        )

    def _extra(self, book: Book, pagename: str, files: static.Loaded) -> Shell:
        title = next(title for name, _, title in EXTRA if name == pagename)
        tag = str(head.meta("robots", "noindex"))
        root = book.work.base_path if pagename == NOT_FOUND else up(pagename)
        around = self._around(book, pagename, title, root, files, None)
        return Shell(head=tag, page=None, sections=(), **around)

    def _around(
        self, book: Book, pagename: str, title: str, root: str, files: static.Loaded, page: Page | None
    ) -> dict[str, Any]:
        """Return what every page has."""
        return {
            "work": book.work,
            "title": title,
            "root": root,
            "files": files,
            "parts": self._contents(pagename, root),
            "imprint": self._imprint,
            "searched": _last_search(book.ds),
            "report_error": report_error(book.work, self._imprint, page),
        }

    def _contents(self, pagename: str, root: str) -> tuple[navigation.Part, ...]:
        return navigation.contents(self._app.env, self._app.config.external_site_map, pagename, root)
