"""What the search page looks through: every page with its sections, and the names that mean the same.

It is made from the finished pages, so that computed tables and figures are found too, and it is a script, so
that search works from a folder without a server. Of a long section it keeps the beginning, from which results
quote; where the other words stand is kept the other way round, by word, which takes half the bytes. Names of
fields, addresses and the pages that use a study say nothing that one looks for.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from evidence.publish.site.book import Book
from evidence.publish.site.finished import Finished
from evidence.publish.site.head import script
from evidence.publish.site.pages import Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FILE = "search-index.js"
_LEFT_OUT = {"script", "style", "svg", "nav", "pre", "form", "select"}
#: The numbers of a figure, which its page also tells in words; its links; rows of a whole table; code.
_SILENT = frozenset({"ev-twin", "ev-links", "ev-records", "code"})
#: Parts of a sentence, which no space sets apart.
_INLINE = frozenset({"a", "abbr", "b", "em", "i", "mark", "span", "strong", "sub", "sup"})
_LONGEST_TABLE = 60  # rows: a longer table is a whole file, whose studies have sections of their own
_QUOTED = 160  # characters of a section that results quote
_CODE = 5  # digits from which on a number is one to look for, such as a PMID
_BASE = "0123456789abcdefghijklmnopqrstuvwxyz"
_FEWEST = 3  # letters of a word that is kept beyond them
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

#: Letters that Unicode does not take apart, for this file and, in the index, for `search.js`.
FOLDED: Final = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i"}
#: Which pages come first among equals.
RANK: Final = {"report": 0, "book": 1, "page": 1, "data": 2}


def index(book: Book, finished: Mapping[str, Finished]) -> bytes:
    """Return the index of the pages of a book as a script."""
    names = [list(term.names) for term in book.around.terms.values() if len(term.names) > 1]
    entries = [_entry(page, finished[docname]) for docname, page in book.pages.items()]
    lines = ",\n".join(script(json.dumps(entry, ensure_ascii=False)) for entry in entries)
    same = script(json.dumps(names, ensure_ascii=False))
    where = script(json.dumps(by_word([words for name in book.pages for words in finished[name].words])))
    letters = script(json.dumps(FOLDED, ensure_ascii=False))
    return (
        f"const searchFolds = {letters};\nconst searchNames = {same};\nconst searchWords = {where};\n"
        f"const searchIndex = [\n{lines}\n];\n"
    ).encode()


def by_word(sections: Iterable[Iterable[str]]) -> str:
    """Return the words of sections with where they stand, a line each.

    A line is a word and the numbers of its sections, counted from 0 through all pages: the first number, then
    the steps to the others, in base 36.

    Examples
    --------
    >>> by_word([["pain", "cream"], [], ["pain"]])
    'cream 0\\npain 0 2'
    """
    places: dict[str, list[int]] = {}
    for number, words in enumerate(sections):
        for word in dict.fromkeys(words):
            places.setdefault(word, []).append(number)
    return "\n".join(
        f"{word} {' '.join(_digits(b - a) for a, b in zip([0, *found], found, strict=False))}"
        for word, found in sorted(places.items())
    )


def _digits(number: int) -> str:
    more, last = divmod(number, len(_BASE))
    return (_digits(more) if more else "") + _BASE[last]


def fold(text: str) -> str:
    """Return text in the letters of the search: small, without marks, ø as o."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(FOLDED.get(char, char) for char in bare)


def _entry(page: Page, finished: Finished) -> list[object]:
    """Return path, title, rank and sections of a page."""
    overview = page.docname.endswith("/index")
    return [page.path, page.title, RANK[page.kind] + 0.5 * overview, finished.found]


def sections(text: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return what results show of each section of a page, and the other words of each.

    What is shown is its anchor, its heading and the text that results quote.
    """
    from lxml import html

    document = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    article = document.find(".//article")
    found = list(_sections(article)) if article is not None else []
    return [said for said, _ in found], [words for _, words in found]


def _sections(article: HtmlElement) -> Iterator[tuple[list[str], list[str]]]:
    for section in article.iter("section"):
        is_page = section.getparent() is article
        if is_page and section.get("id") in ("cite", "downloads"):
            continue
        whole = " ".join("".join(_words(section)).split())
        quoted = _beginning(whole)
        rest = whole[len(quoted) :]
        said = f"{quoted} …" if rest else quoted
        yield ["" if is_page else str(section.get("id")), _title(section), said], _others(quoted, rest)


def _beginning(text: str) -> str:
    """Return the whole words with which a text begins, as far as results quote it."""
    return text if len(text) <= _QUOTED else text[: _QUOTED + 1].rpartition(" ")[0]


def _others(quoted: str, rest: str) -> list[str]:
    """Return the words of a text in the letters of the search, without those that are quoted."""
    known = set(_split(quoted))
    return [word for word in _split(rest) if word not in known and _looked_for(word)]


def _looked_for(word: str) -> bool:
    return len(word) >= (_CODE if word.isdigit() else _FEWEST)


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
    """Yield the text of an element without its subsections, headings and what says nothing by itself."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and not _skipped(child):
            apart = "" if child.tag in _INLINE else " "
            yield apart
            yield from _words(child)
            yield apart
        else:
            yield " "
        yield child.tail or ""


def _skipped(child: HtmlElement) -> bool:
    kinds = set(child.get("class", "").split())
    of_study = child.tag in ("dt", "a") and any(
        parent.tag == "dl" and "study" in parent.get("class", "").split()
        for parent in child.iterancestors("dl")
    )
    return (
        child.tag in _LEFT_OUT
        or child.tag == "section"
        or child.tag in _HEADINGS
        or not kinds.isdisjoint(_SILENT)
        or (of_study and (child.tag == "dt" or "internal" in kinds))
        or (child.tag == "a" and (child.text or "").startswith(("http://", "https://")))
        or (child.tag == "table" and len(child.findall(".//tr")) > _LONGEST_TABLE)
    )
