"""The sentence a reader takes away: the size of an effect and its certainty, in GRADE's informative wording.

After GRADE guidelines 26 (Santesso et al. 2020, J Clin Epidemiol 119:126): the size of the effect chooses the
verb's object, the certainty chooses the verb. The sentence here is written anew.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from evidence.grade.certainty import Level

Size: TypeAlias = Literal["large", "important", "small", "none"]

_VERB: Final[dict[Level, str]] = {
    "high": "{}",
    "moderate": "probably {}",
    "low": "may {}",
    "very low": "",
}
_SINGULAR: Final = {"high": "s", "moderate": "s", "low": "", "very low": ""}


def size(estimate: float, mid: float) -> Size:
    """Name a size: large from twice the MID, important from the MID, small from half of it."""
    magnitude = abs(estimate) / mid
    if magnitude >= 2:
        return "large"
    if magnitude >= 1:
        return "important"
    return "small" if magnitude >= 0.5 else "none"


def statement(drug: str, outcome: str, estimate: float, mid: float, certainty: Level) -> str:
    """Return the sentence for a continuous outcome where lower is better.

    Parameters
    ----------
    drug : str
        Subject of the sentence, such as ``"Intravenous ketamine"``.
    outcome : str
        What falls or rises, such as ``"pain in the first week"``.
    estimate, mid : float
        Mean difference (negative favours the drug) and smallest important difference, same unit.

    Examples
    --------
    >>> statement("Intravenous ketamine", "pain", -27.7, 10, "low")
    'Intravenous ketamine may reduce pain by a large amount.'
    """
    if certainty == "very low":
        return f"Whether {_lower(drug)} changes {outcome} is very uncertain."
    verb = "make" if size(estimate, mid) == "none" else "reduce" if estimate < 0 else "increase"
    predicate = _VERB[certainty].format(verb + _SINGULAR[certainty])
    objects = {
        "large": f"{outcome} by a large amount",
        "important": f"{outcome} by an amount that matters",
        "small": f"{outcome} slightly",
        "none": f"little or no difference to {outcome}",
    }
    return f"{drug} {predicate} {objects[size(estimate, mid)]}."


def no_estimate(drug: str, outcome: str) -> str:
    """Return the sentence for an outcome on which nothing can be pooled."""
    return f"How much {_lower(drug)} changes {outcome} cannot be estimated from what the trials report."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
