"""Run chapters: each in a process of its own, side by side on all cores."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, Any, Final

from jupyter_client.jsonutil import json_default

from evidence import dataset
from evidence.publish.ending import bind_children, sweep, temporary_folder
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execution import Execution, Failure
from evidence.publish.run.inline import MIME
from evidence.publish.run.outputs import is_complaint
from evidence.publish.run.preload import preload
from evidence.publish.run.unwatched import refuse_unwatched
from evidence.results import memo

CELL_TIMEOUT = 300  # seconds
_FORK: Final = multiprocessing.get_context("fork")
_SHOW: Final = "from evidence.publish.run.inline import show as _show"
#: Where a traceback or a warning says in which cell and line something happened.
_LINE: Final = re.compile(r'(?:Cell In\[(\d+)\], line |<ipython-input-(\d+)-\w+>(?::|", line ))(\d+)')
#: Signals that a process gets for what code other than Python's does in it.
_CRASHES: Final = (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL)
_PULSE: Final = 1.0  # seconds between two looks at processes that say nothing

Result = Execution | list[Failure]


def run_all(chapters: Iterable[Chapter], done: Callable[[Chapter, Result], None]) -> None:
    """Run chapters side by side and report each as it ends."""
    pending = deque(chapters)
    if not pending:
        return
    preload()
    bind_children()
    sweep()
    with temporary_folder() as folder:
        running: dict[Connection, Run] = {}
        try:
            while pending or running:
                while pending and len(running) < (os.cpu_count() or 1):
                    started = Run(pending.popleft(), folder)
                    running[started.heard] = started
                heard = wait(list(running), _PULSE)
                for connection, run in list(running.items()):
                    result = run.listen() if connection in heard else run.overdue()
                    if result is not None:
                        del running[connection]
                        run.end()
                        done(run.chapter, result)
        finally:
            for run in running.values():
                run.end()


def run(chapter: Chapter) -> Result:
    """Run one chapter."""
    found: list[Result] = []
    run_all([chapter], lambda _, result: found.append(result))
    return found[0]


class Run:
    """A chapter that runs in a fork of this process.

    Parameters
    ----------
    chapter : Chapter
        Runs from now on.
    folder : Path
        Where IPython may keep files.

    Attributes
    ----------
    heard : Connection
        Tells which step begins, and at the end what the chapter gave.
    """

    def __init__(self, chapter: Chapter, folder: Path) -> None:
        self.chapter = chapter
        self._steps = list(chapter.steps())
        self._step = 0
        self._started = self._since = time.perf_counter()
        self._printed = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        self.heard, told = _FORK.Pipe(duplex=False)
        self._process = _FORK.Process(target=_serve, args=(chapter, folder, self._printed, told))
        self._process.start()
        told.close()

    def listen(self) -> Result | None:
        """Take what the process tells; return what the chapter gave when it is done."""
        try:
            told = self.heard.recv()
        except (EOFError, OSError):  # it ended between two things that it told, or within one
            return [self._died()]
        if isinstance(told, int):
            self._step, self._since = told, time.perf_counter()
            return None
        return self._result(**json.loads(told))

    def overdue(self) -> list[Failure] | None:
        """Return what is wrong with a process that says nothing, if anything is."""
        if self._process.exitcode is not None and not self.heard.poll():
            return [self._died()]
        if time.perf_counter() - self._since > CELL_TIMEOUT:
            return [Failure(self._place(self._step), f"ran for more than {CELL_TIMEOUT} s and was ended")]
        return None

    def end(self) -> None:
        """End the process with all that it started."""
        group = self._process.pid
        assert group is not None  # it has been started
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._process.close()
        self.heard.close()
        for file in self._printed:
            file.close()

    def _result(self, outputs: list[list[Any]], queries: list[Any]) -> Result:
        failures = [
            failure for position, shown in enumerate(outputs) for failure in self._failures(position, shown)
        ]
        if len(outputs) < len(self._steps) and not failures:
            failures = [Failure(self._place(len(outputs) - 1), "stopped here without saying why")]
        if failures:
            return failures
        pairs = list(zip(self._steps, outputs, strict=True))
        return Execution(
            outputs=[shown for (_, _, texts), shown in pairs if not texts],
            texts=[_texts(shown) for (_, _, texts), shown in pairs if texts],
            queries=queries,
            seconds=time.perf_counter() - self._started,
        )

    def _failures(self, position: int, shown: list[Any]) -> Iterator[Failure]:
        """Yield the error that a cell ended with and what it wrote to standard error: warnings count."""
        texts, asked = _texts(shown), self._steps[position][2]
        if len(texts) != len(asked) and not any(map(is_complaint, shown)):
            yield Failure(
                self._place(position), f"{len(texts)} texts were given for {len(asked)} expressions"
            )
        for output in shown:
            if output["output_type"] == "error":
                trace = "\n".join(output["traceback"])
                message = f"{output['ename']}: {output['evalue']}\n{trace}"
                yield Failure(self._place(position, trace), message.rstrip())
            elif output["output_type"] == "stream" and output["name"] == "stderr":
                said = output["text"].strip()
                yield Failure(self._place(position, said), f"wrote to standard error: {said}")

    def _died(self) -> Failure:
        self._process.join()
        how, last = _ending(self._process.exitcode or 0), _tail(self._printed[1])
        return Failure(self._place(self._step), f"the process that ran this {how}{last}")

    def _place(self, position: int, trace: str = "") -> str:
        """Return `file:line` of a step, or of what a former step defined, as near as the traceback tells."""
        within = 1
        if found := _LINE.search(trace):
            step = int(found.group(1) or found.group(2)) - 1
            if step <= position:
                position, within = step, int(found.group(3))
        index, _, texts = self._steps[position]
        line = (
            self.chapter.line_of_expression(index, max(within - 2, 0))
            if texts
            else self.chapter.line(index) + within - 1
        )
        return f"{self.chapter.docname}.md:{line}"


def _ending(code: int) -> str:
    """Say how a process ended that has not told what its chapter gave."""
    if code >= 0:
        return f"ended itself with exit code {code}"
    number = signal.Signals(-code)
    if number in _CRASHES:
        return f"crashed by {number.name}, in code that is not Python's"
    why = (
        "as happens when memory runs out; close other programs and build again"
        if number is signal.SIGKILL
        else "which a cell or another program sent it"
    )
    return f"was ended by {number.name}, {why}"


def _texts(shown: list[Any]) -> list[str]:
    return [output["data"][MIME] for output in shown if MIME in output.get("data", {})]


def _tail(file: IO[bytes]) -> str:
    """Return what a process wrote to standard error past Python, to end a message with."""
    written = os.pread(file.fileno(), 2_000, 0).decode(errors="replace").strip()
    return f"; it wrote: {written}" if written else ""


def _serve(chapter: Chapter, folder: Path, printed: tuple[IO[bytes], IO[bytes]], told: Connection) -> None:
    """Run a chapter in this process; what is wrong with running itself goes to its standard error."""
    try:
        os.setsid()  # Ctrl-C in the terminal is for the parent, which ends this process
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(chapter.path.parent)
        sys.path.insert(0, "")  # as in a notebook; why nothing of there is imported, `refuse_unwatched` says
        with dataset.recording() as queries:
            outputs = _shown(chapter, folder, printed, told)
        memo.write()
        told.send(json.dumps({"outputs": outputs, "queries": queries}, default=json_default))
    except Exception:
        os.write(2, traceback.format_exc().encode())
        os._exit(1)


def _shown(
    chapter: Chapter, folder: Path, printed: tuple[IO[bytes], IO[bytes]], told: Connection
) -> list[list[Any]]:
    """Run the steps of a chapter, to the first that fails; return what each shows."""
    from evidence.publish.run.shell import Shell

    shell, outputs = Shell.instance(folder, printed), []
    refuse_unwatched(chapter.path.parents[chapter.docname.count("/")])
    for position, (_, code, texts) in enumerate(chapter.steps()):
        told.send(position)
        code = code or "\n".join([_SHOW, *(f"_show({text})" for text in texts)])
        shown, succeeded = shell.run(code, position + 1)
        outputs.append(shown)
        if not succeeded:
            break
    return outputs
