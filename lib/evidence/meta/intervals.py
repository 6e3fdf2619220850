"""How far the intervals of a pooled effect reach, for one analysis (numbers) or many (arrays)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic

from evidence.meta.formulae import Number
from evidence.meta.options import Interval

FEW_STUDIES: Final = 5
# Where tau2 solves Q = k - 1 the factor is 1 but for rounding
SHRINKING_FACTOR: Final = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Reach(Generic[Number]):
    """Standard error of the mean and the distance from the mean to either end of each interval."""

    se: Number
    ci: Number
    prediction: Number
    wald: Number
    hksj: Number
    adhoc: Number

    def around(self, estimate: Number) -> dict[str, Any]:
        """Return both ends of each interval about an estimate, by their names in the results."""
        return {
            "ci_low": estimate - self.ci,
            "ci_high": estimate + self.ci,
            "pi_low": estimate - self.prediction,
            "pi_high": estimate + self.prediction,
            "wald_low": estimate - self.wald,
            "wald_high": estimate + self.wald,
            "adhoc_low": estimate - self.adhoc,
            "adhoc_high": estimate + self.adhoc,
        }


def reach(
    ci: Interval,
    plain: Number,
    factor: Number,
    adhoc_factor: Number,
    tau2: Number,
    z: float,
    t: Number,
    t_prediction: Number,
) -> Reach[Number]:
    """Reach of the interval asked for, of the prediction interval, and of the alternatives.

    Parameters
    ----------
    plain
        Standard error of the mean without scaling, 1/sqrt(sum(wi)).
    factor, adhoc_factor
        Hartung & Knapp's q, which scales its square, and max(1, q); both 1 with one study.
    z, t, t_prediction
        Critical values: normal, of the mean (normal with one study), of the prediction interval.

    Notes
    -----
    Hartung & Knapp 2001, Statistics in Medicine 20:3875, eq 7; Knapp & Hartung 2003, Statistics in Medicine
    22:2693 (ad hoc); Higgins, Thompson & Spiegelhalter 2009, JRSS A 172:137, eq 12 (prediction).
    """
    hksj, adhoc = plain * factor**0.5, plain * adhoc_factor**0.5
    se = hksj if ci == "HKSJ" else adhoc if ci == "HKSJ-adhoc" else plain
    return Reach(
        se=se,
        ci=(z if ci == "wald" else t) * se,
        prediction=t_prediction * (tau2 + se * se) ** 0.5,
        wald=z * plain,
        hksj=t * hksj,
        adhoc=t * adhoc,
    )
