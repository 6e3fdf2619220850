"""PubMed's own format, saved as `.nbib` (*Cite*) or `.txt` (*Save → PubMed*)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.desk.importers.article import Article
from evidence.desk.importers.identifiers import doi_of, pages_of, registrations_of, year_of
from evidence.desk.importers.names import Authors, read_names
from evidence.desk.importers.tagged import Record, Tags, read_tagged
from evidence.desk.problems import DeskError

#: "Made Up J. 2021 Winter;4(2):12-9. doi: …", where a short record has volume, issue and pages.
_SOURCE = re.compile(r";\s*(?P<volume>[^;:(]+)?(?:\((?P<issue>[^)]+)\))?:\s*(?P<pages>[^.;\s]+)")
TAGS = Tags("PubMed", re.compile(r"^([A-Z]{2,4}) {0,2}- (.*)$"), "PMID")


def medline(name: str, text: str) -> Iterator[Article | DeskError]:
    """Read records in PubMed's format; in place of one that is cut off the reason is yielded."""

    def whole(record: Record) -> Article | DeskError:
        titles = record.all("TI", "BTI")
        missing = [tag for tag in ("DP", "SO") if not record.first(tag)]
        if missing := [*([] if titles else ["TI"]), *missing]:
            return DeskError(
                f"{name}: the record on line {record.line} has no {', '.join(missing)}: it is cut off; "
                "export it again"
            )
        return _article(record)

    return read_tagged(name, text, TAGS, whole)


def _article(record: Record) -> Article:
    kinds = record.all("PT")
    identifiers = [item for item in record.all("LID", "AID") if item.endswith("[doi]")]
    retracted = "Retracted Publication" in kinds or record.first("RIN")
    notices = [kind for kind in kinds if kind in ("Retraction of Publication", "Published Erratum")]
    source = _SOURCE.search(record.first("SO"))
    printed = source.groupdict(default="") if source else {}
    return Article(
        authors=_authors(record),
        year=year_of(record.first("DP")),
        title=record.first("TI", "BTI"),
        journal=record.first("JT", "TA"),
        volume=record.first("VI") or printed.get("volume", "").strip(),
        issue=record.first("IP") or printed.get("issue", ""),
        pages=pages_of(record.first("PG") or printed.get("pages", "")),
        doi=doi_of([*identifiers, record.first("SO")]),
        pmid=record.first("PMID"),
        registration=registrations_of(record.all("SI")),
        language="" if record.first("LA") == "eng" else record.first("LA"),
        original_title=record.first("TT"),
        retracted=(record.first("RIN") or "Retracted Publication") if retracted else "",
        concern=record.first("ECI"),
        notice=next(iter(notices), ""),
    )


def _authors(record: Record) -> Authors:
    """Read full names; the short ones where there are no others, or where they say that there are more."""
    short = read_names(record.all("AU"), groups=record.all("CN"))
    full = read_names(record.all("FAU"), groups=record.all("CN"))
    return Authors(full.names or short.names, full.others or short.others)
