"""An analysis computed as its review set it up, by RevMan's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm

from evidence import meta
from evidence.meta import applicability
from evidence.packages.model import Analysis, Settings

Result: TypeAlias = meta.Pooled | meta.BinaryPooled


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What an analysis gives; pooled results on the scale of pooling (log for ratios), rows as shown.

    Attributes
    ----------
    rows : DataFrame
        One row per row of the analysis: `subgroup`, `study`, `yi`, `vi` (scale of pooling), `estimate`,
        `ci_low`, `ci_high` (as shown), `weight` (percent), `in_total`. NaN where not estimable.
    total : Pooled or BinaryPooled or None
        None where totals are off or nothing is estimable.
    subgroups : dict
        Result of each subgroup that has one, in the package's order.
    test : Subgroups or None
        Test between them, where the review shows it and at least two have a result.
    notes : tuple of str
        Where the computation departs from the settings, and why.
    """

    rows: pd.DataFrame = field(repr=False)
    total: Result | None
    subgroups: dict[str, Result]
    test: meta.Subgroups | None
    notes: tuple[str, ...]


def effects(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Effects and variances of rows by RevMan's rules, `yi` and `vi` on the scale of pooling.

    Parameters
    ----------
    rows : DataFrame
        Columns as in `Analysis.rows`.
    settings

    Returns
    -------
    DataFrame
        Columns `yi`, `vi`; NaN in both where RevMan calls a study not estimable.
    """
    if settings.data == "dichotomous":
        own = meta.effect_sizes(settings.measure, convention="revman", **counts(rows, settings))  # type: ignore[arg-type]
    elif settings.data == "continuous":
        names = {"m1i": "mean_a", "sd1i": "sd_a", "n1i": "n_a", "m2i": "mean_b", "sd2i": "sd_b", "n2i": "n_b"}
        data = {name: _positive(rows, column) for name, column in names.items()}
        own = meta.effect_sizes(settings.measure, convention="revman", **data)  # type: ignore[arg-type]
    elif settings.data == "o-e":
        v = rows["variance"].where(rows["variance"] > 0).to_numpy(dtype=float)
        own = pd.DataFrame({"yi": rows["o_minus_e"].to_numpy(dtype=float) / v, "vi": 1 / v})
    else:
        own = pd.DataFrame({"yi": np.nan, "vi": np.nan}, index=range(len(rows)))
    generic = (rows["giv"].notna() & (rows["giv_se"] > 0)).to_numpy()
    own.loc[generic, "yi"] = rows["giv"].to_numpy(dtype=float)[generic]
    own.loc[generic, "vi"] = rows["giv_se"].to_numpy(dtype=float)[generic] ** 2
    known = own.notna().all(axis=1) & (own["vi"] > 0)
    return own.where(known).reset_index(drop=True)


def _positive(rows: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    values = rows[column].to_numpy(dtype=float)
    return np.where(values > 0, values, np.nan) if column.startswith("n_") else values


def counts(rows: pd.DataFrame, settings: Settings) -> dict[str, np.ndarray[Any, Any]]:
    """Cells of 2×2 tables, events and non-events in their places; NaN in a group without people."""
    cells = {}
    for arm, (events, others) in {"a": ("ai", "bi"), "b": ("ci", "di")}.items():
        n = _positive(rows, f"n_{arm}")
        happened = np.where(np.isnan(n), np.nan, rows[f"events_{arm}"].to_numpy(dtype=float))
        if settings.swap:
            happened = n - happened
        cells[events], cells[others] = happened, n - happened
    return cells


def pooled(rows: pd.DataFrame, own: pd.DataFrame, settings: Settings) -> Result | None:
    """Pool the estimable rows as the settings say; None where there are none."""
    known = own["yi"].notna().to_numpy()
    if not known.any():
        return None
    if settings.method == "MH" and settings.data == "dichotomous":
        return meta.mantel_haenszel(
            settings.measure,  # type: ignore[arg-type]
            *(values[known] for values in counts(rows, settings).values()),
            model=settings.model,
            interval=settings.ci,
            level=settings.level,
            convention="revman",
        )
    if settings.method == "PETO" and settings.data == "dichotomous":
        return meta.peto(*(values[known] for values in counts(rows, settings).values()), level=settings.level)
    return meta.pool(
        own["yi"].to_numpy()[known],
        own["vi"].to_numpy()[known],
        model=settings.model,
        tau2=settings.tau2,
        ci=settings.ci if settings.model == "random" else "wald",
        level=settings.level,
        convention="revman",
    )


def reproduce(analysis: Analysis) -> Reproduced:
    """Compute an analysis as its review set it up.

    Parameters
    ----------
    analysis

    Returns
    -------
    Reproduced

    Notes
    -----
    RevMan's rules: `evidence.meta` with ``convention="revman"``, and `evidence.meta.applicability` for rows
    that count in subgroups or the total only. Weights belong to the total where it is shown, else to each
    subgroup; where neither is shown they are 0.
    """
    settings, rows = analysis.settings, analysis.rows
    own = effects(rows, settings)
    applies, study = rows["applicability"].tolist(), rows["study"].tolist()
    in_total = applicability.in_total(applies, study)
    in_subgroup = applicability.in_subgroup(applies) & (rows["subgroup"] != "").to_numpy()
    labels = [label for label in dict.fromkeys(rows["subgroup"]) if label]
    groups: dict[str, Result] = {}
    for label in labels:
        inside = in_subgroup & (rows["subgroup"] == label).to_numpy()
        result = pooled(rows[inside], own[inside], settings)
        if result is not None:
            groups[label] = result
    total = pooled(rows[in_total], own[in_total], settings)
    half = norm.ppf((1 + settings.study_level) / 2) * np.sqrt(own["vi"])
    limits = {"estimate": own["yi"], "ci_low": own["yi"] - half, "ci_high": own["yi"] + half}
    table = pd.DataFrame({"subgroup": rows["subgroup"], "study": rows["study"], "in_total": in_total}).join(
        own
    )
    for name, values in limits.items():
        table[name] = np.exp(values) if settings.log_scale else values
    table["weight"] = _weights(analysis, own, in_total, total, groups)
    test, notes = _test(settings, groups)
    if settings.method == "MH" and settings.model == "random" and settings.tau2 == "REML":
        notes.append("Mantel–Haenszel weights go with DerSimonian and Laird's tau², whatever is set.")
    return Reproduced(
        rows=table,
        total=total if settings.totals else None,
        subgroups=groups if settings.subtotals else {},
        test=test,
        notes=tuple(notes),
    )


def _test(settings: Settings, groups: dict[str, Result]) -> tuple[meta.Subgroups | None, list[str]]:
    if not (settings.subgroup_test and settings.subtotals and len(groups) > 1):
        return None, []
    try:
        return meta.subgroups_of(groups), []
    except ValueError as error:
        return None, [f"No test between subgroups: {error}."]


def _weights(
    analysis: Analysis,
    own: pd.DataFrame,
    in_total: np.ndarray[Any, Any],
    total: Result | None,
    groups: dict[str, Result],
) -> np.ndarray[Any, Any]:
    """Weights as RevMan prints them, percent."""
    settings, rows = analysis.settings, analysis.rows
    known = own["yi"].notna().to_numpy()
    weights = np.where(known, 0.0, np.nan)
    if settings.totals and total is not None:
        if (rows["applicability"] == applicability.BOTH).all():
            weights[known] = total.weights
            return weights
        inside = applicability.in_subgroup(rows["applicability"].tolist())
        within = pooled(rows[inside], own[inside], settings)
        everything = pooled(rows, own, settings)
        return applicability.shown_weights(
            rows["applicability"].tolist(),
            rows["study"].tolist(),
            _raw(within, everything, own, inside),
            _raw(total, everything, own, in_total),
            own["vi"],
        )
    if settings.subtotals:
        for label, result in groups.items():
            inside = known & (rows["subgroup"] == label).to_numpy()
            inside &= applicability.in_subgroup(rows["applicability"].tolist())
            weights[inside] = result.weights
    return weights


def _raw(
    result: Result | None, everything: Result | None, own: pd.DataFrame, inside: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Weights of the estimable rows `inside` in a unit that does not depend on which rows those are."""
    known = own["yi"].notna().to_numpy()
    raw = np.full(len(own), np.nan)
    if isinstance(everything, meta.BinaryPooled) and everything.model == "common":
        raw[known] = everything.weights
    elif result is not None:
        raw = 1 / (own["vi"].to_numpy() + result.tau2)
    return np.where(inside & known, raw, np.nan)
