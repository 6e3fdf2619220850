"""The sums of Mantel and Haenszel over the studies of one analysis or of many.

Sources as in `evidence.meta.binary`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidence.meta.arrays import Array
from evidence.meta.options import Convention

Cells: TypeAlias = list[Array]


def mantel_haenszel_sums(
    measure: str,
    tables: Cells,
    spread: Cells,
    even: NDArray[np.bool_],
    convention: Convention,
    analysis: NDArray[np.intp] | None = None,
) -> tuple[Array, Array, Array]:
    """Mantel–Haenszel estimates, their variances and the weights of the studies' ratios or differences.

    `tables` are the cells of the estimate and `spread` those of its variance; `even` are studies that count
    with a risk ratio of 1 whatever their cells. A study left out has zeros. `analysis` numbers the analysis
    of each study, all of them 0 if it is not given; estimates and variances are one per analysis.
    """
    counts = np.sum(tables, axis=0) > 0
    of = np.zeros(counts.size, dtype=np.intp) if analysis is None else analysis
    total = _adder(of[counts], int(of.max(initial=0)) + 1)
    a, b, c, d = (cell[counts] for cell in tables)
    n1, n2 = a + b, c + d
    n = n1 + n2
    weights = np.zeros(counts.size)
    if measure == "OR":
        r, s = a * d / n, b * c / n
        p, q = (a + d) / n, (b + c) / n
        top, bottom = total(r), total(s)
        variance = (
            total(p * r) / (2 * top**2)
            + total(p * s + q * r) / (2 * top * bottom)
            + total(q * s) / (2 * bottom**2)
        )
        weights[counts] = s
        return np.log(top / bottom), variance, weights
    if measure == "RR":
        s = c * n1 / n
        r = np.where(even[counts], s, a * n2 / n)
        variance = total(n1 * n2 * (a + c) / n**2 - a * c / n) / (total(r) * total(s))
        weights[counts] = s
        return np.log(total(r) / total(s)), variance, weights
    weights[counts] = n1 * n2 / n
    estimate = total((a * n2 - c * n1) / n) / total(weights[counts])
    rule = _greenland_variance if convention == "revman" else _sato_variance
    return estimate, rule(estimate, total, *(cell[counts] for cell in spread)), weights


def _adder(analysis: NDArray[np.intp], number: int) -> Callable[[Array], Array]:
    """Sum over the studies of each analysis."""
    return lambda values: np.bincount(analysis, values, minlength=number).astype(np.float64)


def _greenland_variance(
    _: Array, total: Callable[[Array], Array], a: Array, b: Array, c: Array, d: Array
) -> Array:
    """Variance of the risk difference by Greenland & Robins 1985."""
    n1, n2 = a + b, c + d
    n = n1 + n2
    top = (a * b * n2**3 + c * d * n1**3) / (n1 * n2 * n**2)
    return total(top) / total(n1 * n2 / n) ** 2


def _sato_variance(
    estimate: Array, total: Callable[[Array], Array], a: Array, b: Array, c: Array, d: Array
) -> Array:
    """Variance of the risk difference by Sato, Greenland & Robins 1989; consistent in sparse data too."""
    n1, n2 = a + b, c + d
    n = n1 + n2
    p = (n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (a * d + b * c) / (2 * n)
    return (estimate * total(p) + total(q)) / total(n1 * n2 / n) ** 2
