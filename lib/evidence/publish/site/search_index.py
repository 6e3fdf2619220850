"""What the search page looks through: every page with its sections, and the names that mean the same.

It is made from the finished pages, so that computed tables and figures are found too, and it is a script, so
that search works from a folder without a server. Of a long section it keeps the beginning, from which results
quote, and of the rest each word once.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from lxml import html
from lxml.html import HtmlElement

from evidence.publish.site.book import Book
from evidence.publish.site.head import script
from evidence.publish.site.pages import Page
from evidence.wording.glossary import glossary

FILE = "search-index.js"
_LEFT_OUT = {"script", "style", "svg", "nav", "pre", "form", "select"}
_TWIN = "ev-twin"  # the numbers of a figure, which its page also tells in words
_LONGEST_TABLE = 60  # rows: a longer table is a whole file, whose studies have sections of their own
_QUOTED = 320  # characters of a section that results quote
_FEWEST = 3  # letters of a word that is kept beyond them
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

#: Letters that Unicode does not take apart; `search.js` folds the same.
FOLDED: Final = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"}
#: Which pages come first among equals.
RANK: Final = {"report": 0, "book": 1, "page": 1, "data": 2}


def index(site: Path, book: Book) -> bytes:
    """Return the index of the pages of a book as a script."""
    names = [list(term.names) for term in glossary(book.ds).values() if len(term.names) > 1]
    entries = [_entry(site, page) for page in book.pages.values()]
    lines = ",\n".join(script(json.dumps(entry, ensure_ascii=False)) for entry in entries)
    same = script(json.dumps(names, ensure_ascii=False))
    return f"const searchNames = {same};\nconst searchIndex = [\n{lines}\n];\n".encode()


def fold(text: str) -> str:
    """Return text in the letters of the search: small, without marks, ø as o."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(FOLDED.get(char, char) for char in bare)


def _entry(site: Path, page: Page) -> list[object]:
    """Return path, title, rank and sections of a page; a section is its anchor, heading, text and words."""
    text = (site / page.path).read_bytes()
    document = html.document_fromstring(text, parser=html.HTMLParser(encoding="utf-8"))
    article = document.find(".//article")
    found = list(_sections(article)) if article is not None else []
    overview = page.docname.endswith("/index")
    return [page.path, page.title, RANK[page.kind] + 0.5 * overview, found]


def _sections(article: HtmlElement) -> Iterator[list[str]]:
    for section in article.iter("section"):
        is_page = section.getparent() is article
        if is_page and section.get("id") in ("cite", "downloads"):
            continue
        whole = " ".join(" ".join(_words(section)).split())
        quoted, rest = whole[:_QUOTED], whole[_QUOTED:]
        yield ["" if is_page else str(section.get("id")), _title(section), quoted, _once(quoted, rest)]


def _once(quoted: str, rest: str) -> str:
    """Return each word of a text once, in the letters of the search, without those that are quoted."""
    known = set(_split(quoted))
    return " ".join(
        dict.fromkeys(word for word in _split(rest) if len(word) >= _FEWEST and word not in known)
    )


def _split(text: str) -> Iterable[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _title(section: HtmlElement) -> str:
    heading = next((child for child in section.iter() if child.tag in _HEADINGS), None)
    if heading is None:
        return ""
    parts = [heading.text or "", *(part for child in heading for part in _heading_parts(child))]
    return " ".join("".join(parts).split())


def _heading_parts(child: HtmlElement) -> Iterator[str]:
    if child.get("class") != "headerlink":
        yield child.text_content()
    yield child.tail or ""


def _words(element: HtmlElement) -> Iterator[str]:
    """Yield the text of an element without its subsections and headings."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and not _skipped(child):
            yield from _words(child)
        yield child.tail or ""


def _skipped(child: HtmlElement) -> bool:
    return (
        child.tag in _LEFT_OUT
        or child.tag == "section"
        or child.tag in _HEADINGS
        or _TWIN in child.get("class", "").split()
        or "ev-records" in child.get("class", "").split()
        or (child.tag == "table" and len(child.findall(".//tr")) > _LONGEST_TABLE)
    )
