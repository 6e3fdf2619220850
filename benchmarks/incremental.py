"""Incremental builds against cold ones: after each single change of every kind the sites are the same bytes.

Run with `.venv/bin/python benchmarks/incremental.py`; words after it choose the changes whose names hold one
of them. Each change is made in a copy of a small book on the real library and tables, built on what is kept,
and built again from nothing. A change that the build refuses has to be refused alike.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.publish.changes import changes  # noqa: E402
from tests.publish.compare import difference  # noqa: E402
from tests.publish.conftest import make_rich_book  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "incremental.json"


def main(words: list[str]) -> int:
    """Try the changes, write the results, and return how many builds differ."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        book = make_rich_book(Path(folder) / "book")
        result = book.build()
        if result.returncode:
            raise SystemExit(result.stdout + result.stderr)
        for place, change in enumerate(changes(ROOT)):
            if words and not any(word in change.name for word in words):
                continue
            started = time.perf_counter()
            found[change.name] = difference(book, change, Path(folder) / str(place))
            took = time.perf_counter() - started
            print(f"{took:5.1f} s  {change.name}: {found[change.name] or 'alike'}", flush=True)
    unlike = {name: said for name, said in found.items() if said}
    if not words:
        stated = {"changes": len(found), "alike": len(found) - len(unlike), "unlike": unlike}
        RESULTS.write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(found) - len(unlike)} of {len(found)} changes give the same site")
    return len(unlike)


if __name__ == "__main__":
    raise SystemExit(1 if main(sys.argv[1:]) else 0)
