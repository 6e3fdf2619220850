"""The wide layout of a forest plot: one line for each study, its columns around the axis."""

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
from evidence.charts.forest.rows import Forest, ForestBlock, ForestHeads, ForestPool, ForestRow
from evidence.charts.forest.words import effect_words
from evidence.charts.sheet import Anchor, Sheet
from evidence.charts.style import LINE, SMALL, WIDE
from evidence.charts.text import measure, wrap
from evidence.wording.numbers import interval, level_name, percent

_STUDY = 158.0  # width of the first column
_SYMBOL = 19.0  # width of a safeguard column
_GAP = 12.0
_LINE = SMALL * LINE
_BAND = 24.0  # from the top of a block to the lower edge of the band behind its title
_WEIGHT = 46.0  # width of the column of weights


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left and right edges of the columns."""

    people: tuple[float, float]
    plot: tuple[float, float]
    effect: tuple[float, float]
    weight: float
    symbols: tuple[float, ...]


def draw_wide(plot: Forest) -> Sheet:
    """Draw the layout for a page or a desk."""
    sheet = Sheet(WIDE)
    columns = _columns(plot)
    axis = lay_axis(plot, *columns.plot)
    pen = _Pen(plot, sheet, columns, axis, _head(plot, sheet, columns))
    top = pen.y + (_BAND if plot.blocks[0].title else 0)
    for position, block in enumerate(plot.blocks):
        pen.block(position, block)
    if plot.overall:
        pen.rule()
        pen.pool(plot.overall, "overall")
    draw_references(sheet, axis, plot, top, pen.y, "null")
    return sheet.trim(draw_foot(sheet, axis, plot, pen.y))


def _columns(plot: Forest) -> _Columns:
    results = plot.results()
    right = WIDE - 2
    symbols = tuple(right - _SYMBOL * (i + 0.5) for i in reversed(range(len(plot.safeguards))))
    right -= _SYMBOL * len(symbols) + (_GAP if symbols else 0)
    weight = right
    if any(row.weight is not None for row in plot.rows()):
        right -= _WEIGHT + _GAP
    effect = (right - _effect_width(plot) - 2, right)
    people = min(max(measure(result.n, SMALL) for result in results), 74.0)
    people = max(people, 46.0) if people else people
    start = 2 + _STUDY + _GAP
    start_plot = start + people + _GAP + 4 if people else start
    return _Columns((start, start + people), (start_plot, effect[0] - _GAP), effect, weight, symbols)


def _effect_width(plot: Forest) -> float:
    """Width of the head and of the widest effect in numbers, as bold as a pooled one; other words wrap."""
    numbers = [r for r in plot.results() if r.estimate is not None and not getattr(r, "effect", "")]
    words = [_effect_head(plot), *(effect_words(result, plot.measure.digits) for result in numbers)]
    return min(max(measure(text, SMALL, bold=True) for text in words), 165.0)


def _head(plot: Forest, sheet: Sheet, columns: _Columns) -> float:
    """Write the column heads, their last lines side by side; return where the rows begin."""
    heads, right = plot.heads, columns.effect[1]
    written: list[tuple[float, str, float, Anchor]] = [(2, _row_head(heads), _STUDY, "start")]
    if columns.people[1] > columns.people[0]:
        room = columns.plot[0] - columns.people[0] - 2
        written.append((columns.people[0], heads.people, room, "start"))
    written.append((columns.effect[0], _effect_head(plot), right - columns.effect[0], "start"))
    if any(row.weight is not None for row in plot.rows()):
        written.append((columns.weight, heads.weight, columns.weight - right, "end"))
    written += [
        (x, safeguard.letter, _SYMBOL, "middle")
        for x, safeguard in zip(columns.symbols, plot.safeguards, strict=True)
    ]
    deepest = max(len(wrap(words, SMALL, room, bold=True)) for _, words, room, _ in written)
    for x, words, room, anchor in written:
        y = 15 + _LINE * (deepest - len(wrap(words, SMALL, room, bold=True)))
        sheet.paragraph(x, y, words, room, size=SMALL, role="muted", bold=True, anchor=anchor)
    y = 15 + _LINE * (deepest - 1)
    sheet.line([(0, y + 7), (WIDE, y + 7)], "edge")
    return y + 8


def _effect_head(plot: Forest) -> str:
    return plot.heads.effect or f"Effect ({level_name(plot.measure.level)})"


def _row_head(heads: ForestHeads) -> str:
    return f"{heads.row} and {heads.detail.lower()}" if heads.detail else heads.row


@dataclass
class _Pen:
    """Writes one result below the other; `y` is the top of the next."""

    plot: Forest
    sheet: Sheet
    columns: _Columns
    axis: Axis
    y: float

    def rule(self) -> None:
        self.sheet.line([(0, self.y + 2), (WIDE, self.y + 2)], "rule")
        self.y += 4

    def block(self, position: int, block: ForestBlock) -> None:
        """Write a block: its title, its studies, its own pooled estimate."""
        if block.title:
            self.sheet.box(0, self.y + 3, WIDE, _BAND - 3, "panel")
            self.sheet.text(4, self.y + 18, block.title, bold=True)
            self.y += 26
        for index, row in enumerate(block.rows):
            self._row(row, marker_area(row, self.plot.heaviest()), f"block-{position}-row-{index}")
        if block.pool:
            self.pool(block.pool, f"block-{position}-pool")
        if block.note:
            width = self.columns.plot[0] - 2 - _GAP
            self.y = self.sheet.paragraph(2, self.y + 16, block.note, width, size=SMALL, role="muted") - 4

    def _row(self, row: ForestRow, area: float, name: str) -> None:
        baseline = self.y + 17
        draw_row(self.sheet, self.axis, baseline - 4.5, row, area, name)
        left, right = self.columns.people
        below_study = self.sheet.paragraph(2, baseline, row.study, _STUDY)
        below_people = self._small(left, baseline, row.n, right - left + 0.1, "ink")
        width = right - 2 if below_people <= below_study else _STUDY
        bottoms = [self._small(2, below_study - 1, row.regimen, width, "muted"), below_people]
        bottoms.append(self._effect(baseline, row))
        if row.weight is not None:
            words = percent(row.weight, 1)
            self.sheet.text(self.columns.weight, baseline, words, size=SMALL, anchor="end")
        for x, level in zip(self.columns.symbols, row.safeguards, strict=True):
            draw_safeguard(self.sheet, x, baseline - 4.5, level)
        self.y = max(bottoms) - 6

    def pool(self, pool: ForestPool, name: str) -> None:
        """Write a pooled estimate with its statistics, and the prediction interval under it."""
        baseline = self.y + 17
        draw_diamond(self.sheet, self.axis, baseline - 4.5, pool, name)
        self._effect(baseline, pool, bold=True)
        left, right = self.columns.people
        self._small(left, baseline, pool.n, right - left + 0.1, "ink")
        bottom = self.sheet.paragraph(2, baseline, pool.label, _STUDY, bold=True)
        if pool.prediction:
            baseline = bottom + 1
            draw_prediction(self.sheet, self.axis, baseline - 4.5, pool.prediction, f"{name}-prediction")
            words = interval(*pool.prediction, self.plot.measure.digits)
            self.sheet.text(self.columns.effect[0], baseline, words, size=SMALL, role="purple")
            bottom = self._small(2, baseline, "Prediction interval", _STUDY, "purple")
        width = self.columns.plot[0] - 2 - _GAP
        self.y = self._small(2, bottom, pool.detail, width, "muted") - 5

    def _effect(self, baseline: float, result: ForestRow | ForestPool, *, bold: bool = False) -> float:
        words = effect_words(result, self.plot.measure.digits)
        left, right = self.columns.effect
        return self.sheet.paragraph(left, baseline, words, right - left + 1, size=SMALL, bold=bold)

    def _small(self, x: float, y: float, words: str, width: float, role: str) -> float:
        return self.sheet.paragraph(x, y, words, width, size=SMALL, role=role)
