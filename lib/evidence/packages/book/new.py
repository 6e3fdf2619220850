"""`python -m evidence new book`: a complete book from a package, in one step or not at all."""

from __future__ import annotations

import datetime
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

import yaml

from evidence.packages.book import pages
from evidence.packages.book.tables import write_tables
from evidence.packages.check import check
from evidence.packages.model import Review
from evidence.packages.problems import PackageError
from evidence.packages.reader import read_package

VERSION: Final = "0.1.0"
COPIED: Final = ("_static", "_templates", "requirements.txt", "jupytext.toml")
"""What a book has as the book that this library stands in has it."""
LIBRARY: Final = "lib/evidence"


def new_book(
    package: Path,
    folder: Path,
    *,
    home: Path,
    title: str = "",
    measure: str = "",
    today: datetime.date | None = None,
) -> Review:
    """Write a book.

    Parameters
    ----------
    package
        As in `evidence.packages.read_package`.
    folder
        The book's folder, which must not exist or be empty.
    home
        The checkout whose library, theme and environment the book takes with it.
    title, measure
        As in `evidence.packages.read_package`.
    today
        Date of the first version.

    Returns
    -------
    Review

    Raises
    ------
    PackageError
        The package cannot be read, or the folder holds something; nothing is written then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PackageError("exists and is not empty", file=str(folder), remedy="Name another folder.")
    lacking = [name for name in (*COPIED, LIBRARY) if not (home / name).exists()]
    if lacking:
        raise PackageError(
            f"has no {', '.join(lacking)}", file=str(home), remedy="Start from a checkout of this project."
        )
    review = read_package(package, measure=measure, title=title)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in _files(review, package, today or datetime.date.today()):
            target = unfinished / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        _copy(home, unfinished)
        unfinished.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return review


def _copy(home: Path, folder: Path) -> None:
    for name in COPIED:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")
    shutil.copytree(home / LIBRARY, folder / LIBRARY, ignore=ignored)
    script = folder / LIBRARY / "packages" / "book" / "whatif.js"
    shutil.copy2(script, folder / "_static" / "review-whatif.js")


def _files(review: Review, package: Path, today: datetime.date) -> Iterator[tuple[str, bytes]]:
    """Every file that is made for this book: its path and content."""
    for name, content in write_tables(review, settings(review, package), version=VERSION).items():
        yield f"data/{name}", content
    for name, text in pages.pages(review).items():
        yield name, text.encode()
    words = {
        "title": _yaml(review.title),
        "abstract": _yaml(f"{review.title}: every analysis of the review, reproduced and analysed again."),
        "date": today.isoformat(),
        "version": VERSION,
        "package": package.name,
        "comparisons": str(len(review.comparisons)),
        "differ": str(sum(int((~check(each)["agrees"]).sum()) for each in review.analyses())),
    }
    for name, text in _templates(words).items():
        yield name, text.encode()
    if package.is_file() and package.suffix.lower() in (".zip", ".rm5", ".csv"):
        yield f"package/{package.name}", package.read_bytes()


def _yaml(text: str) -> str:
    """Text as one line of YAML."""
    return str(yaml.safe_dump(text, allow_unicode=True, width=10**6, default_style='"')).strip()


def _templates(words: Mapping[str, str]) -> dict[str, str]:
    """Files that differ between books in a few words only."""
    folder = resources.files("evidence.packages.book") / "skeleton"
    return {
        each.name.removesuffix(".txt").replace("--", "/"): Template(each.read_text("utf-8")).safe_substitute(
            words
        )
        for each in folder.iterdir()
        if each.name.endswith(".txt")
    }


def settings(review: Review, package: Path) -> list[dict[str, str]]:
    """Rows of settings.csv: title and origin, topic, priors."""
    digest = ""
    if package.is_file():
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
    rows = [
        ("title", review.title, "", "Title of the book", "the package"),
        ("topic", review.title, "", "What the review is about, in a few words", "the package; edit it"),
        ("package", review.identifier, "", "Name of the review in its package", "the package"),
        ("package_file", package.name, "", "The package that the tables were read from", "the command"),
        ("package_format", review.format, "", "What kind of package it is", "the package"),
        ("package_sha256", digest or "a folder", "", "Digest of the package", "computed"),
        (
            "prior_tau", "0.5", "standard deviations",
            "Scale of the half-normal prior of tau; 1 is one standard deviation, or 1 on the log scale",
            "Röver 2021, doi:10.1002/jrsm.1475",
        ),
        (
            "prior_mu", "2", "standard deviations",
            "Scale of the normal prior of the mean effect around no effect",
            "unit information",
        ),
    ]  # fmt: skip
    names = ("key", "value", "unit", "meaning", "source")
    return [dict(zip(names, row, strict=True)) for row in rows]
