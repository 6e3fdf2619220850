"""`pool` against R metafor: every data set, measure, estimator, interval and field of the contract."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evidence.meta import Pooled, pool
from evidence.meta.likelihood import log_likelihood
from tests import oracle_data
from tests.meta.near import near, precision

CI = {"z": "wald", "t": "t", "knha": "HKSJ", "adhoc": "HKSJ-adhoc"}
ESTIMATORS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")

# metafor's name, ours, and what an error of the number is measured against
FIELDS = (
    ("b", "estimate", "se"),
    ("se", "se", None),
    ("zval", "statistic", 1.0),
    ("pval", "p_value", 1e-3),
    ("ci_lb", "ci_low", "se"),
    ("ci_ub", "ci_high", "se"),
    ("dfs", "df", None),
    ("I2", "i2", 1.0),
    ("H2", "h2", None),
    ("QE", "q", 1.0),
    ("QEp", "q_p_value", 1e-3),
    ("k", "k", None),
    ("weights", "weights", None),
    ("s2w", "hk_factor", None),
)
# Keys of a fit that are not compared field by field
OTHER = {
    "tau2": "compared on its own, before the rest",
    "se_tau2": "compared on its own",
    "vt": "typical variance: enters I2 and H2",
    "logLik": "compared by test_log_likelihood",
    "predict": "prediction intervals, compared by compare_predictions",
    "predict_riley": "the same",
    "predict_t": "the same",
}


def studies(name: str, measure: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    block = oracle_data.load(name)["analyses"][measure]
    return block, np.atleast_1d(block["yi"]), np.atleast_1d(block["vi"])


def compare(got: Pooled, want: dict[str, Any], rtol: float, what: str) -> None:
    for theirs, ours, scale in FIELDS:
        if theirs not in want or (theirs == "s2w" and got.options.ci not in ("HKSJ", "HKSJ-adhoc")):
            continue
        value = (
            max(1.0, got.hk_factor)
            if theirs == "s2w" and got.options.ci == "HKSJ-adhoc"
            else getattr(got, ours)
        )
        size = got.se if scale == "se" else scale or 0.0
        near(value, want[theirs], rtol, scale=size, what=f"{what} {ours}")
    assert not set(want) - {theirs for theirs, *_ in FIELDS} - set(OTHER), "a key that nothing compares"


def compare_predictions(
    y: np.ndarray, v: np.ndarray, want: dict[str, Any], rtol: float, **options: Any
) -> int:
    """metafor's three types; its default is normal with a Wald interval and t with k-1 otherwise."""
    compared = 0
    default = "normal" if options["ci"] == "wald" or y.size == 1 else "k-1"
    for key, prediction in (("predict", default), ("predict_riley", "k-2"), ("predict_t", "k-1")):
        if key in want:
            got = pool(y, v, prediction=prediction, **options)
            half = (got.pi_high - got.pi_low) / 2
            near(got.pi_low, want[key]["pi_lb"], rtol, scale=half, what=f"{options} {key}")
            near(got.pi_high, want[key]["pi_ub"], rtol, scale=half, what=f"{options} {key}")
            compared += 1
    return compared


@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_random_effects(name: str, measure: str) -> None:
    block, y, v = studies(name, measure)
    for estimator in ESTIMATORS:
        reference = block["rma_uni"][estimator]
        rtol = precision(estimator, v)
        for test, ci in CI.items():
            want = reference[test]
            what = f"{estimator} {test}"
            got = pool(y, v, tau2=estimator, ci=ci)
            assert got.options.tau2 == estimator
            if test == "z":
                near(got.tau2, want["tau2"], rtol, scale=float(v.min()), what=what)
                near(got.tau2_se, want["se_tau2"], rtol, what=what)
            compare(got, want, 10 * rtol, what)
            # What follows from tau2 is exact: compare it at the reference's own tau2
            tau2 = reference["z"]["tau2"]
            compare(pool(y, v, tau2=tau2, ci=ci), want, 1e-10, f"{what} at the reference's tau2")
            assert compare_predictions(y, v, want, 1e-10, tau2=tau2, ci=ci) == 3


@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_common_effect(name: str, measure: str) -> None:
    block, y, v = studies(name, measure)
    for test, ci in CI.items():
        want = block["rma_uni"]["EE"][test]
        got = pool(y, v, model="common", ci=ci)
        compare(got, want, 1e-10, test)
        assert got.tau2 == 0
        assert math.isnan(got.tau2_se)
        assert math.isnan(got.pi_low)


@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_given_tau2_and_another_level(name: str, measure: str) -> None:
    block, y, v = studies(name, measure)
    want = block["rma_uni"]["fixed_tau2_0.1"]
    got = pool(y, v, tau2=0.1, ci="wald")
    compare(got, want, 1e-10, "tau2 = 0.1")
    assert got.tau2 == 0.1
    assert math.isnan(got.tau2_se)  # see engine_differences.csv
    want = dict(block["rma_uni"]["REML_knha_level90"])
    tau2 = block["rma_uni"]["REML"]["z"]["tau2"]
    assert compare_predictions(y, v, want, 1e-10, tau2=tau2, ci="HKSJ", level=0.9) == 1
    compare(pool(y, v, tau2=tau2, level=0.9), want, 1e-10, "level 0.9")


@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_log_likelihood(name: str, measure: str) -> None:
    block, y, v = studies(name, measure)
    for estimator in ("ML", "REML"):
        want = block["rma_uni"][estimator]["z"]
        got = log_likelihood(y, v, want["tau2"], estimator == "REML")
        near(got, want["logLik"], 1e-10, scale=1.0, what=estimator)


@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_q_profile(name: str, measure: str) -> None:
    """Limits of tau2, I2 and H2; metafor looks no further than 100 or 10 tau2 (engine_differences.csv)."""
    block, y, v = studies(name, measure)
    compared = 0
    for key, want in block["confint"].items():
        if oracle_data.failed(want):
            assert y.size == 1
            continue
        estimator = key.split("_")[0]
        got = pool(y, v, tau2=estimator, level=0.9 if key.endswith("level90") else 0.95)
        searched = max(100.0, 10 * want["tau2"]["est"])
        if want["tau2"]["ub"] >= searched * (1 - 1e-6):
            assert got.tau2_ci_high > searched
        else:
            near(got.tau2_ci_high, want["tau2"]["ub"], 1e-8, what=key)
            near(got.i2_ci_high, want["I2"]["ub"], 1e-8, what=key)
            near(got.h2_ci_high, want["H2"]["ub"], 1e-8, what=key)
        near(got.tau2_ci_low, want["tau2"]["lb"], 1e-8, scale=1e-6 * float(v.min()), what=key)
        near(got.i2_ci_low, want["I2"]["lb"], 1e-8, scale=1e-4, what=key)
        near(got.h2_ci_low, want["H2"]["lb"], 1e-8, what=key)
        compared += 1
    assert compared >= 6 or y.size == 1
