"""The first screen of a report: the question, the plain answer, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from evidence.charts.figure import PAGE_MIME
from evidence.charts.html import escape
from evidence.effects import Effect
from evidence.grade.statement import no_estimate, statement
from evidence.meta import Pooled
from evidence.results.analysis import Analysis
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, number, plural
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


@dataclass(frozen=True, slots=True)
class Answer:
    """Question, plain answer and facts, as HTML."""

    question: str
    lines: tuple[Line, ...]
    facts: Facts
    early: tuple[Line, ...] = ()

    @property
    def nothing(self) -> str:
        """What is said where no trial says anything of the time after the first two days."""
        if self.early:
            return "No trial that could be analysed compares its groups on pain after the first 48 hours."
        return "No trial that could be analysed compares its groups on pain."

    def __repr__(self) -> str:
        return f"Answer({self.question!r}, {plural(len(self.lines), 'line')})"

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines of the first screen: those with an estimate, or all where they are few."""
        measured = tuple(line for line in self.lines if line.analysis.pooled is not None)
        return self.lines if len(self.lines) <= _SHOWN else measured

    @property
    def folded(self) -> tuple[Line, ...]:
        """The lines that unfold."""
        return tuple(line for line in self.lines if line not in self.shown)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Describe the page to search engines and previews: the question and the first answer."""
        first = self.lines[0].statement if self.lines else self.nothing
        return {PAGE_MIME: {"kind": "report", "description": f"{self.question} {first}"}}

    def _repr_html_(self) -> str:
        return (
            f'<div class="ev-answer" role="group" aria-label="The answer">'
            f"<p><b>{escape(self.question)}</b></p>"
            f"{self._lines_html()}{self._folded_html()}{self.facts._repr_html_()}</div>"
        )

    def _lines_html(self) -> str:
        if not self.lines:
            return f'<p class="ev-statement">{escape(self.nothing)}</p>'
        if not self.shown:
            return (
                '<p class="ev-statement">No trial gives a number from which an effect after the first '
                "48 hours could be estimated.</p>"
            )
        return _list(self.shown)

    def _folded_html(self) -> str:
        count = plural(len(self.folded), "route and time", "routes and times")
        folds = (
            (f"{count} without any estimate", self.folded),
            ("In the first 48 hours, most often while the drug acts", self.early),
        )
        return "".join(
            f"<details><summary>{name}</summary>{_list(lines)}</details>" for name, lines in folds if lines
        )


def _list(lines: Sequence[Line]) -> str:
    items = "".join(
        f'<li><p class="ev-statement">{escape(line.statement)}</p><p>{escape(line.numbers)}</p></li>'
        for line in lines
    )
    return f'<ul class="ev-answers">{items}</ul>'


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


def facts(analyses: Sequence[Analysis], trials: int, people: int, version: str, searched: str) -> Facts:
    """Return what stands under the answer: trials, people, certainty, data version, last search."""
    levels = {analysis.certainty.level for analysis in analyses}
    order = ("very low", "low", "moderate", "high")
    worst_first = [level for level in order if level in levels]
    certainty = (
        worst_first[0]
        if len(worst_first) == 1
        else f"{worst_first[0]} to {worst_first[-1]}"
        if worst_first
        else "—"
    )
    return Facts(
        (
            ("Trials found", f"{trials:,}"),
            ("People", f"{people:,} where stated" if people else "not stated"),
            ("Certainty", certainty),
            ("Smallest difference that matters", f"{number(analyses[0].mid, 0)} points" if analyses else "—"),
            ("Data version", version),
            ("Last search", searched),
        )
    )
