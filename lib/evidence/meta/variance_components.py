"""Likelihood of a model with two variance components, between and within clusters.

The covariance matrix is block-diagonal by cluster, so everything is computed on a stack of small blocks,
padded to the size of the largest cluster. Scores and Fisher information: Harville 1977, Journal of the
American Statistical Association 72:320, eqs 5.1–5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evidence.meta.arrays import Array

GRID = np.concatenate([[0.0], np.geomspace(1e-3, 10.0, 9)])


class GeneralFit(NamedTuple):
    """Generalised least squares at given variances.

    `inverse` holds the blocks of Σ⁻¹, `weighted` Σ⁻¹X(X'Σ⁻¹X)^-½ and `score` Py, all padded with 0.
    """

    coef: Array
    cov: Array
    rss: float
    log_det_sigma: float
    log_det_information: float
    inverse: Array
    weighted: Array
    score: Array


@dataclass(frozen=True, slots=True)
class Components:
    """Effects, design and sampling covariance of m clusters of up to n effects: Σ = V + σ²₁uu' + σ²₂I.

    Attributes
    ----------
    yi, design, sampling : array, shape (k,), (k, p), (k, k)
    codes : array of int, shape (k,)
        Cluster of each effect, 0 to m − 1.
    member : array of bool, shape (m, n)
        Where a block holds an effect; the rest is padding.
    y, x, v : array, shape (m, n), (m, n, p), (m, n, n)
        The data in blocks; padded with 0, and `v` with the identity.
    """

    yi: Array
    design: Array
    sampling: Array
    codes: np.ndarray[Any, np.dtype[np.intp]]
    member: np.ndarray[Any, np.dtype[np.bool_]]
    y: Array
    x: Array
    v: Array

    @property
    def scale(self) -> float:
        """Ordinary residual mean square, the size a variance component can have."""
        k, p = self.design.shape
        coef = np.linalg.lstsq(self.design, self.yi, rcond=None)[0]
        return float(((self.yi - self.design @ coef) ** 2).sum() / (k - p))

    def covariance(self, sigma2: Array) -> Array:
        """Σ at the given (between, within) variances, shape (k, k)."""
        same = self.codes[:, None] == self.codes
        return np.asarray(self.sampling + sigma2[0] * same + sigma2[1] * np.eye(len(self.yi)))

    def fit(self, sigma2: Array) -> GeneralFit:
        """Generalised least squares at the given variances."""
        u = self.member.astype(float)
        blocks = self.v + sigma2[0] * u[:, :, None] * u[:, None, :]
        blocks = blocks + sigma2[1] * u[:, :, None] * np.eye(u.shape[1])
        try:
            root = np.linalg.cholesky(blocks)
        except np.linalg.LinAlgError:
            raise ValueError("vi is not positive definite: its correlations cannot all hold") from None
        root_inverse = np.linalg.inv(root)
        white_x, white_y = root_inverse @ self.x, np.einsum("mij,mj->mi", root_inverse, self.y)
        basis, r = np.linalg.qr(white_x.reshape(-1, self.design.shape[1]))
        r_inverse = np.linalg.inv(r)
        projected = basis.T @ white_y.ravel()
        residual = white_y.ravel() - basis @ projected
        back = root_inverse.transpose(0, 2, 1)
        return GeneralFit(
            coef=r_inverse @ projected,
            cov=r_inverse @ r_inverse.T,
            rss=float(residual @ residual),
            log_det_sigma=2.0 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum()),
            log_det_information=2.0 * float(np.log(np.abs(np.diagonal(r))).sum()),
            inverse=(back @ root_inverse) * u[:, :, None] * u[:, None, :],
            weighted=back @ basis.reshape(self.x.shape),
            score=np.einsum("mij,mj->mi", back, residual.reshape(self.y.shape)),
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
        a, b = fit.inverse, fit.weighted
        row, total, sums = a.sum(1), a.sum((1, 2)), fit.score.sum(1)  # Au, u'Au, u'Py by cluster
        gain = np.array([(sums**2).sum(), (fit.score**2).sum()])
        traces = np.array([total.sum(), np.einsum("mii->", a)])
        products = np.array([[(total**2).sum(), (row**2).sum()], [(row**2).sum(), (a**2).sum()]])
        if method == "REML":
            u_b, row_b = b.sum(1), np.einsum("mi,mip->mp", row, b)
            flat = b.reshape(-1, b.shape[-1])
            inner = [u_b.T @ u_b, flat.T @ flat]
            cross = np.einsum("mp,mp->", u_b, row_b)
            quadratic = np.array(
                [
                    [np.einsum("m,mp,mp->", total, u_b, u_b), cross],
                    [cross, np.einsum("mip,mij,mjp->", b, a, b, optimize=True)],
                ]
            )
            traces = traces - np.array([np.trace(i) for i in inner])
            products = (
                products - 2.0 * quadratic + np.array([[(i * j.T).sum() for j in inner] for i in inner])
            )
        return self._height(fit, method), 0.5 * (gain - traces), 0.5 * products


def components(
    yi: Array, design: Array, sampling: Array, codes: np.ndarray[Any, np.dtype[np.intp]]
) -> Components:
    """Arrange effects, design and sampling covariance in blocks by cluster.

    Raises
    ------
    ValueError
        If effects of different clusters have a sampling covariance.
    """
    if np.any(sampling[codes[:, None] != codes]):
        raise ValueError("vi has covariances between effects of different clusters; merge those clusters")
    counts = np.bincount(codes)
    m, n = len(counts), int(counts.max())
    member = np.arange(n) < counts[:, None]
    order = np.argsort(codes, kind="stable")
    y, x, v = np.zeros((m, n)), np.zeros((m, n, design.shape[1])), np.tile(np.eye(n), (m, 1, 1))
    y[member], x[member] = yi[order], design[order]
    for j in range(m):
        rows = np.flatnonzero(codes == j)
        v[j, : len(rows), : len(rows)] = sampling[np.ix_(rows, rows)]
    return Components(yi, design, sampling, codes, member, y, x, v)


def highest_likelihood(model: Components, method: str) -> tuple[Array, float]:
    """Variances at the highest maximum of the likelihood, and its height.

    A grid over both variances finds the region of every maximum; Fisher scoring runs from each.
    """
    values = GRID * model.scale
    pairs = [[np.array([a, b]) for b in values] for a in values]
    heights = np.array([[model.log_likelihood(pair, method) for pair in row] for row in pairs])
    padded = np.pad(heights, 1, constant_values=-np.inf)
    n = len(values)
    shifts = [padded[i : i + n, j : j + n] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    starts = np.argwhere(heights >= np.max(shifts, axis=0))
    return max((_climb(model, values[s], method) for s in starts), key=lambda found: found[1])


def _climb(model: Components, start: Array, method: str) -> tuple[Array, float]:
    """Fisher scoring with step halving; a variance that the score pushes below 0 stays at 0."""
    sigma2 = start.astype(float)
    height, score, information = model.scoring(sigma2, method)
    for _ in range(500):
        active = ~((sigma2 <= 0.0) & (score <= 0.0))
        if not active.any():
            break
        step = np.zeros(2)
        step[active] = np.linalg.solve(information[np.ix_(active, active)], score[active])
        for halvings in range(40):
            trial = np.maximum(sigma2 + step * 0.5**halvings, 0.0)
            new = model.scoring(trial, method)
            if new[0] >= height - 1e-13 * abs(height):
                break
        else:
            break
        moved = np.abs(trial - sigma2).max()
        sigma2, (height, score, information) = trial, new
        if moved <= 1e-12 * sigma2.max():
            break
    return sigma2, height
