"""Builds that start at once: forks of a process that has imported what builds need and asked the tables.

Importing takes longer than writing a page in which a word changed. A change of the library or of its
environment ends the process, and the next build starts another, so that changed code is read anew.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Final, NamedTuple, NoReturn

from evidence.publish.project import Project
from evidence.publish.run.records import Running

#: What `_config.yml` makes Sphinx load beside its own.
_EXTENSIONS: Final = (
    "evidence.publish.build",
    "evidence.publish.extension",
    "evidence.publish.site.connect",
    "jupyter_book.sphinx",
    "myst_nb",
    "sphinx_design",
    "sphinxcontrib.bibtex",
)


class Ended(NamedTuple):
    """How a build ended: its exit code, and what it said was wrong."""

    code: int
    problems: str


class Builder:
    """Builds a project, each time in a process of its own."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._running: Running | None = None
        self._asked: Connection | None = None

    def build(self) -> Ended:
        """Build the site; what it says goes where this process's words go."""
        if self._running != (running := Running.now(self._project.root)) or self._asked is None:
            self.close()
            self._asked, self._running = self._start(), running
        try:
            self._asked.send("build")
            return Ended(*self._asked.recv())
        except (EOFError, OSError):
            self.close()
            return Ended(1, "the process that builds has ended; the next change starts another\n")

    def close(self) -> None:
        """End the process from which builds start."""
        if self._asked is not None:
            self._asked.close()
            self._process.join()
        self._asked = None

    def _start(self) -> Connection:
        ours, its = multiprocessing.Pipe()
        spawn = multiprocessing.get_context("spawn")  # new: this one may have read code that has changed
        self._process = spawn.Process(target=serve, args=(self._project, its))
        self._process.start()
        its.close()
        return ours


def serve(project: Project, asked: Connection) -> None:
    """Build as often as is asked, until the other end of the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the builds end themselves
    with contextlib.suppress(Exception):  # what is wrong with the library, the build says
        _prepare()
    with contextlib.suppress(EOFError, BrokenPipeError):
        _read(project)
        while asked.recv():
            asked.send(tuple(_built()))
            _read(project)


def _prepare() -> None:
    """Import what builds need."""
    from sphinx.application import builtin_extensions

    from evidence.publish.run.preload import preload

    preload()
    for name in (*builtin_extensions, *_EXTENSIONS):
        import_module(name)
    gc.freeze()


def _read(project: Project) -> None:
    """Read the tables, and ask them what the chapters asked, if the site is what the checkout gives."""
    with contextlib.suppress(Exception):  # what is wrong with the book, the build says
        from evidence.publish.build import is_current
        from evidence.publish.run.edition import standing

        if is_current(project):
            standing(project)
            gc.freeze()


def _built() -> Ended:
    with tempfile.TemporaryFile() as said:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _build(said.fileno())
        _, status = os.waitpid(pid, 0)
        said.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), said.read().decode(errors="replace"))


def _build(said: int) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(said, 2)
        from evidence.cli import main

        code = main(["build"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
