"""RevMan's rules against what Cochrane reviews print: rows cited by review and analysis number.

`revman_rows.csv` holds a few analyses of published Cochrane reviews, numbers only: what went in, and the
effect, interval and weight that RevMan printed beside each study.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from evidence import meta
from evidence.meta import applicability

ROWS = pd.read_csv(Path(__file__).with_name("revman_rows.csv"), dtype={"subgroup": str})
ANALYSES = list(ROWS.groupby(["rule", "analysis"], sort=False).groups)
RATIOS = ("RR", "OR")
PRINTED = 1.1e-6  # numbers are printed to six decimals


def counts(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    ai, ci = rows["events_a"].to_numpy(), rows["events_b"].to_numpy()
    return {"ai": ai, "bi": rows["n_a"].to_numpy() - ai, "ci": ci, "di": rows["n_b"].to_numpy() - ci}


def effects(rows: pd.DataFrame) -> pd.DataFrame:
    measure = rows["measure"].iloc[0]
    if measure == "SMD":
        names = {"m1i": "mean_a", "sd1i": "sd_a", "n1i": "n_a", "m2i": "mean_b", "sd2i": "sd_b", "n2i": "n_b"}
        data: dict[str, Any] = {name: rows[column].to_numpy() for name, column in names.items()}
    else:
        data = counts(rows)
    return meta.effect_sizes(measure, convention="revman", **data)


def pooled(rows: pd.DataFrame, own: pd.DataFrame) -> meta.Pooled | meta.BinaryPooled:
    model = rows["model"].iloc[0]
    if rows["method"].iloc[0] == "MH":
        return meta.mantel_haenszel(rows["measure"].iloc[0], **counts(rows), model=model, convention="revman")
    known = own["yi"].notna().to_numpy()
    return meta.pool(own["yi"][known], own["vi"][known], model=model, tau2="DL", convention="revman")


@pytest.mark.parametrize(("rule", "analysis"), ANALYSES)
def test_effects_and_intervals_are_the_printed_ones(rule: str, analysis: str) -> None:
    rows = ROWS[(ROWS["rule"] == rule) & (ROWS["analysis"] == analysis)]
    own = effects(rows)
    half = norm.ppf((1 + rows["level"].iloc[0]) / 2) * np.sqrt(own["vi"])
    shown = np.column_stack([own["yi"], own["yi"] - half, own["yi"] + half])
    if rows["measure"].iloc[0] in RATIOS:
        shown = np.exp(shown)
    printed = rows[["printed_estimate", "printed_ci_low", "printed_ci_high"]].to_numpy()
    assert np.isfinite(printed).any()
    np.testing.assert_allclose(shown, printed, rtol=PRINTED, atol=PRINTED)


@pytest.mark.parametrize(("rule", "analysis"), [each for each in ANALYSES if each[0] != "applicability"])
def test_weights_are_the_printed_ones(rule: str, analysis: str) -> None:
    rows = ROWS[(ROWS["rule"] == rule) & (ROWS["analysis"] == analysis)]
    own = effects(rows)
    got = pooled(rows, own).weights
    known = own["yi"].notna().to_numpy()
    np.testing.assert_allclose(
        got[known] if got.size == known.size else got, rows["printed_weight"][known], atol=PRINTED
    )


@pytest.mark.parametrize("analysis", ["CD011535.pub7 5.7", "CD015610.pub2 4.3", "CD014964.pub2 8.3"])
def test_weights_of_rows_that_count_in_subgroups_or_the_total_only(analysis: str) -> None:
    """Arms of one trial in several subgroups, and its combined row in the total."""
    rows = ROWS[(ROWS["rule"] == "applicability") & (ROWS["analysis"] == analysis)].reset_index(drop=True)
    own, applies, study = effects(rows), rows["applicability"], rows["study"]
    known = own["yi"].notna()
    weights = {}
    for name, counted in (
        ("subgroups", applicability.in_subgroup(applies)),
        ("total", applicability.in_total(applies, study)),
    ):
        counted &= known
        pool = pooled(rows[counted], own[counted])
        assert not isinstance(pool, meta.BinaryPooled) or rows["model"].iloc[0] == "random"
        weights[name] = 1 / (own["vi"] + pool.tau2)
    got = applicability.shown_weights(applies, study, weights["subgroups"], weights["total"], own["vi"])
    np.testing.assert_allclose(got, rows["printed_weight"], atol=PRINTED)


def test_a_row_for_the_total_replaces_the_trials_other_rows() -> None:
    applies = ["SUBGROUP_AND_OVERALL", "SUBGROUP_AND_OVERALL", "SUBGROUP_ONLY", "OVERALL_ONLY"]
    assert applicability.in_total(applies, ["A", "B", "A", "A"]).tolist() == [False, True, False, True]
    assert applicability.in_subgroup(applies).tolist() == [True, True, True, False]
    with pytest.raises(ValueError, match="Unknown applies 'TOTALS'"):
        applicability.in_subgroup(["TOTALS"])
    with pytest.raises(ValueError, match="applies has 1 entries but study has 2"):
        applicability.in_total(["OVERALL_ONLY"], ["A", "B"])


def test_subgroups_under_mantel_haenszel_are_tested_by_their_own_standard_errors() -> None:
    """By hand: RR 3/20 v 6/20 (0.5) and 40/100 v 30/100 (4/3); chi² = (ln 0.5 − ln 4/3)² / (v1 + v2)."""
    pools = {
        "small": meta.mantel_haenszel("RR", [3], [17], [6], [14], convention="revman"),
        "large": meta.mantel_haenszel("RR", [40], [60], [30], [70], convention="revman"),
    }
    got = meta.subgroups_of(pools)
    v = 1 / 3 - 1 / 20 + 1 / 6 - 1 / 20 + 1 / 40 - 1 / 100 + 1 / 30 - 1 / 100
    assert got.q == pytest.approx(np.log(0.5 / (4 / 3)) ** 2 / v)
    assert (got.df, got.labels) == (1, ("small", "large"))
    assert got.p_value == pytest.approx(2 * norm.sf(np.sqrt(got.q)))
    with pytest.raises(ValueError, match="only one subgroup"):
        meta.subgroups_of({"small": pools["small"]})
