"""What an outcome does when it gets better, in words: pain is lowered, and wellbeing raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Toward:
    """Words for the better side of an outcome.

    Attributes
    ----------
    verb, infinitive : str
        What a drug that helps does to it: "lowers", "lower".
    than : str
        How it is then: "lower".
    amount : str
        How much of it there is then: "less".
    gain : str
        A change to that side: "relief".
    ends : (str, str)
        What the least and the greatest value of a scale are.
    """

    verb: str
    infinitive: str
    than: str
    amount: str
    gain: str
    ends: tuple[str, str]

    @property
    def said(self) -> dict[str, str]:
        """The words by their names in `evidence.wording.posterior.SENTENCES`."""
        return {"helps": self.verb, "help": self.infinitive}


#: By the sign of a difference that favours the drug.
TOWARD: Final[Mapping[int, Toward]] = {
    -1: Toward("lowers", "lower", "lower", "less", "relief", ("none", "worst")),
    1: Toward("raises", "raise", "higher", "more", "gain", ("worst", "best")),
}
