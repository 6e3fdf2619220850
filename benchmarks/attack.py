"""The hostile round: what is tried against the check and the build of a checkout, and what holds.

    python benchmarks/attack.py [--root OTHER_CHECKOUT] [--label after] [--kills 20] [--seed 1] [PART …]

writes ``results/attack-LABEL.json``, where kinds of parts that are not run stay as they are;
``--table BEFORE AFTER`` prints two of them side by side. Builds are of the small book of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import attack_builds as builds  # noqa: E402
from attack_builds import LIMIT, Outcome, Target  # noqa: E402
from tests.attack.cases import CASES  # noqa: E402
from tests.attack.commands import attempts  # noqa: E402

CHECKER = """
import json, resource, signal, sys, time
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
from evidence import dataset
signal.signal(signal.SIGALRM, signal.default_int_handler)
for name, place in json.load(sys.stdin):
    started = time.perf_counter()
    signal.alarm(10)
    try:
        found = [str(problem) for problem in dataset.check(place)]
    except BaseException as error:
        found = f"{type(error).__name__}: {error}"[:200]
    signal.alarm(0)
    print(json.dumps([name, found, time.perf_counter() - started]), flush=True)
"""


def data_cases(root: Path, place: Path) -> Iterator[Outcome]:
    """Check every hostile data folder of `tests.attack.cases`, made from the tables of the checkout."""
    folders = []
    for number, case in enumerate(CASES):
        folder = place / str(number) / "data"
        shutil.copytree(root / "data", folder)
        case.do(folder)
        folders.append((f"{case.kind}\t{case.name}", str(folder)))
    done = subprocess.run(
        [sys.executable, "-c", CHECKER],
        input=json.dumps(folders),
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root / "lib")},
    )
    answered = {}
    for line in done.stdout.splitlines():
        name, found, seconds = json.loads(line)
        answered[name] = _judged(found, seconds)
    for name, _ in folders:
        kind, what = name.split("\t")
        yield kind, what, answered.get(name, "the process ended")


def _judged(found: object, seconds: float) -> str:
    if isinstance(found, str):
        return "no answer in 10 s" if found.startswith("KeyboardInterrupt") else found
    if not found:
        return "taken for valid"
    if any("root:" in line or "Traceback" in line for line in found):  # type: ignore[union-attr]
        return "printed a file from outside"
    return "" if seconds <= LIMIT else f"{seconds:.0f} s"


def file_cases(root: Path, place: Path) -> Iterator[Outcome]:
    """Give every hostile file of `tests.attack.commands` to the commands that take such a file."""
    place.mkdir()
    shutil.copytree(root / "data", place / "data")
    env = os.environ | {"PYTHONPATH": str(root / "lib")}
    for name, arguments in attempts(place, place / "data"):
        command = [sys.executable, "-m", "evidence", *arguments]
        try:
            done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            yield "files given to commands", name, "no answer in 60 s"
            continue
        text = done.stdout + done.stderr
        bad = (
            "a traceback" if "Traceback" in text else "printed a file from outside" if "root:" in text else ""
        )
        yield "files given to commands", name, bad or ("" if done.returncode == 1 else "taken for valid")


def table(*labels: str) -> str:
    """Return the results of several rounds side by side, as Markdown."""
    rounds = [json.loads((RESULTS / f"attack-{label}.json").read_text("utf-8")) for label in labels]
    kinds = list(dict.fromkeys(kind for outcomes in rounds for kind, _, _ in outcomes))
    head = " | ".join(f"tried {label} | held {label}" for label in labels)
    lines = [f"| kind | {head} |", "|---" * (1 + 2 * len(labels)) + "|"]
    for kind in [*kinds, "all"]:
        cells = []
        for outcomes in rounds:
            of_kind = [why for this, _, why in outcomes if kind in (this, "all")]
            cells += [str(len(of_kind)), str(Counter(of_kind)[""])]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def keep(results: Path, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes in the place of those of the same kinds; other parts may run side by side."""
    kinds = {kind for kind, _, _ in outcomes}
    former = json.loads(results.read_text("utf-8")) if results.is_file() else []
    merged = [*(each for each in former if each[0] not in kinds), *outcomes]
    results.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    """Run the round, or print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--label", default="after")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", nargs="+")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    if options.table:
        print(table(*options.table))
        return
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    for number in (signal.SIGINT, signal.SIGHUP):  # a shell or nohup may have had them ignored
        signal.signal(number, signal.SIG_DFL)
    results = RESULTS / f"attack-{options.label}.json"
    with TemporaryDirectory() as place:
        root = options.root.resolve()
        chosen = {name: PARTS[name] for name in options.parts or PARTS}
        target = Target.made(root, Path(place)) if set(chosen) - {"tables", "files"} else None
        chance = random.Random(options.seed)
        for part in chosen.values():
            outcomes = []
            for outcome in part(root, Path(place), target, options.kills, chance):
                outcomes.append(outcome)
                print(*outcome, sep=" | ", flush=True)
            keep(results, outcomes)
    print(table(options.label))


Part = Callable[[Path, Path, "Target | None", int, random.Random], Iterator[Outcome]]
#: By name; each gets the checkout, a folder, the small book, how many kills, and a source of chance.
PARTS: dict[str, Part] = {
    "tables": lambda root, place, *_: data_cases(root, place / "data"),
    "files": lambda root, place, *_: file_cases(root, place / "files"),
    "kills": lambda root, place, target, number, chance: builds.kills(target, number, chance),
    "leftovers": lambda root, place, target, *_: builds.leftovers(target),
    "disks": lambda root, place, target, *_: builds.disks(target),
    "folders": lambda root, place, target, *_: builds.folders(target),
    "together": lambda root, place, target, *_: builds.together(target),
    "users": lambda root, place, target, *_: builds.users(target),
    "surroundings": lambda root, place, target, *_: builds.surroundings(target),
}


if __name__ == "__main__":
    main()
