"""What a page tells machines: search engines, reference managers, previews and FAIR agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from evidence.publish.site.book import Book
from evidence.publish.site.files import citation_files, offered, picture
from evidence.publish.site.linked_data import document
from evidence.publish.site.pages import Page

FEED = "changes.xml"
CRATE = "ro-crate-metadata.json"
_TYPES = {"book": "Book", "report": "ScholarlyArticle", "data": "Dataset", "page": "WebPage"}


@dataclass(frozen=True, slots=True)
class Tag:
    """An empty element of the head."""

    name: str
    attributes: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        attributes = " ".join(f'{key}="{escape(value)}"' for key, value in self.attributes)
        return f"<{self.name} {attributes}>"


def meta(name: str, content: str) -> Tag:
    """Return a `<meta name>`."""
    return Tag("meta", (("name", name), ("content", content)))


def link(rel: str, href: str, media_type: str = "", title: str = "") -> Tag:
    """Return a `<link rel>`."""
    optional = (("type", media_type), ("title", title))
    return Tag("link", (("rel", rel), ("href", href), *((key, value) for key, value in optional if value)))


def tags(book: Book, page: Page) -> str:
    """Return everything that a page's head says about the page."""
    elements = [meta("description", page.description), *_citation(page), *_preview(page)]
    elements += _signposts(book, page)
    facts = script(json.dumps(document(book, page), ensure_ascii=False, separators=(",", ":")))
    return "\n".join([*map(str, elements), f'<script type="application/ld+json">{facts}</script>'])


def script(text: str) -> str:
    """Return JSON that can stand in a script element: nothing in it can end the element."""
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _citation(page: Page) -> Iterator[Tag]:
    """Yield Highwire Press tags, one for each author, as Google Scholar and Zotero read them."""
    work, citation = page.work, page.citation
    yield meta("citation_title", citation.title)
    for author in work.authors:
        yield meta("citation_author", author.inverted)
        if author.orcid:
            yield meta("citation_author_orcid", author.orcid)
    yield meta("citation_publication_date", f"{work.date:%Y/%m/%d}")
    if not citation.is_whole:
        yield meta("citation_inbook_title", work.title)
    if work.doi:
        yield meta("citation_doi", work.doi)
    yield meta("citation_language", "en")
    yield meta("citation_fulltext_html_url", page.url)
    yield from (meta("citation_keywords", keyword) for keyword in work.keywords)


def _preview(page: Page) -> Iterator[Tag]:
    """Yield Open Graph tags."""
    stated = {
        "og:type": "website" if page.kind == "book" else "article",
        "og:site_name": page.work.short_title,
        "og:title": page.title,
        "og:description": page.description,
        "og:url": page.url,
        "og:locale": "en_GB",
    }
    shown = picture(page)
    if shown is not None:
        stated |= {"og:image": page.work.address(shown.path), "og:image:alt": shown.description}
    yield from (Tag("meta", (("property", key), ("content", value))) for key, value in stated.items())
    yield meta("twitter:card", "summary_large_image" if shown else "summary")


def _signposts(book: Book, page: Page) -> Iterator[Tag]:
    """Yield links by which machines find citation, licence, files and context (signposting.org)."""
    work = page.work
    whole_has_doi = page.kind == "book" and work.doi
    yield link("canonical", page.url)
    yield link("cite-as", f"https://doi.org/{work.doi}" if whole_has_doi else page.url)
    yield link("license", work.licence_url)
    yield from (link("author", author.orcid) for author in work.authors if author.orcid)
    yield link("type", "https://schema.org/AboutPage")
    yield link("type", f"https://schema.org/{_TYPES[page.kind]}")
    if page.kind != "book":
        yield link("collection", work.url, "text/html")
    yield link("describedby", page.root + CRATE, "application/ld+json")
    for file in citation_files(page):
        yield link("describedby", page.root + file.path, file.media_type)
    for file in offered(book, page):
        yield link("item", page.root + file.path, file.media_type)
    yield link("alternate", page.root + FEED, "application/atom+xml", f"{work.short_title}: changes")
