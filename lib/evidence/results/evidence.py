"""What the trials of a question say in one window, by what can be done with it: the start of an analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evidence.dataset import Dataset, once
from evidence.effects import Effect, Options, poolable
from evidence.meta import Pooled, pool
from evidence.meta.arrays import Array
from evidence.question import Question, Selection, main_outcome
from evidence.question.select import resolved
from evidence.results.pipeline import said, selected


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known on a question before it is answered.

    Attributes
    ----------
    question : Question
        With the main outcome by its word.
    selection : Selection
    effects : tuple of Effect
        One per study that belongs to the question, on the scale of points.
    numeric, bounded : tuple of Effect
        Those that are pooled: with a number and a variance, of the classes asked for; and those of which only
        a bound, a test or a direction is known.
    doubted : tuple of Effect
        Those that say something but stay out, because the integrity of the report is in doubt.
    pooled : Pooled or None
        Reported and derived effects, REML with Hartung-Knapp intervals never narrower than those of Student's
        t: a sensitivity analysis, and a peer of the posterior from five trials on.
    """

    question: Question
    selection: Selection
    effects: tuple[Effect, ...]
    numeric: tuple[Effect, ...]
    bounded: tuple[Effect, ...]
    doubted: tuple[Effect, ...]
    pooled: Pooled | None

    @property
    def people(self) -> int:
        """People behind the effects with a number."""
        return sum(effect.people or 0 for effect in self.numeric)

    @property
    def yi(self) -> Array:
        """The numbers, in points."""
        return np.array([effect.yi for effect in self.numeric], dtype=float)

    @property
    def vi(self) -> Array:
        """Their variances."""
        return np.array([effect.vi for effect in self.numeric], dtype=float)


@once
def evidence(ds: Dataset, question: Question, options: Options | None = None) -> Evidence:
    """Gather what the trials say on the main outcome in one time window, and pool the numbers.

    Raises
    ------
    ValueError
        When the question names no window or another outcome than the main one.

    Examples
    --------
    >>> from evidence import dataset
    >>> from evidence.question import Question
    >>> known = evidence(dataset.load(), Question("ketamine", "crps", "intravenous", window="immediate"))
    >>> len(known.numeric) <= len(known.effects)
    True
    """
    main, question = main_outcome(ds), resolved(question, ds)
    if question.window is None or question.outcome != main.code:
        raise ValueError(f"analyse answers a question about {main.code} in one window; name the window")
    options = options or Options()
    selection = selected(ds, question, options.time_rule, options.flag_rule or "standard")
    found = said(ds, question, options)
    trusted = found if options.with_doubted else tuple(e for e in found if not e.doubted)
    doubted = tuple(e for e in found if e not in trusted and e.evidence_class != "unusable")
    numeric = tuple(poolable(trusted, options))
    bounded = tuple(effect for effect in trusted if effect.evidence_class == "bounded")
    known = Evidence(question, selection, found, numeric, bounded, doubted, None)
    return replace(known, pooled=pool(known.yi, known.vi, ci="HKSJ-adhoc")) if numeric else known
