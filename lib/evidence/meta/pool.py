"""One meta-analysis: the pooled effect with everything that is reported about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evidence.meta.arrays import Array, positions, vectors
from evidence.meta.distributions import chi2_limits, critical_value, two_sided_p
from evidence.meta.formulae import i2_h2, trace_p
from evidence.meta.tau2 import ESTIMATORS, Estimator, estimate_tau2, q_root

Model: TypeAlias = Literal["random", "common"]
Interval: TypeAlias = Literal["wald", "t", "HKSJ", "HKSJ-adhoc"]
Prediction: TypeAlias = Literal["k-1", "k-2", "normal"]
Convention: TypeAlias = Literal["metafor", "revman"]
Limits: TypeAlias = tuple[float, float]

FEW_STUDIES: Final = 5


@dataclass(frozen=True, eq=False)
class Pooled:
    """Result of `pool`, on the scale of `yi`.

    `i2` is in percent. What does not exist is NaN: the prediction interval and the standard error and interval
    of tau2 of a common-effect model, the latter two also with one study.
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
    model: Model
    tau2_method: Estimator | float | None
    ci: Interval
    """The interval in use: "wald" with one study whatever was asked."""
    prediction: Prediction
    convention: Convention
    _data: tuple[Array, Array] = field(repr=False)
    _typical_variance: float = field(repr=False)

    @cached_property
    def _tau2_ci(self) -> Limits:
        if self.model == "common" or self.k == 1:
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
        return i2_h2(self._tau2_ci[0], self._typical_variance)[0]

    @property
    def i2_ci_high(self) -> float:
        """Upper limit of I2 (percent) that follows from that of tau2."""
        return i2_h2(self._tau2_ci[1], self._typical_variance)[0]

    @property
    def h2_ci_low(self) -> float:
        """Lower limit of H2 that follows from that of tau2."""
        return i2_h2(self._tau2_ci[0], self._typical_variance)[1]

    @property
    def h2_ci_high(self) -> float:
        """Upper limit of H2 that follows from that of tau2."""
        return i2_h2(self._tau2_ci[1], self._typical_variance)[1]


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
    In R: ``metafor::rma.uni(yi, vi, method=, test=)``, ``predict`` and ``confint``; `ci` is test "z", "t", "knha",
    "adhoc", and `prediction` is pi.type "t", "riley", "default". RevMan prints the Wald p-value beside
    an HKSJ interval; here the p-value always belongs to the interval.

    Prediction interval: Higgins, Thompson & Spiegelhalter 2009, Journal of the Royal Statistical Society A 172:137.
    """
    check_options(model, tau2, ci, prediction, level, convention)
    y, v = _studies(yi, vi)
    k = y.size
    df = k - 1

    w = 1 / v
    s1 = float(w.sum())
    origin = float(y[0])
    y0 = y - origin
    r = y0 - w.dot(y0) / s1
    q = float((w * r).dot(r))
    typical = df / trace_p(s1, float(w.dot(w))) if k > 1 else 0.0

    if model == "common":
        t, t_error = 0.0, math.nan
        i2, h2 = (100 * max(0.0, (q - df) / q) if q > 0 else 0.0, q / df) if k > 1 else (0.0, 1.0)
    else:
        if not isinstance(tau2, str):
            t, t_error = float(tau2), math.nan
        elif k == 1:
            t, t_error = 0.0, math.nan
        else:
            t, t_error = estimate_tau2(y0, v, w, q, tau2)
        i2, h2 = i2_h2(t, typical) if k > 1 else (0.0, 1.0)
    if t > 0:
        w = 1 / (v + t)
        s1 = float(w.sum())
    mean = float(w.dot(y0)) / s1
    r = y0 - mean
    estimate = mean + origin
    factor = float((w * r).dot(r)) / df if k > 1 else 1.0

    if k == 1:
        ci = "wald"
    plain = 1 / math.sqrt(s1)
    dist_df = math.inf if ci == "wald" else float(df)
    critical = critical_value(level, dist_df)
    scale = 1.0 if ci in ("wald", "t") else max(1.0, factor) if ci == "HKSJ-adhoc" else factor
    se = plain * math.sqrt(scale)
    statistic = estimate / se if se > 0 else math.copysign(math.inf, estimate) if estimate else 0.0
    half = critical * se
    normal = critical_value(level, math.inf) * plain
    t_half = critical_value(level, float(df) if k > 1 else math.inf) * plain
    adhoc = t_half * math.sqrt(max(1.0, factor))
    if convention == "revman":
        prediction = "normal" if ci == "wald" else "k-1"
    if model == "common":
        reach = math.nan
    else:
        reach = critical_value(level, prediction_df(prediction, k)) * math.sqrt(t + se * se)
    return Pooled(
        estimate, se, estimate - half, estimate + half, statistic, dist_df, two_sided_p(statistic, dist_df),
        estimate - reach, estimate + reach, t, t_error, i2, h2, q, df, float(chdtrc(df, q)) if k > 1 else 1.0, k,
        w * (100 / s1), level, factor, estimate - normal, estimate + normal, estimate - adhoc, estimate + adhoc,
        "HKSJ" if t_half * math.sqrt(factor) >= normal else "wald",
        ci == "HKSJ" and (factor < 1 or k < FEW_STUDIES),
        model, None if model == "common" else tau2, ci, prediction, convention, (y0, v), typical,
    )  # fmt: skip


def prediction_df(prediction: Prediction, k: int) -> float:
    """Degrees of freedom of the prediction interval's t distribution; infinite for the normal."""
    return math.inf if prediction == "normal" else max(1.0, k - 1.0 if prediction == "k-1" else k - 2.0)


def q_profile(y: Array, v: Array, level: float) -> Limits:
    """Q-profile interval of tau2 (Viechtbauer 2007, Statistics in Medicine 26:37): the tau2 that Q does not reject.

    Both limits are 0 where Q is too small for every tau2. In R: ``metafor::confint(type="QP")``, which stops
    searching at a tau2 of 100 unless told otherwise; this does not.
    """
    low, high = chi2_limits(level, y.size - 1)
    return q_root(y, v, high), q_root(y, v, low)


def check_options(
    model: str, tau2: str | float, ci: str, prediction: str, level: float, convention: str
) -> None:
    """Raise a ValueError that names the option out of range and what is possible."""
    _one_of("model", model, ("random", "common"))
    _one_of("ci", ci, ("wald", "t", "HKSJ", "HKSJ-adhoc"))
    _one_of("prediction", prediction, ("k-1", "k-2", "normal"))
    _one_of("convention", convention, ("metafor", "revman"))
    if isinstance(tau2, str):
        _one_of("tau2", tau2, ESTIMATORS)
    elif not 0 <= tau2 < math.inf:
        raise ValueError(f"tau2 must be an estimator or a finite number of 0 or more, not {tau2!r}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"Unknown {name}={value!r}: use one of {', '.join(allowed)}")


def _studies(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    y, v = np.asarray(yi, dtype=np.float64), np.asarray(vi, dtype=np.float64)
    if y.ndim == 1 and y.shape == v.shape and y.size and v.min() > 0 and math.isfinite(v.max() + y.dot(y)):
        return y, v
    y, v = vectors(("yi", "vi"), (yi, vi))
    if y.size == 0:
        raise ValueError("No studies to pool; ask for a pooled effect only where there is at least one")
    for name, missing in (("yi", np.isnan(y)), ("vi", np.isnan(v))):
        if missing.any():
            raise ValueError(f"{name} is missing {positions(missing)}; leave such studies out before pooling")
    if (v <= 0).any():
        raise ValueError(f"vi must be above 0; it is not {positions(v <= 0)}")
    return y, v
