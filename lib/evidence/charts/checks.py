"""What every figure asks of the numbers it is given."""

from __future__ import annotations

import math


def check_order(who: str, low: float | None, value: float | None, high: float | None) -> None:
    """Raise a ValueError that names the study unless the numbers given are finite and in order."""
    numbers = [number for number in (low, value, high) if number is not None]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{who}: {value} ({low} to {high}) is not finite; leave out what is unknown (None).")
    if numbers != sorted(numbers):
        raise ValueError(f"{who}: {value} lies outside {low} to {high}.")
