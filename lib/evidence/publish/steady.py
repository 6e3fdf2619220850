"""What is kept while files change is forgotten: it may be made of the old and of the new ones.

A build hashes its inputs, reads them, and keeps what it made under hashes. Where somebody saves a file in
between, what is new may be kept under what was old, or the reverse, and be shown when that state comes again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from evidence.dataset.plain import NotPlainError, read_plain
from evidence.publish.project import Project
from evidence.publish.run.records import Records
from evidence.results import memo

#: Stands while something is being made, with the inputs it began with; also after a build that was killed.
_MARK: Final = ".making"


@contextmanager
def steady(project: Project, records: Records, began: str, inputs: Callable[[], str]) -> Iterator[None]:
    """Forget what is kept inside the block if the inputs at its end are not those of its beginning.

    Parameters
    ----------
    began : str
        A hash of all that can change what is made.
    inputs : callable
        Returns that hash as it is now.
    """
    begin(project, records, began)
    try:
        yield
    finally:
        _end(project, records, inputs())


def begin(project: Project, records: Records, now: str) -> None:
    """Note that something is being made of these inputs; forget what an unended run made of others."""
    _end(project, records, now)
    (project.build / _MARK).write_text(now)


def _end(project: Project, records: Records, now: str) -> None:
    mark = project.build / _MARK
    try:
        began = read_plain(mark, 1000)
        since = mark.stat().st_mtime_ns if began is not None else 0
    except NotPlainError:
        began, since = b"", 0
    if began is not None and began.decode("ascii", "replace") != now:
        records.forget(since)
        memo.forget(project.memo)
    if mark.is_dir() and not mark.is_symlink():
        shutil.rmtree(mark)
    else:
        Path(mark).unlink(missing_ok=True)
