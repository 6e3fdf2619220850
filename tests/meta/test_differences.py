"""The table of differences from metafor names a test for each, so that no row can outlive what it says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent
TABLE = FOLDER.parent / "oracle" / "differences.csv"


def test_every_row_is_complete_and_tested() -> None:
    rows = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    assert list(rows.columns) == ["where", "field", "metafor", "here", "why", "right", "shown_by", "test"]
    assert (rows != "").all(axis=None)
    assert set(rows["right"]) <= {"here", "metafor", "same"}
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("test_*.py")))
    missing = [name for name in rows["test"] if f"def {name}(" not in code]
    assert missing == []
