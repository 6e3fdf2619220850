"""Effect direction plot: what each study found, where numbers that could be pooled are missing.

After Boon and Thomson, Research Synthesis Methods 2021;12:29-33 (doi:10.1002/jrsm.1458).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from evidence.charts.figure import Figure, twin
from evidence.charts.sheet import Sheet
from evidence.charts.sheet_figure import from_sheets
from evidence.charts.sheet_legend import Sample, draw_legend
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.text import measure
from evidence.charts.theme import LINE, NARROW, SMALL, TEXT, WIDE
from evidence.wording.numbers import capital, listing, plural

Direction = Literal["better", "worse", "same", "unclear"]

_MEANINGS: Final[dict[Direction, str]] = {
    "better": "better on the drug",
    "worse": "worse on the drug",
    "same": "no clear difference",
    "unclear": "direction not reported",
}
_SIGNIFICANT: Final = {True: "yes", False: "no", None: "not told"}
_LINE: Final = SMALL * LINE
_NARROWEST: Final = 105.0  # columns of findings are at least so wide


@dataclass(frozen=True, slots=True)
class Finding:
    """What one study found for one outcome.

    Attributes
    ----------
    significant
        Whether the source calls the difference statistically significant, drawn filled; None where it
        does not say.
    words
        The source's own test or number: "p < 0.001".
    """

    direction: Direction
    significant: bool | None = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class DirectionRow:
    """One study with a finding, or None, for each outcome."""

    study: str
    findings: tuple[Finding | None, ...]
    n: str = ""
    regimen: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class EffectDirection:
    """All that an effect direction plot draws: outcomes across, studies down."""

    outcomes: tuple[str, ...]
    rows: tuple[DirectionRow, ...]


def effect_direction(key: str, title: str, plot: EffectDirection, *, caption: str = "") -> Figure:
    """Draw an effect direction plot.

    Raises
    ------
    ValueError
        No studies, or a study with more or fewer findings than there are outcomes.
    """
    if not plot.rows:
        raise ValueError(
            "An effect direction plot needs at least one study; say in words that there is none."
        )
    for row in plot.rows:
        if len(row.findings) != len(plot.outcomes):
            raise ValueError(f"{row.study}: {len(row.findings)} findings for {len(plot.outcomes)} outcomes.")
    data = _data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), data, _draw_wide(plot), _draw_narrow(plot))


def describe(plot: EffectDirection) -> str:
    """Return what the plot shows in sentences with its counts."""
    parts = [f"Effect direction plot of {plural(len(plot.rows), 'study', 'studies')}."]
    for position, outcome in enumerate(plot.outcomes):
        found = [row.findings[position] for row in plot.rows]
        counts = Counter(finding.direction for finding in found if finding)
        tally = listing(f"{counts[way]} {_MEANINGS[way]}" for way in _MEANINGS if counts[way])
        significant = sum(bool(finding.significant) for finding in found if finding)
        parts.append(
            f"{capital(outcome)}: {tally or 'no findings'}; {significant} statistically significant."
        )
    return " ".join(parts)


def _data(key: str, title: str, plot: EffectDirection) -> Table:
    columns = [Column(name) for name in ("Study", "Regimen", "People")]
    for outcome in plot.outcomes:
        columns += [Column(outcome), Column(f"{outcome}: significant"), Column(f"{outcome}: as reported")]
    rows = []
    for row in plot.rows:
        cells = [Cell(row.study, href=row.href), Cell(row.regimen), Cell(row.n)]
        for finding in row.findings:
            cells += _finding_cells(finding)
        rows.append(tuple(cells))
    return twin(key, title, tuple(columns), tuple(rows))


def _finding_cells(finding: Finding | None) -> list[Cell]:
    if finding is None:
        return [Cell("")] * 3
    return [Cell(_MEANINGS[finding.direction]), Cell(_SIGNIFICANT[finding.significant]), Cell(finding.words)]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the wide layout's columns stand; `step` is 0 where the findings are listed in lines instead."""

    study: float
    people: float
    people_width: float
    findings: float
    step: float


def _columns(plot: EffectDirection) -> _Columns:
    people = min(max(measure(row.n, SMALL) for row in plot.rows), 80.0)
    people = max(people, 46.0) if people else people
    for study in (200.0, 150.0):
        left = 2 + study + 12 + (people + 14 if people else 0)
        step = min((WIDE - left) / len(plot.outcomes), 190.0)
        if step >= _NARROWEST:
            return _Columns(study, 2 + study + 12, people, left, step)
    return _Columns(240, 254, people, 254 + (people + 14 if people else 0), 0)


def _draw_wide(plot: EffectDirection) -> Sheet:
    sheet, columns = Sheet(WIDE), _columns(plot)
    y = _draw_head(sheet, plot, columns)
    for index, row in enumerate(plot.rows):
        below = sheet.paragraph(2, y + 18, row.study, columns.study)
        below = sheet.paragraph(2, below - 1, row.regimen, columns.study, size=SMALL, role="muted")
        bottoms = [below]
        bottoms.append(sheet.paragraph(columns.people, y + 18, row.n, columns.people_width + 0.1, size=SMALL))
        if columns.step:
            bottoms += _draw_columns(sheet, row, index, columns, y + 18)
        else:
            bottoms.append(_draw_lines(sheet, plot, index, columns.findings, y + 18))
        y = max(bottoms) - 7
        sheet.line([(0, y), (WIDE, y)], "rule")
    y = draw_legend(sheet, list(_samples(plot)), 2, y + 20, WIDE - 4)
    return sheet.trim(y - _LINE + 6)


def _draw_head(sheet: Sheet, plot: EffectDirection, columns: _Columns) -> float:
    """Write the column heads; return where the rows begin."""
    heads = [(2.0, "Study and regimen", columns.study)]
    if columns.people_width:
        heads.append((columns.people, "People", columns.people_width + 12))
    if columns.step:
        lefts = (columns.findings + position * columns.step for position in range(len(plot.outcomes)))
        heads += [(x, name, columns.step - 8) for x, name in zip(lefts, plot.outcomes, strict=True)]
    else:
        heads.append((columns.findings, "What it found", WIDE - columns.findings))
    bottoms = [
        sheet.paragraph(x, 15, name, room, size=SMALL, role="muted", bold=True) for x, name, room in heads
    ]
    y = max(bottoms) - 8
    sheet.line([(0, y), (WIDE, y)], "edge")
    return y


def _draw_columns(sheet: Sheet, row: DirectionRow, index: int, columns: _Columns, y: float) -> list[float]:
    bottoms = []
    for position, finding in enumerate(row.findings):
        x = columns.findings + position * columns.step
        if finding:
            draw_finding(sheet, x + 7, y - 4.5, finding, name=f"row-{index}-{position}")
            bottoms.append(sheet.paragraph(x + 22, y, finding.words, columns.step - 30, size=SMALL))
    return bottoms


def _draw_lines(sheet: Sheet, plot: EffectDirection, index: int, x: float, y: float) -> float:
    """Write a study's findings one below the other, each with its outcome; return the next baseline."""
    for position, (outcome, finding) in enumerate(zip(plot.outcomes, plot.rows[index].findings, strict=True)):
        if finding:
            draw_finding(sheet, x + 9, y - 4.5, finding, name=f"row-{index}-{position}")
            words = f"{outcome}: {finding.words}" if finding.words else outcome
            y = sheet.paragraph(x + 24, y, words, sheet.width - x - 26, size=SMALL) + 6
    return y


def _draw_narrow(plot: EffectDirection) -> Sheet:
    sheet = Sheet(NARROW)
    y = 0.0
    for index, row in enumerate(plot.rows):
        people = measure(row.n, SMALL)
        together = people < NARROW / 2
        room = NARROW - 4 - (people + 10 if together else 0)
        below = sheet.paragraph(2, y + 18, row.study, room, bold=True)
        if together:
            sheet.text(NARROW - 2, y + 18, row.n, size=SMALL, role="muted", anchor="end")
        else:
            below = sheet.paragraph(2, below, row.n, NARROW - 4, size=SMALL, role="muted")
        below = sheet.paragraph(2, below, row.regimen, NARROW - 4, size=SMALL, role="muted") + 2
        y = _draw_lines(sheet, plot, index, 2, below) - TEXT * LINE + 6
        sheet.line([(0, y), (NARROW, y)], "rule")
    y = draw_legend(sheet, list(_samples(plot)), 2, y + 20, NARROW - 4)
    return sheet.trim(y - _LINE + 6)


def draw_finding(sheet: Sheet, x: float, y: float, finding: Finding, *, name: str = "") -> None:
    """Draw a finding: up is better, down is worse, a bar is no clear difference; filled is significant."""
    if finding.direction == "unclear":
        sheet.text(x, y + 4.5, "?", anchor="middle", bold=True, name=name)
    elif finding.direction == "same":
        sheet.box(x - 8, y - 3, 16, 6, "muted" if finding.significant else "surface", "muted", name=name)
    else:
        role = "blue" if finding.direction == "better" else "orange"
        fill = role if finding.significant else "surface"
        sheet.marker("up" if finding.direction == "better" else "down", x, y, 120, fill, role, name=name)


def _samples(plot: EffectDirection) -> Iterator[Sample]:
    found = {(f.direction, f.significant) for row in plot.rows for f in row.findings if f}
    for direction, meaning in _MEANINGS.items():
        if (direction, True) in found:
            yield Sample(partial(_sample, Finding(direction, True)), f"{meaning}, statistically significant")
        hollow = [test for way, test in found if way == direction and not test]
        if hollow:
            yield Sample(partial(_sample, Finding(direction)), meaning + _hollow_words(direction, hollow))


def _hollow_words(direction: Direction, tests: Collection[bool | None]) -> str:
    """Return what a mark that is not filled says about the test of a difference."""
    if direction not in ("better", "worse"):
        return ""
    parts = ["not significant"] * (False in tests) + ["significance not told"] * (None in tests)
    return f", {' or '.join(parts)}"


def _sample(finding: Finding, sheet: Sheet, x: float, y: float) -> None:
    draw_finding(sheet, x, y, finding)
