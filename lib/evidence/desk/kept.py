"""What the book keeps between runs, read and added to by the editor's commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from evidence.dataset import Dataset
from evidence.desk.problems import DeskError
from evidence.publish.project import Project
from evidence.publish.run import checked
from evidence.publish.run.keeping import keeping as run_keeping
from evidence.publish.run.records import Records, Running
from evidence.publish.steady import forget, library_moved

#: Reads the tables of a folder.
Load: TypeAlias = Callable[[Path], Dataset]


@contextmanager
def keeping(project: Project) -> Iterator[Load]:
    """Keep results inside the block where the build keeps them and under its keys.

    Yields what loads tables, and checks only those that were not found in order before. Where the library
    changes meanwhile, what was kept is forgotten: it may be of the old code under the hash of the new.

    Raises
    ------
    DeskError
        When the library was saved before all of it was read, or until the end of the block.
    """
    if why := library_moved():
        raise DeskError(why)
    since, records, running = time.time_ns(), Records(project.executions), Running.now(project.root)
    try:
        with run_keeping(project, records, running):
            yield lambda folder: checked.load(folder, records, running)
    finally:
        held = Running.now(project.root) == running
        if not held:
            forget(project, records, since)
    if not held:
        raise DeskError("lib/ changed while the command ran, so that what it said may be wrong: run it again")
