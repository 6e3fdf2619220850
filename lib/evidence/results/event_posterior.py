"""What counts of one event allow to be said: the ratio of risks, how probable more is, the most it may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Final

import numpy as np
from scipy.special import betaincinv, ndtri

from evidence.effects import Effect
from evidence.effects.model import Counts
from evidence.meta import Posterior
from evidence.results.posterior import Probability
from evidence.results.posteriors import of_counts, of_effects
from evidence.results.priors import Prior

Ratio = tuple[float, float, float]
CONFIDENCE: Final = 0.95
_DEVIATE: Final = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class EventPosterior:
    """The posterior of the mean log risk ratio of one event.

    Attributes
    ----------
    under : callable
        Gives the posterior under a prior, computed once; above 0, more with the drug.
    named : sequence of Prior
        Of a log risk ratio, the primary one first.
    own : (float, float, float) or None
        The risk ratio of a single trial with its own 95% CI, where both groups had the event and not all did.
    """

    under: Callable[[Prior], Posterior]
    named: Sequence[Prior]
    own: Ratio | None = None

    @property
    def primary(self) -> Posterior:
        """Under the primary prior."""
        return self.under(self.named[0])

    def by(self, name: str) -> Posterior:
        """Return the posterior under a named prior."""
        return next(self.under(prior) for prior in self.named if prior.name == name)

    @cached_property
    def mean(self) -> Ratio:
        """Median and central 95% credible interval of the mean risk ratio."""
        low, high = self.primary.interval()
        return math.exp(self.primary.median), math.exp(low), math.exp(high)

    @property
    def shown(self) -> Ratio:
        """The ratio that is printed: of one trial its own, else the posterior's."""
        return self.own or self.mean

    @property
    def level(self) -> str:
        """What the interval of the printed ratio is."""
        return "95% CI" if self.own else "95% CrI"

    @cached_property
    def more(self) -> Probability:
        """That the event is more common with the drug, with its range over the priors."""
        return more_likely([self.under(prior) for prior in self.named])


def event_posterior(found: Sequence[Effect], named: Sequence[Prior]) -> EventPosterior | None:
    """Compute what trials that count an event say of its mean risk ratio.

    Parameters
    ----------
    found : sequence of Effect
        Of one event; those without a log risk ratio are not used.
    named : sequence of Prior
        Of a log risk ratio, the primary one first.

    Returns
    -------
    EventPosterior or None
        None where no trial has a risk ratio.

    Notes
    -----
    Counts enter by their binomial likelihood, so that an empty group needs no half person. Where a trial
    prints a risk ratio and no counts, all enter as normal log risk ratios.
    """
    ratios = [effect for effect in found if effect.scale == "log_rr" and effect.yi is not None]
    counts = [effect.counts for effect in ratios if effect.counts is not None]
    if not ratios:
        return None
    if len(counts) < len(ratios):
        numbers = tuple((effect.yi, effect.vi) for effect in ratios)
        under = partial(_of_numbers, numbers)
    else:
        under = partial(of_counts, tuple(counts))
    return EventPosterior(under, named, _own(ratios[0]) if len(ratios) == 1 else None)


def more_likely(posteriors: Sequence[Posterior]) -> Probability:
    """Return the probability of a mean risk ratio above 1, the primary posterior first, with its range."""
    found = [1.0 - each.probability(below=0.0) for each in posteriors]
    return Probability(found[0], min(found), max(found))


@cache
def _of_numbers(numbers: tuple[tuple[float | None, float | None], ...], prior: Prior) -> Posterior:
    yi, vi = np.array(numbers, dtype=float).T
    return of_effects(yi, vi, prior)


def _own(effect: Effect) -> Ratio | None:
    """Return a trial's own risk ratio with its interval; None where a cell is empty."""
    if effect.yi is None or effect.se is None:
        return None
    c = effect.counts
    if c is not None and 0 in _cells(c):
        return None
    reach = _DEVIATE * effect.se
    return math.exp(effect.yi), math.exp(effect.yi - reach), math.exp(effect.yi + reach)


def _cells(c: Counts) -> tuple[int, int, int, int]:
    a, b = c.events_experimental, c.events_control
    return a, c.n_experimental - a, b, c.n_control - b


def at_most(events: int, people: int) -> float:
    """Return the risk that is not exceeded with 95% probability, from people who were counted.

    Parameters
    ----------
    events, people : int
        Of one group, over all trials that count the event, those without any event included.

    Returns
    -------
    float
        The 0.95 quantile of Beta(events + 1, people − events + 1): a uniform prior of the risk.

    Notes
    -----
    Without events it is 1 − 0.05^(1/(n + 1)), close to the rule of three, 3/n (Hanley & Lippman-Hand 1983,
    doi:10.1001/jama.1983.03330370053031). Where risks differ between trials it bounds their mean over the
    people counted, with more than 95% (Hoeffding 1956, doi:10.1214/aoms/1177728178).

    Examples
    --------
    >>> round(at_most(0, 60), 3)
    0.048
    """
    return float(betaincinv(events + 1, people - events + 1, CONFIDENCE))
