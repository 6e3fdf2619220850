"""The narrow layout of a forest plot, for phones: each study's words above its own strip of the axis."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.charts.axis import Axis
from evidence.charts.forest.extent import lay_axis
from evidence.charts.forest.foot import draw_foot
from evidence.charts.forest.marks import (
    draw_diamond,
    draw_prediction,
    draw_references,
    draw_row,
    draw_safeguard,
    marker_area,
)
from evidence.charts.forest.rows import Forest, ForestBlock, ForestPool, ForestRow
from evidence.charts.forest.words import effect_words
from evidence.charts.sheet import Sheet
from evidence.charts.style import LINE, NARROW, SMALL, TEXT
from evidence.charts.text import measure
from evidence.wording.numbers import interval, percent

_LEFT = 2.0
_ROOM = NARROW - 2 * _LEFT
_SYMBOL = 34.0  # width of a letter and its symbol
_STRIP = 20.0
_APART = 4.0  # between the small print of a study and its effect


def draw_narrow(plot: Forest) -> Sheet:
    """Draw the layout for a phone."""
    sheet = Sheet(NARROW)
    pen = _Pen(plot, sheet, lay_axis(plot, 10, NARROW - 10), 0)
    for position, block in enumerate(plot.blocks):
        pen.block(position, block)
    if plot.overall:
        pen.pool(plot.overall, "overall")
    return sheet.trim(draw_foot(sheet, pen.axis, plot, pen.y))


@dataclass
class _Pen:
    """Writes one result below the other; `y` is the top of the next."""

    plot: Forest
    sheet: Sheet
    axis: Axis
    y: float

    def block(self, position: int, block: ForestBlock) -> None:
        """Write a block: its title, its studies, its own pooled estimate."""
        if block.title:
            top = self.y
            self.y = self.sheet.paragraph(_LEFT + 4, top + 20, block.title, _ROOM - 8, bold=True) - 8
            self.sheet.box(0, top + 4, NARROW, self.y - top - 2, "panel", behind=True)
            self.y += 4
        for index, row in enumerate(block.rows):
            self._row(row, marker_area(row, self.plot.heaviest()), f"block-{position}-row-{index}")
        if block.pool:
            self.pool(block.pool, f"block-{position}-pool")
        if block.note:
            self.y = self._small(self.y + 16, block.note) - 8

    def _row(self, row: ForestRow, area: float, name: str) -> None:
        baseline = self._title(row.study, row.n)
        baseline = self._small(baseline, row.regimen) + (_APART if row.regimen else 0)
        weight = (
            f"{self.plot.heads.weight.lower()} {percent(row.weight, 1)}" if row.weight is not None else ""
        )
        baseline = self._effect(baseline, row, weight)
        if row.safeguards:
            baseline = self._safeguards(baseline, row)
        middle = self._strip(baseline)
        draw_row(self.sheet, self.axis, middle, row, area, name)
        self._rule()

    def pool(self, pool: ForestPool, name: str) -> None:
        """Write a pooled estimate with its statistics, and the prediction interval under it."""
        baseline = self._title(pool.label, pool.n)
        baseline = self._effect(baseline, pool, "")
        baseline = self._small(baseline, pool.detail)
        draw_diamond(self.sheet, self.axis, self._strip(baseline), pool, name)
        if pool.prediction:
            words = f"Prediction interval {interval(*pool.prediction, self.plot.measure.digits)}"
            baseline = self._small(self.y + 12, words, "purple")
            middle = self._strip(baseline)
            draw_prediction(self.sheet, self.axis, middle, pool.prediction, f"{name}-prediction")
        self._rule()

    def _title(self, words: str, people: str) -> float:
        """Write a name with its people to the right, or below it where they are many words."""
        baseline = self.y + 19
        if measure(people, SMALL) > _ROOM / 2:
            baseline = self.sheet.paragraph(_LEFT, baseline, words, _ROOM, bold=True)
            return self._small(baseline, people)
        self.sheet.text(NARROW - _LEFT, baseline, people, size=SMALL, role="muted", anchor="end")
        room = _ROOM - measure(people, SMALL) - (10 if people else 0)
        return self.sheet.paragraph(_LEFT, baseline, words, room, bold=True)

    def _effect(self, baseline: float, result: ForestRow | ForestPool, right: str) -> float:
        words = effect_words(result, self.plot.measure.digits)
        room = _ROOM - measure(right, SMALL) - (10 if right else 0)
        self.sheet.text(NARROW - _LEFT, baseline, right, size=SMALL, role="muted", anchor="end")
        return self.sheet.paragraph(_LEFT, baseline, words, room)

    def _safeguards(self, baseline: float, row: ForestRow) -> float:
        x = _LEFT
        for safeguard, level in zip(self.plot.safeguards, row.safeguards, strict=True):
            letters = measure(safeguard.letter, SMALL)
            if x + letters + 20 > NARROW:
                x, baseline = _LEFT, baseline + 20
            self.sheet.text(x, baseline, safeguard.letter, size=SMALL, role="muted")
            draw_safeguard(self.sheet, x + letters + 11, baseline - 4.5, level)
            x += max(_SYMBOL, letters + 28)
        return baseline + TEXT * LINE + 1

    def _strip(self, baseline: float) -> float:
        """Rule a strip of the axis under the words; return its middle."""
        top = baseline - TEXT * LINE + 5
        draw_references(self.sheet, self.axis, self.plot, top, top + _STRIP)
        self.y = top + _STRIP
        return top + _STRIP / 2

    def _small(self, y: float, words: str, role: str = "muted") -> float:
        return self.sheet.paragraph(_LEFT, y, words, _ROOM, size=SMALL, role=role)

    def _rule(self) -> None:
        self.sheet.line([(0, self.y + 4), (NARROW, self.y + 4)], "rule")
        self.y += 4
