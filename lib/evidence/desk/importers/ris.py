"""RIS, as Embase, EBSCO, CENTRAL, ProQuest, Scopus, Web of Science, Zotero and others write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import (
    doi_of,
    named_pmid,
    pages_of,
    pmid_of,
    registrations_of,
    year_of,
)
from evidence.desk.importers.names import read_names
from evidence.desk.importers.tagged import Record, Tags, read_tagged
from evidence.desk.problems import DeskError

STRICT = Tags("RIS", re.compile(r"^(?=.{4}-)([A-Z][A-Z0-9]{1,2}) {1,2}-(?: (.*)|\s*)$"), "TY", "ER")
#: Written by hand or by a program that does not count spaces.
LOOSE = Tags("RIS", re.compile(r"^([A-Z][A-Z0-9]) {0,3}-(?:\s*(.*)|\s*)$"), "TY", "ER")

_BEGINS = re.compile(r"^TY  - ?", re.MULTILINE)
_MEDLINE = re.compile(r"medline|pubmed|\b(?:mnh|cmedm|mdc|mdl|mesx)\b", re.IGNORECASE)
_REGISTRY = re.compile(r"clinicaltrials\.gov|isrctn|trialsearch|ictrp|registry", re.IGNORECASE)
_MARK = re.compile(r"retracted|withdrawn|retraction", re.IGNORECASE)


def ris(name: str, text: str) -> Iterator[Article | DeskError]:
    """Read RIS records; in place of one that is cut off the reason is yielded."""
    return read_tagged(name, text, STRICT if _BEGINS.search(text) else LOOSE, _article)


def _article(record: Record) -> Article:
    addresses = record.all("UR", "L1", "L2", "LK", "M3", "US", "N1")
    marks = [text for text in record.all("M3", "PT", "TY", "N1", "C1") if _MARK.search(text)]
    notices = [text for text in marks if "retraction" in text.lower()]
    journal = record.first("T2", "JF", "JO", "J2", "JA", "J1", "SO")
    return Article(
        authors=read_names(dict.fromkeys(record.all("A1", "AU"))),
        year=year_of(*record.all("PY", "Y1", "YR", "DA")),
        title=record.first("TI", "T1", "CT"),
        journal=journal,
        volume=record.first("VL"),
        issue=record.first("IS", "CP", "NO"),
        pages=pages_of(record.first("SP", "PG"), record.first("EP")),
        doi=doi_of([*record.all("DO", "DOI", "DI"), *addresses]),
        pmid=_pmid(record),
        registration=registrations_of([*record.all("AN", "C7", "C1"), *_registry(record, journal)]),
        language=record.first("LA"),
        original_title=record.first("TT", "OP"),
        retracted=next((mark for mark in marks if mark not in notices), ""),
        notice=next(iter(notices), ""),
    )


def _registry(record: Record, journal: str) -> list[str]:
    """Texts that name the registration of a registry's own record."""
    return [journal, *record.all("UR", "US")] if _REGISTRY.search(journal) else []


def _pmid(record: Record) -> str:
    """Return the PubMed number: an accession number is one only where the database is PubMed's."""
    numbers = record.all("AN")
    from_medline = _MEDLINE.search(" ".join(record.all("DB", "DP")))
    return (
        named_pmid([*record.all("PM", "AN", "C5", "C2"), *record.all("N1", "UR", "L2")])
        or pmid_of(record.all("PM", "C5"))
        or (pmid_of(numbers) if from_medline else "")
    )
