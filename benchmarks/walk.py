"""The walk of a new editor, each step timed: find, add, check, trace, compare, start a chapter, see it, undo.

Run with `.venv/bin/python benchmarks/walk.py`, on a quiet machine and after `make book`: it works in a copy
of the checkout with what the book keeps between runs, and the made-up trial never reaches the checkout. With
``--site`` the copy is built as well, as `make preview` does after a change.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
RESULTS = ROOT / "benchmarks" / "results" / "walk.json"

from tests.desk.checkout import Checkout, checkout  # noqa: E402
from tests.desk.form import DOE  # noqa: E402

RECORD = ROOT / "tests" / "desk" / "fails" / "f01_embase_authors.ris"
#: A drug and a condition of which the book has no report yet.
DRUG, CONDITION = "amantadine", "crps"


@dataclass(frozen=True)
class Step:
    """A step with its seconds: of the processor, children included, and of the clock."""

    name: str
    processor: float
    clock: float


def main() -> None:
    """Walk, print a table and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        book = checkout(Path(folder) / "book")
        if (ROOT / "_build").is_dir():
            shutil.copytree(ROOT / "_build", book.root / "_build", symlinks=True)
        steps = walk(book, Path(folder), site="--site" in sys.argv)
        left = book.status()
    assert not left, f"the walk left something behind:\n{left}"
    print("| step | processor, s | clock, s |\n|---|---|---|")
    for step in steps:
        print(f"| {step.name} | {step.processor:.1f} | {step.clock:.1f} |")
    found = {"load": round(os.getloadavg()[0], 1), "steps": [asdict(step) for step in steps]}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def walk(book: Checkout, folder: Path, *, site: bool) -> list[Step]:
    """Do what `CONTRIBUTING.md` says, in its order."""
    form, found = folder / "doe.yaml", folder / "candidates.csv"
    form.write_text(yaml.safe_dump(_form()))
    study = DOE["studies"][0]["study_id"]
    steps = [
        timed(book, "find: screen a record", "screen", str(RECORD), "-o", str(found)),
        timed(book, "a form from the record", "add", "study", "--from", str(RECORD), "--template"),
        timed(book, "add, without writing", "add", "study", str(form), "--dry-run"),
        timed(book, "add", "add", "study", str(form)),
        timed(book, "check", "check"),
        timed(book, "explain", "explain", study),
        timed(book, "diff", "diff"),
        timed(book, "new chapter", "new", "chapter", DRUG, CONDITION),
    ]
    if site:
        steps.append(timed(book, "see it (build, as preview does)", "build"))
    book.run("git", "checkout", "-q", "_toc.yml")
    (book.root / "chapters" / DRUG / f"{CONDITION}.md").unlink()
    steps.append(timed(book, "remove", "remove", "study", study, "--uncommitted"))
    return steps


def _form() -> dict[str, list[dict[str, str]]]:
    """Return the made-up trial of the tests, of a drug that the condition has no report of."""
    text = json.dumps(DOE).replace("ketamine", DRUG).replace('"intravenous"', '"oral"')
    form: dict[str, list[dict[str, str]]] = json.loads(text)
    return form


def timed(book: Checkout, name: str, *command: str) -> Step:
    """Run a command of the editor in the copy."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    line = [sys.executable, "-m", "evidence", *command]
    done = subprocess.run(
        line, cwd=book.root, env=book.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Step(name, round(used, 2), round(time.perf_counter() - start, 2))


if __name__ == "__main__":
    main()
