"""Identifiers inside the texts of a record: DOI, PubMed number, trial registration, year, pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_PMID = re.compile(r"\s*[1-9][0-9]{0,8}\s*")
_NAMED_PMID = re.compile(r"(?:PMID|PUBMED|MEDLINE)\s*[:=]?\s*(?:NLM)?([1-9][0-9]{0,8})\b", re.IGNORECASE)
_PUBMED_PAGE = re.compile(
    r"ncbi\.nlm\.nih\.gov/(?:pubmed/)?([1-9][0-9]{0,8})\b|pubmed\.gov/([1-9][0-9]{0,8})\b"
)
_REGISTRATION = re.compile(
    r"\b(?:NCT[0-9]{8}|ISRCTN[0-9]{8}|EUCTR[0-9]{4}-[0-9]{6}-[0-9][0-9](?:-[A-Z]{2})?|ACTRN[0-9]{14}"
    r"|IRCT[0-9][0-9N]+|DRKS[0-9]{8}|ChiCTR[\w-]+|CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}|JPRN-\w+|UMIN[0-9]{9}|NTR[0-9]{3,5}|PACTR[0-9]{15})\b"
)
#: Alone, or before month and day as in 20201231.
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=(?:(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01]))?(?![0-9]))")
_BRACKETS = {")": "(", "]": "[", ">": "<", "}": "{"}


def doi_of(texts: Iterable[str]) -> str:
    """Return the first DOI in some texts, without an address before it; an old one may hold < and >.

    Examples
    --------
    >>> doi_of(["https://doi.org/10.1000/xyz.1 [doi]"])
    '10.1000/xyz.1'
    >>> doi_of(["10.5555/(SICI)1234-5678(199901)12:3&lt;1::AID-MADE1&gt;2.0.CO;2-Z"])
    '10.5555/(SICI)1234-5678(199901)12:3<1::AID-MADE1>2.0.CO;2-Z'
    """
    for text in map(html.unescape, texts):
        found = _DOI.search(text)
        if not found and "%2f" in text.lower():
            text = unquote(text)
            found = _DOI.search(text)
        if found:
            return _trimmed(unquote(found.group()) if "://" in text else found.group())
    return ""


def _trimmed(doi: str) -> str:
    """Take off what belongs to the sentence around a DOI: a full stop, a bracket that it does not open."""
    while doi:
        last = doi[-1]
        closes = last in _BRACKETS and doi.count(last) > doi.count(_BRACKETS[last])
        if not closes and last not in ".,;\"'”’":
            return doi
        doi = doi[:-1]
    return ""


def doi_address(doi: str) -> str:
    """Return the address of a DOI, in which every character may stand in a link."""
    return f"https://doi.org/{quote(doi, safe='/:;().-_')}"


def pmid_of(texts: Iterable[str]) -> str:
    """Return the first text that is a PubMed number and nothing else."""
    return next((text.strip() for text in texts if _PMID.fullmatch(text)), "")


def named_pmid(texts: Iterable[str]) -> str:
    """Return the first number that is called a PubMed number, or is the page of one."""
    for text in texts:
        if found := _NAMED_PMID.search(text):
            return found.group(1)
        if found := _PUBMED_PAGE.search(text):
            return found.group(1) or found.group(2)
    return ""


def registrations_of(texts: Iterable[str]) -> str:
    """Return the trial registrations that some texts name, joined as the tables do."""
    return "; ".join(dict.fromkeys(found for text in texts for found in _REGISTRATION.findall(text)))


def year_of(*texts: str) -> str:
    """Return the first year in some dates."""
    return next((found.group() for text in texts if (found := _YEAR.search(text))), "")


def pages_of(first: str, last: str = "") -> str:
    """Return pages as "12-19"; dashes of any kind become hyphens.

    Examples
    --------
    >>> pages_of("12--19"), pages_of("12", "19"), pages_of("e16881", "")
    ('12-19', '12-19', 'e16881')
    """
    first, last = (re.sub(r"\s*[-\u2010-\u2015\u2212]+\s*", "-", text.strip()) for text in (first, last))
    return f"{first}-{last}" if first and last and last != first and "-" not in first else first or last
