"""What `bayes` and `bayes_many` refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evidence import meta
from evidence.meta import Bound, HalfNormal, Normal, StudentT

TAU = HalfNormal(0.5)


@pytest.mark.parametrize(
    "yi, vi, options, words",
    [
        ([], [], {"mu_prior": Normal(0, 2)}, "No evidence"),
        ([], [], {"bounds": [Bound.from_p(0.1, direction=1)]}, "flat prior of mu needs"),
        ([0.1, math.nan], [0.1, 0.1], {}, "yi is missing at position 1"),
        ([0.1, 0.2], [0.1, math.nan], {}, "vi is missing at position 1"),
        ([0.1, math.inf], [0.1, 0.1], {}, "infinite at position 1"),
        ([0.1, 0.2], [0.1], {}, "Unequal lengths"),
        ([0.1], [0.0], {}, "vi must be above 0"),
        ([0.1], [-1.0], {}, "vi must be above 0"),
        (["a"], [1.0], {}, "yi must be numbers"),
        (np.ma.array([0.1, 0.2], mask=[False, True]), [0.1, 0.1], {}, "yi is missing at position 1"),
        ([0.1, 0.2], np.ma.array([0.1, 0.1], mask=[True, False]), {}, "vi is missing at position 0"),
        ([0.1], [0.1], {"tau_prior": 0.5}, "tau_prior must be one of HalfNormal"),
        ([0.1], [0.1], {"tau_prior": Normal(0, 1)}, "tau_prior must be one of HalfNormal"),
        ([0.1], [0.1], {"mu_prior": TAU}, "mu_prior must be Normal, StudentT or None"),
        ([0.1], [0.1], {"bounds": [0.3]}, "bounds must hold Bound objects"),
        ([0.1], [0.1], {"df": [3.0, 4.0]}, "df has shape"),
        ([0.1], [0.1], {"df": [0.5]}, "df must be 1 or more"),
        ([0.1], [0.1], {"df": [math.nan]}, "df must be 1 or more"),
    ],
)
def test_bad_input_is_named(yi, vi, options, words):
    with pytest.raises(ValueError, match=words):
        meta.bayes(yi, vi, **({"tau_prior": TAU} | options))


@pytest.mark.parametrize(
    "make",
    [
        lambda: HalfNormal(0.0),
        lambda: HalfNormal(math.nan),
        lambda: HalfNormal(math.inf),
        lambda: HalfNormal("wide"),
        lambda: HalfNormal(True),
        lambda: meta.HalfCauchy(-1.0),
        lambda: meta.InverseGamma(0.0, 1.0),
        lambda: meta.InverseGamma(1.0, math.nan),
        lambda: meta.LogTauSquared(math.nan, 1.0),
        lambda: meta.LogTauSquared(0.0, 0.0),
        lambda: meta.LogTauSquared(0.0, 1.0, 0.0),
        lambda: Normal(math.inf, 1.0),
        lambda: Normal(0.0, -2.0),
        lambda: StudentT(0.0, 0.0, 1.0),
        lambda: StudentT(math.nan, 0.0, 1.0),
        lambda: StudentT(5.0, 0.0, 0.0),
    ],
)
def test_a_prior_that_is_none_is_refused(make):
    with pytest.raises(ValueError, match="must be"):
        make()


def test_levels_and_thresholds():
    p = meta.bayes([0.1], [0.1], tau_prior=TAU)
    for call in (p.interval, p.prediction, p.tau_interval, p.shrunk):
        for level in (0.0, 1.0, 95.0, math.nan):
            with pytest.raises(ValueError, match="level must lie between 0 and 1"):
                call(level)
    with pytest.raises(ValueError, match="below must be a number"):
        p.probability(below=math.nan)
    with pytest.raises(ValueError, match="Unknown kind"):
        p.interval(0.95, "widest")


@pytest.mark.parametrize(
    "yi, vi, options, words",
    [
        ([0.1], [0.1], {}, "shape"),
        ([[0.1, 0.2]], [[0.1, math.nan]], {}, "Only one of yi and vi"),
        ([[0.1]], [[0.0]], {}, "vi must be above 0"),
        ([[0.1]], [[0.1]], {"mu_prior": StudentT(5, 0, 1)}, "use bayes for a t prior"),
        ([[0.1]], [[0.1]], {"level": 95}, "level"),
        ([[0.1]], [[0.1]], {"below": (math.nan,)}, "below"),
    ],
)
def test_bad_batches_are_named(yi, vi, options, words):
    with pytest.raises(ValueError, match=words):
        meta.bayes_many(yi, vi, tau_prior=TAU, **options)
