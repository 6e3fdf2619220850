"""What a chapter says of one comparison; every part of it can be shown by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evidence import dataset
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.packages.book import figures, further, sections
from evidence.packages.book.contract import TABLES
from evidence.packages.book.results import (
    FEWEST_TAU,
    Result,
    at_high_risk,
    many_ways,
    result,
    review_of,
)
from evidence.packages.book.whatif import WhatIf, what_if
from evidence.packages.book.words import Together, Words, plain
from evidence.packages.model import Comparison
from evidence.wording.html import PAGE_MIME
from evidence.wording.numbers import plural

MANY: Final = 10
"""Studies from which tests and plots of small-study effects mean something (Cochrane Handbook 13.3.5.4)."""


@dataclass(frozen=True)
class Opening:
    """The first lines of a page, which also tell the site what the page is."""

    words: Words
    title: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        described = " ".join(self.words.paragraphs)
        return {PAGE_MIME: {"title": self.title, "description": described[:200], "kind": "report"}}

    def _repr_html_(self) -> str:
        return self.words._repr_html_()


@dataclass(frozen=True)
class Chapter:
    """The analyses of one comparison.

    Examples
    --------
    >>> report = chapter(1)  # doctest: +SKIP
    >>> report.forest("1.1")  # doctest: +SKIP
    """

    ds: Dataset
    comparison: Comparison

    @property
    def title(self) -> str:
        """The comparison in words, as Markdown."""
        return plain(self.comparison.name)

    def heading(self, key: str) -> str:
        """Number and name of an analysis, as Markdown."""
        return plain(f"{key} {self.result(key).analysis.name}")

    def result(self, key: str) -> Result:
        """Everything computed of an analysis."""
        return result(self.ds, key)

    def opening(self) -> Opening:
        """How many analyses there are and how well their printed numbers are reproduced."""
        results = [self.result(each.key) for each in self.comparison.analyses]
        printed = sum(len(each.checks) for each in results)
        agree = sum(int(each.checks["agrees"].sum()) for each in results)
        words = f"{plural(len(results), 'analysis', 'analyses')} of {self.comparison.name}."
        if printed:
            words += (
                f" Of {printed:,} numbers that the package prints for them, {agree:,} are reproduced here."
            )
        return Opening(Words((words,)), self.comparison.name)

    def overview(self) -> Table:
        """Every analysis in a row."""
        return sections.overview(
            f"comparison-{self.comparison.number}",
            [self.result(each.key) for each in self.comparison.analyses],
            self.ds,
        )

    def answer(self, key: str) -> Words:
        """What the review found and what this library makes of the same studies."""
        return sections.answer(self.result(key))

    def forest(self, key: str) -> Together:
        """The forest plot, with a table of subgroups where the review has any."""
        found = self.result(key)
        if not found.computed.rows["yi"].notna().any():
            return Together(())
        return Together((figures.forest_of(found), sections.subgroups(found)))

    def differences(self, key: str) -> Table | Words:
        """Printed numbers that are not reproduced."""
        return sections.differences(self.result(key))

    def methods(self, key: str) -> Together:
        """The same studies pooled in other ways, and the posterior in words."""
        found = self.result(key)
        return Together((sections.methods(found), further.several_results(found), sections.posterior(found)))

    def without_each(self, key: str) -> Table | Words:
        """The pooled effect without each study, and each study's pull."""
        found = self.result(key)
        if found.k < FEWEST_TAU:
            return Words((f"With {plural(found.k, 'study', 'studies')} nothing is left out in turn.",))
        return sections.without_each(found)

    def small_studies(self, key: str) -> Together | Words:
        """Tests and funnel plot of small-study effects, from ten studies."""
        found = self.result(key)
        if found.k < MANY:
            return _too_few(found)
        return Together(
            (
                sections.small_studies(found),
                figures.funnel_of(found),
                further.by_precision(found),
                further.without_sizes(found),
            )
        )

    def every_choice(self, key: str) -> Together | Words:
        """The analysis under every defensible set of choices."""
        found = self.result(key)
        if found.k < 2:
            return Words(("One study leaves nothing to choose.",))
        ways = many_ways(found, at_high_risk(self.ds))
        if len(ways) < 2:
            return Words(("Every choice gives one result.",))
        return Together((sections.choices(found, ways), figures.curve_of(found, ways)))

    def what_if(self, key: str) -> WhatIf | Words:
        """Studies that the reader may leave out, and choices that the reader may make."""
        found = self.result(key)
        return (
            what_if(found, at_high_risk(self.ds)) if found.k > 1 else Words(("One study leaves no what-if.",))
        )

    def certainty(self, key: str) -> Together:
        """Certainty of the evidence and risk of bias of the analysis's studies, as entered."""
        found = self.result(key)
        return Together((sections.certainty(found, self.ds), sections.bias(found, self.ds)))


def _too_few(found: Result) -> Words:
    return Words(
        (
            f"With {plural(found.k, 'study', 'studies')}, fewer than {MANY}, small-study effects are neither "
            "tested nor drawn: chance and asymmetry cannot be told apart.",
        )
    )


def chapter(number: int, ds: Dataset | None = None) -> Chapter:
    """The chapter of a comparison.

    Parameters
    ----------
    number
        Number of the comparison.
    ds
        The book's tables; without it those of the book that the library stands in.

    Raises
    ------
    ValueError
        No such comparison.
    """
    tables = dataset.load() if ds is None else ds
    found = [each for each in review_of(tables).comparisons if each.number == number]
    if not found:
        known = ", ".join(str(each.number) for each in review_of(tables).comparisons)
        raise ValueError(f"There is no comparison {number}; there are {known}")
    return Chapter(tables, found[0])


@dataclass(frozen=True)
class Front:
    """The front page of the book, and the page of all differences."""

    ds: Dataset

    @property
    def title(self) -> str:
        """The title, as Markdown."""
        return plain(str(self.ds.setting("title")))

    def results(self) -> Iterator[Result]:
        """Every analysis, in order."""
        for analysis in review_of(self.ds).analyses():
            yield result(self.ds, analysis.key)

    def opening(self) -> Opening:
        """What was read and how much of it is reproduced."""
        review = review_of(self.ds)
        results = list(self.results())
        printed = sum(len(each.checks) for each in results)
        agree = sum(int(each.checks["agrees"].sum()) for each in results)
        studies = len({study for each in results for study in each.analysis.rows["study"]})
        said = (
            f"This book is made from {self.ds.setting('package_file')} ({review.format}): "
            f"{plural(len(review.comparisons), 'comparison')}, "
            f"{plural(len(results), 'analysis', 'analyses')}, {plural(studies, 'study', 'studies')}."
        )
        checked = (
            f"Of {printed:,} numbers that the package prints, {agree:,} are reproduced."
            if printed
            else "The package prints no results; all are computed here."
        )
        return Opening(Words((said, checked)), str(self.ds.setting("title")))

    def overview(self) -> Table:
        """Every analysis in a row, the main outcomes first."""
        results = sorted(self.results(), key=lambda each: not each.outcome.main)
        return sections.overview("every-analysis", results, self.ds)

    def differences(self) -> Table | Words:
        """Every printed number that is not reproduced."""
        return sections.all_differences(list(self.results()))

    def notes(self) -> Table | Words:
        """What in the package is not used, or used otherwise."""
        notes = review_of(self.ds).notes
        if not notes:
            return Words(("Everything in the package is used.",))
        return Table(
            "notes",
            "What is not used, or used otherwise",
            (Column("Note"),),
            tuple((Cell(each),) for each in notes),
        )

    def settings(self) -> Table:
        """The settings of this book."""
        rows = self.ds.rows("settings").astype(object).fillna("").to_dict("records")
        columns = (Column("Setting"), Column("Value"), Column("What it does"), Column("Source"))
        cells = tuple(
            (Cell(str(row["key"])), Cell(f"{row['value']} {row['unit']}".strip()), Cell(str(row["meaning"])),
             Cell(str(row["source"])))
            for row in rows
        )  # fmt: skip
        return Table("settings", "Settings, in data/settings.csv", columns, cells)


def front(ds: Dataset | None = None) -> Front:
    """The front page of the book."""
    return Front(dataset.load() if ds is None else ds)


def described(table: str) -> Table:
    """The columns of a table of a book, and what they hold.

    Raises
    ------
    ValueError
        No such table.
    """
    if table not in TABLES:
        raise ValueError(f"There is no table {table!r}; the tables are {', '.join(TABLES)}")
    caption, columns, _ = TABLES[table]
    rows = tuple((Cell(str(each["name"])), Cell(str(each["description"]))) for each in columns)
    return Table(
        f"columns-{table.replace('_', '-')}",
        f"{table}.csv: {caption}",
        (Column("Column"), Column("Meaning")),
        rows,
    )
