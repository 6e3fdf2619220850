"""The same in R: the calls of metafor and bayesmeta that give the numbers of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evidence.meta import HalfNormal, Normal
from evidence.results.analysis import Analysis
from evidence.results.posteriors import of_effects
from evidence.wording.html import escape
from evidence.wording.numbers import interval, number

_DIGITS: Final = 7  # significant ones of the inputs: more than any printed number shows


@dataclass(frozen=True, slots=True)
class InR:
    """Code of R for one pool.

    Attributes
    ----------
    metafor : str
        Gives the pool with the interval of Hartung and Knapp.
    bayesmeta : str
        Gives the posterior of the numbers taken as normal; a test or a bound it does not know.
    """

    metafor: str
    bayesmeta: str

    def _repr_html_(self) -> str:
        code = escape(f"{self.metafor}\n\n{self.bayesmeta}")
        shown = f"<pre>{code}</pre>"
        return f'<details class="ev-more"><summary>The same in R</summary>{shown}</details>'


def in_r(analysis: Analysis) -> InR | None:
    """Return the calls for a pool; None below two trials with a number, which are no pool."""
    pooled = analysis.pooled
    if pooled is None or pooled.k < 2:
        return None
    yi, vi = (_vector([getattr(effect, name) for effect in analysis.numeric]) for name in ("yi", "vi"))
    trials = ", ".join(effect.label for effect in analysis.numeric)
    found = f"{number(pooled.estimate)} ({interval(pooled.ci_low, pooled.ci_high)})"
    metafor = (
        f"# {trials}\nlibrary(metafor)\nyi <- {yi}\nvi <- {vi}\n"
        f'rma(yi, vi, method = "REML", test = "adhoc")  # {found}'
    )
    return InR(metafor, _bayesmeta(analysis))


def _bayesmeta(analysis: Analysis) -> str:
    prior = analysis.priors[0]
    assert isinstance(prior.tau, HalfNormal)
    assert isinstance(prior.mu, Normal)
    yi, vi = np.array([(effect.yi, effect.vi) for effect in analysis.numeric], dtype=float).T
    found = of_effects(yi, vi, prior)
    normal = f"{number(found.median)} ({interval(*found.interval())})"
    mean, sd, scale = (f"{value:.{_DIGITS}g}" for value in (prior.mu.mean, prior.mu.sd, prior.tau.scale))
    return (
        "library(bayesmeta)\n"
        f'bayesmeta(yi, sqrt(vi), interval.type = "central", mu.prior = c({mean}, {sd}),\n'
        f"          tau.prior = function(t) dhalfnormal(t, scale = {scale}))  # {normal}\n"
        f"{_beside(analysis)}"
    )


def _beside(analysis: Analysis) -> str:
    """Say what the posterior of the page has that bayesmeta has not."""
    answer = analysis.posterior
    parts = ["takes every number as normal, this page a small trial's own t"]
    if analysis.bounded:
        parts.append("knows no test or direction without a number")
    lines = [f"# bayesmeta {part}." for part in parts]
    if answer is not None and answer.numbers_only is not None:
        only = answer.numbers_only
        own = f"{number(only.median)} ({interval(*only.interval())})"
        lines.append(f"# From the numbers alone this page has {own}.")
    return "\n".join(lines)


def _vector(values: list[float | None]) -> str:
    return f"c({', '.join(f'{value:.{_DIGITS}g}' for value in values if value is not None)})"
