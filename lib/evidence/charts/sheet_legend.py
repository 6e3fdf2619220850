"""A legend under a drawing: a sample of each mark and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evidence.charts.sheet import Sheet
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL

_SAMPLE = 25.0
_GAP = 16.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry: `draw(sheet, x, y)` draws the mark with its middle at the given place, about 18 wide."""

    draw: Callable[[Sheet, float, float], None]
    meaning: str


def draw_legend(sheet: Sheet, samples: Sequence[Sample], x: float, y: float, width: float) -> float:
    """Lay the entries out in lines from the baseline `y`.

    Returns
    -------
    float
        The baseline after the last line.
    """
    left = x
    for sample in samples:
        lines = wrap(sample.meaning, SMALL, width - _SAMPLE)
        needed = _SAMPLE + max(measure(line, SMALL) for line in lines)
        if left > x and left + needed > x + width:
            left, y = x, y + SMALL * LINE + 3
        sample.draw(sheet, left + 9, y - 4)
        for line in lines:
            sheet.text(left + _SAMPLE, y, line, size=SMALL, role="muted")
            y += SMALL * LINE
        y -= SMALL * LINE
        left += needed + _GAP
    return y + SMALL * LINE + 3 if samples else y


def line_sample(
    role: str, dash: tuple[float, ...] = (), width: float = 1.3
) -> Callable[[Sheet, float, float], None]:
    """Return how to draw a sample of a line."""

    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.line([(x - 9, y), (x + 9, y)], role, width=width, dash=dash)

    return draw
