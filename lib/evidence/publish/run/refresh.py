"""Bring the executions up to date: run the chapters whose records no longer hold, and only those."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from evidence import dataset
from evidence.dataset import Dataset
from evidence.dataset.loading import CHECKED_VARIABLE
from evidence.dataset.recorder import Where
from evidence.dataset.views import UnknownViewError
from evidence.publish.problems import BuildError, tell
from evidence.publish.project import Project
from evidence.publish.run import chapters
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execute import run_all
from evidence.publish.run.execution import Execution, Failure
from evidence.publish.run.keeping import keeping
from evidence.publish.run.preload import preload, warm
from evidence.publish.run.records import Record, Records, Running, reasons

Say = Callable[[str], None]
Keep = Callable[[Chapter, Execution], Record]

#: From so many chapters on, questions are answered before they start.
_MANY = 8


def read_all(project: Project, records: Records, running: Running) -> list[Chapter]:
    """Read every page of the book; only those that changed are parsed.

    Raises
    ------
    BuildError
        Listing every file that is missing or cannot be read.
    """
    found, problems = [], []
    with records.parsed(running) as parsed:
        for docname in chapters.docnames(project.root):
            try:
                found.append(chapters.read(project.root, docname, parsed))
            except ValueError as error:
                problems.append(str(error))
    if problems:
        raise BuildError("\n".join(problems))
    return found


def refresh(
    project: Project, pages: Sequence[Chapter], running: Running, records: Records, say: Say = tell
) -> dict[str, Record]:
    """Run what no kept execution answers; return the execution of each chapter that has code, by docname.

    Raises
    ------
    BuildError
        Listing every failure of every chapter. Chapters that ran well are kept all the same.
    """
    ds = dataset.load(project.data)
    with keeping(project, records, running):
        return _refreshed(pages, ds, running, records, say)


def _refreshed(
    pages: Sequence[Chapter], ds: Dataset, running: Running, records: Records, say: Say
) -> dict[str, Record]:
    def ask(table: str, where: Where) -> str:
        try:
            return ds.digest(table, where)
        except UnknownViewError:
            preload()
            return ds.digest(table, where)

    coded = [page for page in pages if any(page.steps())]
    found = {page.docname: records.find(page, running, ask) for page in coded}
    held = {name: record for name, record in found.items() if record is not None}
    if pending := [page for page in coded if page.docname not in held]:
        say(f"running {len(pending)} of {len(coded)} chapters")
        before = records.current()
        why = {page.docname: reasons(page, before.get(page.docname), running, ask) for page in pending}
        held |= _run(pending, why, lambda page, execution: records.keep(page, running, execution), say, ds)
        for told in changed_prose(ds, coded):
            say(told)
    records.note(held)
    return {page.docname: held[page.docname] for page in coded}


def changed_prose(ds: Dataset, pages: list[Chapter]) -> list[str]:
    """Return one line for each paragraph that rests on a result that has changed since it was read.

    Nothing can have changed where no chapter ran, so that this is asked after a run only.

    Raises
    ------
    BuildError
        Listing the paragraphs that rest on what is no result.
    """
    from evidence.report.standing import rests

    told, problems = [], []
    for page in pages:
        try:
            told += [
                f"{page.docname}.md:{rest.line}: {rest.result} has changed; read the paragraph again, then "
                f"write what it is now: {rest.now}"
                for rest in rests(ds, page.path)
                if rest.stale
            ]
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise BuildError("\n".join(problems))
    return told


def _run(
    pending: list[Chapter], why: Mapping[str, list[str]], keep: Keep, say: Say, ds: Dataset
) -> dict[str, Record]:
    held: dict[str, Record] = {}
    failures: list[Failure] = []

    def done(chapter: Chapter, result: Execution | list[Failure]) -> None:
        count = f"[{len(held) + len(failures) + 1}/{len(pending)}] {chapter.docname}"
        if isinstance(result, list):
            failures.extend(result)
            say(f"{count}: FAILED")
            return
        held[chapter.docname] = keep(chapter, result)
        say(f"{count}: {result.seconds:.1f} s ({_short(why[chapter.docname])})")

    os.environ[CHECKED_VARIABLE] = ds.fingerprint
    if len(pending) >= _MANY:
        preload()
        warm(ds)
    run_all(pending, done)
    if failures:
        raise BuildError("\n".join(str(failure) for failure in sorted(failures, key=lambda item: item.place)))
    return held


def _short(reasons: list[str]) -> str:
    more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return reasons[0] + more
