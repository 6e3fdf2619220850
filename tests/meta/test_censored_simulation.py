"""Pooling with bounds where the truth is known: a small run of the benchmark, and the results it left."""

from __future__ import annotations

import pandas as pd
import pytest
from benchmarks import censored as benchmark

RUNS = 60


@pytest.fixture(scope="module")
def prototype() -> pd.DataFrame:
    index = benchmark.SETTINGS.index(benchmark.PROTOTYPE)
    runs = [benchmark.replicate((index, run)) for run in range(RUNS)]
    return pd.DataFrame(benchmark.summarise(benchmark.PROTOTYPE, runs)).set_index("method")


def test_bounds_take_away_the_bias_of_what_is_printed(prototype):
    # Monte Carlo errors of the biases are about 0.02: each statement holds by three of them or more.
    bias = prototype["bias"]
    assert abs(bias["all evidence"]) < 0.06
    assert bias["reported numbers only"] < -0.06
    assert bias["not significant set to 0"] > 0.06


def test_intervals_cover_the_truth(prototype):
    # 54 of 60 is the 5 % quantile of the binomial distribution with 60 runs and 0.95.
    assert prototype.loc["all evidence", "coverage"] >= 0.9


def test_same_seed_same_meta_analysis():
    assert benchmark.replicate((0, 1)) == benchmark.replicate((0, 1))
    assert benchmark.replicate((8, 1)) != benchmark.replicate((8, 2))


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    """The table that the methods page draws."""
    return pd.read_csv(benchmark.RESULTS)


def test_committed_table_has_every_setting_and_method(results):
    keys = ["k", "mu", "tau", "reporting", "method"]
    got = set(results[keys].itertuples(index=False, name=None))
    want = {
        (s.k, s.mu, s.tau, s.reporting, method) for s in benchmark.SETTINGS for method in benchmark.METHODS
    }
    assert got == want
    assert not results.duplicated(keys).any()
    assert (results["runs"] >= 1000).all()


def test_all_evidence_covers_nearly_as_stated(results):
    ours = results[(results["method"] == "all evidence") & (results["reporting"] == "significance")]
    assert (ours["coverage"] > 0.95 - 0.01 - 3 * ours["coverage_se"]).all()


def test_all_evidence_is_the_least_biased_where_many_trials_are_silent(results):
    settings = results[(results["k"] >= 10) & (results["mu"] < 0) & (results["reporting"] == "significance")]
    table = settings.pivot(index=["k", "tau"], columns="method", values="bias").abs()
    assert (table["all evidence"] < table["reported numbers only"]).all()
    assert (table["all evidence"] < table["not significant set to 0"]).all()
