"""How a build ends when it is stopped: with its children, at once, saying what stands."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import FrameType

from evidence.dataset.plain import clear

#: Ctrl-C, the way service managers and CI stop a process, and a terminal that was closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PREFIX = "evidence-"
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)
#: The process that is forking, if the child should end with it.
_parent = 0
_bound = False


def bind_children() -> None:
    """Let every process that is forked from now on end when its parent does, however that ends.

    Linux sends the signal; elsewhere children are ended by `stoppable` alone. It follows the thread that
    forks, so children of other threads than the main one are left as they are.
    """
    global _bound
    if _prctl is not None and not _bound:
        os.register_at_fork(before=_note_parent, after_in_child=_end_with_parent)
        _bound = True


@contextmanager
def stoppable(stands: Callable[[], str]) -> Iterator[None]:
    """End the process with all its children when a signal asks for it, after a line that says what stands.

    The process ends inside the handler: no library on the way can catch it, and it dies of the signal, so
    that a shell that runs it stops too. What is on disk is as whole as after a power cut.

    Parameters
    ----------
    stands : callable
        Tells in a sentence what a reader of the site gets now.
    """
    owner = os.getpid()
    bind_children()

    def stop(signum: int, frame: FrameType | None) -> None:
        signal.signal(signum, signal.SIG_DFL)
        if os.getpid() == owner:
            for child in multiprocessing.active_children():
                if child.pid is not None:
                    with suppress(OSError):  # that has no group of its own
                        os.killpg(child.pid, signal.SIGKILL)
                child.kill()
            name = signal.Signals(signum).name
            os.write(2, f"\nStopped by {name}. {stands()}\n".encode())
        os.kill(os.getpid(), signum)

    former = {number: signal.getsignal(number) for number in SIGNALS}
    heard = [number for number, handler in former.items() if handler is not signal.SIG_IGN]  # as by nohup
    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, former[number])


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold signals back until the block is done."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder with a short name that goes with the block, or with `sweep` if this process is killed."""
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove the temporary folders of processes that are no more."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            if number.isdecimal() and not _runs(int(number)) and folder.lstat().st_uid == os.getuid():
                clear(folder)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _note_parent() -> None:
    global _parent
    _parent = os.getpid() if threading.current_thread() is threading.main_thread() else 0


def _end_with_parent() -> None:
    if _parent and _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != _parent:  # it ended in between
            os._exit(1)
