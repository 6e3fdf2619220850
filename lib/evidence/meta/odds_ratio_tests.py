"""Tests that go with a Mantel–Haenszel odds ratio: association, and equality of the odds ratios.

Sources: Cochran 1954, Biometrics 10:417; Mantel & Haenszel 1959, J Natl Cancer Inst 22:719; Breslow & Day
1980, Statistical Methods in Cancer Research I, section 4.4; Tarone 1985, Biometrika 72:91.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from evidence.meta.arrays import Array


@dataclass(frozen=True, slots=True)
class ChiSquared:
    """A chi-squared test."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class OddsRatioTests:
    """Tests on k 2×2 tables.

    Attributes
    ----------
    cochran_mantel_haenszel : ChiSquared
        Of no association in any study.
    breslow_day, tarone : ChiSquared
        Of one odds ratio in all studies; Tarone's is Breslow and Day's, corrected for the odds ratio not
        being the maximum-likelihood one.
    """

    cochran_mantel_haenszel: ChiSquared
    breslow_day: ChiSquared
    tarone: ChiSquared


def odds_ratio_tests(a: Array, b: Array, c: Array, d: Array, *, correct: bool) -> OddsRatioTests:
    """Cochran–Mantel–Haenszel, Breslow–Day and Tarone's test.

    Parameters
    ----------
    a, b, c, d : array, shape (k,)
        Events and non-events in group 1, in group 2, with a Mantel–Haenszel odds ratio above 0 and finite.
        Studies with no events, or events only, in both groups do not count.
    correct : bool
        Continuity correction of the first.

    Notes
    -----
    R: ``mantelhaen.test``; ``metafor::rma.mh`` prints all three.
    """
    counts = ((a + c) > 0) & ((b + d) > 0) & ((a + b) > 0) & ((c + d) > 0)
    a, b, c, d = a[counts], b[counts], c[counts], d[counts]
    n1, n2, events = a + b, c + d, a + c
    n = n1 + n2
    odds_ratio = float((a * d / n).sum() / (b * c / n).sum())
    excess = abs(float((a - n1 * events / n).sum()))
    variance = float((n1 * n2 * events * (b + d) / (n**2 * (n - 1))).sum())
    association = (excess - (0.5 if correct else 0.0)) ** 2 / variance

    fitted = _fitted_events(odds_ratio, n1, n2, events)
    cells = np.stack([fitted, n1 - fitted, events - fitted, n2 - events + fitted])
    spread = 1 / (1 / cells).sum(axis=0)
    homogeneity = float(((a - fitted) ** 2 / spread).sum())
    corrected = homogeneity - float((a - fitted).sum()) ** 2 / float(spread.sum())
    df = max(a.size - 1, 0)
    return OddsRatioTests(
        _test(association, 1),
        _test(homogeneity, df),
        _test(corrected, df),
    )


def _fitted_events(odds_ratio: float, n1: Array, n2: Array, events: Array) -> Array:
    """Events in group 1 that give `odds_ratio` with the margins as they are.

    The root of (1 − ψ) x² + (n2 − m + ψ (n1 + m)) x − ψ n1 m = 0 that leaves no cell negative, in the form
    that does not cancel near ψ = 1.
    """
    psi = odds_ratio
    linear = n2 - events + psi * (n1 + events)
    constant = psi * n1 * events
    return np.asarray(2 * constant / (linear + np.sqrt(linear**2 + 4 * (1 - psi) * constant)))


def _test(statistic: float, df: int) -> ChiSquared:
    if df == 0:
        return ChiSquared(0.0, 0, 1.0)
    return ChiSquared(statistic, df, float(chdtrc(df, max(statistic, 0.0))))
