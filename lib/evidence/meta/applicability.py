"""Rows of a review that count in a subgroup or in the total only: RevMan's `Applicability`.

A trial with several arms can stand in several subgroups against shared controls. RevMan Web then lets its
rows count in their subgroups only and a combined row of the trial count in the total only. The rules are
those that reproduce the printed weights of 26 analyses of three Cochrane reviews (CD011535.pub7,
CD014964.pub2, CD015610.pub2) to the last printed digit; Cochrane does not publish them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence.meta.arrays import Array

BOTH: Final = "SUBGROUP_AND_OVERALL"
SUBGROUP: Final = "SUBGROUP_ONLY"
TOTAL: Final = "OVERALL_ONLY"


def in_total(applies: Sequence[str], study: Sequence[Any]) -> NDArray[np.bool_]:
    """Which rows count in the total.

    Parameters
    ----------
    applies : sequence of length k
        "SUBGROUP_AND_OVERALL", "SUBGROUP_ONLY" or "OVERALL_ONLY" of each row.
    study : sequence of length k
        The trial of each row. A row for the total only takes the place of the trial's other rows.

    Returns
    -------
    array of bool, shape (k,)

    Raises
    ------
    ValueError
        Unequal lengths, or an unknown word in `applies`.

    Examples
    --------
    >>> in_total(["SUBGROUP_ONLY", "SUBGROUP_AND_OVERALL", "OVERALL_ONLY"], ["A", "B", "A"]).tolist()
    [False, True, True]
    """
    scope, trial = _checked(applies, study)
    replaced = np.isin(trial, trial[scope == TOTAL])
    return np.asarray((scope == TOTAL) | ((scope == BOTH) & ~replaced))


def in_subgroup(applies: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows count in their subgroup."""
    scope, _ = _checked(applies, applies)
    return np.asarray(scope != TOTAL)


def shown_weights(
    applies: Sequence[str],
    study: Sequence[Any],
    of_subgroups: ArrayLike,
    of_total: ArrayLike,
    vi: ArrayLike,
) -> Array:
    """Weights that RevMan prints beside the rows where some do not count everywhere.

    Parameters
    ----------
    applies, study : sequence of length k
        As in `in_total`.
    of_subgroups, of_total : array-like, shape (k,)
        Weights, in any one unit, under the tau2 of all rows that stand in subgroups and under that of the
        rows that count in the total. NaN: not estimable.
    vi : array-like, shape (k,)
        Sampling variances.

    Returns
    -------
    array, shape (k,)
        Percent; NaN where the row is not estimable. Rows for the total only: of what counts in the total. The
        others add up to 100 by themselves: rows that count everywhere have `of_subgroups`, and the rows of a
        trial in subgroups only share the total's weight of that trial by their inverse variances (none, where
        one of them is not estimable).
    """
    scope, trial = _checked(applies, study)
    sub, total, v = (np.asarray(each, dtype=np.float64) for each in (of_subgroups, of_total, vi))
    shown = np.where(scope == BOTH, sub, 0.0)
    for each in set(trial[scope == SUBGROUP].tolist()):
        rows = (scope == SUBGROUP) & (trial == each)
        whole = np.nansum(total[(scope == TOTAL) & (trial == each)])
        shown[rows] = whole * (1 / v[rows]) / (1 / v[rows]).sum() if np.isfinite(v[rows]).all() else 0.0
    shown *= 100 / np.nansum(shown)
    own = scope == TOTAL
    shown[own] = 100 * total[own] / np.nansum(total[in_total(applies, study)])
    return np.where(np.isfinite(v), shown, np.nan)


def _checked(applies: Sequence[str], study: Sequence[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    scope, trial = np.asarray(applies, dtype=object), np.asarray(study, dtype=object)
    if scope.shape != trial.shape:
        raise ValueError(f"applies has {scope.size} entries but study has {trial.size}")
    unknown = set(scope.tolist()) - {BOTH, SUBGROUP, TOTAL}
    if unknown:
        raise ValueError(
            f"Unknown applies {sorted(map(str, unknown))[0]!r}: use {BOTH}, {SUBGROUP} or {TOTAL}"
        )
    return scope, trial
