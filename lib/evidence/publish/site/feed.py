"""What changed, from `CHANGES.md`: an Atom feed and the sitemap."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from feedgen.feed import FeedGenerator
from markdown_it import MarkdownIt

from evidence.publish.problems import BuildError
from evidence.publish.site.book import Book
from evidence.publish.site.work import Work

FILE = "CHANGES.md"
PAGE = "chapters/changes.html"
_HEADING = re.compile(r"^## +(?P<version>\S+) +\((?P<date>\d{4}-\d{2}-\d{2})\) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """One version: its number, its day, and what changed, in Markdown."""

    version: str
    date: datetime.date
    text: str

    @property
    def anchor(self) -> str:
        """The anchor of its section on the page of changes."""
        return re.sub(r"[^a-z0-9]+", "-", f"version-{self.version}".lower()).strip("-")


def read_changes(root: Path) -> list[Change]:
    """Read `CHANGES.md`, the newest version first.

    Raises
    ------
    BuildError
        If the file is missing, states no version, or does not state them newest first.
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise BuildError(f"{FILE}: cannot be read ({error}); the feed of changes is made from it") from error
    changes = list(_changes(text))
    days = [change.date for change in changes]
    if not changes or days != sorted(days, reverse=True):
        raise BuildError(f"{FILE}: needs headings such as '## 0.1.0 (2026-11-22)', the newest first")
    return changes


def _changes(text: str) -> Iterator[Change]:
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    for heading, end in zip(headings, ends, strict=True):
        date = datetime.date.fromisoformat(heading["date"])
        yield Change(heading["version"], date, text[heading.end() : end].strip())


def atom(work: Work, changes: list[Change]) -> bytes:
    """Return the feed."""
    feed = FeedGenerator()
    feed.id(work.url)
    feed.title(f"{work.short_title}: changes")
    feed.author([{"name": author.name} for author in work.authors])
    feed.link(href=work.address("changes.xml"), rel="self")
    feed.link(href=work.url, rel="alternate")
    feed.rights(work.licence_url)
    feed.updated(_midnight(changes[0].date))
    for change in changes:
        entry = feed.add_entry(order="append")
        entry.id(f"{work.address(PAGE)}#{change.anchor}")
        entry.link(href=f"{work.address(PAGE)}#{change.anchor}")
        entry.title(f"Version {change.version}")
        entry.updated(_midnight(change.date))
        entry.published(_midnight(change.date))
        entry.content(MarkdownIt("js-default").render(change.text), type="html")
    return bytes(feed.atom_str(pretty=True))


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def sitemap(book: Book) -> bytes:
    """Return the sitemap; every page carries the day of the version."""
    ElementTree.register_namespace("", "http://www.sitemaps.org/schemas/sitemap/0.9")
    root = ElementTree.Element("{http://www.sitemaps.org/schemas/sitemap/0.9}urlset")
    for page in book.pages.values():
        url = ElementTree.SubElement(root, "{http://www.sitemaps.org/schemas/sitemap/0.9}url")
        ElementTree.SubElement(url, "{http://www.sitemaps.org/schemas/sitemap/0.9}loc").text = page.url
        day = book.work.date.isoformat()
        ElementTree.SubElement(url, "{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod").text = day
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def robots(work: Work) -> bytes:
    """Return a `robots.txt` that welcomes everyone."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {work.address('sitemap.xml')}\n".encode()
