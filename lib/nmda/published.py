"""Pooled results that published reviews print: when, on which scale, of how many trials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from evidence.charts.forest import Heads, Kind
from evidence.dataset import Dataset
from evidence.effects import points_per_unit
from evidence.question import Windows, main_outcome, read_windows
from evidence.report.sections.forest import Record
from evidence.report.sections.reviews import Review
from evidence.wording.labels import Labels
from evidence.wording.numbers import plural

#: What the columns of a figure of published results are called, and its marks.
HEADS: Final = Heads(row="Review", detail="What it pools", people="Trials, people")
PUBLISHED: Final = Kind("published", "as the review prints it")


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


def window_of(row: Review, windows: Windows) -> str:
    """Return the window of the latest day of a result, else the one that the review names."""
    last = row.days_from if row.days_to is None else row.days_to
    return windows.window(last) if last is not None else row.window or "not_stated"


def stretch(row: Review, windows: Windows, labels: Labels) -> str:
    """Say how the time of a result goes beyond the window of its latest day; empty where it does not."""
    if row.days_to is None:
        return "no time is named" if row.days_from is None else "no last day is named"
    first = windows.window(row.days_to if row.days_from is None else row.days_from)
    return (
        "" if first == windows.window(row.days_to) else f"its times begin in the window {labels.when(first)}"
    )


def printed(ds: Dataset) -> tuple[Review, ...]:
    """Return what reviews of chronic pain pool."""
    chronic = ds.rows("review_conditions", chronic="yes")
    found = ds.records(Review, "reviews", condition=list(chronic["condition"]))
    return tuple(row for row in found if row.estimate is not None)


def differences(ds: Dataset) -> tuple[OnPoints, ...]:
    """Return the mean differences in the main outcome with scale and interval, inside the Cochrane scope."""
    windows, outcome, left_out = read_windows(ds), main_outcome(ds).code, outside(ds)
    return tuple(
        OnPoints(row, points_per_unit("points", row.scale_min, row.scale_max), window_of(row, windows))
        for row in printed(ds)
        if row.outcome == outcome
        and row.scale_max is not None
        and row.ci_low is not None
        and row.condition not in left_out
    )


def outside(ds: Dataset) -> frozenset[str]:
    """Return the conditions of reviews that lie outside the Cochrane review's scope."""
    groups = ds.words("conditions_outside_cochrane")
    return frozenset(ds.rows("review_conditions", condition_group=list(groups))["condition"])


def as_row(row: Review, est: float | None, low: float | None, high: float | None) -> Record:
    """Return a result of a review as a row of a forest plot."""
    named = {"label": row.label, "kind": "reported", "n": _size(row), "detail": _about(row)}
    return {**named, "est": est, "lo": low, "hi": high}


def _size(row: Review) -> str:
    """Return how many trials and people a result pools; what only the whole review tells is named so."""
    people = "" if row.n_participants is None else f", {row.n_participants:,}"
    if row.k_studies is None:
        return f"number of trials not seen{people}"
    trials = f"{plural(row.k_studies, 'trial')}{people}"
    return f"{trials} in the review; number in this pool not seen" if row.counted == "review" else trials


def _about(row: Review) -> str:
    route = "" if row.route is None else f"{'all routes' if row.route == 'all' else row.route}"
    return ", ".join(part for part in (route, row.condition) if part)
