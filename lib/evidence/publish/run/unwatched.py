"""Refuse what a cell reads past the tables: the build could not tell when it changes.

A chapter runs again when its code, the library, the environment or what it asked of the tables changed. A
file that a cell opens by itself, or a module that stands beside the chapter, is none of these: what was made
of it would stay on the page when the file has changed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from evidence.publish.run.outputs import RefusedError
from evidence.publish.run.preload import LIBRARY

#: Folders of a checkout whose files count for every chapter, or are made by the build.
_WATCHED: Final = ("lib", "_build")
#: What Python tells of files that are opened.
_EVENTS: Final = ("open", "sqlite3.connect")
_LIBRARY: Final = str(LIBRARY) + os.sep
_CELL: Final = "<ipython-input-"


class UnwatchedFileError(RefusedError):
    """A cell reads a file of the book that the build does not watch."""


def refuse_unwatched(root: Path) -> None:
    """Let a cell of this process that opens a file below `root` fail, until the process ends.

    What the library opens when a cell asks it is let through: it says what it read. So is what cells write,
    and what is installed, whose versions count.

    Not seen is what is opened by no means of Python's: by a library in C to which a path is given (pyarrow,
    Matrix Market in scipy, a file that SQLite attaches), by a program that a cell starts, through ctypes. Nor
    are listings of folders, and files outside the book. Before anything runs, `hidden_input` refuses what a
    chapter would have to import or call for these.
    """
    below = os.path.realpath(root) + os.sep
    environments = (os.path.realpath(place) + os.sep for place in (sys.prefix, sys.base_prefix))
    installed = tuple(place for place in environments if place.startswith(below))

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event not in _EVENTS or isinstance(given[0], int) or (event == "open" and given[2] & os.O_WRONLY):
            return
        path = os.path.realpath(os.fsdecode(given[0]))
        if not path.startswith(below) or path.startswith(installed) or not Path(path).is_file():
            return
        name = path.removeprefix(below)
        first = name.split(os.sep, 1)[0]
        if first in _WATCHED or first.startswith(".") or _asked_by_library():
            return
        raise UnwatchedFileError(
            f"{name} is read past the tables: the build cannot tell when it changes, and would keep what "
            "was made of it; ask evidence.dataset for tables, and put code into lib/"
        )

    sys.addaudithook(hook)


def _asked_by_library() -> bool:
    """Whether the library, and no cell past it, does what is being done."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith((_CELL, _LIBRARY)):
            return name.startswith(_LIBRARY)
        frame = frame.f_back
    return False
