"""Bring the executions up to date: run the chapters whose records no longer hold, and only those."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from evidence import dataset
from evidence.publish.problems import BuildError, tell
from evidence.publish.project import Project
from evidence.publish.run import chapters, fingerprint, store
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execute import Execution, Failure, run_all
from evidence.publish.run.fingerprint import Library

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stale:
    """A chapter that has to run again, and why."""

    chapter: Chapter
    reasons: list[str]


def read_all(project: Project) -> list[Chapter]:
    """Read every page of the book.

    Raises
    ------
    BuildError
        Listing every file that is missing or cannot be read.
    """
    found, problems = [], []
    for docname in chapters.docnames(project.root):
        try:
            found.append(chapters.read(project.root, docname))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise BuildError("\n".join(problems))
    return found


def stale(project: Project, pages: list[Chapter]) -> list[Stale]:
    """Return the chapters whose records no longer hold."""
    ds = dataset.load(project.data)
    library = Library(project.library)
    environment = fingerprint.environment(project.root)

    def why(chapter: Chapter) -> list[str]:
        record = store.load(project.executions, chapter.docname)
        return store.reasons(chapter, record, library, environment, ds.digest)

    return [Stale(page, reasons) for page in pages if any(page.steps()) and (reasons := why(page))]


def refresh(project: Project, pages: list[Chapter], say: Say = tell) -> list[str]:
    """Run what is stale and keep the results; return the names of the chapters that ran.

    Raises
    ------
    BuildError
        Listing every failure of every chapter. Chapters that ran well are kept all the same.
    """
    pending = stale(project, pages)
    if not pending:
        return []
    library = Library(project.library)
    environment = fingerprint.environment(project.root)
    reasons = {item.chapter.docname: _short(item.reasons) for item in pending}
    finished: list[str] = []
    failures: list[Failure] = []

    def done(chapter: Chapter, result: Execution | list[Failure]) -> None:
        finished.append(chapter.docname)
        count = f"[{len(finished)}/{len(pending)}] {chapter.docname}"
        if isinstance(result, list):
            failures.extend(result)
            say(f"{count}: FAILED")
            return
        store.save(
            project.executions, chapter.docname, store.make_record(chapter, result, library, environment)
        )
        say(f"{count}: {result.seconds:.1f} s ({reasons[chapter.docname]})")

    say(f"running {len(pending)} of {sum(any(page.steps()) for page in pages)} chapters")
    os.environ[dataset.store.CHECKED_VARIABLE] = dataset.load(project.data).fingerprint
    run_all([item.chapter for item in pending], done)
    if failures:
        raise BuildError("\n".join(str(failure) for failure in sorted(failures, key=lambda item: item.place)))
    return finished


def _short(reasons: list[str]) -> str:
    more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return reasons[0] + more
