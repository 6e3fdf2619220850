"""Tables opened, CSV as bytes and Parquet as batches, in which nothing is long enough to fill the memory.

A file of some kilobytes may unfold to any size.
"""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from evidence.packages.problems import PackageError

LONGEST_LINE: Final = 100_000
"""Bytes; a row of a review has some hundreds."""
LARGEST_GROUP: Final = 2**30
"""Bytes of a row group of Parquet, unfolded."""


class _Lines(io.RawIOBase):
    """The bytes of a file; an error where a line is longer than any row."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name, self._since = file, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        read = self._file.read(len(buffer))
        if b"\0" in read:
            raise PackageError("holds NUL bytes", file=self._name, remedy="Write the table again.")
        end = read.rfind(b"\n")
        self._since = self._since + len(read) if end < 0 else len(read) - end - 1
        if self._since > LONGEST_LINE:
            raise PackageError(
                f"has a line of more than {LONGEST_LINE:,} bytes",
                file=self._name,
                remedy="Do not trust this table, or close the quote that a row opens.",
            )
        buffer[: len(read)] = read
        return len(read)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a CSV file, which may be compressed (``.xz``, ``.gz``).

    Raises
    ------
    PackageError
        On reading, at a line of more than `LONGEST_LINE` bytes or a NUL byte.
    """
    name = path.name.lower()
    opener = lzma.open if name.endswith(".xz") else gzip.open if name.endswith(".gz") else open
    with opener(path, "rb") as file:
        yield io.BufferedReader(_Lines(cast("IO[bytes]", file), path.name), 2**16)


def batches(path: Path, columns: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
    """Read a Parquet file, `size` rows at a time; of its columns those that are named.

    Texts stay folded: what is repeated is held once.

    Raises
    ------
    PackageError
        At a row group of more than `LARGEST_GROUP` bytes, or a text of more than `LONGEST_LINE`.
    """
    found = parquet.read_schema(path)
    wanted = [field.name for field in found if field.name in columns]
    file = parquet.ParquetFile(path, read_dictionary=[name for name in wanted if _is_text(found, name)])
    groups = (file.metadata.row_group(place).total_byte_size for place in range(file.num_row_groups))
    if max(groups, default=0) > LARGEST_GROUP:
        raise PackageError(
            f"has a row group of more than {LARGEST_GROUP:,} bytes",
            file=path.name,
            remedy="Do not trust this table, or write it in smaller row groups.",
        )
    for batch in file.iter_batches(size, columns=wanted):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if pa.types.is_dictionary(column.type) and _longest(column.dictionary) > LONGEST_LINE:
                raise PackageError(
                    f"holds a text of more than {LONGEST_LINE:,} bytes",
                    file=path.name,
                    column=name,
                    remedy="Do not trust this table.",
                )
        yield batch


def _is_text(schema: pa.Schema, name: str) -> bool:
    return bool(pa.types.is_string(schema.field(name).type))


def _longest(texts: pa.Array) -> int:
    return compute.max(compute.binary_length(texts)).as_py() or 0
