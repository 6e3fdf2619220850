"""What the book keeps between runs, read and added to by the editor's commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from evidence.dataset import Dataset
from evidence.publish.project import Project
from evidence.publish.run import checked
from evidence.publish.run.keeping import keeping as run_keeping
from evidence.publish.run.records import Records, Running

#: Reads the tables of a folder.
Load: TypeAlias = Callable[[Path], Dataset]


@contextmanager
def keeping(project: Project) -> Iterator[Load]:
    """Keep results inside the block where the build keeps them and under its keys.

    Yields what loads tables, and checks only those that were not found in order before.
    """
    records, running = Records(project.executions), Running.now(project.root)
    with run_keeping(project, records, running):
        yield lambda folder: checked.load(folder, records, running)
