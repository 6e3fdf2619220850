"""What happened to pain: figures of what can be pooled and of what cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from evidence.charts.albatross import Albatross, AlbatrossPoint, albatross
from evidence.charts.effect_direction import (
    Direction,
    DirectionRow,
    EffectDirection,
    Finding,
    effect_direction,
)
from evidence.charts.figure import Figure
from evidence.charts.forest import Forest, ForestBlock, ForestPool, ForestRow, Measure, forest
from evidence.charts.words import listing, number, plural
from evidence.harmonise import Effect
from evidence.report.analysis import Analysis
from evidence.report.names import WINDOWS, words

_T = 1.959964
_CLASSES = ("reported", "derived", "bounded", "unusable")


def pain_forest(key: str, title: str, analyses: Sequence[Analysis], caption: str = "") -> Figure:
    """Draw the effects on pain, one block for each time window; windows are never pooled together.

    Raises
    ------
    ValueError
        When no window has an effect that says anything.
    """
    spoken = [analysis for analysis in analyses if analysis.numeric or analysis.bounded]
    blocks = tuple(_block(analysis) for analysis in spoken)
    return forest(key, title, Forest(pain_measure(*spoken), blocks), caption=caption)


def pain_measure(*analyses: Analysis) -> Measure:
    """Return the axis of effects on pain."""
    drug = analyses[0].question.drug if analyses else "drug"
    return Measure(
        "Mean difference in pain, points on 0–100",
        mid=tuple(dict.fromkeys(-analysis.mid for analysis in analyses)),
        favours_low=f"favours {drug}",
        favours_high="favours comparator",
    )


def block_rows(
    numeric: Sequence[Effect], weights: Sequence[float], bounded: Sequence[Effect]
) -> tuple[ForestRow, ...]:
    """Return the rows of a block: effects with a number, then those with a bound only."""
    measured = [_numeric(effect, weight) for effect, weight in zip(numeric, weights, strict=True)]
    return (*measured, *(_bounded(effect) for effect in bounded))


def _block(analysis: Analysis) -> ForestBlock:
    window = analysis.question.window or "any"
    weights: Sequence[float] = analysis.pooled.weights.tolist() if analysis.pooled is not None else ()
    title = WINDOWS[window][0].upper() + WINDOWS[window][1:]
    rows = block_rows(analysis.numeric, weights, analysis.bounded)
    return ForestBlock(rows, title, _pool(analysis), _note(analysis))


def _pool(analysis: Analysis) -> ForestPool | None:
    pooled = analysis.pooled
    if pooled is None or pooled.k < 2:
        return None
    detail = f"I² {pooled.i2:.0f} %, tau {number(pooled.tau2**0.5)} points"
    return ForestPool(
        "Pooled",
        pooled.estimate,
        pooled.ci_low,
        pooled.ci_high,
        (pooled.pi_low, pooled.pi_high),
        detail,
        plural(analysis.people, "person", "people"),
    )


def _note(analysis: Analysis) -> str:
    if not analysis.bounded:
        return ""
    count = plural(len(analysis.bounded), "trial")
    return f"{count} with a bound or a direction only"


def _numeric(effect: Effect, weight: float) -> ForestRow:
    assert effect.yi is not None
    assert effect.se is not None
    reach = _T * effect.se
    return ForestRow(
        effect.label,
        effect.yi,
        effect.yi - reach,
        effect.yi + reach,
        "reported" if effect.evidence_class == "reported" else "derived",
        arms(effect),
        effect.regimen,
        weight,
    )


def _bounded(effect: Effect) -> ForestRow:
    said = effect.statement.words if effect.statement else "no statement"
    direction = effect.statement.direction if effect.statement else None
    low, high = 0.0 if direction == 1 else None, 0.0 if direction == -1 else None
    return ForestRow(effect.label, None, low, high, "bounded", arms(effect), effect.regimen, effect=said)


def arms(effect: Effect) -> str:
    """Return the people behind an effect: "30 v 30", or those of a crossover counted once."""
    if effect.n_experimental is None or effect.n_control is None:
        return "n not stated" if effect.people is None else f"{effect.people:,}"
    if effect.design == "crossover":
        return f"{effect.people:,} in both" if effect.people else "n not stated"
    return f"{effect.n_experimental:,} v {effect.n_control:,}"


def directions(key: str, title: str, analyses: Sequence[Analysis], caption: str = "") -> Figure:
    """Draw what every trial found in every window, whether or not it can be pooled."""
    spoken = [analysis for analysis in analyses if analysis.numeric or analysis.bounded]
    windows = tuple(words(analysis.question.window or "any") for analysis in spoken)
    by_window = [{effect.study_id: effect for effect in analysis.effects} for analysis in spoken]
    studies = dict.fromkeys(
        effect.study_id
        for analysis in spoken
        for effect in analysis.effects
        if effect.evidence_class != "unusable"
    )
    rows = tuple(_direction_row(study, by_window) for study in studies)
    return effect_direction(key, title, EffectDirection(windows, rows), caption=caption)


def _direction_row(study: str, by_window: list[dict[str, Effect]]) -> DirectionRow:
    found = [effects.get(study) for effects in by_window]
    effect = next(item for item in found if item is not None)
    return DirectionRow(effect.label, tuple(map(_finding, found)), arms(effect), effect.regimen)


def _finding(effect: Effect | None) -> Finding | None:
    if effect is None or effect.evidence_class == "unusable":
        return None
    if effect.yi is not None and effect.se is not None:
        significant = abs(effect.yi) > _T * effect.se
        return Finding(_towards(-1 if effect.yi < 0 else 1), significant, f"{number(effect.yi)} points")
    assert effect.statement is not None
    said, test = effect.statement, effect.statement.words.split(",")[0]
    significant = said.p_high <= 0.05
    return Finding(_towards(said.direction) if said.direction or significant else "same", significant, test)


def _towards(direction: int | None) -> Direction:
    return {-1: "better", 1: "worse", 0: "same"}.get(direction or 0, "unclear")  # type: ignore[return-value]


def albatross_of(key: str, title: str, effects: Sequence[Effect], caption: str = "") -> Figure:
    """Draw p-value against people for the trials that print a p-value or a bound."""
    points = tuple(point for effect in effects if (point := albatross_point(effect)) is not None)
    return albatross(key, title, Albatross(points), caption=caption)


def albatross_point(effect: Effect) -> AlbatrossPoint | None:
    """Return p-value or bound, people and side of a trial; None where it tells no p-value or no people."""
    said = effect.statement
    if said is None or effect.people is None or (said.p_low == 0 and said.p_high == 1):
        return None
    side: Literal["low", "high", "neither"] = "neither"
    if said.direction:
        side = "low" if said.direction < 0 else "high"
    paired = effect.design == "crossover"
    if said.p_low > 0 and said.p_high < 1:  # an exact p-value, known to its last printed digit
        middle = round((said.p_low + said.p_high) / 2, 6)
        return AlbatrossPoint(effect.label, effect.people, middle, "=", side, paired)
    if said.p_low == 0:
        return AlbatrossPoint(effect.label, effect.people, said.p_high, "<", side, paired)
    return AlbatrossPoint(effect.label, effect.people, said.p_low, ">", side, paired)


def best_class(effects: Sequence[Effect]) -> dict[str, str]:
    """Return the best class of evidence that each trial gives, by study."""
    best: dict[str, str] = {}
    for effect in effects:
        known = best.get(effect.study_id, effect.evidence_class)
        best[effect.study_id] = min(known, effect.evidence_class, key=_CLASSES.index)
    return best


def summary_of_classes(best: Mapping[str, str]) -> str:
    """Say how many trials report, allow a derivation, give a bound, or nothing usable; each trial once."""
    verbs = (
        ("reports an effect with its spread", "report an effect with its spread"),
        ("allows one to be derived", "allow one to be derived"),
        ("gives only a bound or a direction", "give only a bound or a direction"),
        ("says nothing usable on pain", "say nothing usable on pain"),
    )
    counts = [sum(found == kind for found in best.values()) for kind in _CLASSES]
    parts = [
        f"{count} {one if count == 1 else many}" if count else f"none {one}"
        for count, (one, many) in zip(counts, verbs, strict=True)
    ]
    return f"Of {plural(len(best), 'trial')}, {listing(parts)}."
