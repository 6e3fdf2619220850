"""Analyses of about one size side by side, as the batched engine wants them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

WIDTHS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 25, 40, 80, 160, 400)


def batches(pool: Ints, number: int) -> Iterator[tuple[Ints, Ints]]:
    """Places of the rows of each pool, pools of about one size together.

    Parameters
    ----------
    pool : array of int, one per row
        Number of the row's pool; -1 is none.
    number : int
        How many pools there are.

    Yields
    ------
    pools : array of int, shape (batch,)
    places : array of int, shape (batch, width)
        Rows of each pool in their order, -1 where there is none.

    Examples
    --------
    >>> [(p.tolist(), rows.tolist()) for p, rows in batches(np.array([1, 0, 1, -1]), 2)]
    [([0], [[1]]), ([1], [[0, 2]])]
    """
    rows = np.flatnonzero(pool >= 0)
    order = rows[np.argsort(pool[rows], kind="stable")]
    count = np.bincount(pool[rows], minlength=number)
    start = np.cumsum(count) - count
    largest = int(count.max(initial=0))
    low = 0
    for high in (*(width for width in WIDTHS if width < largest), largest):
        chosen = np.flatnonzero((count > low) & (count <= high))
        low = high
        if not chosen.size:
            continue
        step = np.arange(high)
        there = step < count[chosen, None]
        yield chosen, np.where(there, order[np.where(there, start[chosen, None] + step, 0)], -1)


def taken(values: Floats, places: Ints) -> Floats:
    """Values at `places`, NaN where there is none."""
    return np.where(places >= 0, values[places], np.nan)
