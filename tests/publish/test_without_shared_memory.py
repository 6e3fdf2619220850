"""Containers may have no shared memory (`/dev/shm`): nothing of a build asks for it."""

import sys

from tests.publish.conftest import Book

#: Locks between processes stand in shared memory.
PROGRAM = """
import sys
from multiprocessing import synchronize

class NoMemory:
    @staticmethod
    def SemLock(*_):
        raise PermissionError(13, "Permission denied")

synchronize._multiprocessing = NoMemory
sys.argv[1:] = ["build"]
from evidence.cli import main
sys.exit(main())
"""


def test_a_build_needs_no_shared_memory(book: Book):
    book.edit("chapters/first.md", "The trial had", "In it were")
    book.edit("chapters/first.md", 'enrolled(dataset.load(), "Sig', 'enrolled(dataset.load(),  "Sig')
    said = book.run(sys.executable, "-c", PROGRAM)
    assert said.returncode == 0, said.stderr
    assert "chapters/first" in said.stdout
    assert "In it were 60 people" in book.page("chapters/first")
