"""Which measure and confidence level the printed effects have, where a table of rows does not say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from evidence.packages.model import Data, Settings
from evidence.packages.reproduce import counts, effects
from evidence.packages.shelf.batches import Floats, Ints
from evidence.packages.shelf.rows import Piece

LEVELS: Final = (0.95, 0.99, 0.90, 0.975, 0.98, 0.999, 0.995, 0.80)
CLOSE: Final = 2e-5
"""Effects agree to this, absolutely below 1 and relatively above."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read the numbers of a row."""

    data: Data
    measure: str
    log_scale: bool
    swap: bool = False

    def settings(self) -> Settings:
        """Settings under which `effects` computes this candidate."""
        return Settings(
            data=self.data, measure=self.measure, name="", log_scale=self.log_scale, swap=self.swap,
            method="PETO" if self.measure == "PETO" else "IV", model="common",
        )  # fmt: skip


CANDIDATES: Final = (
    Candidate("dichotomous", "RR", True),
    Candidate("dichotomous", "OR", True),
    Candidate("dichotomous", "RD", False),
    Candidate("dichotomous", "PETO", True),
    Candidate("continuous", "MD", False),
    Candidate("continuous", "SMD", False),
    Candidate("generic", "GENERIC", True),
    Candidate("generic", "GENERIC", False),
    Candidate("o-e", "GENERIC", True),
    Candidate("dichotomous", "RR", True, swap=True),
    Candidate("dichotomous", "OR", True, swap=True),
    Candidate("dichotomous", "RD", False, swap=True),
    Candidate("dichotomous", "PETO", True, swap=True),
)
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "dichotomous": ("events_a", "n_a", "events_b", "n_b"),
    "continuous": ("mean_a", "sd_a", "n_a", "mean_b", "sd_b", "n_b"),
    "generic": ("giv", "giv_se"),
    "o-e": ("o_minus_e", "variance"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Effects of every row, and which candidate each analysis has.

    Attributes
    ----------
    candidate : array of int, one per analysis
        Place in `CANDIDATES`; -1 where no row of the analysis has a printed effect.
    candidate_of_row : array of int, one per row
    level : array, one per analysis
    printed, reproduced : array of int, one per analysis
        Printed effects (with both limits), and how many of them the candidate gives.
    yi, vi : array, one per row
    cells : array, shape (4, rows)
        2×2 tables of rows with counts, events swapped where the review does; NaN elsewhere.
    """

    candidate: Ints
    candidate_of_row: Ints
    level: Floats
    printed: Ints
    reproduced: Ints
    yi: Floats = field(repr=False)
    vi: Floats = field(repr=False)
    cells: Floats = field(repr=False)


def measured(piece: Piece) -> Measured:
    """Find the measure and level of each analysis by its printed effects, or take them from its settings."""
    rows, analysis = piece.rows, piece.rows["analysis"].to_numpy()
    number = len(piece)
    shown = rows[["printed_estimate", "printed_ci_low", "printed_ci_high"]].to_numpy(dtype=float)
    there = np.isfinite(shown).all(axis=1)
    printed = np.bincount(analysis, there, minlength=number).astype(np.intp)
    all_effects = [_effects(rows, candidate) for candidate in CANDIDATES]
    candidate, level, hits = _best(all_effects, shown, there, analysis, number)
    for place, settings in enumerate(piece.settings):
        if settings is not None:
            candidate[place] = CANDIDATES.index(
                Candidate(settings.data, settings.measure, settings.log_scale, settings.swap)
            )
            level[place] = settings.study_level
    candidate[(printed == 0) & np.array([each is None for each in piece.settings])] = -1
    chosen = candidate[analysis]
    yi, vi = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for place, (own_yi, own_vi) in enumerate(all_effects):
        yi, vi = np.where(chosen == place, own_yi, yi), np.where(chosen == place, own_vi, vi)
    unknown = [place for place, settings in enumerate(piece.settings) if settings is None]
    if len(unknown) < number:
        hits = _hits(all_effects, shown, there, analysis, number, candidate, level)
    return Measured(candidate, chosen, level, printed, hits, yi, vi, _cells(rows, chosen))


def _effects(rows: pd.DataFrame, candidate: Candidate) -> tuple[Floats, Floats]:
    """Effects of all rows under one candidate; NaN in rows without its numbers."""
    needed = list(FIELDS[candidate.data])
    there = rows[needed].notna().all(axis=1).to_numpy() & _possible(rows, candidate.data)
    own = rows.copy(deep=False)
    if candidate.data != "generic":
        own["giv"] = np.nan
    own[needed] = np.where(there[:, None], rows[needed], np.nan)
    got = effects(own, candidate.settings())
    return np.where(there, got["yi"], np.nan), np.where(there, got["vi"], np.nan)


def _possible(rows: pd.DataFrame, data: Data) -> NDArray[np.bool_]:
    """Rows whose numbers can be those of this kind of data: tables of rows hold all kinds side by side."""
    if data == "dichotomous":
        fine = (rows["events_a"] <= rows["n_a"]) & (rows["events_b"] <= rows["n_b"])
        return np.asarray(fine & (rows["events_a"] >= 0) & (rows["events_b"] >= 0))
    if data == "continuous":
        return np.asarray((rows["sd_a"] >= 0) & (rows["sd_b"] >= 0))
    return np.ones(len(rows), dtype=bool)


def _best(
    all_effects: list[tuple[Floats, Floats]],
    shown: Floats,
    there: NDArray[np.bool_],
    analysis: Ints,
    number: int,
) -> tuple[Ints, Floats, Ints]:
    """The candidate and level with the most printed effects; the earlier in the lists where several have."""
    best = np.zeros(number, dtype=np.intp)
    level = np.full(number, LEVELS[0])
    hits = np.full(number, -1, dtype=np.intp)
    wanted = np.bincount(analysis, there, minlength=number)
    for each in LEVELS:
        open_rows = there & (hits < wanted)[analysis]
        if not open_rows.any():
            break
        for place, (yi, vi) in enumerate(all_effects):
            fits = open_rows & _fits(yi, vi, each, CANDIDATES[place].log_scale, shown)
            found = np.bincount(analysis, fits, minlength=number).astype(np.intp)
            better = found > hits
            best[better], level[better], hits[better] = place, each, found[better]
    return best, level, np.maximum(hits, 0)


def _hits(
    all_effects: list[tuple[Floats, Floats]],
    shown: Floats,
    there: NDArray[np.bool_],
    analysis: Ints,
    number: int,
    candidate: Ints,
    level: Floats,
) -> Ints:
    """Printed effects that the candidate of each analysis gives at its level."""
    fits = np.zeros(len(shown), dtype=bool)
    for place, (yi, vi) in enumerate(all_effects):
        for each in np.unique(level):
            mine = there & ((candidate == place) & (level == each))[analysis]
            fits |= mine & _fits(yi, vi, float(each), CANDIDATES[place].log_scale, shown)
    return np.bincount(analysis, fits, minlength=number).astype(np.intp)


def _fits(yi: Floats, vi: Floats, level: float, log_scale: bool, shown: Floats) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore", over="ignore"):
        half = float(norm.ppf((1 + level) / 2)) * np.sqrt(vi)
        numbers: Any = np.column_stack([yi, yi - half, yi + half])
        if log_scale:
            numbers = np.exp(numbers)
        near = np.abs(numbers - shown) <= CLOSE * np.maximum(1, np.abs(shown))
    return np.asarray(near.all(axis=1))


def _cells(rows: pd.DataFrame, chosen: Ints) -> Floats:
    cells = np.full((4, len(rows)), np.nan)
    for swap in (False, True):
        mine = np.isin(
            chosen,
            [i for i, each in enumerate(CANDIDATES) if each.data == "dichotomous" and each.swap == swap],
        )
        if mine.any():
            own = counts(rows, Candidate("dichotomous", "RR", True, swap).settings())
            cells[:, mine] = np.array(list(own.values()))[:, mine]
    return cells
