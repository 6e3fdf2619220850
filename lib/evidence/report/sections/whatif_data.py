"""What the reader may switch in a page: the evidence, priors, rules and words that its script computes with.

`_static/bayes.js` repeats `evidence.meta.bayes`, `_static/whatif.js` the rules of
`evidence.results.posterior` and the choice of sentences of `evidence.results.posterior_words`. Everything
else comes from here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, NotRequired, TypedDict

from evidence.charts.liveeye import Geometry
from evidence.dataset import Dataset
from evidence.effects import Effect, Options, poolable
from evidence.meta.bayesian.mu_priors import MuPrior
from evidence.meta.bayesian.tau_priors import TauPrior
from evidence.meta.bound import Bound
from evidence.report.sections.findings import arms
from evidence.report.sections.forest import POINTS
from evidence.results import posterior as rules
from evidence.results.analysis import Analysis
from evidence.results.pipeline import said
from evidence.results.posterior_words import inside, own_interval, said_by
from evidence.results.priors import Prior
from evidence.wording.labels import Labels
from evidence.wording.posterior import ONES, SENTENCES
from evidence.wording.posterior import effect as difference

Kind = Literal["number", "bound", "p-value", "direction"]


class Interval(TypedDict):
    """An interval of the observed effect.

    Attributes
    ----------
    low, high : float or None
        Its ends in points; None where it is open.
    v : float
        Sampling variance that goes with it.
    """

    low: float | None
    high: float | None
    v: float


class Trial(TypedDict):
    """One trial that can be switched.

    Attributes
    ----------
    id, label : str
        The study of the tables, and its name.
    kind : {"number", "bound", "p-value", "direction"}
        The kind of its evidence.
    arms, said : str
        Its people, and what it found, in words.
    people : int
        0 where they are not known.
    on : bool
        Whether the report's own analysis holds it.
    why : str
        Why it does not; else empty.
    doubt : bool
        Whether the integrity of its report is in doubt.
    y, v : float
        Of a number: effect in points and sampling variance.
    df : float
        Of a number that stands for a t test: its degrees of freedom.
    set : list of Interval
        Of another kind: where its effect lies. Left out where the number of its people is not known; the
        trial is then counted and moves nothing.
    """

    id: str
    label: str
    kind: Kind
    arms: str
    people: int
    said: str
    on: bool
    why: str
    doubt: bool
    y: NotRequired[float]
    v: NotRequired[float]
    df: NotRequired[float]
    set: NotRequired[list[Interval]]


class Question(TypedDict):
    """One question of a report.

    Attributes
    ----------
    key : str
        Route and window, joined by a hyphen.
    title : str
        What the picker calls it.
    subject, outcome, when, helps, help, certainty : str
        What its sentences name.
    mid : float
        Smallest important difference in points.
    trials : list of Trial
        Those with a number first, of each kind the report's own first.
    apart : list of str
        Trials that the report names as left out because the report is in doubt, in its order.
    """

    key: str
    title: str
    subject: str
    outcome: str
    when: str
    helps: str
    help: str
    certainty: str
    mid: float
    trials: list[Trial]
    apart: list[str]


class NamedPrior(TypedDict):
    """A prior in points.

    Attributes
    ----------
    name, says : str
        As in `evidence.results.priors.Prior`.
    tau, mu : dict
        ``kind``, the class in `evidence.meta`, and its parameters by name; infinite degrees of freedom are
        None. `mu` is None where it is flat.
    """

    name: str
    says: str
    tau: dict[str, Any]
    mu: dict[str, Any] | None


class Data(TypedDict):
    """What ``_static/whatif.js`` reads.

    Attributes
    ----------
    key : str
        The anchor, and the beginning of the names under which an address keeps the reader's choices.
    words : dict of str to str
        `evidence.wording.posterior.SENTENCES`.
    ones : list of str
        The small counts as words.
    rules : dict
        The limits of `evidence.results.posterior` by their names there, and ``favourable``, the sign of a
        difference that favours the drug.
    priors : list of NamedPrior
        The primary one first.
    points : int
        Places at which a density is drawn, between the ends of the 99.9% interval.
    figure : Geometry
        Where the parts of the drawing lie.
    questions : list of Question
        The first is shown first.
    """

    key: str
    words: dict[str, str]
    ones: list[str]
    rules: dict[str, Any]
    priors: list[NamedPrior]
    points: int
    figure: Geometry
    questions: list[Question]


def data_of(ds: Dataset, analyses: Sequence[Analysis], key: str, geometry: Geometry) -> Data:
    """Gather what the page of some analyses needs, all of one drug and one reference SD."""
    return Data(
        key=key,
        words=dict(SENTENCES),
        ones=list(ONES),
        rules={
            "limit_may_move": rules.LIMIT_MAY_MOVE,
            "probability_may_move": rules.PROBABILITY_MAY_MOVE,
            "stable_over": rules.STABLE_OVER,
            "likely": rules.LIKELY,
            "unlikely": rules.UNLIKELY,
            "symmetric": rules.SYMMETRIC,
            "judged_from": rules.JUDGED_FROM,
            "doubt_carries": rules.DOUBT_CARRIES,
            "favourable": analyses[0].labels.main.favourable,
        },
        priors=[_prior(prior) for prior in analyses[0].priors],
        points=POINTS,
        figure=geometry,
        questions=[_question(ds, analysis) for analysis in analyses],
    )


def switchable(ds: Dataset, analysis: Analysis) -> tuple[list[Effect], list[Effect]]:
    """Return the effects with a number and those without, first the analysis's own, then those left out."""
    own = {effect.study_id for effect in (*analysis.numeric, *analysis.bounded)}
    found = said(ds, analysis.question, Options(flag_rule="with_excluded"))
    out = [effect for effect in found if effect.study_id not in own]
    bounded = [effect for effect in out if effect.evidence_class == "bounded"]
    return [*analysis.numeric, *poolable(out)], [*analysis.bounded, *bounded]


def kind_of(effect: Effect) -> Kind:
    """Return the kind of evidence that a trial gives, as the reader may switch it."""
    told = effect.statement
    if effect.yi is not None:
        return "number"
    if told is None or (told.p_low, told.p_high) == (0.0, 1.0):
        return "direction"
    return "p-value" if told.exact_p is not None and told.direction is None else "bound"


def _question(ds: Dataset, analysis: Analysis) -> Question:
    numeric, bounded = switchable(ds, analysis)
    own = {effect.study_id for effect in (*analysis.numeric, *analysis.bounded)}
    return Question(
        key=f"{analysis.question.route}-{analysis.question.window}",
        title=f"{analysis.subject}, {analysis.labels.window(analysis.question.window)}",
        subject=inside(analysis.subject),
        outcome=analysis.outcome,
        when=analysis.when,
        helps=analysis.labels.toward.verb,
        help=analysis.labels.toward.infinitive,
        certainty=analysis.certainty.level,
        mid=analysis.mid,
        trials=[_trial(effect, effect.study_id in own, analysis.labels) for effect in (*numeric, *bounded)],
        apart=[effect.study_id for effect in analysis.doubted],
    )


def _trial(effect: Effect, on: bool, labels: Labels) -> Trial:
    trial = Trial(
        id=effect.study_id,
        label=effect.label,
        kind=kind_of(effect),
        arms=arms(effect),
        people=effect.people or 0,
        said=said_by(effect) if effect.yi is None else difference(*own_interval(effect)),
        on=on,
        why="" if on else f"Left out of the report. {'. '.join(labels.flag(flag) for flag in effect.flags)}.",
        doubt=effect.doubted,
    )
    if effect.yi is not None and effect.vi is not None:
        trial["y"], trial["v"] = effect.yi, effect.vi
        if effect.df is not None:
            trial["df"] = effect.df
    elif effect.bound is not None:
        trial["set"] = intervals_of(effect.bound)
    return trial


def intervals_of(bound: Bound) -> list[Interval]:
    """Return the set of a bound in points."""
    return [Interval(low=_finite(low), high=_finite(high), v=v) for low, high, v in bound.effect_intervals()]


def _prior(prior: Prior) -> NamedPrior:
    return NamedPrior(
        name=prior.name, says=prior.says, tau=prior_of(prior.tau), mu=prior_of(prior.mu) if prior.mu else None
    )


def prior_of(prior: TauPrior | MuPrior) -> dict[str, Any]:
    """Return a prior by the name and the parameters of its class."""
    assert is_dataclass(prior)
    return {
        "kind": type(prior).__name__,
        **{each.name: _finite(getattr(prior, each.name)) for each in fields(prior)},
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
