"""Which kind of file it is, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from evidence.desk.importers.article import Article, Imported
from evidence.desk.importers.bibtex import bibtex
from evidence.desk.importers.csl import csl, is_csl
from evidence.desk.importers.endnote import endnote
from evidence.desk.importers.json_text import read_json
from evidence.desk.importers.medline import medline
from evidence.desk.importers.registry import is_registry, registry
from evidence.desk.importers.ris import ris
from evidence.desk.importers.text import read_text
from evidence.desk.importers.wos import web_of_science
from evidence.desk.problems import DeskError

#: Yields records, and in place of one that cannot be read the reason.
Reader = Callable[[str, str], Iterator[Article | DeskError]]

_BY_NAME: Mapping[str, Reader] = MappingProxyType(
    {
        ".ris": ris,
        ".bib": bibtex,
        ".bibtex": bibtex,
        ".nbib": medline,
        ".ciw": web_of_science,
        ".enw": endnote,
    }
)
#: How a `.txt` begins that holds records, by its first line with a tag.
_BY_LINE: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"^PMID- *\d", re.MULTILINE), medline),
    (re.compile(r"^TY  - ?", re.MULTILINE), ris),
    (re.compile(r"^%0 ", re.MULTILINE), endnote),
    (re.compile(r"^(?:FN |VR \d|PT [A-Z]$)", re.MULTILINE), web_of_science),
    (re.compile(r"^@\w+\s*\{", re.MULTILINE), bibtex),
)
_LISTED = 30


def read_records(path: Path) -> tuple[Imported, ...]:
    """Return what each record of a file fills, by table, in the order of the file.

    Parameters
    ----------
    path : Path
        `.ris`, `.bib`, `.nbib`, `.ciw`, `.enw`; `.txt` of PubMed, Web of Science or CENTRAL; `.json` of
        ClinicalTrials.gov or CSL-JSON.

    Raises
    ------
    DeskError
        When the file cannot be read as what its name says; see `read_text` and the readers.
    """
    kind = path.suffix.lower()
    if kind not in (*_BY_NAME, ".txt", ".json"):
        known = ", ".join(
            [*_BY_NAME, ".txt (PubMed, Web of Science)", ".json (ClinicalTrials.gov, CSL-JSON)"]
        )
        raise DeskError(f"{path.name}: the end of the name tells the kind of file; it must be one of {known}")
    text = read_text(path)
    found: list[Imported] = []
    refused: list[DeskError] = []
    for item in _json(path.name, text) if kind == ".json" else _references(path.name, text, kind):
        if isinstance(item, DeskError):
            refused.append(item)
        else:
            found.append(item)
    if not found and refused:
        raise refused[0]
    if not found:
        raise DeskError(f"{path.name}: holds 0 records: export the record again")
    left_out = tuple(f"left out: {error}" for error in refused)
    return (replace(found[0], notes=(*found[0].notes, *left_out)), *found[1:])


def read_study(path: Path, number: int | None = None) -> Imported:
    """Return what the only record of a file fills, or the one with a number.

    Raises
    ------
    DeskError
        When there are several and no number is given: the message lists them; and as `read_records`.
    """
    found = read_records(path)
    if number is None and len(found) > 1:
        lines = [f"  {place}  {record.label}" for place, record in enumerate(found[:_LISTED], start=1)]
        more = [f"  … and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
        raise DeskError(
            "\n".join(
                [
                    f"{path.name}: holds {len(found)} records where one is needed: choose one with --record, "
                    "or print a form for each with --template",
                    *lines,
                    *more,
                ]
            )
        )
    if number is not None and not 1 <= number <= len(found):
        raise DeskError(f"{path.name}: holds {len(found)} records: there is no record {number}")
    return found[(number or 1) - 1]


def _imported(name: str, items: Iterable[Article | DeskError]) -> Iterator[Imported | DeskError]:
    """Turn records into rows; what a record lacks is yielded in its place."""
    for number, item in enumerate(items, start=1):
        try:
            yield item if isinstance(item, DeskError) else item.imported(f"{name}: record {number}")
        except DeskError as error:
            yield error


def _references(name: str, text: str, kind: str) -> Iterator[Imported | DeskError]:
    reader = _BY_NAME.get(kind) or _sniffed(name, text)
    if kind == ".ciw" and re.search(r"^TY  - ", text, re.MULTILINE):
        reader = ris  # Web of Science gives its RIS this name too
    yield from _imported(name, reader(name, text))


def _sniffed(name: str, text: str) -> Reader:
    starts = [(found.start(), reader) for line, reader in _BY_LINE if (found := line.search(text))]
    if not starts:
        raise DeskError(
            f"{name}: holds no record of PubMed, Web of Science, CENTRAL or EndNote: export it as RIS (.ris)"
        )
    return min(starts, key=lambda start: start[0])[1]


def _json(name: str, text: str) -> Iterator[Imported | DeskError]:
    content = read_json(name, text)
    items: list[Any] = content if isinstance(content, list) else [content]
    if isinstance(content, dict) and isinstance(content.get("items"), list):
        items = content["items"]
    if isinstance(content, dict) and isinstance(content.get("studies"), list):
        items = content["studies"]
    objects = [item for item in items if isinstance(item, dict)]
    if any(is_csl(item) for item in objects) and not any(is_registry(item) for item in objects):
        yield from _imported(name, csl(objects))
    elif objects and all(is_registry(item) for item in objects):
        yield from (registry(name, item) for item in objects)
    else:
        raise DeskError(
            f"{name}: is not the JSON record of one study (without a protocolSection) and no CSL-JSON: "
            "download one study from the registry"
        )
