"""Published reviews beside this book and beside one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import pandas as pd

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.forest import forest_figure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.question import read_windows
from evidence.report.report import Report
from evidence.report.sections.findings import points_measure
from evidence.report.sections.forest import Record
from evidence.report.sections.reviews import Review
from evidence.results.evidence import Evidence, evidence
from evidence.wording.labels import labels as labels_of
from evidence.wording.labels import spaced
from evidence.wording.numbers import listing, plural, sentence
from evidence.wording.sentences import points
from nmda.beside import COCHRANE
from nmda.cochrane import analysis_of
from nmda.models import Models, agreement_of, models_of, models_table
from nmda.published import HEADS, PUBLISHED, OnPoints, as_row, differences, outside, printed, stretch
from nmda.published_harms import harms_figure, is_harm

#: What the tables of reviews call a pool over routes.
_ALL_ROUTES: Final = ("all", "mixed", "any", None)
_BLOCKS: Final = (
    ("ketamine", "intravenous", "during_infusion"),
    ("ketamine", "intravenous", "immediate"),
    ("ketamine", "intravenous", "short"),
    ("memantine", "oral", "short"),
)
#: Drug, route and window of further blocks of the figure; the questions above are also asked of three models.
_FURTHER: Final = (
    ("ketamine", "oral", "short"),
    ("ketamine", "topical", "short"),
    ("dextromethorphan", "oral", "short"),
    ("amantadine", "intravenous", "immediate"),
    ("magnesium", "intravenous", "short"),
    ("magnesium", "oral", "short"),
)


@dataclass(frozen=True)
class Compared:
    """Published pooled results and those of this book."""

    ds: Dataset

    @cached_property
    def printed(self) -> tuple[Review, ...]:
        """Reviews of chronic pain that pool something."""
        return printed(self.ds)

    @cached_property
    def differences(self) -> tuple[OnPoints, ...]:
        """Mean differences in pain whose scale is named, of people like those of the Cochrane review."""
        return differences(self.ds)

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], Evidence]:
        asked = (*_BLOCKS, *_FURTHER)
        reports = {drug: Report(drug, ds=self.ds) for drug, _, _ in asked}
        return {item: evidence(self.ds, reports[item[0]].question(*item[1:])) for item in asked}

    def own(self, drug: str, route: str, window: str) -> Evidence:
        """Return what this book knows on a question, with its pool."""
        return self._known[drug, route, window]

    def figure(self) -> Figure:
        """Draw the mean differences of every review by drug and window, with this book's pool below each."""
        words = labels_of(self.ds)
        measure = replace(
            points_measure(words.main.mid, drug="the drug", labels=words), limits=self._limits()
        )
        rows = pd.DataFrame([row for item in (*_BLOCKS, *_FURTHER) for row in self._block(*item)])
        title, kinds = "Published reviews and this book: pain", {"reported": PUBLISHED}
        return forest_figure("reviews-forest", title, rows, measure=measure, heads=HEADS, kinds=kinds)

    def _limits(self) -> tuple[float, float]:
        """Return an axis that tells the reviews apart; wider intervals of this book become arrows."""
        ends = [value for item in self.differences for value in item.values]
        pools = [self.own(*item).pooled for item in (*_BLOCKS, *_FURTHER)]
        ends += [pooled.estimate for pooled in pools if pooled is not None]
        return 10 * math.floor(min(ends) / 10 - 1), 10 * math.ceil(max(ends) / 10 + 1)

    def _block(self, drug: str, route: str, window: str) -> list[Record]:
        """Return what the reviews of a drug print for a window, and this book's pool."""
        found = self._of_block(drug, route, window)
        if not found:
            return []
        known = self.own(drug, route, window)
        rows: list[Record] = [{**as_row(item.review, *item.values), "label": item.label} for item in found]
        rows += self._without(drug, route, window)
        note, pooled = self._stretched(found), known.pooled
        if pooled is None:
            note = f"This book: no trial gives a number. {note}".strip()
        else:
            names = listing(effect.label for effect in known.numeric)
            ends = {"est": pooled.estimate, "lo": pooled.ci_low, "hi": pooled.ci_high}
            size = f"{plural(pooled.k, 'trial')}, {known.people:,}"
            own = {"label": "This book", "kind": "pooled", "detail": f"{spaced(route)}; {names}", "n": size}
            rows.append({**own, **ends})
        if note:
            rows.append({"label": note, "kind": "note"})
        title = f"{labels_of(self.ds).subject(drug, route)}, {labels_of(self.ds).when(window)}"
        return [{"block": title, **row} for row in rows]

    def _of_block(self, drug: str, route: str, window: str) -> list[OnPoints]:
        """Return what reviews print for a drug and window by this route, or by all routes together.

        What is printed for all routes stands beside the vein, by which most trials of ketamine gave it.
        """
        every = route == "intravenous"
        return [
            item
            for item in self.differences
            if item.review.drug == drug
            and (item.window == window or (drug == "memantine" and item.window == "not_stated"))
            and ((item.review.route or "").startswith(route) or (every and item.review.route in _ALL_ROUTES))
        ]

    def _without(self, drug: str, route: str, window: str) -> list[Record]:
        """Return the Cochrane review's pool without trials that this book leaves out, where there are any."""
        again = analysis_of(self.ds, drug, route, "pain_intensity", window)
        if again is None or again.kept is None:
            return []
        ends = dict(zip(("est", "lo", "hi"), again.kept.published, strict=True))
        label = f"Cochrane review, its rows without {listing(again.left_out)}"
        size = f"{plural(again.kept.k, 'trial')}, {again.analysis.without(set(again.left_out)).people:,}"
        detail = f"{spaced(route)}; this book leaves it out as {'; '.join(again.left_out.values())}"
        return [{"label": label, "kind": "reported", "n": size, "detail": detail, **ends}]

    @cached_property
    def _drawn(self) -> frozenset[Review]:
        """The results that stand in a block of the figure on pain."""
        asked = (*_BLOCKS, *_FURTHER)
        return frozenset(item.review for block in asked for item in self._of_block(*block))

    def _stretched(self, found: Sequence[OnPoints]) -> str:
        """Name the results whose time goes beyond the window in which they stand."""
        windows = read_windows(self.ds)
        said = ((item.label, stretch(item.review, windows, labels_of(self.ds))) for item in found)
        return " ".join(sentence(f"{label}: {text}") for label, text in said if text)

    @cached_property
    def _models(self) -> tuple[Models, ...]:
        return tuple(
            models_of(known, labels_of(self.ds))
            for item in _BLOCKS
            if (known := self.own(*item)).pooled is not None
        )

    def agreement(self) -> str:
        """Say how far the estimates and the intervals of the three models differ."""
        return agreement_of(self._models)

    def models(self) -> Table:
        """Pool the trials of this book with the methods that reviews commonly use, and with its own."""
        return models_table(self._models)

    def harms(self) -> Figure:
        """Draw the risk ratios of harms of every review, with those of this book."""
        return harms_figure(self.ds)

    def others(self) -> Table:
        """List the pooled results that cannot stand in the figures, as printed, each with the reason.

        Those of the Cochrane review have a chapter of their own.
        """
        rows = tuple(
            (
                Cell(row.label, href=row.address),
                Cell(row.condition or "", detail=row.notes or ""),
                Cell("; ".join(part for part in (spaced(row.outcome or ""), row.time_label) if part)),
                Cell(row.result),
                Cell("another population" if row.condition in outside(self.ds) else _reason(row)),
            )
            for row in self.printed
            if row not in self._drawn and not is_harm(row) and row.review_id != COCHRANE
        )
        columns = (
            Column("Review"),
            Column("Condition"),
            Column("Outcome and time"),
            Column("As printed"),
            Column("Why not in a figure"),
        )
        return Table("reviews-others", "Pooled results that the figures cannot show", columns, rows)

    def spread(self, window: str) -> str:
        """Say how far the reviews of ketamine differ in a window."""
        found = [
            item.values[0]
            for item in self.differences
            if item.window == window and item.review.drug == "ketamine"
        ]
        return f"{plural(len(found), 'published result')} from {points(min(found))} to {points(max(found))}"


def compared() -> Compared:
    """Return the published reviews beside the project's own results."""
    return Compared(dataset.load())


def _reason(row: Review) -> str:
    if row.effect == "proportion":
        return "no comparison: change from each person's own start"
    if row.effect == "MD":
        return "scale not stated" if row.outcome == "pain_intensity" else "another outcome"
    if row.ci_low is None:
        return "no interval printed"
    if row.effect and row.effect.startswith("SMD"):
        return "standardised: its standard deviation was not seen"
    return "another measure"
