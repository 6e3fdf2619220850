"""The pooled effect with everything that is reported about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from evidence.meta.arrays import Array
from evidence.meta.formulae import h2, i2
from evidence.meta.options import Options
from evidence.meta.tau2 import q_profile


@dataclass(frozen=True, eq=False)
class Pooled:
    """Result of `pool`, on the scale of `yi`.

    `i2` is in percent. What does not exist is NaN: with a common effect the prediction interval and the
    standard error and interval of tau2; the latter two also with one study, the error also with a given tau2.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float
    df: float
    """Degrees of freedom of `statistic` and the interval; infinite where they are normal."""
    p_value: float
    pi_low: float
    pi_high: float
    tau2: float
    tau2_se: float
    i2: float
    h2: float
    q: float
    q_df: int
    q_p_value: float
    k: int
    weights: Array
    """Percent, in the order of the studies."""
    level: float
    hk_factor: float
    """Hartung and Knapp's q: the factor by which their method multiplies the variance of the estimate."""
    wald_low: float
    wald_high: float
    adhoc_low: float
    """HKSJ interval with the factor not below 1; of the three it is never the narrowest."""
    adhoc_high: float
    wider: Literal["HKSJ", "wald"]
    """Which of the plain HKSJ and the Wald interval is the wider one."""
    show_alternatives: bool
    """Whether the interval is HKSJ with q < 1 or fewer than 5 studies: print Wald and ad hoc beside it."""
    options: Options
    """What was asked for; one study has a Wald interval whatever that says."""
    _data: tuple[Array, Array] = field(repr=False)
    _typical_variance: float = field(repr=False)

    @cached_property
    def _tau2_ci(self) -> tuple[float, float]:
        if self.options.model == "common" or self.k == 1:
            return math.nan, math.nan
        return q_profile(*self._data, self.level)

    @property
    def tau2_ci_low(self) -> float:
        """Lower limit of the Q-profile interval of tau2."""
        return self._tau2_ci[0]

    @property
    def tau2_ci_high(self) -> float:
        """Upper limit of the Q-profile interval of tau2."""
        return self._tau2_ci[1]

    @property
    def i2_ci_low(self) -> float:
        """Lower limit of I2 (percent) that follows from that of tau2."""
        return i2(self._tau2_ci[0], self._typical_variance)

    @property
    def i2_ci_high(self) -> float:
        """Upper limit of I2 (percent) that follows from that of tau2."""
        return i2(self._tau2_ci[1], self._typical_variance)

    @property
    def h2_ci_low(self) -> float:
        """Lower limit of H2 that follows from that of tau2."""
        return h2(self._tau2_ci[0], self._typical_variance)

    @property
    def h2_ci_high(self) -> float:
        """Upper limit of H2 that follows from that of tau2."""
        return h2(self._tau2_ci[1], self._typical_variance)
