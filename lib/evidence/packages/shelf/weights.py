"""What the reviews pooled and by which model, found by the printed weights where no settings say it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evidence import meta
from evidence.meta import applicability
from evidence.packages.model import Analysis, Estimate, Method, Settings
from evidence.packages.reproduce import reproduce
from evidence.packages.shelf.batches import Floats, Ints, batches, taken
from evidence.packages.shelf.measures import CANDIDATES, Measured
from evidence.packages.shelf.rows import Piece

Bools = NDArray[np.bool_]

MODELS: Final = ("IV common", "MH common", "IV DL", "MH DL", "IV REML")
"""Peto's weights are those of IV common with Peto's effects."""
CLOSE: Final = 0.002
"""Percent points by which weights may differ."""
EXACT: Final = 5e-6
"""Percent points that printed decimals leave open; a model this near comes before one that is not."""
WHOLE: Final = 0.01
"""Percent points by which a sum of printed weights may miss 100."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Pooled results of the reviews: totals, or subgroups where a review shows no total.

    Attributes
    ----------
    pool : array of int, one per row
        Number of the pool in which the row counts and is estimable, -1 if in none.
    analysis : array of int, one per pool
    subgroup : tuple of str, one per pool
        "" for a total; a number where subgroups have no names.
    model : array of int, one per analysis
        Place in `MODELS`; -1 where nothing is pooled.
    error : array, one per analysis
        Largest difference between a printed and a computed weight, percent points; NaN where none is printed.
    estimate, se, tau2 : array, one per pool
        Pooled by that model, on the scale of pooling.
    """

    pool: Ints
    analysis: Ints
    subgroup: tuple[str, ...]
    model: Ints
    error: Floats
    estimate: Floats = field(repr=False)
    se: Floats = field(repr=False)
    tau2: Floats = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fit:
    """One model in every pool: weight of each row in any unit, and each pool's result."""

    weights: Floats
    estimate: Floats
    se: Floats
    tau2: Floats


def pooled(piece: Piece, own: Measured) -> Pools:
    """Find what was pooled and how.

    Notes
    -----
    An analysis whose printed weights add up to 100 shows a total, one in which those of each subgroup do
    shows subtotals, and one without weights neither. Where subgroups have lost their names (rows of RevMan
    Web 1 hold no numbers of subgroups), a subgroup ends where the weights so far reach another 100.
    """
    printed = piece.rows["printed_weight"].fillna(0).to_numpy(dtype=float)
    estimable = np.isfinite(own.yi) & (own.vi > 0)
    counted, labels, of = _blocks(piece, printed)
    pool = np.where(estimable, counted, -1)
    fits = _fits(pool, len(of), own)
    error = _errors(piece, own, pool, printed, of, fits)
    model = _models(piece, own, error)
    _special(piece, own, model, error)
    chosen = np.maximum(model, 0)[of]
    gathered = {
        name: np.stack([getattr(fit, name) for fit in fits])[chosen, np.arange(len(of))]
        for name in ("estimate", "se", "tau2")
    }
    shown = np.bincount(piece.rows["analysis"], printed > 0, minlength=len(piece)) > 0
    best = error[np.arange(len(piece)), np.maximum(model, 0)]
    return Pools(
        pool=pool,
        analysis=of,
        subgroup=tuple(labels),
        model=model,
        error=np.where(shown & np.isfinite(best), best, np.where(shown, np.inf, np.nan)),
        **gathered,
    )


def _blocks(piece: Piece, printed: Floats) -> tuple[Ints, list[str], Ints]:
    """Pool of each row, and label and analysis of each pool."""
    pool = np.full(len(piece.rows), -1, dtype=np.intp)
    labels: list[str] = []
    of: list[int] = []
    analysis = piece.rows["analysis"].to_numpy()
    starts = np.flatnonzero(np.diff(analysis, prepend=-1))
    subgroup, applies, study = (
        piece.rows[name].to_numpy() for name in ("subgroup", "applicability", "study")
    )
    ends = np.append(starts[1:], len(analysis))
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        inside = slice(start, end)
        counted = applicability.in_total(applies[inside].tolist(), study[inside].tolist())
        for label, rows in _parts(piece.settings[number], printed[inside], subgroup[inside], counted):
            pool[start + rows] = len(of)
            labels.append(label)
            of.append(number)
    return pool, labels, np.array(of, dtype=np.intp)


def _parts(
    settings: Settings | None, printed: Floats, subgroup: NDArray[np.object_], counted: Bools
) -> list[tuple[str, Ints]]:
    """Label and rows of each pool of one analysis."""
    special = not counted.all()
    total = float(printed.sum())
    if settings is None:
        shows_total = abs(total - 100) < WHOLE or (special and total > 0)
        shows_parts = total > 0
    else:
        shows_total, shows_parts = settings.totals, settings.subtotals
    if shows_total:
        return [("", np.flatnonzero(counted))]
    if not shows_parts:
        return []
    names = [name for name in dict.fromkeys(subgroup) if name]
    if names:
        return [(str(name), np.flatnonzero(subgroup == name)) for name in names]
    if settings is not None:
        return []
    cut = np.flatnonzero(np.diff(np.floor((np.cumsum(printed) + WHOLE) / 100), prepend=0) > 0) + 1
    if not cut.size or abs(total - 100 * len(cut)) > WHOLE * len(cut):
        return []
    bounds = [0, *cut[:-1].tolist(), len(printed)]
    return [
        (str(number), np.arange(first, last))
        for number, (first, last) in enumerate(pairwise(bounds), start=1)
    ]


def _fits(pool: Ints, number: int, own: Measured) -> list[Fit]:
    """Every model of `MODELS` in every pool."""
    inside = pool >= 0
    of = pool[inside]

    def total(values: Floats) -> Floats:
        return np.bincount(of, values, minlength=number).astype(np.float64)

    y, v = own.yi[inside], own.vi[inside]
    w = 1 / v
    k = total(np.ones_like(y))
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = total(w) - total(w**2) / total(w)
        common = total(w * y) / total(w)
        mh = _mantel_haenszel(own, pool, inside, number)
        tau2 = {
            "IV common": np.zeros(number),
            "IV DL": _moments(total(w * (y - common[of]) ** 2), k, scale),
            "MH DL": _moments(total(w * (y - mh.estimate[of]) ** 2), k, scale),
            "IV REML": _reml(pool, number, own),
        }
        fits = []
        for name in MODELS:
            if name == "MH common":
                fits.append(mh)
                continue
            t = tau2[name]
            weights = np.full(len(pool), np.nan)
            weights[inside] = each = 1 / (v + t[of])
            fits.append(Fit(weights, total(each * y) / total(each), 1 / np.sqrt(total(each)), t))
    return fits


def _moments(q: Floats, k: Floats, scale: Floats) -> Floats:
    """Tau² by DerSimonian and Laird 1986 from Q about any mean; NaN where that mean is."""
    return np.where(k > 1, np.maximum(0, (q - (k - 1)) / scale), np.where(np.isnan(q), np.nan, 0.0))


def _mantel_haenszel(own: Measured, pool: Ints, inside: Bools, number: int) -> Fit:
    """Mantel–Haenszel by RevMan's rules; NaN in pools of other measures."""
    weights = np.full(len(pool), np.nan)
    estimate, se = np.full(number, np.nan), np.full(number, np.nan)
    measure = np.array([CANDIDATES[place].measure for place in range(len(CANDIDATES))])[own.candidate_of_row]
    for name in ("RR", "OR", "RD"):
        mine = inside & (measure == name) & np.isfinite(own.cells).all(axis=0)
        if not mine.any():
            continue
        of, back = np.unique(pool[mine], return_inverse=True)
        a, b, c, d = own.cells[:, mine]
        got = meta.mantel_haenszel_many(name, a, b, c, d, back)
        weights[mine] = got["weights"]
        estimate[of], se[of] = got["estimate"], got["se"]
    return Fit(weights, estimate, se, np.zeros(number))


def _reml(pool: Ints, number: int, own: Measured) -> Floats:
    tau2 = np.zeros(number)
    for pools, places in batches(pool, number):
        got = meta.pool_many(taken(own.yi, places), taken(own.vi, places), tau2="REML", ci="wald")
        tau2[pools] = got["tau2"]
    return tau2


def _errors(piece: Piece, own: Measured, pool: Ints, printed: Floats, of: Ints, fits: list[Fit]) -> Floats:
    """Largest difference of a weight, one per analysis and model; infinite where a model does not apply."""
    error = np.full((len(piece), len(MODELS)), np.inf)
    inside = pool >= 0
    analysis = piece.rows["analysis"].to_numpy()[inside]
    for place, fit in enumerate(fits):
        weights = fit.weights[inside]
        sums = np.bincount(pool[inside], weights, minlength=len(of))
        with np.errstate(invalid="ignore", divide="ignore"):
            far = np.abs(100 * weights / sums[pool[inside]] - printed[inside])
        worst = np.full(len(piece), -np.inf)
        np.maximum.at(worst, analysis, np.where(np.isnan(far), np.inf, far))
        error[:, place] = np.where(np.isneginf(worst), np.inf, worst)
    measure = np.array([CANDIDATES[each].measure for each in own.candidate])
    no_tables = ~np.isin(measure, ("RR", "OR", "RD"))
    for place, name in enumerate(MODELS):
        wrong = no_tables if name.startswith("MH") else (measure == "PETO") & (name != "IV common")
        error[wrong, place] = np.inf
    return error


def _models(piece: Piece, own: Measured, error: Floats) -> Ints:
    """The first model that gives the weights, or the nearest; settings decide where they are known."""
    model = nearest(error)
    model = np.where(np.isfinite(error).any(axis=1) & (own.candidate >= 0), model, -1)
    for place, settings in enumerate(piece.settings):
        if settings is not None:
            model[place] = MODELS.index(model_name(settings))
    return model.astype(np.intp)


def nearest(error: Floats) -> Ints:
    """First model of each row whose weights are exact; else the first that is close; else the nearest."""
    exact, close = error <= EXACT, error <= CLOSE
    near = np.where(close.any(axis=1), close.argmax(axis=1), error.argmin(axis=1))
    chosen: Ints = np.where(exact.any(axis=1), exact.argmax(axis=1), near).astype(np.intp)
    return chosen


def model_name(settings: Settings) -> str:
    """The entry of `MODELS` that settings name."""
    if settings.method == "MH" and settings.data == "dichotomous":
        return "MH common" if settings.model == "common" else "MH DL"
    if settings.model == "common":
        return "IV common"
    return f"IV {settings.tau2}"


def _special(piece: Piece, own: Measured, model: Ints, error: Floats) -> None:
    """Analyses with rows for subgroups or the total only: RevMan's weights for those, model by model."""
    rows = piece.rows
    special = rows["applicability"].ne(applicability.BOTH)
    for number in np.unique(rows.loc[special, "analysis"]):
        candidate = CANDIDATES[own.candidate[number]]
        mine = rows[rows["analysis"] == number].reset_index(drop=True)
        printed = mine["printed_weight"].to_numpy(dtype=float)
        for place, name in enumerate(MODELS):
            method, estimator = name.split(" ")
            if method == "MH" and candidate.measure not in ("RR", "OR", "RD"):
                continue
            settings = replace(
                candidate.settings(),
                method=_method(method, candidate.measure),
                model="common" if estimator == "common" else "random",
                tau2="REML" if estimator == "REML" else "DL",
            )
            weights = reproduce(Analysis(0, 0, "", settings, mine, Estimate())).rows["weight"]
            error[number, place] = float(np.nanmax(np.abs(weights - printed), initial=0))
        if piece.settings[number] is None:
            model[number] = nearest(error[[number]])[0]


def _method(name: str, measure: str) -> Method:
    if measure == "PETO":
        return "PETO"
    return "MH" if name == "MH" else "IV"
