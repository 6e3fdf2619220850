"""What trials of one route found: one figure where there are several trials, else a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.charts.figure import Figure
from evidence.effects import Effect
from evidence.report.sections.findings import directions
from evidence.report.sections.forest import main_forest
from evidence.report.sections.headline import headline
from evidence.report.sections.sides import FOUND, side
from evidence.report.sections.tiles import DOUBT, speaks
from evidence.report.sections.trials import trial_link
from evidence.results.analysis import Analysis
from evidence.wording.html import escape, markup
from evidence.wording.numbers import listing


@dataclass(frozen=True, slots=True)
class OneTrial:
    """What the only trial of a route found, time by time: a figure of one trial is not worth its ink."""

    study_id: str
    label: str
    regimen: str
    found: tuple[tuple[str, str], ...]

    def _repr_html_(self) -> str:
        said = "; ".join(f"{escape(when)}: {escape(what)}" for when, what in self.found)
        given = f" ({markup(self.regimen)})" if self.regimen else ""
        return f'<p class="ev-one">One trial, {trial_link(self.study_id, self.label)}{given}: {said}.</p>'


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The trials of a route of which only reports in doubt say something."""

    trials: tuple[tuple[str, str], ...]

    def _repr_html_(self) -> str:
        named = listing(trial_link(study, label) for study, label in self.trials)
        said = f"Only reports that we doubt compare the groups by this route: {named}."
        return f'<p class="ev-one">{said} They stay out of the answer.</p>'


def route_found(key: str, title: str, analyses: Sequence[Analysis]) -> Figure | OneTrial | InDoubt:
    """Return what trials of one route found.

    A forest plot where a trial gives a number, a plot of directions where none does; a sentence where there
    is one trial only.

    Raises
    ------
    ValueError
        When no trial of the route says anything.
    """
    spoken = [analysis for analysis in analyses if speaks(analysis)]
    trials = {effect.study_id: effect for a in spoken for effect in (*a.numeric, *a.bounded, *a.doubted)}
    if not trials:
        raise ValueError(f"{key}: no trial says anything")
    if len(trials) == 1:
        return _one(next(iter(trials.values())), spoken)
    if not any(a.numeric or a.bounded for a in spoken):
        return InDoubt(tuple((study, effect.label) for study, effect in trials.items()))
    if any(headline(analysis) is not None for analysis in spoken):
        return main_forest(f"{key}-forest", title, spoken)
    return directions(f"{key}-directions", title, spoken)


def _one(effect: Effect, spoken: Sequence[Analysis]) -> OneTrial:
    found = tuple((a.labels.window(a.question.window), _what(a)) for a in spoken)
    return OneTrial(effect.study_id, effect.label, effect.regimen, found)


def _what(analysis: Analysis) -> str:
    number = headline(analysis)
    outcome = analysis.labels.outcome(analysis.question.outcome)
    if number is not None:
        return f"{number.change} {outcome} ({number.interval})"
    if not analysis.bounded:
        return f"nothing but what stands in a report {DOUBT.removeprefix('from a report ')}"
    return FOUND[side(analysis.bounded[0])].format(outcome=outcome)
