"""The pages and executions that one build publishes, gathered once and read by everything that writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evidence.publish.problems import BuildError, tell
from evidence.publish.project import Project
from evidence.publish.run import checked, hidden_input, lint
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.keeping import keeping
from evidence.publish.run.records import Record, Records, Running
from evidence.publish.run.refresh import Say, read_all, refresh
from evidence.results.store import Traced


@dataclass(frozen=True, eq=False)
class Edition:
    """The book as it is being written.

    Attributes
    ----------
    pages : sequence of Chapter
        In reading order.
    records : mapping of str to Record
        The execution of each page that has code, by docname.
    running : Running
        What ran them.
    traced : Traced
        Where results are kept.
    """

    pages: Sequence[Chapter]
    records: Mapping[str, Record]
    running: Running
    traced: Traced

    def chapter(self, docname: str) -> Chapter:
        """Return a page by its name.

        Raises
        ------
        ValueError
            When there was no such page when the build began.
        """
        for page in self.pages:
            if page.docname == docname:
                return page
        raise ValueError(f"{docname}.md came into _toc.yml while the book was being built: build it again")

    @property
    def executed(self) -> Iterator[tuple[Chapter, Record]]:
        """The pages that have code, each with its execution."""
        return ((page, self.records[page.docname]) for page in self.pages if page.docname in self.records)


_open: dict[Path, Edition] = {}


@contextmanager
def publishing(project: Project, edition: Edition) -> Iterator[None]:
    """Let everything that writes inside the block read this edition."""
    _open[project.root] = edition
    try:
        yield
    finally:
        del _open[project.root]


def is_open(project: Project) -> bool:
    """Whether an edition is being published."""
    return project.root in _open


def edition(project: Project) -> Edition:
    """Return the edition that is being published.

    Where Sphinx was started by hand, the chapters are brought up to date first, once for its process.

    Raises
    ------
    BuildError
        When a chapter cannot be read or does not run.
    """
    if project.root not in _open:
        running, records = Running.now(project.root), Records(project.executions)
        pages = read_all(project, records, running)
        _open[project.root] = current(project, pages, running, records)
    return _open[project.root]


def current(
    project: Project, pages: Sequence[Chapter], running: Running, records: Records, say: Say = tell
) -> Edition:
    """Run what has to run, and return the edition.

    Raises
    ------
    BuildError
        Listing what no chapter may do or say, before any runs, or else every failure of every chapter.
    """
    problems = lint.typed_numbers(project.root, pages) + hidden_input.hidden_inputs(project.root, pages)
    if problems:
        raise BuildError("\n".join(problems))
    return Edition(pages, refresh(project, pages, running, records, say), running, records.traced)


def standing(project: Project) -> dict[str, Record | None]:
    """Return the execution of each page that holds now, if there is one; none is run.

    What the tables answer is remembered for as long as the process runs, and by its forks.
    """
    records, running = Records(project.executions), Running.now(project.root)
    ds = checked.load(project.data, records, running)
    pages = read_all(project, records, running)
    with keeping(project, records, running):
        return {page.docname: records.find(page, running, ds.digest) for page in pages}


def last(project: Project) -> Edition:
    """Return the pages with the executions that held at the last build; none is run."""
    records, running = Records(project.executions), Running.now(project.root)
    return Edition(read_all(project, records, running), records.current(), running, records.traced)
