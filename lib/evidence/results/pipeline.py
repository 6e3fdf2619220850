"""From a question to what each study says, computed once for each dataset and read here by all the rest."""

from __future__ import annotations

from dataclasses import replace

from evidence.dataset import Dataset, once
from evidence.effects import Effect, Options, effects
from evidence.question import WINDOWS, FlagRule, Question, Selection, TimeRule, select
from evidence.wording.labels import labels


def scope(ds: Dataset, condition: str | None) -> str | tuple[str, ...]:
    """Return a condition group, or those inside the scope of the review that the book stands beside."""
    if condition is not None:
        return condition
    outside = ds.words("conditions_outside_cochrane")
    return tuple(code for code in labels(ds).conditions if code not in outside)


def routes(selection: Selection) -> tuple[str, ...]:
    """Return the routes by which the drug was given in trials that say something, in the order of trials."""
    spoken = {result.study.study_id for result in selection.results}
    found = (selection.interventions[study].route for study in selection.studies if study in spoken)
    return tuple(dict.fromkeys(found))


def asked(selection: Selection) -> tuple[Question, ...]:
    """Return a question for each route and window in which a trial of a selection says something."""
    given, question = selection.interventions, selection.question
    found = {(given[result.study.study_id].route, result.window) for result in selection.results}
    return tuple(
        replace(question, route=route, window=window)
        for route in routes(selection)
        for window in WINDOWS
        if (route, window) in found
    )


def selected(
    ds: Dataset,
    question: Question,
    time_rule: TimeRule | None = None,
    flag_rule: FlagRule = "standard",
) -> Selection:
    """Return which rows answer a question; see `evidence.question.select`."""
    return _selected(ds, question, time_rule, flag_rule)


@once
def _selected(ds: Dataset, question: Question, time_rule: TimeRule | None, flag_rule: FlagRule) -> Selection:
    return select(question, ds, time_rule=time_rule, flag_rule=flag_rule)


@once
def said(ds: Dataset, question: Question, options: Options | None = None) -> tuple[Effect, ...]:
    """Return what each study says on a question; see `evidence.effects.effects`.

    Examples
    --------
    >>> from evidence import dataset
    >>> from evidence.question import Question
    >>> len(said(dataset.load(), Question("ketamine", "crps", window="immediate"))) > 0
    True
    """
    options = options or Options()
    selection = selected(ds, question, options.time_rule, options.flag_rule or "standard")
    return effects(selection, ds, options)
