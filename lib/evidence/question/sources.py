"""Where a row was read, and how much a source tells of a comparison: which of several stands for a study."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from evidence.question.candidates import Candidate
from evidence.question.records import Arm, ArmRow, ContrastRow, Study

#: The words of the setting `source_order`, as a reader is told.
SOURCES: Final = {
    "full_text": "the trial's paper",
    "review": "a review's row of the trial",
    "registry": "the trial's registration",
    "abstract": "the trial's abstract",
    "secondary": "a page that reports the trial second hand",
    "figure": "a value that a review read off a figure",
}


class Told(IntEnum):
    """How much rows tell of the size of a difference, the most first."""

    NUMBER = 0
    """Values of both arms with their spread or counts, or a difference with its interval."""
    CONVERTIBLE = 1
    """Numbers from which a difference must be derived: counts of another outcome, a value without spread."""
    STATEMENT = 2
    """A test or a direction."""


def told_by_source(candidates: Sequence[Candidate], outcome: str, study: Study) -> dict[str, Told]:
    """Return the most that each source tells of an outcome in any of its candidates."""
    told: dict[str, Told] = {}
    for candidate in candidates:
        source = candidate.place.source
        told[source] = min(told.get(source, Told.STATEMENT), _told(candidate, outcome, study))
    return told


def _told(candidate: Candidate, outcome: str, study: Study) -> Told:
    drug, control = candidate.comparison.experimental[0], candidate.comparison.control
    found = [Told.STATEMENT]
    for pair in candidate.pairs:
        if _complete(pair.experimental[0], drug, study) and _complete(pair.control, control, study):
            found.append(Told.NUMBER if pair.control.outcome == outcome else Told.CONVERTIBLE)
    found += [_of_contrast(stated.row, outcome) for stated in candidate.contrasts]
    return min(found)


def _complete(row: ArmRow, arm: Arm, study: Study) -> bool:
    """Whether a row gives its part of a difference: counts, or a value with its spread and its people."""
    if row.events is not None:
        return row.total is not None
    people = row.n if row.n is not None else arm.n
    if people is None and study.design == "crossover":
        people = study.n
    spread = row.sd is not None or row.se is not None or row.ci_low is not None
    quartiles = row.median is not None and row.q1 is not None and row.q3 is not None
    return people is not None and (quartiles if row.mean is None else spread)


def _of_contrast(row: ContrastRow, outcome: str) -> Told:
    interval = row.se is not None or (row.ci_low is not None and row.ci_high is not None)
    if row.estimate is not None and interval and row.outcome == outcome:
        return Told.NUMBER
    return Told.STATEMENT if row.estimate is None and row.p_operator != "=" else Told.CONVERTIBLE
