"""Growth: the tables multiplied, with new names and still valid; seconds and memory of each stage.

    python benchmarks/growth.py [--times 1 10 50] [--only library|build]

writes ``results/growth.json`` and the curves, ``results/growth.svg``; each stage has a process of its own.
The stages of a build are those of a small book with the pages that grow with the tables: the list of studies,
two tables in full, and a chapter that asks for two trials.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path.insert(0, str(ROOT))

from tests.publish.conftest import LISTS, REFERENCES, chapter, make_book, write_chapters  # noqa: E402

#: What is measured, as code: `folder` is the data folder; what stands before the line is not counted.
STAGES = {
    "check": "from evidence import dataset\n---\nassert dataset.check(folder) == []",
    "load": "from evidence import dataset\n---\ndataset.load(folder)",
    "a table in full": (
        "from evidence import dataset\nds = dataset.load(folder)\n---\n"
        "for name in ds.contract.tables: ds.rows(name)"
    ),
    "one selection": (
        "from evidence import dataset\nfrom evidence.question import Question, select\n"
        "ds = dataset.load(folder)\n---\nselect(Question('ketamine', 'neuropathic'), ds)"
    ),
    "its effects": (
        "from evidence import dataset\nfrom evidence.question import Question, select\n"
        "from evidence.effects import effects\nds = dataset.load(folder)\n"
        "chosen = select(Question('ketamine', 'neuropathic'), ds)\n---\neffects(chosen, ds)"
    ),
    "the trials of the site": (
        "from evidence import dataset\nfrom evidence.publish.site.trials import read_trials\n"
        "ds = dataset.load(folder)\n---\nread_trials(ds)"
    ),
}
#: Chapters of the small book, and the tables that one of them shows in full.
PAGES = {
    "answers": chapter(
        "Answers",
        "from evidence import dataset, sample\n\n"
        'people = sample.enrolled(dataset.load(), "Sigtermans2009")\n'
        'sample.title(dataset.load(), "Finch2009")',
        "{eval}`people`.",
    ),
    "tables": chapter(
        "Tables",
        "from evidence import dataset, report\n\nds = dataset.load()\nreport.browse(ds, 'studies')",
        "```{code-cell} python\nreport.browse(ds, 'flags')\n```",
    ),
    "studies": LISTS,
    "references": REFERENCES,
}
#: A build, with the processor seconds of each of its stages, children included.
BUILD = """
import json, os, resource, sys, time
from evidence.publish import build, project
from evidence.publish.run import checked, edition, refresh
from evidence.publish.site import bodies, search_index
import evidence.publish.site.book, evidence.publish.extension

spans = {}

def timed(module, name, label):
    inner = getattr(module, name)
    def outer(*given, **named):
        start = sum(os.times()[:4])
        try:
            return inner(*given, **named)
        finally:
            spans[label] = spans.get(label, 0) + sum(os.times()[:4]) - start
    for other in list(sys.modules.values()):
        if getattr(other, name, None) is inner and other.__name__.startswith("evidence"):
            setattr(other, name, outer)

timed(checked, "load", "build: the tables")
timed(refresh, "read_all", "build: reading the pages")
timed(edition, "current", "build: running the chapters")
timed(build, "_write", "build: writing the pages")
timed(search_index, "sections", "build: the search index")
timed(search_index, "index", "build: the search index")
build.build(project.here(), lambda line: None)
used = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([spans, max(used)]))
"""
RUN = """
import json, resource, sys, time
folder = sys.argv[1]
before, _, counted = sys.stdin.read().partition("---\\n")
space = {"folder": folder}
exec(before, space)
cpu = time.process_time()
exec(counted, space)
print(json.dumps([time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def multiply(source: Path, target: Path, times: int) -> None:
    """Write the tables with every study so many times, each under a name of its own."""
    shutil.copytree(source, target)
    for path in target.glob("*.csv"):
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))
        rows, header = list(reader), list(reader.fieldnames or [])
        if "study_id" not in header:
            continue
        grown = [_named(row, copy) for copy in range(times) for row in rows]
        grown.sort(key=lambda row: row["study_id"])
        text = io.StringIO()
        writer = csv.DictWriter(text, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(grown)
        path.write_text(text.getvalue(), "utf-8")


def _named(row: dict[str, str], copy: int) -> dict[str, str]:
    names = [name for name in ("study_id", "other_study_id", "case") if row.get(name) and copy]
    return row | {name: f"{row[name]}c{copy}" for name in names}


def measure(folder: Path, code: str, repeats: int) -> tuple[float, float]:
    """Return processor seconds and peak megabytes of a stage: the median of several runs."""
    env = os.environ | {"PYTHONPATH": str(ROOT / "lib")}
    runs = []
    for _ in range(repeats):
        command = [sys.executable, "-c", RUN, str(folder)]
        done = subprocess.run(command, input=code, capture_output=True, text=True, env=env)
        if done.returncode:
            raise SystemExit(done.stderr)
        runs.append(json.loads(done.stdout))
    seconds, memory = sorted(runs)[repeats // 2]
    return seconds, memory


def measure_build(folder: Path, place: Path) -> dict[str, list[float]]:
    """Return processor seconds and peak megabytes of the stages of a build, and the bytes of what grows."""
    book = make_book(place)
    shutil.rmtree(place / "data")
    shutil.copytree(folder, place / "data")
    write_chapters(place, PAGES)
    env = os.environ | {"PYTHONPATH": str(place / "lib")}
    done = book.run(sys.executable, "-m", "evidence", "bibliography")
    if done.returncode == 0:
        done = subprocess.run(
            [sys.executable, "-c", BUILD], cwd=place, env=env, capture_output=True, text=True
        )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    spans, memory = json.loads(done.stdout.splitlines()[-1])
    site = place / "_build" / "html"
    pages = max(path.stat().st_size for path in site.rglob("*.html"))
    index = (site / "search-index.js").stat().st_size
    found = {stage: [seconds, memory] for stage, seconds in spans.items()}
    return found | {"bytes: the largest page": [pages], "bytes: the search index": [index]}


def draw(found: dict[str, dict[str, list[float]]], place: Path) -> None:
    """Draw seconds and megabytes of each stage against the size of the tables, both axes logarithmic."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    stages = {stage: sizes for stage, sizes in found.items() if not stage.startswith("bytes")}
    for axis, place_of, label in zip(axes, (0, 1), ("processor seconds", "peak megabytes"), strict=True):
        for stage, sizes in stages.items():
            axis.plot(
                [int(size) for size in sizes], [cell[place_of] for cell in sizes.values()], "o-", label=stage
            )
        sizes = [int(size) for size in found["check"]]
        if place_of == 0:
            start = found["check"][str(sizes[0])][0]
            axis.plot(sizes, [start * size / sizes[0] for size in sizes], "k:", label="linear")
        axis.set(xscale="log", yscale="log", xlabel="tables multiplied by", ylabel=label)
    axes[0].legend(fontsize=7)
    figure.savefig(place)


def main() -> None:
    """Measure, write and draw; what is not measured this time stays as it was."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("library", "build"))
    options = parser.parse_args()
    results = RESULTS / "growth.json"
    found: dict[str, dict[str, list[float]]] = json.loads(results.read_text("utf-8"))
    for times in options.times:
        with TemporaryDirectory() as place:
            folder = Path(place) / "data"
            multiply(ROOT / "data", folder, times)
            measured: dict[str, list[float]] = {}
            if options.only != "build":
                for stage, code in STAGES.items():
                    measured[stage] = list(measure(folder, code, options.repeats))
            if options.only != "library":
                measured |= measure_build(folder, Path(place) / "book")
            for stage, numbers in measured.items():
                found.setdefault(stage, {})[str(times)] = numbers
                print(times, stage, numbers, flush=True)
        results.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    draw(found, RESULTS / "growth.svg")


if __name__ == "__main__":
    main()
