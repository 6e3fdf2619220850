"""Axes: where values stand, and round ticks."""

import math

import pytest

from evidence.charts.axis import Axis, around, tick_labels


def test_values_stand_in_proportion_and_outside_ones_are_held_at_the_ends():
    axis = Axis(-50, 50, 100, 300)
    assert [axis.at(v) for v in (-50, 0, 50, -80, 80)] == [100, 200, 300, 100, 300]
    assert axis.holds(-50) and not axis.holds(50.1)


def test_an_axis_may_run_upwards_and_logarithmically():
    axis = Axis(0.1, 10, 200, 0, log=True)
    assert axis.at(1) == pytest.approx(100)
    assert axis.at(10) == pytest.approx(0)


@pytest.mark.parametrize(
    ("low", "high", "log", "labels"),
    [
        (-45, 12, False, ["\u221240", "\u221220", "0"]),
        (0, 1, False, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.3, 4, True, ["0.3", "0.5", "1", "2", "3"]),
        (0.01, 100, True, ["0.01", "0.1", "1", "10", "100"]),
        (900, 2600, False, ["1,000", "1,500", "2,000", "2,500"]),
    ],
)
def test_ticks_are_round_inside_and_few(low, high, log, labels):
    axis = Axis(low, high, 0, 100, log)
    ticks = axis.ticks()
    assert tick_labels(ticks, log=log) == labels
    assert all(axis.holds(tick) for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "log"), [(1, 1, False), (2, 1, False), (0, 1, True), (0, math.nan, False)]
)
def test_an_axis_that_cannot_be_laid_is_refused(low, high, log):
    with pytest.raises(ValueError, match="axis"):
        Axis(low, high, 0, 1, log)


def test_an_axis_around_values_leaves_room_even_around_one():
    axis = around([5.0], 0, 100)
    assert axis.low < 5 < axis.high
    ratio = around([0.5, 2.0], 0, 100, log=True)
    assert ratio.low * ratio.high == pytest.approx(1)
