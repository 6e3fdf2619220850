"""How much of the scale a forest plot shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from evidence.charts.axis import Axis, around
from evidence.charts.forest.rows import Forest, ForestRow

_STRETCH: Final = 3.0  # wide intervals may stretch the axis to so many times what it must show
_SIDES: Final = 1.5  # bounds without any estimate are shown so many times as far as the MID


def lay_axis(plot: Forest, start: float, end: float) -> Axis:
    """Return the axis that holds estimates, reference lines and the narrower half of the intervals.

    A wider interval stretches the axis as far as `_STRETCH` allows; what goes beyond is drawn as an arrow.
    Where a study is open on both sides, or no study has an estimate, the null stands in the middle: arrows
    to both ends must not fill one side more than the other.
    """
    measure = plot.measure
    if measure.limits:
        return Axis(*measure.limits, start, end, log=measure.log)
    flat, back = (math.log, math.exp) if measure.log else (float, float)
    low, high = _stretched(list(map(flat, _needed(plot))), list(map(flat, _ends(plot))))
    if any(map(_open, plot.rows())) or not any(True for _ in _estimates(plot)):
        low, high = _about(flat(measure.null), low, high, [flat(place) for place in measure.mid])
    return measure.held(around([back(low), back(high)], start, end, log=measure.log))


def beyond(plot: Forest, axis: Axis) -> bool:
    """Say whether an interval goes on beyond the axis."""
    return not all(axis.holds(value) for value in _ends(plot))


def _needed(plot: Forest) -> list[float]:
    """List what must be on the axis."""
    flat = math.log if plot.measure.log else float
    spans = sorted(_spans(plot), key=lambda span: flat(span[1]) - flat(span[0]))
    narrower = spans[: (len(spans) + 1) // 2]
    ends = [value for span in narrower for value in span]
    return [plot.measure.null, *plot.measure.mid, *_estimates(plot), *ends]


def _estimates(plot: Forest) -> Iterator[float]:
    yield from (result.estimate for result in plot.results() if result.estimate is not None)


def _spans(plot: Forest) -> Iterator[tuple[float, float]]:
    """Yield the intervals with two ends."""
    for result in plot.results():
        if result.low is not None and result.high is not None:
            yield result.low, result.high
    yield from (pool.prediction for pool in plot.pools() if pool.prediction)


def _ends(plot: Forest) -> list[float]:
    """List the ends of all intervals, of those with one end too."""
    ends = [value for result in plot.results() for value in (result.low, result.high) if value is not None]
    return [*ends, *(value for pool in plot.pools() for value in pool.prediction or ())]


def _stretched(needed: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis that holds all that is needed, and of the rest what lies nearest."""
    low, high = min(needed), max(needed)
    most = _STRETCH * (high - low)
    for value in sorted(others, key=lambda value: max(min(needed) - value, value - max(needed))):
        if max(high, value) - min(low, value) <= most:
            low, high = min(low, value), max(high, value)
    return low, high


def _about(null: float, low: float, high: float, mid: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis with the null in its middle."""
    reach = max(null - low, high - null, *(_SIDES * abs(place - null) for place in mid), 0.0) or 1.0
    return null - reach, null + reach


def _open(row: ForestRow) -> bool:
    return row.low is None and row.high is None
