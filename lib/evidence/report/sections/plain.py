"""The report in plain words: fixed questions, answered from the results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from evidence.charts.html import escape
from evidence.effects import Effect
from evidence.report.sections.answer import too_wide
from evidence.report.sections.harms import Harm
from evidence.report.sections.pain import limits
from evidence.report.sections.readability import grade, reading_age
from evidence.report.sections.trials import TrialRow
from evidence.results.analysis import Analysis
from evidence.wording.labels import Labels
from evidence.wording.numbers import listing, number, plural

_LAY: Final = {
    "psychotomimetic": "seeing or hearing things, or feeling strange",
    "sedation": "feeling sleepy",
    "withdrawal_adverse_event": "stopping because of a side effect",
    "any_adverse_event": "side effects of any kind",
    "serious_adverse_event": "serious side effects",
}

_LONG: Final = 4  # sentences of an answer that is easier to read as a list
#: What a trial without numbers found.
_VERDICTS: Final = {
    "better": "found less pain with {}",
    "worse": "found more pain with {}",
    "none": "found no clear difference",
    "leaning": "saw a difference without a test of it",
}
_MIXED: Final = "found different things at different times"


@dataclass(frozen=True, slots=True)
class Plain:
    """Questions and answers for readers who are not researchers."""

    items: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """All answers as one text."""
        return " ".join(sentence for _, answer in self.items for sentence in answer)

    def _repr_html_(self) -> str:
        parts = "".join(f"<dt>{escape(question)}</dt>{_answer(answer)}" for question, answer in self.items)
        age, level = reading_age(self.text), number(grade(self.text))
        said = f"Reading age of this part: {age} (Flesch–Kincaid grade {level})."
        return f'<dl class="ev-plain">{parts}</dl><p class="ev-note">{said}</p>'


def _answer(sentences: tuple[str, ...]) -> str:
    """Return an answer as a paragraph, or as a list where it is long."""
    if len(sentences) <= _LONG:
        return f"<dd>{escape(' '.join(sentences))}</dd>"
    return f"<dd><ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul></dd>"


def plain(
    drug: str,
    name: str,
    trials: Collection[TrialRow],
    people: int,
    analyses: Sequence[Analysis],
    harms: Sequence[Harm],
    labels: Labels,
) -> Plain:
    """Answer the fixed questions of every report."""
    early = [analysis for analysis in analyses if analysis.question.window == "during_infusion"]
    lasting = [analysis for analysis in analyses if analysis.question.window != "during_infusion"]
    return Plain(
        (
            ("What did we ask?", (f"Does {drug} ease {name}, and for how long?",)),
            ("Who was studied?", _who(trials, people, name)),
            ("What was found?", (*_found(drug, lasting), *_soon(drug, early))),
            ("How sure are we?", _sure(lasting)),
            ("What does this not mean?", _not_mean(drug)),
            ("What about harms?", _harms(drug, harms, labels)),
        )
    )


def _who(trials: Collection[TrialRow], people: int, name: str) -> tuple[str, ...]:
    took_part = f"At least {plural(people, 'person', 'people')} took part."
    sizes = [row.n for row in trials if row.n is not None]
    half = f"Half of the trials had {int(median(sizes)):,} people or fewer." if len(sizes) > 2 else ""
    read = {row.source_type for row in trials}
    short = "it" if len(trials) == 1 else "each of them" if "full_text" not in read else "most of them"
    said = (
        f"We found {plural(len(trials), 'trial')} in {name}.",
        took_part if people else "We do not know how many people took part.",
        half,
        f"We could read only a short text about {short}.",
    )
    return tuple(sentence for sentence in said if sentence)


def _found(drug: str, analyses: Sequence[Analysis]) -> tuple[str, ...]:
    measured = [analysis for analysis in analyses if analysis.pooled is not None]
    said = [_measured(drug, analysis) for analysis in measured]
    timed = {analysis.question.window for analysis in measured}
    silent = {analysis.question.window: analysis.when for analysis in analyses if analysis.bounded}
    untold = [when for window, when in silent.items() if window not in {*timed, "not_stated"}]
    said += [f"No trial gives a number for pain {when}." for when in untold if said]
    said += _tests(drug, _silent(analyses))
    return tuple(said) or (
        f"No trial that we could use tells how much {drug} changes this pain after the first two days.",
    )


def _soon(drug: str, analyses: Sequence[Analysis]) -> tuple[str, ...]:
    """Say what was found in the first two days: relief while a drug acts is not lasting relief."""
    said = [_measured(drug, analysis) for analysis in analyses if analysis.pooled is not None]
    tests = _tests(drug, _silent(analyses), " in the first two days")
    if not (said or tests):
        return ()
    return (
        *said,
        *tests,
        "Relief in the first two days, while the drug acts, does not tell whether it lasts.",
    )


def _silent(analyses: Sequence[Analysis]) -> list[Effect]:
    """Return the effects without a number of trials that give none at any of the times."""
    counted = {effect.study_id for analysis in analyses for effect in analysis.numeric}
    return [e for analysis in analyses for e in analysis.bounded if e.study_id not in counted]


def _tests(drug: str, effects: Sequence[Effect], when: str = "") -> list[str]:
    """Say what trials without numbers found, each trial once."""
    found: dict[str, set[str]] = {}
    for effect in effects:
        found.setdefault(effect.study_id, set()).add(_side(effect))
    if not found:
        return []
    if len(found) == 1:
        (sides,) = found.values()
        verdict = _VERDICTS[next(iter(sides))] if len(sides) == 1 else _MIXED
        return [f"1 trial says only that it {verdict.format(drug)}{when}, not how large it was."]
    said = [f"{len(found):,} trials say only whether there was a difference{when}, not how large it was."]
    counts = {
        verdict: sum(sides == {side} for sides in found.values()) for side, verdict in _VERDICTS.items()
    }
    counts[_MIXED] = sum(len(sides) > 1 for sides in found.values())
    parts = [f"{count:,} {verdict.format(drug)}" for verdict, count in counts.items() if count]
    return [*said, f"{listing(parts)}."]


def _side(effect: Effect) -> str:
    said = effect.statement
    assert said is not None
    if said.p_high <= 0.05 and said.direction:
        return "better" if said.direction < 0 else "worse"
    if said.p_low == 0 and said.p_high == 1:
        return "leaning"
    return "none"


def _measured(drug: str, analysis: Analysis) -> str:
    pooled = analysis.pooled
    assert pooled is not None
    question = analysis.question
    route = f" ({analysis.labels.by_route(question.route)})" if isinstance(question.route, str) else ""
    found = f"In {plural(pooled.k, 'trial')}, pain {analysis.when} was"
    points = round(abs(pooled.estimate))
    side = "lower" if pooled.estimate < 0 else "higher"
    size = f"{plural(points, 'point')} {side}" if points else "about the same"
    scale = ", on a scale of 0 to 100" if points else ""
    text = f"{found} {size} with {drug}{route}{scale}."
    if any(effect.reexpressed for effect in analysis.numeric):
        text += " The trials do not print that number: we worked it out."
    if too_wide(pooled):
        return f"{text} But so few trials leave almost any difference possible."
    if points == 0:
        return f"{text} The true difference may be larger."
    noticed = abs(pooled.estimate) >= analysis.mid
    text += " That is enough to notice." if noticed else " Most people would not notice that."
    sure = pooled.ci_high < 0 or pooled.ci_low > 0
    return text if sure else f"{text} The true difference may be nothing at all."


def _sure(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    levels = {analysis.certainty.level for analysis in analyses}
    if not levels:
        return (
            "We have nothing to be sure of: no trial that we could use tells of the time after two days.",
        )
    if levels == {"very low"}:
        return (
            "Not sure at all.",
            "What we could read of the trials leaves too much open.",
            "A good trial could change every number here.",
        )
    best = next(level for level in ("high", "moderate", "low") if level in levels)
    return (f"Our trust in the best of these results is {best}.", "Better trials could change them.")


def _not_mean(drug: str) -> tuple[str, ...]:
    return (
        f"It does not mean that {drug} cannot help anyone.",
        "It does not mean that it helps, either.",
        "It is not advice to start or to stop a treatment: talk to the people who treat you.",
    )


def _harms(drug: str, harms: Sequence[Harm], labels: Labels) -> tuple[str, ...]:
    more = listing(
        _LAY.get(outcome, labels.outcome(outcome))
        for outcome in dict.fromkeys(harm.outcome for harm in harms if _more_common(harm))
    )
    rare = "Rare harms cannot be seen in small trials."
    if more:
        return (f"People who got {drug} more often had: {more}.", rare)
    if any(harm.counted for harm in harms):
        return ("The trials counted some harms, but too few people to be sure.", rare)
    if harms:
        return ("The trials say something on harms, but not how many people had them.", rare)
    return (
        "The short texts of the trials that we could use give no counts of harms that compare the groups.",
        "That is not the same as no harm.",
    )


def _more_common(harm: Harm) -> bool:
    """Whether a harm is more common on the drug by its ratio, or by what a trial says in another form."""
    by_ratio = harm.ratio is not None and harm.ratio[1] > 1
    return by_ratio or any(_worse(effect) for effect in harm.effects)


def _worse(effect: Effect) -> bool:
    if effect.scale == "log_rr" and effect.yi is not None:
        return False  # the ratio of the harm speaks for it
    if effect.yi is not None and effect.se is not None:
        return limits(effect)[0] > 0
    said = effect.statement
    return said is not None and said.p_high <= 0.05 and said.direction == 1
