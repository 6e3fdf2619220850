"""What an incremental build and a cold one of the same checkout give."""

from __future__ import annotations

import shutil
from pathlib import Path

from .changes import Change
from .conftest import Book


def difference(built: Book, change: Change, folder: Path) -> str:
    """Build a changed copy of a built book on what is kept and from nothing; name what differs, or "".

    Both may refuse the change, with the same words. Built again without the change, the book is what it was.
    """
    shutil.copytree(built.root, folder / "book")
    book = Book(folder / "book")
    before = book.site()
    change.make(book.root)
    cold = book.copy(folder / "cold" / "book")
    results = [one.build() for one in (book, cold)]
    said = [
        result.stderr.replace(str(one.root), "") for result, one in zip(results, (book, cold), strict=True)
    ]
    if (results[0].returncode, said[0]) != (results[1].returncode, said[1]):
        return f"the builds end unlike each other: {said[0][-1500:]!r} and {said[1][-1500:]!r}"
    if results[0].returncode:
        return "" if book.site() == before else "a build that was refused changed the site"
    if unlike := _unlike(book.site(), cold.site()):
        return unlike
    _undo(book.root, built.root)
    back = book.build()
    unlike = back.stdout + back.stderr if back.returncode else _unlike(book.site(), before)
    return f"undone: {unlike}" if unlike else ""


def _unlike(first: dict[str, bytes], second: dict[str, bytes]) -> str:
    return ", ".join(sorted(name for name in first | second if first.get(name) != second.get(name)))


def _undo(root: Path, origin: Path) -> None:
    """Make a checkout again what another is, but for what was built."""
    for path in root.iterdir():
        if path.name != "_build":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(origin, root, ignore=shutil.ignore_patterns("_build"), dirs_exist_ok=True)
