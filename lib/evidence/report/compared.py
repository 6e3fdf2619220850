"""Published reviews beside this book and beside one another."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.forest import Forest, ForestBlock, ForestPool, ForestRow, Measure, forest
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.words import interval, listing, number, plural
from evidence.dataset import Dataset
from evidence.meta import pool
from evidence.question import Windows, read_windows
from evidence.question.records import records
from evidence.report.analysis import Analysis
from evidence.report.names import WINDOWS, words
from evidence.report.page import Report
from evidence.report.reviews import Review
from evidence.report.safety import Safety
from evidence.report.words import points, route_of

_Z: Final = 1.959964
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(minutes?|hours?|h|days?|weeks?|months?)\b")
_DAYS: Final = {"m": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0, "months": 92 / 3}
_BLOCKS: Final = (
    ("ketamine", "intravenous", "during_infusion"),
    ("ketamine", "intravenous", "immediate"),
    ("ketamine", "intravenous", "short"),
    ("memantine", "oral", "short"),
)
_HARMS: Final = {
    "psychedelic events": "psychotomimetic",
    "any_adverse_event": "any_adverse_event",
    "dizziness": "dizziness",
    "gastrointestinal adverse events": "nausea",
    "fatigue/somnolence/sedation": "sedation",
}


@dataclass(frozen=True, slots=True)
class OnPoints:
    """A published mean difference on 0–100, with the factor that brought it there."""

    review: Review
    factor: float
    window: str

    @property
    def values(self) -> tuple[float, float, float]:
        """Estimate and limits in points."""
        row = self.review
        assert row.estimate is not None
        assert row.ci_low is not None
        assert row.ci_high is not None
        return self.factor * row.estimate, self.factor * row.ci_low, self.factor * row.ci_high

    @property
    def label(self) -> str:
        """Review, and the time as it words it."""
        return f"{self.review.label}, {when(self.review)}"


def when(row: Review) -> str:
    """Return the time of a result as the review words it, without the extractor's remarks in brackets."""
    return re.sub(r"\s*\(.*\)", "", row.time_window or row.time_label or "time not stated")


def latest_days(text: str) -> float | None:
    """Return the latest time that a text names, in days; None where it names none."""
    found = [float(value) * _unit(unit) for value, unit in _TIME.findall(text.lower())]
    return max(found, default=None)


def _unit(unit: str) -> float:
    return _DAYS["months"] if unit.startswith("month") else _DAYS[unit[0]]


def window_of(days: float | None, windows: Windows) -> str:
    """Return the window of a time; a review that names none pools the ends of the treatments."""
    return "not_stated" if days is None else windows.window(days)


def factor_of(notes: Sequence[str]) -> float | None:
    """Return what turns the scale that a review's notes name into 0–100; None where they name none."""
    text = " ".join(notes)
    if re.search(r"\b0-100\b", text):
        return 1.0
    return 10.0 if re.search(r"\b0-10\b", text) else None


@dataclass(frozen=True)
class Compared:
    """Published pooled results and those of this book."""

    ds: Dataset

    @cached_property
    def printed(self) -> tuple[Review, ...]:
        """Reviews of chronic pain that pool something."""
        chronic = self.ds.rows("review_conditions", chronic="yes")
        found = records(self.ds.rows("reviews", condition=list(chronic["condition"])), Review)
        return tuple(row for row in found if row.estimate is not None)

    @cached_property
    def differences(self) -> tuple[OnPoints, ...]:
        """Mean differences in pain whose scale is named."""
        windows = read_windows(self.ds)
        found = []
        for row in self.printed:
            if row.effect != "MD" or row.outcome != "pain_intensity" or row.ci_low is None:
                continue
            notes = [other.notes or "" for other in self.printed if other.review_id == row.review_id]
            factor = factor_of(notes)
            if factor is not None:
                found.append(OnPoints(row, factor, window_of(latest_days(when(row)), windows)))
        return tuple(found)

    @cached_property
    def _analyses(self) -> dict[tuple[str, str, str], Analysis]:
        reports = {drug: Report(drug, ds=self.ds) for drug, _, _ in _BLOCKS}
        return {item: reports[item[0]].analysis(*item[1:]) for item in _BLOCKS}

    def own(self, drug: str, route: str, window: str) -> Analysis:
        """Return the analysis of this book."""
        return self._analyses[drug, route, window]

    def figure(self) -> Figure:
        """Draw the mean differences of every review by drug and window, with this book's pool below each."""
        measure = Measure(
            "Mean difference in pain, points on 0–100",
            mid=(-float(self.ds.setting("mid_pain_points")),),
            favours_low="favours the drug",
            favours_high="favours the comparator",
            limits=self._limits(),
        )
        blocks = tuple(block for item in _BLOCKS if (block := self._block(*item)) is not None)
        return forest("reviews-forest", "Published reviews and this book: pain", Forest(measure, blocks))

    def _limits(self) -> tuple[float, float]:
        """Return an axis that tells the reviews apart; wider intervals of this book become arrows."""
        ends = [value for item in self.differences if not _outside(item.review) for value in item.values]
        pools = [self.own(*item).pooled for item in _BLOCKS]
        ends += [pooled.estimate for pooled in pools if pooled is not None]
        return 10 * math.floor(min(ends) / 10 - 1), 10 * math.ceil(max(ends) / 10 + 1)

    def _block(self, drug: str, route: str, window: str) -> ForestBlock | None:
        found = [
            item
            for item in self.differences
            if item.review.drug == drug
            and (item.window == window or (drug == "memantine" and item.window == "not_stated"))
            and not _outside(item.review)
        ]
        if not found:
            return None
        analysis = self.own(drug, route, window)
        rows = tuple(
            ForestRow(item.label, *item.values, "reported", _size(item.review), _about(item.review))
            for item in found
        )
        title = f"{drug.capitalize()}, {WINDOWS[window]}"
        pooled = analysis.pooled
        if pooled is None:
            return ForestBlock(rows, title, None, "This book: no trial gives a number")
        names = listing(effect.label for effect in analysis.numeric)
        own = ForestPool(
            "This book",
            pooled.estimate,
            pooled.ci_low,
            pooled.ci_high,
            None,
            f"{words(route)}; {names}",
            f"{plural(pooled.k, 'trial')}, {analysis.people:,}",
        )
        return ForestBlock(rows, title, own)

    def models(self) -> Table:
        """Pool the trials of this book with the methods that reviews commonly use, and with its own."""
        rows = []
        for drug, route, window in _BLOCKS:
            analysis = self.own(drug, route, window)
            if analysis.pooled is None:
                continue
            yi = np.array([effect.yi for effect in analysis.numeric], dtype=float)
            vi = np.array([effect.vi for effect in analysis.numeric], dtype=float)
            pools = (
                pool(yi, vi, model="common", ci="wald"),
                pool(yi, vi, tau2="DL", ci="wald"),
                analysis.pooled,
            )
            name = f"{route_of(drug, route)}, {WINDOWS[window]}"
            cells = (f"{number(p.estimate)} ({interval(p.ci_low, p.ci_high)})" for p in pools)
            trials = listing(effect.label for effect in analysis.numeric)
            rows.append((Cell(name), Cell(trials), *map(Cell, cells)))
        columns = (
            Column("Question"),
            Column("Trials with a number here"),
            Column("One common effect", "right", "normal interval"),
            Column("Random effects", "right", "DerSimonian-Laird, normal interval"),
            Column("This book", "right", "REML, Hartung-Knapp interval"),
        )
        return Table("reviews-models", "The same trials, three models", columns, tuple(rows))

    def harms(self) -> Figure:
        """Draw the risk ratios of harms of every review, with those of this book."""
        safety = Safety(self.ds)
        measure = Measure(
            "Risk ratio (log scale)",
            null=1,
            log=True,
            digits=2,
            favours_low="fewer on the drug",
            favours_high="more on the drug",
        )
        blocks = []
        for outcome, own in _HARMS.items():
            rows = [
                ForestRow(
                    row.label, row.estimate, row.ci_low, row.ci_high, "reported", _size(row), _about(row)
                )
                for row in self.printed
                if row.effect == "RR" and row.outcome == outcome and row.ci_low is not None
            ]
            for found in safety.ratios:
                if found.inert and found.harm.outcome == own and found.drug in ("ketamine", "memantine"):
                    assert found.harm.ratio is not None
                    trials = plural(len(found.harm.counted), "trial")
                    row = ForestRow("This book", *found.harm.ratio, "derived", trials, found.subject.lower())
                    rows.append(row)
            if rows:
                name = words(outcome)
                blocks.append(ForestBlock(tuple(rows), f"{name[:1].upper()}{name[1:]}"))
        title = "Published reviews and this book: harms"
        return forest("reviews-harms", title, Forest(measure, tuple(blocks)))

    def others(self) -> Table:
        """List the pooled results that cannot stand in the figures, as printed, each with the reason."""
        shown = [item.review for item in self.differences if not _outside(item.review)]
        ratios = [row for row in self.printed if row.effect == "RR" and row.outcome in _HARMS]
        rows = tuple(
            (
                Cell(row.label, href=row.address),
                Cell(row.condition or "", detail=row.notes or ""),
                Cell("; ".join(part for part in (words(row.outcome or ""), row.time_label) if part)),
                Cell(row.result),
                Cell(_reason(row)),
            )
            for row in self.printed
            if row not in shown and row not in ratios
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
            if item.window == window and item.review.drug == "ketamine" and not _outside(item.review)
        ]
        return f"{plural(len(found), 'published result')} from {points(min(found))} to {points(max(found))}"


def compared() -> Compared:
    """Return the published reviews beside the project's own results."""
    return Compared(dataset.load())


def _outside(row: Review) -> bool:
    return "outside Cochrane scope" in (row.condition or "") or "experimental" in (row.condition or "")


def _size(row: Review) -> str:
    trials = "k not seen" if row.k_studies is None else plural(row.k_studies, "trial")
    return trials if row.n_participants is None else f"{trials}, {row.n_participants:,}"


def _about(row: Review) -> str:
    route = "" if row.route is None else f"{'all routes' if row.route == 'all' else row.route}"
    return ", ".join(part for part in (route, row.condition) if part)


def _reason(row: Review) -> str:
    if _outside(row):
        return "another population"
    if row.effect == "proportion":
        return "no comparison: change from each person's own start"
    if row.effect == "MD":
        return "scale not stated" if row.outcome == "pain_intensity" else "another outcome"
    if row.ci_low is None:
        return "no interval printed"
    if row.effect and row.effect.startswith("SMD"):
        return "standardised: its standard deviation was not seen"
    return "another measure"
