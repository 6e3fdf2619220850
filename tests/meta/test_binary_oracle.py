"""Mantel–Haenszel and Peto against metafor's `rma.mh` and `rma.peto`, every field of every reference file."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evidence import meta
from tests import oracle_data

# Reference key -> our call. "correct" changes the Cochran–Mantel–Haenszel test of the odds ratio only.
VARIANTS: dict[str, dict[str, Any]] = {
    "": {},
    "_correctFALSE": {"correct": False},
    "_add05_only0": {"add": (0.5, 0.5), "to": ("only0", "only0")},
}


def table_sets() -> list[tuple[str, str, str]]:
    """(file, block of raw counts, block of answers) of every set of 2×2 tables."""
    sets = [(name, "raw", "mh_peto") for name in oracle_data.names("binary")]
    synthetic = [name for name in oracle_data.names() if "zero_cells_mh" in oracle_data.load(name)]
    return sets + [(name, "zero_cells_raw", "zero_cells_mh") for name in synthetic]


def cells(raw: dict[str, Any]) -> tuple[np.ndarray, ...]:
    return raw["ai"], raw["n1i"] - raw["ai"], raw["ci"], raw["n2i"] - raw["ci"]


def fields(result: meta.BinaryPooled) -> dict[str, float]:
    tests = result.tests
    missing = dict.fromkeys(("MH", "MHp", "TA", "TAp", "BD", "BDp"), math.nan)
    return {
        "b": result.estimate,
        "se": result.se,
        "zval": result.statistic,
        "pval": result.p_value,
        "ci_lb": result.ci_low,
        "ci_ub": result.ci_high,
        "QE": result.q,
        "QEp": result.q_p_value,
        "k": result.k,
        "k_yi": result.k_estimable,
        "I2": result.i2,
        "H2": result.h2,
    } | (
        missing
        if tests is None
        else {
            "MH": tests.cochran_mantel_haenszel.statistic,
            "MHp": tests.cochran_mantel_haenszel.p_value,
            "TA": tests.tarone.statistic,
            "TAp": tests.tarone.p_value,
            "BD": tests.breslow_day.statistic,
            "BDp": tests.breslow_day.p_value,
        }
    )


@pytest.mark.parametrize(("name", "raw", "answers"), table_sets())
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_mantel_haenszel(name: str, raw: str, answers: str, measure: str, variant: str) -> None:
    data = oracle_data.load(name)
    want = data[answers][f"MH_{measure}{variant}"]
    if oracle_data.failed(want) or math.isnan(want["b"]):
        with pytest.raises(ValueError, match="no estimate"):
            meta.mantel_haenszel(measure, *cells(data[raw]), **VARIANTS[variant])
        return
    got = fields(meta.mantel_haenszel(measure, *cells(data[raw]), **VARIANTS[variant]))
    assert got.keys() == want.keys()
    for field, value in want.items():
        oracle_data.assert_close(got[field], value, what=field)


@pytest.mark.parametrize(("name", "raw", "answers"), table_sets())
def test_peto(name: str, raw: str, answers: str) -> None:
    data = oracle_data.load(name)
    want = data[answers]["Peto"]
    got = fields(meta.peto(*cells(data[raw])))
    assert got.keys() == want.keys()
    for field, value in want.items():
        oracle_data.assert_close(got[field], value, what=field)


@pytest.mark.parametrize("name", oracle_data.names("binary"))
def test_random_effects_takes_q_about_the_mantel_haenszel_estimate(name: str) -> None:
    """RevMan's rule from metafor's parts: Q of rma.mh, then DerSimonian–Laird on escalc's yi and vi."""
    data = oracle_data.load(name)
    own, common = data["escalc"]["RR_drop00"], data["mh_peto"]["MH_RR"]
    kept = np.isfinite(own["yi"])
    y, w = own["yi"][kept], 1 / own["vi"][kept]
    tau2 = max(0.0, (common["QE"] - (kept.sum() - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    weights = 1 / (own["vi"][kept] + tau2)

    got = meta.mantel_haenszel("RR", *cells(data["raw"]), model="random")

    oracle_data.assert_close(got.tau2, tau2, what="tau2")
    oracle_data.assert_close(got.estimate, (weights * y).sum() / weights.sum(), what="estimate")
    oracle_data.assert_close(got.se, 1 / np.sqrt(weights.sum()), what="se")
    oracle_data.assert_close(got.weights[kept], 100 * weights / weights.sum(), what="weights")
    assert (got.weights[~kept] == 0).all()
