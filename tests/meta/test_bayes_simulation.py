"""Posteriors where the truth is known: a small run of the benchmark, and the results it left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from benchmarks import bayes as benchmark


@pytest.mark.parametrize("selective", [False, True])
def test_intervals_cover_the_truth(selective):
    # 33 of 40 is below the 0.1 % quantile of the binomial distribution with 40 runs and 0.95.
    runs = [benchmark.replicate(2, 0.25, selective, np.random.default_rng([1, run])) for run in range(40)]
    assert sum(run["covered"] for run in runs) >= 33


def test_results_left_cover_where_trials_differ_as_the_prior_expects():
    found = pd.read_csv(benchmark.RESULTS / "posterior_coverage.csv")
    usual = found[found["tau"] <= 0.5]
    assert set(found["k"]) == {1, 2, 3, 5, 10}
    assert (usual["coverage"] > 0.95 - 5.0 * np.maximum(usual["coverage_se"], 0.02)).all()


def test_probabilities_of_the_mid_are_right_where_the_truth_comes_from_the_priors():
    found = pd.read_csv(benchmark.RESULTS / "posterior_calibration.csv")
    found = found[found["reporting"].str.contains("priors")]
    error = np.sqrt(found["predicted"] * (1.0 - found["predicted"]) / found["n"])
    assert (np.abs(found["observed"] - found["predicted"]) < 4.0 * error).all()
