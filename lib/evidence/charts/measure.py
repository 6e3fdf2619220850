"""What lies on the axis of an effect, and how much of it a plot shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, NullLocator

from evidence.charts.room import Room
from evidence.charts.text import measure as text_width
from evidence.charts.theme import INK, SMALL
from evidence.wording.numbers import NBSP, number

_STRETCH: Final = 3.0  # wide intervals may stretch the axis to so many times what it must show
_SIDES: Final = 1.5  # bounds without any estimate are shown so many times as far as the MID
_SPARE: Final = 0.06  # empty room at each end of an axis, as a share of it

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """What lies on the axis.

    Attributes
    ----------
    name
        Effect and unit, such as "Mean difference in pain (0-100)".
    null
        Where there is no effect: 0, or 1 for a ratio.
    mid
        Places of the minimal important difference; a dashed line each.
    log
        Draw on a logarithmic axis; the values stay ratios.
    favours_low, favours_high
        Whom values on each side of `null` favour, such as "favours ketamine".
    limits
        Ends of the axis; without them the axis follows the data. Intervals that go beyond become arrows.
    possible
        The least and the greatest value that there can be, such as -100 and 100 for differences between
        means on 0 to 100: an axis that follows the data does not go beyond them.
    """

    name: str
    null: float = 0.0
    mid: tuple[float, ...] = ()
    log: bool = False
    digits: int = 1
    favours_low: str = "favours drug"
    favours_high: str = "favours comparator"
    limits: Span | None = None
    level: float = 0.95
    possible: Span | None = None

    def flat(self, value: float) -> float:
        """Return a value on the scale that the axis is even on."""
        return math.log(value) if self.log else value

    def back(self, value: float) -> float:
        """Return what `flat` was given."""
        return math.exp(value) if self.log else value


def window(
    measure: Measure,
    estimates: Sequence[float],
    spans: Iterable[Span],
    ends: Sequence[float],
    *,
    centred: bool = False,
) -> Span:
    """Return the ends of an axis for results of one measure.

    It holds estimates, reference lines and the narrower half of the intervals. A wider interval stretches it
    as far as three times that; what goes beyond is for the chart to draw as an arrow.

    Parameters
    ----------
    estimates
        What must be on the axis.
    spans
        Intervals with two ends.
    ends
        Ends of all intervals, of those with one end too.
    centred
        Put the null into the middle, as for studies that are open on both sides: arrows to both ends must not
        fill one side more than the other.
    """
    if measure.limits:
        return measure.limits
    flat = measure.flat
    by_width = sorted(((flat(low), flat(high)) for low, high in spans), key=lambda span: span[1] - span[0])
    narrower = [end for span in by_width[: (len(by_width) + 1) // 2] for end in span]
    needed = [flat(value) for value in (measure.null, *measure.mid, *estimates)] + narrower
    low, high = _stretched(needed, [flat(value) for value in ends])
    if centred or not estimates:
        null = flat(measure.null)
        far = (_SIDES * abs(flat(place) - null) for place in measure.mid)
        reach = max(null - low, high - null, *far, 0.0) or 1.0
        low, high = null - reach, null + reach
    spare = _SPARE * ((high - low) or abs(high) or 1.0)
    low, high = measure.back(low - spare), measure.back(high + spare)
    return (low, high) if measure.possible is None else _inside(measure.possible, low, high)


def _inside(possible: Span, low: float, high: float) -> Span:
    return max(low, possible[0]), min(high, possible[1])


def _stretched(needed: Sequence[float], others: Sequence[float]) -> Span:
    """Return the ends of an axis that holds all that is needed, and of the rest what lies nearest."""
    low, high = first, last = min(needed), max(needed)
    most = _STRETCH * (last - first)
    for value in sorted(others, key=lambda value: max(first - value, value - last)):
        if max(high, value) - min(low, value) <= most:
            low, high = min(low, value), max(high, value)
    return low, high


def lay(ax: Axes, measure: Measure, ends: Span, room: float) -> None:
    """Give the x-axis of an Axes this stretch of the measure, `room` points wide, with round ticks.

    Raises
    ------
    ValueError
        The stretch is empty or not finite, or a logarithmic one does not lie above zero.
    """
    low, high = ends
    if not (math.isfinite(low) and math.isfinite(high) and low < high) or (measure.log and low <= 0):
        raise ValueError(f"{measure.name}: an axis cannot run from {low} to {high}.")
    ax.set_xscale("log" if measure.log else "linear")
    ax.set_xlim(low, high)
    ax.xaxis.set_minor_locator(NullLocator())
    ticks = ticks_in(measure, ends, room)
    first, last = (measure.flat(end) for end in ends)
    places = [(measure.flat(tick) - first) / (last - first) * room for tick in ticks]
    canvas = ax.get_figure(root=True)
    assert canvas is not None
    sheet = float(canvas.get_figwidth()) * 72
    start = float(ax.get_position().x0) * sheet
    labels = spaced(tick_labels(ticks, log=measure.log), places, (-start, sheet - start))
    ax.set_xticks(ticks, labels=labels)
    name_ticks(ax.xaxis, "tick")


def lay_upright(ax: Axes, rungs: Sequence[float], *, log: bool = False, grid: bool = False) -> None:
    """Give the y-axis of an Axes these ticks, a line, and lines across the plot where they are asked for."""
    ax.set_yticks(rungs, labels=tick_labels(rungs, log=log))
    ax.minorticks_off()
    ax.spines.left.set_visible(True)
    ax.tick_params(axis="y", left=True)
    if grid:
        ax.grid(axis="y", color=INK["rule"])
        ax.set_axisbelow(True)
    name_ticks(ax.yaxis, "rung")


def margin(rungs: Sequence[float]) -> float:
    """Return the room that an upright axis with these ticks needs on its left, in points."""
    return max(44.0, *(text_width(label, SMALL) + 10 for label in tick_labels(rungs, log=False)))


def name_ticks(axis: Axis, name: str) -> None:
    """Give the ticks of an axis and their labels ids, so that a script can read them."""
    for position, tick in enumerate(axis.get_major_ticks()):
        tick.tick1line.set_gid(f"{name}-{position}")
        tick.label1.set_gid(f"{name}-{position}-label")
        tick.gridline.set_gid(f"{name}-{position}-grid")


def ticks_in(measure: Measure, ends: Span, room: float) -> list[float]:
    """Return round values between two ends whose labels do not touch in so many points."""
    low, high = (measure.flat(end) for end in ends)
    ticks: list[float] = []
    for wanted in range(min(max(4, int(room / 45)), 9), 0, -1):
        ticks = (log_ticks if measure.log else even_ticks)(*ends, wanted)
        places = [(measure.flat(tick) - low) / (high - low) * room for tick in ticks]
        halves = [text_width(label, SMALL) / 2 for label in tick_labels(ticks, log=measure.log)]
        sides = zip(pairwise(places), pairwise(halves), strict=True)
        if all(right - left >= one + other + 5 for (left, right), (one, other) in sides):
            return ticks
    return [tick for tick in ticks if tick == measure.null] or ticks[:1]


def spaced(labels: Sequence[str], places: Sequence[float], within: Span = (-math.inf, math.inf)) -> list[str]:
    """Return labels without those that would touch the one before or leave `within`; places are points."""
    kept: list[str] = []
    taken, most = within
    for label, place in zip(labels, places, strict=True):
        half = text_width(label, SMALL) / 2
        fits = place - half >= taken and place + half <= most
        kept.append(label if fits else "")
        taken = place + half + 5 if fits else taken
    return kept


def even_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return about `wanted` round values, evenly apart."""
    found = MaxNLocator(wanted, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [round(float(tick), 12) for tick in found if low <= tick <= high]


def tick_labels(ticks: Sequence[float], *, log: bool = False) -> list[str]:
    """Return the ticks as text: on a logarithmic axis each with its own decimals, else all with the same."""
    digits = max((decimals(tick) for tick in ticks), default=0)
    return [number(tick, decimals(tick) if log else digits) for tick in ticks]


def log_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return about `wanted` round values on a logarithmic axis."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for multiples in ((1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ticks = [t for p in powers for m in multiples if low <= (t := round(m * 10.0**p, 12)) <= high]
        if len(ticks) <= wanted + 1:
            break
    every = math.ceil(len(ticks) / (wanted + 1))
    return ticks[::every] if len(ticks) > 1 else even_ticks(low, high, wanted)


def decimals(value: float) -> int:
    """Return how many decimals a round value needs."""
    return max(0, len(f"{value:.10f}".rstrip("0").partition(".")[2]))


def write_sides(room: Room, measure: Measure, start: float, end: float, y: float) -> float:
    """Write whom each side favours: about the line of no effect, or at the ends where that leaves no room."""
    low, high = f"←{NBSP}{measure.favours_low}", f"{measure.favours_high}{NBSP}→"
    null = min(max(room.across(measure.null), start), end)
    left, right = min(null - 8, 150), min(room.width - null - 8, 150)
    if min(left, right) >= 95:
        return max(
            room.paragraph(null - 6, y, low, left, size=SMALL, role="muted", anchor="end"),
            room.paragraph(null + 6, y, high, right, size=SMALL, role="muted"),
        )
    half = (end - start) / 2 - 4
    return max(
        room.paragraph(start, y, low, half, size=SMALL, role="muted"),
        room.paragraph(end, y, high, half, size=SMALL, role="muted", anchor="end"),
    )
