"""Times of a cold build, a one-row build and a no-change build, in a copy of the checkout.

Run with `.venv/bin/python benchmarks/build.py`. The share of kernel start-up is what passes between asking
for a kernel and its first answer, summed over the chapters that ran. For comparison: how long a new Python
interpreter takes to import what a chapter needs, which each chapter would have to do without forking.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "build.json"
FRESH_KERNEL = "import evidence.report, ipykernel.kernelapp"


def main() -> None:
    """Build three times and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "book"
        copy(root)
        cold = timed(root)
        change_one_row(root)
        one_row = timed(root)
        unchanged = timed(root)
    fresh = seconds(lambda: subprocess.run([sys.executable, "-c", FRESH_KERNEL], check=True))
    results = {
        "cores": os.cpu_count(),
        "cold": cold,
        "one row changed": one_row,
        "nothing changed": unchanged,
        "imports in a fresh interpreter, seconds": round(fresh, 2),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(RESULTS.read_text())


def copy(root: Path) -> None:
    """Copy the files that git knows, as they are in the working tree."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)


def change_one_row(root: Path) -> None:
    """Change one cell of a row that the CRPS report uses."""
    path = root / "data" / "arm_results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    row = next(
        row
        for row in rows
        if row[0] == "Sigtermans2009"
        and row[header.index("outcome")] == "pain_intensity"
        and row[header.index("mean")]
    )
    row[header.index("mean")] = "2.7"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def timed(root: Path) -> dict[str, float | int]:
    """Build and tell how long it took, how many chapters ran, and how much of that was kernel start-up."""
    records = root / "_build" / "executions"
    before = {path: path.stat().st_mtime_ns for path in records.rglob("*.json")}
    environment = os.environ | {"PYTHONPATH": str(root / "lib")}
    command = [sys.executable, "-m", "evidence", "build"]
    total = seconds(
        lambda: subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)
    )
    ran = [
        json.loads(path.read_text())["execution"]
        for path in records.rglob("*.json")
        if before.get(path) != path.stat().st_mtime_ns
    ]
    running = sum(execution["seconds"] for execution in ran)
    startup = sum(execution["startup_seconds"] for execution in ran)
    return {
        "seconds": round(total, 2),
        "chapters run": len(ran),
        "kernel seconds": round(running, 2),
        "share of start-up": round(startup / running, 2) if running else 0,
    }


def seconds(work: object) -> float:
    """Measure a call."""
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
