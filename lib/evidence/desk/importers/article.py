"""The row of `studies.csv` that a bibliographic record fills, as far as it goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.desk.importers.text import plain
from evidence.desk.problems import DeskError

_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"]+")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_ID = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Article:
    """A bibliographic record.

    Attributes
    ----------
    surnames : sequence of str
        Of the authors, in order.
    year, title, journal, doi, pmid, registration, country : str
        Empty when the record does not say.
    """

    surnames: Sequence[str]
    year: str = ""
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    country: str = ""

    def row(self, name: str) -> dict[str, str]:
        """Return the cells of `studies.csv` that the record fills; `name` is the file's, for messages.

        Raises
        ------
        DeskError
            When the record has no title, or neither an author nor a year.
        """
        title = plain(self.title).rstrip(".")
        if not title or not (self.surnames or self.year):
            raise DeskError(
                f"{name}: the record has no title, author or year: it may be cut off; export it again"
            )
        doi = _doi(self.doi)
        cells = {
            "study_id": study_id(self.surnames, self.year),
            "authors_short": authors_short([plain(surname) for surname in self.surnames]),
            "year": self.year,
            "title": title,
            "journal": plain(self.journal),
            "doi": doi,
            "pmid": self.pmid.strip(),
            "registration": self.registration,
            "country": self.country,
            "source_url": f"https://doi.org/{doi}" if doi else _pubmed(self.pmid.strip()),
            "bibliography": "as in source",
        }
        return {column: cell for column, cell in cells.items() if cell}


def authors_short(surnames: Sequence[str]) -> str:
    """Name authors as the tables do: one, two with "&", or the first with "et al."."""
    if len(surnames) > 2:
        return f"{surnames[0]} et al."
    return " & ".join(surnames)


def study_id(surnames: Sequence[str], year: str) -> str:
    """Make a key of the first surname, in plain letters, and the year; empty without a surname."""
    if not surnames:
        return ""
    letters = unicodedata.normalize("NFKD", plain(surnames[0]).replace("ß", "ss").replace("ø", "o"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = (word for word in re.split(r"[^\w]+", letters) if word)
    return _ID.sub("", "".join(word[0].upper() + word[1:] for word in words)) + year


def year_of(text: str) -> str:
    """Return the first year in a date."""
    found = _YEAR.search(text)
    return found.group() if found else ""


def _doi(text: str) -> str:
    found = _DOI.search(plain(text))
    return found.group().rstrip(".,;") if found else ""


def _pubmed(pmid: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else ""
