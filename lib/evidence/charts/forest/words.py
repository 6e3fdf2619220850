"""What a forest plot says in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evidence.charts.figure import twin
from evidence.charts.forest.rows import Forest, ForestBlock, ForestPool, ForestRow, Measure
from evidence.charts.tables import Cell, Column, Table
from evidence.wording.numbers import capital, interval, listing, number, plural, sentence, short

#: Up to this many studies the description names each one; the table always does.
NAMED: Final = 10


def effect_words(row: ForestRow | ForestPool, digits: int) -> str:
    """Return effect and interval as the figure prints them."""
    if isinstance(row, ForestRow) and row.effect:
        return row.effect
    if row.estimate is not None:
        return f"{number(row.estimate, digits)} ({interval(row.low, row.high, digits)})"
    words = interval(row.low, row.high, digits)
    return f"between {words.replace(' to ', ' and ')}" if " to " in words else words


def describe(plot: Forest) -> str:
    """Return what the plot shows in sentences with its numbers."""
    digits = plot.measure.digits
    rows = list(plot.rows())
    parts = [f"Forest plot of {plural(len(rows), 'result')}: {plot.measure.name}."]
    if len(rows) > NAMED:
        estimates = [row.estimate for row in rows if row.estimate is not None]
        if estimates:
            span = interval(min(estimates), max(estimates), digits)
            parts.append(f"Single estimates run from {span}; the table lists each.")
    parts += [words for block in plot.blocks for words in _block_words(plot, block, each=len(rows) <= NAMED)]
    if plot.overall:
        parts.append(_pool_words(plot.overall, digits))
    parts.append(_sides(plot.measure))
    return " ".join(parts)


def _block_words(plot: Forest, block: ForestBlock, *, each: bool) -> Iterator[str]:
    """Yield the sentences of a block after its title, without which equal studies could not be told apart."""
    if not (each or block.pool or block.note):
        return
    if block.title:
        yield sentence(block.title)
    if each:
        for row in block.rows:
            kind = "" if row.evidence == "reported" else f" ({plot.kind(row.evidence).word})"
            yield f"{row.study}: {effect_words(row, plot.measure.digits)}{kind}."
    if block.pool:
        yield _pool_words(block.pool, plot.measure.digits)
    if block.note:
        yield sentence(capital(block.note))


def _pool_words(pool: ForestPool, digits: int) -> str:
    words = f"{pool.label}: {effect_words(pool, digits)}"
    if pool.prediction:
        words += f", prediction interval {interval(*pool.prediction, digits)}"
    return f"{words}. {sentence(capital(pool.detail))}".strip()


def _sides(measure: Measure) -> str:
    null = short(measure.null)
    words = f"Below {null} {measure.favours_low}, above {null} {measure.favours_high}."
    if measure.mid:
        places = listing(short(place) for place in measure.mid)
        words += f" Minimal important difference: {places}."
    return words


def data(key: str, title: str, plot: Forest) -> Table:
    """Return every number of the plot as a table."""
    heads = plot.heads
    names = [
        heads.row,
        "Group",
        heads.detail or "Detail",
        heads.people,
        heads.effect or "Effect and interval",
    ]
    right = {"Estimate", "Low", "High", weight := f"{heads.weight} (%)"}
    names += ["Estimate", "Low", "High", weight, "Evidence"]
    names += [safeguard.meaning for safeguard in plot.safeguards]
    columns = tuple(Column(name, "right" if name in right else "left") for name in names)
    rows: list[tuple[Cell, ...]] = []
    for block in plot.blocks:
        rows += [_study_cells(row, block.title, plot) for row in block.rows]
        if block.pool:
            rows += _pool_cells(block.pool, block.title, plot)
    if plot.overall:
        rows += _pool_cells(plot.overall, "", plot)
    return twin(key, title, columns, tuple(rows))


def _study_cells(row: ForestRow, group: str, plot: Forest) -> tuple[Cell, ...]:
    digits = plot.measure.digits
    cell = _bound_cell if row.evidence == "bounded" else _number_cell
    values = (cell(value, digits) for value in (row.estimate, row.low, row.high))
    marks = (Cell(level) for level in row.safeguards)
    words = (Cell(text) for text in (group, row.regimen, row.n, effect_words(row, digits)))
    name = Cell(row.study, href=row.href)
    return (name, *words, *values, _number_cell(row.weight, 1), Cell(plot.kind(row.evidence).word), *marks)


def _pool_cells(pool: ForestPool, group: str, plot: Forest) -> list[tuple[Cell, ...]]:
    digits = plot.measure.digits
    blank = (Cell(""),) * len(plot.safeguards)
    values = (_number_cell(value, digits) for value in (pool.estimate, pool.low, pool.high))
    words = (Cell(text) for text in (group, pool.detail, pool.n, effect_words(pool, digits)))
    rows: list[tuple[Cell, ...]] = [(Cell(pool.label), *words, *values, Cell(""), Cell("pooled"), *blank)]
    if pool.prediction:
        ends = (_number_cell(value, digits) for value in (None, *pool.prediction))
        words = (Cell(text) for text in (group, "", "", interval(*pool.prediction, digits)))
        rows.append((Cell(f"Prediction: {pool.label}"), *words, *ends, Cell(""), Cell("pooled"), *blank))
    return rows


def _number_cell(value: float | None, digits: int) -> Cell:
    return Cell("") if value is None else Cell(number(value, digits), value=value)


def _bound_cell(value: float | None, digits: int) -> Cell:
    """Return the cell of a bound, such as the 0 of an effect of which only the side is known."""
    return Cell("") if value is None else Cell(f"bound {short(round(value, digits) + 0.0)}", value=value)
