"""Growth: the tables multiplied, with new names and still valid; seconds and memory of each stage.

    python benchmarks/growth.py [--times 1 10 50]

writes ``results/growth.json`` and the curves, ``results/growth.svg``; each stage has a process of its own.
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


def draw(found: dict[str, dict[str, list[float]]], place: Path) -> None:
    """Draw seconds and megabytes of each stage against the size of the tables, both axes logarithmic."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    for axis, place_of, label in zip(axes, (0, 1), ("processor seconds", "peak megabytes"), strict=True):
        for stage, sizes in found.items():
            axis.plot(
                [int(size) for size in sizes], [cell[place_of] for cell in sizes.values()], "o-", label=stage
            )
        sizes = [int(size) for size in next(iter(found.values()))]
        if place_of == 0:
            start = found["check"][str(sizes[0])][0]
            axis.plot(sizes, [start * size / sizes[0] for size in sizes], "k:", label="linear")
        axis.set(xscale="log", yscale="log", xlabel="tables multiplied by", ylabel=label)
    axes[0].legend(fontsize=8)
    figure.savefig(place)


def main() -> None:
    """Measure, write and draw."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, dict[str, list[float]]] = {stage: {} for stage in STAGES}
    with TemporaryDirectory() as place:
        for times in options.times:
            folder = Path(place) / str(times) / "data"
            multiply(ROOT / "data", folder, times)
            for stage, code in STAGES.items():
                found[stage][str(times)] = list(measure(folder, code, options.repeats))
                print(times, stage, found[stage][str(times)], flush=True)
    (RESULTS / "growth.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    draw(found, RESULTS / "growth.svg")


if __name__ == "__main__":
    main()
