"""What a trial that prints no effect still says about it, as a set of values of its test statistic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from scipy.special import ndtr, ndtri_exp, stdtrit

#: What to do with a trial whose effect or variance is missing.
NO_NUMBER: Final = "give a Bound for such trials or leave them out"
_POINT: Final = 1e-4  # width that stands for a single deviate


@dataclass(frozen=True, slots=True)
class Bound:
    """A trial whose effect is known only to lie in a set.

    Attributes
    ----------
    intervals : tuple of (z_low, z_high)
        The set, as disjoint intervals in rising order of the test's normal deviate, which is ±1.96 where the
        two-sided p-value is 0.05. The sign is that of the effect. The outer ends may be infinite.
    vi : float
        Sampling variance that the effect would have if there were none, from numbers of people and design
        alone: for an SMD of two arms 1/n1 + 1/n2, for an SMD of a crossover 2(1 − r)/n.
    df : float
        Degrees of freedom of the t-test behind an SMD. Infinite for effects whose variance does not depend on
        their size.

    Raises
    ------
    ValueError
        A set that is empty, unordered or everything; a variance or degrees of freedom out of range.

    Notes
    -----
    An SMD is sqrt(vi)·T with T noncentral t, so its sampling variance grows with the effect, which is not
    known here. It need not be. With delta = effect / sqrt(vi), Abramowitz & Stegun (1964, 26.7.10) give
    P(T ≤ x) ≈ Phi((x(1 − 1/4df) − delta) / sqrt(1 + x²/2df)): the probability of a set depends on the
    unknown effect as if the variance were vi(1 + x²/2df), that of the edge x. Edges are placed so that
    probabilities are exact if there is no effect. With 20 people per arm and an SMD of 0.3, a result with
    p < 0.05 in that direction then has probability 0.1501. The noncentral t says 0.1503; the variance that
    holds without an effect would give 0.1559.

    An interval with two unequal edges takes the variance of the far one. As it shrinks to a point its
    likelihood becomes that of the number, which takes the variance at the observed effect.
    """

    intervals: tuple[tuple[float, float], ...]
    vi: float
    df: float = math.inf

    def __post_init__(self) -> None:
        """Refuse sets and variances that mean nothing."""
        if not 0.0 < self.vi < math.inf:
            raise ValueError(f"vi of a bound must be a positive sampling variance, not {self.vi}")
        if not self.df >= 1.0:
            raise ValueError(f"df of a bound must be at least 1, not {self.df}; leave it out for no t-test")
        edges = [edge for interval in self.intervals for edge in interval]
        if not edges or not all(low < high for low, high in pairwise(edges)):
            raise ValueError(
                f"intervals of a bound must be (low, high) in rising order, not {self.intervals}"
            )
        if min(high - low for low, high in self.intervals) < _POINT / 2.0:
            raise ValueError(f"intervals of a bound must be wider than {_POINT / 2.0:g}: {self.intervals}")
        if edges == [-math.inf, math.inf]:
            raise ValueError("A bound from −inf to inf says nothing; leave the trial out")

    @classmethod
    def from_p(
        cls,
        vi: float,
        *,
        low: float = 0.0,
        high: float = 1.0,
        direction: int | None = None,
        df: float = math.inf,
    ) -> Bound:
        """Make the bound of a two-sided p-value between `low` and `high`.

        Parameters
        ----------
        vi, df : float
            As in `Bound`.
        low, high : float
            "p < 0.05" is ``high=0.05``; "not significant" is ``low=0.05``; a direction without a test is
            neither. An exact p-value of unknown direction is both; its set is then the two deviates, each
            give or take 0.00005.
        direction : {-1, 1}, optional
            Sign of the effect; left out where the text does not tell it.
        """
        if not (0.0 <= low <= high <= 1.0 and high > 0.0):
            raise ValueError(f"Two-sided p between {low} and {high}: need 0 <= low <= high <= 1 and high > 0")
        if direction not in (-1, 1, None):
            raise ValueError(f"direction must be -1, 1 or None, not {direction!r}")
        near, far = (_deviate(p) for p in (high, low))
        if low == high:
            near, far = max(0.0, near - _POINT / 2.0), far + _POINT / 2.0
        if direction is None:
            return cls(((-far, far),) if near == 0.0 else ((-far, -near), (near, far)), vi, df)
        return cls(((near, far) if direction == 1 else (-far, 0.0 - near),), vi, df)

    def effect_intervals(self) -> tuple[tuple[float, float, float], ...]:
        """Each interval as (low, high, sampling variance), in the unit of the effect."""
        return tuple(self._effect_interval(low, high) for low, high in self.intervals)

    def _effect_interval(self, low: float, high: float) -> tuple[float, float, float]:
        edge = max(abs(z) for z in (low, high) if math.isfinite(z))
        x = 0.0 if math.isinf(self.df) else float(stdtrit(self.df, float(ndtr(-edge))))
        v = self.vi * (1.0 + x**2 / (2.0 * self.df))
        return low * math.sqrt(v), high * math.sqrt(v), v


def _deviate(p: float) -> float:
    """Normal deviate of a two-sided p-value, also of one whose half is too small for a number."""
    return abs(float(ndtri_exp(math.log(p) - math.log(2.0)))) if p > 0.0 else math.inf
