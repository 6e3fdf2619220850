"""What JupyterLab calls the studies and reviews that chapters cite, read from the tables as they stand.

The tables may be in the middle of a change: what cannot be read is left out, and its citation stays a key.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evidence.dataset.bibtex import REMARK
from evidence.publish.project import Project
from evidence.question.records import study_label

FILE: Final = "citations.json"
#: Tables with the column that chapters cite.
_KEYS: Final = {"studies": "study_id", "reviews": "review_id"}


def citations(project: Project) -> dict[str, dict[str, str]]:
    """Return how each study and review is called, by its key.

    Returns
    -------
    dict
        ``narrative`` for ``{cite:t}``, such as "Sigtermans et al. (2009)"; ``parenthetical`` for
        ``{cite:p}``, such as "Sigtermans et al., 2009"; ``trial`` for ``{trial}``, such as "Sigtermans
        2009"; ``title`` with title and journal.
    """
    return {
        row[column]: _names(row[column], row)
        for table, column in _KEYS.items()
        for row in _rows(project.data / f"{table}.csv")
        if row.get(column)
    }


def write(project: Project, folder: Path) -> None:
    """Write the names for the extension `evidence-citations`, where they are not those that stand there."""
    text = json.dumps(citations(project), ensure_ascii=False)
    path = folder / FILE
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return
    for row in csv.DictReader(io.StringIO(text)):
        yield {name: cell for name, cell in row.items() if isinstance(name, str) and isinstance(cell, str)}


def _names(key: str, row: dict[str, str]) -> dict[str, str]:
    year = row.get("year", "")
    label = study_label(key, row.get("authors_short") or None, int(year) if year.isdecimal() else None)
    authors = REMARK.sub("", row.get("authors_short", "")).strip() or label
    printed = label.rpartition(" ")[2] if year else "n.d."
    parts = (f"{authors} ({printed})", row.get("title", ""), row.get("journal", ""))
    return {
        "narrative": f"{authors} ({printed})",
        "parenthetical": f"{authors}, {printed}",
        "trial": label,
        "title": ". ".join(part for part in parts if part),
    }
