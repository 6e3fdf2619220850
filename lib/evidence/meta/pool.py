"""One meta-analysis: the pooled effect with everything that is reported about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from evidence.meta.arrays import LARGEST, NO_STUDIES, Array, positions, require, vectors
from evidence.meta.distributions import critical_value, two_sided_p
from evidence.meta.formulae import h2, i2, trace_p
from evidence.meta.intervals import FEW_STUDIES, SHRINKING_FACTOR, reach
from evidence.meta.options import Convention, Interval, Model, Options, Prediction
from evidence.meta.tau2 import Estimator, estimate_tau2, q_profile


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


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    prediction: Prediction = "k-1",
    level: float = 0.95,
    convention: Convention = "metafor",
) -> Pooled:
    """Pool the effects of k studies.

    Parameters
    ----------
    yi, vi
        Effects and their sampling variances, one each per study, on any scale.
    model
        "random" effects, or one "common" effect (tau2 is then 0 and `tau2` not used).
    tau2
        Estimator of the between-study variance, or its value.
    ci
        "wald" normal interval; "t" the same with k-1 degrees of freedom; "HKSJ" Hartung & Knapp 2001, Sidik &
        Jonkman 2002; "HKSJ-adhoc" the same, never narrower than "t" (Knapp & Hartung 2003). With k = 1
        there is nothing to scale by and the interval is Wald's.
    prediction
        Degrees of freedom of the t distribution of the prediction interval (at least 1), or "normal".
    level
        Confidence level of all intervals.
    convention
        "metafor", or "revman" for the prediction interval of Cochrane's RevMan: normal with a Wald
        interval, t with k-1 degrees of freedom with HKSJ; `prediction` is then not used.

    Returns
    -------
    Pooled

    Raises
    ------
    ValueError
        No studies, unequal lengths, values missing or infinite, variances not above 0, unknown options.

    Notes
    -----
    In R: ``metafor::rma.uni(yi, vi, method=, test=)``, ``predict`` and ``confint``. `ci` is test "z", "t",
    "knha", "adhoc"; `prediction` is pi.type "t", "riley" or, with test "z", "default". RevMan prints the Wald
    p-value beside an HKSJ interval; here the p-value always belongs to the interval.

    Examples
    --------
    >>> found = pool([-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01])
    >>> round(found.estimate, 3), round(found.ci_low, 3), round(found.ci_high, 3)
    (-0.977, -1.534, -0.42)
    """
    options = Options(model, tau2, ci, prediction, level, convention)
    y, v = _studies(yi, vi)
    k = y.size
    df = k - 1
    # The study with the largest weight comes first and effects count from its own: no digits cancel
    largest = int(v.argmin())
    origin = float(y[largest])
    y, v = y - origin, v.copy()
    y[0], y[largest], v[0], v[largest] = 0, y[0], v[largest], v[0]
    w = 1 / v
    s1 = float(w.sum())
    r = y - w.dot(y) / s1
    q = float((w * r).dot(r))
    typical = df / trace_p(float(w[0]), float(w[1:].sum()), float(w[1:].dot(w[1:]))) if df else math.nan

    t, t_error = _tau2(options, y, v, q)
    if t > 0:
        w = 1 / (v + t)
        s1 = float(w.sum())
    mean = float(w.dot(y)) / s1
    r = y - mean
    factor = float((w * r).dot(r)) / df if df else 1.0
    estimate = mean + origin
    ci_df = options.ci_df(k)
    away = reach(
        ci,
        plain=1 / math.sqrt(s1),
        factor=factor,
        adhoc_factor=max(1.0, factor),
        tau2=t if model == "random" else math.nan,
        z=critical_value(level, math.inf),
        t=critical_value(level, df or math.inf),
        t_prediction=critical_value(level, options.prediction_df(k)),
    )
    statistic = estimate / away.se if away.se else estimate * math.inf if estimate else 0.0
    i2_, h2_ = _i2_h2(options, t, typical, q, df)
    weights = w * (100 / s1)
    weights[0], weights[largest] = weights[largest], weights[0]
    return Pooled(
        estimate=estimate,
        se=away.se,
        ci_low=estimate - away.ci,
        ci_high=estimate + away.ci,
        statistic=statistic,
        df=ci_df,
        p_value=two_sided_p(statistic, ci_df),
        pi_low=estimate - away.prediction,
        pi_high=estimate + away.prediction,
        tau2=t,
        tau2_se=t_error,
        i2=i2_,
        h2=h2_,
        q=q,
        q_df=df,
        q_p_value=float(chdtrc(df, q)) if df else 1.0,
        k=k,
        weights=weights,
        level=level,
        hk_factor=factor,
        wald_low=estimate - away.wald,
        wald_high=estimate + away.wald,
        adhoc_low=estimate - away.adhoc,
        adhoc_high=estimate + away.adhoc,
        wider="HKSJ" if away.hksj > away.wald else "wald",
        show_alternatives=ci == "HKSJ" and df > 0 and (factor < SHRINKING_FACTOR or k < FEW_STUDIES),
        options=options,
        _data=(y, v),
        _typical_variance=typical,
    )


def _tau2(options: Options, y: Array, v: Array, q: float) -> tuple[float, float]:
    """Tau2 and its standard error, NaN where it is not estimated."""
    if options.model == "common":
        return 0.0, math.nan
    if not isinstance(options.tau2, str):
        return float(options.tau2), math.nan
    if y.size == 1:
        return 0.0, math.nan
    return estimate_tau2(y, v, q, options.tau2)


def _i2_h2(options: Options, tau2: float, typical: float, q: float, df: int) -> tuple[float, float]:
    """I2 and H2: from tau2, or from Q where the effect is common and tau2 is not estimated."""
    if df == 0:
        return 0.0, 1.0
    if options.model == "common":
        return max(0.0, 100 * (q - df) / q) if q else 0.0, q / df
    return i2(tau2, typical), h2(tau2, typical)


def _studies(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    if isinstance(yi, np.ndarray) and isinstance(vi, np.ndarray) and _usable(yi, vi):
        return yi, vi
    y, v = vectors(("yi", "vi"), (yi, vi))
    if y.size == 0:
        raise ValueError(NO_STUDIES)
    for name, missing in (("yi", np.isnan(y)), ("vi", np.isnan(v))):
        if missing.any():
            raise ValueError(f"{name} is missing {positions(missing)}; leave such studies out before pooling")
    require("vi", v > 0, "above 0")
    require("yi", np.abs(y) < LARGEST, f"between -{LARGEST:g} and {LARGEST:g}; change its unit")
    require(
        "vi", (v > 1 / LARGEST) & (v < LARGEST), f"between {1 / LARGEST:g} and {LARGEST:g}; change the unit"
    )
    return y, v


def _usable(y: NDArray[Any], v: NDArray[Any]) -> bool:
    """Whether `_studies` would find nothing to convert or refuse: the quick way through."""
    return bool(
        (y.dtype == v.dtype == np.float64 and y.ndim == 1 and y.shape == v.shape and y.size)
        and (v.min() > 1 / LARGEST and v.max() < LARGEST and y.min() > -LARGEST and y.max() < LARGEST)
    )
