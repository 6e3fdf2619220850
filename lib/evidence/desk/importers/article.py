"""What a bibliographic record fills: a row of `studies.csv`, one of `citations.csv`, and flags."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anyascii import anyascii

from evidence.desk.importers.identifiers import doi_address
from evidence.desk.importers.names import Authors
from evidence.desk.importers.text import plain
from evidence.desk.problems import DeskError

Tables = dict[str, list[dict[str, str]]]

_NOTICE = re.compile(
    r"\W*(?:(?:notice of )?retraction(?: note| notice)?\b|(?:statement of |expression of )concern\b"
    r"|erratum\b|corrigendum\b|correction to\b)",
    re.IGNORECASE,
)
#: Before a title, or behind it as Web of Science and Scopus write it.
_RETRACTED = re.compile(
    r"^\W*(?:retracted|withdrawn)(?: article| paper)?\b\W"
    r"|[(\[](?:retracted|withdrawn article)\b[^()]*[)\]]\W*$",
    re.IGNORECASE,
)
_CONCERN = re.compile(r"[(\[](?:publication with )?expression of concern\b[^()]*[)\]]\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imported:
    """What one record fills, by table, and what an editor must be told about it."""

    rows: Tables
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The record in a list of records."""
        (study,) = self.rows["studies"]
        parts = (study.get("authors_short"), study.get("year"), study.get("title"))
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Article:
    """A bibliographic record.

    Attributes
    ----------
    authors : Authors
    year, title, journal, volume, issue, pages, doi, pmid, registration, country : str
        Empty when the record does not say.
    language, original_title : str
        Of an article whose title is a translation.
    retracted, concern : str
        In the record's words why it is marked as retracted, or why concern is expressed; else empty.
    notice : str
        In the record's words what makes it a notice about another article; else empty.
    """

    authors: Authors
    year: str = ""
    title: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    country: str = ""
    language: str = ""
    original_title: str = ""
    retracted: str = ""
    concern: str = ""
    notice: str = ""
    said: tuple[str, ...] = field(default=())

    def imported(self, name: str) -> Imported:
        """Return the rows that the record fills; `name` says which it is, for messages.

        Raises
        ------
        DeskError
            When the record has no title, or neither an author nor a year.
        """
        title, translated = _title(plain(self.title))
        if not title or not (self.authors.names or self.year):
            raise DeskError(f"{name} has no title, author or year: it may be cut off; export it again")
        notes = _translation(self, translated)
        study = {
            "study_id": study_id(self.authors, self.year),
            "authors_short": self.authors.short,
            "year": self.year,
            "title": title,
            "journal": re.sub(r"\s*[®™©]", "", plain(self.journal)),
            "doi": self.doi,
            "pmid": self.pmid,
            "registration": self.registration,
            "country": self.country,
            "source_url": doi_address(self.doi) if self.doi else _pubmed(self.pmid),
            "notes": notes,
            "bibliography": "as in source",
        }
        citation = {
            "authors": str(self.authors),
            "volume": plain(self.volume),
            "issue": plain(self.issue),
            "pages": plain(self.pages),
        }
        rows: Tables = {"studies": [_filled(study)]}
        if any(citation.values()):
            rows["citations"] = [_filled(citation)]
        if flags := list(_flags(self, title)):
            rows["flags"] = flags
        return Imported(rows, (*self.said, *_told(self, title, notes, flags)))


def study_id(authors: Authors, year: str) -> str:
    """Make a key of the first author, in plain letters, and the year; empty without an author."""
    return plain_key(authors.names[0].family) + year if authors.names else ""


def plain_key(text: str) -> str:
    """Write a name in plain letters, each word with a capital.

    Examples
    --------
    >>> plain_key("van der Müller"), plain_key("Đorđević"), plain_key("Þór")
    ('VanDerMuller', 'Dordevic', 'Thor')
    """
    words = re.findall(r"[A-Za-z0-9]+", anyascii(plain(text)))
    return "".join(word[0].upper() + word[1:] for word in words).lstrip("0123456789")


def is_notice(title: str) -> bool:
    """Whether a title is that of a notice about another article, such as a retraction."""
    return bool(_NOTICE.match(title))


def _title(title: str) -> tuple[str, bool]:
    """Take off a final stop and the square brackets of a translated title; say whether there were some."""
    bare = title.rstrip(". ")
    translated = bare.startswith("[") and _closing(bare) == len(bare) - 1
    return (bare[1:-1].strip().rstrip(". ") if translated else bare), translated


def _closing(text: str) -> int:
    """Return the place of the bracket that closes the first one; -1 without it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if depth == 0:
            return place
    return -1


def _translation(article: Article, translated: bool) -> str:
    if not (translated or article.original_title):
        return ""
    language = f" (language: {plain(article.language)})" if article.language else ""
    original = plain(article.original_title).rstrip(".")
    return f"Title translated{language}" + (f"; original title: {original}" if original else "") + "."


def _flags(article: Article, title: str) -> list[dict[str, str]]:
    marked = article.retracted or (title if _RETRACTED.search(f"{title} ") else "")
    concern = article.concern or (title if _CONCERN.search(title) else "")
    found = [("retracted", "exclude", f"The record marks the article as retracted: {marked}", marked)]
    found.append(("expression_of_concern", "caution", f"Concern was expressed: {concern}", concern))
    return [
        {"flag": flag, "severity": severity, "detail": plain(detail)}
        for flag, severity, detail, why in found
        if why
    ]


def _told(article: Article, title: str, notes: str, flags: list[dict[str, str]]) -> list[str]:
    told = [flag["detail"] for flag in flags]
    if article.notice or is_notice(title):
        told.append(f"this is a notice about another article, not a trial: {article.notice or title}")
    return [*told, *([notes] if notes else [])]


def _filled(cells: dict[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in cells.items() if cell}


def _pubmed(pmid: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else ""
