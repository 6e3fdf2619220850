"""What trials without a number found: less or more of the outcome, no clear difference, an untested side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from evidence.effects import Effect
from evidence.wording.numbers import listing

Side: TypeAlias = Literal["less", "more", "none", "leaning", "mixed"]

#: What trials found.
FOUND: Final[dict[Side, str]] = {
    "less": "less {outcome}",
    "more": "more {outcome}",
    "none": "no clear difference",
    "leaning": "a difference that was not tested",
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
    if said.p_high <= 0.05 and said.direction:
        return "less" if said.direction < 0 else "more"
    return "leaning" if (said.p_low, said.p_high) == (0, 1) else "none"


def by_trial(effects: Iterable[Effect]) -> dict[str, Side]:
    """Return the side of each trial, by study; one that says different things at different times is mixed."""
    found: dict[str, set[Side]] = {}
    for effect in effects:
        found.setdefault(effect.study_id, set()).add(side(effect))
    return {study: next(iter(sides)) if len(sides) == 1 else "mixed" for study, sides in found.items()}


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
    found = {kind: words.format(outcome=outcome) for kind, words in FOUND.items() if kind in sides}
    if not found:
        return "no trial says anything"
    if len(found) == 1:
        who = {1: "the one trial", 2: "both trials"}.get(len(sides), f"all {len(sides):,} trials")
        return f"{who} found {next(iter(found.values()))}"
    first, *rest = (f"{sides.count(kind):,} {{}}{words}" for kind, words in found.items())
    parts = [first.format("found "), *(part.format("") for part in rest)]
    return f"of {len(sides):,} trials, {listing(parts)}"
