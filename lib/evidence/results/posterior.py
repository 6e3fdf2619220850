"""What the evidence of one question allows to be said: posterior, range over priors, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from evidence.effects import Effect
from evidence.meta import Posterior
from evidence.results.posteriors import of_effects
from evidence.results.priors import Prior

#: A limit that moves by more points when the prior of the mean effect is twice as wide is the prior's.
LIMIT_MAY_MOVE: Final = 5.0
#: A probability that moves by more over the widths of `STABLE_OVER` is the prior's.
PROBABILITY_MAY_MOVE: Final = 0.05
#: Widths of the prior of the mean effect over which a direction must hold, times the primary width.
STABLE_OVER: Final = (0.25, 0.5, 1.0, 2.0)
#: From here on all priors together carry the word "probably", and down to here "probably not".
LIKELY: Final = 0.8
UNLIKELY: Final = 0.2
#: A probability so near to one half is that of evidence without sides.
SYMMETRIC: Final = 1e-3
#: Trials with a number from which on heterogeneity can be judged.
JUDGED_FROM: Final = 3
#: Percent of the information from which on trials in doubt leave no probability.
DOUBT_CARRIES: Final = 50.0


@dataclass(frozen=True, slots=True)
class Probability:
    """A probability under the primary prior, with the lowest and the highest over the named priors."""

    value: float
    low: float
    high: float

    @property
    def verb(self) -> str:
        """ "probably" or "probably not" where every prior agrees; else empty."""
        if self.low >= LIKELY:
            return "probably"
        return "probably not" if self.high <= UNLIKELY else ""


@dataclass(frozen=True, eq=False)
class PosteriorAnswer:
    """The posterior of one question with everything that is printed beside it.

    Attributes
    ----------
    primary : Posterior
        From all evidence under the primary prior, in points.
    numbers_only : Posterior or None
        The same from the trials with a number alone; None without one.
    by_prior : mapping of str to Posterior
        Under each named prior.
    mid : float
        Smallest important difference in points.
    favourable : {-1, 1}
        Sign of a difference that favours the drug.
    doubled, spread : Posterior, tuple of Posterior
        Without a number: under a prior of the mean effect twice as wide, and over `STABLE_OVER`.
    doubt : float
        Percent of the trials' information that trials whose integrity is in doubt give.
    """

    primary: Posterior
    numbers_only: Posterior | None
    by_prior: Mapping[str, Posterior]
    mid: float
    favourable: int
    doubled: Posterior | None = None
    spread: tuple[Posterior, ...] = ()
    doubt: float = 0.0

    @property
    def k(self) -> int:
        """Trials with a number."""
        return self.primary.k_numeric

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The central 95% credible interval of the mean effect."""
        return self.primary.interval()

    @cached_property
    def has_size(self) -> bool:
        """Whether a size may be printed: a trial gives a number, or the prior does not decide the limits."""
        return self.k > 0 or all(self._holds)

    @cached_property
    def _holds(self) -> tuple[bool, bool]:
        """Whether the lower and the upper limit stay where the prior of the mean effect is twice as wide."""
        if self.doubled is None:
            return True, True
        low, high = (
            abs(a - b) <= LIMIT_MAY_MOVE for a, b in zip(self.interval, self.doubled.interval(), strict=True)
        )
        return low, high

    @cached_property
    def has_direction(self) -> bool:
        """Whether the probability of a direction may be printed: the prior's width does not decide it."""
        if self.k:
            return True
        found = [self.helps(posterior) for posterior in self.spread]
        return max(found) - min(found) <= PROBABILITY_MAY_MOVE

    @cached_property
    def sided(self) -> bool:
        """Whether the evidence tells the sides apart at all: tests without a direction do not."""
        return self.k > 0 or abs(self.helps(self.primary) - 0.5) > SYMMETRIC

    @property
    def trusted(self) -> bool:
        """Whether a probability may be printed as far as the integrity of the reports goes."""
        return self.doubt < DOUBT_CARRIES

    @property
    def says_size(self) -> bool:
        """Whether a size is printed: one may be, and the evidence tells the sides apart."""
        return self.has_size and self.sided

    @property
    def says_chances(self) -> bool:
        """Whether a probability is printed: the evidence decides it, and no report in doubt."""
        return self.has_direction and self.sided and self.trusted

    @property
    def verb(self) -> str:
        """ "probably" or "probably not" where a probability is printed and every prior agrees on it."""
        return self.relief.verb if self.says_chances else ""

    @property
    def ruled_out(self) -> tuple[float | None, float | None]:
        """Limits beyond which a mean effect is unlikely; None where the prior's width decides them."""
        holds = self._holds
        return self.interval[0] if holds[0] else None, self.interval[1] if holds[1] else None

    @cached_property
    def relief(self) -> Probability:
        """That the outcome is better at all."""
        return self._probability(0.0)

    @cached_property
    def important(self) -> Probability:
        """That it is better by the MID or more."""
        return self._probability(self.mid)

    @cached_property
    def again(self) -> Probability:
        """That the true effect in a new trial is better by the MID or more."""
        found = [self._toward(each.new_study, self.mid) for each in self.by_prior.values()]
        return Probability(self._toward(self.primary.new_study, self.mid), min(found), max(found))

    @cached_property
    def prediction(self) -> tuple[float, float] | None:
        """The central 95% interval of a new trial's true effect; None below three trials with numbers."""
        return self.primary.prediction() if self.k >= JUDGED_FROM else None

    def helps(self, posterior: Posterior, size: float = 0.0) -> float:
        """Return the probability that the mean effect favours the drug by some points or more.

        Parameters
        ----------
        posterior : Posterior
            The primary one, or one under another prior.
        size : float
            Below 0 the outcome may be worse by so many points.
        """
        return self._toward(posterior.probability, size)

    def _toward(self, chance_below: Callable[..., float], size: float) -> float:
        below = chance_below(below=self.favourable * size)
        return below if self.favourable < 0 else 1.0 - below

    def _probability(self, size: float) -> Probability:
        found = [self.helps(posterior, size) for posterior in self.by_prior.values()]
        return Probability(self.helps(self.primary, size), min(found), max(found))


def posterior_answer(
    numeric: Sequence[Effect],
    bounded: Sequence[Effect],
    named: Sequence[Prior],
    mid: float,
    favourable: int,
) -> PosteriorAnswer | None:
    """Compute what the evidence of one question allows to be said.

    Parameters
    ----------
    numeric, bounded : sequence of Effect
        Trials with a number in points, and trials of which a bound, a test or a direction is known.
    named : sequence of Prior
        In points, the primary one first.
    mid : float
        Smallest important difference in points.
    favourable : {-1, 1}
        Sign of a difference that favours the drug.

    Returns
    -------
    PosteriorAnswer or None
        None where no trial gives a number, or a set with the number of its people; and where the first prior
        is flat and no trial gives a number.
    """
    yi = np.array([effect.yi for effect in numeric], dtype=float)
    vi = np.array([effect.vi for effect in numeric], dtype=float)
    df = np.array([math.inf if effect.df is None else effect.df for effect in numeric], dtype=float)
    bounds = [effect.bound for effect in bounded if effect.bound is not None]
    if not (yi.size or (bounds and named[0].mu is not None)):
        return None

    def under(prior: Prior, width: float = 1.0, *, numbers: bool = False) -> Posterior:
        mu = prior.mu
        if width != 1.0:
            assert mu is not None
            mu = mu.times(width)
        sets = () if numbers else bounds
        return of_effects(yi, vi, replace(prior, mu=mu), df=df, bounds=sets)

    first = named[0]
    by_prior = {prior.name: under(prior) for prior in named if prior.mu is not None or yi.size}
    primary = by_prior[first.name]
    carried = [effect.doubted for effect in (*numeric, *bounded) if effect.yi is not None or effect.bound]
    doubt = float(primary.weights[carried].sum()) if any(carried) else 0.0
    if yi.size:
        numbers_only = under(first, numbers=True) if bounds else primary
        return PosteriorAnswer(primary, numbers_only, by_prior, mid, favourable, doubt=doubt)
    spread = tuple(under(first, width) for width in STABLE_OVER)
    return PosteriorAnswer(primary, None, by_prior, mid, favourable, spread[-1], spread, doubt)
