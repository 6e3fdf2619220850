"""Checks of the numbers that come in: equal lengths, finite values, positive variances; blocks of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]

# Effects and variances beyond this, and variances below its inverse, overflow float64 when multiplied.
LARGEST: Final = 1e50
#: Why an analysis of nothing is refused.
NO_STUDIES: Final = "No studies to pool; ask for a pooled effect only where there is at least one"
_CACHED: Final = 1 << 15  # numbers that a processor keeps at hand


def vector(name: str, values: ArrayLike) -> Array:
    """One-dimensional float64 array of `values`; a scalar is an array of one, what is masked is NaN.

    Raises
    ------
    ValueError
        If the values are not numbers, have more than one dimension, or hold an infinity. NaN is allowed.
    """
    try:
        array = np.atleast_1d(floats(values))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers; NaN stands for a missing one") from error
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not {array.ndim}")
    if np.isinf(array).any():
        raise ValueError(f"{name} is infinite {positions(np.isinf(array))}; use NaN for a missing number")
    return array


def floats(values: ArrayLike) -> Array:
    """Float64 array of `values`; what a masked array masks is NaN."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    return np.asarray(values, dtype=np.float64)


def vectors(names: Sequence[str], values: Sequence[ArrayLike]) -> list[Array]:
    """`vector` of each, refusing unequal lengths."""
    arrays = [vector(name, value) for name, value in zip(names, values, strict=True)]
    if len({array.size for array in arrays}) > 1:
        lengths = ", ".join(f"{name}: {array.size}" for name, array in zip(names, arrays, strict=True))
        raise ValueError(f"Unequal lengths ({lengths}); give one number per study, NaN where it is missing")
    return arrays


def require(name: str, holds: NDArray[np.bool_], what: str) -> None:
    """Raise a ValueError that names the places where `holds` is False."""
    if not holds.all():
        raise ValueError(f"{name} must be {what}; it is not {positions(~holds)}")


def positions(where: NDArray[np.bool_]) -> str:
    """Words for the places where a condition holds: "at position 0, 3"."""
    found = [" ".join(map(str, index)) if len(index) > 1 else str(index[0]) for index in np.argwhere(where)]
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    return f"at position {shown} (counted from 0)"


def blocks(count: int, size: int) -> Iterator[slice]:
    """Yield slices of `count` rows of `size` numbers that fit into the processor's cache together.

    >>> [part.stop for part in blocks(10, 1 << 13)]
    [4, 8, 12]
    """
    step = max(1, _CACHED // size)
    for first in range(0, count, step):
        yield slice(first, first + step)
