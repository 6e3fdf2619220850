"""The hostile round: what is tried against the check and the build of a checkout, and what holds.

    python benchmarks/attack.py [--root OTHER_CHECKOUT] [--label after] [--kills 20] [--seed 1]

writes ``results/attack-LABEL.json``; ``--table BEFORE AFTER`` prints two of them side by side.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
from tests.attack.cases import CASES  # noqa: E402
from tests.publish.conftest import chapter, make_book  # noqa: E402

#: Kind, name, and why it did not hold; empty when it did.
Outcome = tuple[str, str, str]
LIMIT = 2.0  # seconds that an answer or an end may take
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


class Target:
    """A small book of a checkout, built once."""

    def __init__(self, root: Path, place: Path) -> None:
        self.book = make_book(place / "book", root)
        self.state = 0
        done = self.book.build()
        if done.returncode:
            raise SystemExit(done.stderr)

    def change(self) -> None:
        """Change a word and a line of code, so that there is something to build."""
        self.state += 1
        code = f"from evidence import dataset, sample\n\nnumber = {self.state}\n"
        code += 'people = sample.enrolled(dataset.load(), "Sigtermans2009")'
        text = chapter("First", code, f"The trial had {{eval}}`people`.{' More.' * self.state}")
        (self.book.root / "chapters" / "first.md").write_text(text, "utf-8")

    def processes(self) -> list[psutil.Process]:
        """Every process that works in the book."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if Path(process.cwd()).is_relative_to(self.book.root):
                    found.append(process)
        return found

    def start(self, **options: object) -> subprocess.Popen[str]:
        """Start a build."""
        return subprocess.Popen(
            [sys.executable, "-m", "evidence", "build"],
            cwd=self.book.root,
            env=os.environ | {"PYTHONPATH": str(self.book.root / "lib")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )


def kills(target: Target, number: int, chance: random.Random) -> Iterator[Outcome]:
    """Stop builds at random moments in four ways."""
    target.change()
    started = time.perf_counter()
    target.book.build()
    whole = time.perf_counter() - started
    ways = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for turn in range(number):
        sent, moment = ways[turn % len(ways)], chance.uniform(0.3, whole * 0.95)
        target.change()
        before = target.book.site()
        process = target.start()
        time.sleep(moment)
        name = f"{sent.name} after {moment / whole:.0%} of a build"
        if process.poll() is None:
            (os.killpg if sent is signal.SIGINT else os.kill)(process.pid, sent)
        yield "killed builds", name, _end(target, process, before)
    yield "killed builds", "the next build", _build(target)


def _end(target: Target, process: subprocess.Popen[str], before: dict[str, bytes]) -> str:
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        why = f"the pipe was open after {LIMIT:g} s"
    else:
        why = "a traceback" if "Traceback" in out + err else ""
    left = target.processes()
    for child in left:
        child.kill()
    process.communicate()
    after = target.book.site()
    if after != before and "index.html" not in after:
        return "the site is gone"
    return why or (f"{len(left)} processes lived on" if left else "")


def _build(target: Target, **environment: str) -> str:
    command = [sys.executable, "-m", "evidence", "build"]
    env = os.environ | {"PYTHONPATH": str(target.book.root / "lib")} | environment
    done = subprocess.run(command, cwd=target.book.root, env=env, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1][:200]


def _refused(target: Target, before: dict[str, bytes], done: tuple[str, str]) -> str:
    text = "".join(done)
    if "Traceback" in text or "developers" in text:
        return "a traceback"
    if "as it was" not in text:
        return "does not say what stands"
    return "" if target.book.site() == before else "the old site was touched"


def disks(target: Target) -> Iterator[Outcome]:
    """Build where the disk takes no more."""
    for limit in (100, 3_000, 10_000, 30_000):
        target.change()
        before = target.book.site()

        def little(most: int = limit) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        process = target.start(preexec_fn=little)
        yield "full disk", f"files of at most {limit} bytes", _refused(target, before, process.communicate())
    build = target.book.root / "_build"
    for size in (300, 1500):
        target.change()
        aside = build.with_name("aside")
        build.rename(aside)
        build.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", str(build)]
        if subprocess.run(mount, check=False).returncode:
            yield "full disk", f"a disk of {size} kB", "not tried: no right to mount"
        else:
            text = "".join(target.start().communicate())
            bad = "Traceback" in text or "developers" in text or "No space left" not in text
            yield "full disk", f"a disk of {size} kB", "a traceback, or no word of it" if bad else ""
            subprocess.run(["umount", str(build)], check=True)
        build.rmdir()
        aside.rename(build)


def surroundings(target: Target) -> Iterator[Outcome]:
    """Build in other surroundings: the site must be the same, byte for byte."""
    target.change()
    yield "surroundings", "the reference", _build(target)
    wanted = {name: text for name, text in target.book.site().items() if name != "executions.js"}
    cases: dict[str, dict[str, str]] = {
        "a time zone 14 hours ahead": {"TZ": "Pacific/Kiritimati"},
        "a time zone 12 hours behind": {"TZ": "Etc/GMT+12"},
        "LANG=C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
        "another hash seed": {"PYTHONHASHSEED": "7"},
    }
    for name, environment in cases.items():
        shutil.rmtree(target.book.root / "_build")
        why = _build(target, **environment)
        made = {name: text for name, text in target.book.site().items() if name != "executions.js"}
        differ = sorted(file for file in wanted if made.get(file) != wanted[file])
        yield "surroundings", name, why or (f"{len(differ)} files differ: {differ[:3]}" if differ else "")
    former = os.umask(0o077)
    shutil.rmtree(target.book.root / "_build" / "html")
    yield "surroundings", "umask 077", _build(target)
    os.umask(former)
    odd = Target.__new__(Target)
    odd.book, odd.state = target.book.copy(target.book.root.parent / "a böök, with ‘spaces’ & more"), 0
    yield "surroundings", "a path with spaces and letters", _build(odd)
    target.change()
    first, second = target.start(), target.start()
    texts = ["".join(process.communicate()) for process in (first, second)]
    codes = sorted((first.returncode, second.returncode))
    told = any("another build" in text for text in texts) and "Traceback" not in "".join(texts)
    yield "surroundings", "two builds at once", "" if codes == [0, 1] and told else f"exit codes {codes}"
    target.change()
    command = ["unshare", "-rn", sys.executable, "-m", "evidence", "build"]
    done = subprocess.run(
        command,
        cwd=target.book.root,
        env=os.environ | {"PYTHONPATH": str(target.book.root / "lib")},
        capture_output=True,
        text=True,
    )
    yield "surroundings", "no network", "" if done.returncode == 0 else done.stderr.strip()[-200:]


def leftovers(target: Target) -> Iterator[Outcome]:
    """Put hostile things into _build: nothing there may be waited for, unpickled or evaluated."""
    build = target.book.root / "_build"
    mark = target.book.root / "hacked"
    pickle = f"cos\nsystem\n(S'touch {mark}'\ntR.".encode()
    contents = {"a pickle that runs a command": pickle, "random bytes": bytes(range(256)) * 9, "nothing": b""}
    for name, content in contents.items():
        for path in [path for path in build.rglob("*") if path.is_file() and "html" not in path.parts]:
            path.write_bytes(content)
        target.change()
        why = _build(target)
        yield "hostile _build", f"{name} in every kept file", "it ran" if mark.exists() else why
    for name in (".lock", "html/.inputs", "next"):
        place = build / name
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        os.mkfifo(place)
        target.change()
        process = target.start()
        try:
            text = "".join(process.communicate(timeout=120))
            why = "a traceback" if "Traceback" in text else ""
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            why = "waits for ever"
        yield "hostile _build", f"{name} is a pipe", why
        if place.exists() and not place.is_dir():
            place.unlink()


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
    options = parser.parse_args()
    if options.table:
        print(table(*options.table))
        return
    for number in (signal.SIGINT, signal.SIGHUP):  # a shell or nohup may have had them ignored
        signal.signal(number, signal.SIG_DFL)
    outcomes: list[Outcome] = []
    with TemporaryDirectory() as place:
        root = options.root.resolve()
        outcomes += data_cases(root, Path(place) / "data")
        target = Target(root, Path(place))
        parts: list[Callable[[], Iterator[Outcome]]] = [
            lambda: kills(target, options.kills, random.Random(options.seed)),
            lambda: leftovers(target),
            lambda: disks(target),
            lambda: surroundings(target),
        ]
        for part in parts:
            for outcome in part():
                outcomes.append(outcome)
                print(*outcome, sep=" | ", flush=True)
                text = json.dumps(outcomes, indent=1, ensure_ascii=False) + "\n"
                (RESULTS / f"attack-{options.label}.json").write_text(text, "utf-8")
    print(table(options.label))


if __name__ == "__main__":
    main()
