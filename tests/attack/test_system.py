"""A system that will not write or read: the build says what, why and what to do, and the old site stays."""

import errno
import os
import shutil
import sys

import pytest

from evidence.publish.problems import of_system, of_system_in
from tests.publish.conftest import Book

STANDS = "The book was not built; _build/html is as it was.\n"


def _limited(limit: int) -> str:
    return (
        "import resource, runpy, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "sys.argv = ['evidence', 'build']\n"
        "runpy.run_module('evidence', run_name='__main__')\n"
    )


@pytest.mark.parametrize("limit", [100, 30_000], ids=["an execution", "a page"])
def test_a_disk_that_takes_no_more(book: Book, limit: int) -> None:
    before = book.site()
    book.edit("chapters/first.md", "The trial had", "That trial had")
    book.edit("chapters/second.md", "\nsample.title", "\n\nsample.title")
    done = book.run(sys.executable, "-c", _limited(limit))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "developers" not in done.stderr, done.stderr
    assert "File too large; raise the limit of the size of files" in done.stderr, done.stderr
    assert done.stderr.endswith(STANDS)
    assert book.site() == before
    assert book.build().returncode == 0


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("_build", "a file"),
        ("_build/executions", "a link to nowhere"),
        ("_build/next", "a file"),
        ("_build/next", "a pipe"),
        ("_build/executions", "a pipe"),
        ("_build/.lock", "a pipe"),
        ("_build/html/.inputs", "a pipe"),
    ],
)
def test_something_else_in_the_place_of_what_is_made(book: Book, name: str, what: str) -> None:
    place = book.root / name
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    match what:
        case "a file":
            place.write_text("")
        case "a pipe":
            os.mkfifo(place)
        case _:
            place.symlink_to("nowhere")
    done = book.build()
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0 or "then build again" in done.stderr, done.stderr


def test_errors_of_the_system_are_told_with_a_remedy() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "a.html")
    assert of_system(full) == "a.html: No space left on device; free some space on its disk, then build again"
    assert of_system(OSError(errno.ENOSPC, "x")).startswith("a file: No space left on device; ")
    assert of_system(MemoryError()).startswith("memory: Cannot allocate memory; close other programs: ")
    assert of_system(FileNotFoundError(errno.ENOENT, "x", "y")) == "", "a fault of the program"
    text = "Sphinx parallel build error:\nOSError: [Errno 28] No space left on device: '/a/b.html'\n"
    assert of_system_in(text).startswith("/a/b.html: No space left on device; free")
    assert of_system_in("WARNING: nothing of the kind") == ""
