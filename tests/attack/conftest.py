"""A small book that has been built, to be attacked."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import pytest

from tests.publish.conftest import Book, book, built

__all__ = ["SHORT", "Build", "book", "build", "built"]

#: The first line of a chapter's code, and the same with an hour before it.
SHORT = "from evidence import dataset, sample\n\npeople"
LONG = f"from evidence import nap\n\nnap.sleep(3600)\n{SHORT}"
#: Waits, with a program beside it.
NAP = """
from subprocess import Popen
from time import sleep as _sleep


def sleep(seconds):
    Popen(["sleep", "20"])
    _sleep(seconds)
"""


@dataclass(frozen=True)
class Build:
    """A build that runs."""

    book: Book
    process: subprocess.Popen[str]

    def until(self, said: str) -> None:
        """Wait for a line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if said in line:
                return
        pytest.fail(f"the build ended before {said!r}: {self.end()[1]}")

    def children(self) -> list[psutil.Process]:
        """Every process below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> tuple[str, str]:
        """What it wrote. A child that lives on keeps the pipe open, so this ends when the last one has."""
        return self.process.communicate(timeout=10)

    def mend(self) -> None:
        """Take the hour out of the chapter again."""
        self.book.edit("chapters/first.md", LONG, SHORT)


@pytest.fixture
def build(book: Book) -> Iterator[Build]:
    """A build of the small book, whose first chapter runs for an hour."""
    (book.root / "lib" / "evidence" / "nap.py").write_text(NAP)
    book.edit("chapters/first.md", SHORT, LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "evidence", "build"],
        cwd=book.root,
        env=os.environ | {"PYTHONPATH": str(book.root / "lib")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A run of the tests in the background hands down that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        running = Build(book, process)
        yield running
        if process.poll() is None:
            for child in running.children():
                child.kill()
            process.kill()
