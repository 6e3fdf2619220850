"""The global maximum of the ML and REML likelihood, against a grid of 2,000 points."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.meta.likelihood import grid_of_ratios, grid_points, log_likelihood, maximise, upper_bound
from evidence.meta.likelihood_many import maximise_many
from tests import oracle_data
from tests.meta.near import near

POINTS = 2000
SYNTHETIC = 5000


def plain_log_likelihood(y: np.ndarray, v: np.ndarray, tau2: np.ndarray, reml: bool) -> np.ndarray:
    """Straight from the densities, for the whole grid: one column per analysis; constants left out."""
    w = 1 / (v + tau2)
    mean = (w * y).sum(axis=0) / w.sum(axis=0)
    twice = np.log(w).sum(axis=0) - (w * (y - mean) ** 2).sum(axis=0)
    return (twice - np.log(w.sum(axis=0)) if reml else twice) / 2


def best_on_grid(y: np.ndarray, v: np.ndarray, reml: bool) -> np.ndarray:
    """Highest value on 0 and a geometric grid up to 10 times the variance of the effects."""
    top = plain_log_likelihood(y, v, np.zeros(y.shape[1]), reml)
    scale = 10 * np.var(y, axis=0) + v.max(axis=0)
    for fraction in np.geomspace(1e-9, 1, POINTS - 1):
        top = np.maximum(top, plain_log_likelihood(y, v, fraction * scale, reml))
    return top


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("name", "measure"), oracle_data.analyses())
def test_no_grid_point_is_higher_on_real_data(name: str, measure: str, reml: bool) -> None:
    block = oracle_data.load(name)["analyses"][measure]
    y, v = np.atleast_1d(block["yi"])[:, None], np.atleast_1d(block["vi"])[:, None]
    if y.size == 1:
        assert name == "syn_edge"  # one study has no likelihood of tau2
        return
    found = maximise(y[:, 0], v[:, 0], reml)
    reached = plain_log_likelihood(y, v, np.array([found]), reml)[0]
    assert reached >= best_on_grid(y, v, reml)[0] - 1e-11 * max(1, abs(reached))


@pytest.mark.parametrize("reml", [True, False])
def test_no_grid_point_is_higher_on_synthetic_data(reml: bool) -> None:
    """5,000 sets of 2 to 20 studies: weak and strong heterogeneity, outliers, clusters, uneven variances."""
    rng = np.random.default_rng(20240607)
    sizes = (2, 3, 4, 5, 5, 8, 8, 12, 20, 20)
    several_hills = 0
    for k in sizes:
        n = SYNTHETIC // len(sizes)
        v = 10 ** (-rng.choice([0.5, 1, 3, 6], n) * rng.random((k, n)))
        kind = rng.integers(4, size=n)
        noise = rng.normal(size=(k, n)) * np.sqrt(v)
        spread = np.array([0.3, 1, 3, 1])[kind] * 10 ** rng.uniform(-2, 0.5, n)
        between = np.where(kind == 2, rng.choice([0, 0.5, 3], (k, n)), rng.normal(size=(k, n)))
        y = noise * np.where(kind == 3, rng.standard_t(2, (k, n)), 1) + spread * between
        found = maximise_many(y, v, np.full(n, float(k)), reml)
        reached = plain_log_likelihood(y, v, found, reml)
        assert (reached >= best_on_grid(y, v, reml) - 1e-9).all()
        hill = plain_log_likelihood(y, v, np.zeros(n), reml) > plain_log_likelihood(
            y, v, np.full(n, 1e-6) * v.min(axis=0), reml
        )
        several_hills += int((hill & (found > 0)).sum())
        one_by_one = [maximise(y[:, j], v[:, j], reml) for j in range(0, n, 25)]
        near(one_by_one, found[::25], 1e-10, scale=v.min(axis=0)[::25])
    assert several_hills > 5, "the sets hold none of the cases that a local search gets wrong"


@pytest.mark.parametrize(("name", "measure", "local", "best"), [("dat.gibson2002", "MD", 0.0, 9.679)])
def test_two_hills(name: str, measure: str, local: float, best: float) -> None:
    """A local search from 0 stays there; the other hill is 1.76 higher in log-likelihood."""
    block = oracle_data.load(name)["analyses"][measure]
    y, v = block["yi"], block["vi"]
    found = maximise(y, v, reml=True)
    assert found == pytest.approx(best, abs=5e-4)
    gap = log_likelihood(y, v, found, True) - log_likelihood(y, v, local, True)
    assert gap == pytest.approx(1.76, abs=0.005)
    assert log_likelihood(y, v, 1e-3, True) < log_likelihood(y, v, local, True)


def test_the_bound_is_reached_but_not_passed() -> None:
    """Two studies of equal variance: REML is range^2/2 - v, exactly the bound."""
    y, v = np.array([0.0, 3.0]), np.array([0.2, 0.2])
    assert maximise(y, v, reml=True) == pytest.approx(upper_bound(3.0) - 0.2, rel=1e-12)
    rng = np.random.default_rng(5)
    for _ in range(300):
        k = int(rng.integers(2, 8))
        y, v = rng.standard_cauchy(k), 10 ** rng.uniform(-3, 1, k)
        for reml in (True, False):
            found = maximise(y, v, reml)
            assert found <= max(0.0, upper_bound(float(np.ptp(y))) - v.min()) * (1 + 1e-9)


def test_the_grid_reaches_beyond_the_bound() -> None:
    for log_range in (1e-12, 0.4, 0.7999999999, 0.8, 3.0, 57.0):
        grid = grid_of_ratios(int(np.ceil(grid_points(log_range))))
        assert grid[0] == 0
        assert (np.diff(grid) > 0).all()
        assert np.log1p(grid[-1]) > log_range * (1 + 1e-9)
        assert np.diff(np.log1p(grid)).max() <= 0.4 * (1 + 1e-9)
