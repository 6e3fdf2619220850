"""The effects as the tidy frame of a forest plot: one row for each trial, pool and remark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.forest import forest_figure
from evidence.effects import Effect
from evidence.grade.domains import JUDGED_FROM
from evidence.meta import Pooled
from evidence.report.sections.findings import arms, limits, main_measure
from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer
from evidence.wording.numbers import capital, number, plural

#: What a forest plot shows of each trial: the domains of RoB 2 that any text tells of, and its integrity.
SAFEGUARDS: Final = {
    "1": "low risk of bias from randomisation (RoB 2, domain 1)",
    "3": "low risk of bias from missing data (domain 3)",
    "4": "low risk of bias from measurement (domain 4)",
    "I": "no known doubt about the integrity of the report",
}
#: A judgement as the level of a safeguard; what is not known is unclear.
_LEVEL: Final[Mapping[str, str]] = {"low": "yes", "high": "no"}

#: Trials with a number from which the pool of Hartung and Knapp stands beside the posterior.
_PEERS: Final = 5
#: Points of a density that a half-eye draws.
POINTS: Final = 121

#: A row of the frame: the columns of `evidence.charts.forest.forest`, those that say something.
Record = Mapping[str, Any]


def main_forest(key: str, title: str, analyses: Sequence[Analysis]) -> Figure:
    """Draw the effects, one block for each time window; windows are never pooled together.

    Raises
    ------
    ValueError
        When no window has an effect that says anything.
    """
    spoken = [analysis for analysis in analyses if analysis.numeric or analysis.bounded]
    if not spoken:
        raise ValueError(f"{key}: no window has an effect to draw: take the figure out of the chapter")
    return forest_figure(
        key,
        title,
        main_frame(spoken),
        measure=main_measure(*spoken),
        safeguards=SAFEGUARDS,
        curves=half_eyes(spoken),
    )


def half_eyes(analyses: Sequence[Analysis]) -> pd.DataFrame | None:
    """Return the densities of the mean effect and of a new trial's effect, for each block that draws them."""
    found = [(capital(a.when), a.posterior) for a in analyses if a.posterior is not None and _drawn(a)]
    if not found:
        return None
    return pd.concat([_curve(block, answer) for block, answer in found], ignore_index=True)


def _curve(block: str, answer: PosteriorAnswer) -> pd.DataFrame:
    low, high = answer.primary.interval(0.999)
    x = np.linspace(low, high, POINTS)
    data = {"block": block, "x": x, "density": answer.primary.density(x)}
    if answer.prediction is not None:
        data["new_trial"] = answer.primary.predictive_density(x)
    return pd.DataFrame(data)


def _drawn(analysis: Analysis) -> bool:
    """Whether the mean effect stands below its trials: several say something, and one gives a number."""
    answer = analysis.posterior
    return answer is not None and answer.k > 0 and len(analysis.numeric) + len(analysis.bounded) > 1


def main_frame(analyses: Sequence[Analysis]) -> pd.DataFrame:
    """Return the effects of each analysis with their pool, one block for each time window."""
    return pd.DataFrame([row for analysis in analyses for row in _block(analysis)])


def _block(analysis: Analysis) -> list[Record]:
    weights: Sequence[float] = analysis.pooled.weights.tolist() if analysis.pooled is not None else ()
    block, pooled = capital(analysis.when), analysis.pooled
    rows = study_rows(block, analysis, analysis.numeric, weights, analysis.bounded)
    answer = analysis.posterior
    if answer is not None and _drawn(analysis):
        rows.append(posterior_row(block, answer, analysis.people))
    if pooled is not None and pooled.k >= _PEERS:
        rows.append(pooled_row(block, "Pooled, Hartung–Knapp", pooled, analysis.people))
    return rows


def study_rows(
    block: str,
    analysis: Analysis,
    numeric: Sequence[Effect],
    weights: Sequence[float],
    bounded: Sequence[Effect],
) -> list[Record]:
    """Return the rows of a block: effects with a number, then those with a bound only."""
    measured = [_numeric(effect, weight) for effect, weight in zip(numeric, weights, strict=True)]
    rows = zip([*numeric, *bounded], [*measured, *map(_bounded, bounded)], strict=True)
    return [{"block": block, **_named(effect), **row, **safeguards(analysis, effect)} for effect, row in rows]


def posterior_row(block: str, answer: PosteriorAnswer, people: int) -> Record:
    """Return the row of the mean effect that all evidence of a block gives."""
    low, high = answer.interval
    ends = answer.prediction or (None, None)
    return {
        "block": block,
        "kind": "posterior",
        "label": "Mean effect, all evidence",
        "est": answer.primary.median,
        "lo": low,
        "hi": high,
        **dict(zip(("pred_lo", "pred_hi"), ends, strict=True)),
        "detail": "95% credible interval",
        "n": plural(people, "person", "people"),
    }


def pooled_row(block: str, label: str, pooled: Pooled, people: int) -> Record:
    """Return the row of a pool."""
    ends = prediction_of(pooled) or (None, None)
    return {
        "block": block,
        "kind": "pooled",
        "label": label,
        "est": pooled.estimate,
        "lo": pooled.ci_low,
        "hi": pooled.ci_high,
        **dict(zip(("pred_lo", "pred_hi"), ends, strict=True)),
        "detail": f"I² {pooled.i2:.0f}%, tau {number(pooled.tau2**0.5)} points",
        "n": plural(people, "person", "people"),
    }


def prediction_of(pooled: Pooled) -> tuple[float, float] | None:
    """Return the prediction interval of a pool; None where it would say nothing of its own.

    With two trials it has one degree of freedom and spans everything; where tau² is 0 it is the interval of
    the pooled effect once more.
    """
    return (pooled.pi_low, pooled.pi_high) if pooled.k >= JUDGED_FROM and pooled.tau2 > 0 else None


def safeguards(analysis: Analysis, effect: Effect) -> dict[str, str]:
    """Return how a trial was done, by the letters of `SAFEGUARDS`: what is not told is unclear."""
    risk = analysis.risks[effect.study_id]
    judged = {name: _LEVEL.get(risk.judgement(f"D{name}"), "unclear") for name in SAFEGUARDS if name != "I"}
    return {**judged, "I": "no" if "integrity" in effect.flags else "yes"}


def _named(effect: Effect) -> Record:
    return {"label": effect.label, "n": arms(effect), "detail": effect.regimen}


def _numeric(effect: Effect, weight: float) -> Record:
    low, high = limits(effect)
    kind = "reported" if effect.evidence_class == "reported" else "derived"
    return {"kind": kind, "est": effect.yi, "lo": low, "hi": high, "weight": weight}


def _bounded(effect: Effect) -> Record:
    said = effect.statement
    return {
        "kind": "bounded",
        "direction": said.direction if said else None,
        "words": said.words if said else "no statement",
    }
