"""One way in: whatever the package, a `Review` comes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evidence.packages.archive import Archive, read_archive
from evidence.packages.metapsy import is_metapsy, read_metapsy
from evidence.packages.model import Review
from evidence.packages.plain import read_plain
from evidence.packages.problems import PackageError
from evidence.packages.revman_web import is_revman_web, read_revman_web
from evidence.packages.rm5 import is_rm5, read_rm5


def read_package(path: str | Path, *, measure: str = "", title: str = "") -> Review:
    """Read a review from the package that its authors publish.

    Parameters
    ----------
    path
        A data package of RevMan Web (version 1 or 2, ZIP or folder), a RevMan 5 file (.rm5), a data set of
        Metapsy (CSV), or a plain CSV of effects or of arms.
    measure
        Effect measure of a plain CSV that does not name one: "RR" "OR" "RD" "PETO" "MD" "SMD", or any words
        ("hazard ratio") for effects that come computed.
    title
        Title where the package has none.

    Returns
    -------
    Review

    Raises
    ------
    PackageError
        The package cannot be read; the message names file, line, column, value and remedy.

    Examples
    --------
    >>> review = read_package("review-data.zip")  # doctest: +SKIP
    >>> [analysis.key for analysis in review.analyses()]  # doctest: +SKIP
    ['1.1', '1.2']
    """
    archive = read_archive(Path(path))
    review = _read(archive, measure, title)
    unused = tuple(f"{name} is not used." for name in archive.ignored)
    return replace(review, notes=review.notes + unused)


def _read(archive: Archive, measure: str, title: str) -> Review:
    if is_revman_web(archive):
        return read_revman_web(archive, title)
    if is_rm5(archive):
        return read_rm5(archive, title)
    tables = [name for name in archive.files if name.lower().endswith((".csv", ".tsv", ".txt"))]
    if not tables:
        raise PackageError(
            "holds no table that a review's package has",
            file=archive.name,
            remedy="Name a data package of RevMan Web, a .rm5 file, a Metapsy or another CSV.",
        )
    if is_metapsy(archive):
        return read_metapsy(archive, title)
    return read_plain(archive, measure, title)
