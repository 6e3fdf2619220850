"""What a result comes to in one line, so that a typed paragraph can name the result it rests on.

A comment before a paragraph names the result and what it was when the paragraph was last read:

    % rests on ketamine/crps/intravenous/immediate: 1 trial, 60 people, −27.7 (−41.4 to −14.0)

The build lists the paragraphs whose results have changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.dataset import Dataset
from evidence.report.book.known import head_of, questions
from evidence.wording.labels import labels
from evidence.wording.numbers import interval, number, plural

_LINE = re.compile(r"^% rests on (?P<result>[a-z_+/]+):\s*(?P<was>.*?)\s*$")
OVERVIEW = "all"


@dataclass(frozen=True, slots=True)
class Rest:
    """A paragraph's result: where it is named, what it was, what it is."""

    path: Path
    line: int
    result: str
    was: str
    now: str

    @property
    def stale(self) -> bool:
        """Whether the result has changed since the paragraph was read."""
        return self.was != self.now


def standing(ds: Dataset, result: str) -> str:
    """Return what a result comes to.

    Parameters
    ----------
    result : str
        ``drug/condition/route/window``, the condition `all` for an overview.

    Raises
    ------
    ValueError
        When there is no such question, or no trial answers it.

    Examples
    --------
    >>> from evidence import dataset
    >>> standing(dataset.load(), "ketamine/crps/intravenous/immediate").startswith("1 trial, 60 people")
    True
    """
    parts = result.split("/")
    words = labels(ds)
    if len(parts) != 4 or parts[0] not in words.drugs or parts[1] not in (*words.conditions, OVERVIEW):
        raise ValueError(f"{result!r} is no result: write drug/condition/route/window, as in the tables")
    drug, condition, route, window = parts
    asked = questions(ds, drug=drug, condition=None if condition == OVERVIEW else condition)
    for row in asked:
        if (row["route"], row["window"]) == (route, window):
            found = head_of(row)
            if found is None:
                return f"no number: {row['untold']}"
            size = f"{plural(found.k, 'trial')}, {plural(found.people, 'person', 'people')}"
            return f"{size}, {number(found.estimate)} ({interval(found.low, found.high)})"
    raise ValueError(f"{result!r}: no trial says anything there")


def rests(ds: Dataset, path: Path) -> Iterator[Rest]:
    """Yield the results on which the paragraphs of a chapter rest.

    Raises
    ------
    ValueError
        When a comment names no result; the message names file and line.
    """
    for number_of, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = _LINE.match(line)
        if found is None:
            continue
        try:
            now = standing(ds, found["result"])
        except ValueError as error:
            raise ValueError(f"{path}:{number_of}: {error}") from error
        yield Rest(path, number_of, found["result"], found["was"], now)
