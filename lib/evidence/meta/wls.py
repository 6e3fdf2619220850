"""Weighted least squares for many sets of weights at once.

The regression of effects on moderators is solved by a QR decomposition of the weighted design, which
keeps its digits when moderators are on very different scales (a year, a sample size) and when one
variance is many orders of magnitude larger or smaller than the rest: what the model leaves over is the part
in the complement of the design, never a difference from the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidence.meta.arrays import Array

EXACT = 64 * np.finfo(float).eps  # residuals this small beside their terms are rounding: the fit is exact


@dataclass(frozen=True, slots=True)
class WeightedFit:
    """Weighted least squares of one outcome on one design, for g sets of weights.

    Attributes
    ----------
    weights : array, shape (g, k)
    coef : array, shape (g, p)
    cov : array, shape (g, p, p)
        (X'WX)⁻¹, the covariance of `coef` when the weights are inverse variances.
    residuals : array, shape (g, k)
    leverage : array, shape (g, k)
        Diagonal of the hat matrix.
    basis, complement : array, shape (g, k, p), (g, k, k − p)
        Orthonormal bases of the columns of W^½ X and of what is orthogonal to them.
    left : array, shape (g, k − p)
        Coordinates of W^½ y in the complement.
    log_det : array, shape (g,)
        log |X'WX|.
    """

    weights: Array
    coef: Array
    cov: Array
    residuals: Array
    leverage: Array
    basis: Array
    complement: Array
    left: Array
    log_det: Array

    @property
    def rss(self) -> Array:
        """Weighted residual sum of squares y'Py, shape (g,)."""
        return np.asarray((self.left**2).sum(-1))

    @property
    def trace_p(self) -> Array:
        """Trace of P = W − WX(X'WX)⁻¹X'W, shape (g,)."""
        return self.trace_pd(np.ones_like(self.weights))

    @property
    def trace_pp(self) -> Array:
        """Trace of PP, shape (g,)."""
        return self.trace_pdpd(np.ones_like(self.weights))

    def trace_pdpd(self, d: Array) -> Array:
        """Trace of P D P D for D = diag(d); `d` has shape (k,) or (g, k)."""
        core = np.einsum("gki,gk,gkj->gij", self.complement, self.weights * d, self.complement, optimize=True)
        return np.asarray((core**2).sum((-1, -2)))

    def trace_pd(self, d: Array) -> Array:
        """Trace of P D for D = diag(d)."""
        return np.asarray((self.weights * d * (self.complement**2).sum(-1)).sum(-1))


def weighted_fit(y: Array, x: Array, weights: Array) -> WeightedFit:
    """Solve the weighted least-squares problem for each row of `weights`.

    Parameters
    ----------
    y : array, shape (k,)
    x : array, shape (k, p)
        Of full column rank (`design.design_matrix` checks it).
    weights : array, shape (k,) or (g, k)
        Positive.
    """
    w = np.atleast_2d(weights)
    root = np.sqrt(w)
    p = x.shape[1]
    whole, r = np.linalg.qr(root[:, :, None] * x, mode="complete")
    basis, complement, r = whole[:, :, :p], whole[:, :, p:], r[:, :p]
    z = root * y
    projected, left = (np.einsum("gkp,gk->gp", part, z) for part in (basis, complement))
    r_inverse = np.linalg.inv(r)
    coef = np.einsum("gij,gj->gi", r_inverse, projected)
    residuals = np.einsum("gkp,gp->gk", complement, left) / root
    rounding = EXACT * (np.abs(y) + np.abs(coef) @ np.abs(x).T)
    exact = (np.abs(residuals) <= rounding).all(-1)
    residuals[exact], left[exact] = 0.0, 0.0
    return WeightedFit(
        weights=w,
        coef=coef,
        cov=r_inverse @ r_inverse.transpose(0, 2, 1),
        residuals=residuals,
        leverage=(basis**2).sum(-1),
        basis=basis,
        complement=complement,
        left=left,
        log_det=2.0 * np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(-1),
    )
