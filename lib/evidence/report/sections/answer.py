"""The answer to one question: a sentence in GRADE's wording, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from evidence.effects import Effect
from evidence.grade.certainty import NAME
from evidence.results.analysis import Analysis
from evidence.results.posterior_words import headline, told
from evidence.wording.html import escape
from evidence.wording.numbers import capital, listing

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """The answer for one route and one time window.

    Attributes
    ----------
    statement : str
        The sentence in GRADE's informative wording.
    numbers : str
        What it rests on.
    analysis : Analysis
    """

    statement: str
    numbers: str
    analysis: Analysis = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, as a row of short facts."""

    items: tuple[tuple[str, str], ...]

    def _repr_html_(self) -> str:
        pairs = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in self.items
        )
        return f'<dl class="ev-facts">{pairs}</dl>'


def answer_line(analysis: Analysis) -> Line:
    """Word the answer to one question: what was found, then what lies behind it and how sure it is."""
    numbers = f"{told(analysis)} {capital(NAME)}: {analysis.certainty.words}."
    return Line(headline(analysis), f"{numbers}{_reexpressed(analysis)}{_warned(analysis)}", analysis)


def _reexpressed(analysis: Analysis) -> str:
    made = [effect for effect in analysis.numeric if effect.reexpressed]
    if not made:
        return ""
    if len(made) == len(analysis.numeric):
        return (
            " Worked out from a p-value or counts by way of a standardised difference, not printed in points."
        )
    return " Partly re-expressed in points from a standardised difference."


def _warned(analysis: Analysis) -> str:
    """Name the trials with a warning where they carry half of the weight or more."""
    flagged = [effect for effect in analysis.numeric if _cautions(analysis, effect)]
    if not analysis.carried_by(flagged):
        return ""
    named = "; ".join(f"{effect.label}: {listing(_cautions(analysis, effect))}" for effect in flagged)
    return f" Warnings on what carries this result: {named}."


def _cautions(analysis: Analysis, effect: Effect) -> list[str]:
    flags = analysis.selection.flags[effect.study_id]
    kept = [flag.flag for flag in flags if flag.severity == "caution" and flag.flag in effect.flags]
    return [f"{word[:1].lower()}{word[1:]}" for word in map(analysis.labels.flag, kept)]
