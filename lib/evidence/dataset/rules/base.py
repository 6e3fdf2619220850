"""What a rule sees and what it returns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from evidence.dataset.contract import NUMBER, Contract
from evidence.dataset.problems import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text, with its place in the file."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell; empty when the table has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float | None:
        """Return the number in a cell; None when it is empty or not a number (the contract reports that)."""
        return float(self[column]) if NUMBER.fullmatch(self[column]) else None

    def problem(self, column: str, allowed: str, remedy: str) -> Problem:
        """Return a problem with a cell of this row."""
        return Problem(self.file, self.line, column, self[column], allowed, remedy, study_id=self["study_id"])


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of every table, and the contract."""

    tables: Mapping[str, Sequence[Row]]
    contract: Contract

    def rows(self, *tables: str) -> Iterator[Row]:
        """Yield the rows of the named tables that are there."""
        for table in tables:
            yield from self.tables.get(table, ())


Finder = Callable[[Data], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule.

    Attributes
    ----------
    name : str
        Used in messages and in waivers.
    says : str
        The rule as a sentence.
    find : callable
        Yields a problem for each cell that breaks it.
    """

    name: str
    says: str
    find: Finder

    def problems(self, data: Data) -> Iterator[Problem]:
        """Yield the problems, each with the name of this rule."""
        for problem in self.find(data):
            yield replace(problem, rule=self.name)


def rule(says: str) -> Callable[[Finder], Rule]:
    """Turn a function into a rule of the same name."""
    return partial(_rule, says)


def _rule(says: str, find: Finder) -> Rule:
    return Rule(find.__name__, says, find)
