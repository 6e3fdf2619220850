"""What trials without a number found: less or more of the outcome, no clear difference, an untested side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from evidence.effects import Effect
from evidence.wording.numbers import listing

Side: TypeAlias = Literal["less", "more", "none", "less untested", "more untested", "mixed"]

_UNTESTED: Final = "(not tested against chance)"
#: What trials found.
FOUND: Final[dict[Side, str]] = {
    "less": "less {outcome}",
    "more": "more {outcome}",
    "none": "no clear difference",
    "less untested": f"less {{outcome}} {_UNTESTED}",
    "more untested": f"more {{outcome}} {_UNTESTED}",
    "mixed": "different things at different times",
}


def side(effect: Effect) -> Side:
    """Return the side of an effect without a number.

    Raises
    ------
    ValueError
        When the effect says nothing.
    """
    said = effect.statement
    if said is None:
        raise ValueError(f"{effect.label}: an effect without a statement has no side")
    tested = (said.p_low, said.p_high) != (0, 1)
    if not said.direction or (tested and said.p_high > 0.05):
        return "none"
    if said.direction < 0:
        return "less" if tested else "less untested"
    return "more" if tested else "more untested"


def by_trial(effects: Iterable[Effect]) -> dict[str, Side]:
    """Return the side of each trial, by study; one that says different things at different times is mixed.

    One that points the same way each time, and was tested at one of them, stands for what was tested.
    """
    found: dict[str, set[Side]] = {}
    for effect in effects:
        found.setdefault(effect.study_id, set()).add(side(effect))
    return {study: _together(sides) for study, sides in found.items()}


def _together(sides: set[Side]) -> Side:
    if len(sides) == 1:
        return next(iter(sides))
    if sides == {"less", "less untested"}:
        return "less"
    return "more" if sides == {"more", "more untested"} else "mixed"


def counted(effects: Iterable[Effect], outcome: str) -> str:
    """Count what trials found: "of 2 trials, 1 found less pain and 1 no clear difference"; each trial once.

    Parameters
    ----------
    outcome : str
        What is measured, in a word.

    Examples
    --------
    >>> counted([], "pain")
    'no trial says anything'
    """
    return worded(list(by_trial(effects).values()), outcome)


def worded(sides: Sequence[Side], outcome: str) -> str:
    """Word a row of sides.

    Examples
    --------
    >>> worded(["less", "none", "none"], "pain")
    'of 3 trials, 1 found less pain and 2 no clear difference'
    >>> worded(["none", "none"], "pain")
    'both trials found no clear difference'
    """
    if not sides:
        return "no trial says anything"
    if len(set(sides)) > 1:
        return f"of {len(sides):,} trials, {tally(sides, outcome)}"
    who = {1: "the one trial", 2: "both trials"}.get(len(sides), f"all {len(sides):,} trials")
    return f"{who} found {FOUND[sides[0]].format(outcome=outcome)}"


def tally(sides: Sequence[Side], outcome: str) -> str:
    """Word a row of sides where the trials have just been counted; it must not be empty.

    Examples
    --------
    >>> tally(["less", "none", "none"], "pain")
    '1 found less pain and 2 no clear difference'
    >>> tally(["none", "none"], "pain")
    'both found no clear difference'
    """
    found = {kind: words.format(outcome=outcome) for kind, words in FOUND.items() if kind in sides}
    if len(found) == 1:
        who = {1: "it", 2: "both"}.get(len(sides), "all")
        return f"{who} found {next(iter(found.values()))}"
    first, *rest = (f"{sides.count(kind):,} {{}}{words}" for kind, words in found.items())
    return listing([first.format("found "), *(part.format("") for part in rest)])
