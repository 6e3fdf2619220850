"""What can be chosen about a meta-analysis of effects and variances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from evidence.meta.tau2 import ESTIMATORS, Estimator

Model: TypeAlias = Literal["random", "common"]
Interval: TypeAlias = Literal["wald", "t", "HKSJ", "HKSJ-adhoc"]
Prediction: TypeAlias = Literal["k-1", "k-2", "normal"]
Convention: TypeAlias = Literal["metafor", "revman"]


@dataclass(frozen=True, slots=True)
class Options:
    """Options of `pool` and `pool_many`, checked.

    Raises
    ------
    ValueError
        An option out of range; the message names it and what is possible.
    """

    model: Model
    tau2: Estimator | float
    ci: Interval
    prediction: Prediction
    level: float
    convention: Convention

    def __post_init__(self) -> None:
        """Refuse what is not possible."""
        _one_of("model", self.model, ("random", "common"))
        _one_of("ci", self.ci, ("wald", "t", "HKSJ", "HKSJ-adhoc"))
        _one_of("prediction", self.prediction, ("k-1", "k-2", "normal"))
        _one_of("convention", self.convention, ("metafor", "revman"))
        if isinstance(self.tau2, str):
            _one_of("tau2", self.tau2, ESTIMATORS)
        elif isinstance(self.tau2, bool) or not 0 <= self.tau2 < math.inf:
            raise ValueError(f"tau2 must be an estimator or a finite number of 0 or more, not {self.tau2!r}")
        check_level(self.level)

    def prediction_used(self, k: int) -> Prediction:
        """The distribution of the prediction interval: RevMan's follows the interval of the mean."""
        if self.convention == "metafor":
            return self.prediction
        return "normal" if self.ci == "wald" or k == 1 else "k-1"

    def prediction_df(self, k: int) -> float:
        """Degrees of freedom of the prediction interval, at least 1; infinite for the normal distribution."""
        used = self.prediction_used(k)
        return math.inf if used == "normal" else max(1.0, k - 1.0 if used == "k-1" else k - 2.0)

    def ci_df(self, k: int) -> float:
        """Degrees of freedom of the mean's interval; infinite for Wald's, which is all one study can have."""
        return math.inf if self.ci == "wald" or k == 1 else k - 1.0


def check_level(level: float) -> None:
    """Refuse a level that does not lie between 0 and 1.

    Raises
    ------
    ValueError
        With the level.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"Unknown {name}={value!r}: use one of {', '.join(allowed)}")
