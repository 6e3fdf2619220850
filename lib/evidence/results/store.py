"""What was computed and is kept: JSON under keys that hold all it was computed from, so undo is free.

The files lie in a `zict.File`, which keeps bytes and nothing else: nothing here is ever unpickled or
evaluated. A file that is cut off, changed or of another shape counts as one that is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from zict import File, Func

from evidence.dataset import Query
from evidence.dataset.plain import clear
from evidence.dataset.views import Ask

_CHECKSUM: Final = 64  # hexadecimal digits of SHA-256
_UNREADABLE: Final = (KeyError, OSError, ValueError, AssertionError, RecursionError)
#: Bytes that a store may hold; what was used longest ago goes first.
CAPACITY: Final = 512 * 1024**2
#: Different lists of queries that are remembered for one place.
_LISTS: Final = 16


class Store:
    """A folder of values by key.

    Parameters
    ----------
    folder : Path
        Is made where it does not exist. What lies there and is no plain file is taken away.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        _only_files(folder)
        self._files = File(folder)
        self._values: Func[str, Any, bytes] = Func(_dump, _load, self._files)
        self._listed: dict[str, str] = {}
        self._listed_at = 0

    def get(self, key: str) -> Any:
        """Return the value of a key; None where there is none that can be read."""
        if key not in self._files and not self._appeared(key):
            return None
        with contextlib.suppress(OSError):
            os.utime(self._folder / self._files.filenames[key])
        try:
            return self._values[key]
        except _UNREADABLE:
            return None

    def _appeared(self, key: str) -> bool:
        """Whether another process, such as another chapter's, has put a value under a key since."""
        if (now := self._changed_at()) != self._listed_at:
            with os.scandir(self._folder) as entries:
                self._listed = {entry.name.rpartition("#")[0]: entry.name for entry in entries}
            self._listed_at = now
        if key not in self._listed:
            return False
        self._files.filenames[key] = self._listed[key]
        return True

    def _changed_at(self) -> int:
        return self._folder.stat().st_mtime_ns

    def put(self, key: str, value: Any) -> None:
        """Keep a value that JSON can hold.

        Raises
        ------
        OSError
            When it cannot be written, as on a full disk; what was half written is taken away.
        """
        listed = self._changed_at() == self._listed_at
        self._forget(key)
        try:
            self._values[key] = value
            if listed:  # what this process puts there itself is no reason to look again
                self._listed_at = self._changed_at()
        except OSError:
            for path in self._folder.glob(f"{key}#*"):
                path.unlink(missing_ok=True)
            raise

    def _forget(self, key: str) -> None:
        """Take away what stands under a key; another process may have done so, or have put its own there."""
        if (name := self._files.filenames.pop(key, None)) is not None:
            (self._folder / name).unlink(missing_ok=True)

    def forget(self, since: int) -> None:
        """Take away what was put or used at a time or later, in nanoseconds as files have it."""
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.lstat().st_mtime_ns >= since:
                    path.unlink()

    def prune(self, capacity: int = CAPACITY) -> None:
        """Take away what was used longest ago, until the rest fits."""
        found = [(path.stat(), path) for path in self._folder.iterdir()]
        held = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda item: item[0].st_mtime):
            if held <= capacity:
                return
            path.unlink()
            held -= stat.st_size


class Memory:
    """Values by key for as long as the process runs, where nothing is to be written."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """Return the value of a key, or None."""
        return self._values.get(key)

    def put(self, key: str, value: Any) -> None:
        """Keep a value."""
        self._values[key] = value


class Traced:
    """Values kept by where they are computed (code, arguments) and by what the tables answered.

    Several are kept for each place: going back to a former state of the tables finds what it gave then.
    """

    def __init__(self, store: Store | Memory) -> None:
        self._store = store

    def find(self, place: str, ask: Ask) -> Any:
        """Return what was kept at a place while the tables answered as they do now; None for nothing."""
        for asked in self._store.get(_asked(place)) or []:
            try:
                answers = [[table, where, ask(table, where)] for table, where in asked]
            except (ValueError, KeyError, TypeError):
                continue  # a table, a column or a word of a vocabulary is gone, or the list is no list
            if (value := self._store.get(_answered(place, answers))) is not None:
                return value
        return None

    def known(self, key: str) -> bool:
        """Whether something was noted."""
        return bool(self._store.get(key))

    def note(self, key: str) -> None:
        """Note something for later."""
        if not self.known(key):
            self._store.put(key, True)

    def keep(self, place: str, queries: Sequence[Query], value: Any) -> str:
        """Keep a value with the queries behind it, and return its key.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        asked = [[query["table"], query["where"]] for query in queries]
        key = key_of(place, queries)
        self._store.put(key, value)
        known = [other for other in self._store.get(_asked(place)) or [] if other != asked]
        self._store.put(_asked(place), [asked, *known][:_LISTS])
        return key


def _asked(place: str) -> str:
    return f"{place}-asked"


def key_of(place: str, queries: Sequence[Query]) -> str:
    """Return the key of what was computed at a place from these answers."""
    return _answered(place, [[query["table"], query["where"], query["digest"]] for query in queries])


def _answered(place: str, answers: list[list[Any]]) -> str:
    text = json.dumps(answers, sort_keys=True)
    return f"{place}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def _only_files(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(folder):
        if not entry.is_file(follow_symlinks=False):
            clear(Path(entry))


def _dump(value: Any) -> bytes:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest().encode() + content


def _load(stored: bytes | bytearray | memoryview) -> Any:
    whole = bytes(stored)
    checksum, content = whole[:_CHECKSUM], whole[_CHECKSUM:]
    if checksum != hashlib.sha256(content).hexdigest().encode():
        raise ValueError("the file is not what was kept")
    return json.loads(content)
