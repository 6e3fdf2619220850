"""How a problem is told: one line with file, line, column, value, what is allowed and what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

LONGEST_VALUE = 60
LONGEST_TEXT = 1200
#: Problems of one kind that are told of one file; a file that is no table would give one for each line.
MOST_OF_A_KIND = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right in a table.

    Attributes
    ----------
    file : str
        File name inside the data folder.
    line : int
        Line of the file on which the row starts; the header is line 1.
    column : str
        Empty when the problem concerns the whole row or file.
    value : str
        The text found.
    allowed, remedy : str
        What may stand there, and what to do.
    rule : str
        Name of the rule that is broken.
    study_id : str
        The study of the row, when it has one.
    """

    file: str
    line: int
    column: str
    value: str
    allowed: str
    remedy: str
    rule: str = ""
    study_id: str = ""

    def __str__(self) -> str:
        """One line of text."""
        place = f"{self.file}:{self.line}: " + (f"{self.column}: " if self.column else "")
        allowed, remedy = _on_a_line(self.allowed), _on_a_line(self.remedy)
        return f"{place}{shown(self.value)}: allowed is {allowed}; {remedy} [{self.rule}]"


def shown(value: str) -> str:
    """Return a text in quotes, its middle left out where it is long."""
    text = repr(value[: 2 * LONGEST_VALUE])
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 2] + "…" + text[-1]


def _on_a_line(text: str) -> str:
    """Return a text without what would end the line, and not endless: it may quote other cells."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def first(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the first problems of a kind, and after `MOST_OF_A_KIND` one that says that there are more."""
    rest = iter(problems)
    last = None
    for last in islice(rest, MOST_OF_A_KIND):
        yield last
    if last is not None and next(rest, None) is not None:
        yield replace(last, value="", allowed="as above", remedy="there are more: mend these and check again")
