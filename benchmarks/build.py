"""Processor time of builds: from nothing, after one row, one word, nothing, undo; beside stock Jupyter Book.

Run with `.venv/bin/python benchmarks/build.py [REPEATS]`, on a quiet machine. It works in a copy of the
checkout. Stock Jupyter Book builds the same chapters in the same run, with inline execution and without this
project's extension. Each number is the median of `REPEATS` runs (5 where nothing is said); seconds of the
parent and of all its children count.
"""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "build.json"
ROW = Path("data") / "arm_results.csv"


def main(repeats: int) -> None:
    """Build under each change and write the results; stock Jupyter Book comes last, after all of ours."""
    found: dict[str, list[dict[str, float | int]]] = {}
    sizes = [ours(found) for _ in range(repeats)]
    write(found, repeats, sizes)
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            copy(Path(folder))
            note(found, "stock Jupyter Book, cold", timed_stock(Path(folder)))
        write(found, repeats, sizes)
    print(RESULTS.read_text())


def ours(found: dict[str, list[dict[str, float | int]]]) -> int:
    """Build a copy of the checkout under one change after another; return the bytes of the site."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy(root)
        note(found, "cold", timed(root))
        note(found, "nothing changed", timed(root))
        before = change_one_row(root)
        note(found, "one row changed", timed(root))
        (root / ROW).write_text(before, encoding="utf-8")
        note(found, "undone", timed(root))
        change_one_word(root)
        note(found, "one word changed", timed(root))
        return sum(path.stat().st_size for path in (root / "_build" / "html").rglob("*") if path.is_file())


def write(found: dict[str, list[dict[str, float | int]]], repeats: int, sizes: list[int]) -> None:
    """Write the medians of what has been measured so far."""
    results: dict[str, object] = {
        "cores": os.cpu_count(),
        "repeats": repeats,
        "site, MB": round(statistics.median(sizes) / 1e6, 1),
    }
    results |= {name: medians(runs) for name, runs in found.items()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def note(found: dict[str, list[dict[str, float | int]]], name: str, run: dict[str, float | int]) -> None:
    """Keep one run and print it."""
    found.setdefault(name, []).append(run)
    print(name, run, flush=True)


def medians(runs: list[dict[str, float | int]]) -> dict[str, float]:
    """Return the median of each number."""
    return {key: round(statistics.median(run[key] for run in runs), 2) for key in runs[0]}


def copy(root: Path) -> None:
    """Copy the files that git knows, as they are in the working tree."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)


def change_one_row(root: Path) -> str:
    """Change one cell of a row that the CRPS report uses; return the file as it was."""
    path = root / ROW
    before = path.read_text(encoding="utf-8")
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
    return before


def change_one_word(root: Path) -> None:
    """Put a paragraph of one word under the title of a report."""
    path = root / "chapters" / "ketamine" / "crps.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"^# .*\n", r"\g<0>\nWords.\n", text, count=1, flags=re.MULTILINE), encoding="utf-8"
    )


def timed(root: Path) -> dict[str, float | int]:
    """Build and tell the processor time, how many chapters ran, and how many pages were written."""
    environment = os.environ | {"PYTHONPATH": str(root / "lib")}
    spent, said = processor_time([sys.executable, "-m", "evidence", "build"], root, environment)
    written = re.search(r"^writing (\d+) of", said, flags=re.MULTILINE)
    return {
        "processor seconds": round(spent, 2),
        "chapters run": len(re.findall(r"^\[\d+/\d+\] ", said, flags=re.MULTILINE)),
        "pages written": int(written.group(1)) if written else 0,
    }


def timed_stock(root: Path) -> dict[str, float | int]:
    """Build with Jupyter Book alone: `{eval}` by MyST-NB, every chapter run inline."""
    path = root / "_config.yml"
    text = path.read_text(encoding="utf-8").replace("      - evidence.publish.extension\n", "")
    path.write_text(text.replace('execute_notebooks: "off"', 'execute_notebooks: "force"'), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(root / "lib")}
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-q"]
    return {"processor seconds": round(processor_time(command, root, environment, check=False)[0], 2)}


def processor_time(
    command: list[str], root: Path, environment: dict[str, str], *, check: bool = True
) -> tuple[float, str]:
    """Run a command; return the seconds that it and its children computed, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=check)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, done.stdout


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
