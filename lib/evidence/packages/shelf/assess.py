"""One table of verdicts: each pooled result of a shelf beside what today's methods make of its studies."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from evidence import meta
from evidence.meta.tau2 import Estimator
from evidence.packages.shelf.batches import Floats, Ints, batches, taken
from evidence.packages.shelf.measures import CANDIDATES, Measured, measured
from evidence.packages.shelf.rows import KEY, Piece
from evidence.packages.shelf.weights import CLOSE, MODELS, Pools, pooled

LEVEL: Final = 0.95
FIELDS: Final = (
    "estimate",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "tau2",
    "i2",
    "adhoc_low",
    "adhoc_high",
)
POSTERIOR: Final = ("median", "ci_low", "ci_high", "pi_low", "pi_high", "tau_mean")

FEWEST_PREDICTED: Final = 3
"""Below three studies nothing says how much studies differ, and an interval for a new one says nothing."""

TAU_SMD: Final = 0.5
MU_SMD: Final = 2.0
"""Scales of the half-normal prior of tau and the normal prior of mu, in standard deviations and on the log
scale of ratios: Röver 2021 (doi:10.1002/jrsm.1475) and unit information."""


def assess(piece: Piece) -> pd.DataFrame:
    """Reproduce every analysis of a piece, analyse it again, and say what changes its conclusion.

    Parameters
    ----------
    piece

    Returns
    -------
    DataFrame
        One row per pooled result, and one per analysis that pools nothing. Identity: `review`, `comparison`,
        `outcome`, `subgroup`. What the review did, as far as its numbers or settings say it: `measure`,
        `log_scale`, `model`, `level`, `effects_printed`, `effects_reproduced`, `weights_error`, `miss`. Its
        result (`published_` estimate, ci_low, ci_high); REML with Hartung and Knapp's interval (`modern_`
        estimate, ci_low, ci_high, pi_low, pi_high, tau2, i2, adhoc_low, adhoc_high); posterior (`posterior_`
        median, ci_low, ci_high, pi_low, pi_high, tau_mean, below, the probability of a negative effect), all
        on the scale of pooling. `k`; whether published, modern, ad hoc, prediction and posterior interval
        exclude no effect; `leave_one_out`, the studies without which the modern interval's answer turns; and
        `changes`, what turns the published conclusion.

    Notes
    -----
    The published interval is normal (RevMan's only one until 2024) unless settings say Hartung–Knapp. The
    posterior needs a scale on which its priors mean something: logarithms of ratios, standardised
    differences, and differences of means by the pooled standard deviation of their own arms.
    """
    own = measured(piece)
    pools = pooled(piece, own)
    table = _identity(piece, own, pools)
    _published(table, piece, own, pools)
    _modern(table, own, pools)
    _posterior(table, piece, own, pools)
    _verdicts(table)
    _leave_one_out(table, own, pools)
    table["changes"] = _changes(table)
    return _unpooled(table, piece, own, pools)


def _analyses(piece: Piece, own: Measured, pools: Pools) -> pd.DataFrame:
    """What is known of each analysis."""
    first = piece.rows.drop_duplicates("analysis").reset_index(drop=True)
    table = first[list(KEY)].copy()
    candidates = [CANDIDATES[place] for place in own.candidate]
    known = own.candidate >= 0
    table["measure"] = np.where(known, [_word(each.measure, each.data) for each in candidates], "")
    table["log_scale"] = known & np.array([each.log_scale for each in candidates], dtype=bool)
    names = np.array([*MODELS, ""], dtype=object)[pools.model]
    table["model"] = np.where(table["measure"] == "PETO", np.where(names == "", "", "Peto"), names)
    table["level"] = own.level
    table["effects_printed"], table["effects_reproduced"] = own.printed, own.reproduced
    table["weights_error"] = pools.error
    table["miss"] = _misses(own, pools)
    return table


def _word(measure: str, data: str) -> str:
    return "O − E" if data == "o-e" else measure


def _misses(own: Measured, pools: Pools) -> list[str]:
    """Why an analysis is not reproduced; "" where it is."""
    lost = own.printed - own.reproduced
    effects = [f"{n} of {of} effects differ" if n else "" for n, of in zip(lost, own.printed, strict=True)]
    weights = np.where(pools.error > CLOSE, "weights differ", "")
    return [", ".join(filter(None, pair)) for pair in zip(effects, weights, strict=True)]


def _identity(piece: Piece, own: Measured, pools: Pools) -> pd.DataFrame:
    table = _analyses(piece, own, pools).iloc[pools.analysis].reset_index(drop=True)
    table.insert(3, "subgroup", list(pools.subgroup))
    table["k"] = np.bincount(pools.pool[pools.pool >= 0], minlength=len(table))
    return table


def _unpooled(table: pd.DataFrame, piece: Piece, own: Measured, pools: Pools) -> pd.DataFrame:
    """Add the analyses that pool nothing."""
    everything = _analyses(piece, own, pools)
    rest = everything[~everything.index.isin(pools.analysis)].copy()
    rest["subgroup"], rest["changes"], rest["k"] = "", "", 0
    order = np.concatenate([pools.analysis, rest.index.to_numpy()])
    both = pd.concat([table, rest], ignore_index=True) if len(rest) else table
    both = both.reindex(columns=table.columns)
    for name in ("k", "leave_one_out", "effects_printed", "effects_reproduced"):
        both[name] = both[name].fillna(0).astype(np.int64)
    for name in VERDICTS:
        both[name] = both[name].astype("boolean")
    return both.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _published(table: pd.DataFrame, piece: Piece, own: Measured, pools: Pools) -> None:
    settings = [piece.settings[place] for place in pools.analysis]
    level = np.array([own.level[place] for place in pools.analysis])
    level = np.array([each.level if each else ours for each, ours in zip(settings, level, strict=True)])
    half = norm.ppf((1 + level) / 2) * pools.se
    table["published_estimate"] = pools.estimate
    table["published_ci_low"], table["published_ci_high"] = pools.estimate - half, pools.estimate + half
    scaled = np.array(
        [each is not None and each.ci == "HKSJ" and each.model == "random" for each in settings], dtype=bool
    )
    for each in np.unique(level[scaled]):
        mine = np.flatnonzero(scaled & (level == each))
        chosen = np.where(np.isin(pools.pool, mine), pools.pool, -1)
        estimators: tuple[Estimator, ...] = ("REML", "DL")
        for tau2 in estimators:
            named = np.array([s is not None and s.tau2 == tau2 for s in settings])
            for place, got in _pooled_many(own, chosen, len(table), tau2=tau2, level=float(each)):
                place_named = named[place]
                table.loc[place[place_named], "published_ci_low"] = got["ci_low"][place_named]
                table.loc[place[place_named], "published_ci_high"] = got["ci_high"][place_named]


def _pooled_many(
    own: Measured, pool: Ints, number: int, *, tau2: Estimator = "REML", level: float = LEVEL
) -> list[tuple[Ints, dict[str, NDArray[np.float64]]]]:
    return [
        (pools, meta.pool_many(taken(own.yi, places), taken(own.vi, places), tau2=tau2, level=level))
        for pools, places in batches(pool, number)
    ]


def _modern(table: pd.DataFrame, own: Measured, pools: Pools) -> None:
    columns = {name: np.full(len(table), np.nan) for name in FIELDS}
    for place, got in _pooled_many(own, pools.pool, len(table)):
        for name, column in columns.items():
            column[place] = got[name]
    for name in ("pi_low", "pi_high"):
        columns[name][table["k"] < FEWEST_PREDICTED] = np.nan
    for name, column in columns.items():
        table[f"modern_{name}"] = column


def _posterior(table: pd.DataFrame, piece: Piece, own: Measured, pools: Pools) -> None:
    unit = _units(table, piece, pools)
    columns = {name: np.full(len(table), np.nan) for name in (*POSTERIOR, "below")}
    row_unit = np.append(unit, np.nan)[pools.pool]
    usable = np.where(np.isfinite(row_unit), pools.pool, -1)
    for place, rows in batches(usable, len(table)):
        got = meta.bayes_many(
            taken(own.yi / row_unit, rows),
            taken(own.vi / row_unit**2, rows),
            tau_prior=meta.HalfNormal(TAU_SMD),
            mu_prior=meta.Normal(0.0, MU_SMD),
            level=LEVEL,
            below=[0.0],
        )
        for name in POSTERIOR:
            columns[name][place] = got[name] * unit[place]
        columns["below"][place] = got["probability"][:, 0]
    for name, column in columns.items():
        table[f"posterior_{name}"] = column


def _units(table: pd.DataFrame, piece: Piece, pools: Pools) -> Floats:
    """Length of one standard deviation on the scale of pooling; NaN where nothing says it."""
    unit = np.where(table["log_scale"] | (table["measure"] == "SMD"), 1.0, np.nan)
    means = (table["measure"] == "MD").to_numpy()
    rows = piece.rows
    inside = (
        np.isin(pools.pool, np.flatnonzero(means)) & np.isfinite(rows["sd_a"]) & np.isfinite(rows["sd_b"])
    )
    if not inside.any():
        return unit
    part = rows[inside]
    squares = (part["n_a"] - 1) * part["sd_a"] ** 2 + (part["n_b"] - 1) * part["sd_b"] ** 2
    people = (part["n_a"] + part["n_b"] - 2).clip(lower=1)
    of = pools.pool[inside]
    top = np.bincount(of, squares, minlength=len(table))
    bottom = np.bincount(of, people, minlength=len(table))
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(top / bottom)
    return np.where(means & (spread > 0), spread, unit)


VERDICTS: Final = {
    "published_excludes": ("published_ci_low", "published_ci_high"),
    "modern_excludes": ("modern_ci_low", "modern_ci_high"),
    "adhoc_excludes": ("modern_adhoc_low", "modern_adhoc_high"),
    "prediction_excludes": ("modern_pi_low", "modern_pi_high"),
    "posterior_excludes": ("posterior_ci_low", "posterior_ci_high"),
}


def _verdicts(table: pd.DataFrame) -> None:
    for name, (low, high) in VERDICTS.items():
        known = table[[low, high]].notna().all(axis=1)
        table[name] = ((table[low] > 0) | (table[high] < 0)).astype("boolean").mask(~known)


def _leave_one_out(table: pd.DataFrame, own: Measured, pools: Pools) -> None:
    """Studies without which the modern interval's answer turns."""
    turned = np.zeros(len(table), dtype=np.int64)
    for place, rows in batches(pools.pool, len(table)):
        width = rows.shape[1]
        if width < 2:
            continue
        batch, left_out = np.nonzero(rows >= 0)
        several = (rows >= 0).sum(axis=1)[batch] > 1
        batch, left_out = batch[several], left_out[several]
        kept = rows[batch].copy()
        kept[np.arange(len(kept)), left_out] = -1
        got = meta.pool_many(taken(own.yi, kept), taken(own.vi, kept))
        excludes = (got["ci_low"] > 0) | (got["ci_high"] < 0)
        whole = table["modern_excludes"].to_numpy(dtype=bool, na_value=False)[place]
        turned[place] = np.bincount(batch, excludes != whole[batch], minlength=len(place))
    table["leave_one_out"] = turned


def _changes(table: pd.DataFrame) -> list[str]:
    """What turns the published conclusion, in words; "" where nothing does."""
    said = []
    columns = ["published_excludes", "modern_excludes", "prediction_excludes", "posterior_excludes"]
    for published, modern, prediction, posterior in table[columns].itertuples(index=False):
        words = []
        if published is not pd.NA:
            if modern is not pd.NA and modern != published:
                words.append("interval")
            if posterior is not pd.NA and posterior != published:
                words.append("posterior")
            if published and prediction is not pd.NA and not prediction:
                words.append("prediction")
        said.append(", ".join(words))
    return said
