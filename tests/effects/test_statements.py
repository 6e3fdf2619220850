"""What bounds say: the range of p, the direction, the set of z, the sampling variance."""

import math
from pathlib import Path

import pytest
from scipy import stats

from evidence.effects import Effect, Options, effects
from evidence.meta import pool_censored
from evidence.question import Question, select
from tests.question import mini

NAME = "Alpha2001"


def bounded(tmp_path: Path, design: str = "parallel", flag: str = "", **cells: str) -> Effect:
    rows = mini.trial(design=design)
    rows["contrasts"] = [mini.contrast(NAME, **cells)]
    if flag:
        rows["flags"] = [{"study_id": NAME, "flag": flag, "severity": "info", "detail": "Made up"}]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps"), ds), ds, Options(reference_sd=20))
    assert effect.evidence_class == "bounded"
    assert effect.yi is effect.vi is None
    return effect


LEFT_EMPTY = "p_value left empty"
STATEMENTS = [
    ({"p_operator": "<", "p_value": "0.01", "favours": "experimental"}, (0.0, 0.01, -1)),
    ({"p_operator": "<", "notes": LEFT_EMPTY, "favours": "control"}, (0.0, 0.05, 1)),
    ({"p_operator": "ns"}, (0.05, 1.0, None)),
    ({"p_operator": ">", "p_value": "0.1"}, (0.1, 1.0, None)),
    ({"favours": "experimental"}, (0.0, 1.0, -1)),
    ({"p_operator": "=", "p_value": "0.25"}, (0.245, 0.255, None)),
    ({"p_operator": "=", "p_value": "0.1"}, (0.095, 0.105, None)),
    ({"p_operator": "=", "p_value": "0.3125"}, (0.31245, 0.31255, None)),
]


@pytest.mark.parametrize(("cells", "expected"), STATEMENTS)
def test_range_of_p_and_direction(
    tmp_path: Path, cells: dict[str, str], expected: tuple[float, float, int | None]
) -> None:
    said = bounded(tmp_path, **cells).statement
    assert said is not None
    assert (said.p_low, said.p_high) == (pytest.approx(expected[0]), pytest.approx(expected[1]))
    assert said.direction == expected[2]


def test_sets_of_z(tmp_path: Path) -> None:
    """p < 0.05 for the drug: z below -1.96; not significant: |z| below 1.96; p = 0.25: |z| about 1.15."""
    low = bounded(tmp_path / "a", p_operator="<", p_value="0.05", favours="experimental")
    ns = bounded(tmp_path / "b", p_operator="ns")
    exact = bounded(tmp_path / "c", p_operator="=", p_value="0.25")
    assert low.bound is not None
    assert ns.bound is not None
    assert exact.bound is not None
    assert low.bound.intervals == ((-math.inf, pytest.approx(-1.96, abs=1e-3)),)
    assert ns.bound.intervals == ((pytest.approx(-1.96, abs=1e-3), pytest.approx(1.96, abs=1e-3)),)
    (left, right) = exact.bound.intervals
    assert left == tuple(-z for z in reversed(right))
    assert right[0] < stats.norm.isf(0.125) < right[1]


def test_sampling_variance_of_the_set(tmp_path: Path) -> None:
    """30 and 30 people: (1/30 + 1/30) x 20²; 60 people in both periods, r = 0.7: 2 (1 - 0.7)/60 x 20²."""
    parallel = bounded(tmp_path / "a", p_operator="ns").bound
    rows = mini.trial(design="crossover", n_analysed="60")
    rows["arms"] = [mini.arm(NAME, what, what) for what in ("ketamine", "placebo")]
    rows["contrasts"] = [mini.contrast(NAME, p_operator="ns")]
    ds = mini.build(tmp_path / "b", rows)
    (effect,) = effects(select(Question("ketamine", "crps"), ds), ds, Options(reference_sd=20))
    assert parallel is not None
    assert effect.bound is not None
    assert (parallel.vi, parallel.df) == (pytest.approx(400 / 15), 58)
    assert (effect.bound.vi, effect.bound.df) == (pytest.approx(400 * 0.6 / 60), 59)


def test_without_people_there_is_a_statement_but_no_set(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["arms"] = [mini.arm(NAME, what, what) for what in ("ketamine", "placebo")]
    rows["contrasts"] = [mini.contrast(NAME, p_operator="ns")]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps"), ds), ds, Options(reference_sd=20))
    assert effect.statement is not None
    assert effect.bound is None


def test_the_smallest_possible_p_is_a_bound(tmp_path: Path) -> None:
    cells = {"p_operator": "=", "p_value": "0.016", "favours": "experimental"}
    said = bounded(tmp_path, flag="smallest_possible_p", **cells).statement
    assert said is not None
    assert (said.p_low, said.p_high, said.direction) == (0.0, 0.016, -1)


def test_a_difference_without_its_spread_is_kept_beside_the_bound(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["measures"] = [mini.measure("NRS 0-10", scale_min="0", scale_max="10")]
    cells = {"measure": "NRS 0-10", "effect": "MD", "estimate": "-2.6", "favours": "experimental"}
    rows["contrasts"] = [mini.contrast(NAME, p_operator="<", p_value="0.03", **cells)]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps"), ds), ds, Options(reference_sd=20))
    assert effect.statement is not None
    assert effect.statement.difference == pytest.approx(-26)


def test_bounds_can_be_pooled_with_numbers(tmp_path: Path) -> None:
    bounds = [
        bounded(tmp_path / str(i), p_operator="<", p_value="0.01", favours="experimental").bound
        for i in range(3)
    ]
    pooled = pool_censored([-15.0, -10.0, -12.0], [30.0, 25.0, 20.0], [b for b in bounds if b], tau2="ML")
    assert pooled.estimable
    assert pooled.k_bounded == 3
    assert pooled.estimate is not None
    assert pooled.estimate < -12


def test_a_direction_alone_is_called_so(tmp_path: Path) -> None:
    said = bounded(tmp_path, favours="experimental").statement
    assert said is not None
    assert said.words == "a direction only, in favour of the drug"
