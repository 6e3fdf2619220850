"""Screen export files of databases: what is new, what is in the book already, and what stands there twice."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from anyascii import anyascii

from evidence import dataset
from evidence.desk.importers import Imported, read_records
from evidence.desk.problems import DeskError
from evidence.wording.inert import inert
from evidence.wording.numbers import plural

#: What makes two records the same: kind ("doi", "pmid", "registration", "title") and value.
Key: TypeAlias = tuple[str, str]
#: How each kind of key is called.
NAMES: Final = {
    "doi": "DOI",
    "pmid": "PubMed number",
    "registration": "registration",
    "title": "title and year",
}
#: Keys that name a report; a registration or a title may have several.
_SURE: Final = ("doi", "pmid")
COLUMNS: Final = (
    "authors",
    "year",
    "title",
    "journal",
    "doi",
    "pmid",
    "registration",
    "source_url",
    "files",
    "notes",
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Attributes
    ----------
    place : str
        The file, and which of its records.
    cells : mapping of str to str
        As `COLUMNS` names them; what the record lacks is not there.
    """

    place: str
    cells: Mapping[str, str]

    @property
    def keys(self) -> tuple[Key, ...]:
        """What it can be recognised by, the surest first."""
        return tuple(keys_of(self.cells))


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening left.

    Attributes
    ----------
    records : mapping of str to int
        Records of each file.
    refused : tuple of str
        Records that cannot be read, with the reason.
    known : tuple of (Record, str, str)
        Those in the book already, by which kind of key, and as what.
    twice : tuple of (Record, str)
        Those that another record repeats, by which kind of key.
    candidates : tuple of Record
    """

    records: Mapping[str, int]
    refused: tuple[str, ...]
    known: tuple[tuple[Record, str, str], ...]
    twice: tuple[tuple[Record, str], ...]
    candidates: tuple[Record, ...]

    def said(self) -> Iterator[str]:
        """Yield in counts what was read, dropped and left."""
        read = ", ".join(f"{name} {number:,}" for name, number in self.records.items())
        yield f"{plural(sum(self.records.values()), 'record')} read: {read}"
        if self.refused:
            yield f"{len(self.refused):,} cannot be read:"
            yield from (f"  {reason}" for reason in self.refused)
        yield f"{len(self.known):,} in the book already{_by(kind for _, kind, _ in self.known)}"
        new = [(record, name) for record, kind, name in self.known if kind == "registration"]
        if new:
            yield "  look whether the book has these reports of trials that it knows by registration:"
            yield from (f"  {name}: {record.cells.get('title', '')} ({record.place})" for record, name in new)
        yield f"{len(self.twice):,} given twice{_by(kind for _, kind in self.twice)}"
        yield f"{plural(len(self.candidates), 'candidate')} left"


def screen(paths: Sequence[Path], folder: Path) -> Screened:
    """Read export files and drop what the tables of a folder have, and what stands in the files twice.

    Two records of one registration or title with different DOIs or PubMed numbers are two reports: neither is
    dropped for the other. A record whose registration is in the book is dropped and named, because its report
    may be new.

    Parameters
    ----------
    paths : sequence of Path
        Files that `read_records` knows, each with one record or thousands.
    folder : Path
        The data folder.

    Raises
    ------
    DeskError
        When a file cannot be read: the message names every such file.
    """
    records, refused, counts = _read(paths)
    book = dict(_book(folder))
    known, rest = [], []
    for group in _same(records):
        found = next(((key, book[key]) for one in group for key in one.keys if _there(key, one, book)), None)
        if found:
            known += [(one, found[0][0], found[1].name) for one in group]
        else:
            rest.append(group)
    twice = [(one, _shared(one, group)) for group in rest for one in group[1:]]
    candidates = tuple(_joined(group) for group in rest)
    return Screened(counts, tuple(refused), tuple(known), tuple(twice), candidates)


def table(candidates: Iterable[Record]) -> str:
    """Return candidates as CSV; a cell that a spreadsheet program would run is made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in candidates:
        writer.writerow(inert(record.cells.get(column, "")) for column in COLUMNS)
    return text.getvalue()


def keys_of(cells: Mapping[str, str]) -> Iterator[Key]:
    """Yield what a record is recognised by.

    Examples
    --------
    >>> list(keys_of({"doi": "10.1000/X", "title": "Ketamine: a trial.", "year": "2020"}))
    [('doi', '10.1000/x'), ('title', 'ketamineatrial 2020')]
    """
    if doi := cells.get("doi", "").lower():
        yield "doi", doi
    if pmid := cells.get("pmid", ""):
        yield "pmid", pmid
    for registration in filter(None, re.split(r"[;,\s]+", cells.get("registration", "").upper())):
        yield "registration", registration
    title = re.sub(r"[^a-z0-9]+", "", anyascii(cells.get("title", "")).lower())
    if title and cells.get("year"):
        yield "title", f"{title} {cells['year']}"


@dataclass(frozen=True, slots=True)
class _Known:
    """A study or review of the book."""

    name: str
    doi: str


def _book(folder: Path) -> Iterator[tuple[Key, _Known]]:
    ds = dataset.load(folder)
    for table_name, column in (("reviews", "review_id"), ("studies", "study_id")):
        raw = ds.raw[table_name]
        for row in raw.rows:
            cells = dict(zip(raw.header, row, strict=True))
            for key in keys_of(cells):
                yield key, _Known(cells[column], cells["doi"].lower())


def _there(key: Key, record: Record, book: Mapping[Key, _Known]) -> bool:
    """Whether the book has a key; a title counts only where no two DOIs say that it is another report."""
    if key not in book:
        return False
    own = record.cells.get("doi", "").lower()
    return key[0] != "title" or not own or book[key].doi in ("", own)


def _read(paths: Sequence[Path]) -> tuple[list[Record], list[str], dict[str, int]]:
    records: list[Record] = []
    refused: list[str] = []
    unread: list[str] = []
    counts: dict[str, int] = {}
    for path in dict.fromkeys(Path(os.path.realpath(path)) for path in paths):
        try:
            found = read_records(path)
        except DeskError as error:
            unread.append(str(error))
            continue
        lost = [note for note in found[0].notes if note.startswith("left out: ")]
        refused += lost
        counts[path.name] = counts.get(path.name, 0) + len(found) + len(lost)
        records += [_record(path.name, place, item) for place, item in enumerate(found, start=1)]
    if unread:
        raise DeskError("\n".join(unread))
    return records, refused, counts


def _record(name: str, place: int, item: Imported) -> Record:
    (study,) = item.rows["studies"]
    notes = [note for note in item.notes if not note.startswith("left out: ")]
    is_article = "citations" in item.rows  # what a registry's record cannot fill is no news when screening
    cells = {
        "authors": study.get("authors_short", ""),
        **{column: study.get(column, "") for column in COLUMNS[1:8]},
        "files": name,
        "notes": "; ".join(notes) if is_article else "",
    }
    return Record(f"{name}, record {place}", {column: cell for column, cell in cells.items() if cell})


def _same(records: Sequence[Record]) -> list[list[Record]]:
    """Group records that share a key, also by way of others; groups and records keep their order."""
    parent = list(range(len(records)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[Key, list[int]] = {}
    for place, record in enumerate(records):
        for key in record.keys:
            for other in first.get(key, ()):
                if key[0] in _SURE or not _other_report(record, records[other]):
                    low, high = sorted((root(place), root(other)))
                    parent[high] = low
            if key[0] not in _SURE or key not in first:
                first.setdefault(key, []).append(place)
    groups: dict[int, list[Record]] = {}
    for place, record in enumerate(records):
        groups.setdefault(root(place), []).append(record)
    return list(groups.values())


def _other_report(one: Record, other: Record) -> bool:
    """Whether two records name different DOIs or PubMed numbers: two reports, perhaps of one trial."""
    pairs = [{one.cells.get(key, "").lower(), other.cells.get(key, "").lower()} - {""} for key in _SURE]
    return any(len(pair) > 1 for pair in pairs)


def _shared(record: Record, group: Sequence[Record]) -> str:
    """Return the surest kind of key by which another record of the group repeats one."""
    others = {key for other in group if other is not record for key in other.keys}
    return next((kind for kind, value in record.keys if (kind, value) in others), "title")


def _joined(group: Sequence[Record]) -> Record:
    """Return the first record of a group, its empty cells filled from the others, with every file."""
    cells = {
        column: next((one.cells[column] for one in group if one.cells.get(column)), "") for column in COLUMNS
    }
    cells["files"] = "; ".join(dict.fromkeys(one.cells["files"] for one in group))
    cells["notes"] = "; ".join(dict.fromkeys(one.cells["notes"] for one in group if "notes" in one.cells))
    return Record(group[0].place, {column: cell for column, cell in cells.items() if cell})


def _by(kinds: Iterable[str]) -> str:
    found = Counter(kinds)
    said = [f"by {NAMES[kind]} {found[kind]:,}" for kind in NAMES if found[kind]]
    return f": {', '.join(said)}" if said else ""
