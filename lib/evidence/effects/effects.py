"""From a selection to one effect per study and window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from evidence.dataset import Dataset, once
from evidence.dataset.rules.project import COUNTED_UNITS
from evidence.effects.arm_difference import from_arms
from evidence.effects.correlation import require_correlation
from evidence.effects.counted import first_counts, from_counts, from_printed_ratio, from_responders
from evidence.effects.direction import conflict, favourable_sign
from evidence.effects.draft import Draft, Setting, in_points
from evidence.effects.model import Effect, EvidenceClass, Options, Scale, Statement
from evidence.effects.p_values import difference_in_points, from_p_alone, from_p_and_difference
from evidence.effects.people import result_people
from evidence.effects.printed import from_interval, from_printed_smd
from evidence.effects.reference import reference_sd
from evidence.effects.statements import bound_of, statement
from evidence.question import LeftOut, Measure, Result, Selection, main_outcome, select

Route = Callable[[Result, Setting], Draft | None]

#: In order: what is printed with its spread, the arms' own values, and what must be derived. A size that is
#: printed, as a difference or as shares of people, comes before one that a p-value alone would give.
MAIN_ROUTES: Final[tuple[Route, ...]] = (
    from_interval,
    from_arms,
    from_printed_smd,
    from_p_and_difference,
    from_responders,
    from_p_alone,
)
SCORE_ROUTES: Final[tuple[Route, ...]] = (from_arms, from_printed_smd, from_p_alone)
COUNT_ROUTES: Final[tuple[Route, ...]] = (from_counts, from_printed_ratio)


def effects(selection: Selection, ds: Dataset, options: Options | None = None) -> tuple[Effect, ...]:
    """Turn what studies report into effects, one per study and window, in the order of the selection.

    Studies that say nothing usable follow at the end, in the class ``unusable`` and the window
    ``not_stated``.

    Parameters
    ----------
    selection : Selection
    ds : Dataset
    options : Options, optional
        Where its `time_rule` or `flag_rule` differs from the selection's, the question is selected again.

    Raises
    ------
    ValueError
        When a correlation or a reference SD is needed and there is none.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> from evidence.question import Question, select
    >>> ds = load()
    >>> found = effects(select(Question("ketamine", "crps"), ds), ds)
    >>> {effect.scale for effect in found}
    {'points'}
    """
    options = options or Options()
    selection = _selected_again(selection, ds, options)
    setting = _setting(selection, ds, options)
    found = [_effect_or_place(result, selection, setting) for result in selection.results]
    return (*found, *(_silent(item, selection, setting) for item in selection.silent))


def poolable(effects: Sequence[Effect], options: Options | None = None) -> tuple[Effect, ...]:
    """Keep the effects that hold a number and are of the classes asked for.

    Parameters
    ----------
    effects : sequence of Effect
    options : Options, optional
        Its `classes`: reported and derived by default.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> from evidence.question import Question, select
    >>> ds = load()
    >>> found = effects(select(Question("ketamine", "crps"), ds), ds)
    >>> {effect.evidence_class for effect in poolable(found)} <= {"reported", "derived"}
    True
    """
    classes = (options or Options()).classes
    return tuple(effect for effect in effects if effect.evidence_class in classes and effect.vi is not None)


def _selected_again(selection: Selection, ds: Dataset, options: Options) -> Selection:
    time_rule = options.time_rule or selection.time_rule
    flag_rule = options.flag_rule or selection.flag_rule
    if (time_rule, flag_rule) == (selection.time_rule, selection.flag_rule):
        return selection
    return select(selection.question, ds, time_rule=time_rule, flag_rule=flag_rule)


@once
def _part(ds: Dataset, outcome: str) -> str | None:
    """Return in which part of a report an outcome is listed: as a harm or as a benefit, if in any."""
    parts = ds.rows("labels", kind="outcome", code=outcome)["part"].dropna()
    return None if parts.empty else str(parts.iloc[0])


@once
def _is_counted(ds: Dataset, outcome: str) -> bool:
    """Whether people with an outcome are counted: no measure of it has a scale, or it is a harm."""
    measures = ds.records(Measure, "measures", answers=outcome)
    return _part(ds, outcome) == "harm" or all(measure.unit in COUNTED_UNITS for measure in measures)


def _setting(selection: Selection, ds: Dataset, options: Options) -> Setting:
    outcome = selection.question.outcome
    main = main_outcome(ds)
    counted = _is_counted(ds, outcome)
    scale: Scale = options.scale if outcome == main.code else "log_rr" if counted else "smd"
    correlation = options.correlation
    if correlation is None:
        correlation = float(ds.setting("correlation_crossover"))
    reference = options.reference_sd
    if reference is None and scale == "points" and selection.results:
        reference = reference_sd(ds).sd
    return Setting(
        outcome=outcome,
        main=main,
        favourable=favourable_sign(outcome, main, hoped_for=counted and _part(ds, outcome) == "benefit"),
        scale=scale,
        correlation=require_correlation(correlation),
        correlation_implied_max=float(ds.setting("correlation_implied_max")),
        spread=options.spread,
        significance_level=float(ds.setting("significance_level")),
        reference_sd=reference,
    )


def _routes(setting: Setting) -> tuple[Route, ...]:
    if setting.about_main:
        return MAIN_ROUTES
    return COUNT_ROUTES if setting.scale == "log_rr" else SCORE_ROUTES


def _effect_or_place(result: Result, selection: Selection, setting: Setting) -> Effect:
    """Make an effect; an error on the way tells the question and the rows."""
    try:
        return _effect(result, selection, setting)
    except Exception as error:
        rows = "; ".join(" · ".join(part for part in row if part) for row in result.rows)
        error.add_note(f"Question: {selection.question}\nRows: {rows}")
        raise


def _effect(result: Result, selection: Selection, setting: Setting) -> Effect:
    contradiction = conflict(result, setting)
    if contradiction:
        return _finished(result, selection, setting, "unusable", note=contradiction)
    for route in _routes(setting):
        draft = route(result, setting)
        if draft is not None:
            if setting.scale == "points" and setting.reference_sd is not None:
                draft = in_points(draft, setting.reference_sd)
            return _from_draft(draft, result, selection, setting)
    said = statement(result, setting)
    if said is None:
        return _finished(result, selection, setting, "unusable", note=_nothing(result))
    difference = difference_in_points(result, setting) if setting.scale == "points" else None
    return _finished(result, selection, setting, "bounded", replace(said, difference=difference))


def _nothing(result: Result) -> str:
    counts = first_counts(result)
    if counts is not None and counts.events_experimental + counts.events_control == 0:
        return "Nobody had the event in either arm: there is no risk ratio to estimate."
    return "The rows hold neither an effect nor a test nor a direction."


def _from_draft(draft: Draft, result: Result, selection: Selection, setting: Setting) -> Effect:
    people = draft.people
    effect = _finished(result, selection, setting, draft.evidence_class)
    if people is not None:
        effect = replace(
            effect, n_experimental=people.experimental, n_control=people.control, people=people.total
        )
    return replace(
        effect,
        scale=draft.scale,
        yi=draft.yi,
        vi=draft.vi,
        reexpressed=draft.reexpressed,
        printed_interval=draft.printed_interval,
        df=draft.df,
        ledger=draft.steps,
        assumptions=tuple(dict.fromkeys(draft.assumptions)),
    )


def _finished(
    result: Result,
    selection: Selection,
    setting: Setting,
    kind: EvidenceClass,
    said: Statement | None = None,
    note: str = "",
) -> Effect:
    people = result_people(result)
    comparison = result.comparison
    base = _base(result.study.study_id, selection, setting, kind, note or result.why)
    return replace(
        base,
        comparator=comparison.comparator,
        comparator_type=comparison.comparator_type,
        shared=comparison.shared,
        other_drugs=result.other_drugs,
        window=result.window,
        time_days=result.time_days,
        time_label=result.time_label,
        n_experimental=people.experimental if people else None,
        n_control=people.control if people else None,
        people=people.total if people else result.study.n,
        statement=said,
        bound=None if said is None else bound_of(said, people, setting),
        counts=None if setting.scale == "smd" and not setting.about_main else first_counts(result),
        assumptions=people.assumptions if people else (),
        rows=result.rows,
        flags=tuple(flag.flag for flag in result.flags),
    )


def _silent(item: LeftOut, selection: Selection, setting: Setting) -> Effect:
    return _base(item.study_id, selection, setting, "unusable", item.sentence)


def _base(study_id: str, selection: Selection, setting: Setting, kind: EvidenceClass, note: str) -> Effect:
    """Everything that is known of a study without its results."""
    study, intervention = selection.studies[study_id], selection.interventions[study_id]
    regimen = ", ".join(part for part in (intervention.formulation, intervention.dose) if part)
    return Effect(
        study_id=study_id,
        label=study.label,
        drug=selection.question.drug,
        route=intervention.route,
        regimen=regimen,
        condition_group=study.condition_group,
        condition_detail=study.condition_detail or "",
        design=study.design,
        outcome=setting.outcome,
        scale=setting.scale,
        evidence_class=kind,
        people=study.n,
        favourable=setting.favourable,
        flags=tuple(flag.flag for flag in selection.flags[study_id]),
        note=note,
    )
