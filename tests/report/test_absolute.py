"""Baseline risks and what a ratio means at them, by hand."""

from __future__ import annotations

import pytest

from evidence.report.sections.absolute import at_baselines
from evidence.report.sections.baselines import Baseline, ControlArm, baselines, wilson


def test_three_different_arms_give_lowest_median_highest() -> None:
    levels = baselines([ControlArm("A", 4, 40), ControlArm("B", 1, 50), ControlArm("C", 10, 40)])
    assert [level.level for level in levels] == ["low", "middle", "high"]
    assert [level.risk for level in levels] == [0.02, 0.1, 0.25]


def test_fewer_arms_are_added_and_their_interval_gives_the_ends() -> None:
    # Wilson, 5 of 50: centre (0.1 + 1.92073/50) / (1 + 3.84146/50) = 0.128535, reach 0.085131.
    levels = baselines([ControlArm("A", 0, 20), ControlArm("B", 5, 30)])
    assert levels[1].risk == 0.1
    assert levels[0].risk == pytest.approx(0.0434, abs=0.0001)
    assert levels[2].risk == pytest.approx(0.2137, abs=0.0001)


def test_wilson_touches_its_ends_exactly() -> None:
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0
    assert wilson(0, 10)[1] == pytest.approx(3.84146 / 13.84146, abs=1e-5)


def test_no_arm_no_baseline() -> None:
    assert baselines([]) == ()


def test_a_ratio_at_each_baseline() -> None:
    levels = [Baseline("low", 0.0, ""), Baseline("middle", 0.1, ""), Baseline("high", 0.6, "")]
    zero, middle, high = at_baselines((2.0, 1.5, 3.0), levels, "harmful")
    assert zero.effect is None
    assert zero.with_drug.startswith("no ratio at 0 ")
    # 100 of 1,000 become 200 (150 to 300): 100 more; 1 / 0.1 = 10.
    assert middle.with_drug == "200 (150 to 300)"
    assert middle.difference == "100 more (50 more to 200 more)"
    assert middle.needed == "NNTH 10 (NNTH 20 to NNTH 5)"
    # 2 × 600 of 1,000 would be 1,200 of 1,000.
    assert high.effect is None
    assert "cannot hold" in high.with_drug


def test_an_interval_across_no_effect_runs_through_infinity() -> None:
    (at,) = at_baselines((2.0, 0.5, 4.0), [Baseline("middle", 0.1, "")], "harmful")
    assert at.difference == "100 more (50 fewer to 300 more)"
    assert at.needed == "NNTH 10 (NNTB 20 … ∞ … NNTH 3)"
