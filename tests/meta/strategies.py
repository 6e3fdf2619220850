"""Meta-analyses for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

Studies = tuple[np.ndarray, np.ndarray]

# Effects in steps of a thousandth: no difference of two is lost to rounding, which no formula survives
effects = st.integers(-3000, 3000).map(lambda n: n / 1000)
variances = st.floats(-8, 4).map(lambda e: float(f"{10**e:.6g}"))


@st.composite
def studies(draw: st.DrawFn, min_size: int = 2, max_size: int = 12) -> Studies:
    """Effects and variances of a few studies."""
    k = draw(st.integers(min_size, max_size))
    y = draw(st.lists(effects, min_size=k, max_size=k))
    v = draw(st.lists(variances, min_size=k, max_size=k))
    return np.array(y), np.array(v)
