"""What was computed from numbers alone, shared by all processes of a build and kept for the next.

A memo only saves time: what cannot be read or written, such as a file that is no database or a full disk, is
computed anew and said by nobody.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

from evidence.dataset.plain import leave_files

#: Bytes that a memo may hold; what was put longest ago goes first.
CAPACITY: Final = 128 * 1024**2
#: How long to wait for another process that writes, in seconds.
_PATIENCE: Final = 10.0
_TABLE: Final = "CREATE TABLE IF NOT EXISTS memo (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
_OLDEST: Final = (
    "DELETE FROM memo WHERE rowid IN (SELECT rowid FROM"
    " (SELECT rowid, sum(length(value)) OVER (ORDER BY rowid DESC) AS held FROM memo) WHERE held > ?)"
)

_open: list[Memo] = []
_all: WeakSet[Memo] = WeakSet()


class Memo:
    """Answers by what they were computed from, in one file.

    Parameters
    ----------
    path : Path
        The file; what else stands there, such as a pipe, is taken away.
    state : str
        Hash of the code that computes the answers: those of other code are not found.
    """

    def __init__(self, path: Path, state: str, capacity: int = CAPACITY) -> None:
        self._path, self._state, self._capacity = path, state, capacity
        self._connection: sqlite3.Connection | None = None
        self._held: dict[str, dict[str, Any]] = {}
        self._written: dict[str, int] = {}
        _all.add(self)

    def answers(self, key: str) -> dict[str, Any]:
        """Return what is known under a key, by what was asked; what is added is kept by `flush`.

        Answers are what JSON can hold, and none is ever changed.
        """
        if key not in self._held:
            self._held[key] = self._read(key)
            self._written[key] = len(self._held[key])
        return self._held[key]

    def flush(self) -> None:
        """Write what was added, and let go of the file."""
        grown = {key: known for key, known in self._held.items() if len(known) > self._written[key]}
        self._written |= {key: len(known) for key, known in grown.items()}
        try:
            if grown:
                rows = [(self._named(key), json.dumps(known)) for key, known in grown.items()]
                with self._connected() as connection:
                    connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?)", rows)
                    connection.execute(_OLDEST, (self._capacity,))
        except (sqlite3.Error, OSError):
            self._drop()
        self._close()

    def _read(self, key: str) -> dict[str, Any]:
        try:
            query = "SELECT value FROM memo WHERE key = ?"
            row = self._connected().execute(query, (self._named(key),)).fetchone()
            found = {} if row is None else json.loads(row[0])
        except (sqlite3.Error, OSError, ValueError, RecursionError):
            self._drop()
            return {}
        return found if isinstance(found, dict) else {}

    def _named(self, key: str) -> str:
        return f"{self._state}-{key}"

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            leave_files(self._path)
            self._connection = sqlite3.connect(self._path, timeout=_PATIENCE)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute(_TABLE)
        return self._connection

    def _drop(self) -> None:
        """Do without a file that cannot be used, and begin it anew next time."""
        self._close()
        forget(self._path)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def remembering(path: Path, state: str) -> Iterator[None]:
    """Remember in a file, inside the block, what code of this state computes from numbers alone."""
    memo = Memo(path, state)
    _open.append(memo)
    try:
        yield
    finally:
        _open.pop()
        memo.flush()


def current() -> Memo | None:
    """Return the memo that is open, if one is."""
    return _open[-1] if _open else None


def forget(path: Path) -> None:
    """Take away the file of a memo, with what SQLite puts beside it."""
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + ending).unlink()


def write() -> None:
    """Write what is remembered now, as at the end of a process that ends without leaving the block."""
    if _open:
        _open[-1].flush()


def _flush_all() -> None:
    for memo in _all:
        memo.flush()


os.register_at_fork(before=_flush_all)  # a connection may not be used on both sides of a fork
