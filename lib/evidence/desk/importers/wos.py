"""Web of Science: its tagged format, saved as `.ciw` or `.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import doi_of, pages_of, pmid_of, year_of
from evidence.desk.importers.names import read_names
from evidence.desk.importers.tagged import Record, Tags, read_tagged
from evidence.desk.problems import DeskError

TAGS = Tags(
    "Web of Science",
    re.compile(r"^([A-Z][A-Z0-9])(?: (.*)|\s*)$"),
    "PT",
    "ER",
    lists=frozenset({"AU", "AF", "CA", "BE"}),
)
_MARK = re.compile(r"retracted|withdrawn", re.IGNORECASE)


def web_of_science(name: str, text: str) -> Iterator[Article | DeskError]:
    """Read records of Web of Science; in place of one that is cut off the reason is yielded."""
    return read_tagged(name, text, TAGS, _article)


def _article(record: Record) -> Article:
    kinds = record.first("DT")
    return Article(
        authors=read_names(record.all("AF") or record.all("AU"), groups=record.all("CA")),
        year=year_of(*record.all("PY", "EA", "PD")),
        title=record.first("TI"),
        journal=record.first("SO", "J9", "JI"),
        volume=record.first("VL"),
        issue=record.first("IS"),
        pages=pages_of(record.first("BP", "AR"), record.first("EP")),
        doi=doi_of(record.all("DI")),
        pmid=pmid_of(record.all("PM")),
        language="" if record.first("LA") == "English" else record.first("LA"),
        original_title=record.first("FT"),
        retracted=kinds if _MARK.search(kinds) else "",
        notice=kinds if kinds in ("Retraction", "Correction") else "",
    )
