"""Run chapters: each in a kernel of its own, side by side on all cores."""

from __future__ import annotations

import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from evidence.publish.ending import bind_children, leave_interrupts_to_parent, sweep, temporary_folder
from evidence.publish.problems import BuildError
from evidence.publish.run import inline, kernels
from evidence.publish.run.chapters import Chapter
from evidence.publish.run.execution import Execution, Failure

CELL_TIMEOUT = 300  # seconds
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SHOW = "from evidence.publish.run.inline import show as _show"
_PUBLISH = "from evidence.publish.run.inline import tell_queries as _tell\n_tell()"


def run_all(chapters: Iterable[Chapter], done: Callable[[Chapter, Execution | list[Failure]], None]) -> None:
    """Run chapters side by side and report each as it ends."""
    pending = list(chapters)
    if not pending:
        return
    kernels.preload()
    bind_children()
    sweep()
    workers = min(len(pending), os.cpu_count() or 1)
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, fork, initializer=leave_interrupts_to_parent) as pool:
        futures = {pool.submit(run, chapter): chapter for chapter in pending}
        try:
            for future in as_completed(futures):
                done(futures[future], future.result())
        except BrokenProcessPool:
            raise BuildError(
                "a process that runs chapters was ended from outside, as happens when memory runs out; "
                "close other programs and build again"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # what has not begun when something failed


def run(chapter: Chapter) -> Execution | list[Failure]:
    """Run one chapter in a fresh kernel."""
    with temporary_folder() as sockets:
        return _run(chapter, kernels.kernel_manager(sockets))


def _run(chapter: Chapter, manager: AsyncKernelManager) -> Execution | list[Failure]:
    started = time.perf_counter()
    steps = list(chapter.steps())
    notebook = new_notebook(
        cells=[_cell(code, texts) for _, code, texts in steps] + [new_code_cell(_PUBLISH)]
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=CELL_TIMEOUT,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(chapter.path.parent)}},
    )
    ready = [started]
    client.on_notebook_start = lambda **_: ready.append(time.perf_counter())
    failures: list[Failure] = []
    try:
        client.execute(cleanup_kc=True)  # a manager that is handed in is not shut down otherwise
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        failures.append(_failure(chapter, steps, notebook, error))
    failures += _complaints(chapter, steps, notebook)
    if failures:
        return failures
    (asked,) = _take(notebook.cells[-1], inline.ASKED_MIME)
    return Execution(
        outputs=[
            _plain(cell) for (_, _, texts), cell in zip(steps, notebook.cells, strict=False) if not texts
        ],
        texts=[
            _take(cell, inline.MIME)
            for (_, _, texts), cell in zip(steps, notebook.cells, strict=False)
            if texts
        ],
        queries=asked,
        seconds=time.perf_counter() - started,
        startup_seconds=ready[-1] - started,
    )


def _cell(code: str, texts: tuple[str, ...]) -> NotebookNode:
    cell: NotebookNode = new_code_cell(code or "\n".join([_SHOW, *(f"_show({text})" for text in texts)]))
    return cell


def _take(cell: NotebookNode, mime: str) -> list[Any]:
    return [output.data[mime] for output in cell.outputs if mime in output.get("data", {})]


def _plain(cell: NotebookNode) -> list[Any]:
    """Return a cell's outputs without what differs from run to run."""
    return [
        {key: value for key, value in output.items() if key != "execution_count"}
        | ({"execution_count": None} if output.output_type == "execute_result" else {})
        for output in cell.outputs
    ]


def _complaints(chapter: Chapter, steps: list[Any], notebook: NotebookNode) -> Iterator[Failure]:
    """Yield what cells wrote to standard error: warnings count as failures."""
    for position, cell in enumerate(notebook.cells):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                yield Failure(
                    _place(chapter, steps, position), f"wrote to standard error: {output.text.strip()}"
                )


def _failure(chapter: Chapter, steps: list[Any], notebook: NotebookNode, error: Exception) -> Failure:
    failed = [
        (position, output)
        for position, cell in enumerate(notebook.cells)
        for output in cell.outputs
        if output.output_type == "error"
    ]
    if not failed:
        return Failure(f"{chapter.docname}.md", _ANSI.sub("", str(error)).strip())
    position, output = failed[-1]
    trace = _ANSI.sub("", "\n".join(output.traceback))
    return Failure(_place(chapter, steps, position, trace), f"{output.ename}: {output.evalue}\n{trace}")


def _place(chapter: Chapter, steps: list[Any], position: int, trace: str = "") -> str:
    """Return `file:line` of a cell, as near to the failing line as the traceback tells."""
    if position >= len(steps):
        return f"{chapter.docname}.md"
    index, _, texts = steps[position]
    found = re.search(r"Cell In\[\d+\], line (\d+)", trace)
    within = int(found.group(1)) if found else 1
    if texts:
        return f"{chapter.docname}.md:{chapter.line_of_expression(index, max(within - 2, 0))}"
    return f"{chapter.docname}.md:{chapter.line(index) + within - 1}"
