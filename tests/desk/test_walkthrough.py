"""A new editor in a scratch copy: a sentence, the MID, a made-up trial, the preview, and all clean again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
import yaml

from .checkout import Checkout
from .form import DOE

#: One report and a page about it: building the whole book would take a test's worth of minutes.
TOC = "format: jb-book\nroot: index\nparts:\n- caption: About\n  chapters:\n  - file: about\n"
REPORT = "chapters/ketamine/crps"
SECONDS = 240


@pytest.fixture
def book(clone) -> Checkout:
    """A book with one report, as `new chapter` starts it."""
    clone.run("git", "rm", "-rq", "chapters/ketamine")
    (clone.root / "_toc.yml").write_text(TOC)
    (clone.root / "index.md").write_text("# A small book\n\nFront page.\n")
    (clone.root / "about.md").write_text("# About\n\nA page.\n")
    clone.evidence("new", "chapter", "ketamine", "crps")
    clone.run("git", "add", ".")
    clone.run("git", "-c", "user.name=E", "-c", "user.email=e@example.org", "commit", "-qm", "A small book")
    return clone


@contextmanager
def preview(book, log):
    """Run `make preview`'s command; give the address of the report."""
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        port = taken.getsockname()[1]
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "evidence", "preview", "--no-browser", "--port", str(port)],
            cwd=book.root,
            env=book.environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            yield f"http://localhost:{port}/{REPORT}.html"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def wait_for(address, log, shown, gone=()):
    """Wait until the page shows some texts and others no more."""
    page = ""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address) as answer:
                page = answer.read().decode()
        except urllib.error.URLError:
            page = ""
        if page and all(text in page for text in shown) and not any(text in page for text in gone):
            return page
        time.sleep(0.3)
    raise AssertionError(f"{shown} or not {gone} never came\n{log.read_text()}")


@pytest.mark.xdist_group("browser")
def test_a_new_editor_changes_the_book_sees_it_and_leaves_it_clean(book, tmp_path):
    log = tmp_path / "preview.log"
    asked = "% Write: which trial is missing: for whom, against what, measured how and when."
    written = "A comparator that sedates is missing."
    book.edit(f"{REPORT}.md", asked, written)
    book.edit("data/settings.csv", "main_mid,10,", "main_mid,15,")
    with preview(book, log) as address:
        page = wait_for(address, log, [written, "15 points"], ["Doe 2026"])
        assert "livereload.js" in page
        starts = ("-% Write: which", "+A comparator", "-main_mid,10", "+main_mid,15")
        assert all(line.startswith(start) for line, start in zip(book.changed(), starts, strict=True))

        form = tmp_path / "doe.yaml"
        form.write_text(yaml.safe_dump(DOE))
        book.evidence("add", "study", str(form))
        book.run("git", "checkout", "-q", "chapters", "data/settings.csv")
        assert all(line.startswith("+") for line in book.changed())
        wait_for(address, log, ["Doe 2026"], [written])
        text = book.evidence("diff")
        assert "Studies added: Doe2026." in text
        assert "### Intravenous ketamine: complex regional pain syndrome, 2 days to 1 week" in text
        explained = book.evidence("explain", "Doe2026")
        assert f"{REPORT}.md asked for " in explained

    book.evidence("remove", "study", "Doe2026", "--uncommitted")
    assert book.status() == ""
