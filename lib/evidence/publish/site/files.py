"""The files that the site offers for download: which there are, where they lie, what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evidence.publish.site.book import Book
from evidence.publish.site.pages import Page
from evidence.publish.site.published import FigureFiles

FIGURES = "_downloads/figures/"
REPORTS = "_downloads/reports/"
CITATIONS = "_downloads/citations/"
DATA = "data/"
CONTRACT = DATA + "datapackage.json"

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ipynb": "application/x-ipynb+json",
    "md": "text/markdown",
    "zip": "application/zip",
    "json": "application/json",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the site, seen from its root."""

    path: str
    title: str
    description: str = ""

    @property
    def media_type(self) -> str:
        """The media type, from the suffix."""
        name = self.path.rsplit("/", 1)[-1]
        suffix = "csl.json" if name.endswith(".csl.json") else name.rsplit(".", 1)[-1]
        return MEDIA_TYPES[suffix]


#: One for the whole book: each report is computed by the same library from the same tables.
ARCHIVE = File("_downloads/book.zip", "Everything", "all chapters, tables and code: it runs alone")


def citation_files(page: Page) -> tuple[File, ...]:
    """Return the files that cite a page."""
    stem = CITATIONS + page.name
    return (
        File(f"{stem}.bib", "BibTeX"),
        File(f"{stem}.ris", "RIS"),
        File(f"{stem}.csl.json", "CSL-JSON"),
    )


def report_files(page: Page) -> tuple[File, ...]:
    """Return the files from which a page can be read or computed again."""
    stem = REPORTS + page.name
    source = File(f"{stem}.md", "Source", "the chapter as its editors write it (MyST Markdown)")
    if not page.runs:
        return (source,)
    return (
        File(f"{stem}.ipynb", "Notebook", "with everything it computed"),
        source,
        ARCHIVE,
    )


def data_files(book: Book) -> tuple[File, ...]:
    """Return the tables and the file that describes them."""
    tables = book.ds.contract.tables.values()
    return (
        *(File(DATA + table.path, table.title or table.name, table.description) for table in tables),
        File(CONTRACT, "Data dictionary", "every column with its type, unit and vocabulary (Frictionless)"),
    )


def offered(book: Book, page: Page) -> tuple[File, ...]:
    """Return the downloads that belong to a page."""
    own = tuple(File(file.path, file.title, file.description) for file in page.files)
    return (*report_files(page), *(data_files(book) if page.kind == "data" else ()), *own)


def picture(page: Page) -> File | None:
    """Return the bitmap that stands for a page in a preview: its first figure."""
    return next((_figure_file(figure, "png") for figure in page.figures), None)


def figure_files(page: Page) -> Iterator[tuple[File, bytes]]:
    """Yield the files of a page's figures with their content."""
    for figure in page.figures:
        for suffix, content in figure.files.items():
            yield _figure_file(figure, suffix), content


def _figure_file(figure: FigureFiles, suffix: str) -> File:
    return File(f"{FIGURES}{figure.key}.{suffix}", figure.title, figure.description)
