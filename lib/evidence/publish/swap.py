"""Put a finished folder in the place of another in one step."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

from evidence.dataset.plain import clear

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange(new: Path, old: Path) -> None:
    """Put `new` where `old` is; afterwards `new` holds what was there before, if anything.

    On Linux the two folders change places in one system call, so that a reader sees one site or the other.
    Elsewhere the old folder is moved away first and comes back if the new one cannot take its place.
    """
    if not old.exists():
        new.rename(old)
        return
    if _exchange_in_one_step(new, old):
        return
    aside = old.with_name(old.name + ".old")
    clear(aside)
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def standing(site: Path) -> Callable[[], str]:
    """Return a function that says in a sentence whether another folder has taken the place of a site."""
    before = _identity(site)

    def say() -> str:
        if _identity(site) == before:
            return "The book was not built; _build/html is as it was."
        return "The book was built; _build/html is new and whole."

    return say


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _exchange_in_one_step(new: Path, old: Path) -> bool:
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE) == 0)
