"""A density on one axis as polynomials on panels: Gauss–Legendre integrals and exact quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.optimize import brentq

from evidence.meta.arrays import Array

NODES: Final = 16
_MISSED: Final = 1e-6  # of the largest coefficient may the last two be: more, and quantiles are off
_BASIS: Final = legendre.legvander(legendre.leggauss(NODES)[0], NODES - 1)
# Values at the nodes of a panel → Legendre coefficients of the polynomial through them
_TO_COEFFICIENTS: Final = (_BASIS * legendre.leggauss(NODES)[1][:, None]) * (np.arange(NODES) + 0.5)


@cache
def _rule(order: int) -> tuple[Array, Array]:
    at, weight = legendre.leggauss(order)
    return np.asarray(at), np.asarray(weight)


def graded(low: float, high: float, core: tuple[float, float], width: float, least: int) -> Array:
    """Ends of panels from `low` to `high`: `width` inside `core`, doubling outside, and `least` or more."""
    first, last = core
    steps = max(1, int(np.ceil((last - first) / width)))
    away = width * (2.0 ** np.arange(1, 64) - 1.0)
    ends = np.concatenate([first - away[::-1], np.linspace(first, last, steps + 1), last + away])
    inside = ends[(ends > low) & (ends < high)]
    if inside.size + 1 < least:
        return np.linspace(low, high, least + 1)
    return np.concatenate([[low], inside, [high]])


def resolving(low: float, high: float, places: Array, scales: Array, finer: int = 1) -> Array:
    """Ends of panels from `low` to `high` on which a function is smooth.

    A panel is halved until it is, `finer` times, no longer than each feature's scale or its distance from the
    panel.

    Parameters
    ----------
    places, scales : array, shape (features,)
        Where the function bends, and over what distance.
    """
    found, left, right = [np.array([low])], np.array([low]), np.array([high])
    while left.size:
        away = np.maximum(np.maximum(left[:, None] - places, places - right[:, None]), 0.0)
        middle = 0.5 * (left + right)
        smooth = finer * (right - left) <= np.maximum(scales, away).min(1, initial=np.inf)
        smooth |= middle <= left
        smooth |= middle >= right
        found.append(right[smooth])
        left, middle, right = left[~smooth], middle[~smooth], right[~smooth]
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    return np.sort(np.concatenate(found))


def nodes(ends: Array, order: int = NODES) -> tuple[Array, Array]:
    """Places and weights of the rule on each panel, in rising order; each of shape (panels · order,)."""
    at, weight = _rule(order)
    middle, half = 0.5 * (ends[1:] + ends[:-1]), 0.5 * (ends[1:] - ends[:-1])
    return (middle[:, None] + half[:, None] * at).ravel(), (half[:, None] * weight).ravel()


@dataclass(frozen=True, eq=False)
class PanelDensity:
    """A density, or several, given by values at the nodes of panels.

    Attributes
    ----------
    ends : array, shape (panels + 1,)
    values : array, shape (panels · NODES,) or (panels · NODES, columns)
        The density at the places of `nodes`; its integral need not be 1.
    before : float
        Probability below the first panel.
    """

    ends: Array
    values: Array
    before: float = 0.0

    @cached_property
    def _coefficients(self) -> Array:
        """Legendre coefficients of each panel: (panels, NODES, ...)."""
        values = self.values.reshape(-1, NODES, *self.values.shape[1:])
        return np.asarray(np.einsum("ik,pi...->pk...", _TO_COEFFICIENTS, values))

    @property
    def follows(self) -> bool:
        """Whether the polynomials follow the density: the last coefficients are next to nothing then."""
        size = np.abs(self._coefficients)
        return bool(size[:, -2:].max() < _MISSED * size.max())

    @cached_property
    def _integrals(self) -> tuple[Array, Array]:
        """Coefficients of the integral from a panel's start, and the probability below each panel's start."""
        half = 0.5 * np.diff(self.ends).reshape(-1, *[1] * (self._coefficients.ndim - 1))
        integral = np.asarray(legendre.legint(self._coefficients, lbnd=-1.0, axis=1)) * half
        whole = np.cumsum(integral.sum(axis=1), axis=0)
        return integral, np.concatenate([np.zeros_like(whole[:1]), whole]) + self.before

    def pdf(self, x: Array) -> Array:
        """Density at each `x`, 0 beyond the panels."""
        x = np.asarray(x, dtype=float)
        panel, at = self._local(x)
        values = _series(at, self._coefficients[panel])
        inside = (x >= self.ends[0]) & (x <= self.ends[-1])
        return np.asarray(np.where(inside, np.maximum(values, 0.0), 0.0))

    def cdf(self, x: Array) -> Array:
        """Probability below each `x`; constant beyond the panels."""
        panel, at = self._local(x)
        integral, below = self._integrals
        return np.asarray(below[panel] + _series(at, integral[panel]))

    def at_own_places(self, x: Array, columns: NDArray[np.intp], *, density: bool) -> Array:
        """Density, or probability below, of some columns, each at places of its own.

        Parameters
        ----------
        x : array, shape (columns, places)
        columns : array of int, shape (columns,)
        """
        panel, at = self._local(x)
        integral, below = self._integrals
        coefficients = self._coefficients if density else integral
        basis = legendre.legvander(at, NODES - 1 if density else NODES)
        values = np.einsum("cpk,cpk->cp", basis, coefficients[panel, :, columns[:, None]])
        if density:
            return np.where((x >= self.ends[0]) & (x <= self.ends[-1]), values, 0.0)
        return np.asarray(below[panel, columns[:, None]] + values)

    def quantile(self, p: float) -> float:
        """Place below which the probability is `p`; the ends of the axis where it lies beyond them."""
        integral, below = self._integrals
        if p <= below[0]:
            return float(self.ends[0])
        if p >= below[-1]:
            return float(self.ends[-1])
        i = int(np.searchsorted(below, p, side="right")) - 1
        low, high = float(self.ends[i]), float(self.ends[i + 1])
        c = integral[i]
        missing = p - float(below[i])
        start, end = legendre.legval([-1.0, 1.0], c) - missing
        if start >= 0.0 or end <= 0.0:  # the end of a panel, but for rounding
            return low if start >= 0.0 else high
        root = brentq(lambda at: float(legendre.legval(at, c)) - missing, -1.0, 1.0, xtol=1e-14)
        return low + 0.5 * (high - low) * (float(root) + 1.0)

    def _local(self, x: Array) -> tuple[NDArray[np.intp], Array]:
        """Panel of each `x`, and its place there between −1 and 1."""
        x = np.asarray(x, dtype=float)
        panel = np.clip(np.searchsorted(self.ends, x, side="right") - 1, 0, self.ends.size - 2)
        low, high = self.ends[panel], self.ends[panel + 1]
        return panel, np.clip((2.0 * x - low - high) / (high - low), -1.0, 1.0)


def _series(at: Array, coefficients: Array) -> Array:
    """Legendre series at each place, with coefficients of its own along the last axis."""
    basis = legendre.legvander(at, coefficients.shape[-1] - 1).reshape(coefficients.shape)
    return np.asarray((basis * coefficients).sum(-1))
