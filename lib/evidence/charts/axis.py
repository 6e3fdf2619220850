"""Scales from data to places on a sheet, and the ticks on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.charts.sheet import Sheet
from evidence.charts.text import measure
from evidence.charts.theme import SMALL
from evidence.wording.numbers import number


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of data from `low` to `high` laid between two places on the sheet.

    Raises
    ------
    ValueError
        The stretch is empty or not finite, or a logarithmic one does not lie above zero.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __post_init__(self) -> None:
        """Check that the stretch can be laid out."""
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(
                f"An axis needs a finite low end below its high end, not {self.low} to {self.high}."
            )
        if self.log and self.low <= 0:
            raise ValueError(f"A logarithmic axis lies above zero; it cannot start at {self.low}.")

    def at(self, value: float) -> float:
        """Return the place of a value, held inside the axis."""
        return self.beyond(min(max(value, self.low), self.high))

    def beyond(self, value: float) -> float:
        """Return the place of a value, also where it lies off the axis."""
        low, high, here = (self._flat(v) for v in (self.low, self.high, value))
        return self.start + (here - low) / (high - low) * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Say whether a value lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, wanted: int = 5) -> tuple[float, ...]:
        """Return about `wanted` round values inside the axis."""
        return _log_ticks(self, wanted) if self.log else _linear_ticks(self, wanted)

    def _flat(self, value: float) -> float:
        return math.log(value) if self.log else value


def around(
    values: Sequence[float], start: float, end: float, *, log: bool = False, room: float = 0.06
) -> Axis:
    """Return an axis that holds every value with a little room on both sides."""
    low, high = min(values), max(values)
    if log:
        spread = math.log(high / low) or 1.0
        return Axis(low * math.exp(-room * spread), high * math.exp(room * spread), start, end, log=True)
    spread = (high - low) or abs(high) or 1.0
    return Axis(low - room * spread, high + room * spread, start, end)


def tick_labels(ticks: Sequence[float], *, log: bool = False) -> list[str]:
    """Return the ticks as text: on a logarithmic axis each with its own decimals, else all with the same."""
    digits = max((_decimals(tick) for tick in ticks), default=0)
    return [number(tick, _decimals(tick) if log else digits) for tick in ticks]


def draw_below(sheet: Sheet, axis: Axis, y: float, ticks: Sequence[float], labels: Sequence[str]) -> float:
    """Draw a horizontal axis at `y` with its labels below; labels that would touch are left out.

    Returns
    -------
    float
        The baseline of the labels.
    """
    sheet.line([(axis.start, y), (axis.end, y)], "edge")
    taken = -math.inf
    for position, (tick, label) in enumerate(zip(ticks, labels, strict=True)):
        x = axis.at(tick)
        sheet.line([(x, y), (x, y + 4)], "edge", name=f"tick-{position}")
        half = measure(label, SMALL) / 2
        place = min(max(x, half), sheet.width - half)
        if place - half > taken:
            sheet.text(
                place, y + 17, label, size=SMALL, role="muted", anchor="middle", name=f"tick-{position}-label"
            )
            taken = place + half + 5
    return y + 17


def draw_left(sheet: Sheet, axis: Axis, x: float, ticks: Sequence[float], labels: Sequence[str]) -> None:
    """Draw a vertical axis at `x` with its labels to the left of it."""
    sheet.line([(x, axis.start), (x, axis.end)], "edge")
    for position, (tick, label) in enumerate(zip(ticks, labels, strict=True)):
        y = axis.at(tick)
        sheet.line([(x - 4, y), (x, y)], "edge", name=f"rung-{position}")
        sheet.text(x - 7, y + 4, label, size=SMALL, role="muted", anchor="end", name=f"rung-{position}-label")


def _linear_ticks(axis: Axis, wanted: int) -> tuple[float, ...]:
    span = axis.high - axis.low
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if span / (power * m) <= wanted)
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    return tuple(round(i * step, 12) for i in range(first, last + 1))


def _log_ticks(axis: Axis, wanted: int) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1)
    ticks: tuple[float, ...] = ()
    for multiples in ((1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ticks = tuple(t for p in powers for m in multiples if axis.holds(t := round(m * 10.0**p, 12)))
        if len(ticks) <= wanted + 1:
            break
    every = math.ceil(len(ticks) / (wanted + 1))
    return ticks[::every] if len(ticks) > 1 else _linear_ticks(axis, wanted)


def _decimals(value: float) -> int:
    return max(0, len(f"{value:.10f}".rstrip("0").partition(".")[2]))
