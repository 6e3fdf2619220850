"""Every number that a package prints beside the same number computed here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
from scipy.stats import norm

from evidence import meta
from evidence.packages.model import Analysis, Estimate
from evidence.packages.reproduce import Reproduced, Result, reproduce

DECIMALS: Final = 1.1e-6
"""RevMan Web version 1 prints six decimals."""
RELATIVE: Final = 1e-5

COLUMNS: Final = ("where", "number", "printed", "computed", "agrees")


def check(analysis: Analysis, computed: Reproduced | None = None) -> pd.DataFrame:
    """Compare what a package prints with what `reproduce` gives.

    Parameters
    ----------
    analysis
    computed
        The analysis reproduced already, to save doing it again.

    Returns
    -------
    DataFrame
        One row per printed number: `where` (the study with its subgroup, the subgroup, or "Total"), `number`
        (effect, limits, weight, tau², …), `printed`, `computed` (ratios as ratios; NaN where nothing can be
        computed), `agrees`: to six decimals or a hundred-thousandth of its size.
    """
    own = reproduce(analysis) if computed is None else computed
    lines = [
        (where, number, printed, value)
        for where, number, printed, value in _numbers(analysis, own)
        if math.isfinite(printed)
    ]
    table = pd.DataFrame(lines, columns=list(COLUMNS[:-1]))
    far = (table["printed"] - table["computed"]).abs()
    table["agrees"] = far <= (table["printed"].abs() * RELATIVE).clip(lower=DECIMALS)
    return table


def not_printed(analysis: Analysis, computed: Reproduced) -> list[str]:
    """Studies that have an effect here and none in the package."""
    rows = analysis.rows["printed_estimate"].isna() & computed.rows["yi"].notna()
    return analysis.rows.loc[rows, "study"].tolist()


def _numbers(analysis: Analysis, own: Reproduced) -> Iterator[tuple[str, str, float, float]]:
    words = {"estimate": "effect", "ci_low": "lower limit", "ci_high": "upper limit", "weight": "weight"}
    for place in range(len(analysis.rows)):
        row, computed = analysis.rows.iloc[place], own.rows.iloc[place]
        where = f"{row['study']} ({row['subgroup']})" if row["subgroup"] else str(row["study"])
        for name, number in words.items():
            yield where, number, float(row[f"printed_{name}"]), float(computed[name])
    settings = analysis.settings
    for label, printed in analysis.subgroups:
        result = own.subgroups.get(label)
        inside = (own.rows["subgroup"] == label).to_numpy()
        weight = own.rows.loc[inside, "weight"].sum() if settings.totals else math.nan
        for number, value, computed_value in _pooled(analysis, printed, result):
            yield label, number, value, computed_value
        if settings.totals:
            yield label, "weight", printed.weight, float(weight)
    for number, value, computed_value in _pooled(analysis, analysis.printed, own.total):
        yield "Total", number, value, computed_value
    if own.test is not None:
        test = analysis.test
        yield "Subgroups", "chi²", test.q, own.test.q
        yield "Subgroups", "degrees of freedom", test.df, float(own.test.df)
        yield "Subgroups", "P", test.p_value, own.test.p_value
        yield "Subgroups", "I²", test.i2, own.test.i2


def _pooled(
    analysis: Analysis, printed: Estimate, result: Result | None
) -> Iterator[tuple[str, float, float]]:
    if result is None:
        yield "effect", printed.estimate, math.nan
        return
    shown: Any = math.exp if analysis.settings.log_scale else float
    for number, name in (("effect", "estimate"), ("lower limit", "ci_low"), ("upper limit", "ci_high")):
        yield number, getattr(printed, name), shown(getattr(result, name))
    if analysis.settings.prediction and math.isfinite(result.pi_low):
        yield "prediction, lower limit", printed.pi_low, shown(result.pi_low)
        yield "prediction, upper limit", printed.pi_high, shown(result.pi_high)
    if analysis.settings.model == "random":
        yield "tau²", printed.tau2, result.tau2
    if isinstance(result, meta.Pooled) and analysis.settings.tau2_interval:
        yield "tau², lower limit", printed.tau2_ci_low, result.tau2_ci_low
        yield "tau², upper limit", printed.tau2_ci_high, result.tau2_ci_high
    k = result.k_estimable if isinstance(result, meta.BinaryPooled) else result.k
    yield "degrees of freedom", printed.q_df, float(result.q_df)
    if k > 1:
        yield "chi²", printed.q, result.q
        yield "P of chi²", printed.q_p_value, result.q_p_value
        yield "I²", printed.i2, result.i2
    scaled = analysis.settings.ci == "HKSJ" and analysis.settings.model == "random" and k > 1
    yield "t" if scaled else "z", printed.t if scaled else printed.z, abs(result.statistic)
    yield "P", printed.p_value, wald_p(result)


def wald_p(result: Result) -> float:
    """P-value of the normal test, which RevMan prints under Hartung–Knapp too."""
    if isinstance(result, meta.BinaryPooled) or result.options.ci == "wald" or result.k == 1:
        return result.p_value
    half = (result.wald_high - result.wald_low) / 2
    error = half / float(norm.ppf((1 + result.level) / 2))
    return float(2 * norm.sf(abs(result.estimate) / error))
