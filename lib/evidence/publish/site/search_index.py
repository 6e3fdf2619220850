"""What the search page looks through: the text of every section of every page.

It is made from the finished pages, so that computed tables and figures are found too, and it is a script, so
that search works from a folder without a server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from evidence.publish.site.head import script

FILE = "search-index.js"
_LEFT_OUT = {"script", "style", "svg", "nav", "pre", "form"}
_TWIN = "ev-twin"  # the numbers of a figure, which its page also tells in words
_LONGEST_TABLE = 60  # rows: a longer table is a whole file, whose studies have sections of their own
_LONGEST = 20_000  # characters of one section


def index(site: Path, paths: list[str]) -> bytes:
    """Return the index of pages, given by their paths below the root of the site."""
    entries = [entry for path in paths for entry in _entries(site, path)]
    lines = ",\n".join(script(json.dumps(entry, ensure_ascii=False)) for entry in entries)
    return f"const searchIndex = [\n{lines}\n];\n".encode()


def _entries(site: Path, path: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield address, title of the page, title of the section (empty for the page itself) and text."""
    document = html.document_fromstring((site / path).read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    article = document.find(".//article")
    if article is None:
        return
    page_title = ""
    for section in article.iter("section"):
        title = _title(section)
        page_title = page_title or title
        text = " ".join(" ".join(_words(section)).split())[:_LONGEST]
        is_page = section.getparent() is article
        yield (path if is_page else f"{path}#{section.get('id')}", page_title, "" if is_page else title, text)


def _title(section: HtmlElement) -> str:
    heading = next((child for child in section if child.tag in ("h1", "h2", "h3", "h4", "h5", "h6")), None)
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
        or child.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        or _TWIN in child.get("class", "").split()
        or (child.tag == "table" and len(child.findall(".//tr")) > _LONGEST_TABLE)
    )
