"""The trials of a question pooled by the models that reviews commonly use, and by this book's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.charts.tables import Cell, Column, Table
from evidence.meta import Pooled, pool
from evidence.results.evidence import Evidence
from evidence.wording.labels import Labels
from evidence.wording.numbers import interval, listing, number, plural

_ALIKE: Final = 1.0  # points: estimates that lie closer are called the same


@dataclass(frozen=True, slots=True)
class Models:
    """The trials of one question under one common effect, under DerSimonian-Laird, and as this book pools."""

    name: str
    trials: str
    common: Pooled
    random: Pooled
    own: Pooled

    @property
    def pools(self) -> tuple[Pooled, Pooled, Pooled]:
        """The three pools."""
        return self.common, self.random, self.own

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest estimate."""
        estimates = [pooled.estimate for pooled in self.pools]
        return min(estimates), max(estimates)


def models_of(known: Evidence, words: Labels) -> Models:
    """Pool the trials of a question under three models.

    Raises
    ------
    ValueError
        When no trial gives a number.
    """
    question, yi, vi = known.question, known.yi, known.vi
    if known.pooled is None:
        raise ValueError(f"{question}: no trial gives a number")
    return Models(
        f"{words.subject(question.drug, str(question.route))}, {words.when(question.window)}",
        listing(effect.label for effect in known.numeric),
        pool(yi, vi, model="common", ci="wald"),
        pool(yi, vi, tau2="DL", ci="wald"),
        known.pooled,
    )


def agreement_of(models: Sequence[Models]) -> str:
    """Say where three models estimate the same, and what their intervals make of it.

    Estimates within a point of one another are called the same.
    """
    apart = [found for found in models if found.range[1] - found.range[0] > _ALIKE]
    alike = len(models) - len(apart)
    parts = [f"In {alike:,} of {plural(len(models), 'question')} the three estimates agree to within a point"]
    for found in apart:
        ends = f"from {number(found.range[0])} to {number(found.range[1])} points"
        parts.append(f"for {found.name[:1].lower()}{found.name[1:]}, they run {ends}")
    lost = sum(_excludes_null(found.common) and not _excludes_null(found.own) for found in models)
    wider = [_width(found.own) / _width(found.common) for found in models]
    return (
        f"{'; '.join(parts)}. The intervals do not agree: this book's are {number(min(wider))} to "
        f"{number(max(wider))} times as wide as those of one common effect, and in {lost or 'none'} of the "
        "questions one common effect excludes no difference where this book does not."
    )


def models_table(models: Sequence[Models]) -> Table:
    """List each question with its pool under three models."""
    rows = []
    for found in models:
        cells = (f"{number(p.estimate)} ({interval(p.ci_low, p.ci_high)})" for p in found.pools)
        rows.append((Cell(found.name), Cell(found.trials), *map(Cell, cells)))
    columns = (
        Column("Question"),
        Column("Trials with a number here"),
        Column("One common effect", "right", "normal interval"),
        Column("Random effects", "right", "DerSimonian-Laird, normal interval"),
        Column("This book", "right", "REML, Hartung-Knapp interval"),
    )
    return Table("reviews-models", "The same trials, three models", columns, tuple(rows))


def _excludes_null(pooled: Pooled) -> bool:
    return pooled.ci_low > 0 or pooled.ci_high < 0


def _width(pooled: Pooled) -> float:
    return pooled.ci_high - pooled.ci_low
