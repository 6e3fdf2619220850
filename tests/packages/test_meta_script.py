"""The pooling that a book made from a package does in its page, against `evidence.meta`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from scipy import stats

from evidence.meta import pool

pytestmark = pytest.mark.xdist_group("whatif")

SCRIPT = Path(__file__).parents[2] / "_static" / "meta.js"
ESTIMATORS = ("REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ")
INTERVALS = ("wald", "t", "HKSJ", "HKSJ-adhoc")
FIELDS = ("estimate", "se", "ci_low", "ci_high", "p_value", "pi_low", "pi_high", "tau2", "i2", "q")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=SCRIPT)
    yield page
    page.close()


def near(found: float, expected: float, tolerance: float = 1e-6) -> bool:
    return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)


def test_quantiles_equal_scipy(page: Page) -> None:
    asked = [
        (level, df) for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999) for df in (*range(1, 31), 60, 121, None)
    ]
    found = page.evaluate(
        "asked => asked.map(([l, df]) => evidenceMeta.criticalValue(l, df ?? Infinity))", asked
    )
    expected = [stats.t.ppf((1 + level) / 2, df or math.inf) for level, df in asked]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    tails = [(t, df) for t in (0, 0.3, 1, 1.96, 2.9, 3.1, 7.5) for df in (1, 2, 3, 4, 9, 40, None)]
    found = page.evaluate("asked => asked.map(([t, df]) => evidenceMeta.twoSidedP(t, df ?? Infinity))", tails)
    expected = [2 * stats.t.sf(t, df or math.inf) for t, df in tails]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


def test_pool_equals_meta_on_random_data(page: Page) -> None:
    """Studies of very unequal precision, likelihoods with several hills, no heterogeneity, much of it."""
    rng = np.random.default_rng(20)
    cases = []
    for _ in range(300):
        k = int(rng.integers(1, 15))
        vi = np.exp(rng.normal(3, rng.uniform(0.1, 3), k))
        yi = rng.normal(rng.normal(0, 20), np.sqrt(vi + rng.choice([0, 5, 400])))
        cases.append((yi.tolist(), vi.tolist(), str(rng.choice(ESTIMATORS)), str(rng.choice(INTERVALS))))
    # Two hills of the likelihood, the higher one away from 0
    cases += [([0, 0.1, 30, 60], [0.01, 0.01, 20, 20], tau2, "HKSJ") for tau2 in ("REML", "ML")]
    found = page.evaluate(
        "cases => cases.map(([y, v, tau2, ci]) => evidenceMeta.pool(y, v, {tau2, ci}))", cases
    )
    for case, js in zip(cases, found, strict=True):
        py = pool(case[0], case[1], tau2=case[2], ci=case[3])
        wrong = {
            name: (js[name], getattr(py, name)) for name in FIELDS if not near(js[name], getattr(py, name))
        }
        assert not wrong, (case, wrong)
        np.testing.assert_allclose(js["weights"], py.weights, atol=1e-6)
