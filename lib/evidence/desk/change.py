"""A change to the tables that happens in one step or not at all."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence import dataset
from evidence.dataset import Dataset
from evidence.dataset.bibliography import FILE, bibliography
from evidence.dataset.files import read_snapshot
from evidence.desk.forms import FormRow
from evidence.desk.problems import DeskError
from evidence.desk.unused import Unused
from evidence.publish.swap import exchange


@dataclass(frozen=True)
class Change:
    """New texts for files of a data folder.

    Attributes
    ----------
    folder : Path
        The data folder.
    texts : mapping of str to str
        The new text of each file that changes, by file name.
    before : str
        Fingerprint of the folder for which the new texts were made.
    beside : mapping of str to str
        The new text of files beside the folder, by file name.
    origins : mapping of (str, int) to FormRow
        Where the new rows come from, by file name and line.
    """

    folder: Path
    texts: Mapping[str, str]
    before: str
    beside: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[tuple[str, int], FormRow] = field(default_factory=dict)

    def diff(self) -> str:
        """Show the change as a unified diff without unchanged lines around it."""
        inside = (
            (self.folder / name, f"{self.folder.name}/{name}", text) for name, text in self.texts.items()
        )
        beside = ((self.folder.parent / name, name, text) for name, text in self.beside.items())
        return "".join(
            line
            for path, name, text in (*inside, *beside)
            for line in difflib.unified_diff(
                _lines(path.read_text(encoding="utf-8")), _lines(text), name, name, n=0
            )
        )

    def at_its_origin(self, problem: dataset.Problem) -> dataset.Problem:
        """Return a problem with a new row at the line of the form that the row comes from."""
        name = problem.file.rpartition("/")[2]
        row = self.origins.get((name, problem.line))
        if row is None or not row.file:
            return problem
        column = f"{name.removesuffix('.csv')}, {problem.column}" if problem.column else name
        return replace(problem, file=row.file, line=row.lines.get(problem.column, row.line), column=column)

    def at_its_origin_text(self, item: Unused) -> str:
        """Return a result that no analysis uses, at the line of the form that it comes from."""
        row = self.origins.get((item.file, item.line))
        return (
            str(item)
            if row is None or not row.file
            else str(item).replace(f"data/{item.file}:{item.line}", row.place(), 1)
        )


def require_sound(folder: Path) -> str:
    """Return the fingerprint of a data folder in which no rule is broken.

    Raises
    ------
    DeskError
        Listing every problem.
    """
    problems = dataset.check(folder)
    if problems:
        raise DeskError(_listed("the tables break a rule already; put this right first:", problems))
    return read_snapshot(folder).fingerprint


def require_committed(folder: Path, names: Sequence[str]) -> None:
    """Refuse tables with changes that git has not got yet; outside a repository there is nothing to ask.

    Raises
    ------
    DeskError
        Naming the tables.
    """
    call = ["git", "status", "--porcelain", "--", *names]
    status = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    if status.returncode == 0 and status.stdout.strip():
        raise DeskError(
            f"these tables hold changes that are not committed:\n{status.stdout.rstrip()}\n"
            "Commit them or take them back, or add to them with --uncommitted."
        )


def apply(change: Change, *, dry_run: bool, look: Callable[[Dataset], None] = lambda _: None) -> None:
    """Check the changed tables as a whole, then put them in place together with ``references.bib``.

    The changed folder is written beside the old one and takes its place in one step.

    Parameters
    ----------
    look : callable
        Is shown the changed tables before they are put in place.

    Raises
    ------
    DeskError
        When a rule would be broken, or the folder changed meanwhile; nothing is written then.
    """
    folder = change.folder
    with TemporaryDirectory(dir=folder.parent, prefix=".desk-") as beside:
        staged = Path(beside) / folder.name
        shutil.copytree(folder, staged, symlinks=True)
        for name, text in change.texts.items():
            (staged / name).write_text(text, encoding="utf-8", newline="")
        try:
            changed = dataset.load(staged)
        except dataset.InvalidDataError as error:
            problems = [change.at_its_origin(problem) for problem in error.problems]
            raise DeskError(
                _listed("the tables would break a rule, so nothing was written:", problems)
            ) from error
        references = bibliography(changed)
        look(changed)
        if dry_run:
            return
        if read_snapshot(folder).fingerprint != change.before:
            raise DeskError("the tables changed while the command ran; nothing was written, run it again")
        _put_in_place(staged, folder, {FILE: references, **change.beside})


def _put_in_place(staged: Path, folder: Path, beside: Mapping[str, str]) -> None:
    """Exchange the folder, then write the files beside it that are there; all, or none."""
    targets = [folder.parent / name for name in beside if (folder.parent / name).exists()]
    before = {target: target.read_bytes() for target in targets}
    exchange(staged, folder)
    try:
        for target in targets:
            _write(target, beside[target.name].encode())
    except OSError:
        exchange(staged, folder)
        for target, content in before.items():
            if target.read_bytes() != content:
                target.write_bytes(content)
        raise


def _write(target: Path, content: bytes) -> None:
    unfinished = target.with_name(f"{target.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _listed(opening: str, problems: Sequence[dataset.Problem]) -> str:
    return "\n".join([opening, *(f"  {problem}" for problem in problems)])


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
