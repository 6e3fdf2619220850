"""How the build says that something is wrong."""

from __future__ import annotations


class BuildError(Exception):
    """The build stops; the message lists every reason."""


def tell(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
