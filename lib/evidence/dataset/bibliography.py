"""``references.bib``: one entry for each study and each review, made from the tables."""

import re
from collections.abc import Iterator

from evidence.dataset import bibtex
from evidence.dataset.problems import Problem
from evidence.dataset.store import Dataset

FILE = "references.bib"
HEADER = (
    "% Made from data/studies.csv and data/reviews.csv: run `python -m evidence bibliography`, do not edit.\n"
)
UNVERIFIED = "Bibliography unverified: author, year, title or journal still to be checked against the paper"
SECOND_HAND = "Known from a page that reports it second hand"
#: "Eur J Pain 2018;22(4):632-646", as the reviews give it.
CITATION = re.compile(
    r"(?P<journal>\D+?) (?P<year>\d{4})(;(?P<volume>\d+)(\((?P<number>[^)]+)\))?(:(?P<pages>\S+))?)?"
)


def bibliography(ds: Dataset) -> str:
    """Write the whole of ``references.bib``: studies, then reviews, each in the order of its table."""
    return "\n".join([HEADER, *_studies(ds), *_reviews(ds)])


def outdated(ds: Dataset, committed: str) -> list[Problem]:
    """Return a problem when the committed file is not what the tables give."""
    wanted, found = bibliography(ds).splitlines(), committed.splitlines()
    if wanted == found:
        return []
    same = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    line = min(len(wanted), len(found)) if same is None else same
    value = found[line] if line < len(found) else "end of file"
    allowed = repr(wanted[line]) if line < len(wanted) else "end of file"
    remedy = "run `python -m evidence bibliography` and commit the file"
    return [Problem(FILE, line + 1, "", value, allowed, remedy, "bibliography_is_current")]


def _studies(ds: Dataset) -> Iterator[str]:
    citations = {row["study_id"]: row for row in _records(ds, "citations")}
    for row in _records(ds, "studies"):
        printed = citations.get(row["study_id"], {})
        notes = bibtex.remarks(row["authors_short"])
        notes += [f"Registration: {row['registration']}"] if row["registration"] else []
        notes += [SECOND_HAND] if row["source_type"] == "secondary" else []
        notes += [UNVERIFIED] if row["bibliography"] == "unverified" else []
        place = {"journal": row["journal"], "volume": printed.get("volume", "")}
        place |= {"number": printed.get("issue", ""), "pages": printed.get("pages", "")}
        yield _entry(row["study_id"], row | {"authors": printed.get("authors", "")}, place, notes)


def _reviews(ds: Dataset) -> Iterator[str]:
    seen: set[str] = set()
    for row in _records(ds, "reviews"):
        if row["review_id"] not in seen:
            seen.add(row["review_id"])
            yield _entry(row["review_id"], row, _journal(row), bibtex.remarks(row["authors_short"]))


def _entry(key: str, row: dict[str, str], journal: dict[str, str], notes: list[str]) -> str:
    fields = {
        "author": bibtex.all_authors(row.get("authors", ""))
        or bibtex.authors(row["authors_short"])
        or "{Authors not named}",
        "title": row["title"] or "Title not given in the text read",
        **journal,
        "year": row["year"] or "n.d.",
        "doi": row["doi"],
        "pubmed": row["pmid"],
        "url": row["source_url"].split(" ; ")[0],
        "note": ". ".join(notes),
    }
    return bibtex.entry("article" if journal["journal"] else "misc", key, fields)


def _journal(row: dict[str, str]) -> dict[str, str]:
    """Take a journal with year, volume, issue and pages apart where it is written in the usual way."""
    found = CITATION.fullmatch(row["journal"])
    if not found or found["year"] != row["year"]:
        return {"journal": row["journal"]}
    return {name: found[name] or "" for name in ("journal", "volume", "number", "pages")}


def _records(ds: Dataset, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as text; an empty cell is the empty string."""
    rows = ds.rows(table).astype("object")
    return [
        {str(name): str(cell) for name, cell in record.items()}
        for record in rows.where(rows.notna(), "").to_dict("records")
    ]
