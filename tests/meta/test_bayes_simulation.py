"""Posteriors where the truth is known: a small run of the benchmark, and the tables that it left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from benchmarks import coverage as benchmark


def place(reporting: str, k: int, tau: float) -> int:
    return benchmark.SETTINGS.index((reporting, k, tau))


@pytest.mark.parametrize("reporting", benchmark.REPORTING)
def test_intervals_cover_the_truth(reporting: str) -> None:
    # 33 of 40 is below the 0.1 % quantile of the binomial distribution with 40 runs and 0.95.
    setting = place(reporting, 2, 0.25)
    assert sum(benchmark.replicate((setting, run))[0] for run in range(40)) >= 33


def test_same_seed_same_meta_analysis() -> None:
    setting = place("by significance", 3, 0.5)
    assert benchmark.replicate((setting, 1)) == benchmark.replicate((setting, 1))
    assert benchmark.replicate((setting, 1)) != benchmark.replicate((setting, 2))


@pytest.fixture(scope="module")
def left() -> pd.DataFrame:
    return pd.read_csv(benchmark.DATA / "simulation.csv")


@pytest.fixture(scope="module")
def tenths() -> pd.DataFrame:
    return pd.read_csv(benchmark.DATA / "simulation_calibration.csv")


def test_the_tables_left_have_every_setting_and_enough_runs(left: pd.DataFrame, tenths: pd.DataFrame) -> None:
    got = set(left[["reporting", "k", "tau"]].itertuples(index=False, name=None))
    assert got == {setting for setting in benchmark.SETTINGS if setting[0] != benchmark.FROM_PRIORS}
    assert (left["runs"] >= 200).all()
    for reporting in benchmark.REPORTING:
        one, other = (table.loc[table["reporting"] == reporting, "runs"].sum() for table in (left, tenths))
        assert one == other


def test_they_cover_where_trials_differ_as_the_prior_expects(left: pd.DataFrame) -> None:
    usual = left[left["tau"] <= 0.5]
    assert (usual["coverage"] > 0.95 - 5.0 * np.maximum(usual["coverage_se"], 0.015)).all()


def test_probabilities_are_right_where_the_truth_comes_from_the_priors(tenths: pd.DataFrame) -> None:
    found = tenths[tenths["reporting"] == benchmark.FROM_PRIORS]
    error = np.sqrt(found["predicted"] * (1.0 - found["predicted"]) / found["runs"])
    assert (np.abs(found["observed"] - found["predicted"]) < 4.0 * error).all()
