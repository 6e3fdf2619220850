"""What happened to the main outcome: figures of what can be pooled and of what cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from evidence.charts.albatross import albatross_figure
from evidence.charts.directions import directions_figure
from evidence.charts.figure import Figure
from evidence.charts.measure import Measure
from evidence.effects import Effect
from evidence.question import WINDOWS as TIMES
from evidence.results.analysis import Analysis
from evidence.wording.labels import Labels
from evidence.wording.numbers import capital, listing, number, plural

_CLASSES = ("reported", "derived", "bounded", "unusable")
_LATER = ("not_stated", *(window for window in TIMES if window != "not_stated"))


def main_measure(first: Analysis, *others: Analysis) -> Measure:
    """Return the axis of effects on the main outcome."""
    mids = dict.fromkeys(analysis.mid for analysis in (first, *others))
    return points_measure(*mids, drug=first.question.drug, labels=first.labels)


def points_measure(*mid: float, drug: str, labels: Labels) -> Measure:
    """Return an axis of differences, −100 to 100 at most, with the smallest that matter."""
    sides = (f"favours {drug}", "favours comparator")
    main = labels.main
    low, high = sides if main.better == "lower" else sides[::-1]
    return Measure(
        f"Mean difference in {labels.outcome()}, {main.unit}",
        mid=tuple(main.favourable * size for size in mid),
        favours_low=low,
        favours_high=high,
        possible=(-100.0, 100.0),
    )


def limits(effect: Effect) -> tuple[float, float]:
    """Return the 95% CI of an effect with a number; see `Effect.own_interval`.

    Raises
    ------
    ValueError
        When the effect has no number.
    """
    return effect.own_interval


def arms(effect: Effect) -> str:
    """Return the people behind an effect: "30 v 30", or those of a crossover counted once."""
    if effect.n_experimental is None or effect.n_control is None:
        return "n not stated" if effect.people is None else f"{effect.people:,}"
    if effect.design == "crossover":
        return f"{effect.people:,} in both" if effect.people else "n not stated"
    return f"{effect.n_experimental:,} v {effect.n_control:,}"


def directions(key: str, title: str, analyses: Sequence[Analysis]) -> Figure:
    """Draw what every trial found in every window, whether or not it can be pooled."""
    spoken = [analysis for analysis in analyses if analysis.numeric or analysis.bounded]
    windows = tuple(capital(analysis.when) for analysis in spoken)
    by_window = [{effect.study_id: effect for effect in analysis.effects} for analysis in spoken]
    studies = dict.fromkeys(
        effect.study_id
        for analysis in spoken
        for effect in analysis.effects
        if effect.evidence_class != "unusable"
    )
    rows = [row for study in studies for row in _direction_rows(study, windows, by_window)]
    return directions_figure(key, title, pd.DataFrame(rows), outcomes=windows)


def _direction_rows(
    study: str, windows: Sequence[str], by_window: list[dict[str, Effect]]
) -> Iterator[dict[str, Any]]:
    found = [effects.get(study) for effects in by_window]
    effect = next(item for item in found if item is not None)
    named = {"label": effect.label, "n": arms(effect), "detail": effect.regimen}
    for window, item in zip(windows, found, strict=True):
        if item is not None and item.evidence_class != "unusable":
            yield {**named, "outcome": window, **asdict(_finding(item))}


def _finding(effect: Effect) -> Finding:
    said = effect.statement.words.split(",")[0] if effect.statement else f"{number(effect.yi or 0.0)} points"
    return finding_of(effect, said)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a trial found for one outcome: its side, whether that is significant, and its words.

    `significant` is None where the source does not say.
    """

    direction: str
    significant: bool | None
    words: str


def finding_of(effect: Effect, said: str, *, digits: int = 1) -> Finding:
    """Return what an effect on a score is drawn as, with these words beside it.

    A number points to its side, filled where its 95% CI excludes zero; one that rounds to 0 is no
    difference. A statement points to the side that it names, filled where its p-value is at most 0.05, hollow
    where it is larger or not told. Without a side it is no clear difference, or a question mark where the
    difference is significant.
    """
    if effect.yi is not None:
        rounded = round(effect.yi, digits)
        low, high = limits(effect)
        return Finding(_towards((rounded > 0) - (rounded < 0), effect), low > 0 or high < 0, said)
    if effect.statement is None:
        raise ValueError(f"{effect.label}: neither a number nor a statement can be drawn")
    told = effect.statement
    tested = (told.p_low, told.p_high) != (0.0, 1.0)
    significant = told.p_high <= 0.05 if tested else None
    sign = told.direction if told.direction or significant else 0
    return Finding(_towards(sign, effect), significant, said)


def _towards(sign: int | None, effect: Effect) -> str:
    """Return the side of a sign; None is a side that is not told."""
    return "unclear" if sign is None else {1: "better", -1: "worse", 0: "same"}[sign * effect.favourable]


@dataclass(frozen=True, slots=True)
class AlbatrossPoint:
    """One result of a study in an albatross plot, with the columns of `evidence.charts.albatross`."""

    label: str
    n: int
    p: float
    operator: str
    favours: str
    paired: bool = False
    window: str = ""


def albatross_of(key: str, title: str, effects: Sequence[Effect], labels: Labels) -> Figure:
    """Draw p-value against people for the trials that print a p-value or a bound, each result once."""
    points = pd.DataFrame([asdict(point) for point in albatross_points(effects, labels)])
    measure = points_measure(drug="drug", labels=labels)
    sides = {"favours_low": measure.favours_low, "favours_high": measure.favours_high}
    return albatross_figure(key, title, points, **sides)


def albatross_points(effects: Sequence[Effect], labels: Labels) -> tuple[AlbatrossPoint, ...]:
    """Return one point for each test of a study: one that it repeats in several windows is drawn once.

    Of equal points the one of the latest window stands, a window that is not stated last; a study with
    several points has the window in their names.
    """
    by_test: dict[tuple[object, ...], tuple[int, AlbatrossPoint]] = {}
    for effect in effects:
        point = albatross_point(effect)
        if point is None:
            continue
        test, place = (effect.study_id, point.operator, point.p, point.favours), _LATER.index(effect.window)
        if test not in by_test or by_test[test][0] < place:
            by_test[test] = place, replace(point, window=labels.when(effect.window))
    several = Counter(study for study, *_ in by_test)
    return tuple(
        point if several[study] > 1 else replace(point, window="")
        for (study, *_), (_, point) in by_test.items()
    )


def albatross_point(effect: Effect) -> AlbatrossPoint | None:
    """Return p-value or bound, people and side of a trial; None where it tells no p-value or no people."""
    said = effect.statement
    if said is None or effect.people is None or (said.p_low == 0 and said.p_high == 1):
        return None
    side = "neither" if not said.direction else "low" if said.direction < 0 else "high"
    paired = effect.design == "crossover"
    if said.exact_p:  # a printed p = 0.000 is none: it stands as smaller than its last digit allows
        return AlbatrossPoint(effect.label, effect.people, said.exact_p, "=", side, paired)
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


def summary_of_classes(best: Mapping[str, str], outcome: str) -> str:
    """Say how many trials report, allow a derivation, give a bound, or nothing usable; each trial once."""
    verbs = (
        ("reports an effect with its spread", "report an effect with its spread"),
        ("allows one to be derived", "allow one to be derived"),
        ("gives only a bound or a direction", "give only a bound or a direction"),
        (f"says nothing usable on {outcome}", f"say nothing usable on {outcome}"),
    )
    counts = [sum(found == kind for found in best.values()) for kind in _CLASSES]
    parts = [
        f"{count} {one if count == 1 else many}" if count else f"none {one}"
        for count, (one, many) in zip(counts, verbs, strict=True)
    ]
    return f"Of {plural(len(best), 'trial')}, {listing(parts)}."
