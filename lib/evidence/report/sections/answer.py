"""The answer to one question: a sentence in GRADE's wording, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from evidence.charts.html import escape
from evidence.effects import Effect
from evidence.grade.statement import no_estimate, statement
from evidence.meta import Pooled
from evidence.results.analysis import Analysis
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, plural
from evidence.wording.sentences import all_evidence, pain_effect

_SHOWN: Final = 3
_SCALE: Final = 100  # points: the width of the pain scale to which every effect is brought
_TOO_WIDE: Final = "The interval is wider than the pain scale itself: so few trials exclude almost nothing."


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
    """Word the answer to one question: size and certainty, then the numbers behind them."""
    subject, when = analysis.subject, analysis.when
    if analysis.pooled is None:
        return Line(no_estimate(subject, f"pain {when}"), _without_numbers(analysis), analysis)
    level = analysis.certainty.level
    sentence = statement(subject, f"pain {when}", analysis.pooled.estimate, analysis.mid, level)
    return Line(sentence, _with_numbers(analysis), analysis)


def too_wide(pooled: Pooled) -> bool:
    """Whether an interval in points is wider than the scale of pain."""
    return pooled.ci_high - pooled.ci_low > _SCALE


def _with_numbers(analysis: Analysis) -> str:
    assert analysis.pooled is not None
    count = plural(analysis.pooled.k, "trial")
    text = (
        f"Mean difference {pain_effect(analysis.pooled)}; {count}, "
        f"{plural(analysis.people, 'person', 'people')}; certainty {analysis.certainty.level}."
    )
    if too_wide(analysis.pooled):
        text += f" {_TOO_WIDE}"
    return text + _reexpressed(analysis) + _warned(analysis) + _more(analysis)


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
    return [spaced(flag.flag) for flag in flags if flag.severity == "caution" and flag.flag in effect.flags]


def _more(analysis: Analysis) -> str:
    if not analysis.bounded:
        return ""
    more = plural(len(analysis.bounded), "more trial gives", "more trials give")
    used, found = analysis.everything.k_bounded, len(analysis.bounded)
    if not used:
        return f" {more} only a bound or a direction, without the number of people that could weigh it."
    all_of_them = "them" if found > 1 else "it"
    whom = all_of_them if used == found else f"{used:,} of them"
    return f" {more} only a bound or a direction; with {whom}: {all_evidence(analysis.everything)}."


def _without_numbers(analysis: Analysis) -> str:
    said = "; ".join(
        f"{effect.label}: {effect.statement.words}" for effect in analysis.bounded if effect.statement
    )
    return f"{said}. No trial gives a number that can be pooled; certainty {analysis.certainty.level}."
