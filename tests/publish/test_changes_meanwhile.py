"""A file that is saved while the book is built: no page of the old and the new together is shown later."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.publish.project import Project
from tests.publish.conftest import Book

#: Saves a file while the chapters run, the first time.
EDITS = '''

def enrolled(ds, study_id, unit="people"):
    """Say how many people a study enrolled."""
    from pathlib import Path

    root = Path(__file__).parents[2]
    if not (root / "edited").exists():
        (root / "edited").write_text("")
        path = root / NAME
        path.write_text(path.read_text().replace(OLD, NEW))
    return f"60 {unit}"
'''


def edits(book: Book, name: str, old: str, new: str) -> None:
    """Let the first chapter that asks how many people there are save a file."""
    text = EDITS.replace("NAME", repr(name)).replace("OLD", repr(old)).replace("NEW", repr(new))
    with (book.root / "lib" / "evidence" / "sample.py").open("a") as sample:
        sample.write(text)


def cold(book: Book, tmp_path) -> dict[str, bytes]:
    """The site of a checkout as a build from nothing makes it."""
    fresh = book.copy(tmp_path / "cold")
    assert fresh.build().returncode == 0
    return fresh.site()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("chapters/second.md", "A title.", "Another text."),
        ("chapters/first.md", "The trial had", "That trial had"),
        ("_templates/layout.html", "<body", '<body data-changed="1"'),
        ("CITATION.cff", "Evidence Book", "Evidence Volume"),
    ],
)
def test_what_was_made_meanwhile_is_not_shown_later(book: Book, tmp_path, name: str, old: str, new: str):
    before = (book.root / name).read_text()
    assert old in before
    edits(book, name, old, new)
    first = book.build()
    assert first.returncode == 0, first.stderr
    assert "files changed while it was built" in first.stdout
    changed = (book.root / name).read_text()
    assert changed != before
    for text in (changed, before, changed):
        (book.root / name).write_text(text)
        assert book.build().returncode == 0
        found = book.site()
        assert found == cold(book, tmp_path / os.urandom(4).hex()), "as a build from nothing makes it"


def test_a_build_that_was_killed_meanwhile_leaves_nothing_to_show(book: Book, tmp_path):
    edits(book, "chapters/second.md", "A title.", "Another text.")
    environment = os.environ | {"PYTHONPATH": str(book.root / "lib")}
    command, options = [sys.executable, "-m", "evidence", "build"], {"text": True, "start_new_session": True}
    with subprocess.Popen(
        command, cwd=book.root, env=environment, stdout=subprocess.PIPE, **options
    ) as build:
        assert build.stdout is not None
        for line in build.stdout:
            if line.startswith("writing"):
                break
        os.killpg(build.pid, signal.SIGKILL)
    assert book.build().returncode == 0
    assert "Another text." in book.page("chapters/second")
    assert book.site() == cold(book, tmp_path)


@pytest.mark.parametrize("what", ["a pipe", "a folder", "a link", "random bytes"])
def test_something_else_in_the_place_of_the_mark_is_no_hindrance(book: Book, what: str):
    mark = book.root / "_build" / ".making"
    match what:
        case "a pipe":
            os.mkfifo(mark)
        case "a folder":
            (mark / "inside").mkdir(parents=True)
        case "a link":
            mark.symlink_to("nowhere")
        case _:
            mark.write_bytes(bytes(range(256)))
    book.edit("chapters/second.md", "A title.", "Another text.")
    done = book.build()
    assert done.returncode == 0, done.stderr
    assert "Another text." in book.page("chapters/second")
    assert not mark.exists()


def by_hand(book: Book) -> subprocess.CompletedProcess[str]:
    return book.run(str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-q")


def test_a_book_that_is_built_by_hand_says_so_and_is_not_taken_for_current(book: Book, tmp_path):
    assert book.build().returncode == 0
    path = book.root / "chapters/second.md"
    before = path.read_text()
    edits(book, "chapters/second.md", "A title.", "Another text.")
    said = by_hand(book)
    assert said.returncode != 0
    assert "files changed while the book was built: build again" in said.stdout + said.stderr
    changed = path.read_text()
    assert changed != before
    for text in (before, changed):
        path.write_text(text)
        assert by_hand(book).returncode == 0
        assert ("Another text." in book.page("chapters/second")) is (text == changed)
    again = book.build()
    assert "up to date" not in again.stdout
    assert book.site() == cold(book, tmp_path)


#: Saves a module of the library before all of it is read, or while the command reads the tables.
SAVES = """
import os, sys
from pathlib import Path

path = Path(sys.argv[1]) / "lib" / "evidence" / "meta" / "pool.py"

def save():
    path.write_text(path.read_text() + "# saved\\n")

import evidence
WHEN
sys.argv[1:] = COMMAND
from evidence.cli import main
sys.exit(main())
"""
WHEN = {
    "before it hashes the library": "import evidence.meta.pool\nsave()",
    "while it runs": "from evidence.publish.run import checked\n"
    "read = checked.load\nchecked.load = lambda *given: (save(), read(*given))[1]",
}


def computed(book: Book) -> set[Path]:
    """What is kept between runs."""
    project = Project(book.root)
    return {path for path in (*project.executions.glob("*"), project.memo) if path.is_file()}


SAVED = "lib/evidence/meta/pool.py was saved while the command was starting: start it again"
CHANGED = "lib/ changed while the command ran, so that what it said may be wrong: run it again"
EXPLAIN, DIFF = ["explain", "Sigtermans2009"], ["diff", "data", "data"]


@pytest.mark.parametrize(
    ("command", "when", "expected"),
    [
        *((command, "before it hashes the library", SAVED) for command in (EXPLAIN, DIFF, ["build"])),
        *((command, "while it runs", CHANGED) for command in (EXPLAIN, DIFF)),
    ],
)
def test_a_command_under_which_the_library_changes_keeps_nothing(
    book: Book, command: list[str], when: str, expected: str
):
    before = computed(book)
    program = SAVES.replace("WHEN", WHEN[when]).replace("COMMAND", repr(command))
    said = book.run(sys.executable, "-c", program, str(book.root))
    assert (expected in said.stderr, said.returncode) == (True, 1)
    assert computed(book) <= before, "nothing is kept that was computed meanwhile"
