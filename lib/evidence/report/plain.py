"""The report in plain words: fixed questions, answered from the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.charts.html import escape
from evidence.charts.words import listing, plural
from evidence.report.analysis import Analysis
from evidence.report.harms import Harm
from evidence.report.names import OUTCOMES, ROUTES, WINDOWS

_LAY: Final = {
    "psychotomimetic": "seeing or hearing things, or feeling strange",
    "sedation": "feeling sleepy",
    "withdrawal_adverse_event": "stopping because of a side effect",
    "any_adverse_event": "side effects of any kind",
    "serious_adverse_event": "serious side effects",
}


@dataclass(frozen=True, slots=True)
class Plain:
    """Questions and answers for readers who are not researchers."""

    items: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """All answers as one text."""
        return " ".join(sentence for _, answer in self.items for sentence in answer)

    def _repr_html_(self) -> str:
        parts = "".join(
            f"<dt>{escape(question)}</dt><dd>{escape(' '.join(answer))}</dd>"
            for question, answer in self.items
        )
        return f'<dl class="ev-plain">{parts}</dl>'


def plain(
    drug: str, name: str, trials: int, people: int, analyses: Sequence[Analysis], harms: Sequence[Harm]
) -> Plain:
    """Answer the fixed questions of every report."""
    lasting = [analysis for analysis in analyses if analysis.question.window != "during_infusion"]
    return Plain(
        (
            ("What did we ask?", (f"Does {drug} ease {name}, and for how long?",)),
            ("Who was studied?", _who(trials, people, name)),
            ("What was found?", _found(drug, lasting)),
            ("How sure are we?", _sure(lasting)),
            ("What does this not mean?", _not_mean(drug)),
            ("What about harms?", _harms(drug, harms)),
        )
    )


def _who(trials: int, people: int, name: str) -> tuple[str, ...]:
    took_part = f"At least {plural(people, 'person', 'people')} took part."
    return (
        f"We found {plural(trials, 'trial')} in {name}.",
        took_part if people else "We do not know how many people took part.",
        "We could read only a short text about it."
        if trials == 1
        else "Most trials were small, and we could read only a short summary of most of them.",
    )


def _found(drug: str, analyses: Sequence[Analysis]) -> tuple[str, ...]:
    measured = [analysis for analysis in analyses if analysis.pooled is not None]
    said = [_measured(drug, analysis) for analysis in measured]
    timed = {analysis.question.window for analysis in measured}
    silent_windows = [str(analysis.question.window) for analysis in analyses if analysis.bounded]
    untold = [window for window in dict.fromkeys(silent_windows) if window not in {*timed, "not_stated"}]
    said += [f"No trial gives a number for pain {WINDOWS[window]}." for window in untold if said]
    counted = {effect.study_id for analysis in measured for effect in analysis.numeric}
    silent = {effect.study_id for analysis in analyses for effect in analysis.bounded} - counted
    if silent:
        say = plural(len(silent), "trial says", "trials say")
        said.append(f"{say} only whether there was a difference, not how large it was.")
    return tuple(said) or (f"No trial tells us how much {drug} changes this pain after the treatment.",)


def _measured(drug: str, analysis: Analysis) -> str:
    pooled = analysis.pooled
    assert pooled is not None
    question = analysis.question
    route = f" ({ROUTES[question.route]})" if isinstance(question.route, str) else ""
    found = f"In {plural(pooled.k, 'trial')}, pain {WINDOWS[question.window or 'any']} was"
    sure = pooled.ci_high < 0 or pooled.ci_low > 0
    chance = "" if sure else " The true difference may be nothing at all."
    points = round(abs(pooled.estimate))
    if points == 0:
        return f"{found} about the same with and without {drug}{route}. The true difference may be larger."
    side = "lower" if pooled.estimate < 0 else "higher"
    noticed = abs(pooled.estimate) >= analysis.mid
    matters = "That is enough to notice." if noticed else "Most people would not notice that."
    return (
        f"{found} {plural(points, 'point')} {side} with {drug}{route}, "
        f"on a scale of 0 to 100. {matters}{chance}"
    )


def _sure(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    levels = {analysis.certainty.level for analysis in analyses}
    if not levels or levels == {"very low"}:
        return (
            "Not sure at all.",
            "The trials are few, small and badly reported.",
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


def _harms(drug: str, harms: Sequence[Harm]) -> tuple[str, ...]:
    outcomes = dict.fromkeys(harm.outcome for harm in harms if harm.ratio is not None and harm.ratio[1] > 1)
    more = [_LAY.get(outcome, OUTCOMES[outcome]) for outcome in outcomes]
    rare = "Rare harms cannot be seen in small trials."
    if more:
        return (f"People who got {drug} more often had: {listing(more)}.", rare)
    if harms:
        return ("The trials counted some harms, but too few people to be sure.", rare)
    return (
        "The short texts we read give no counts of harms that compare the groups.",
        "That is not the same as no harm.",
    )
