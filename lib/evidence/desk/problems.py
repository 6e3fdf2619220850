"""How a command of the desk says no."""

from __future__ import annotations

from pathlib import Path


class DeskError(Exception):
    """A command stops before anything is written; the message says why and what to do."""


def shown(path: Path) -> str:
    """Return a path for a message: below the present folder where it is, and without `..` on the way."""
    whole = path.resolve()
    here = Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(whole)
