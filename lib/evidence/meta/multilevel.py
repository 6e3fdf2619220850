"""Three-level meta-analysis: several effects per study, with variance between and within studies.

The model is y = Xβ + u(study) + w(effect) + e with var(u) = `sigma2_between`, var(w) = `sigma2_within`
and known sampling variances, or a known sampling covariance matrix, of e (Konstantopoulos 2011, Research
Synthesis Methods 2:61; Cheung 2014, Psychological Methods 19:211).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from evidence.meta.arrays import Array, require, vector
from evidence.meta.coefficients import Fitted, omnibus, predictions, tests
from evidence.meta.design import design_matrix, design_rows
from evidence.meta.variance_components import Components, components, highest_likelihood


@dataclass(frozen=True, slots=True)
class Multilevel(Fitted):
    """A fitted three-level model; the fields of `Fitted` and the following.

    Attributes
    ----------
    sigma2_between, sigma2_within : float
        Variance of true effects between studies, and between the effects of a study.
    clusters : int
        Number of studies.
    method : {"REML", "ML"}
    components : Components
        The data and the covariance structure the model was fitted to.
    """

    sigma2_between: float
    sigma2_within: float
    clusters: int
    method: str
    components: Components

    @property
    def marginal_covariance(self) -> Array:
        """Model-implied covariance matrix of the effects, shape (k, k)."""
        return self.components.covariance(np.array([self.sigma2_between, self.sigma2_within]))

    def predict(self, mods: ArrayLike | pd.DataFrame | None = None) -> pd.DataFrame:
        """Mean effects with confidence intervals, and prediction intervals for an effect of a new study.

        `mods` and the columns are those of `Regression.predict`.
        """
        rows = self.components.design if mods is None else design_rows(self.names, mods)
        return predictions(self, rows, self.sigma2_between + self.sigma2_within)


def multilevel(
    yi: ArrayLike,
    vi: ArrayLike,
    cluster: Sequence[Any] | ArrayLike,
    mods: ArrayLike | pd.DataFrame | None = None,
    *,
    method: str = "REML",
    ci: str = "t",
    level: float = 0.95,
) -> Multilevel:
    """Fit a three-level model, effects within studies.

    Parameters
    ----------
    yi : array, shape (k,)
        Effects.
    vi : array, shape (k,) or (k, k)
        Sampling variances, or the sampling covariance matrix (`sampling_covariance` makes one).
    cluster : sequence of length k
        The study of each effect.
    mods : array, shape (k,) or (k, p), or DataFrame, optional
        Numeric moderators; an intercept is added.
    method : {"REML", "ML"}
        The highest maximum of the likelihood is returned.
    ci : {"t", "wald"}
        t with (number of studies − p) degrees of freedom, or normal. For moderators that vary within
        studies, and for few studies, prefer `cluster_robust`.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        If an input is missing, not finite or of the wrong length; if no study has more than one effect
        (use `regress`) or there are no more studies than coefficients.

    Notes
    -----
    R: ``metafor::rma.mv(yi, vi, mods, random = ~ 1 | cluster/effect)``.

    Examples
    --------
    >>> yi, vi = [-0.9, -1.6, -1.3, -1.4, -0.2, -0.8], [0.33, 0.19, 0.42, 0.02, 0.05, 0.01]
    >>> found = multilevel(yi, vi, list("aabbcc"))
    >>> found.clusters, found.estimate.round(2).tolist()
    (3, [-1.04])
    """
    y, v = vector("yi", yi), _sampling(vi)
    require("yi", np.isfinite(y), "finite")
    names, x = design_matrix(mods, len(y))
    codes = _codes(cluster, len(y))
    if len(v) != len(y):
        raise ValueError(f"vi is for {len(v)} effects but yi has {len(y)}")
    if method not in ("REML", "ML"):
        raise ValueError(f'method must be "REML" or "ML"; got {method!r}')
    if ci not in ("t", "wald"):
        raise ValueError(f'ci must be "t" or "wald"; got {ci!r}')
    studies = int(codes.max()) + 1
    if studies == len(y):
        raise ValueError("Every study has one effect, so there is no third level; use regress or pool")
    if studies <= x.shape[1]:
        raise ValueError(f"{x.shape[1]} coefficients need more than {studies} studies")
    model = components(y, x, v, codes)
    sigma2, height = highest_likelihood(model, method)
    fit = model.fit(sigma2)
    df = float("inf") if ci == "wald" else float(studies - x.shape[1])
    qe = model.fit(np.zeros(2)).rss
    return Multilevel(
        names=names,
        **tests(fit.coef, fit.cov, df, level),
        df=df,
        covariance=fit.cov,
        sigma2_between=float(sigma2[0]),
        sigma2_within=float(sigma2[1]),
        qe=qe,
        qe_df=len(y) - x.shape[1],
        qe_p_value=float(chdtrc(len(y) - x.shape[1], qe)),
        **omnibus(fit.coef, fit.cov, df),
        log_likelihood=height,
        k=len(y),
        clusters=studies,
        level=level,
        method=method,
        ci=ci,
        components=model,
    )


def sampling_covariance(vi: ArrayLike, cluster: Sequence[Any] | ArrayLike, correlation: float) -> Array:
    """Sampling covariance matrix with one correlation between all effects of a study.

    Parameters
    ----------
    vi : array, shape (k,)
    cluster : sequence of length k
    correlation : float
        In [0, 1). Between outcomes of the same people it is seldom reported: try several values.

    Returns
    -------
    array, shape (k, k)

    Notes
    -----
    R: ``metafor::vcalc(vi, cluster, obs = effect, rho = correlation)``.

    Examples
    --------
    >>> sampling_covariance([0.04, 0.09], ["a", "a"], 0.5).round(2).tolist()
    [[0.04, 0.03], [0.03, 0.09]]
    """
    v = _sampling(vi)
    if not 0.0 <= correlation < 1.0:
        raise ValueError(f"correlation must lie in [0, 1); got {correlation}")
    codes = _codes(cluster, len(v))
    root = np.sqrt(np.diagonal(v))
    same = codes[:, None] == codes
    return np.asarray(np.where(same, correlation * np.outer(root, root), 0.0) * (1 - np.eye(len(v))) + v)


def _sampling(vi: ArrayLike) -> Array:
    """Sampling covariance matrix from variances or from a matrix."""
    matrix = np.asarray(vi, dtype=float)
    v = np.diag(vector("vi", matrix)) if matrix.ndim != 2 else matrix
    if v.shape[0] != v.shape[1] or not np.array_equal(v, v.T):
        raise ValueError(f"vi must be k variances or a symmetric k × k matrix; got shape {v.shape}")
    require("vi", np.isfinite(v), "finite")
    require("vi", np.diagonal(v) > 0.0, "positive")
    return v


def _codes(cluster: Sequence[Any] | ArrayLike, k: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    codes, _ = pd.factorize(np.asarray(cluster), use_na_sentinel=True)
    if len(codes) != k:
        raise ValueError(f"cluster has {len(codes)} entries but there are {k} effects")
    require("cluster", codes >= 0, "known for every effect")
    return codes
