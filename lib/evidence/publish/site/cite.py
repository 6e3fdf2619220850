"""How to cite the book or one of its pages: as text, BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from evidence.publish.site.work import Author, Work


@dataclass(frozen=True, slots=True)
class Citation:
    """A page of the book as something to cite.

    Attributes
    ----------
    title : str
        Of the page; the title of the work for the book as a whole.
    url : str
        Full address.
    key : str
        Name of the entry in a reference manager.
    """

    work: Work
    title: str
    url: str
    key: str

    @property
    def is_whole(self) -> bool:
        """Whether it is the book itself that is cited."""
        return self.title == self.work.title

    def text(self) -> str:
        """Return the citation as a sentence of a reference list."""
        work = self.work
        inside = "" if self.is_whole else f" In: {work.title}."
        address = f"https://doi.org/{work.doi}" if work.doi and self.is_whole else self.url
        return (
            f"{work.byline}. {self.title}.{inside} Version {work.version}, {work.date:%-d %B %Y}. {address}"
        )

    def bibtex(self) -> str:
        """Return a BibTeX entry."""
        work = self.work
        fields = {"title": f"{{{self.title}}}"}
        if not self.is_whole:
            fields["booktitle"] = f"{{{work.title}}}"
        fields |= {
            "year": str(work.date.year),
            "month": f"{work.date:%b}".lower(),
            "edition": f"Version {work.version}",
        }
        if work.doi:
            fields["doi"] = work.doi
        fields["url"] = self.url
        persons = {"author": [_person(author) for author in work.authors]}
        entry = Entry("book" if self.is_whole else "incollection", fields, persons)
        return str(Writer().to_string(BibliographyData({self.key: entry})))

    def ris(self) -> str:
        """Return a RIS record."""
        work = self.work
        record: dict[str, object] = {
            "type_of_reference": "EBOOK" if self.is_whole else "ECHAP",
            "authors": [author.inverted for author in work.authors],
            "title": self.title,
            "year": str(work.date.year),
            "date": f"{work.date:%Y/%m/%d}",
            "edition": work.version,
            "urls": [self.url],
        }
        if not self.is_whole:
            record["secondary_title"] = work.title
        if work.doi:
            record["doi"] = work.doi
        numbered = str(rispy.dumps([record]))  # its first line numbers the record
        return numbered.partition("\n")[2]

    def csl(self) -> str:
        """Return a CSL-JSON array of one item."""
        work = self.work
        item: dict[str, object] = {
            "id": self.key,
            "type": "book" if self.is_whole else "chapter",
            "title": self.title,
            "author": [_csl_name(author) for author in work.authors],
            "issued": {"date-parts": [[work.date.year, work.date.month, work.date.day]]},
            "version": work.version,
            "URL": self.url,
            "language": "en",
        }
        if not self.is_whole:
            item["container-title"] = work.title
        if work.doi:
            item["DOI"] = work.doi
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _person(author: Author) -> Person:
    return Person(last=f"{{{author.family}}}", first=author.given)


def _csl_name(author: Author) -> dict[str, str]:
    if author.is_group:
        return {"literal": author.name}
    return {"family": author.family, "given": author.given}
