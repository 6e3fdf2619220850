"""What the reader may switch in the page: the numbers behind one pooled result, for the page's own script.

`_static/meta.js` pools them anew and `_static/whatif.js` shows the result. Without the script the page shows
the report's own analysis; nothing is hidden from a reader who has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import numpy as np

from evidence.charts.html import escape
from evidence.dataset import Dataset
from evidence.effects import Effect, Options, effects, poolable, reference_sd
from evidence.grade.statement import statement
from evidence.meta import PooledCensored, pool_censored
from evidence.report.sections.findings import arms
from evidence.results.analysis import Analysis
from evidence.results.pipeline import said, selected
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, plural
from evidence.wording.sentences import pooled_effect

#: All-evidence pools are fitted before the page is written; beyond this many, only the nearest sets are.
MOST_FITS: Final = 32

#: Within-person correlations among which the reader chooses, in hundredths.
_CORRELATIONS: Final = range(0, 100, 5)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One pooled result with everything that its page needs to pool it anew.

    Attributes
    ----------
    key : str
        The anchor, and the beginning of the names under which the address keeps the reader's choices.
    title : str
    statement, numbers : str
        The report's own answer.
    data : dict
        What `_static/whatif.js` reads.
    """

    key: str
    title: str
    statement: str
    numbers: str
    data: Mapping[str, Any] = field(repr=False)

    def _repr_html_(self) -> str:
        return (
            f'<div class="ev-whatif" id="{escape(self.key)}" role="group" '
            f'aria-labelledby="{escape(self.key)}-title">'
            f'<p class="ev-whatif-title" id="{escape(self.key)}-title"><b>{escape(self.title)}</b></p>'
            f'<div class="ev-whatif-result"><p>{escape(self.statement)} {escape(self.numbers)}</p></div>'
            '<p class="ev-whatif-static">With JavaScript, the choices of this analysis can be switched here. '
            "The other tables and figures of this page do not need it.</p>"
            f'<script type="application/json">{embedded(self.data)}</script></div>'
        )


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that can stand inside a ``<script>``: no text in it can end the element.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def whatif(ds: Dataset, analysis: Analysis, key: str) -> WhatIf:
    """Gather what the reader may switch in an analysis.

    Parameters
    ----------
    ds : Dataset
    analysis : Analysis
    key : str
        Anchor, unique in the book.

    Raises
    ------
    ValueError
        When nothing is pooled.
    """
    if analysis.pooled is None:
        raise ValueError(f"{key}: there is nothing to switch, because no trial gives a number to pool")
    question = analysis.question
    subject, outcome = analysis.subject, f"{analysis.outcome} {analysis.when}"
    pooled, sure = analysis.pooled, analysis.certainty.level
    sentence = statement(subject, outcome, pooled.estimate, analysis.mid, sure)
    size = f"{plural(pooled.k, 'trial')}, {plural(analysis.people, 'person', 'people')}"
    numbers = f"Mean difference {pooled_effect(pooled)}; {size}; certainty {sure}."
    grid, studies = _studies(ds, analysis)
    data = {
        "key": key,
        "drug": question.drug,
        "subject": subject,
        "outcome": outcome,
        "measured": analysis.outcome,
        "unit": analysis.labels.main.unit,
        "certainty": analysis.certainty.level,
        "mid": analysis.mid,
        "correlation": float(ds.setting("correlation_crossover")),
        "correlations": grid,
        "studies": studies,
        "bounded": [_bounded(effect) for effect in analysis.bounded],
        "everything": _everything(analysis),
    }
    return WhatIf(key, f"{subject}: {outcome}", sentence, numbers, data)


def _studies(ds: Dataset, analysis: Analysis) -> tuple[list[float], list[dict[str, Any]]]:
    """Return the grid of correlations that matter, and each trial with a number, left out or not."""
    own = {effect.study_id for effect in analysis.numeric}
    shown = [*analysis.numeric, *_flagged(ds, analysis)]
    grid = _over_correlations(ds, analysis) if any(e.design == "crossover" for e in shown) else {}
    return list(grid), [_study(effect, effect.study_id in own, grid) for effect in shown]


def _flagged(ds: Dataset, analysis: Analysis) -> tuple[Effect, ...]:
    """Return effects of trials that the report leaves out because of a flag."""
    known = {effect.study_id for effect in analysis.effects}
    found = said(ds, analysis.question, Options(flag_rule="with_excluded"))
    return tuple(e for e in poolable(found) if e.study_id not in known)


def _over_correlations(ds: Dataset, analysis: Analysis) -> dict[float, dict[str, Effect]]:
    """Return the effects of every trial under each correlation; empty where none depends on it."""
    selection = selected(ds, analysis.question, flag_rule="with_excluded")
    reference = reference_sd(ds).sd
    usual = float(ds.setting("correlation_crossover"))

    def under(correlation: float) -> dict[str, Effect]:
        options = Options(correlation=correlation, reference_sd=reference)
        return {effect.study_id: effect for effect in poolable(effects(selection, ds, options))}

    ends = (under(_CORRELATIONS[0] / 100), under(_CORRELATIONS[-1] / 100))
    if _numbers(ends[0]) == _numbers(ends[1]):
        return {}
    return {r: under(r) for r in sorted({usual, *(step / 100 for step in _CORRELATIONS)})}


def _numbers(found: Mapping[str, Effect]) -> dict[str, tuple[float | None, float | None]]:
    return {study: (effect.yi, effect.vi) for study, effect in found.items()}


def _study(effect: Effect, counted: bool, grid: Mapping[float, Mapping[str, Effect]]) -> dict[str, Any]:
    """Describe a trial; `yi` and `vi` are lists over the correlations where they depend on it."""
    over = [found.get(effect.study_id, effect) for found in grid.values()]
    varies = any((other.yi, other.vi) != (effect.yi, effect.vi) for other in over)
    return {
        "id": effect.study_id,
        "label": effect.label,
        "class": effect.evidence_class,
        "arms": arms(effect),
        "people": effect.people or 0,
        "yi": [other.yi for other in over] if varies else effect.yi,
        "vi": [other.vi for other in over] if varies else effect.vi,
        "counted": counted,
        "why": "" if counted else listing(spaced(flag) for flag in effect.flags),
    }


def _bounded(effect: Effect) -> dict[str, Any]:
    said = effect.statement
    return {
        "id": effect.study_id,
        "label": effect.label,
        "arms": arms(effect),
        "people": effect.people or 0,
        "said": said.words if said else "no statement",
        "direction": said.direction if said else None,
        "usable": effect.bound is not None,
    }


def _everything(analysis: Analysis) -> dict[str, Any]:
    """Return the all-evidence pool of each set of trials, by the trials that are in it.

    A set is named by its trials' identifiers, those with a number first, joined with spaces.
    """
    usable = [effect for effect in analysis.bounded if effect.bound is not None]
    return {
        " ".join(effect.study_id for effect in (*numeric, *bounded)): _fitted(numeric, bounded)
        for numeric, bounded in _sets(analysis.numeric, usable)
    }


def _sets(
    numeric: Sequence[Effect], bounded: Sequence[Effect]
) -> Iterator[tuple[Sequence[Effect], Sequence[Effect]]]:
    """Yield every set with two numbers and a bound, or the whole and those with one trial fewer."""
    if len(numeric) < 2 or not bounded:
        return
    every = [
        (some, others)
        for some in _subsets(numeric, 2, MOST_FITS)
        for others in _subsets(bounded, 1, MOST_FITS)
    ]
    if len(every) <= MOST_FITS:
        yield from every
        return
    yield numeric, bounded
    for leave in bounded if len(bounded) > 1 else ():
        yield numeric, [effect for effect in bounded if effect is not leave]
    for leave in numeric if len(numeric) > 2 else ():
        yield [effect for effect in numeric if effect is not leave], bounded


def _subsets(items: Sequence[Effect], least: int, most: int) -> list[Sequence[Effect]]:
    """Return the subsets of at least so many items, or more than `most` of them."""
    found: list[Sequence[Effect]] = []
    for size in range(least, len(items) + 1):
        for some in combinations(items, size):
            found.append(some)
            if len(found) > most:
                return found
    return found


def _fitted(numeric: Sequence[Effect], bounded: Sequence[Effect]) -> dict[str, Any]:
    bounds = [effect.bound for effect in bounded if effect.bound is not None]
    yi = np.array([effect.yi for effect in numeric], dtype=float)
    vi = np.array([effect.vi for effect in numeric], dtype=float)
    return _censored(pool_censored(yi, vi, bounds))


def _censored(pooled: PooledCensored) -> dict[str, Any]:
    if not pooled.estimable:
        return {"reason": pooled.reason}
    names = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high", "tau2")
    return {name: getattr(pooled, name) for name in names}
