"""Files of a stranger: plain ones alone are read, of a bounded size, and nothing is waited for."""

import os
import shutil
import stat
from pathlib import Path

#: The most that is read of one file, in bytes; the largest table of the project has 0.3 MB.
MOST = 256 * 1024 * 1024


class NotPlainError(ValueError):
    """A path leads to something else than a plain file of a bounded size."""


def clear(path: Path) -> None:
    """Remove a folder, or whatever stands in its place; `rmtree` would wait for the other end of a pipe."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)


def leave_files(path: Path) -> None:
    """Remove what stands in the place of a file and is none."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        clear(path)


def read_plain(path: Path, most: int = MOST) -> bytes | None:
    """Return the content of a plain file; None when there is no file of this name.

    A link is not followed, and a pipe, a device or a folder is not read.

    Parameters
    ----------
    path : Path
        Its last part must be the file itself; the folder may be reached through links.
    most : int
        The most bytes that a file may have.

    Raises
    ------
    NotPlainError
        When the path leads to anything else, or the file cannot be read or is too large; the message is what
        stands there.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise NotPlainError("a link to another file")
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotPlainError(f"a file that cannot be opened ({error.strerror})") from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise NotPlainError(_kind(mode))
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size <= most:
            content = file.read(most + 1)
            if len(content) <= most:
                return content
    raise NotPlainError(f"a file of more than {most:,} bytes")


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")
