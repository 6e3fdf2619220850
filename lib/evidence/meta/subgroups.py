"""Do subgroups of studies differ? Pooled effects by subgroup, and the test between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evidence.meta.arrays import Array
from evidence.meta.binary_result import BinaryPooled
from evidence.meta.coefficients import tests
from evidence.meta.design import effects
from evidence.meta.options import Convention, Interval, Model
from evidence.meta.pool import pool
from evidence.meta.pool_result import Pooled
from evidence.meta.regression import regress
from evidence.meta.tau2 import Estimator

_ONE: Final = "There is only one subgroup; a test needs at least two"


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Pooled effects by subgroup and the test for subgroup differences.

    Attributes
    ----------
    labels : tuple
        Subgroups, in the order of their first study.
    k : array of int, shape (g,)
        Studies in each.
    estimate, se, ci_low, ci_high, tau2 : array, shape (g,)
        Pooled effect of each subgroup; `tau2` repeats the common value if it is common.
    test_se : array, shape (g,)
        Standard errors that enter the test.
    q, df, df_denominator, p_value : float
        Test between subgroups: chi-square with `df` degrees of freedom, or F with `df` and
        `df_denominator` where the latter is finite.
    i2 : float
        Per cent of the variation between the subgroup effects that is not chance; from `q` and `df`.
    pools : tuple of Pooled or BinaryPooled
        The full result of each subgroup; empty with a common tau².
    notes : tuple of str
    """

    labels: tuple[Any, ...]
    k: np.ndarray[Any, np.dtype[np.intp]]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    tau2: Array
    test_se: Array
    q: float
    df: int
    df_denominator: float
    p_value: float
    i2: float
    pools: tuple[Pooled | BinaryPooled, ...]
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """One row per subgroup: k, estimate, se, ci_low, ci_high, tau2."""
        columns = ("k", "estimate", "se", "ci_low", "ci_high", "tau2")
        return pd.DataFrame(
            {c: getattr(self, c) for c in columns}, index=pd.Index(self.labels, name="subgroup")
        )


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[Any] | ArrayLike,
    *,
    common_tau2: bool = False,
    model: Model = "random",
    tau2: Estimator | float = "REML",
    ci: Interval = "HKSJ",
    level: float = 0.95,
    convention: Convention = "metafor",
) -> Subgroups:
    """Pool each subgroup and test whether the subgroups differ.

    Parameters
    ----------
    yi, vi : array, shape (k,)
        Effects and their sampling variances.
    groups : sequence of length k
        Subgroup of each study, at least two different ones.
    common_tau2 : bool
        False: each subgroup has its own tau², and the test is Cochran's Q between the subgroup effects
        (Borenstein et al. 2009, Introduction to Meta-Analysis, chapter 19). True: one tau² for all, which
        is a meta-regression on the subgroups with its omnibus test, and with its `ci`.
    model, tau2, ci, level
        As in `pool`.
    convention : {"metafor", "revman"}
        The standard errors in the test with separate tau²: "metafor" takes those of the Wald interval.
        "revman" takes those of the interval asked for, as Cochrane's RevMan does, so under HKSJ the scaled
        ones. `convention` does not change the test with a common tau², which RevMan does not offer.

    Returns
    -------
    Subgroups

    Raises
    ------
    ValueError
        If there is one subgroup only, or with a common tau² no subgroup has two studies.

    Notes
    -----
    R: ``rma(yi, vi, subset = ...)`` in each subgroup and then ``rma(estimate, sei = se, mods = ~ subgroup,
    method = "EE")``; with a common tau² ``rma(yi, vi, mods = ~ subgroup)``.

    Examples
    --------
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> found = subgroups(yi, vi, list("aaabbb"))
    >>> found.df, round(found.p_value, 2)
    (1, 0.26)
    """
    y, v = effects(yi, vi)
    codes, names = _codes(groups, len(y))
    if common_tau2:
        return _common(y, v, codes, names, model, tau2, ci, level)
    pools = tuple(
        pool(
            y[codes == j],
            v[codes == j],
            model=model,
            tau2=tau2,
            ci=ci,
            level=level,
            convention=convention,
        )
        for j in range(len(names))
    )
    wald_se = np.array([1.0 / np.sqrt((1.0 / (v[codes == j] + p.tau2)).sum()) for j, p in enumerate(pools)])
    if convention == "metafor":
        return _separate(names, np.bincount(codes), pools, wald_se, ())
    se = np.array([p.se for p in pools])
    return _separate(names, np.bincount(codes), pools, *_usable(se, wald_se, names))


def subgroups_of(pools: Mapping[Any, Pooled | BinaryPooled]) -> Subgroups:
    """Test whether subgroups differ that are pooled already, by whatever method: RevMan's test.

    RevMan takes the subgroups' pooled effects for studies with the standard errors that it prints, also under
    Mantel–Haenszel and Peto, and tests them with Cochran's Q (Deeks & Higgins 2010, Statistical algorithms in
    Review Manager 5, "Testing for subgroup differences").

    Parameters
    ----------
    pools : mapping
        Subgroup to its pooled result, at least two.

    Returns
    -------
    Subgroups

    Raises
    ------
    ValueError
        One subgroup only, or one whose standard error is 0.

    Examples
    --------
    >>> from evidence.meta import mantel_haenszel
    >>> small = mantel_haenszel("RR", [3], [17], [6], [14], convention="revman")
    >>> large = mantel_haenszel("RR", [40], [60], [30], [70], convention="revman")
    >>> subgroups_of({"small": small, "large": large}).df
    1
    """
    if len(pools) < 2:
        raise ValueError(_ONE)
    results = tuple(pools.values())
    exact = [name for name, result in pools.items() if result.se == 0]
    if exact:
        raise ValueError(f"The standard error of subgroup {exact[0]} is 0: all its effects are equal")
    return _separate(
        tuple(pools),
        np.array([result.k for result in results]),
        results,
        np.array([result.se for result in results]),
        (),
    )


def _codes(
    groups: Sequence[Any] | ArrayLike, k: int
) -> tuple[np.ndarray[Any, np.dtype[np.intp]], tuple[Any, ...]]:
    """Number of each study's subgroup, and the subgroups in the order of their first study."""
    codes, labels = pd.factorize(np.asarray(groups, dtype=object), use_na_sentinel=True)
    if len(codes) != k:
        raise ValueError(f"groups has {len(codes)} entries but there are {k} effects")
    if (codes < 0).any():
        raise ValueError(f"groups is missing at position {int(np.argmin(codes))} (counted from 0)")
    if len(labels) < 2:
        raise ValueError(_ONE)
    return codes, tuple(labels.tolist())


def _separate(
    names: tuple[Any, ...],
    k: np.ndarray[Any, np.dtype[np.intp]],
    pools: tuple[Pooled | BinaryPooled, ...],
    test_se: Array,
    notes: tuple[str, ...],
) -> Subgroups:
    """Cochran's Q between subgroup effects, each with its own tau²."""
    w = 1.0 / test_se**2
    estimate = np.array([p.estimate for p in pools])
    q = float((w * (estimate - (w * estimate).sum() / w.sum()) ** 2).sum())
    df = len(names) - 1
    return Subgroups(
        labels=names,
        k=k,
        estimate=estimate,
        se=np.array([p.se for p in pools]),
        ci_low=np.array([p.ci_low for p in pools]),
        ci_high=np.array([p.ci_high for p in pools]),
        tau2=np.array([p.tau2 for p in pools]),
        test_se=test_se,
        q=q,
        df=df,
        df_denominator=float("inf"),
        p_value=float(chdtrc(df, q)),
        i2=max(0.0, 100.0 * (q - df) / q) if q > 0.0 else 0.0,
        pools=pools,
        notes=notes,
    )


def _usable(se: Array, wald_se: Array, names: tuple[Any, ...]) -> tuple[Array, tuple[str, ...]]:
    """Hartung–Knapp standard errors, or Wald's where the studies of a subgroup agree exactly."""
    exact = se == 0.0
    notes = tuple(
        f"All effects in subgroup {name} are equal, so its Hartung–Knapp standard error is 0; "
        "the test uses the Wald standard error."
        for name in np.asarray(names, dtype=object)[exact]
    )
    return np.where(exact, wald_se, se), notes


def _common(
    y: Array,
    v: Array,
    codes: np.ndarray[Any, np.dtype[np.intp]],
    names: tuple[Any, ...],
    model: Model,
    tau2: Estimator | float,
    ci: Interval,
    level: float,
) -> Subgroups:
    others = (codes[:, None] == np.arange(1, len(names))).astype(float)
    fit = regress(y, v, others, model=model, tau2=tau2, ci=ci, level=level)
    rows = np.column_stack([np.ones(len(names)), np.eye(len(names))[:, 1:]])
    cells = tests(rows @ fit.estimate, rows @ fit.covariance @ rows.T, fit.df, level)
    assert fit.qm is not None and fit.qm_p_value is not None
    chi2 = fit.qm if np.isinf(fit.df) else fit.qm * fit.qm_df
    return Subgroups(
        labels=names,
        k=np.bincount(codes),
        estimate=cells["estimate"],
        se=cells["se"],
        ci_low=cells["ci_low"],
        ci_high=cells["ci_high"],
        tau2=np.full(len(names), fit.tau2),
        test_se=cells["se"],
        q=fit.qm,
        df=fit.qm_df,
        df_denominator=fit.df,
        p_value=fit.qm_p_value,
        i2=max(0.0, 100.0 * (chi2 - fit.qm_df) / chi2) if chi2 > 0.0 else 0.0,
        pools=(),
        notes=(),
    )
