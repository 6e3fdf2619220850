"""Build the whole site beside the old one and put it in its place in one step."""

from __future__ import annotations

import fcntl
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import IO, TYPE_CHECKING

from evidence.dataset.plain import NotPlainError, clear, leave_files, read_plain
from evidence.publish import swap
from evidence.publish.ending import undisturbed
from evidence.publish.problems import BuildError, of_system_in, tell
from evidence.publish.project import Project
from evidence.publish.run import state

if TYPE_CHECKING:
    from evidence.publish.run.records import Records
    from evidence.publish.steady import Watch

#: Stands in a site with the inputs that it was built from.
STAMP = ".inputs"
_INPUTS = ("_config.yml", "_toc.yml", "references.bib", "requirements.txt", "CITATION.cff", "imprint.yml")
_FOLDERS = ("chapters", "data", "lib", "_static", "_templates")


def build(project: Project, say: Callable[[str], None] = tell) -> bool:
    """Build what changed; return False where the site was up to date.

    Raises
    ------
    BuildError
        Listing everything that is wrong. The old site stays as it was.
    """
    with alone(project):
        inputs = inputs_of(project)
        if _stamp(project.site) == inputs:
            say("up to date: nothing changed since _build/html was built")
            return False
        from evidence.publish.run.records import Records
        from evidence.publish.steady import steady

        records = Records(project.executions)
        with steady(project, records, inputs, lambda: inputs_of(project)) as watch:
            _build(project, records, watch, say)
        return True


def _build(project: Project, records: Records, watch: Watch, say: Callable[[str], None]) -> None:
    from evidence.publish.run import checked
    from evidence.publish.run.edition import current, publishing
    from evidence.publish.run.records import Running
    from evidence.publish.run.refresh import read_all
    from evidence.publish.site.bodies import bodies

    started, running = time.perf_counter(), Running.now(project.root)
    try:
        checked.load(project.data, records, running)
    except ValueError as error:
        raise BuildError(str(error)) from error
    pages = read_all(project, records, running)
    edition = current(project, pages, running, records, say)
    found = bodies(project, edition)
    say(f"writing {len(pages) - len(found.kept)} of {len(pages)} pages")
    with publishing(project, edition):
        _write(project)
    (project.next_site / STAMP).write_text(watch.began if watch.held else "")
    with undisturbed():
        swap.exchange(project.next_site, project.site)
    clear(project.next_site.parent)
    say(f"built _build/html in {time.perf_counter() - started:.1f} s")
    if not watch.held:
        say("files changed while it was built: build again")


def is_current(project: Project) -> bool:
    """Whether the site is what the checkout gives."""
    return _stamp(project.site) == inputs_of(project)


def _write(project: Project) -> None:
    """Run Sphinx into a fresh folder; any warning is an error."""
    from jupyter_book.sphinx import build_sphinx

    clear(project.next_site.parent)
    project.next_site.mkdir(parents=True)
    said = io.StringIO()
    with redirect_stderr(said):
        status = build_sphinx(
            str(project.root),
            str(project.next_site),
            noconfig=True,
            path_config=str(project.root / "_config.yml"),
            confoverrides={"latex_individualpages": False},
            doctreedir=project.next_site.parent / "doctrees",
            freshenv=True,
            warningiserror=True,
            keep_going=True,
            quiet=True,
            jobs=os.cpu_count() or 1,
        )
    if isinstance(status, OSError):
        raise status
    complaints = said.getvalue().strip()
    if status or complaints:
        raise BuildError(of_system_in(complaints) or complaints or f"Sphinx failed: {status}")


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """Refuse to run beside another build of the same checkout."""
    project.build.mkdir(exist_ok=True)
    with _lock(project.build / ".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError("another build of this folder is running; wait for it to end") from None
        yield


def _lock(path: Path) -> IO[bytes]:
    """Open the file that a build holds on to; what else stands there, such as a pipe, goes."""
    leave_files(path)
    return path.open("ab")


def inputs_of(project: Project) -> str:
    """Fingerprint everything that can change a byte of the site."""
    files = [project.root / name for name in _INPUTS]
    files += sorted(project.root.glob("*.md"))
    single = (f"{path.relative_to(project.root)}\0{state.file(path)}" for path in files if path.is_file())
    return state.digest(state.environment(project.root), *single, state.folder(project.root, *_FOLDERS))


def _stamp(site: Path) -> str:
    """Return what the site was built from; nothing where it cannot be told."""
    try:
        return (read_plain(site / STAMP, 1000) or b"").decode("ascii", "replace")
    except NotPlainError:
        return ""
