"""Cluster-robust inference: standard errors that stay right when effects of a study are correlated.

CR2 is the bias-reduced linearisation of Bell & McCaffrey (2002, Survey Methodology 28:169) with the
Satterthwaite degrees of freedom of Pustejovsky & Tipton (2018, Journal of Business & Economic Statistics
36:672), the working model being the fitted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array, require
from evidence.meta.coefficients import coefficient_table, tests
from evidence.meta.multilevel import Multilevel
from evidence.meta.regression import Regression

TRUSTED_DF = 4.0


@dataclass(frozen=True, slots=True)
class Robust:
    """Coefficients with cluster-robust standard errors.

    Attributes
    ----------
    names : tuple of str
    estimate, se, statistic, df, p_value, ci_low, ci_high : array, shape (p,)
        t tests; `df` differs between coefficients under CR2.
    covariance : array, shape (p, p)
    clusters : int
    estimator : str
    level : float
    note : str or None
        Which coefficients have too few degrees of freedom for their p-values to be trusted.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    statistic: Array
    df: Array
    p_value: Array
    ci_low: Array
    ci_high: Array
    covariance: Array
    clusters: int
    estimator: str
    level: float
    note: str | None

    def table(self) -> pd.DataFrame:
        """Coefficients as a table, one row each."""
        return coefficient_table(self).assign(df=self.df)


def cluster_robust(
    fit: Regression | Multilevel, cluster: Sequence[Any] | ArrayLike, *, estimator: str = "CR2"
) -> Robust:
    """Cluster-robust tests and intervals of a fitted model.

    Parameters
    ----------
    fit : Regression or Multilevel
        Its weights, and its covariance matrix as the working model, are used.
    cluster : sequence of length k
        The study of each effect; effects of different clusters must be independent in the fitted model.
    estimator : {"CR2", "CR1"}
        CR2 with Satterthwaite degrees of freedom, or CR1 with the factor m/(m − p) and m − p degrees of
        freedom for m clusters, which is too optimistic with fewer than some 40 clusters.

    Raises
    ------
    ValueError
        If clusters are missing, or not nested in the model's, or not more than the coefficients.

    Notes
    -----
    R: ``metafor::robust(fit, cluster, clubSandwich = TRUE)``, and without it for CR1.

    Examples
    --------
    >>> from evidence.meta import multilevel
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> fit = multilevel(yi, vi, list("aabbcc"))
    >>> cluster_robust(fit, list("aabbcc")).df.round(2).tolist()
    [1.94]
    """
    if estimator not in ("CR2", "CR1"):
        raise ValueError(f'estimator must be "CR2" or "CR1"; got {estimator!r}')
    y, x, sigma = _model(fit)
    members = _members(cluster, sigma)
    k, p = x.shape
    m = len(members)
    if m <= p:
        raise ValueError(f"{p} coefficients need more than {p} clusters; got {m}")
    weights = np.linalg.inv(sigma)
    bread = np.linalg.inv(x.T @ weights @ x)
    estimate = bread @ (x.T @ (weights @ y))
    residuals = y - x @ estimate
    implied = sigma - x @ bread @ x.T  # covariance of the residuals under the working model
    halves = np.zeros((m, k, p))
    for j, rows in enumerate(members):
        block = np.ix_(rows, rows)
        adjusted = _adjustment(sigma[block], implied[block]) if estimator == "CR2" else np.eye(len(rows))
        halves[j, rows] = adjusted @ weights[block] @ x[rows] @ bread
    scores = np.einsum("jkp,k->jp", halves, residuals)
    covariance = scores.T @ scores * (1.0 if estimator == "CR2" else m / (m - p))
    df = _satterthwaite(halves, implied) if estimator == "CR2" else np.full(p, float(m - p))
    return Robust(
        names=fit.names,
        **tests(estimate, covariance, df, fit.level),
        df=df,
        covariance=covariance,
        clusters=m,
        estimator=estimator,
        level=fit.level,
        note=_note(fit.names, df),
    )


def _model(fit: Regression | Multilevel) -> tuple[Array, Array, Array]:
    if isinstance(fit, Multilevel):
        return fit.components.yi, fit.components.design, fit.marginal_covariance
    return fit.yi, fit.design, np.diag(fit.vi + fit.tau2)


def _members(cluster: Sequence[Any] | ArrayLike, sigma: Array) -> list[Any]:
    codes, _ = pd.factorize(np.asarray(cluster), use_na_sentinel=True)
    if len(codes) != len(sigma):
        raise ValueError(f"cluster has {len(codes)} entries but the model has {len(sigma)} effects")
    require("cluster", codes >= 0, "known for every effect")
    if np.any(sigma[codes[:, None] != codes]):
        raise ValueError("Effects of different clusters are correlated in the model; use its own clusters")
    return [np.flatnonzero(codes == j) for j in range(codes.max() + 1)]


def _adjustment(sigma: Array, implied: Array) -> Array:
    """A with A × residual covariance × A' = Σ for one cluster (Pustejovsky & Tipton 2018, eq. 10)."""
    root = np.linalg.cholesky(sigma).T
    values, vectors = np.linalg.eigh(root @ implied @ root.T)
    kept = values > 1e-12 * values.max()
    inverse_root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return np.asarray(root.T @ inverse_root @ root)


def _satterthwaite(halves: Array, implied: Array) -> Array:
    """Degrees of freedom of each coefficient's variance (Pustejovsky & Tipton 2018, eq. 11)."""
    products = np.einsum("ikp,kl,jlp->pij", halves, implied, halves, optimize=True)
    trace = np.trace(products, axis1=1, axis2=2)
    return np.asarray(trace**2 / (products**2).sum((1, 2)))


def _note(names: tuple[str, ...], df: Array) -> str | None:
    few = [name for name, d in zip(names, df, strict=True) if d < TRUSTED_DF]
    if not few:
        return None
    return (
        f"Fewer than {TRUSTED_DF:g} degrees of freedom for {', '.join(few)}: the p-value is not reliable "
        "(Tipton 2015, Psychological Methods 20:375)."
    )
