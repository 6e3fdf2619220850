"""One meta-analysis of effects and variances."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from evidence.meta.arrays import LARGEST, NO_STUDIES, Array, positions, require, vectors
from evidence.meta.distributions import critical_value, two_sided_p
from evidence.meta.formulae import h2, i2, trace_p
from evidence.meta.intervals import FEW_STUDIES, SHRINKING_FACTOR, reach
from evidence.meta.options import Convention, Interval, Model, Options, Prediction
from evidence.meta.pool_result import Pooled
from evidence.meta.tau2 import Estimator, estimate_tau2


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
    studies = _largest_first(*_studies(yi, vi))
    t, t_error = _tau2(options, studies)
    return _reported(options, studies, t, t_error, _mean(studies, t))


class _Studies(NamedTuple):
    """Effects and variances, the study with the largest weight first, and what they say on their spread.

    Effects count from that of the first study, so that no digits cancel.
    """

    y: Array
    v: Array
    largest: int
    origin: float
    q: float
    typical_variance: float

    @property
    def df(self) -> int:
        return self.y.size - 1


class _Mean(NamedTuple):
    """The weighted mean at a tau2; `plain` is its standard error without scaling."""

    estimate: float
    plain: float
    factor: float
    weights: Array


def _largest_first(y: Array, v: Array) -> _Studies:
    df = y.size - 1
    largest = int(v.argmin())
    origin = float(y[largest])
    y, v = y - origin, v.copy()
    y[0], y[largest], v[0], v[largest] = 0, y[0], v[largest], v[0]
    w = 1 / v
    r = y - w.dot(y) / float(w.sum())
    q = float((w * r).dot(r))
    typical = df / trace_p(float(w[0]), float(w[1:].sum()), float(w[1:].dot(w[1:]))) if df else math.nan
    return _Studies(y, v, largest, origin, q, typical)


def _mean(studies: _Studies, tau2: float) -> _Mean:
    """Return the mean with its weights in percent, in the order in which the studies came."""
    y, largest = studies.y, studies.largest
    w = 1 / (studies.v + tau2)
    s1 = float(w.sum())
    mean = float(w.dot(y)) / s1
    r = y - mean
    factor = float((w * r).dot(r)) / studies.df if studies.df else 1.0
    weights = w * (100 / s1)
    weights[0], weights[largest] = weights[largest], weights[0]
    return _Mean(mean + studies.origin, 1 / math.sqrt(s1), factor, weights)


def _reported(options: Options, studies: _Studies, tau2: float, tau2_se: float, mean: _Mean) -> Pooled:
    estimate, factor, df = mean.estimate, mean.factor, studies.df
    k, level, q = df + 1, options.level, studies.q
    ci_df = options.ci_df(k)
    away = reach(
        options.ci,
        plain=mean.plain,
        factor=factor,
        adhoc_factor=max(1.0, factor),
        tau2=tau2 if options.model == "random" else math.nan,
        z=critical_value(level, math.inf),
        t=critical_value(level, df or math.inf),
        t_prediction=critical_value(level, options.prediction_df(k)),
    )
    statistic = estimate / away.se if away.se else estimate * math.inf if estimate else 0.0
    i2_, h2_ = _i2_h2(options, tau2, studies.typical_variance, q, df)
    return Pooled(
        estimate=estimate,
        se=away.se,
        **away.around(estimate),
        statistic=statistic,
        df=ci_df,
        p_value=two_sided_p(statistic, ci_df),
        tau2=tau2,
        tau2_se=tau2_se,
        i2=i2_,
        h2=h2_,
        q=q,
        q_df=df,
        q_p_value=float(chdtrc(df, q)) if df else 1.0,
        k=k,
        weights=mean.weights,
        level=level,
        hk_factor=factor,
        wider="HKSJ" if away.hksj > away.wald else "wald",
        show_alternatives=options.ci == "HKSJ" and df > 0 and (factor < SHRINKING_FACTOR or k < FEW_STUDIES),
        options=options,
        _data=(studies.y, studies.v),
        _typical_variance=studies.typical_variance,
    )


def _tau2(options: Options, studies: _Studies) -> tuple[float, float]:
    """Tau2 and its standard error, NaN where it is not estimated."""
    if options.model == "common":
        return 0.0, math.nan
    if not isinstance(options.tau2, str):
        return float(options.tau2), math.nan
    if studies.df == 0:
        return 0.0, math.nan
    return estimate_tau2(studies.y, studies.v, studies.q, options.tau2)


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
