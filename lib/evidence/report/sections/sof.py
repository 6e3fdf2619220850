"""Summary of findings: relative and absolute effects at several baseline risks, and certainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.effects import Effect
from evidence.grade.certainty import Body, Certainty, Trial, rate
from evidence.question import Question
from evidence.report.sections.absolute import AtBaseline, at_baselines
from evidence.report.sections.baselines import Baseline, baselines, control_arms
from evidence.report.sections.harms import pooled_ratio
from evidence.report.sections.trials import trial_rows
from evidence.results.analysis import Analysis, flag_domains
from evidence.results.pipeline import said
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, plural
from evidence.wording.sentences import pain_effect, risk_ratio

_RESPONSES: Final = ("responder_50", "responder_30")
_APPRECIABLE: Final = math.log(1.25)  # GRADE guidelines 6: a relative change of a quarter is appreciable
_DEVIATES: Final = 1.9600 + 0.8416  # a two-sided 5% test with 80% power
_COLUMNS: Final = (
    Column("Outcome"),
    Column("Trials (people)", "right"),
    Column("Relative effect", "right", "risk ratio, 95% CI"),
    Column("Without the drug", "right", "of 1,000"),
    Column("With the drug", "right", "of 1,000"),
    Column("Difference", "left", "of 1,000, or points on 0–100"),
    Column("Number needed"),
    Column("Certainty", "left", "why"),
)


def summary(ds: Dataset, key: str, caption: str, question: Question, analyses: Sequence[Analysis]) -> Table:
    """List pain by route and window, then response and harms by route at low, middle and high baseline risk.

    Parameters
    ----------
    question : Question
        Drug and condition; route, outcome and window are set here.
    analyses : sequence of Analysis
        The analyses of pain of the report.
    """
    lasting = [a for a in analyses if a.question.window != "during_infusion" and (a.numeric or a.bounded)]
    rows = [_pain(analysis) for analysis in lasting]
    for outcome in (*_RESPONSES, *labels_of(ds).harms):
        rows += _counted(ds, question, outcome)
    return Table(key, caption, _COLUMNS, tuple(rows))


def _pain(analysis: Analysis) -> tuple[Cell, ...]:
    pooled = analysis.pooled
    name = f"Pain {analysis.when}: {analysis.subject.lower()}"
    if pooled is None:
        said = f"not estimable: {plural(len(analysis.bounded), 'trial')} without a usable number"
        size = Cell(plural(len(analysis.bounded), "trial"))
        return Cell(name), size, Cell(""), Cell(""), Cell(""), Cell(said), Cell(""), sure(analysis.certainty)
    return (
        Cell(name),
        Cell(f"{plural(pooled.k, 'trial')} ({analysis.people:,})"),
        Cell("not a ratio"),
        Cell(""),
        Cell(""),
        Cell(f"{pain_effect(pooled)}; below 0: less pain on the drug", value=pooled.estimate),
        Cell(""),
        sure(analysis.certainty),
    )


def _counted(ds: Dataset, question: Question, outcome: str) -> list[tuple[Cell, ...]]:
    """Return the rows of one outcome: harms over the whole trial, responses in pain window by window."""
    window = None if outcome in _RESPONSES else "any"
    asked = Question(
        question.drug, question.condition, outcome=outcome, window=window, detail=question.detail
    )
    answering = ds.rows("measures", answers=outcome)
    others = set(answering[answering["kind"] == "other"]["measure"])  # a response in attacks is none in pain
    found = [
        effect
        for effect in said(ds, asked)
        if effect.scale == "log_rr" and effect.yi is not None
        if not any(row[-2] in others for row in effect.rows)
    ]
    levels = baselines(control_arms(ds, outcome))
    rows = []
    for route, when in dict.fromkeys((effect.route, effect.window) for effect in found):
        part = [effect for effect in found if (effect.route, effect.window) == (route, when)]
        rows += _rows(ds, question.drug, route, outcome, part, levels)
    return rows


def _rows(
    ds: Dataset, drug: str, route: str, outcome: str, found: list[Effect], levels: Sequence[Baseline]
) -> list[tuple[Cell, ...]]:
    pooled = pooled_ratio(found)
    assert pooled is not None
    ratio = (math.exp(pooled.estimate), math.exp(pooled.ci_low), math.exp(pooled.ci_high))
    people = sum(effect.people or 0 for effect in found)
    certainty = rate(body_of(ds, found, levels), flag_domains(ds), {})
    labels = labels_of(ds)
    when = f" {labels.when(found[0].window)}" if outcome in _RESPONSES else ""
    both = "" if not all(effect.shared for effect in found) else ", added to what both groups got"
    name = f"{capital(labels.outcome(outcome))}{when}: {labels.subject(drug, route).lower()}{both}"
    head = (
        Cell(name),
        Cell(f"{plural(pooled.k, 'trial')} ({people:,})"),
        Cell(risk_ratio(*ratio), value=ratio[0]),
    )
    event = "beneficial" if outcome in _RESPONSES else "harmful"
    known = at_baselines(ratio, levels, event)  # type: ignore[arg-type]
    if not known:
        none = Cell("no placebo arm counts it")
        return [(*head, none, Cell(""), Cell(""), Cell(""), sure(certainty))]
    return [(*head, *_absolute(at), sure(certainty)) for at in known]


def _absolute(at: AtBaseline) -> tuple[Cell, ...]:
    return (
        Cell(
            f"{at.baseline.per_1000} ({at.baseline.level})",
            1000 * at.baseline.risk,
            hint=at.baseline.source,
        ),
        Cell(at.with_drug),
        Cell(at.difference),
        Cell(at.needed),
    )


def body_of(ds: Dataset, found: Sequence[Effect], levels: Sequence[Baseline]) -> Body:
    """Return counted effects as the rules of certainty read them: an appreciable change is a quarter."""
    rows = trial_rows(ds, [effect.study_id for effect in found])
    pooled = pooled_ratio(found)
    weights: Mapping[str, float] = (
        {}
        if pooled is None
        else dict(zip((effect.study_id for effect in found), pooled.weights / 100, strict=True))
    )
    middle = next((level.risk for level in levels if level.level == "middle" and 0 < level.risk < 1), 0.5)
    trials = tuple(
        Trial(
            effect.label,
            rows[effect.study_id].n_randomised,
            effect.people,
            effect.people,
            rows[effect.study_id].blinding,
            effect.flags,
            float(weights.get(effect.study_id, 0.0)),
        )
        for effect in found
    )
    return Body(trials, pooled, _APPRECIABLE, optimal_size(middle), 0)


def optimal_size(risk: float) -> int:
    """People in two equal arms that detect a change of a risk by a quarter, 80% power at a two-sided 5%.

    Notes
    -----
    n per arm = (z₀.₉₇₅ + z₀.₈)² (p₁(1 − p₁) + p₂(1 − p₂)) / (p₁ − p₂)², with p₂ = 0.75 p₁.
    """
    lower = 0.75 * risk
    spread = risk * (1 - risk) + lower * (1 - lower)
    return 2 * math.ceil(_DEVIATES**2 * spread / (risk - lower) ** 2)


def sure(certainty: Certainty) -> Cell:
    """Return the certainty; its hint gives the reason of every domain that was rated down."""
    reasons = "\n".join(
        f"{domain.name.capitalize()} (−{domain.down}): {domain.reason}"
        for domain in certainty.domains
        if domain.down
    )
    return Cell(f"{certainty.symbols} {certainty.level}", hint=reasons or "Nothing was rated down.")
