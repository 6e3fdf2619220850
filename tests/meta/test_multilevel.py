"""Three-level models and cluster-robust inference against metafor's `rma.mv` and `robust`."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from evidence.meta.multilevel import Multilevel, multilevel, sampling_covariance
from evidence.meta.pool import pool
from evidence.meta.regression import Regression, regress
from evidence.meta.robust import cluster_robust
from tests import oracle_data
from tests.meta.near import near

VARIANCE, HEIGHT = 1e-5, 1e-8  # tests/oracle/README.md: nlminb's precision on sigma² and log-likelihood
CLUSTER = {"dat.konstantopoulos2011": "district", "dat.knapp2017": "study", "dat.assink2016": "study"}
NAMES = [name for name in oracle_data.names("multilevel") if name in CLUSTER]


def test_every_multilevel_file_is_known() -> None:
    assert set(oracle_data.names("multilevel")) <= set(CLUSTER)


def design(name: str, model: str, raw: dict[str, Any]) -> Any:
    """The moderators of a reference model, coded as R codes them."""
    if model.endswith("_year"):
        return np.asarray(raw["year"]) - 1990.0
    if model.endswith("_deltype"):
        codes = pd.get_dummies(pd.Series(list(raw["deltype"])), dtype=float)
        return codes[sorted(codes)[1:]]
    assert model in ("three_level", "three_level_t_contain", "vcalc_rho06"), f"{name} {model}"
    return None


def blocks(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(model, method, reference) of a file."""
    data, found = oracle_data.load(name), []
    for model, block in data.items():
        if not isinstance(block, dict) or model in ("raw", "two_level", "tight_control"):
            continue
        if model.startswith("cs_"):
            continue  # the same model by another name, compound symmetry: tested below
        methods = {m: block[m] for m in ("REML", "ML") if m in block} or {"REML": block}
        found += [(model, method, want) for method, want in methods.items()]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_metafor(name: str) -> None:
    raw = oracle_data.load(name)["raw"]
    cluster = raw[CLUSTER[name]]
    assert blocks(name)
    for model, method, want in blocks(name):
        what = f"{name} {model} {method}"
        v = sampling_covariance(raw["vi"], cluster, 0.6) if model == "vcalc_rho06" else raw["vi"]
        if model == "vcalc_rho06" and "V_first_block" in want:
            near(v[:4, :4], want["V_first_block"], 1e-12, what=what)
        interval = "t" if model == "three_level_t_contain" else "wald"
        got = multilevel(raw["yi"], v, cluster, design(name, model, raw), method=method, ci=interval)
        compare(got, want, method, what)
        robust = want.get(f"robust_{CLUSTER[name]}")
        if robust is not None:
            compare_robust(got, cluster, robust, VARIANCE, what)


def compare(got: Multilevel, want: dict[str, Any], method: str, what: str) -> None:
    variances = np.array([got.sigma2_between, got.sigma2_within])
    near(variances, want["sigma2"], VARIANCE, scale=1e-4, what=f"{what} sigma2")
    near(got.log_likelihood, want[f"ll_{method.lower()}"], HEIGHT, scale=1.0, what=f"{what} ll")
    other = "ML" if method == "REML" else "REML"  # where the other likelihood is not at its top it is steep
    near(got.components.log_likelihood(variances, other), want[f"ll_{other.lower()}"], 1e-6, scale=1.0)
    se = want["se"]
    near(got.estimate, want["b"], VARIANCE, scale=se, what=f"{what} b")
    near(got.se, se, VARIANCE, what=f"{what} se")
    near(got.statistic, want["zval"], VARIANCE, scale=1.0, what=f"{what} zval")
    near(got.p_value, want["pval"], VARIANCE * (10 + np.max(want["zval"] ** 2)), what=f"{what} pval")
    near(got.ci_low, want["ci_lb"], VARIANCE, scale=se, what=f"{what} ci_lb")
    near(got.ci_high, want["ci_ub"], VARIANCE, scale=se, what=f"{what} ci_ub")
    near([got.qe, got.k], [want["QE"], want["k"]], 1e-10, what=f"{what} QE")
    near(got.qe_p_value, want["QEp"], 1e-10 * (10 + want["QE"]), what=f"{what} QEp")
    if got.qm is not None and "QM" in want:
        near([got.qm, got.qm_p_value], [want["QM"], want["QMp"]], VARIANCE * (10 + want["QM"]), what=what)
    if "ddf" in want:
        near(got.df, want["ddf"], 0.0, what=f"{what} ddf")
    if "predict" in want:
        row = got.predict().iloc[0]
        columns = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
        expected = [want["predict"][c] for c in ("pred", "se", "ci_lb", "ci_ub", "pi_lb", "pi_ub")]
        near(row[list(columns)], np.array(expected).ravel(), VARIANCE, scale=float(row["se"]), what=what)


def compare_robust(
    fit: Multilevel | Regression, cluster: Any, reference: dict[str, Any], rtol: float, what: str
) -> None:
    for estimator in ("CR1", "CR2"):
        got, want = cluster_robust(fit, cluster, estimator=estimator), reference[estimator]
        label, se = f"{what} {estimator}", want["se"]
        near(got.estimate, want["b"], rtol, scale=se, what=f"{label} b")
        near(got.se, se, rtol, what=f"{label} se")
        near(got.statistic, want["t"], rtol, scale=1.0, what=f"{label} t")
        near(got.df, np.broadcast_to(want["df"], got.df.shape), rtol, what=f"{label} df")
        near(got.p_value, want["pval"], rtol * (10 + np.max(want["t"] ** 2)), what=f"{label} pval")
        near(got.ci_low, want["ci_lb"], rtol, scale=se, what=f"{label} ci_lb")
        near(got.ci_high, want["ci_ub"], rtol, scale=se, what=f"{label} ci_ub")


def test_robust_inference_of_a_two_level_model() -> None:
    """Closed form given tau², so exact: district clusters, schools as if independent."""
    data = oracle_data.load("dat.konstantopoulos2011")
    raw, want = data["raw"], data["two_level"]
    fit = regress(raw["yi"], raw["vi"], ci="wald")
    near([fit.estimate[0], fit.se[0], fit.tau2], [want["b"][0], want["se"][0], want["tau2"]], 1e-7)
    compare_robust(fit, raw["district"], want["robust_district"], 1e-8, "two_level")


def test_compound_symmetry_is_the_same_model() -> None:
    """`rma.mv(struct = "CS")`: tau²·rho lies between clusters, tau²·(1 − rho) within."""
    data = oracle_data.load("dat.konstantopoulos2011")
    raw = data["raw"]
    sets = [
        (raw["yi"], raw["vi"], raw["district"], None, data["cs_school_in_district"][m], m)
        for m in ("REML", "ML")
    ]
    data = oracle_data.load("dat.berkey1998")
    raw = data["raw"]
    mods = pd.DataFrame({"PD": [float(o == "PD") for o in raw["outcome"]]})
    sets += [(raw["yi"], data["V"], raw["trial"], mods, data["CS"][m], m) for m in ("REML", "ML")]
    for y, v, cluster, x, want, method in sets:
        got = multilevel(y, v, cluster, x, method=method, ci="wald")
        total = got.sigma2_between + got.sigma2_within
        near([total, got.sigma2_between / total], [want["tau2"], want["rho"]], VARIANCE)
        near(got.log_likelihood, want[f"ll_{method.lower()}"], HEIGHT, scale=1.0)
        means = [got.estimate[0], got.estimate.sum()][: len(got.estimate)]
        near(means, want["b"], VARIANCE, scale=want["se"])
        errors = got.predict([[0.0], [1.0]])["se"] if x is not None else got.se
        near(errors, want["se"], VARIANCE)
        near(got.qe, want["QE"], 1e-9)
    # UN and HCS have a variance per outcome: not offered.


def brute_force(y: np.ndarray, v: np.ndarray, cluster: np.ndarray, between: float, within: float) -> float:
    """Restricted log-likelihood of an intercept, from its textbook form and dense inverses."""
    sigma = np.diag(v + within) + between * (cluster[:, None] == cluster)
    inverse, one = np.linalg.inv(sigma), np.ones(len(y))
    information = one @ inverse @ one
    r = y - (one @ inverse @ y) / information
    return -0.5 * float(
        np.linalg.slogdet(sigma)[1]
        + np.log(information)
        + r @ inverse @ r
        + (len(y) - 1) * np.log(2 * np.pi)
        - np.log(len(y))
    )


def test_the_maximum_by_brute_force() -> None:
    raw = oracle_data.load("dat.konstantopoulos2011")["raw"]
    y, v, cluster = raw["yi"], raw["vi"], raw["district"]
    fit = multilevel(y, v, cluster)
    near(fit.log_likelihood, brute_force(y, v, cluster, fit.sigma2_between, fit.sigma2_within), 1e-10)
    scale = fit.sigma2_between + fit.sigma2_within
    grid = np.concatenate([[0.0], np.geomspace(1e-3, 20.0, 60)]) * scale
    surface = np.array([[brute_force(y, v, cluster, a, b) for b in grid] for a in grid])
    assert surface.max() <= fit.log_likelihood + 1e-9


def test_balanced_clusters_by_hand() -> None:
    """Equal variances and cluster sizes: the REML estimates are those of the analysis of variance.

    Clusters (1, 3), (5, 7), (3, 8): means 2, 6, 5.5; mean square within = (2 + 2 + 12.5)/3 = 5.5 = σ² + v;
    mean square between = 2·((2 - 4.5)² + 1.5² + 1)/2 = 9.5 = σ² + v + 2·σ²(between).
    """
    y, cluster = [1.0, 3.0, 5.0, 7.0, 3.0, 8.0], list("aabbcc")
    fit = multilevel(y, [0.5] * 6, cluster)
    near([fit.sigma2_within, fit.sigma2_between], [5.0, 2.0], 1e-9)
    near([fit.estimate[0], fit.se[0], fit.df], [4.5, np.sqrt(9.5 / 6), 2.0], 1e-9)
    # CR2 in a balanced one-way layout is the variance of the cluster means over their number, with m − 1 df.
    robust = cluster_robust(fit, cluster)
    near([robust.se[0], robust.df[0]], [np.sqrt(np.var([2, 6, 5.5], ddof=1) / 3), 2.0], 1e-9)
    assert robust.note is not None
    assert "Fewer than 4 degrees of freedom for intercept" in robust.note
    near(robust.table().loc["intercept", "se"], robust.se[0], 0.0)


def test_identical_effects() -> None:
    """No variance at either level."""
    fit = multilevel([0.3] * 5, [0.04, 0.05, 0.02, 0.06, 0.03], [1, 1, 2, 2, 3])
    assert (fit.sigma2_between, fit.sigma2_within) == (0.0, 0.0)
    near(fit.estimate, 0.3, 1e-14)
    near(fit.se[0] ** -2, 1 / 0.04 + 1 / 0.05 + 1 / 0.02 + 1 / 0.06 + 1 / 0.03, 1e-12)


def test_one_effect_per_cluster_is_a_meta_analysis() -> None:
    """CR2 with every study its own cluster, and equal variances, is the usual standard error."""
    y, v = np.array([0.1, 0.5, -0.2, 0.9, 0.3]), np.full(5, 0.04)
    fit = regress(y, v, ci="wald")
    robust = cluster_robust(fit, range(5))
    near([robust.se[0], robust.df[0]], [np.sqrt(np.var(y, ddof=1) / 5), 4.0], 1e-10)
    near(robust.estimate[0], pool(y, v).estimate, 1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.1, 0.2, 0.3], [1, 1, 1], [1, 2, 3]), "Every study has one effect"),
        (([0.1, 0.2, 0.3], [1, 1, 1], [1, 1, 1]), "1 coefficients need more than 1 studies"),
        (([0.1, 0.2, 0.3], [1, 1, 1], [1, 1]), "cluster has 2 entries"),
        (([0.1, 0.2, 0.3], [1, 1, 1], ["a", None, "b"]), "cluster must be known for every effect"),
        (([0.1, 0.2, 0.3], [1, 1], [1, 1, 2]), "vi is for 2 effects but yi has 3"),
        (([0.1, 0.2, 0.3], [1, -1, 1], [1, 1, 2]), "vi must be positive"),
        (([0.1, np.nan, 0.3], [1, 1, 1], [1, 1, 2]), "yi must be finite"),
        (([0.1, 0.2, 0.3], [[1, 2], [2, 1], [0, 0]], [1, 1, 2]), "symmetric k × k matrix"),
        (([0.1, 0.2, 0.3], [[1, 2, 0], [2, 1, 0], [0, 0, 1]], [1, 1, 2]), "not positive definite"),
    ],
)
def test_refusals(arguments: tuple[Any, Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        multilevel(*arguments)


def test_refused_options() -> None:
    y, v, cluster = [0.1, 0.2, 0.5, 0.3], [1.0] * 4, [1, 1, 2, 2]
    with pytest.raises(ValueError, match="method must be"):
        multilevel(y, v, cluster, method="DL")
    with pytest.raises(ValueError, match="ci must be"):
        multilevel(y, v, cluster, ci="HKSJ")
    with pytest.raises(ValueError, match="correlation must lie"):
        sampling_covariance(v, cluster, 1.0)
    fit = multilevel(y, v, cluster)
    with pytest.raises(ValueError, match="estimator must be"):
        cluster_robust(fit, cluster, estimator="CR3")
    with pytest.raises(ValueError, match="cluster has 2 entries"):
        cluster_robust(fit, [1, 2])
    with pytest.raises(ValueError, match="1 coefficients need more than 1 clusters"):
        cluster_robust(fit, [1, 1, 1, 1])
    correlated = multilevel(y, sampling_covariance(v, cluster, 0.5), cluster)
    with pytest.raises(ValueError, match="correlated in the model"):
        cluster_robust(correlated, [1, 2, 3, 4])


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1.0, 1e6]))
def test_order_sign_and_scale(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(5), 3)
    v = rng.uniform(0.05, 0.5, 15)
    y = rng.normal(size=5)[cluster] + rng.normal(0, np.sqrt(v + 0.2))
    order = rng.permutation(15)
    a, b = multilevel(y, v, cluster), multilevel(-factor * y[order], factor**2 * v[order], cluster[order])
    pair = [(f.sigma2_between, f.sigma2_within) for f in (a, b)]
    near(np.array(pair[1]) / factor**2, pair[0], 1e-6, scale=1e-3)
    near(-b.estimate / factor, a.estimate, 1e-6, scale=a.se)
    robust = [cluster_robust(a, cluster), cluster_robust(b, cluster[order])]
    near(robust[1].se / factor, robust[0].se, 1e-6)
    near(robust[1].df, robust[0].df, 1e-6)
