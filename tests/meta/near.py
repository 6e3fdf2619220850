"""Comparison with reference numbers whose error is known relative to a scale."""

from __future__ import annotations

from typing import Any

import numpy as np

ITERATED = 1e-7  # ML, REML, EB of the reference
SMALLEST = 1e-290  # below it p-values lose their digits
ABSOLUTE_TAU2 = 1e-11  # they stop at an absolute change of tau²


def near(got: Any, want: Any, rtol: float, *, scale: Any = 0.0, what: str = "") -> None:
    """Assert |got − want| ≤ rtol × max(|want|, scale), elementwise; NaN equals NaN, infinity equals infinity.

    `scale` is the size against which an error matters: the standard error for a limit close to 0, the
    largest of a column of squared differences.
    """
    got, want = np.asarray(got, dtype=float).ravel(), np.asarray(want, dtype=float).ravel()
    assert got.shape == want.shape, f"{what}: shape {got.shape}, reference {want.shape}"
    same = (np.isnan(got) & np.isnan(want)) | (got == want)
    with np.errstate(invalid="ignore"):
        allowed = rtol * np.maximum(np.abs(want), np.maximum(scale, SMALLEST))
        wrong = ~(same | (np.abs(got - want) <= allowed))
    assert not wrong.any(), f"{what}: {got[wrong][:3]}, reference {want[wrong][:3]}, rtol {rtol:.1g}"


def precision(method: str, v: np.ndarray) -> float:
    """Relative precision of reference numbers that depend on a tau² estimated by `method`.

    The iterated estimators are good to 1e-7 or to an absolute 1e-11, which moves weights 1/(v + tau²) by
    up to 1e-11/v.
    """
    if method in ("ML", "REML", "EB"):
        return ITERATED + ABSOLUTE_TAU2 / float(v.min())
    return 1e-8 if method == "PM" else 1e-10
