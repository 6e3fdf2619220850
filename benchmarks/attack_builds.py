"""What the hostile round does to builds of a small book, and what each must end in."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias
from urllib.request import urlopen

import psutil
from tests.publish.conftest import Book, chapter, make_book

#: Kind, name, and why it did not hold; empty when it did.
Outcome: TypeAlias = tuple[str, str, str]
LIMIT = 2.0  # seconds that an answer or an end may take
BUILD = [sys.executable, "-m", "evidence", "build"]
NOBODY = 65534


class Target:
    """A small book of a checkout, built once."""

    def __init__(self, book: Book) -> None:
        self.book, self.state = book, 0

    @classmethod
    def made(cls, root: Path, place: Path) -> Target:
        """Make the book from a checkout and build it."""
        target = cls(make_book(place / "book", root))
        done = target.book.build()
        if done.returncode:
            raise SystemExit(done.stderr)
        return target

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

    def start(self, *before: str, **options: object) -> subprocess.Popen[str]:
        """Start a build, by way of a command that stands before it."""
        return self.begin(*before, *BUILD, **options)

    def begin(self, *command: str, **options: object) -> subprocess.Popen[str]:
        """Start a command in the book."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            command,
            cwd=self.book.root,
            env=os.environ | {"PYTHONPATH": str(self.book.root / "lib")},
            text=True,
            start_new_session=True,
            **(streams | options),
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
        why = "a traceback" if "Traceback" in (out or "") + (err or "") else ""
    left = target.processes()
    for child in left:
        child.kill()
    process.communicate()
    after = target.book.site()
    if after != before and "index.html" not in after:
        return "the site is gone"
    return why or (f"{len(left)} processes lived on" if left else "")


def _build(target: Target, **environment: str) -> str:
    env = os.environ | {"PYTHONPATH": str(target.book.root / "lib")} | environment
    done = subprocess.run(BUILD, cwd=target.book.root, env=env, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["it failed"])[-1][:200]


def _refused(target: Target, before: dict[str, bytes], text: str, *, sites: bool = True) -> str:
    if "Traceback" in text or "developers" in text:
        return f"a traceback: {text.strip()[-150:]}"
    if "as it was" not in text:
        return f"does not say what stands: {text.strip()[-150:]}"
    return "" if not sites or target.book.site() == before else "the old site was touched"


def disks(target: Target) -> Iterator[Outcome]:
    """Build where the disk takes no more."""
    for limit in (100, 3_000, 10_000, 30_000):
        target.change()
        before = target.book.site()

        def little(most: int = limit) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        process = target.start(preexec_fn=little)
        yield "full disk", f"files of at most {limit} bytes", _refused(target, before, _ended(process)[0])
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
            text = _ended(target.start())[0]
            bad = "Traceback" in text or "developers" in text or "No space left" not in text
            yield "full disk", f"a disk of {size} kB", "a traceback, or no word of it" if bad else ""
            subprocess.run(["umount", str(build)], check=True)
        build.rmdir()
        aside.rename(build)


def users(target: Target) -> Iterator[Outcome]:
    """Build as another user than root."""
    target.change()
    yield "another user", "root, for the reference", _build(target)
    yield "another user", "nobody, in a folder of their own", _another_user(target)


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
    odd = Target(target.book.copy(target.book.root.parent / "a böök, with ‘spaces’ & more ß"))
    yield "surroundings", "a path with spaces and letters", _build(odd)
    target.change()
    texts, code = _ended(target.start("unshare", "-rn"))
    yield "surroundings", "no network", "" if code == 0 else texts[-200:]


def _another_user(target: Target) -> str:
    """Build a copy as nobody, who may write nothing else; the site must be the same.

    Python may be installed in root's home, so that nobody is allowed to read everything here.
    """
    with TemporaryDirectory() as place:  # not below the folder of the round, which is root's alone
        Path(place).chmod(0o755)
        copy = Target(target.book.copy(Path(place) / "book"))
        for path in [copy.book.root, *copy.book.root.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *reads]
        text, code = _ended(copy.start(*user, "env", "HOME=/nonexistent", f"TMPDIR={place}/book"))
        if code:
            return text.strip()[-200:]
        differ = [name for name, page in copy.book.site().items() if target.book.site().get(name) != page]
    return f"{len(differ)} files differ: {differ[:3]}" if differ else ""


def _ended(process: subprocess.Popen[str]) -> tuple[str, int]:
    return "".join(process.communicate()), process.returncode


def together(target: Target) -> Iterator[Outcome]:
    """Build twice at once, and while a preview builds and serves the same book."""
    target.change()
    found = [_ended(process) for process in [target.start(), target.start()]]
    codes, text = sorted(code for _, code in found), "".join(text for text, _ in found)
    told = "another build" in text and "Traceback" not in text
    yield "together", "two builds at once", "" if codes == [0, 1] and told else f"exit codes {codes}"
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = (sys.executable, "-m", "evidence", "preview", "--no-browser", "--port", str(port))
    preview = target.begin(*command, stderr=subprocess.STDOUT)
    try:
        yield "together", "a preview serves", "" if _served(port) else "no page in 120 s"
        target.change()  # which the preview sees too
        text, code = _ended(target.start())
        refused = code == 1 and "another build" in text
        why = "" if (code == 0 or refused) and "Traceback" not in text else text.strip()[-200:]
        yield "together", "a build during a preview", why or ("" if _served(port) else "the page is gone")
        os.killpg(preview.pid, signal.SIGINT)
        yield "together", "Ctrl-C in the preview", _end(target, preview, target.book.site())
    finally:
        preview.kill()
        preview.wait()


def _served(port: int) -> bool:
    for _ in range(240):
        with suppress(OSError), urlopen(f"http://localhost:{port}/index.html", timeout=10) as page:
            return b"<body" in page.read()
        time.sleep(0.5)
    return False


def folders(target: Target) -> Iterator[Outcome]:
    """Build where something may not be written or read; root's right to do it all the same is taken away."""
    root, build = target.book.root, target.book.root / "_build"
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    places = {"_build": build, "the kept results": build / "executions", "the book's own folder": root}
    for name, place in places.items():
        target.change()
        before = target.book.site()
        former = place.stat().st_mode
        if place == root:  # the site's folder must be made anew, in a folder that takes nothing
            aside = build.rename(root.parent / "aside")
            before = {}
        place.chmod(0o555)
        why = _refused(target, before, _ended(target.start(*without))[0], sites=place != root)
        place.chmod(former)
        if place == root:
            shutil.rmtree(build, ignore_errors=True)
            aside.rename(build)
        yield "folders", f"{name} may not be written", why
    for name in ("chapters/first.md", "data/studies.csv", "references.bib", "lib/evidence/sample.py"):
        target.change()
        before, place = target.book.site(), root / name
        former = place.stat().st_mode
        place.chmod(0)
        why = _refused(target, before, _ended(target.start(*without))[0])
        place.chmod(former)
        yield "folders", f"{name} may not be read", why
    target.change()
    before = target.book.site()
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"'
    text = _ended(target.start("unshare", "-m", "sh", "-c", script, str(root)))[0]
    yield "folders", "a disk that is read only", _refused(target, before, text)


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
