"""The axis of a measure: what it holds, and round ticks whose labels do not touch."""

import math
from itertools import pairwise

import pytest
from matplotlib.figure import Figure as Canvas

from evidence.charts.measure import Measure, lay, spaced, tick_labels, ticks_in, window
from evidence.charts.text import measure as text_width
from evidence.charts.theme import SMALL

PAIN, RATIO = Measure("Pain", mid=(-10,)), Measure("Risk ratio", null=1, log=True)


@pytest.mark.parametrize(
    ("ends", "measure", "room", "labels"),
    [
        ((-45, 12), PAIN, 160, ["\u221240", "\u221220", "0"]),
        ((0, 1), PAIN, 300, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((0.3, 4), RATIO, 200, ["0.3", "0.5", "1", "2", "3"]),
        ((0.01, 100), RATIO, 200, ["0.01", "0.1", "1", "10", "100"]),
        ((900, 2600), PAIN, 250, ["1,000", "1,500", "2,000", "2,500"]),
    ],
)
def test_ticks_are_round_inside_and_few(ends, measure, room, labels):
    ticks = ticks_in(measure, ends, room)
    assert tick_labels(ticks, log=measure.log) == labels
    assert all(ends[0] <= tick <= ends[1] for tick in ticks)


@pytest.mark.parametrize("room", [60, 100, 164, 300, 640])
@pytest.mark.parametrize("ends", [(-100, 100), (-57.3, 3.1), (-8.2, 9.9)])
def test_labels_of_ticks_do_not_touch(ends, room):
    ticks = ticks_in(PAIN, ends, room)
    places = [(tick - ends[0]) / (ends[1] - ends[0]) * room for tick in ticks]
    halves = [text_width(label, SMALL) / 2 for label in tick_labels(ticks)]
    assert ticks
    for (left, one), (right, other) in pairwise(zip(places, halves, strict=True)):
        assert right - other - (left + one) >= 5


@pytest.mark.parametrize(
    ("ends", "measure"), [((1, 1), PAIN), ((2, 1), PAIN), ((0, 1), RATIO), ((0, math.nan), PAIN)]
)
def test_an_axis_that_cannot_be_laid_is_refused(ends, measure):
    ax = Canvas().add_subplot()
    with pytest.raises(ValueError, match="axis cannot run"):
        lay(ax, measure, ends, 100)


def test_an_axis_around_values_leaves_room_even_around_one():
    low, high = window(Measure("Pain", null=5), [5.0], [], [])
    assert low < 5 < high
    low, high = window(RATIO, [0.5, 2.0], [], [])
    assert low * high == pytest.approx(1)


def test_labels_that_would_touch_are_left_out():
    assert spaced(["0", "1", "12"], [0, 4, 200]) == ["0", "", "12"]
