"""How the build says that something is wrong."""

from __future__ import annotations

import errno
import os
import re


class BuildError(Exception):
    """The build stops; the message lists every reason."""


#: What the system says when it will not write or open, and what to do about it.
_REMEDIES = {
    errno.ENOSPC: "free some space on its disk",
    errno.EDQUOT: "free some of your quota",
    errno.EFBIG: "raise the limit of the size of files (ulimit -f)",
    errno.EROFS: "build in a folder on a disk that can be written",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "give yourself the right to read and write it"),
    errno.EISDIR: "move the folder away",
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), "move the file away that stands where a folder should be"),
    errno.ELOOP: "replace the links by what they should lead to",
    errno.ENAMETOOLONG: "build in a folder with a shorter path",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close other programs: the system has too many files open",
    errno.ENOMEM: "close other programs: memory has run out",
    errno.EAGAIN: "raise the limit of processes (ulimit -u)",
}
#: How an error of the system reads in the text of another error.
_SAID = re.compile(r"\[Errno (\d+)\] [^\n:]+(?:: '([^'\n]*)')?")


def of_system(error: OSError | MemoryError, again: str = "build again") -> str:
    """Say what the system would not give, write or open, why, and what to do; nothing for other errors.

    Examples
    --------
    >>> of_system(OSError(errno.ENOSPC, "No space left on device", "_build/next/html/a.html"))
    '_build/next/html/a.html: No space left on device; free some space on its disk, then build again'
    """
    if isinstance(error, MemoryError):
        error = OSError(errno.ENOMEM, "", "memory")
    if error.errno not in _REMEDIES:
        return ""
    place = str(error.filename) if error.filename is not None else "a file"
    return f"{place}: {os.strerror(error.errno)}; {_REMEDIES[error.errno]}, then {again}"


def of_system_in(text: str) -> str:
    """Do the same for the last such error that a text tells of."""
    found = [(int(number), name or None) for number, name in _SAID.findall(text)]
    told = [of_system(OSError(number, os.strerror(number), name)) for number, name in found]
    return next((line for line in reversed(told) if line), "")


def tell(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
