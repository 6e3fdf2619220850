"""`pool_many` gives the numbers of `pool`, for every option, in every row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.meta import batch, pool, pool_many
from tests import oracle_data
from tests.meta.near import near
from tests.meta.strategies import Studies, studies

OPTIONS = [
    *({"tau2": tau2} for tau2 in ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", 0.0, 0.07)),
    *({"ci": ci} for ci in ("wald", "t", "HKSJ-adhoc")),
    *({"ci": ci, "prediction": p} for ci in ("wald", "HKSJ") for p in ("k-2", "normal")),
    *({"ci": ci, "convention": "revman"} for ci in ("wald", "HKSJ")),
    *({"model": "common", "ci": ci} for ci in ("wald", "t", "HKSJ", "HKSJ-adhoc")),
    {"level": 0.9},
]
LENGTHS = {
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "wald_low",
    "wald_high",
    "adhoc_low",
    "adhoc_high",
}
SQUARES = {"tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high"}


def padded(sets: list[Studies], rng: np.random.Generator) -> Studies:
    """One row per set, NaN at random places of it."""
    width = max((y.size for y, _ in sets), default=0) + 2
    y, v = np.full((2, len(sets), width), np.nan)
    for row, (yi, vi) in enumerate(sets):
        places = np.sort(rng.permutation(width)[: yi.size])
        y[row, places], v[row, places] = yi, vi
    return y, v


def compare(sets: list[Studies], y: np.ndarray, v: np.ndarray, options: dict[str, Any]) -> None:
    many = pool_many(y, v, **options)
    for row, (yi, vi) in enumerate(sets):
        one = pool(yi, vi, **options)
        smallest = 1e-3 * float(vi.min())
        for name, values in many.items():
            got, want = values[row], getattr(one, name)
            if name == "weights":
                near(np.isnan(got), np.isnan(y[row]), 0)
                near(got[~np.isnan(got)], want, 1e-10, scale=1e-3, what=f"{options} {name}")
            elif isinstance(want, (bool, str)):
                assert got == want, f"{options} {name}"
            else:
                scale = math.sqrt(smallest) if name in LENGTHS else smallest if name in SQUARES else 1e-3
                near(got, want, 1e-10, scale=scale, what=f"{options} {name}")


def test_fields_are_those_of_pooled() -> None:
    one = pool([0.1, 0.4], [0.1, 0.2])
    fields = {name for name in dir(one) if not name.startswith("_")}
    assert set(pool_many([[0.1, 0.4]], [[0.1, 0.2]])) == fields - {"options", "level"}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_real_data_in_one_batch(options: dict[str, Any]) -> None:
    blocks = [oracle_data.load(name)["analyses"][measure] for name, measure in oracle_data.analyses()]
    sets = [(np.atleast_1d(block["yi"]), np.atleast_1d(block["vi"])) for block in blocks]
    compare(sets, *padded(sets, np.random.default_rng(1)), options)


@given(
    sets=st.lists(studies(min_size=1, max_size=6), min_size=1, max_size=5), options=st.sampled_from(OPTIONS)
)
def test_any_data(sets: list[Studies], options: dict[str, Any]) -> None:
    compare(sets, *padded(sets, np.random.default_rng(len(sets))), options)


def test_synthetic_data_at_all_scales() -> None:
    rng = np.random.default_rng(8)
    sets = []
    for _ in range(300):
        k, unit = int(rng.integers(1, 15)), 10 ** rng.uniform(-12, 12)
        v = rng.uniform(0.001, 0.3, k) ** rng.uniform(1, 3)
        sets.append((unit * rng.normal(0.3, np.sqrt(v + rng.choice([0, 0.1, 1]))), unit**2 * v))
    y, v = padded(sets, rng)
    for estimator in ("REML", "ML", "PM", "SJ"):
        compare(sets, y, v, {"tau2": estimator})


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is cut into blocks of rows; the cuts leave no trace but in the last digit."""
    rng = np.random.default_rng(3)
    y, v = rng.normal(size=(50, 7)), rng.uniform(0.1, 2, (50, 7))
    whole = pool_many(y, v)
    monkeypatch.setattr(batch, "BLOCK", 7 * 8)
    for name, values in pool_many(y, v).items():
        if values.dtype.kind == "f":
            near(values, whole[name], 1e-13, scale=1.0, what=name)
        else:
            assert (values == whole[name]).all()


def test_a_row_without_studies() -> None:
    got = pool_many([[np.nan, np.nan], [0.2, np.nan]], [[np.nan, np.nan], [0.1, np.nan]])
    assert got["k"].tolist() == [0, 1]
    for name, values in got.items():
        if values.dtype == np.float64:
            assert np.isnan(values[0]).all(), name
    assert not got["show_alternatives"].any()
    assert pool_many(np.empty((0, 3)), np.empty((0, 3)))["estimate"].shape == (0,)


@pytest.mark.parametrize(
    ("yi", "vi", "message"),
    [
        ([1, 2], [1, 2], r"shape \(batch, k\)"),
        ([[1, 2]], [[1], [2]], r"shape \(batch, k\), not \(1, 2\) and \(2, 1\)"),
        ([[]], [[]], "no column"),
        ([[1, np.nan]], [[1, 1]], "Only one of yi and vi is missing at position 0 1"),
        ([[1, 1]], [[1, np.nan]], "Only one of yi and vi is missing at position 0 1"),
        ([[1, np.inf]], [[1, 1]], "yi must be between"),
        ([[1, 1]], [[1, np.inf]], "vi must be between"),
        ([[1, 1]], [[-1, 0]], "vi must be above 0; it is not at position 0 0, 0 1"),
    ],
)
def test_what_is_refused(yi: list[Any], vi: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool_many(yi, vi)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown tau2='RML'"):
        pool_many([[1, 2]], [[1, 2]], tau2="RML")  # type: ignore[arg-type]
