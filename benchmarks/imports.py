"""What importing seaborn costs a build: seconds of processor time, and how many processes pay them.

Run with `.venv/bin/python benchmarks/imports.py`; it builds the site of this checkout anew, in a copy.
A fork inherits what its parent has imported, and pays nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from build import copy

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "imports.json"
REPEATS = 9
TIMED = (
    "import time, matplotlib.pyplot, pandas, scipy.stats; a = time.process_time(); import seaborn; "
    "print(time.process_time() - a)"
)
#: Runs at the start of every Python of the build, and notes which of them load seaborn.
NOTE = """
import os, sys
class Note:
    def find_spec(self, name, path=None, target=None):
        if name == "seaborn":
            with open(os.environ["IMPORTS"], "a") as file:
                file.write(f"{os.getpid()}\\n")
sys.meta_path.insert(0, Note())
"""


def main() -> None:
    """Time the import, build with a note in every process, and write the results."""
    alone = [float(python("-c", TIMED)) for _ in range(REPEATS)]
    with tempfile.TemporaryDirectory() as folder:
        book, notes = Path(folder) / "book", Path(folder) / "notes"
        copy(book)
        (Path(folder) / "sitecustomize.py").write_text(NOTE)
        notes.touch()
        places = os.pathsep.join([folder, str(book / "lib")])
        python("-m", "evidence", "build", cwd=book, PYTHONPATH=places, IMPORTS=str(notes))
        processes = len(set(notes.read_text().split()))
    found = {
        "seaborn after matplotlib, pandas and scipy, s": round(statistics.median(alone), 3),
        "processes that import seaborn in a cold build": processes,
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(RESULTS.read_text())


def python(*words: str, cwd: Path = ROOT, **settings: str) -> str:
    """Return what a Python prints."""
    call, environment = [sys.executable, *words], {**os.environ, **settings}
    return subprocess.run(call, cwd=cwd, env=environment, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
