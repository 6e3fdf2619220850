"""The first screen of a report: the question, the plain answer, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from evidence.charts.figure import PAGE_MIME
from evidence.charts.html import escape
from evidence.charts.words import number, plural
from evidence.report.analysis import Analysis
from evidence.report.names import WINDOWS
from evidence.report.statement import no_estimate, statement
from evidence.report.words import all_evidence, pain_effect, route_of

_SHOWN: Final = 3
_SCALE: Final = 100  # points: the width of the pain scale to which every effect is brought


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
    nothing: str = "No trial that could be analysed compares its groups on pain."

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
                '<p class="ev-statement">No trial gives a number from which an effect could be estimated.</p>'
            )
        return _list(self.shown)

    def _folded_html(self) -> str:
        if not self.folded:
            return ""
        count = plural(len(self.folded), "route and time", "routes and times")
        return f"<details><summary>{count} without any estimate</summary>{_list(self.folded)}</details>"


def _list(lines: Sequence[Line]) -> str:
    items = "".join(
        f'<li><p class="ev-statement">{escape(line.statement)}</p><p>{escape(line.numbers)}</p></li>'
        for line in lines
    )
    return f'<ul class="ev-answers">{items}</ul>'


def answer_line(analysis: Analysis) -> Line:
    """Word the answer to one question: size and certainty, then the numbers behind them."""
    question = analysis.question
    route = question.route if isinstance(question.route, str) else None
    subject = route_of(question.drug, route)
    when = WINDOWS[question.window or "any"]
    if analysis.pooled is None:
        return Line(no_estimate(subject, f"pain {when}"), _without_numbers(analysis), analysis)
    level = analysis.certainty.level
    sentence = statement(subject, f"pain {when}", analysis.pooled.estimate, analysis.mid, level)
    return Line(sentence, _with_numbers(analysis), analysis)


def _with_numbers(analysis: Analysis) -> str:
    assert analysis.pooled is not None
    count = plural(analysis.pooled.k, "trial")
    text = (
        f"Mean difference {pain_effect(analysis.pooled)}; {count}, "
        f"{plural(analysis.people, 'person', 'people')}; certainty {analysis.certainty.level}."
    )
    if analysis.pooled.ci_high - analysis.pooled.ci_low > _SCALE:
        text += " The interval is wider than the pain scale itself: so few trials exclude almost nothing."
    if any(effect.reexpressed for effect in analysis.numeric):
        text += " Partly re-expressed in points from a standardised difference."
    if analysis.bounded:
        more = plural(len(analysis.bounded), "more trial gives", "more trials give")
        text += f" {more} only a bound or a direction; with them: {all_evidence(analysis.everything)}."
    return text


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
            ("People randomised", f"{people:,} where stated"),
            ("Certainty", certainty),
            ("Smallest difference that matters", f"{number(analyses[0].mid, 0)} points" if analyses else "—"),
            ("Data version", version),
            ("Last search", searched),
        )
    )
