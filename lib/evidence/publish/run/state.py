"""What runs the chapters, as two hashes: one of the library, one of the environment.

Every byte of `lib/` counts, comments and docstrings too: pages print docstrings, and a rule about which code
a chapter can reach is a rule that can be wrong. A change of the library therefore runs every chapter again.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import evidence

LIBRARY = "lib"
LOCK = "requirements.txt"
_TICK: Final = 10_000_000  # nanoseconds by which the clock of files may be behind


def digest(*texts: str) -> str:
    """Return a short hash of texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:20]


def file(path: Path) -> str:
    """Return a short hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:20]


def files(root: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield path and hash of every file below a folder that can change a result."""
    for path in sorted((root / name).rglob("*")):
        if path.is_file() and not _is_made(path.relative_to(root)):
            yield path.relative_to(root).as_posix(), file(path)


def folder(root: Path, *names: str) -> str:
    """Return one hash of every file below some folders that can change a result."""
    return digest(*(part for name in names for found in files(root, name) for part in found))


def library(root: Path) -> str:
    """Return one hash of all of the library."""
    return folder(root, LIBRARY)


def saved_since_read() -> list[str]:
    """Names of modules of the library that were saved after this process began to read it.

    What runs may be of the text before, and its hash is of the text after. A file from the future tells
    nothing: its clock is another.
    """
    here, since, now = Path(evidence.__file__).parents[1], evidence.READ_SINCE - _TICK, time.time_ns()
    loaded = {str(module.__file__) for module in [*sys.modules.values()] if getattr(module, "__file__", None)}
    own = (path for path in map(Path, sorted(loaded)) if path.is_relative_to(here) and path.is_file())
    return [path.relative_to(here).as_posix() for path in own if since <= path.stat().st_mtime_ns <= now]


def environment(root: Path) -> str:
    """Return one hash of the locked environment, of what is installed, and of Python."""
    return digest((root / LOCK).read_text(encoding="utf-8"), platform.python_version(), *installed())


def installed() -> Iterator[str]:
    """Yield name and version of every installed package, as its folder of metadata is called."""
    folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    yield from sorted(path.name for place in folders for path in Path(place).glob("*.dist-info"))


def _is_made(path: Path) -> bool:
    """Whether Python or an editor made a file: byte code, metadata of the installation, hidden files."""
    return any(part.startswith((".", "__pycache__")) or part.endswith(".egg-info") for part in path.parts)
