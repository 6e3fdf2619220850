"""The risk ratios of harms that published reviews print, with this book's below."""

from __future__ import annotations

from itertools import product
from typing import Final

import pandas as pd

from evidence.charts.figure import Figure
from evidence.charts.forest import Kind, forest_figure
from evidence.dataset import Dataset
from evidence.report.sections.forest import Record
from evidence.report.sections.reviews import Review
from evidence.report.sections.safety import RATIO, Safety
from evidence.wording.labels import labels as labels_of
from evidence.wording.numbers import capital, plural
from nmda.published import HEADS, PUBLISHED, as_row, printed

_OWN: Final = Kind("this book", "this book's own")
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


def is_harm(row: Review) -> bool:
    """Whether a result stands in the figure of harms: a risk ratio of a harm that the book has too."""
    return row.effect == "RR" and row.outcome in _CALLED


def harms_figure(ds: Dataset) -> Figure:
    """Draw the risk ratios of harms of every review, with those of this book."""
    safety = Safety(ds)
    asked = product(_HARMS, ("ketamine", "memantine"))
    rows = [row for outcome, drug in asked for row in _block(ds, outcome, drug, safety)]
    title, kinds = "Published reviews and this book: harms", {"reported": PUBLISHED, "derived": _OWN}
    return forest_figure("reviews-harms", title, pd.DataFrame(rows), measure=RATIO, heads=HEADS, kinds=kinds)


def _block(ds: Dataset, outcome: str, drug: str, safety: Safety) -> list[Record]:
    """Return one harm of one drug: what reviews print, and this book's ratios against no active drug."""
    rows: list[Record] = [
        as_row(row, row.estimate, row.ci_low, row.ci_high)
        for row in printed(ds)
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
    title = f"{capital(drug)}: {labels_of(ds).outcome(outcome)}"
    return [{"block": title, **row} for row in rows]
