"""`python -m evidence shelf`: from rows to a folder with the table, the page and the picture."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from evidence.packages.problems import PackageError
from evidence.packages.shelf.page import write
from evidence.packages.shelf.run import Finished, Say, run

TABLE: Final = "analyses.parquet"
EVERY: Final = 5.0
"""Seconds between two lines of progress."""


def shelve(
    paths: Sequence[Path],
    folder: Path,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    stream: TextIO = sys.stderr,
) -> Finished:
    """Assess a shelf and write its folder in one step.

    Parameters
    ----------
    paths
        Tables of rows and packages.
    folder
        Made new, or an older shelf that is replaced.
    scheduler, workers
        As in `run`.
    stream
        Where progress is shown.

    Raises
    ------
    PackageError
        Rows that cannot be read, or a folder that holds something else.
    """
    if folder.exists() and not (folder / TABLE).is_file():
        raise PackageError(
            "exists and is no shelf", file=str(folder), remedy="Name another folder with --out."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        finished = run(paths, unfinished / TABLE, scheduler=scheduler, workers=workers, say=_progress(stream))
        if not finished.results:
            raise PackageError("No rows were found", remedy="Name a table of rows or a package.")
        write(unfinished / TABLE, unfinished)
        unfinished.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return finished


def _progress(stream: TextIO) -> Say:
    """One line that says how far the run is: rewritten on a terminal, every few seconds elsewhere."""
    last = [-EVERY]

    def say(analyses: int, seconds: float) -> None:
        line = f"{analyses:,} analyses, {analyses / max(seconds, 1e-9):,.0f} a second"
        if stream.isatty():
            print(f"\r{line}", end="", file=stream, flush=True)
        elif seconds - last[0] >= EVERY:
            last[0] = seconds
            print(line, file=stream, flush=True)

    return say
