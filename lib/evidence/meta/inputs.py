"""Reported numbers, one or many: broadcast, and refused with the name and the rule when they cannot be."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence.meta.arrays import Array
from evidence.meta.arrays import require as require_all


def numbers(**named: ArrayLike) -> tuple[Array, ...]:
    """Broadcast the named arguments against each other as finite float64 arrays.

    Scalars give 0-d arrays, so that formulas on them return plain numbers.

    Raises
    ------
    ValueError
        If a value is missing, infinite or not a number, or if the lengths differ.
    """
    arrays = {name: _floats(name, value) for name, value in named.items()}
    for name, array in arrays.items():
        require(name, array, np.isfinite(array), "a finite number")
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        lengths = ", ".join(f"{name}: {array.size}" for name, array in arrays.items())
        raise ValueError(f"Unequal lengths ({lengths}); give one number, or one per study") from None


def require(name: str, values: Array, holds: NDArray[np.bool_], what: str) -> None:
    """Raise a ValueError that says which of `values` is not `what`.

    Raises
    ------
    ValueError
        If `holds` is anywhere False.
    """
    if values.ndim == 0 and not holds:
        raise ValueError(f"{name} must be {what}, not {values}")
    require_all(name, np.atleast_1d(holds), what)


def require_positive(**named: Array) -> None:
    """Refuse zero and negative values."""
    for name, values in named.items():
        require(name, values, values > 0, "above 0")


def require_sample_size(minimum: int, **named: Array) -> None:
    """Refuse groups of fewer than `minimum` people."""
    for name, values in named.items():
        require(name, values, values >= minimum, f"{minimum} or more")


def require_probability(**named: Array) -> None:
    """Refuse what does not lie strictly between 0 and 1."""
    for name, values in named.items():
        require(name, values, (values > 0) & (values < 1), "strictly between 0 and 1")


def require_correlation(**named: Array) -> None:
    """Refuse what is no correlation, or one of exactly ±1: it leaves no variance."""
    for name, values in named.items():
        require(name, values, np.abs(values) < 1, "strictly between -1 and 1")


def _floats(name: str, value: ArrayLike) -> Array:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, not {value!r}") from None
