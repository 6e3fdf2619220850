"""The largest spread that a scale allows, beside people put on it by brute force."""

import math
import statistics
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.dataset.rules.scales import Span, rounding

SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=40)


@given(SCORES)
def test_no_people_on_a_scale_have_a_larger_spread(scores: list[int]) -> None:
    most = Span(0, 10).largest_sd(statistics.mean(scores), len(scores))
    assert statistics.stdev(scores) <= most + 1e-9


def test_people_at_both_ends_have_the_largest() -> None:
    for ends in combinations_with_replacement((0, 10), 7):
        most = Span(0, 10).largest_sd(statistics.mean(ends), 7)
        assert statistics.stdev(ends) == pytest.approx(most)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=2, max_size=30))
def test_a_change_spans_the_range_either_way(pairs: list[tuple[int, int]]) -> None:
    changes = [after - before for before, after in pairs]
    span = Span(-10, 10)
    assert all(map(span.holds, changes))
    assert statistics.stdev(changes) <= span.largest_sd(statistics.mean(changes), len(changes)) + 1e-9


@given(st.floats(-100, 100), st.integers(0, 4))
def test_a_printed_number_lies_within_its_rounding(value: float, digits: int) -> None:
    printed = f"{value:.{digits}f}"
    assert abs(float(printed) - value) <= rounding(printed) + 1e-12
    assert math.isclose(rounding(f"{printed}e1"), 10 * rounding(printed))
