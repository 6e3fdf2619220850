"""Connects the reader's site to Sphinx."""

from __future__ import annotations

from collections.abc import Iterator
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
from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run.edition import edition
from evidence.publish.site import downloads, mathml, navigation, search_index, static
from evidence.publish.site.around import read_around
from evidence.publish.site.bodies import Bodies, Body
from evidence.publish.site.book import Book
from evidence.publish.site.builder import SiteBuilder
from evidence.publish.site.cards import TrialRole
from evidence.publish.site.code_cells import CodeBelowOutput, depart_hidden_code, visit_hidden_code
from evidence.publish.site.dressing import EXTRA, Dressing
from evidence.publish.site.finished import Finished, FinishedPages
from evidence.publish.site.history import VersionHistory
from evidence.publish.site.imprint import Imprint, read_imprint
from evidence.publish.site.notebooks import Notebooks
from evidence.publish.site.numbering import SeeRole
from evidence.publish.site.pages import Page, gather, read_published
from evidence.publish.site.study_list import StudyList
from evidence.publish.site.terms import GlossaryList
from evidence.publish.site.translator import Translator
from evidence.publish.site.work import read_work

_LATE = 900  # after the other extensions


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
    app.connect("html-collect-pages", site.kept_pages)
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
    config.numfig = False  # each page counts its own figures (see numbering) and is kept by itself
    config.html_permalinks_icon = "#"


def _no_sphinx_search(app: Sphinx) -> None:
    """Keep Sphinx from making a search page and an index that ours replace."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


class Site:
    """The site of one run of Sphinx."""

    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._book: Book | None = None
        self._imprint = Imprint("", "", "", "")
        self._finished: FinishedPages | None = None

    def gather(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Gather what is known once every page has been read."""
        project = Project(Path(app.srcdir))
        try:
            work, self._imprint = read_work(project.root), read_imprint(project.root)
            ds = dataset.load(project.data)
            pages = gather(work, env, read_published(edition(project)), self._begins())
        except (BuildError, ValueError) as error:
            raise ExtensionError(f"the site was not written:\n{error}") from error
        self._book = Book(project, work, ds, read_around(ds), pages)
        if (bodies := self._bodies) is not None:
            titles = {docname: title.astext() for docname, title in env.titles.items()}
            self._finished = FinishedPages(self._book, edition(project), bodies, titles)

    def _begins(self) -> dict[str, str]:
        return {docname: body.beginning for docname, body in self._kept.items()}

    @property
    def _bodies(self) -> Bodies | None:
        """The texts of the pages; None where Sphinx writes no site."""
        return getattr(self._app.builder, "bodies", None)

    @property
    def _kept(self) -> dict[str, Body]:
        """The texts that are kept."""
        return self._bodies.kept if self._bodies else {}

    @property
    def _as_they_were(self) -> dict[str, Finished]:
        """The pages that need not be written anew."""
        return self._finished.kept if self._finished else {}

    def kept_pages(self, _: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the pages whose texts are kept while what stands around them changed."""
        for docname, body in self._kept.items():
            if docname not in self._as_they_were:
                yield docname, {"body": body.html}, "page.html"

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
        dressing = Dressing(self._book, self._imprint, app.env, app.config.external_site_map)
        if (page := self._book.pages.get(pagename)) is None:
            context["shell"] = dressing.extra(pagename, static.choose(app, context))
            return
        body = context["body"] = dressing.body(page, context.get("body", ""))
        kept = self._kept.get(pagename)
        sections = kept.sections if kept else navigation.sections(app.env, pagename)
        context["shell"] = dressing.page(page, static.choose(app, context), body, tuple(sections))

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Write what stands beside the pages and take away what no page uses."""
        if exception is not None or self._book is None:
            return
        site = Path(app.outdir)
        notebooks = Notebooks(self._book.project, edition(self._book.project), self._book.work)
        try:
            finished = {
                page.docname: self._finish(page, site, notebooks) for page in self._book.pages.values()
            }
            downloads.write(self._book, site, notebooks, finished)
        except (BuildError, ValueError) as error:
            raise ExtensionError(f"the site was not written:\n{error}") from error
        static.sweep(Path(app.srcdir), site)

    def _finish(self, page: Page, site: Path, notebooks: Notebooks) -> Finished:
        """Write a page as it was, or keep it as it was written."""
        path = site / page.path
        if (finished := self._as_they_were.get(page.docname)) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(finished.html.encode())
            return finished
        html = path.read_bytes().decode()
        files = dict(downloads.texts(page, notebooks))
        finished = Finished(html, *search_index.sections(html), files)
        if self._finished is not None:
            self._finished.keep(page.docname, finished)
        return finished
