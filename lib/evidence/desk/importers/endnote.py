"""EndNote's import format `.enw`, as Google Scholar and publishers offer it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import doi_of, named_pmid, pages_of, pmid_of, year_of
from evidence.desk.importers.names import read_names
from evidence.desk.importers.tagged import Record, Tags, read_tagged
from evidence.desk.problems import DeskError

TAGS = Tags("EndNote", re.compile(r"^(%[0-9A-Z!@#$&*()+<>?^~=_:;,.|\\\[\]-])(?: (.*)|\s*)$"), "%0")


def endnote(name: str, text: str) -> Iterator[Article | DeskError]:
    """Read EndNote records."""
    return read_tagged(name, text, TAGS, _article)


def _article(record: Record) -> Article:
    medline = "medline" in record.first("%W").lower() or "pubmed" in record.first("%W").lower()
    return Article(
        authors=read_names(record.all("%A"), groups=record.all("%Q")),
        year=year_of(*record.all("%D", "%8")),
        title=record.first("%T"),
        journal=record.first("%J", "%B"),
        volume=record.first("%V"),
        issue=record.first("%N"),
        pages=pages_of(record.first("%P")),
        doi=doi_of(record.all("%R", "%U")),
        pmid=named_pmid(record.all("%M", "%U", "%Z")) or (pmid_of(record.all("%M")) if medline else ""),
        language=record.first("%G"),
    )
