"""CSL-JSON, as Zotero and other reference managers export it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import doi_of, named_pmid, pages_of, pmid_of, year_of
from evidence.desk.importers.json_text import items, text
from evidence.desk.importers.names import Authors, Name, read_name

_EXTRA = re.compile(r"^(?:PMID|PubMed ID)\s*:\s*([0-9]+)", re.IGNORECASE | re.MULTILINE)


def is_csl(item: dict[str, Any]) -> bool:
    """Whether an object looks like an item of CSL-JSON."""
    return "type" in item and any(key in item for key in ("title", "author", "issued", "container-title"))


def csl(found: list[dict[str, Any]]) -> Iterator[Article]:
    """Read the items of a CSL-JSON file."""
    for item in found:
        extra = _EXTRA.search(str(item.get("note", "")))
        yield Article(
            authors=Authors(
                tuple(name for person in items(item, "author") if (name := _name(person)).family),
                others=any(text(person, "literal").lower() == "others" for person in items(item, "author")),
            ),
            year=_year(item),
            title=text(item, "title"),
            journal=text(item, "container-title") or text(item, "container-title-short"),
            volume=text(item, "volume"),
            issue=text(item, "issue"),
            pages=pages_of(text(item, "page")),
            doi=doi_of([text(item, "DOI"), text(item, "URL")]),
            pmid=pmid_of([text(item, "PMID"), extra.group(1) if extra else ""])
            or named_pmid([text(item, "URL")]),
            language="" if text(item, "language").lower().startswith("en") else text(item, "language"),
            original_title=text(item, "original-title"),
        )


def _name(person: dict[str, Any]) -> Name:
    if literal := text(person, "literal"):
        return Name("") if literal.lower() in ("others", "et al.", "et al") else Name(literal, group=True)
    parts = ("non-dropping-particle", "dropping-particle", "family")
    family = " ".join(part for key in parts if (part := text(person, key)))
    given = ", ".join(part for key in ("given", "suffix") if (part := text(person, key)))
    return Name(family, given) if family else read_name(given)


def _year(item: dict[str, Any]) -> str:
    issued = item.get("issued")
    if not isinstance(issued, dict):
        return year_of(str(issued or ""))
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else []
    return year_of(str(first[0]) if isinstance(first, list) and first else "", *map(str, issued.values()))
