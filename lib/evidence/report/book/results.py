"""The answers of the book as files: one table of each kind as CSV, all of them as Parquet."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Final

import pandas as pd

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.report.book.answers import frames
from evidence.wording.html import PAGE_MIME
from evidence.wording.inert import inert

#: Where the files lie, from the root of the site.
FOLDER: Final = "data/results/"
_HOLDS: Final = {
    "answers": "one row for each drug, condition, route and time: sentence, estimate, certainty",
    "effects": "what each trial says in each of these, with its variance and the steps behind it",
    "harms": "each harm by route: counts and pooled risk ratio",
    "others": "each harm and other outcome by route: what each trial says",
    "trials": "trials and people of each drug and condition",
}


@dataclass(frozen=True, slots=True)
class Results:
    """The answers as frames, shown as a list of files and published beside the page.

    Attributes
    ----------
    frames : dict of str to DataFrame
        See `evidence.report.book.answers.frames`.
    """

    frames: dict[str, pd.DataFrame]

    @property
    def table(self) -> Table:
        """The list of the files."""
        columns = (
            Column("Results"),
            Column("One row is"),
            Column("Rows", "right"),
            Column("CSV"),
            Column("Parquet"),
        )
        rows = tuple(
            (
                Cell(name.capitalize()),
                Cell(_HOLDS[name]),
                Cell(f"{len(frame):,}", value=len(frame)),
                Cell(f"{name}.csv", href=f"site:{FOLDER}{name}.csv"),
                Cell(f"{name}.parquet", href=f"site:{FOLDER}{name}.parquet"),
            )
            for name, frame in self.frames.items()
        )
        return Table("results", "The answers of the book as files", columns, rows)

    def files(self) -> dict[str, bytes]:
        """Return the content of each file by its name."""
        found: dict[str, bytes] = {}
        for name, frame in self.frames.items():
            found[f"{name}.csv"] = frame.map(_inert).to_csv(index=False, lineterminator="\n").encode()
            found[f"{name}.parquet"] = _parquet(frame)
        return found

    def _repr_html_(self) -> str:
        return self.table._repr_html_()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Give the page its files."""
        described = [
            {
                "path": FOLDER + path,
                "title": f"Results: {path.partition('.')[0]}",
                "description": _HOLDS[path.partition(".")[0]],
                "content": base64.b64encode(content).decode("ascii"),
            }
            for path, content in self.files().items()
        ]
        return {PAGE_MIME: {"files": described}}


def _inert(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return inert(cell) if isinstance(cell, str) else cell


def _parquet(frame: pd.DataFrame) -> bytes:
    """Return a frame as Parquet, with lists (whose lengths differ) as they are."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False, compression="zstd")
    return content.getvalue()


def results(ds: Dataset) -> Results:
    """Return every answer, effect, harm and count of the book's reports, to show and to download.

    Examples
    --------
    >>> from evidence import dataset
    >>> found = results(dataset.load())
    >>> sorted(found.files())[:2]
    ['answers.csv', 'answers.parquet']
    >>> len(found.frames["answers"]) > 50
    True
    """
    return Results(frames(ds))
