"""Write the files that stand beside the pages: downloads, data, feeds, descriptions for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from evidence.publish.problems import BuildError
from evidence.publish.site import archive, crate, feed, search_index
from evidence.publish.site.book import Book
from evidence.publish.site.files import ARCHIVE, DATA, citation_files, figure_files, report_files
from evidence.publish.site.finished import Finished
from evidence.publish.site.head import FEED
from evidence.publish.site.notebooks import Notebooks
from evidence.publish.site.pages import Page
from evidence.publish.site.tables import published_tables


def write(book: Book, site: Path, notebooks: Notebooks, finished: Mapping[str, Finished]) -> None:
    """Write every file; none may be written twice.

    Raises
    ------
    BuildError
        If two figures of the book have the same key.
    """
    written: set[str] = set()
    for path, content in _files(book, notebooks, finished):
        if path in written:
            raise BuildError(f"{path} is made twice: figures need keys that are unique in the book")
        written.add(path)
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _files(book: Book, notebooks: Notebooks, finished: Mapping[str, Finished]) -> Iterator[tuple[str, bytes]]:
    tables = published_tables(book.ds)
    for docname, page in book.pages.items():
        yield from ((file.path, content) for file, content in figure_files(page))
        yield from ((file.path, file.content) for file in page.files)
        yield from ((path, text.encode()) for path, text in finished[docname].files.items())
    yield ARCHIVE.path, archive.pack(notebooks.folder(tables))
    yield from ((DATA + name, content) for name, content in tables.items())
    yield FEED, feed.atom(book.work, feed.read_changes(book.project.root))
    yield "sitemap.xml", feed.sitemap(book)
    yield "robots.txt", feed.robots(book.work)
    yield crate.FILE, crate.crate(book)
    yield search_index.FILE, search_index.index(book, finished)
    yield (
        ".nojekyll",
        b"",
    )  # GitHub Pages leaves out folders that begin with an underscore unless this file is there


def texts(page: Page, notebooks: Notebooks) -> Iterator[tuple[str, str]]:
    """Yield path and content of what a page can be cited, read or computed from."""
    citation = page.citation
    cited = (citation.bibtex(), citation.ris(), citation.csl())
    yield from zip((file.path for file in citation_files(page)), cited, strict=True)
    for file in report_files(page):
        if file != ARCHIVE:
            executed = file.path.endswith(".ipynb")
            yield file.path, (notebooks.executed if executed else notebooks.source)(page.docname)
