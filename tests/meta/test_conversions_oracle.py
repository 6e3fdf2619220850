"""Conversions and crossover effects against metafor 5.1-12, R meta and metafor 3.8.

Left out, and why: Hozo 2005, Bland 2015 and Walter 2007 rows of `fivenum` and of `meta_meansd` (superseded by
Wan, Luo and Shi; not offered); `fivenum_dist.lnorm` (log-normal estimators of Shi 2020, Statistics and Its
Interface; not offered, skewed data go to McGrath 2020's); rows that hold an error (R package absent);
SMCC-type measures other than the mean and standardised mean difference (ROMC, CVRC, VRC; not offered);
`OR2DN` (the normal-distribution conversion; not offered); `rom_correct` is a matter of `effect_sizes`. SMCRH
of metafor 3.8 has a variance that metafor itself has since replaced by Bonett's; the one of 5.1 is compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence.meta import conversions, crossover
from tests import oracle_data

SCENARIOS = {
    "S1": ("low", "high"),
    "S2": ("q1", "q3"),
    "S3": ("low", "q1", "q3", "high"),
}
COLUMNS = {"low": "min", "q1": "q1", "q3": "q3", "high": "max"}


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    try:
        return oracle_data.load(oracle_data.CONVERSIONS)
    except FileNotFoundError:
        pytest.skip("the folder of reference numbers has no file of conversions")


def estimates(raw: dict[str, Any], scenario: str, method: str) -> list[conversions.MeanSD]:
    return [
        conversions.mean_sd_from_median(
            float(raw["median"][i]),
            int(raw["n"][i]),
            method=method,
            **{name: float(raw[COLUMNS[name]][i]) for name in SCENARIOS[scenario]},
        )
        for i in range(len(raw["n"]))
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(
    ("method", "block"),
    [("luo-shi", "luo/wan/shi"), ("luo-shi", "default"), ("wan", "wan2014")],
)
def test_conv_fivenum(reference: dict[str, Any], scenario: str, method: str, block: str) -> None:
    names = {"S1": "S1_min_med_max", "S2": "S2_q1_med_q3", "S3": "S3_five"}
    want = reference["fivenum"][block][names[scenario]]
    got = estimates(reference["fivenum_raw"], scenario, method)
    oracle_data.assert_close([x.mean for x in got], want["mean"])
    oracle_data.assert_close([x.sd for x in got], want["sd"])
    assert {x.scenario for x in got} == {scenario}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_conv_fivenum_of_normal_data(reference: dict[str, Any], scenario: str) -> None:
    want = reference["fivenum_dist"]["norm"][scenario]
    got = estimates(reference["fivenum_raw"], scenario, "luo-shi")
    oracle_data.assert_close([x.mean for x in got], want["mean"])
    oracle_data.assert_close([x.sd for x in got], want["sd"])


def test_mean_and_sd_of_r_meta(reference: dict[str, Any]) -> None:
    """R meta's Luo/Shi; its Wan/Shi row mixes Wan's mean with Shi's SD, which both stand here already."""
    luo_shi = estimates(reference["fivenum_raw"], "S3", "luo-shi")
    wan = estimates(reference["fivenum_raw"], "S3", "wan")
    want = reference["meta_meansd"]
    oracle_data.assert_close([x.mean for x in luo_shi], want["iqr_range_Luo_Shi"]["mean"])
    oracle_data.assert_close([x.sd for x in luo_shi], want["iqr_range_Luo_Shi"]["sd"])
    oracle_data.assert_close([x.mean for x in wan], want["iqr_range_Wan_Shi"]["mean"])
    oracle_data.assert_close([x.sd for x in luo_shi], want["iqr_range_Wan_Shi"]["sd"])


def test_sd_from_range_and_quartiles(reference: dict[str, Any]) -> None:
    raw, want = reference["fivenum_raw"], reference["fivenum"]["wan2014"]
    n = [int(x) for x in raw["n"]]
    from_range = [conversions.sd_from_range(*x) for x in zip(raw["min"], raw["max"], n, strict=True)]
    from_iqr = [conversions.sd_from_iqr(*x) for x in zip(raw["q1"], raw["q3"], n, strict=True)]
    oracle_data.assert_close(from_range, want["S1_min_med_max"]["sd"])
    oracle_data.assert_close(from_iqr, want["S2_q1_med_q3"]["sd"])


def test_conv_wald(reference: dict[str, Any]) -> None:
    ci, p, z = reference["wald_ci_log"], reference["wald_p"], reference["wald_z"]
    from_ci = conversions.generic_inverse_variance(
        ci["raw"]["est"], ci=(ci["raw"]["lb"], ci["raw"]["ub"]), ratio=True
    )
    oracle_data.assert_close(from_ci.yi, ci["yi"])
    oracle_data.assert_close(from_ci.vi, ci["vi"])
    from_p = conversions.generic_inverse_variance(p["raw"]["yi"], p=p["raw"]["pval"])
    oracle_data.assert_close(from_p.vi, p["vi"])
    # The effects of the z rows are those of the p rows.
    from_z = conversions.generic_inverse_variance(p["raw"]["yi"], t=z["z"])
    oracle_data.assert_close(from_z.vi, z["vi"])


def test_smd_from_t_d_and_p(reference: dict[str, Any]) -> None:
    t, d, p = reference["smd_from_t"], reference["smd_from_d"], reference["smd_from_p"]
    from_t = conversions.smd_from_t(t["ti"], t["n1i"], t["n2i"])
    oracle_data.assert_close(from_t.yi, t["yi"])
    oracle_data.assert_close(from_t.vi, t["vi"])
    # The rows of d and p have the sizes of the first two rows of t; escalc takes p as of a positive effect.
    sizes = t["n1i"][:2], t["n2i"][:2]
    from_d = conversions.smd_from_d(d["di"], *sizes)
    oracle_data.assert_close(from_d.yi, d["yi"])
    oracle_data.assert_close(from_d.vi, d["vi"])
    from_p = conversions.smd_from_p(p["pi"], *sizes, sign=1)
    oracle_data.assert_close(from_p.yi, p["yi"])
    oracle_data.assert_close(from_p.vi, p["vi"])


PAIRED: dict[str, dict[str, Any]] = {
    "SMCC": {"standardiser": "difference"},
    "SMCR": {"standardiser": "experimental"},
    "SMCRH": {"standardiser": "experimental", "variance": "unequal"},
    "SMCRP": {"standardiser": "pooled"},
    "SMCRPH": {"standardiser": "pooled", "variance": "unequal"},
}


def paired(measure: str, raw: dict[str, Any]) -> conversions.Estimate:
    arms = [raw[name] for name in ("m1i", "sd1i", "m2i", "sd2i", "ni", "ri")]
    if measure == "MC":
        return crossover.md_from_arms(*arms)
    return crossover.smd_from_arms(*arms, **PAIRED[measure])


@pytest.mark.parametrize("measure", ["MC", *PAIRED])
def test_paired_effects_of_metafor_5(reference: dict[str, Any], measure: str) -> None:
    want = reference["prepost"][measure]
    got = paired(measure, reference["prepost_raw"])
    oracle_data.assert_close(got.yi, want["yi"])
    oracle_data.assert_close(got.vi, want["vi"])


@pytest.mark.parametrize("measure", ["MC", "SMCC", "SMCR"])
def test_paired_effects_of_metafor_3(measure: str) -> None:
    """Not SMCRH, whose variance metafor has changed since: engine_differences.csv."""
    names = [name for name in oracle_data.names() if "prepost" in oracle_data.load(name)]
    if not names:
        pytest.skip("the folder of reference numbers has no paired data")
    for name in names:
        data = oracle_data.load(name)
        got = paired(measure, data["prepost_raw"])
        oracle_data.assert_close(got.yi, data["prepost"][measure]["yi"])
        oracle_data.assert_close(got.vi, data["prepost"][measure]["vi"])


@pytest.mark.parametrize("name", oracle_data.names("binary"))
def test_log_odds_ratio_to_smd(name: str) -> None:
    """escalc's OR2DL is the conversion by the logistic distribution (Hasselblad & Hedges)."""
    escalc = oracle_data.load(name)["escalc"]
    if "OR2DL" not in escalc:
        pytest.skip("no OR2DL in the reference numbers")
    log_or, want = escalc["OR"], escalc["OR2DL"]
    known = np.isfinite(want["yi"])
    got = conversions.log_or_to_smd(log_or["yi"][known], log_or["vi"][known])
    oracle_data.assert_close(got.yi, want["yi"][known])
    oracle_data.assert_close(got.vi, want["vi"][known])
    back = conversions.smd_to_log_or(got.yi, got.vi)
    oracle_data.assert_close(back.yi, log_or["yi"][known])
    oracle_data.assert_close(back.vi, log_or["vi"][known])
