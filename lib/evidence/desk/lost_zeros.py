"""Zeros behind the point, which a spreadsheet program takes from every number: put back as committed.

How many digits a source prints tells how exactly it measured, and checks of printed numbers rest on it.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path

from evidence.dataset.files import parse

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ZERO = re.compile(r"-?[0-9]+\.[0-9]*0")
#: So many printed zeros must be gone, and all of them: one may be an editor's.
_MANY = 5


def put_back(path: Path, header: Sequence[str], rows: list[list[str]], measured: Collection[str]) -> int:
    """Put back the zeros of numbers that are else as the last commit has them; return of how many.

    Parameters
    ----------
    path : Path
        The table, in a folder that git may know.
    header : sequence of str
        Its columns.
    rows : list of list of str
        Its cells, changed in place.
    measured : collection of str
        Columns of numbers as sources print them.
    """
    places = [place for place, name in enumerate(header) if name in measured]
    if any(_ZERO.fullmatch(row[place]) for row in rows for place in places):
        return 0
    before = parse(committed(path))
    if tuple(before.header) != tuple(header):
        return 0
    printed = [row for row in before.rows if len(row) == len(header)]
    if sum(1 for row in printed for place in places if _ZERO.fullmatch(row[place])) < _MANY:
        return 0
    known = {_words(row, places): row for row in printed}
    seen = Counter(_words(row, places) for row in [*printed, *rows])
    count = 0
    for row in rows:
        words = _words(row, places)
        if words not in known or seen[words] != 2:  # once there, once here
            continue
        for place in places:
            if _same_number(row[place], known[words][place]):
                row[place] = known[words][place]
                count += 1
    return count


def committed(path: Path) -> str:
    """Return a file as the last commit has it; empty where git has none."""
    call = ["git", "show", f"HEAD:./{path.name}"]
    try:
        answer = subprocess.run(call, cwd=path.parent, capture_output=True, check=False)
    except OSError:
        return ""
    return "" if answer.returncode else answer.stdout.decode(errors="replace")


def _words(row: Sequence[str], places: Collection[int]) -> tuple[str, ...]:
    return tuple(cell for place, cell in enumerate(row) if place not in places)


def _same_number(now: str, before: str) -> bool:
    numbers = now != before and _NUMBER.fullmatch(now) and _NUMBER.fullmatch(before)
    return bool(numbers) and Decimal(now) == Decimal(before)
