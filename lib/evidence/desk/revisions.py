"""A version of the tables: a folder, or what git has under a revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence import dataset
from evidence.dataset import Dataset
from evidence.desk.kept import Load
from evidence.desk.problems import DeskError


@contextmanager
def tables(name: str, root: Path, load: Load = dataset.load) -> Iterator[Dataset]:
    """Load a version of the tables.

    Parameters
    ----------
    name : str
        A folder with a `datapackage.json` (or with a folder `data` that has one), or a git revision such as
        ``HEAD``, ``main`` or ``v1.0``.
    root : Path
        The checkout whose git is asked.
    load : callable
        Reads and checks a folder.

    Raises
    ------
    DeskError
        When it is neither, or the tables break a rule of today's library.
    """
    with TemporaryDirectory() as unpacked:
        folder = _folder(Path(name)) or _from_git(name, root, Path(unpacked))
        try:
            found = load(folder)
        except dataset.InvalidDataError as error:
            raise DeskError(f"{name}: {error}") from error
        yield found


def _folder(path: Path) -> Path | None:
    return next((item for item in (path, path / "data") if (item / "datapackage.json").is_file()), None)


def _from_git(revision: str, root: Path, target: Path) -> Path:
    call = ["git", "archive", "--format=tar", f"{revision}:data"]
    if revision.startswith("-") or "\0" in revision:  # git would take it for an option; some write files
        raise DeskError(f"{revision!r} is neither a folder of tables nor a git revision")
    answer = subprocess.run(call, cwd=root, capture_output=True, check=False)
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip()
        raise DeskError(
            f"{revision!r} is neither a folder of tables nor a git revision with a folder data: {said}"
        )
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as archive:
        folder = target / "data"
        folder.mkdir()
        for member in archive.getmembers():  # no link and nothing outside; Python 3.11.2 has no filter for it
            if (file := archive.extractfile(member) if member.isreg() else None) and "/" not in member.name:
                (folder / member.name).write_bytes(file.read())
    return target / "data"
