"""The Cochrane review row by row: its analyses, with the effects that its software computes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evidence.dataset import Dataset
from evidence.meta import effect_arrays


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One study in one analysis; a row of review_rows.csv."""

    review_id: str
    analysis: str
    subgroup_by: str | None
    subgroup: str | None
    study_label: str
    population: str | None
    study: str | None
    drug: str
    route: str | None
    comparator_type: str | None
    comparator: str | None
    outcome: str
    window: str | None
    scale: str | None
    measure: str
    mean_a: float | None
    sd_a: float | None
    events_a: int | None
    n_a: int
    mean_b: float | None
    sd_b: float | None
    events_b: int | None
    n_b: int
    rob2_randomisation: str
    origin: str | None
    note: str | None

    @property
    def label(self) -> str:
        """The study as the review labels it, with the part of it that the row covers."""
        return f"{self.study_label} ({self.population})" if self.population else self.study_label

    @property
    def people(self) -> int:
        """People in both arms."""
        return self.n_a + self.n_b


@dataclass(frozen=True)
class ReviewAnalysis:
    """One analysis of the review: its rows, and their effects where one can be estimated.

    Attributes
    ----------
    number : str
        The review's own number of the analysis.
    rows : tuple of ReviewRow
        All rows, in the review's order.
    yi, vi : array, shape (rows,)
        Effects and variances by RevMan's rules, risk ratios as logarithms; NaN where none can be estimated.
    """

    number: str
    rows: tuple[ReviewRow, ...]
    yi: NDArray[np.float64]
    vi: NDArray[np.float64]

    @property
    def asked(self) -> ReviewRow:
        """A row that tells what the analysis asks: all rows of an analysis share it."""
        return self.rows[0]

    @property
    def ratio(self) -> bool:
        """Whether effects are risk ratios."""
        return self.asked.measure == "RR"

    @cached_property
    def estimable(self) -> tuple[int, ...]:
        """Positions of the rows with an effect."""
        return tuple(int(i) for i in np.flatnonzero(np.isfinite(self.yi) & (self.vi > 0)))

    @property
    def k(self) -> int:
        """Studies with an effect."""
        return len(self.estimable)

    @property
    def people(self) -> int:
        """People behind the effects."""
        return sum(self.rows[i].people for i in self.estimable)

    @property
    def effects(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Effects and variances of the rows that have one, shape (k,)."""
        kept = list(self.estimable)
        return self.yi[kept], self.vi[kept]

    @property
    def labels(self) -> tuple[str, ...]:
        """Studies with an effect."""
        return tuple(self.rows[i].label for i in self.estimable)

    def without(self, labels: set[str]) -> ReviewAnalysis:
        """Return the analysis without some studies."""
        kept = [i for i, row in enumerate(self.rows) if row.label not in labels]
        rows = tuple(self.rows[i] for i in kept)
        return replace(self, rows=rows, yi=self.yi[kept], vi=self.vi[kept])


def review_analyses(ds: Dataset) -> tuple[ReviewAnalysis, ...]:
    """Return the main analyses of the review in its order, without those by subgroup."""
    found = ds.records(ReviewRow, "review_rows")
    yi, vi = _effects(ds.rows("review_rows"))
    chosen = [i for i, row in enumerate(found) if row.subgroup_by is None]
    analyses = []
    for number, group in groupby(chosen, key=lambda i: found[i].analysis):
        kept = list(group)
        analyses.append(ReviewAnalysis(number, tuple(found[i] for i in kept), yi[kept], vi[kept]))
    return tuple(analyses)


def _effects(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Effects and variances of all rows by RevMan's rules; a variance of 0 is no estimate."""
    yi, vi = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    for measure, rows in frame.groupby("measure"):
        found = effect_arrays(measure, **_data(rows), convention="revman")  # type: ignore[arg-type]
        yi[rows.index], vi[rows.index] = found
    nothing = ~(vi > 0)
    yi[nothing], vi[nothing] = np.nan, np.nan
    return yi, vi


def _data(rows: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    def column(name: str) -> NDArray[np.float64]:
        return rows[name].to_numpy(dtype=float, na_value=np.nan)

    if rows["measure"].iloc[0] != "RR":
        return {
            f"{ours}{place}i": column(f"{theirs}_{arm}")
            for place, arm in ((1, "a"), (2, "b"))
            for ours, theirs in (("m", "mean"), ("sd", "sd"), ("n", "n"))
        }
    events_a, events_b = column("events_a"), column("events_b")
    return {"ai": events_a, "bi": column("n_a") - events_a, "ci": events_b, "di": column("n_b") - events_b}
