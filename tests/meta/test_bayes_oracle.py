"""The posterior against R's bayesmeta and against published examples.

bayesmeta integrates over a grid of tau that its default settings leave coarse: its limits of mu are then good
to about a four-hundredth of the posterior's SD. Where the grid was refined (`acc` "tight") they agree to
1e-5; what it says of tau does not use the grid.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from evidence import meta
from tests import oracle_data

TAU_PRIORS = {"HN0.5": meta.HalfNormal(0.5), "HN1": meta.HalfNormal(1.0), "HC0.5": meta.HalfCauchy(0.5)}
MU_PRIORS = {"flat": None, "N4": meta.Normal(0.0, 4.0)}
FITS = oracle_data.load(oracle_data.POSTERIORS)


@pytest.fixture(
    params=FITS, ids=lambda fit: f"{fit['set']} {fit['prior']} {fit['mu']} {fit['acc']}", scope="module"
)
def fit(request):
    return request.param


@pytest.fixture(scope="module")
def posterior(fit):
    y, sigma = np.atleast_1d(fit["y"]), np.atleast_1d(fit["sigma"])
    return meta.bayes(y, sigma**2, tau_prior=TAU_PRIORS[fit["prior"]], mu_prior=MU_PRIORS[fit["mu"]])


def quantiles(interval, median):
    low, high = interval(0.95)
    return np.array([low, median, high])


def test_there_are_all_the_fits():
    assert len(FITS) == 46
    assert sum(fit["acc"] == "tight" for fit in FITS) == 4


def test_tau(fit, posterior):
    np.testing.assert_allclose(
        quantiles(posterior.tau_interval, posterior.tau), fit["q_tau"], rtol=0, atol=5e-9
    )
    _, _, mean, sd = fit["summary"]["tau"][:4]
    for got, want in ((posterior.tau_mean, mean), (posterior.tau_sd, sd)):
        if isinstance(want, str) or not math.isfinite(got):
            assert not math.isfinite(got) or fit["prior"] == "HC0.5"
        else:  # under the half-Cauchy prior R's integrate() stops early in the tail
            assert got == pytest.approx(want, rel=1e-9 if fit["prior"] != "HC0.5" else 3e-5)


def test_mean_effect(fit, posterior):
    tight = fit["acc"] == "tight"
    sd = posterior.sd if math.isfinite(posterior.sd) else 1.0
    q = quantiles(posterior.interval, posterior.median)
    np.testing.assert_allclose(q, fit["q_mu"], rtol=0, atol=1e-5 if tight else 5e-3 * sd)
    assert posterior.median == pytest.approx(fit["q_mu"][1], abs=1e-5 if tight else 3.1e-4)
    assert posterior.mean == pytest.approx(fit["summary"]["mu"][2], abs=1e-5 if tight else 3e-4)
    shortest = posterior.interval(0.95, "shortest")
    np.testing.assert_allclose(shortest, fit["summary"]["mu"][4:], rtol=0, atol=2e-5 if tight else 5e-3 * sd)


def test_new_trial(fit, posterior):
    tight = fit["acc"] == "tight"
    low, high = posterior.prediction(0.95)
    want = fit["q_theta"][0], fit["q_theta"][2]
    np.testing.assert_allclose((low, high), want, rtol=0, atol=1e-5 if tight else 1e-2)
    assert posterior.new_study(below=0.0) == pytest.approx(fit["pp_below0"], abs=2e-7 if tight else 5e-4)


def test_probabilities(fit, posterior):
    tight = fit["acc"] == "tight"
    assert posterior.probability(below=0.0) == pytest.approx(fit["p_below0"], abs=1e-7 if tight else 2e-4)
    assert posterior.probability(below=-1.0) == pytest.approx(fit["p_below_m1"], abs=1e-6 if tight else 5e-4)


def test_crins_2014_as_bayesmetas_paper_prints_it():
    """Röver 2020, doi:10.18637/jss.v093.i06, section 3: six trials, N(0, 4²), half-normal 0.5."""
    crins = next(fit for fit in FITS if fit["set"] == "crins6")
    p = meta.bayes(
        crins["y"], crins["sigma"] ** 2, tau_prior=meta.HalfNormal(0.5), mu_prior=meta.Normal(0.0, 4.0)
    )
    assert (round(p.tau_mean, 7), round(p.tau, 7), round(p.tau_sd, 7)) == (0.3810562, 0.3445023, 0.2593672)
    assert 1.0 - p.tau_probability(below=1.0) == pytest.approx(0.02097488, abs=5e-9)


def test_mdma_for_ptsd_as_sypres_prints_it():
    """SYPRES, MDMA for PTSD: six trials, N(0, 1), half-normal 0.5; effects and limits to four digits.

    github.com/PennLINC/sypres-docs, docs/datasets/_posts/2026-02-13-mdmaptsd-meta-analysis.md
    """
    y = np.array([-0.7712, -0.5915, -1.2080, -0.9603, -0.8525, -0.2761])
    low = np.array([-1.2295, -1.0069, -2.1842, -1.9458, -2.1083, -1.2607])
    high = np.array([-0.3129, -0.1760, -0.2317, 0.0251, 0.4033, 0.7084])
    v = ((high - low) / (2.0 * 1.959964)) ** 2
    p = meta.bayes(y, v, tau_prior=meta.HalfNormal(0.5), mu_prior=meta.Normal(0.0, 1.0))
    assert (p.tau_mean, p.mean) == pytest.approx((0.1921266, -0.7047483), abs=1e-4)
    assert p.interval(0.95, "shortest") == pytest.approx((-1.0545489, -0.3574634), abs=2e-4)
