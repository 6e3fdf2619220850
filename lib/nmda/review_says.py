"""Whether the Cochrane review covers a public claim, and what it prints on it."""

from __future__ import annotations

from typing import Final

from evidence.dataset import Dataset
from evidence.report.sections.reviews import Review
from evidence.wording.labels import Labels
from evidence.wording.labels import labels as labels_of
from nmda.beside import COCHRANE
from nmda.claims import Claim
from nmda.cochrane import REVIEW_WINDOWS, analysis_of, without_left_out

#: What the review prints that bears on a claim: drugs, routes, outcomes.
_PRINTED: Final = {
    "C01": (("ketamine",), ("intravenous", "oral", "topical"), ("pain_intensity",)),
    "C06": (("ketamine",), ("intravenous",), ("any_adverse_event", "psychotomimetic", "nausea", "vomiting")),
    "C07": (("ketamine",), ("intravenous", "topical"), ("any_adverse_event",)),
    "C08": (("ketamine",), ("all",), ("opioid_use",)),
    "C09": (("ketamine", "memantine"), ("all", "oral"), ("depression",)),
    "C10": (
        ("memantine", "dextromethorphan", "amantadine", "magnesium"),
        ("oral", "intravenous"),
        ("pain_intensity",),
    ),
}
#: Outcomes and windows of intravenous ketamine whose pools hold a trial that this book leaves out.
_LEFT_OUT: Final = {
    "C01": (("pain_intensity", "immediate"),),
    "C06": (("any_adverse_event", None), ("psychotomimetic", None), ("nausea", None)),
    "C07": (("any_adverse_event", None),),
}


def covered_by_review(ds: Dataset, row: Claim) -> str:
    """Say whether the Cochrane review covers a claim, and what it prints on it."""
    if row.in_scope_of_cochrane_2025 != "yes":
        return "No: it lies outside the scope of the Cochrane review of 2025."
    said = "Yes: it lies inside the scope of the Cochrane review of 2025."
    if row.claim_id not in _PRINTED:
        return f"{said} No result of the review on just this was seen."
    drugs, routes, outcomes = _PRINTED[row.claim_id]
    where = {"drug": list(drugs), "route": list(routes), "outcome": list(outcomes)}
    rows = ds.records(Review, "reviews", review_id=COCHRANE, **where)
    printed = "; ".join(_printed(review, labels_of(ds)) for review in rows)
    without = "; ".join(
        f"{labels_of(ds).outcome(outcome)} {found}"
        for outcome, window in _LEFT_OUT.get(row.claim_id, ())
        if (found := without_left_out(analysis_of(ds, "ketamine", "intravenous", outcome, window)))
    )
    beside = f" Its rows without trials that this book leaves out: {without}." if without else ""
    return f"{said} It prints, or its rows give: {printed}.{beside}"


def _printed(row: Review, labels: Labels) -> str:
    drug = " ".join(part for part in (row.route, row.drug) if part and part != "all")
    outcome = labels.outcome(row.outcome or "other")
    when = REVIEW_WINDOWS.get(row.time_label or "", row.time_label)
    parts = [drug, "" if row.outcome == "pain_intensity" else outcome, when]
    name = ", ".join(part for part in parts if part and part not in ("all", "not seen", "any"))
    sure = f" ({row.certainty.replace(' (', ', ').removesuffix(')')})" if row.certainty else ""
    if row.k_studies == 0 and row.outcome != "pain_intensity":
        return f"no included study of {row.drug} reported {outcome}"
    return f"{name}: {row.result}{sure}"
