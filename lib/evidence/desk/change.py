"""A change to the tables that happens in one step or not at all."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence import dataset
from evidence.dataset.bibliography import FILE, bibliography
from evidence.dataset.files import read_snapshot
from evidence.desk.problems import DeskError
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
    """

    folder: Path
    texts: Mapping[str, str]
    before: str

    def diff(self) -> str:
        """Show the change as a unified diff without unchanged lines around it."""
        return "".join(
            line
            for name, text in self.texts.items()
            for line in difflib.unified_diff(
                _lines((self.folder / name).read_text(encoding="utf-8")),
                _lines(text),
                f"{self.folder.name}/{name}",
                f"{self.folder.name}/{name}",
                n=0,
            )
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


def apply(change: Change, *, dry_run: bool) -> None:
    """Check the changed tables as a whole, then put them in place together with ``references.bib``.

    The changed folder is written beside the old one and takes its place in one step.

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
            references = bibliography(dataset.load(staged))
        except dataset.InvalidDataError as error:
            raise DeskError(
                _listed("the tables would break a rule, so nothing was written:", error.problems)
            ) from error
        if dry_run:
            return
        if read_snapshot(folder).fingerprint != change.before:
            raise DeskError("the tables changed while the command ran; nothing was written, run it again")
        _put_in_place(staged, folder, references)


def _put_in_place(staged: Path, folder: Path, references: str) -> None:
    exchange(staged, folder)
    target = folder.parent / FILE
    if not target.exists():
        return
    unfinished = target.with_suffix(".bib.part")
    try:
        unfinished.write_text(references, encoding="utf-8")
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        exchange(staged, folder)
        raise


def _listed(opening: str, problems: Sequence[dataset.Problem]) -> str:
    return "\n".join([opening, *(f"  {problem}" for problem in problems)])


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
