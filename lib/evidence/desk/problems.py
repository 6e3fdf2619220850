"""How a command of the desk says no."""

from __future__ import annotations


class DeskError(Exception):
    """A command stops before anything is written; the message says why and what to do."""
