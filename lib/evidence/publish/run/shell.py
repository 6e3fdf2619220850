"""Cells run as in a notebook, by IPython in this process, without a kernel and its messages.

Starting a kernel and talking to it takes longer than most chapters. What a cell shows is gathered here as the
outputs of the notebook format.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from pathlib import Path
from typing import IO, Any, Final

import matplotlib.pyplot as plt
import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

from evidence.publish.run.outputs import (
    Descriptor,
    Output,
    Outputs,
    RefusedError,
    error,
    is_complaint,
    writable,
)

_CONFIG = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
_COLUMNS: Final = 20  # of a table that a notebook shows
#: A notebook shows what is drawn with pyplot; a page would have it without words for those who cannot see it.
_UNSHOWN: Final = (
    "drawn with matplotlib.pyplot and left open: the page would not show it; "
    "give what draws it to evidence.charts.figure, with words that say what it shows, or close it"
)


class Stream(io.TextIOBase):
    """Standard output or standard error of a cell.

    What does not come from Python, such as a program that the cell starts, writes to the same file descriptor
    and is read from the file behind it when the cell is done.
    """

    def __init__(self, shell: Shell, name: str, number: int) -> None:
        self._shell, self._name, self._number = shell, name, number
        self._owner = os.getpid()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How text becomes bytes."""
        return "utf-8"

    def fileno(self) -> int:
        """Return the file descriptor, for programs that inherit it."""
        return self._number

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Keep a text."""
        if os.getpid() == self._owner:
            self._shell.outputs.write(self._name, text)
        else:  # a process that the cell forked
            os.write(self._number, text.encode())
        return len(text)


class Unanswered(io.TextIOBase):
    """Standard input of a cell, where `input()` and debuggers would take silence for an answer."""

    def read(self, size: int | None = -1, /) -> str:
        """Refuse."""
        raise RefusedError("a cell waits for an answer that nobody can give while the book is built")

    readline = read  # type: ignore[assignment]


class ResultHook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """Do nothing."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep the value in all its formats."""
        assert self.shell is not None
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": None,
                "data": format_dict,
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        """Do nothing."""
        self._is_active = False


class Publisher(DisplayPublisher):
    """Keeps what a cell displays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._named: dict[str, list[Output]] = {}

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        """Keep an output, and put it in the place of those that bear its name."""
        assert self.shell is not None
        name = (transient or {}).get("display_id")
        named = self._named.setdefault(name, []) if name else []
        content = {"data": data, "metadata": metadata or {}}
        for output in named:
            output.update(content)
        if not update:
            named.append(self.shell.outputs.add({"output_type": "display_data", **content}))

    def clear_output(self, wait: bool = False) -> None:
        """Drop what the cell has shown."""
        assert self.shell is not None
        self.shell.outputs.clear(wait)


class Shell(InteractiveShell):
    """Runs cells and gathers what they show; takes standard output and error of this process for good.

    Parameters
    ----------
    folder : Path
        Where IPython may keep files; the settings and the history of who builds do not count.
    printed : tuple of two files
        Take what is written to standard output and standard error past Python.
    """

    displayhook_class = ResultHook
    display_pub_class = Publisher

    def __init__(self, folder: Path, printed: tuple[IO[bytes], IO[bytes]]) -> None:
        self._printed = {
            name: Descriptor(number, file)
            for (name, number), file in zip((("stdout", 1), ("stderr", 2)), printed, strict=True)
        }
        self.outputs = Outputs(self._printed)
        sys.stdin, sys.stdout, sys.stderr = Unanswered(), Stream(self, "stdout", 1), Stream(self, "stderr", 2)
        self._owner = os.getpid()
        warnings.filterwarnings("ignore", "To exit: use")  # what IPython says of sys.exit() in a terminal
        profile = ProfileDir(location=str(folder))
        plt.close("all")  # what the process drew that this one is a fork of
        # pandas takes a process for a terminal, and cuts tables to its width, unless a kernel imports it
        pd.set_option("display.max_columns", _COLUMNS)
        super().__init__(ipython_dir=str(folder), profile_dir=profile, config=_CONFIG)  # type: ignore[no-untyped-call]

    def init_virtualenv(self) -> None:
        """Leave the path as it is: this process has the environment of the build."""

    def init_environment(self) -> None:
        """Let programs write without colours and pages."""
        os.environ |= {"TERM": "dumb", "PAGER": "cat", "GIT_PAGER": "cat"}

    def ask_exit(self) -> None:
        """Refuse `exit()`, which would leave the rest of the chapter out in silence."""
        raise RefusedError("exit() ends the chapter before its last cell")

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        if issubclass(etype, RefusedError):
            stb = [part for part in stb if not part.startswith("File ")]
        self.outputs.add(error(etype.__name__, str(evalue), stb))

    def run(self, code: str, number: int) -> tuple[list[Output], bool]:
        """Run a cell under a number; return what it shows, and whether it ran to its end."""
        self.outputs, self.execution_count = Outputs(self._printed), number
        done = self.run_cell(code, store_history=True)  # type: ignore[no-untyped-call]
        if os.getpid() != self._owner:
            os.write(2, b"a process that the cell forked came out of it: end it by os._exit\n")
            os._exit(1)
        if unshown := plt.get_fignums():
            plt.close("all")
            self.outputs.add(error("FigureNotShown", f"{len(unshown)} {_UNSHOWN}", []))
        shown = self.outputs.all()
        if not done.success and not any(map(is_complaint, shown)):
            shown.append(error("Failed", repr(done.error_before_exec or done.error_in_exec), []))
        return (writable(shown), True) if done.success else (shown, False)
