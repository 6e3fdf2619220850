"""Where the words of a forest plot stand: in columns beside the axis, or stacked above each strip of it.

Both write one row below the other; `row` returns where its marks belong, `y` is the top of what comes next.
"""

from __future__ import annotations

from typing import Final

from evidence.charts.forest.rows import Block, Plot, Row
from evidence.charts.forest.words import effect_words, prediction_words
from evidence.charts.halfeye import HEIGHT
from evidence.charts.marks import safeguard
from evidence.charts.room import Anchor, Room
from evidence.charts.text import measure, wrap
from evidence.charts.theme import LINE, SMALL, TEXT
from evidence.wording.numbers import interval, level_name, percent

_STUDY: Final = 158.0  # width of the first column
_SYMBOL: Final = 19.0  # width of a safeguard column
_GAP: Final = 12.0
_LINE: Final = SMALL * LINE
_BAND: Final = 24.0  # from the top of a block to the lower edge of the band behind its title
_WEIGHT: Final = 46.0  # width of the column of weights
_LEFT: Final = 2.0
_PAIR: Final = 34.0  # width of a letter and its symbol where they stand in a line
_STRIP: Final = 20.0
_APART: Final = 4.0  # between the small print of a study and its effect


class Columns:
    """One line for each row, its columns around the axis."""

    def __init__(self, room: Room, plot: Plot) -> None:
        self.room, self.plot, self.y = room, plot, 0.0
        right = room.width - 2
        self.symbols = [right - _SYMBOL * (i + 0.5) for i in reversed(range(len(plot.safeguards)))]
        right -= _SYMBOL * len(self.symbols) + (_GAP if self.symbols else 0)
        self.weight = right
        if plot.heaviest() is not None:
            right -= _WEIGHT + _GAP
        self.effect = right - self._effect_width() - 2, right
        people = min(max(measure(row.n, SMALL) for row in plot.rows()), 74.0)
        people = max(people, 46.0) if people else people
        start = 2 + _STUDY + _GAP
        self.people = start, start + people
        self.left, self.right = start + people + _GAP + 4 if people else start, self.effect[0] - _GAP
        self.strips: list[tuple[float, float]] = []
        self._head()
        self._top = self.y + (_BAND if plot.blocks[0].title else 0)

    def _effect_width(self) -> float:
        """Width of the head and of the widest effect in numbers, as bold as a summary; other words wrap."""
        digits = self.plot.measure.digits
        numbers = [row for row in self.plot.rows() if row.est is not None and not row.words]
        words = [_effect_head(self.plot), *(effect_words(row, digits) for row in numbers)]
        return min(max(measure(text, SMALL, bold=True) for text in words), 165.0)

    def _head(self) -> None:
        """Write the heads of the columns, their last lines side by side."""
        heads, right = self.plot.heads, self.effect[1]
        named = f"{heads.row} and {heads.detail.lower()}" if heads.detail else heads.row
        written: list[tuple[float, str, float, Anchor]] = [(2, named, _STUDY, "start")]
        if self.people[1] > self.people[0]:
            written.append((self.people[0], heads.people, self.left - self.people[0] - 2, "start"))
        written.append((self.effect[0], _effect_head(self.plot), right - self.effect[0], "start"))
        if self.plot.heaviest() is not None:
            written.append((self.weight, heads.weight, self.weight - right, "end"))
        written += [
            (x, letter, _SYMBOL, "middle")
            for x, letter in zip(self.symbols, self.plot.safeguards, strict=True)
        ]
        deepest = max(len(wrap(words, SMALL, width, bold=True)) for _, words, width, _ in written)
        for x, words, width, anchor in written:
            y = 15 + _LINE * (deepest - len(wrap(words, SMALL, width, bold=True)))
            self.room.paragraph(x, y, words, width, size=SMALL, role="muted", bold=True, anchor=anchor)
        self.y = 15 + _LINE * (deepest - 1) + 8
        self.room.rule(self.y - 1, "edge")

    def begin(self, block: Block) -> None:
        """Write the title of a block, or rule a line before one that stands for all."""
        if block.title:
            self.room.box(0, self.y + 3, self.room.width, _BAND - 3, "panel", behind=True)
            self.room.text(4, self.y + 18, block.title, bold=True)
            self.y += 26
        elif block is not self.plot.blocks[0]:
            self.room.rule(self.y + 2)
            self.y += 4

    def row(self, row: Row) -> float:
        """Write a row."""
        if row.kind == "note":
            width = self.left - 2 - _GAP
            self.y = self._small(2, self.y + 16, row.label, width) - 4
            return self.y
        self.y += HEIGHT - 8 if row.kind == "posterior" else 0
        baseline = self.y + 17
        left, right = self.people
        below = self.room.paragraph(2, baseline, row.label, _STUDY, bold=not row.study, href=row.href)
        below_people = self._small(left, baseline, row.n, right - left + 0.1, "ink")
        width = right - 2 if below_people <= below or not row.study else _STUDY
        below = self._small(2, below - (1 if row.study else 0), row.detail, width)
        bottoms = [self._small(2, below, row.flags, width, "orange"), below_people]
        bottoms.append(self._effect(baseline, row))
        if row.weight is not None:
            words = percent(row.weight, 1)
            self.room.text(self.weight, baseline, words, size=SMALL, anchor="end")
        for x, level in zip(self.symbols, row.levels, strict=False):
            safeguard(self.room, x, baseline - 4.5, level)
        self.y = max(bottoms) - 6
        return baseline - 4.5

    def prediction(self, row: Row) -> float:
        """Write the prediction interval of a summary under it."""
        assert row.prediction is not None
        baseline = self.y + 19
        words = interval(*row.prediction, self.plot.measure.digits)
        self.room.text(self.effect[0], baseline, words, size=SMALL, role="purple")
        self.y = self._small(2, baseline, prediction_words(row), _STUDY, "purple") - 5
        return baseline - 4.5

    def end(self) -> None:
        """Close the strip on which the axis stands: one behind all rows."""
        self.strips.append((self._top, self.y))

    def _effect(self, baseline: float, row: Row) -> float:
        words = effect_words(row, self.plot.measure.digits)
        left, right = self.effect
        return self.room.paragraph(left, baseline, words, right - left + 1, size=SMALL, bold=not row.study)

    def _small(self, x: float, y: float, words: str, width: float, role: str = "muted") -> float:
        return self.room.paragraph(x, y, words, width, size=SMALL, role=role)


class Stack:
    """Each row's words above its own strip of the axis, for phones."""

    def __init__(self, room: Room, plot: Plot) -> None:
        self.room, self.plot, self.y = room, plot, 0.0
        self.left, self.right = 16.0, room.width - 16
        self._width = room.width - 2 * _LEFT
        self.strips: list[tuple[float, float]] = []

    def begin(self, block: Block) -> None:
        """Write the title of a block."""
        if block.title:
            top = self.y
            self.y = self.room.paragraph(_LEFT + 4, top + 20, block.title, self._width - 8, bold=True) - 8
            self.room.box(0, top + 4, self.room.width, self.y - top - 2, "panel", behind=True)
            self.y += 4

    def row(self, row: Row) -> float:
        """Write a row."""
        if row.kind == "note":
            self.y = self._small(self.y + 16, row.label) - 8
            return self.y
        baseline = self._title(row)
        baseline = self._small(baseline, row.detail)
        baseline = self._small(baseline, row.flags, "orange")
        baseline += _APART if row.study and (row.detail or row.flags) else 0
        weight = row.weight
        said = "" if weight is None else f"{self.plot.heads.weight.lower()} {percent(weight, 1)}"
        baseline = self._effect(baseline, row, said)
        if row.levels:
            baseline = self._safeguards(baseline, row)
        middle = self._strip(baseline, HEIGHT + 18 if row.kind == "posterior" else _STRIP)
        if not row.prediction:
            self._rule()
        return middle

    def prediction(self, row: Row) -> float:
        """Write the prediction interval of a summary under it."""
        assert row.prediction is not None
        words = f"{prediction_words(row)} {interval(*row.prediction, self.plot.measure.digits)}"
        middle = self._strip(self._small(self.y + 12, words, "purple"))
        self._rule()
        return middle

    def end(self) -> None:
        """Nothing is left to close: each row has its strip."""

    def _title(self, row: Row) -> float:
        """Write a name with its people to the right, or below it where they are many words."""
        baseline = self.y + 19
        looks = {"bold": True, "href": row.href}
        people = measure(row.n, SMALL)
        if people > self._width / 2:
            return self._small(self.room.paragraph(_LEFT, baseline, row.label, self._width, **looks), row.n)
        end = self.room.width - _LEFT
        self.room.text(end, baseline, row.n, size=SMALL, role="muted", anchor="end")
        return self.room.paragraph(
            _LEFT, baseline, row.label, self._width - people - (10 if people else 0), **looks
        )

    def _effect(self, baseline: float, row: Row, right: str) -> float:
        words = effect_words(row, self.plot.measure.digits)
        width = self._width - measure(right, SMALL) - (10 if right else 0)
        end = self.room.width - _LEFT
        self.room.text(end, baseline, right, size=SMALL, role="muted", anchor="end")
        return self.room.paragraph(_LEFT, baseline, words, width)

    def _safeguards(self, baseline: float, row: Row) -> float:
        x = _LEFT
        for letter, level in zip(self.plot.safeguards, row.levels, strict=True):
            width = measure(letter, SMALL)
            if x + width + 20 > self.room.width:
                x, baseline = _LEFT, baseline + 20
            self.room.text(x, baseline, letter, size=SMALL, role="muted")
            safeguard(self.room, x + width + 11, baseline - 4.5, level)
            x += max(_PAIR, width + 28)
        return baseline + TEXT * LINE + 1

    def _strip(self, baseline: float, height: float = _STRIP) -> float:
        """Leave a strip of the axis under the words; return where marks stand in it."""
        top = baseline - TEXT * LINE + 5
        self.strips.append((top, top + height))
        self.y = top + height
        return self.y - _STRIP / 2

    def _small(self, y: float, words: str, role: str = "muted") -> float:
        return self.room.paragraph(_LEFT, y, words, self._width, size=SMALL, role=role)

    def _rule(self) -> None:
        self.y += 4
        self.room.rule(self.y)


def _effect_head(plot: Plot) -> str:
    return plot.heads.effect or f"Effect ({level_name(plot.measure.level)})"
