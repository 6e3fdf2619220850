"""Likelihood of a model with two variance components, between and within clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg

from evidence.meta.arrays import Array

GRID = np.concatenate([[0.0], np.geomspace(1e-3, 10.0, 9)])


class GeneralFit(NamedTuple):
    """Generalised least squares: coefficients, their covariance, y'Py, and log |Σ| and log |X'Σ⁻¹X|."""

    coef: Array
    cov: Array
    rss: float
    log_det_sigma: float
    log_det_information: float
    projection: Array


@dataclass(frozen=True, slots=True)
class Components:
    """Effects y, design X, sampling covariance V and cluster of each effect; Σ = V + σ²₁ZZ' + σ²₂I."""

    yi: Array
    design: Array
    sampling: Array
    codes: np.ndarray[Any, np.dtype[np.intp]]

    @property
    def same_cluster(self) -> Array:
        """ZZ': 1 where two effects share a cluster, shape (k, k)."""
        return np.asarray(self.codes[:, None] == self.codes, dtype=float)

    @property
    def scale(self) -> float:
        """Ordinary residual mean square, the size a variance component can have."""
        k, p = self.design.shape
        coef = np.linalg.lstsq(self.design, self.yi, rcond=None)[0]
        return float(((self.yi - self.design @ coef) ** 2).sum() / (k - p))

    def covariance(self, sigma2: Array) -> Array:
        """Σ at the given (between, within) variances."""
        return np.asarray(self.sampling + sigma2[0] * self.same_cluster + sigma2[1] * np.eye(len(self.yi)))

    def fit(self, sigma2: Array) -> GeneralFit:
        """Generalised least squares at the given variances."""
        try:
            root = linalg.cholesky(self.covariance(sigma2), lower=True)
        except linalg.LinAlgError:
            raise ValueError("vi is not positive definite: its correlations cannot all hold") from None
        white = linalg.solve_triangular(root, np.column_stack([self.design, self.yi]), lower=True)
        basis, r = np.linalg.qr(white[:, :-1])
        r_inverse = np.linalg.inv(r)
        projected = basis.T @ white[:, -1]
        residual = white[:, -1] - basis @ projected
        root_inverse = linalg.solve_triangular(root, np.eye(len(root)), lower=True)
        weighted = root_inverse.T @ basis
        return GeneralFit(
            coef=r_inverse @ projected,
            cov=r_inverse @ r_inverse.T,
            rss=float(residual @ residual),
            log_det_sigma=2.0 * float(np.log(np.diagonal(root)).sum()),
            log_det_information=2.0 * float(np.log(np.abs(np.diagonal(r))).sum()),
            projection=root_inverse.T @ root_inverse - weighted @ weighted.T,
        )

    def log_likelihood(self, sigma2: Array, method: str) -> float:
        """ML or REML log-likelihood, profiled over the coefficients; REML includes ½ log |X'X|."""
        return self._height(self.fit(sigma2), method)

    def _height(self, fit: GeneralFit, method: str) -> float:
        k, p = self.design.shape
        base = -0.5 * (fit.log_det_sigma + fit.rss)
        if method == "ML":
            return float(base - 0.5 * k * np.log(2 * np.pi))
        constant = 0.5 * np.linalg.slogdet(self.design.T @ self.design)[1] - 0.5 * (k - p) * np.log(2 * np.pi)
        return float(base - 0.5 * fit.log_det_information + constant)

    def scoring(self, sigma2: Array, method: str) -> tuple[float, Array, Array]:
        """Log-likelihood, score and Fisher information of the two variances."""
        fit = self.fit(sigma2)
        py = fit.projection @ self.yi
        inner = fit.projection if method == "REML" else np.linalg.inv(self.covariance(sigma2))
        by_cluster = inner @ self.same_cluster
        same_py = self.same_cluster @ py
        score = 0.5 * np.array([py @ same_py - np.trace(by_cluster), py @ py - np.trace(inner)])
        cross = float((by_cluster.T * inner).sum())
        information = 0.5 * np.array(
            [[(by_cluster * by_cluster.T).sum(), cross], [cross, (inner * inner).sum()]]
        )
        return self._height(fit, method), score, information


def highest_likelihood(components: Components, method: str) -> tuple[Array, float]:
    """Variances at the highest maximum of the likelihood, and its height.

    A grid over both variances finds the region of every maximum; Fisher scoring runs from each.
    """
    values = GRID * components.scale
    pairs = [[np.array([a, b]) for b in values] for a in values]
    heights = np.array([[components.log_likelihood(pair, method) for pair in row] for row in pairs])
    padded = np.pad(heights, 1, constant_values=-np.inf)
    n = len(values)
    neighbours = np.max(
        [padded[i : i + n, j : j + n] for i in range(3) for j in range(3) if (i, j) != (1, 1)], axis=0
    )
    starts = np.argwhere(heights >= neighbours)
    free = np.array([True, True])
    found = [_climb(components, values[s], free, method) for s in starts]
    return max(found, key=lambda result: result[1])


def profile_likelihood(components: Components, which: int, value: float, method: str) -> float:
    """Highest log-likelihood with one of the variances held at `value`."""
    free = np.array([which != 0, which != 1])
    grid = GRID * components.scale

    def at(other: float) -> Array:
        return np.array([value, other] if which == 0 else [other, value])

    heights = [components.log_likelihood(at(g), method) for g in grid]
    return _climb(components, at(float(grid[int(np.argmax(heights))])), free, method)[1]


def _climb(
    components: Components, start: Array, free: np.ndarray[Any, np.dtype[np.bool_]], method: str
) -> tuple[Array, float]:
    """Fisher scoring with step halving; a variance that the score pushes below 0 stays at 0."""
    sigma2 = start.astype(float)
    height, score, information = components.scoring(sigma2, method)
    for _ in range(500):
        active = free & ~((sigma2 <= 0.0) & (score <= 0.0))
        if not active.any():
            break
        step = np.zeros(2)
        step[active] = np.linalg.solve(information[np.ix_(active, active)], score[active])
        for halvings in range(40):
            trial = np.maximum(sigma2 + step * 0.5**halvings, 0.0)
            new = components.scoring(trial, method)
            if new[0] >= height - 1e-13 * abs(height):
                break
        else:
            break
        moved = np.abs(trial - sigma2).max()
        sigma2, (height, score, information) = trial, new
        if moved <= 1e-12 * sigma2.max():
            break
    return sigma2, height
