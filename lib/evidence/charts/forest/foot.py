"""What stands under a forest plot in both layouts: the axis, what its sides mean, and the legend."""

from __future__ import annotations

from evidence.charts import axis as scale
from evidence.charts.axis import Axis
from evidence.charts.forest.marks import samples
from evidence.charts.forest.rows import Forest
from evidence.charts.legend import draw_legend
from evidence.charts.sheet import Sheet
from evidence.charts.style import LINE, SMALL
from evidence.wording.numbers import NBSP


def draw_foot(sheet: Sheet, axis: Axis, plot: Forest, y: float) -> float:
    """Draw the axis at `y` and everything below it; return where the sheet ends."""
    measure = plot.measure
    wanted = max(4, int((axis.end - axis.start) / 45))
    ticks = axis.ticks(wanted)
    y = scale.draw_below(sheet, axis, y, ticks, scale.tick_labels(ticks, log=axis.log)) + SMALL * LINE
    y = _draw_sides(sheet, axis, plot, y)
    middle = (axis.start + axis.end) / 2
    room = min(max(axis.end - axis.start, 265), 2 * min(middle, sheet.width - middle) - 4)
    y = sheet.paragraph(middle, y + 2, measure.name, room, size=SMALL, anchor="middle") + 8
    y = draw_legend(sheet, samples(plot, axis), 2, y, sheet.width - 4)
    if plot.safeguards:
        meanings = "; ".join(f"{column.letter} {column.meaning}" for column in plot.safeguards)
        y = sheet.paragraph(2, y, f"Safeguards: {meanings}.", sheet.width - 4, size=SMALL, role="muted")
    return y - SMALL * LINE + 6


def _draw_sides(sheet: Sheet, axis: Axis, plot: Forest, y: float) -> float:
    """Write whom each side favours: about the line of no effect, or at the ends where that leaves no room."""
    low, high = f"←{NBSP}{plot.measure.favours_low}", f"{plot.measure.favours_high}{NBSP}→"
    null = axis.at(plot.measure.null)
    left, right = min(null - 8, 150), min(sheet.width - null - 8, 150)
    if min(left, right) >= 95:
        return max(
            sheet.paragraph(null - 6, y, low, left, size=SMALL, role="muted", anchor="end"),
            sheet.paragraph(null + 6, y, high, right, size=SMALL, role="muted"),
        )
    half = (axis.end - axis.start) / 2 - 4
    return max(
        sheet.paragraph(axis.start, y, low, half, size=SMALL, role="muted"),
        sheet.paragraph(axis.end, y, high, half, size=SMALL, role="muted", anchor="end"),
    )
