"""A build that is stopped ends with its children and says what stands, and leaves the old site."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from evidence.publish import swap
from evidence.publish.ending import sweep

from .conftest import Build

STANDS = "The book was not built; _build/html is as it was."


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_ends_with_its_children(build: Build, sent: signal.Signals) -> None:
    before = build.book.site()
    build.until("running")
    while not (children := [child for child in build.children() if child.name() != "sleep"]):  # a chapter
        assert build.process.poll() is None
    send = os.killpg if sent is signal.SIGINT else os.kill  # Ctrl-C reaches the children too
    send(build.process.pid, sent)
    out, err = build.end()
    assert build.process.returncode == -sent
    assert "Traceback" not in out + err
    if sent is not signal.SIGKILL:
        assert err == f"\nStopped by {sent.name}. {STANDS}\n"
    _, alive = psutil.wait_procs(children, timeout=2)
    assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]
    assert build.book.site() == before
    if sent is signal.SIGKILL:
        build.mend()
        done = build.book.build()
        assert done.returncode == 0, done.stderr


def test_a_program_that_a_chapter_started_ends_with_the_build(build: Build) -> None:
    build.until("running")
    while not (programs := [child for child in build.children() if child.name() == "sleep"]):
        assert build.process.poll() is None
    build.process.terminate()
    build.end()
    _, alive = psutil.wait_procs(programs, timeout=2)
    assert not [program for program in alive if program.status() != psutil.STATUS_ZOMBIE]


def test_the_folders_of_a_killed_build_are_swept() -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    left = Path(tempfile.gettempdir()) / f"evidence-{int(dead.stdout)}-x"
    kept = Path(tempfile.gettempdir()) / f"evidence-{os.getpid()}-x"
    try:
        left.mkdir()
        kept.mkdir()
        sweep()
        assert (left.exists(), kept.exists()) == (False, True)
    finally:
        shutil.rmtree(left, ignore_errors=True)
        kept.rmdir()


def test_what_stands_is_told_by_the_folder(tmp_path: Path) -> None:
    site, new = tmp_path / "html", tmp_path / "new"
    site.mkdir()
    new.mkdir()
    stands = swap.standing(site)
    (site / "page.html").write_text("")
    assert stands() == STANDS
    swap.exchange(new, site)
    assert stands() == "The book was built; _build/html is new and whole."


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    command = f"{sys.executable} -m evidence check {tmp_path} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
