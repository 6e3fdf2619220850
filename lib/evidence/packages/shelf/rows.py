"""The rows of many reviews, in pieces that hold whole analyses.

A table of rows has the columns `review`, `comparison`, `outcome` and those of `Analysis.rows`; what it lacks
is missing. A package brings its settings too.
"""

from __future__ import annotations

import lzma
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from evidence.meta import applicability
from evidence.packages.model import NUMBERS, PRINTED, ROW, Review, Settings
from evidence.packages.problems import PackageError
from evidence.packages.reader import read_package
from evidence.packages.shelf.opened import batches, opened

KEY: Final = ("review", "comparison", "outcome")
TABLES: Final = (".csv", ".csv.xz", ".csv.gz", ".parquet")
AT_ONCE: Final = 100_000
"""Rows read at a time; an analysis of more is refused, because it has to be held whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of whole analyses.

    Attributes
    ----------
    rows : DataFrame
        Columns `KEY`, `ROW` and `analysis`, which numbers the analyses from 0 in the order of their rows.
    settings : tuple of (Settings or None)
        How each analysis was set up, where that is known.
    """

    rows: pd.DataFrame = field(repr=False)
    settings: tuple[Settings | None, ...]

    def __len__(self) -> int:
        return len(self.settings)


def is_table(path: Path) -> bool:
    """Whether a path is a table of rows rather than a package."""
    if path.is_dir() or not path.name.lower().endswith(TABLES):
        return False
    if path.name.lower().endswith(".parquet"):
        return True
    with _told(path), opened(path) as file:
        return set(KEY) <= set(pd.read_csv(file, nrows=0).columns)


def pieces(paths: Sequence[Path], size: int) -> Iterator[Piece]:
    """Pieces of about `size` analyses from tables of rows and packages.

    Raises
    ------
    PackageError
        A path that does not exist or is no file or folder, a table that cannot be read or lacks columns it
        needs, an analysis whose rows do not stand together, or a package that cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise PackageError("does not exist", file=str(path), remedy="Name tables of rows or packages.")
        if not (path.is_file() or path.is_dir()):  # reading a pipe or a device may never end
            raise PackageError(
                "is neither a file nor a folder", file=str(path), remedy="Name the file itself."
            )
        if is_table(path):
            yield from _of_table(path, size)
        else:
            yield _of_review(read_package(path))


def _of_table(path: Path, size: int) -> Iterator[Piece]:
    seen: set[int] = set()
    ready, held = pd.DataFrame(), pd.DataFrame()
    for read in _read(path):
        if read.empty:
            continue
        yield from _cut(path, ready, size, seen)
        rows = pd.concat([held, read], ignore_index=True) if len(held) else read
        last = rows[list(KEY)].eq(rows[list(KEY)].iloc[-1]).all(axis=1).to_numpy()
        cut = 0 if last.all() else len(rows) - int(np.argmin(last[::-1]))
        ready, held = rows.iloc[:cut], rows.iloc[cut:]
        if len(held) > AT_ONCE:
            review, comparison, outcome = held[list(KEY)].iloc[0]
            raise PackageError(
                f"has more than {AT_ONCE:,} rows of analysis {comparison}.{outcome} of {review}",
                file=path.name,
                remedy="Do not trust this table.",
            )
    yield from _cut(path, pd.concat([ready, held]), size, seen)


def _read(path: Path) -> Iterator[pd.DataFrame]:
    texts = {"review": str, "subgroup": str, "applicability": str, "study": str}
    if path.name.lower().endswith(".parquet"):
        with _told(path):
            for batch in batches(path, (*KEY, *ROW), AT_ONCE):
                yield _complete(path, batch.to_pandas())
        return
    with (
        _told(path),
        opened(path) as file,
        pd.read_csv(file, dtype=texts, chunksize=AT_ONCE, index_col=False) as reader,
    ):
        for chunk in reader:
            yield _complete(path, chunk)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what pandas, Arrow or a decompressor finds wrong with a file as a problem of that file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a row with more cells than the header
            yield
    except PackageError:
        raise
    except (ValueError, OSError, EOFError, lzma.LZMAError, zlib.error, pa.ArrowException, Warning) as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise PackageError(
            f"cannot be read as a table of rows ({why})", file=path.name, remedy="Write the table again."
        ) from None


def _complete(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    lacking = [name for name in (*KEY, "study") if name not in rows]
    if lacking:
        raise PackageError(
            f"is not a table of rows: column {', '.join(map(repr, lacking))} is missing", file=path.name
        )
    rows = rows.reindex(columns=[*KEY, *ROW])
    if rows.empty:
        return rows
    for name in (*NUMBERS, *PRINTED):
        try:
            rows[name] = pd.to_numeric(rows[name]).astype(np.float64)
        except (ValueError, TypeError) as error:
            raise PackageError(
                f"holds something else than numbers ({error})", file=path.name, column=name
            ) from None
        if np.isinf(rows[name]).any():
            raise PackageError(
                "holds a number without an end", file=path.name, column=name, remedy="Correct the cell."
            )
    for name in KEY[1:]:
        if not pd.api.types.is_integer_dtype(rows[name]):
            raise PackageError(
                "holds something else than whole numbers", file=path.name, column=name, remedy="Number them."
            )
    rows["applicability"] = _words(rows["applicability"], applicability.BOTH)
    rows["subgroup"] = _words(rows["subgroup"], "").str.removesuffix(".0")
    rows["review"], rows["study"] = rows["review"].astype(str), rows["study"].astype(str)
    return rows


def _words(values: pd.Series[Any], missing: str) -> pd.Series[Any]:
    return values.astype(str).where(values.notna(), missing)


def _cut(path: Path, rows: pd.DataFrame, size: int, seen: set[int]) -> Iterator[Piece]:
    if rows.empty:
        return
    keys = rows[list(KEY)]
    starts = keys.ne(keys.shift()).any(axis=1).to_numpy()
    for key in keys[starts].itertuples(index=False, name=None):
        mark = hash(key)  # a set of numbers stays small where a million analyses pass
        if mark in seen:
            raise PackageError(
                f"has rows of analysis {key[1]}.{key[2]} of {key[0]} in two places",
                file=path.name,
                remedy="Sort the table by review, comparison and outcome.",
            )
        seen.add(mark)
    number = starts.cumsum() - 1
    for first in range(0, int(number[-1]) + 1, size):
        inside = (number >= first) & (number < first + size)
        part = rows[inside].reset_index(drop=True)
        part["analysis"] = number[inside] - first
        yield Piece(part, (None,) * (int(part["analysis"].iloc[-1]) + 1))


def _of_review(review: Review) -> Piece:
    frames = []
    analyses = list(review.analyses())
    for number, analysis in enumerate(analyses):
        rows = analysis.rows.copy()
        rows.insert(0, "review", review.identifier)
        rows.insert(1, "comparison", analysis.comparison)
        rows.insert(2, "outcome", analysis.number)
        rows["analysis"] = number
        frames.append(rows)
    return Piece(pd.concat(frames, ignore_index=True), tuple(each.settings for each in analyses))
