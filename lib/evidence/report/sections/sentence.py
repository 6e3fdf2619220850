"""The first sentence of a report: at most two facts, from the numbers of its tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidence.effects import Effect
from evidence.question import WINDOWS
from evidence.report.sections.headline import EARLY, Headline, headline, main_analysis
from evidence.report.sections.sides import counted
from evidence.results.analysis import Analysis
from evidence.wording.numbers import capital, listing

_ORDER: Final = (*WINDOWS, "any", None)
_SCALE: Final = 100  # points: an interval wider than the scale leaves almost anything possible
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def first_sentence(analyses: Sequence[Analysis], outcome: str) -> str:
    """Return the answer to a report's question in one sentence.

    One fact is the number that stands for the report, with whether its trials tell it from no difference. The
    other is another time by the same route: its number, or what the trials without one say. The earlier time
    comes first. Where no time after the first days has a number, the sentence says so and what there is
    instead.

    Parameters
    ----------
    analyses : sequence of Analysis
        Every route and time of the report.
    outcome : str
        What is measured, in a word: "pain".
    """
    main = main_analysis(analyses)
    if main is not None:
        pair = sorted([main, *_second(main, analyses)], key=lambda a: _ORDER.index(a.question.window))
        facts = [_fact(a, outcome, first=place == 0) for place, a in enumerate(pair)]
        return f"{capital('; '.join(facts))}."
    early = [a for a in analyses if a.question.window == EARLY]
    soon = max((a for a in early if headline(a)), key=lambda a: a.people, default=None)
    if soon is not None:
        later = _later(soon, [a for a in analyses if a.question.window != EARLY and a.bounded], outcome)
        return f"{capital(_fact(soon, outcome, first=True))}; {later}."
    told = [effect for a in analyses for effect in a.bounded]
    if not told:
        return f"No trial compares {outcome} with the drug and without it in a way that can be used."
    return f"No trial gives a number on {outcome}{_sides(told, outcome)}."


def _later(soon: Analysis, tested: Sequence[Analysis], outcome: str) -> str:
    """Say what is known after the first days; where another route alone was tested then, by which."""
    none = f"no trial gives a number on {outcome} after that"
    routes = dict.fromkeys(str(a.question.route) for a in tested)
    said = _sides([effect for a in tested for effect in a.bounded], outcome)
    if not routes or str(soon.question.route) in routes:
        return f"{none}{said}"
    ways = listing(soon.labels.by_route(route) for route in routes)
    return f"{none}: given {ways},{said.removeprefix(':')}"


def count_word(count: int) -> str:
    """Return a small number as a word, a larger one in digits."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"


def _fact(analysis: Analysis, outcome: str, *, first: bool) -> str:
    """Return what is known at one time; the first fact names drug and route."""
    found, when = headline(analysis), analysis.when
    drug = analysis.labels.drug(analysis.question.drug)
    route = analysis.question.route
    how = f"with {drug} {analysis.labels.by_route(route)}" if isinstance(route, str) else f"with {drug}"
    if found is None:
        said = f"no trial gives a number{_sides(analysis.bounded, outcome)}"
        return f"{how}, {when} {said}" if first else f"{when}, {said}"
    who = f"{count_word(found.k)} {'trial' if found.k == 1 else 'trials'}"
    who += f" with numbers and {count_word(found.silent)} with a test only" if found.silent else ""
    who = "a report that we doubt" if found.doubtful and found.k == 1 else who
    size = found.change if round(abs(found.estimate)) else "no difference"
    does = f"{who} found {size}" if found.k == 1 else f"{who} come to {size}"
    what = outcome if round(abs(found.estimate)) else f"in {outcome}"
    end = _left_open(found)
    return f"{how}, {does} {what} {when}{end}" if first else f"{when}, {does}{end}"


def _left_open(found: Headline) -> str:
    """Say what an interval leaves open."""
    if found.sure:
        return ""
    if found.high - found.low > _SCALE:
        return ", but almost anything is possible"
    if not round(abs(found.estimate)):
        return ", but one may be missed" if max(-found.low, found.high) >= found.mid else ""
    return ", which may be chance" if found.k == 1 else ", but there may be none"


def _second(main: Analysis, analyses: Sequence[Analysis]) -> list[Analysis]:
    """Return another time by the same route: one with a number, and most trials."""
    others = [
        a
        for a in analyses
        if a.question.route == main.question.route
        and a.question.window not in (main.question.window, EARLY, "not_stated")
        and (a.numeric or a.bounded)
    ]
    found = max(others, key=lambda a: (headline(a) is not None, len(a.effects)), default=None)
    return [] if found is None else [found]


def _sides(effects: Sequence[Effect], outcome: str) -> str:
    """Return what trials without a number found, after a colon."""
    return f": {counted(effects, outcome)}" if effects else ""
