"""What cells show: the outputs of the notebook format."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from typing import IO, Any

from jupyter_client.jsonutil import json_default

Output = dict[str, Any]


class RefusedError(RuntimeError):
    """What the build does not let a cell do; the code between the two is no matter of who wrote the cell."""


class Descriptor:
    """A file descriptor of this process that leads into a file from now on.

    Parameters
    ----------
    number : int
        1 for standard output, 2 for standard error.
    file : file
        Empty, open for reading and writing.
    """

    def __init__(self, number: int, file: IO[bytes]) -> None:
        os.dup2(file.fileno(), number)
        self._file, self._read = file.fileno(), 0

    def news(self) -> str:
        """Return what was written since the last call."""
        size = os.fstat(self._file).st_size
        if size == self._read:
            return ""
        found = os.pread(self._file, size - self._read, self._read)
        self._read = size
        return found.decode(errors="replace")


class Outputs:
    """What one cell shows, in order.

    Parameters
    ----------
    printed : mapping of str to Descriptor
        Standard output and standard error, by name, past Python.
    """

    def __init__(self, printed: Mapping[str, Descriptor]) -> None:
        self._printed = printed
        self._kept: list[Output] = []
        self._stream: tuple[str, io.StringIO] | None = None
        self._clears = False

    def add(self, output: Output) -> Output:
        """Keep an output."""
        self._drain()
        self._end_stream()
        self._make_way()
        self._kept.append(output)
        return output

    def write(self, stream: str, text: str) -> None:
        """Keep what was printed; neighbours on one stream are one output."""
        self._drain()
        self._add(stream, text)

    def clear(self, wait: bool) -> None:
        """Drop what was kept: now, or when there is something to put in its place."""
        self._drain()
        self._clears = True
        if not wait:
            self._make_way()

    def all(self) -> list[Output]:
        """Return the outputs."""
        self._drain()
        self._end_stream()
        return self._kept

    def _drain(self) -> None:
        for stream, descriptor in self._printed.items():
            self._add(stream, descriptor.news())

    def _add(self, stream: str, text: str) -> None:
        if not text:
            return
        self._make_way()
        if self._stream is None or self._stream[0] != stream:
            self._end_stream()
            self._stream = (stream, io.StringIO())
        self._stream[1].write(text)

    def _make_way(self) -> None:
        if self._clears:
            self._kept, self._stream, self._clears = [], None, False

    def _end_stream(self) -> None:
        if self._stream is not None:
            name, text = self._stream
            self._kept.append({"output_type": "stream", "name": name, "text": text.getvalue()})
            self._stream = None


def error(name: str, value: str, trace: list[str]) -> Output:
    """Return the output of a cell that failed."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": trace}


def is_complaint(output: Output) -> bool:
    """Whether an output says that something is wrong: an error, or what stands in standard error."""
    return output["output_type"] == "error" or output.get("name") == "stderr"


def writable(shown: list[Output]) -> list[Output]:
    """Return outputs, or what is wrong with them where no page can hold them."""
    try:
        json.dumps(shown, default=json_default, ensure_ascii=False).encode()
    except (TypeError, ValueError) as why:
        return [*filter(is_complaint, shown), error("OutputNotShown", f"no page can hold it: {why}", [])]
    return shown
