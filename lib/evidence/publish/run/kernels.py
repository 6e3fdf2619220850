"""Kernels that start quickly: forks of a process that has already imported the library.

Starting Python and importing pandas, scipy and matplotlib takes longer than most chapters. The build imports
them once and forks an ordinary ipykernel for each chapter, which thus still runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.run import inline

PRELOADED = (
    "evidence.report",
    "seaborn",
    "scipy.interpolate",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "nbclient",
)


#: The folder of the packages: the library and what is the book's own.
LIBRARY = Path(__file__).parents[3]


def own_modules() -> tuple[str, ...]:
    """Return the modules of the packages that stand beside this library: what is the book's own."""
    paths = (path for path in sorted(LIBRARY.glob("*/*.py")) if path.parent.name != "evidence")
    return tuple(f"{path.parent.name}.{path.stem}" for path in paths if path.stem != "__init__")


class ForkedProcess:
    """A forked child with the part of `subprocess.Popen` that a kernel provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = 0
            else:
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        """Wait for the process to end and return its exit code."""
        while self.poll() is None:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return self.returncode or 0

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Start a kernel as a fork of this process instead of as a new interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork; the child becomes the kernel named by the connection file in `cmd`."""
        connection_file = cmd[cmd.index("-f") + 1]
        folder = Path(kwargs.get("cwd") or Path.cwd())
        pid = os.fork()
        if pid == 0:
            _become_kernel(connection_file, folder)
        self.process = ForkedProcess(pid)  # type: ignore[assignment]
        self.pid = self.pgid = pid
        self.cwd = folder
        return self.connection_info


def kernel_manager(folder: Path) -> AsyncKernelManager:
    """Make a manager whose kernel is a fork of this process; its sockets lie in `folder`."""
    manager = AsyncKernelManager(
        kernel_name="python3", transport="ipc", connection_file=str(folder / "kernel.json")
    )
    manager.provisioner = ForkProvisioner(
        kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager
    )
    return manager


def preload() -> None:
    """Import what every chapter needs, so that forks inherit it."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # keeps the unused debugger from talking
    for name in (*PRELOADED, *own_modules()):
        __import__(name)
    gc.freeze()  # a fork that collects garbage would copy every page of memory


def warm(ds: Dataset) -> None:
    """Answer every question that is not kept, so that forks inherit the answers and none answers it again.

    What cannot be answered is left to the chapter that asks for it, which says so with its line.
    """
    from evidence.report.book.answers import VIEWS, reports_of
    from evidence.report.book.known import known

    for drug, condition in reports_of(ds):
        with contextlib.suppress(ValueError):
            for asked in (*VIEWS.values(), known):
                asked(ds, drug=drug, condition=condition)
    gc.freeze()


def _become_kernel(connection_file: str, folder: Path) -> NoReturn:
    try:
        os.setsid()
        os.chdir(folder)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # the parent may catch its own in a string
        signal.signal(signal.SIGINT, signal.default_int_handler)
        asyncio.set_event_loop(None)
        from ipykernel.kernelapp import IPKernelApp

        app = IPKernelApp.instance(
            connection_file=connection_file, parent_handle=os.getppid(), log_level=logging.CRITICAL
        )
        app.config.HistoryManager.enabled = False
        with dataset.recording() as queries:
            app.initialize([])
            inline.listen(queries)
            app.start()
    except SystemExit:
        os._exit(0)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)
    os._exit(0)
