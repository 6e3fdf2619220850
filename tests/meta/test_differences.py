"""The table of differences is complete, and every row names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

from evidence import dataset


def test_every_row_is_filled_and_tested() -> None:
    table = dataset.load().rows("engine_differences")
    assert list(table.columns) == ["what", "reference", "theirs", "ours", "why", "right", "test"]
    assert table.notna().all(axis=None)
    assert table["what"].is_unique
    code = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert set(table["test"]) <= set(re.findall(r"def (test_\w+)", code))
