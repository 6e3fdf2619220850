"""Every analysis of the Cochrane review with rows, computed again: DerSimonian-Laird, Wald, RevMan's rules.

The review's software printed each study's effect, interval and weight (`data/review_rows.csv`), and the
review published three pooled results (`data/reviews.csv`). Both are independent of this project's code.
"""

import numpy as np
import pandas as pd
import pytest

from evidence import dataset, meta

DS = dataset.load()
ROWS = DS.rows("review_rows")
ANALYSES = tuple(dict.fromkeys(ROWS["analysis"]))
PRINTED = ["printed_estimate", "printed_ci_low", "printed_ci_high"]
_Z = 1.959963984540054

#: Analyses whose pooled result was published in an abstract, and where reviews.csv holds it.
PUBLISHED = {
    "1.1": {"outcome": "pain_intensity", "time_label": "immediate"},
    "1.4": {"outcome": "pain_intensity", "time_label": "short"},
    "1.9": {"outcome": "any_adverse_event"},
}


def effects(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects and variances of the rows of one analysis; NaN where none can be estimated."""
    measure = rows["measure"].iloc[0]
    if measure == "RR":
        a, n1, c, n2 = (rows[name].astype(float) for name in ("events_a", "n_a", "events_b", "n_b"))
        found = meta.effect_sizes("RR", ai=a, bi=n1 - a, ci=c, di=n2 - c, convention="revman")
    else:
        names = ("mean_a", "sd_a", "n_a", "mean_b", "sd_b", "n_b")
        numbers = [rows[name].astype(float) for name in names]
        data = dict(zip(("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"), numbers, strict=True))
        found = meta.effect_sizes(measure, **data, convention="revman")
    found.loc[~(found["vi"] > 0), :] = np.nan
    return found.set_index(rows.index)


def rows_of(analysis: str) -> pd.DataFrame:
    return ROWS[ROWS["analysis"] == analysis]


@pytest.mark.parametrize("analysis", ANALYSES)
def test_every_printed_effect_and_interval(analysis: str) -> None:
    rows = rows_of(analysis)
    found = effects(rows)
    reach = _Z * np.sqrt(found["vi"])
    ours = pd.DataFrame(
        {
            "printed_estimate": found["yi"],
            "printed_ci_low": found["yi"] - reach,
            "printed_ci_high": found["yi"] + reach,
        }
    )
    if rows["measure"].iloc[0] == "RR":
        ours = np.exp(ours)
    np.testing.assert_allclose(ours, rows[PRINTED], rtol=2e-6, atol=2e-6, equal_nan=True)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_every_printed_weight(analysis: str) -> None:
    rows = rows_of(analysis)
    found = effects(rows).dropna()
    printed = rows["printed_weight"].astype(float)
    assert list(printed.dropna().index) == list(found.index)
    if not found.empty:
        pooled = meta.pool(found["yi"], found["vi"], tau2="DL", ci="wald", convention="revman")
        np.testing.assert_allclose(pooled.weights, printed[found.index], atol=1e-5)


@pytest.mark.parametrize("analysis", PUBLISHED)
def test_the_published_results(analysis: str) -> None:
    (printed,) = DS.rows(
        "reviews",
        review_id="Ferraro2025_CD015373pub2",
        drug="ketamine",
        route="intravenous",
        **PUBLISHED[analysis],
    ).itertuples()
    rows = rows_of(analysis)
    found = effects(rows).dropna()
    pooled = meta.pool(found["yi"], found["vi"], tau2="DL", ci="wald", convention="revman")
    ours = np.array([pooled.estimate, pooled.ci_low, pooled.ci_high])
    if rows["measure"].iloc[0] == "RR":
        ours = np.exp(ours)
    assert tuple(ours.round(2)) == (printed.estimate, printed.ci_low, printed.ci_high)
    people = rows.loc[found.index, ["n_a", "n_b"]].to_numpy().sum()
    assert (pooled.k, people) == (printed.k_studies, printed.n_participants)


def test_a_subgroup_analysis_repeats_rows_of_its_main_analysis() -> None:
    arms = [
        "study_label",
        "outcome",
        "drug",
        "route",
        "mean_a",
        "sd_a",
        "events_a",
        "n_a",
        "mean_b",
        "n_b",
        "window",
    ]
    main = ROWS[ROWS["subgroup_by"].isna()]
    repeated = ROWS[ROWS["subgroup_by"].notna()]
    there = {tuple(row) for row in main[arms].astype(object).where(main[arms].notna(), None).to_numpy()}
    again = repeated[arms].astype(object).where(repeated[arms].notna(), None).to_numpy()
    assert len(again) > 0
    assert all(tuple(row) in there for row in again)
