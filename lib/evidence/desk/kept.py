"""What the book keeps between runs, read and added to by the editor's commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evidence.dataset.views import kept_in
from evidence.publish.project import Project
from evidence.publish.run import state
from evidence.publish.run.records import Records, Running


@contextmanager
def keeping(project: Project) -> Iterator[None]:
    """Keep results inside the block where the build keeps them and under its keys."""
    running = Running.now(project.root)
    with kept_in(Records(project.executions).traced, state.digest(running.library, running.environment)):
        yield
