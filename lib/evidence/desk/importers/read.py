"""Which kind of file it is, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from evidence.desk.importers.article import Article
from evidence.desk.importers.references import bibtex, nbib, ris
from evidence.desk.importers.registry import registry
from evidence.desk.importers.text import read_text
from evidence.desk.problems import DeskError

_RECORDS: Mapping[str, Callable[[str, str], Article]] = MappingProxyType(
    {".ris": ris, ".bib": bibtex, ".bibtex": bibtex, ".nbib": nbib}
)


def read_study(path: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows that a file fills, by table.

    Parameters
    ----------
    path : Path
        The record of one study: `.ris`, `.bib`, `.nbib`, or `.json` from ClinicalTrials.gov.

    Raises
    ------
    DeskError
        When the file cannot be read as what its name says; see `read_text` and the readers.
    """
    kind = path.suffix.lower()
    if kind not in (*_RECORDS, ".json"):
        known = ", ".join([*_RECORDS, ".json (ClinicalTrials.gov)"])
        raise DeskError(f"{path.name}: the end of the name tells the kind of file; it must be one of {known}")
    text = read_text(path)
    if kind == ".json":
        return registry(path.name, text)
    return {"studies": [_RECORDS[kind](path.name, text).row(path.name)]}
