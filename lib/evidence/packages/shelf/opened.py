"""A CSV file as bytes, unfolded on the way, in which no line is long enough to fill the memory."""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from evidence.packages.problems import PackageError

LONGEST_LINE: Final = 100_000
"""Bytes; a row of a review has some hundreds."""


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
