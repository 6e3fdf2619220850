"""A legend under a drawing: a sample of each mark and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.charts.marks import arrow, line
from evidence.charts.measure import Measure
from evidence.charts.room import Room
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import listing, short

#: Dashes of the line of the minimal important difference.
MID: Final = (6.0, 3.0)
#: What an arrow at the end of an interval means.
BEYOND: Final = "interval goes on beyond the axis"
_SAMPLE: Final = 25.0
_GAP: Final = 16.0


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry of a legend: `draw(room, x, y)` draws the mark about this point, up to 18 wide."""

    draw: Callable[[Room, float, float], None]
    meaning: str


def legend(room: Room, samples: Sequence[Sample], y: float) -> float:
    """Lay a legend out in lines from the baseline `y`; return the baseline after it."""
    left, width = 2.0, room.width - 4
    x = left
    for sample in samples:
        lines = wrap(sample.meaning, SMALL, width - _SAMPLE)
        needed = _SAMPLE + max(measure(words, SMALL) for words in lines)
        if x > left and x + needed > left + width:
            x, y = left, y + SMALL * LINE + 3
        sample.draw(room, x + 9, y - 4)
        for words in lines:
            room.text(x + _SAMPLE, y, words, size=SMALL, role="muted")
            y += SMALL * LINE
        y -= SMALL * LINE
        x += needed + _GAP
    return y + SMALL * LINE + 3 if samples else y


def line_sample(
    role: str, dash: tuple[float, ...] = (), width: float = 1.3
) -> Callable[[Room, float, float], None]:
    """Return how to draw a sample of a line."""

    def draw(room: Room, x: float, y: float) -> None:
        line(room.ax, (x - 9, x + 9), (y, y), role, width=width, dash=dash, transform=room.at)

    return draw


def box_sample(fill: str, stroke: str = "") -> Callable[[Room, float, float], None]:
    """Return how to draw a sample of an area."""

    def draw(room: Room, x: float, y: float) -> None:
        room.box(x - 8, y - 6, 16, 12, fill, stroke)

    return draw


def goes_on(room: Room, x: float, y: float) -> None:
    """Draw the sample of an interval that goes on beyond the axis."""
    line(room.ax, (x - 9, x + 4), (y, y), transform=room.at)
    arrow(room.ax, x + 9, y, "right", transform=room.at)


def mid_samples(found: Measure) -> Iterator[Sample]:
    """Yield the entry of the minimal important difference, if the measure has one."""
    if found.mid:
        places = listing(short(place) for place in found.mid)
        yield Sample(line_sample("ochre", MID), f"minimal important difference, {places}")
