"""The answer of a report on its first screen: a sentence, tiles, harms, certainty, what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.grade.certainty import IF_LOW_BIAS, LEVELS, NAME, Level, symbols
from evidence.report.sections.answer import Facts, Line
from evidence.report.sections.harm_line import HarmLine
from evidence.report.sections.headline import headline, main_analysis
from evidence.report.sections.tiles import Tile, speaks, tiles
from evidence.results.analysis import Analysis
from evidence.wording.html import PAGE_MIME, escape
from evidence.wording.numbers import capital, listing, plural

_ROUTES: Final = 1  # routes whose tiles show; those of others unfold
#: What a GRADE domain that was rated down comes to, for a reader who does not know it.
_WHY: Final = {
    "imprecision": "tell too little",
    "inconsistency": "differ from one another",
    "indirectness": "do not ask quite this question",
    "risk of bias": "have known faults",
    "missing evidence": "leave out results that could change the answer",
}
_READ: Final = "Provisional, because most trials were read as abstracts, which leave out how they were done."


@dataclass(frozen=True, slots=True)
class RouteTiles:
    """The tiles of one route, named with the drug: "ketamine into a vein"."""

    route: str
    name: str
    tiles: tuple[Tile, ...]

    @property
    def measured(self) -> bool:
        """Whether one of them has a number."""
        return any(tile.headline for tile in self.tiles)


@dataclass(frozen=True, slots=True)
class Strip:
    """The answer on the first screen.

    Attributes
    ----------
    sentence : str
        At most two facts.
    routes : tuple of RouteTiles
        The route of the sentence first.
    certainty : str
        How sure one can be, in words, once.
    lines : tuple of Line
        Every number with what carries it, folded.
    studies : tuple of str
        The trials of the question, on which the page rests.
    """

    question: str
    sentence: str
    outcome: str
    routes: tuple[RouteTiles, ...]
    harms: tuple[HarmLine, ...]
    certainty: str
    lines: tuple[Line, ...]
    facts: Facts
    studies: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Strip({self.question!r}: {self.sentence!r})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Describe the page to search engines and previews: the question and the answer."""
        said = f"{self.question} {self.sentence}"
        return {PAGE_MIME: {"kind": "report", "description": said, "studies": list(self.studies)}}

    def _repr_html_(self) -> str:
        measured = [route for route in self.routes if route.measured]
        shown = measured[:_ROUTES] or list(self.routes[:1])
        folded = measured[_ROUTES:]
        others = [route for route in self.routes if route not in (*shown, *folded)]
        harms = self.harms[:1], self.harms[1:]
        return (
            '<div class="ev-answer" role="group" aria-label="The answer">'
            f'<p class="ev-question">{escape(self.question)}</p>'
            f'<p class="ev-sentence">{escape(self.sentence)}</p>'
            f"{''.join(self._route(route) for route in shown)}{_axis(shown, self.outcome)}"
            f"{self._folded(folded)}{_untold(others)}"
            f"{''.join(line._repr_html_() for line in harms[0])}"
            f'<p class="ev-sure">{escape(self.certainty)} {_READ}</p>'
            f"{_more_harms(harms[1])}{_doubts(self.lines)}"
            f"{self.facts._repr_html_()}</div>"
        )

    def _folded(self, routes: Sequence[RouteTiles]) -> str:
        if not routes:
            return ""
        inside = "".join(self._route(route) for route in routes)
        summary = f"Also with a number: {listing(route.name for route in routes)}"
        return f'<details class="ev-more"><summary>{escape(summary)}</summary>{inside}</details>'

    def _route(self, route: RouteTiles) -> str:
        inside = "".join(tile.html(self.outcome) for tile in route.tiles)
        return (
            f'<p class="ev-route">{escape(capital(route.name))}</p>'
            f'<ul class="ev-tiles" aria-label="{escape(capital(route.name))}">{inside}</ul>'
        )


def _axis(shown: Sequence[RouteTiles], outcome: str) -> str:
    if not any(route.measured for route in shown):
        return ""
    return (
        f'<p class="ev-note">Points on a scale from 0 to 100. Left of the line: less {escape(outcome)} '
        "with the drug. Grey: too small to matter. Bar: the interval; hill: how probable each size is. "
        "In brackets: under other assumptions. Probabilities take the trials at their word.</p>"
    )


def _untold(routes: Sequence[RouteTiles]) -> str:
    if not routes:
        return ""
    items = "".join(
        f"<li><b>{escape(capital(route.name))}</b>: "
        f"{escape('; '.join(f'{tile.when}: {_small(tile.untold)}' for tile in route.tiles))}.</li>"
        for route in routes
    )
    count = plural(len(routes), "more way was tried", "more ways were tried")
    summary = f"{count}, without a number: {listing(route.name for route in routes)}"
    return f'<details class="ev-more"><summary>{escape(summary)}</summary><ul>{items}</ul></details>'


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _more_harms(lines: Sequence[HarmLine]) -> str:
    if not lines:
        return ""
    inside = "".join(line._repr_html_() for line in lines)
    title = f"Harms {listing(line.by_route for line in lines)}"
    return f'<details class="ev-more"><summary>{escape(title)}</summary>{inside}</details>'


def _doubts(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    items = "".join(
        f"<li><p>{escape(line.statement)}</p><p>{escape(line.numbers)}</p></li>" for line in lines
    )
    return (
        f'<details class="ev-more"><summary>The numbers and their doubts</summary>'
        f'<ul class="ev-answers">{items}</ul></details>'
    )


def by_route(analyses: Sequence[Analysis]) -> tuple[RouteTiles, ...]:
    """Return the tiles of every route, the one that stands for the report first, then those with numbers."""
    routes = list(dict.fromkeys(a.question.route for a in analyses))
    main = main_analysis(analyses)
    first = main.question.route if main is not None else None

    def rank(route: object) -> tuple[bool, bool]:
        return route != first, not any(headline(a) for a in analyses if a.question.route == route)

    made = []
    for route in sorted(routes, key=rank):
        own = [a for a in analyses if a.question.route == route]
        if found := tiles(own):
            drug = own[0].labels.drug(own[0].question.drug)
            made.append(RouteTiles(str(route), f"{drug} {own[0].labels.by_route(str(route))}", found))
    return tuple(made)


def certainty_words(analyses: Sequence[Analysis]) -> str:
    """Say how sure one can be of the numbers, once, and why.

    The reasons are those of the result that stands for the report, or of all where none does.
    """
    spoken = [a for a in analyses if speaks(a)]
    if not spoken:
        return "How sure? There is nothing to be sure of."
    main, why = main_analysis(spoken), doubts(spoken)
    because = f", because {why}" if why else ""
    levels, low_bias = [a.certainty.level for a in spoken], [a.certainty.if_low_bias for a in spoken]
    said = levels_words(spoken)
    other = "the same" if levels == low_bias else _said(main, spoken, low_bias)
    return f"How sure? {capital(NAME)}: {said}{because}. {IF_LOW_BIAS}: {other}."


def levels_words(analyses: Sequence[Analysis]) -> str:
    """Return the levels of certainty alone: "very low ⊕⊖⊖⊖"; empty where no trial says anything."""
    spoken = [a for a in analyses if speaks(a)]
    levels = [a.certainty.level for a in spoken]
    return _said(main_analysis(spoken), spoken, levels, of_what=True) if spoken else ""


def doubts(analyses: Sequence[Analysis]) -> str:
    """Say why one is not sure: "the trials tell too little and have known faults"; empty without a reason."""
    spoken = [a for a in analyses if speaks(a)]
    main = main_analysis(spoken)
    rated = [main] if main is not None else spoken
    down = dict.fromkeys(d.name for a in rated for d in a.certainty.domains if d.down)
    why = listing(_WHY[name] for name in _WHY if name in down)
    return f"the trials {why}" if why else ""


def _said(
    main: Analysis | None, spoken: Sequence[Analysis], found: Sequence[Level], *, of_what: bool = False
) -> str:
    """Return the level of the result that stands for the report, then those of the rest where they differ.

    With `of_what` a level above the lowest says what it is certainty of: of little or no effect is not of
    the difference that a tile shows.
    """
    rest = [level for a, level in zip(spoken, found, strict=True) if a is not main]
    if main is None or len(set(found)) == 1:
        return _levels(found)
    own = found[[a is main for a in spoken].index(True)]
    when, target = main.labels.window(main.question.window), main.certainty.target
    of = f" of {target}" if of_what and target is not None and own != LEVELS[-1] else ""
    return f"{own} {symbols(own)}{of} for {when}, {_levels(rest)} for other results"


def _levels(found: Sequence[Level]) -> str:
    """Return levels in words: one with its circles, several from the lowest to the highest."""
    levels = [level for level in LEVELS if level in found]
    if len(levels) == 1:
        return f"{levels[0]} {symbols(levels[0])}"
    return f"{levels[-1]} to {levels[0]}"
