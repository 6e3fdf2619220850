"""Tables kept as CSV: written with `--force-regen`, else compared cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "tables"
#: Digits that are written; numbers that agree to a hundred thousandth are the same on any machine.
DIGITS, CLOSE = 8, 1e-5


def keyed(frame: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """Return a frame as text under names of its rows; rows of one name are numbered."""
    texts = frame.map(_text)
    names = texts[list(keys)].agg(" | ".join, axis=1)
    repeated = names.groupby(names).cumcount()
    texts.index = pd.Index(
        [f"{name} ({count + 1})" if count else name for name, count in zip(names, repeated, strict=True)]
    )
    return texts


def write(name: str, texts: pd.DataFrame) -> None:
    """Keep a table."""
    FOLDER.mkdir(exist_ok=True)
    texts.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")


def read(name: str) -> pd.DataFrame:
    """Read a kept table as text."""
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


def differences(name: str, kept: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    """Yield each row that came or went and each cell that differs, by row and column."""
    for column in kept.columns.symmetric_difference(now.columns):
        yield f"{name}: column {column!r} is {'gone' if column in kept.columns else 'new'}"
    for row in kept.index.difference(now.index, sort=False):
        yield f"{name}: {row}: the row is gone"
    for row in now.index.difference(kept.index, sort=False):
        yield f"{name}: {row}: the row is new: {' | '.join(now.loc[row])}"
    for row in kept.index.intersection(now.index, sort=False):
        for column in kept.columns.intersection(now.columns, sort=False):
            before, after = str(kept.at[row, column]), str(now.at[row, column])
            if not _same(before, after):
                yield f"{name}: {row}: {column}: {before!r} became {after!r}"


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    try:
        return math.isclose(float(before), float(after), rel_tol=CLOSE, abs_tol=1e-12)
    except ValueError:
        return False
