"""The report in plain words, in the order of Cochrane's plain language summaries: key messages first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from evidence.effects import Effect
from evidence.report.sections.flow import Flow
from evidence.report.sections.harm_line import HarmLine
from evidence.report.sections.headline import EARLY, Headline, headline, main_analysis
from evidence.report.sections.sides import by_trial, tally
from evidence.report.sections.tiles import DOUBT
from evidence.results.analysis import Analysis
from evidence.results.trials import TrialRow
from evidence.wording.glossary import Term
from evidence.wording.html import escape
from evidence.wording.labels import Labels
from evidence.wording.numbers import capital, listing, plural

_LONG: Final = 5  # sentences of an answer that is easier to read as a list
_WIDE: Final = 100  # points: an interval wider than the scale leaves almost any difference possible


@dataclass(frozen=True, slots=True)
class Plain:
    """Questions and answers for readers who are not researchers; the first is the key messages."""

    items: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """All answers as one text."""
        return " ".join(sentence for _, answer in self.items for sentence in answer)

    def _repr_html_(self) -> str:
        (first, messages), *rest = self.items
        key = "".join(f"<li>{escape(message)}</li>" for message in messages)
        parts = "".join(
            f"<div><dt>{escape(question)}</dt>{_answer(answer)}</div>" for question, answer in rest if answer
        )
        return (
            f'<div class="ev-plain"><p class="ev-key"><b>{escape(first)}</b></p><ul class="ev-key">{key}</ul>'
            f"<dl>{parts}</dl></div>"
        )


def _answer(sentences: tuple[str, ...]) -> str:
    """Return an answer as a paragraph, or as a list where it is long."""
    if len(sentences) <= _LONG:
        return f"<dd>{escape(' '.join(sentences))}</dd>"
    return f"<dd><ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul></dd>"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report knows, as far as plain words tell it.

    Attributes
    ----------
    sentence : str
        The answer in one sentence, as the strip says it.
    doubts : str
        Why one is not sure, in words, as the strip says it.
    meanings : collection of Term
        What the condition and the drug are, where the glossary says.
    searched : str
        The day of the last search, and what kind of search it was.
    """

    drug: str
    name: str
    sentence: str
    doubts: str
    flow: Flow
    trials: Collection[TrialRow]
    analyses: Sequence[Analysis]
    harms: Sequence[HarmLine]
    meanings: Collection[Term]
    searched: str
    labels: Labels

    @property
    def outcome(self) -> str:
        """What is measured."""
        return self.labels.outcome()


def plain(told: Told) -> Plain:
    """Answer the fixed questions of every report."""
    return Plain(
        (
            ("Key messages", _messages(told)),
            (_asked(told.meanings), tuple(term.definition for term in told.meanings)),
            ("What did we do?", _did(told)),
            ("What did we find?", _found(told)),
            ("What about the first two days?", _soon(told)),
            ("What about harms?", _harms(told)),
            ("How sure are we?", _sure(told)),
            ("What does this not mean?", _not_mean(told)),
            ("How up to date is this?", (f"We last searched on {told.searched}.",)),
        )
    )


def _asked(terms: Collection[Term]) -> str:
    names = [term.term for term in terms]
    return f"What {'is' if len(names) == 1 else 'are'} {listing(names)}?"


def _messages(told: Told) -> tuple[str, ...]:
    harm = [_worst(line) for line in told.harms if line.speaks][:1]
    silent = ["The trials do not count harms in a way that compares the groups."]
    first, *_ = _sure(told)
    why = f"{first.removesuffix('.')}, because {told.doubts}." if told.doubts else first
    return (told.sentence, *(harm or silent), f"How sure are we? {why}")


def _worst(line: HarmLine) -> str:
    """Say the harm with the largest difference by a route, or the first that is told without counts."""
    facts = [(fact.name, fact.words(line.drug)) for fact in line.counted]
    stated = [(said.name, f"{said.words} ({said.label})") for said in line.stated]
    name, words = (*facts, *stated)[0]
    return f"{capital(name)} ({line.drug} {line.by_route}): {words}."


def _did(told: Told) -> tuple[str, ...]:
    read = {row.source_type for row in told.trials}
    least, most = told.labels.toward.ends
    short = "it" if len(told.trials) == 1 else "each trial" if "full_text" not in read else "most trials"
    return (
        f"We wanted to know whether {told.drug} eases {told.name}, for how long, and what harm it does.",
        "So we looked for trials that gave it or something else by chance.",
        f"We could read only a short text about {short}.",
        f"We put {told.outcome} on a scale from 0 ({least}) to 100 ({most}).",
        f"A difference of {round(_mid(told))} points is taken to be the smallest that matters.",
    )


def _mid(told: Told) -> float:
    return told.analyses[0].mid if told.analyses else 10.0


def _found(told: Told) -> tuple[str, ...]:
    """Say how many trials there are, how small, how far they get, and what those with a number measured."""
    flow, found = told.flow, told.flow["found"]
    least = " or more" if any(row.n_randomised is None for row in told.trials) else ""
    people = f" with {plural(found.people, 'person', 'people')}{least}" if found.people else ""
    sizes = [row.n for row in told.trials if row.n is not None]
    half = f"Half of them had {int(median(sizes)):,} people or fewer." if len(sizes) > 2 else ""
    steps = listing(stage.said for stage in flow.stages[1:])
    numbers = f", from {plural(flow.people, 'person', 'people')}" if flow.people else ""
    first = f"We found {plural(found.count, 'trial')}{people}."
    return tuple(part for part in (first, half, f"Of these, {steps}{numbers}.", *_lasting(told)) if part)


def _lasting(told: Told) -> list[str]:
    """Say what was found after the first two days: by the main route in full, then what else there is."""
    lasting = [a for a in told.analyses if a.question.window != EARLY]
    measured = [a for a in lasting if headline(a) is not None]
    main = main_analysis(lasting)
    first = main.question.route if main is not None else None
    own = [a for a in measured if a.question.route == first]
    said = [_measured(told, a) for a in own]
    if len(own) < len(measured):
        others = dict.fromkeys(told.labels.by_route(str(a.question.route)) for a in measured if a not in own)
        said.append(f"It was also given {listing(others)}: the numbers stand in the tables.")
    if said:
        said += [
            f"No trial gives a number for {told.outcome} {told.labels.when(window)}."
            for window in _untold(lasting, measured)
        ]
    said += _tests(told, _silent(lasting))
    nothing = f"No trial that we could use tells how much {told.drug} changes it after the first two days."
    return said or [nothing]


def _untold(lasting: Sequence[Analysis], measured: Sequence[Analysis]) -> list[str | None]:
    """Return the times for which trials say something and none gives a number."""
    timed = {a.question.window for a in measured}
    silent = [a.question.window for a in lasting if a.bounded and a.question.window != "not_stated"]
    return [window for window in dict.fromkeys(silent) if window not in timed]


def _soon(told: Told) -> tuple[str, ...]:
    """Say what was found in the first two days: relief while a drug acts is not lasting relief."""
    early = [a for a in told.analyses if a.question.window == EARLY]
    said = [_measured(told, a) for a in early if headline(a) is not None]
    tests = _tests(told, _silent(early))
    if not (said or tests):
        return ()
    return (*said, *tests, "Relief while a drug acts does not tell whether it lasts.")


def _silent(analyses: Sequence[Analysis]) -> list[Effect]:
    """Return the effects without a number of trials that give none at any of the times."""
    counted = {effect.study_id for analysis in analyses for effect in analysis.numeric}
    return [e for analysis in analyses for e in analysis.bounded if e.study_id not in counted]


def _tests(told: Told, effects: Sequence[Effect]) -> list[str]:
    """Say what trials without numbers found, each trial once."""
    sides = list(by_trial(effects).values())
    if not sides:
        return []
    count = plural(len(sides), "trial tells", "trials tell")
    return [f"{count} whether there was a difference, but not how large: {tally(sides, told.outcome)}."]


def _measured(told: Told, analysis: Analysis) -> str:
    found = headline(analysis)
    assert found is not None
    question = analysis.question
    route = f" ({told.labels.by_route(question.route)})" if isinstance(question.route, str) else ""
    points = round(abs(found.estimate))
    side = "lower" if found.estimate < 0 else "higher"
    size = f"{plural(points, 'point')} {side}" if points else "about the same"
    start = f"In {found.trials}, {told.outcome} {analysis.when}"
    sure = f"If we trust the trials: {'; '.join(found.chances)}." if found.chances else ""
    parts = (f"{start} was {size} with {told.drug}{route}.", *_glosses(found, points), sure)
    return " ".join(part for part in parts if part)


def _glosses(found: Headline, points: int) -> list[str]:
    """Say what a number does and does not tell; nothing that its own interval denies."""
    said = [f"That number is {DOUBT}."] if found.doubtful else []
    if found.worked_out:
        said.append("The trials do not print that number: we worked it out.")
    if found.high - found.low > _WIDE:
        return [*said, "But so few trials leave almost any difference possible."]
    if points == 0:
        return [*said, "The true difference may be larger."]
    if not found.sure:
        return [*said, "The true difference may be nothing at all."]
    if found.doubtful:
        return said
    return [*said, "That is enough to notice." if found.matters else "Most people would not notice that."]


def _sure(told: Told) -> tuple[str, ...]:
    levels = {a.certainty.level for a in told.analyses if a.numeric or a.bounded}
    if not levels:
        return ("We have nothing to be sure of: no trial that we could use compares the groups.",)
    if levels == {"very low"}:
        return ("Not sure at all.", "A good trial could change every number here.")
    best = next(level for level in ("high", "moderate", "low") if level in levels)
    return (f"Our trust in the best of these results is {best}.", "Better trials could change them.")


def _not_mean(told: Told) -> tuple[str, ...]:
    return (
        f"It does not mean that {told.drug} cannot help anyone.",
        "It does not mean that it helps, either.",
        "It is not advice to start or to stop a treatment: talk to the people who treat you.",
    )


def _harms(told: Told) -> tuple[str, ...]:
    counted = [fact.name for line in told.harms for fact in line.counted if fact.likely]
    stated = [said.name for line in told.harms for said in line.stated if said.more]
    more = "; ".join(dict.fromkeys((*counted, *stated)))
    rare = "Rare harms cannot be seen in small trials."
    if more:
        return (f"In the trials, more people who got {told.drug} had: {more}.", rare)
    if any(line.counted for line in told.harms):
        return (
            "The trials counted some harms, in too few people to be sure of a difference.",
            rare,
        )
    if any(line.stated for line in told.harms):
        return ("The trials say something on harms, but not how many people had them.", rare)
    return (
        "The short texts of the trials that we could use give no counts of harms that compare the groups.",
        "That is not the same as no harm.",
    )
