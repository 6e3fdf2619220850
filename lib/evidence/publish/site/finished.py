"""Finished pages, kept between builds: one whose every input is as it was is not written anew.

A page is its text and what stands around it: contents, head, citation, downloads, cards, explained words.
With it go what the search finds in it, its citation and its notebook, which are made from the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from evidence.publish.run import state
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.edition import Edition
from evidence.publish.site.bodies import Bodies, Body
from evidence.publish.site.book import Book

#: What stands around every page, beside the tables, the library and the environment.
_FILES: Final = ("_config.yml", "_toc.yml", "CITATION.cff", "imprint.yml", "data/datapackage.json")
_FOLDERS: Final = ("_static", "_templates")


@dataclass(frozen=True, slots=True)
class Finished:
    """A page as it is in the site.

    Attributes
    ----------
    html : str
    found : list
        What the search shows of each of its sections.
    words : list of list of str
        The other words of each section.
    files : dict
        Content of its citations and its notebook, by path.
    """

    html: str
    found: Sequence[list[str]]
    words: Sequence[Sequence[str]]
    files: Mapping[str, str]


class FinishedPages:
    """The pages of a book that need not be written anew.

    Attributes
    ----------
    kept : dict
        By docname.
    """

    def __init__(self, book: Book, edition: Edition, bodies: Bodies, titles: Mapping[str, str]) -> None:
        """Take the titles of the pages as the contents show them, by docname."""
        self._book, self._edition, self._bodies = book, edition, bodies
        self._shared = _shared(book, edition, titles)
        found = {docname: self._find(docname, body) for docname, body in bodies.kept.items()}
        self.kept: dict[str, Finished] = {name: page for name, page in found.items() if page is not None}

    def keep(self, docname: str, finished: Finished) -> None:
        """Keep a page that was written, where its text is kept."""
        if (body := self._bodies.find(docname)) is not None:
            place = self._place(self._edition.chapter(docname), body)
            self._edition.traced.keep(place, self._book.around.queries, asdict(finished))

    def _find(self, docname: str, body: Body) -> Finished | None:
        place = self._place(self._edition.chapter(docname), body)
        return _read(self._edition.traced.find(place, self._book.ds.digest))

    def _place(self, page: Chapter, body: Body) -> str:
        record = self._edition.records.get(page.docname)
        return state.digest(
            "finished",
            page.docname,
            page.text,
            record.key if record else "",
            json.dumps(asdict(body)),
            self._shared,
        )


def _shared(book: Book, edition: Edition, titles: Mapping[str, str]) -> str:
    """Return a digest of what every page depends on; the title of each stands in the contents of all."""
    root, running = book.project.root, edition.running
    files = [f"{name}\0{state.file(root / name)}" for name in _FILES if (root / name).is_file()]
    pages = [(name, titles[name], page.title, page.kind, page.runs) for name, page in book.pages.items()]
    return state.digest(
        running.library, running.environment, *files, state.folder(root, *_FOLDERS), json.dumps(pages)
    )


def _read(stored: Any) -> Finished | None:
    try:
        return Finished(**stored)
    except TypeError:
        return None
