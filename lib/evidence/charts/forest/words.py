"""What a forest plot says in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evidence.charts.forest.rows import Block, Plot, Row
from evidence.charts.measure import Measure
from evidence.charts.tables import Cell, Column
from evidence.wording.numbers import capital, interval, listing, number, plural, sentence, short

#: Up to this many studies the description names each one; the table always does.
NAMED: Final = 10


def effect_words(row: Row, digits: int) -> str:
    """Return effect and interval as the figure prints them."""
    if row.words:
        return row.words
    if row.est is not None:
        return f"{number(row.est, digits)} ({interval(row.low, row.high, digits)})"
    words = interval(row.low, row.high, digits)
    return f"between {words.replace(' to ', ' and ')}" if " to " in words else words


def prediction_words(row: Row) -> str:
    """Return what the prediction interval of a summary is called."""
    return "A new trial" if row.kind == "posterior" else "Prediction interval"


def describe(plot: Plot) -> str:
    """Return what the plot shows in sentences with its numbers."""
    digits = plot.measure.digits
    rows = list(plot.studies())
    parts = [f"Forest plot of {plural(len(rows), 'result')}: {plot.measure.name}."]
    if len(rows) > NAMED:
        estimates = [row.est for row in rows if row.est is not None]
        if estimates:
            span = interval(min(estimates), max(estimates), digits)
            parts.append(f"Single estimates run from {span}; the table lists each.")
    parts += [words for block in plot.blocks for words in _block_words(plot, block, each=len(rows) <= NAMED)]
    parts.append(_sides(plot.measure))
    return " ".join(parts)


def _block_words(plot: Plot, block: Block, *, each: bool) -> Iterator[str]:
    """Yield the sentences of a block after its title, without which equal studies could not be told apart."""
    said = [row for row in block.rows if each or not row.study]
    if said and block.title:
        yield sentence(block.title)
    for row in said:
        if row.kind == "note":
            yield sentence(capital(row.label))
        elif row.study:
            kind = "" if row.kind == "reported" else f" ({plot.kind(row.kind).word})"
            doubt = f"; {row.flags}" if row.flags else ""
            yield f"{row.label}: {effect_words(row, plot.measure.digits)}{kind}{doubt}."
        else:
            yield _summary_words(row, plot.measure.digits)


def _summary_words(row: Row, digits: int) -> str:
    words = f"{row.label}: {effect_words(row, digits)}"
    if row.prediction:
        words += f", {prediction_words(row).lower()} {interval(*row.prediction, digits)}"
    return f"{words}. {sentence(capital(row.detail))}".strip()


def _sides(measure: Measure) -> str:
    null = short(measure.null)
    words = f"Below {null} {measure.favours_low}, above {null} {measure.favours_high}."
    if measure.mid:
        places = listing(short(place) for place in measure.mid)
        words += f" Minimal important difference: {places}."
    return words


def table(plot: Plot) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """Return every number of the plot as columns and rows."""
    heads = plot.heads
    names = [heads.row, "Group", heads.detail or "Detail", heads.people]
    names.append(heads.effect or "Effect and interval")
    right = {"Estimate", "Low", "High", weight := f"{heads.weight} (%)"}
    names += ["Estimate", "Low", "High", weight, "Evidence", "Doubt", *plot.safeguards.values()]
    columns = tuple(Column(name, "right" if name in right else "left") for name in names)
    rows: list[tuple[Cell, ...]] = []
    for block in plot.blocks:
        for row in block.rows:
            if row.kind != "note":
                rows.append(_cells(row, block.title, plot))
            if row.prediction:
                rows.append(_prediction_cells(row, block.title, plot))
    return columns, tuple(rows)


def _cells(row: Row, group: str, plot: Plot) -> tuple[Cell, ...]:
    digits = plot.measure.digits
    cell = _bound_cell if row.kind == "bounded" else _number_cell
    values = (cell(value, digits) for value in (row.est, row.low, row.high))
    marks = (Cell(level) for level in row.levels or ("",) * len(plot.safeguards))
    words = (Cell(text) for text in (group, row.detail, row.n, effect_words(row, digits)))
    said = _number_cell(row.weight, 1), Cell(plot.kind(row.kind).word), Cell(row.flags)
    return (Cell(row.label, href=row.href), *words, *values, *said, *marks)


def _prediction_cells(row: Row, group: str, plot: Plot) -> tuple[Cell, ...]:
    assert row.prediction is not None
    digits = plot.measure.digits
    ends = (_number_cell(value, digits) for value in (None, *row.prediction))
    words = (Cell(text) for text in (group, "", "", interval(*row.prediction, digits)))
    said = Cell(""), Cell(row.kind), Cell("")
    name = "Prediction" if row.kind == "pooled" else "A new trial"
    return (Cell(f"{name}: {row.label}"), *words, *ends, *said, *(Cell("") for _ in plot.safeguards))


def _number_cell(value: float | None, digits: int) -> Cell:
    return Cell("") if value is None else Cell(number(value, digits), value=value)


def _bound_cell(value: float | None, digits: int) -> Cell:
    """Return the cell of a bound, such as the 0 of an effect of which only the side is known."""
    return Cell("") if value is None else Cell(f"bound {short(round(value, digits) + 0.0)}", value=value)
