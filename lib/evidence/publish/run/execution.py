"""What running a chapter gave; without what runs it, so that reading a record starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidence.dataset import Query


@dataclass(frozen=True)
class Execution:
    """What running a chapter gave.

    Attributes
    ----------
    outputs : list
        Outputs of each code cell, in order.
    texts : list
        Values of the expressions of each Markdown cell that has any, in order.
    queries : list of dict
        Questions put to the data, with the digest of each answer.
    seconds : float
        From the start of its process to its end.
    """

    outputs: list[list[Any]]
    texts: list[list[str]]
    queries: list[Query]
    seconds: float


@dataclass(frozen=True)
class Failure:
    """Why a chapter did not run: where, and what Python said."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"
