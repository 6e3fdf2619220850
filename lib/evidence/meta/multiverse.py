"""One question answered under every defensible set of choices, and how far the answers agree.

The idea is the multiverse analysis of Steegen et al. (2016, doi:10.1177/1745691616658637), drawn as a
specification curve (Simonsohn et al. 2020, doi:10.1038/s41562-020-0912-z).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from evidence.meta.arrays import Array
from evidence.meta.batch import pool_many
from evidence.meta.bound import Bound
from evidence.meta.censored import pool_censored
from evidence.meta.options import Interval
from evidence.meta.tau2 import Estimator

COLUMNS: Final = ("k", "k_bounded", "estimable", "estimate", "ci_low", "ci_high", "tau2", "excludes_null")
MID_COLUMNS: Final = ("excludes_mid", "beyond_mid")


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """One defensible analysis: the trials that some set of choices leaves, and how they are pooled.

    With bounds it is pooled by `pool_censored`, whose profile likelihood interval takes the place of `ci`;
    `tau2` has to be REML or ML then.
    """

    yi: Array
    vi: Array
    choices: Mapping[str, object] = field(default_factory=dict)
    """Names and values of the choices, for the table."""
    bounds: tuple[Bound, ...] = ()
    tau2: Estimator = "REML"
    ci: Interval = "HKSJ"


@dataclass(frozen=True, slots=True)
class MultiverseSummary:
    """In how many analyses the interval leaves out what; of `n`, those not estimable left out."""

    n: int
    not_estimable: int
    excludes_null: int
    lowest: float
    median: float
    highest: float
    excludes_mid: int | None
    """The MID lies outside the interval, on either side; None without a MID."""
    beyond_mid: int | None
    """The whole interval lies beyond the MID, away from no effect."""


def run(
    specifications: Sequence[Specification], *, mid: float | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Pool every specification, those with the same options in one vectorised call.

    Parameters
    ----------
    specifications : sequence of Specification
        All on the same scale.
    mid : float, optional
        The smallest effect that matters, with its sign (−10 where less is better).
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row per specification, in order: its choices, then `COLUMNS` and, with a `mid`, `MID_COLUMNS`. A
        row that is not estimable has missing numbers and excludes nothing.

    Raises
    ------
    ValueError
        No specifications, a choice named like a result, a `mid` of 0, bounds with an estimator other than
        REML and ML.
    """
    if not specifications:
        raise ValueError("No specifications to pool")
    if mid == 0.0:
        raise ValueError("mid must not be 0: that is no effect")
    choices = pd.DataFrame([dict(one.choices) for one in specifications])
    clash = sorted(set(choices.columns) & {*COLUMNS, *MID_COLUMNS})
    if clash:
        raise ValueError(f"Choices may not be named {', '.join(clash)}; results have these names")

    numbers = np.full((len(specifications), 4), np.nan)
    groups: defaultdict[tuple[Estimator, Interval], list[int]] = defaultdict(list)
    for i, one in enumerate(specifications):
        if one.bounds:
            numbers[i] = _censored(one, level)
        else:
            groups[one.tau2, one.ci].append(i)
    for (tau2, ci), members in groups.items():
        yi, vi = (_padded([getattr(specifications[i], name) for i in members]) for name in ("yi", "vi"))
        pooled = pool_many(yi, vi, tau2=tau2, ci=ci, level=level)
        numbers[members] = np.column_stack([pooled[x] for x in ("estimate", "ci_low", "ci_high", "tau2")])

    estimate, low, high, tau2s = numbers.T
    columns = {
        "k": [len(one.yi) + len(one.bounds) for one in specifications],
        "k_bounded": [len(one.bounds) for one in specifications],
        "estimable": np.isfinite(estimate),
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "tau2": tau2s,
        "excludes_null": (low > 0.0) | (high < 0.0),
    }
    if mid is not None:
        beyond = low > mid if mid > 0.0 else high < mid
        columns |= {"excludes_mid": (low > mid) | (high < mid), "beyond_mid": beyond}
    return pd.concat([choices, pd.DataFrame(columns, index=choices.index)], axis=1)


def distinct(
    analyses: pd.DataFrame, studies: Sequence[Hashable], *, tolerance: float = 1e-9
) -> pd.Series[bool]:
    """Mark the first of the analyses that give one result: the same studies, estimate and interval.

    Choices that happen not to matter (estimators of tau² that all give 0, kinds of interval for one study)
    give one result under many names; counting each would let them speak several times.

    Parameters
    ----------
    analyses : DataFrame
        From `run`.
    studies : sequence of hashable
        The set of studies in each analysis, such as a frozenset of their names.
    tolerance : float
        Estimates and limits that differ by less are the same.

    Returns
    -------
    Series of bool
        True for the first of each result, in the order of the rows. An analysis that is not estimable has no
        result and is False.

    Raises
    ------
    ValueError
        `studies` is not as long as `analyses`.
    """
    if len(studies) != len(analyses):
        raise ValueError(f"{len(studies)} sets of studies for {len(analyses)} analyses")
    kept: defaultdict[Hashable, list[Array]] = defaultdict(list)
    first = []
    for who, estimable, numbers in zip(
        studies,
        analyses["estimable"].to_list(),
        analyses[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float),
        strict=True,
    ):
        new = estimable and not any(np.abs(numbers - known).max() < tolerance for known in kept[who])
        if new:
            kept[who].append(numbers)
        first.append(bool(new))
    return pd.Series(first, index=analyses.index, dtype=bool)


def summarise(analyses: pd.DataFrame) -> MultiverseSummary:
    """Count over the rows of `run`.

    Raises
    ------
    ValueError
        If no row is estimable.
    """
    estimable = analyses[analyses["estimable"]]
    if estimable.empty:
        raise ValueError("None of the analyses is estimable")
    counts = {name: int(estimable[name].sum()) for name in MID_COLUMNS if name in analyses}
    return MultiverseSummary(
        n=len(estimable),
        not_estimable=len(analyses) - len(estimable),
        excludes_null=int(estimable["excludes_null"].sum()),
        lowest=float(estimable["estimate"].min()),
        median=float(estimable["estimate"].median()),
        highest=float(estimable["estimate"].max()),
        excludes_mid=counts.get("excludes_mid"),
        beyond_mid=counts.get("beyond_mid"),
    )


def _censored(one: Specification, level: float) -> tuple[float, float, float, float]:
    if one.tau2 not in ("REML", "ML"):
        raise ValueError(f"tau2={one.tau2!r} does not go with bounds: use REML or ML")
    result = pool_censored(one.yi, one.vi, one.bounds, tau2=one.tau2, level=level)
    found = (result.estimate, result.ci_low, result.ci_high, result.tau2)
    estimate, low, high, tau2 = (np.nan if number is None else number for number in found)
    return estimate, low, high, tau2


def _padded(rows: Sequence[Array]) -> Array:
    """Rows of different lengths as one array with NaN at their ends, and at least one column."""
    padded = np.full((len(rows), max(1, *map(len, rows))), np.nan)
    for target, row in zip(padded, rows, strict=True):
        target[: len(row)] = row
    return padded
