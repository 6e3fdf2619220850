"""Where a checkout keeps what its library computes: results of the tables, and answers to numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evidence.dataset.views import kept_in
from evidence.publish.project import Project
from evidence.publish.run import state
from evidence.publish.run.records import Records, Running
from evidence.results.memo import remembering


@contextmanager
def keeping(project: Project, records: Records, running: Running) -> Iterator[None]:
    """Keep, inside the block, what the library and the environment that run compute."""
    code = state.digest(running.library, running.environment)
    with kept_in(records.traced, code), remembering(project.memo, code):
        yield
