"""Published reviews beside this book and beside one another."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

import pandas as pd

from evidence import dataset
from evidence.charts.figure import Figure
from evidence.charts.forest import Heads, Kind, forest_figure
from evidence.charts.measure import Measure
from evidence.charts.tables import Cell, Column, Table
from evidence.dataset import Dataset
from evidence.meta import Pooled, pool
from evidence.question import WINDOWS, Windows, read_windows
from evidence.report.report import Report
from evidence.report.sections.findings import points_measure
from evidence.report.sections.forest import Record
from evidence.report.sections.reviews import Review
from evidence.report.sections.safety import Safety
from evidence.results.evidence import Evidence, evidence
from evidence.wording.labels import Labels, spaced
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, interval, listing, number, plural, sentence
from evidence.wording.sentences import points
from nmda.beside import COCHRANE
from nmda.cochrane import analysis_of

#: What the tables of reviews call a pool over routes.
_ALL_ROUTES: Final = ("all", "mixed", "any", None)
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(minutes?|hours?|h|days?|weeks?|months?)\b")
_DAYS: Final = {"m": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0, "months": 92 / 3}
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
_HEADS: Final = Heads(row="Review", detail="What it pools", people="Trials, people")
_PUBLISHED: Final = Kind("published", "as the review prints it")
_OWN: Final = Kind("this book", "this book's own")
_ALIKE: Final = 1.0  # points: estimates that lie closer are called the same
#: The harms of this book, each with what reviews call it.
_HARMS: Final = {
    "psychotomimetic": ("psychotomimetic", "psychedelic events"),
    "any_adverse_event": ("any_adverse_event",),
    "dizziness": ("dizziness",),
    "nausea": ("nausea", "gastrointestinal adverse events"),
    "vomiting": ("vomiting",),
    "sedation": ("sedation", "fatigue/somnolence/sedation"),
}
_CALLED: Final = frozenset(name for names in _HARMS.values() for name in names)


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
    said = re.sub(r"\s*\(.*\)", "", row.time_window or row.time_label or "time not stated")
    return re.sub(r"\b(1 (?:minute|hour|day|week|month))s\b", r"\1", said)


def latest_days(text: str) -> float | None:
    """Return the latest time that a text names, in days; None where it names none."""
    return max(_days(text), default=None)


def _days(text: str) -> list[float]:
    """Return the times that a text names, in days."""
    return [float(value) * _unit(unit) for value, unit in _TIME.findall(text.lower())]


def stretch(text: str, windows: Windows, labels: Labels) -> str:
    """Say how the time of a result goes beyond the window of its latest day; empty where it does not."""
    days = _days(text)
    if not days:
        return "no time is named"
    if text.startswith(">"):
        return "no last day is named"
    first, last = windows.window(min(days)), windows.window(max(days))
    return "" if first == last else f"its times begin in the window {labels.when(first)}"


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
        found = self.ds.records(Review, "reviews", condition=list(chronic["condition"]))
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
                told = row.time_label if row.time_label in WINDOWS else None
                found.append(OnPoints(row, factor, told or window_of(latest_days(when(row)), windows)))
        return tuple(found)

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
        title, kinds = "Published reviews and this book: pain", {"reported": _PUBLISHED}
        return forest_figure("reviews-forest", title, rows, measure=measure, heads=_HEADS, kinds=kinds)

    def _limits(self) -> tuple[float, float]:
        """Return an axis that tells the reviews apart; wider intervals of this book become arrows."""
        ends = [value for item in self.differences if not _outside(item.review) for value in item.values]
        pools = [self.own(*item).pooled for item in (*_BLOCKS, *_FURTHER)]
        ends += [pooled.estimate for pooled in pools if pooled is not None]
        return 10 * math.floor(min(ends) / 10 - 1), 10 * math.ceil(max(ends) / 10 + 1)

    def _block(self, drug: str, route: str, window: str) -> list[Record]:
        """Return what the reviews of a drug print for a window, and this book's pool."""
        found = self._of_block(drug, route, window)
        if not found:
            return []
        known = self.own(drug, route, window)
        rows: list[Record] = [{**_printed(item.review, *item.values), "label": item.label} for item in found]
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
            and not _outside(item.review)
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
        said = ((item.label, stretch(when(item.review), windows, labels_of(self.ds))) for item in found)
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
        rows = []
        for found in self._models:
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
        asked = product(_HARMS, ("ketamine", "memantine"))
        rows = [row for outcome, drug in asked for row in self._harm_block(outcome, drug, safety)]
        title, kinds = "Published reviews and this book: harms", {"reported": _PUBLISHED, "derived": _OWN}
        return forest_figure(
            "reviews-harms", title, pd.DataFrame(rows), measure=measure, heads=_HEADS, kinds=kinds
        )

    def _harm_block(self, outcome: str, drug: str, safety: Safety) -> list[Record]:
        """Return one harm of one drug: what reviews print, and this book's ratios against no active drug."""
        rows: list[Record] = [
            _printed(row, row.estimate, row.ci_low, row.ci_high)
            for row in self.printed
            if row.effect == "RR"
            and row.outcome in _HARMS[outcome]
            and row.ci_low is not None
            and row.drug.startswith(drug)
        ]
        for found in safety.ratios:
            if found.inert and found.harm.outcome == outcome and found.drug == drug:
                assert found.harm.ratio is not None
                ends = dict(zip(("est", "lo", "hi"), found.harm.ratio, strict=True))
                size = plural(len(found.harm.counted), "trial")
                own = {"label": "This book", "kind": "derived", "n": size, "detail": found.subject.lower()}
                rows.append({**own, **ends})
        title = f"{capital(drug)}: {labels_of(self.ds).outcome(outcome)}"
        return [{"block": title, **row} for row in rows]

    def others(self) -> Table:
        """List the pooled results that cannot stand in the figures, as printed, each with the reason.

        Those of the Cochrane review have a chapter of their own.
        """
        ratios = [row for row in self.printed if row.effect == "RR" and row.outcome in _CALLED]
        rows = tuple(
            (
                Cell(row.label, href=row.address),
                Cell(row.condition or "", detail=row.notes or ""),
                Cell("; ".join(part for part in (spaced(row.outcome or ""), row.time_label) if part)),
                Cell(row.result),
                Cell(_reason(row)),
            )
            for row in self.printed
            if row not in self._drawn and row not in ratios and row.review_id != COCHRANE
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


def _excludes_null(pooled: Pooled) -> bool:
    return pooled.ci_low > 0 or pooled.ci_high < 0


def _width(pooled: Pooled) -> float:
    return pooled.ci_high - pooled.ci_low


def compared() -> Compared:
    """Return the published reviews beside the project's own results."""
    return Compared(dataset.load())


def _outside(row: Review) -> bool:
    return "outside Cochrane scope" in (row.condition or "") or "experimental" in (row.condition or "")


def _printed(row: Review, est: float | None, low: float | None, high: float | None) -> Record:
    """Return a result of a review as a row of a forest plot."""
    named = {"label": row.label, "kind": "reported", "n": _size(row), "detail": _about(row)}
    return {**named, "est": est, "lo": low, "hi": high}


def _size(row: Review) -> str:
    """Return how many trials and people a result pools; what only the whole review tells is named so."""
    people = "" if row.n_participants is None else f", {row.n_participants:,}"
    if row.k_studies is None:
        return f"number of trials not seen{people}"
    trials = f"{plural(row.k_studies, 'trial')}{people}"
    if "k in this pool not seen" in (row.notes or ""):
        return f"{trials} in the review; number in this pool not seen"
    return trials


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
