"""Mantel–Haenszel estimates of thousands of analyses in one vectorised call."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidence.meta.arrays import Array, vectors
from evidence.meta.binary import MEASURES, BinaryMeasure
from evidence.meta.binary_sums import mantel_haenszel_sums
from evidence.meta.effects import COUNTS, everyone, revman_cells


def mantel_haenszel_many(
    measure: BinaryMeasure,
    ai: ArrayLike,
    bi: ArrayLike,
    ci: ArrayLike,
    di: ArrayLike,
    analysis: ArrayLike,
) -> dict[str, Array]:
    """`mantel_haenszel` of many analyses at once, common effect, by RevMan's conventions.

    Parameters
    ----------
    measure, ai, bi, ci, di
        As in `mantel_haenszel`, the studies of all analyses one after another; NaN in all four is no study.
    analysis : array-like of int, shape (k,)
        Number of each study's analysis, from 0.

    Returns
    -------
    dict of arrays
        `estimate` and `se`, one per analysis, NaN where the analysis has none; `weights`, one per study, in a
        unit that does not depend on the other studies, 0 for a study that is not estimable.

    Raises
    ------
    ValueError
        Unknown measure or unequal lengths.

    Examples
    --------
    >>> got = mantel_haenszel_many("RR", [2, 4, 3], [8, 16, 17], [5, 6, 6], [5, 24, 14], [0, 0, 1])
    >>> got["estimate"].round(4).tolist()
    [-0.3655, -0.6931]
    """
    if measure not in MEASURES:
        raise ValueError(f"Unknown measure {measure!r}: use one of {', '.join(MEASURES)}")
    cells = vectors(COUNTS, (ai, bi, ci, di))
    of = np.asarray(analysis, dtype=np.intp)
    if of.shape != cells[0].shape:
        raise ValueError(f"analysis has {of.size} entries but there are {cells[0].size} studies")
    kept = [np.nan_to_num(cell) for cell in revman_cells(measure, *cells)]
    raw = [np.nan_to_num(cell) for cell in cells]
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate, variance, weights = mantel_haenszel_sums(
            measure, raw if measure == "RD" else kept, kept, everyone(cells), "revman", of
        )
        usable = np.isfinite(estimate) & (variance > 0)
        se = np.sqrt(variance)
    return {
        "estimate": np.where(usable, estimate, np.nan),
        "se": np.where(usable, se, np.nan),
        "weights": weights,
    }
