"""Records of reference managers and of PubMed: RIS, BibTeX, `.nbib`."""

from __future__ import annotations

import re
from typing import TypeVar

from evidence.desk.importers.article import Article, year_of
from evidence.desk.problems import DeskError

Record = TypeVar("Record")

_NBIB = re.compile(r"^([A-Z]{2,4}) *- (.*)$")
_REGISTRATION = re.compile(r"NCT\d{8}|ISRCTN\d{8}|EUCTR[\d-]+|ACTRN\d{14}|IRCT\w+")


def ris(name: str, text: str) -> Article:
    """Read one RIS record.

    Raises
    ------
    DeskError
        When the file is cut off, or holds no record or several.
    """
    import rispy

    starts, ends = (len(re.findall(rf"^{tag}  -", text, re.MULTILINE)) for tag in ("TY", "ER"))
    if starts != ends:
        raise DeskError(
            f"{name}: {starts} records begin (TY) and {ends} end (ER): the file is cut off; export it again"
        )
    try:
        records = rispy.loads(text)
    except Exception as error:
        raise DeskError(f"{name}: cannot be read as RIS: {error}") from error
    (record,) = one(name, records)
    authors = record.get("authors") or record.get("first_authors") or []
    return Article(
        surnames=[author.split(",")[0].strip() for author in authors if author.strip()],
        year=year_of(record.get("year") or record.get("publication_year") or record.get("date") or ""),
        title=record.get("title") or record.get("primary_title") or "",
        journal=record.get("secondary_title")
        or record.get("journal_name")
        or record.get("alternate_title3")
        or "",
        doi=record.get("doi") or " ".join(record.get("urls") or []),
        pmid=_digits(record.get("accession_number") or ""),
    )


def bibtex(name: str, text: str) -> Article:
    """Read one BibTeX entry.

    Raises
    ------
    DeskError
        When the file is cut off, defines strings (they could unfold without end), or does not hold one entry.
    """
    import pybtex.database
    from pybtex.exceptions import PybtexError

    if re.search(r"@\s*(string|preamble)\b", text, re.IGNORECASE):
        raise DeskError(
            f"{name}: @string and @preamble are not read: export the entry alone, with its texts in full"
        )
    try:
        entries = pybtex.database.parse_string(text, "bibtex").entries
    except PybtexError as error:
        raise DeskError(f"{name}: cannot be read as BibTeX, it may be cut off: {error}") from error
    (entry,) = one(name, list(entries.values()))
    fields = {key.lower(): _without_tex(value) for key, value in entry.fields.items()}
    return Article(
        surnames=[
            _without_tex(" ".join((*person.prelast_names, *person.last_names)))
            for person in entry.persons.get("author", [])
            if str(person) != "others"
        ],
        year=year_of(fields.get("year") or fields.get("date") or ""),
        title=fields.get("title", ""),
        journal=fields.get("journal") or fields.get("journaltitle") or "",
        doi=fields.get("doi") or fields.get("url") or "",
        pmid=_digits(fields.get("pmid") or fields.get("pubmed") or ""),
    )


def nbib(name: str, text: str) -> Article:
    """Read one record in PubMed's format.

    Raises
    ------
    DeskError
        When the file is cut off, or holds no record or several.
    """
    fields: dict[str, list[str]] = {}
    last = ""
    for line in text.splitlines():
        found = _NBIB.match(line)
        if found:
            last = found.group(1)
            fields.setdefault(last, []).append(found.group(2).strip())
        elif line.startswith("      ") and last:
            fields[last][-1] += f" {line.strip()}"
    one(name, fields.get("PMID", []))
    if missing := [tag for tag in ("TI", "DP", "SO") if tag not in fields]:
        raise DeskError(f"{name}: the record has no {', '.join(missing)}: it is cut off; export it again")
    identifiers = [*fields.get("LID", []), *fields.get("AID", [])]
    registered = _REGISTRATION.search(" ".join(fields.get("SI", [])))
    full = [author.split(",")[0] for author in fields.get("FAU", [])]
    return Article(
        surnames=full or [author.rsplit(" ", 1)[0] for author in fields.get("AU", [])],
        year=year_of(fields["DP"][0]),
        title=fields["TI"][0],
        journal=(fields.get("JT") or fields.get("TA") or [""])[0],
        doi=next((item for item in identifiers if item.endswith("[doi]")), ""),
        pmid=fields["PMID"][0],
        registration=registered.group() if registered else "",
    )


def one(name: str, records: list[Record]) -> list[Record]:
    """Return a list with one record; refuse any other number."""
    if len(records) != 1:
        remedy = "export the record again" if not records else "export the record of one study"
        raise DeskError(f"{name}: holds {len(records)} records where one is needed: {remedy}")
    return records


def _digits(text: str) -> str:
    return text.strip() if re.fullmatch(r"\s*[1-9]\d{0,8}\s*", text) else ""


def _without_tex(text: str) -> str:
    """Return BibTeX text in Unicode."""
    from pybtex.richtext import Text

    return str(Text.from_latex(text))
