"""What is kept while files change is forgotten: it may be made of the old and of the new ones.

A build hashes its inputs, reads them, and keeps what it made under hashes. Where somebody saves a file in
between, what is new may be kept under what was old, or the reverse, and be shown when that state comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from evidence.dataset.plain import NotPlainError, clear, read_plain
from evidence.publish.problems import BuildError
from evidence.publish.project import Project
from evidence.publish.run import state
from evidence.publish.run.records import Records
from evidence.results import memo

#: Stands while something is being made, with the inputs it began with; also after a build that was killed.
_MARK: Final = ".making"


@dataclass(frozen=True)
class Watch:
    """Tells whether the inputs are those of the beginning.

    Attributes
    ----------
    began : str
        A hash of all that can change what is made.
    inputs : callable
        Returns that hash as it is now.
    """

    began: str
    inputs: Callable[[], str]

    @cached_property
    def held(self) -> bool:
        """Whether the inputs had not changed when this was first asked, once all was made."""
        return self.inputs() == self.began


@contextmanager
def steady(project: Project, records: Records, began: str, inputs: Callable[[], str]) -> Iterator[Watch]:
    """Forget what is kept inside the block if the inputs at its end are not those of its beginning.

    What a run left that was killed is forgotten too, if it was made of other inputs than these.

    Raises
    ------
    BuildError
        When a module of the library was saved after this process had begun to read it.
    """
    if why := library_moved():
        raise BuildError(why)
    mark, watch = project.build / _MARK, Watch(began, inputs)
    _forget_unless(began, project, records)
    mark.write_text(began)
    try:
        yield watch
    finally:
        _forget_unless(began if watch.held else "", project, records)


def library_moved() -> str:
    """Say which modules may be other than those that run, and what to do; empty where none is."""
    saved = state.saved_since_read()
    said = f"{saved[0]}{f' and {len(saved) - 1} more' if len(saved) > 1 else ''}" if saved else ""
    return f"lib/{said} was saved while the command was starting: start it again" if said else ""


def forget(project: Project, records: Records, since: int) -> None:
    """Forget what was kept since a time, in nanoseconds as files have it, and what follows from numbers."""
    records.forget(since)
    memo.forget(project.memo)


def _forget_unless(made_of: str, project: Project, records: Records) -> None:
    """Take the mark away, and what was kept since it was made unless it names these inputs."""
    mark = project.build / _MARK
    try:
        began = read_plain(mark, 1000)
        since = mark.stat().st_mtime_ns if began is not None else 0
    except NotPlainError:
        began, since = b"", 0
    if began is not None and began.decode("ascii", "replace") != made_of:
        forget(project, records, since)
    clear(mark)
