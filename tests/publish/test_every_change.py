"""After any single change an incremental build equals a cold one (`benchmarks/incremental.py` tries all)."""

from pathlib import Path

import pytest

from .changes import Change, changes
from .compare import difference
from .conftest import ROOT, Book, make_rich_book


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A built book with a page of each kind, not to be changed."""
    book = make_rich_book(tmp_path_factory.mktemp("rich") / "book")
    result = book.build()
    assert result.returncode == 0, result.stdout + result.stderr
    return book


@pytest.mark.parametrize("change", [c for c in changes(ROOT) if c.fast], ids=lambda change: change.name)
def test_an_incremental_build_equals_a_cold_one(rich: Book, tmp_path: Path, change: Change) -> None:
    assert difference(rich, change, tmp_path) == ""
