"""What was tried: the trials of a question, one row each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evidence.charts.html import Html, escape, link
from evidence.charts.tables import Cell, Column, Table
from evidence.charts.words import listing
from evidence.dataset import Dataset
from evidence.question import Selection
from evidence.report.names import COMPARATORS, words

_COLUMNS = (
    Column("Trial"),
    Column("People", "right", "randomised (analysed)"),
    Column("Who"),
    Column("Drug and dose"),
    Column("Compared with"),
    Column("Design"),
    Column("What the text read says on pain"),
    Column("Warnings"),
)


def trials(selection: Selection, ds: Dataset, key: str, caption: str) -> Table:
    """List the trials of a selection with regimen, comparator, design, what they say on pain, and warnings."""
    ids = list(selection.studies)
    studies = ds.rows("studies", study_id=ids).set_index("study_id")
    regimens = ds.rows("interventions", study_id=ids, drug=selection.question.drug).set_index("study_id")
    contrasts = ds.rows("contrasts", study_id=ids, outcome="pain_intensity")
    arms = ds.rows("arm_results", study_id=ids, outcome="pain_intensity")
    rows = tuple(
        _row(studies.loc[study], regimens.loc[study], _says(study, contrasts, arms), selection, study)
        for study in ids
    )
    return Table(key, caption, _COLUMNS, rows)


def _row(
    study: pd.Series[object], regimen: pd.Series[object], says: str, selection: Selection, study_id: str
) -> tuple[Cell, ...]:
    flags = selection.flags[study_id]
    return (
        Cell(selection.studies[study_id].label, href=f"#study-{study_id}", detail=_source(study)),
        Cell(people(study)),
        Cell(_text(words(str(study["condition_detail"] or "")))),
        Cell(_regimen(regimen)),
        Cell(_text(regimen["comparator"]), detail=COMPARATORS.get(str(regimen["comparator_type"]), "")),
        Cell(_design(study)),
        Cell(says),
        Cell(
            "; ".join(words(flag.flag) for flag in flags) or "none",
            detail="\n".join(f"{words(flag.flag)} ({flag.severity}): {flag.detail}" for flag in flags),
        ),
    )


def people(study: pd.Series[object]) -> str:
    """Return the numbers randomised and analysed, or that the text does not say."""
    randomised, analysed = study["n_randomised"], study["n_analysed"]
    if pd.isna(randomised) and pd.isna(analysed):
        return "not stated"
    first = "not stated" if pd.isna(randomised) else f"{randomised:,}"
    return first if pd.isna(analysed) else f"{first} ({analysed:,})"


def _says(study: str, contrasts: pd.DataFrame, arms: pd.DataFrame) -> str:
    """Say in what form a trial reports pain."""
    own = contrasts[contrasts["study_id"] == study]
    forms = []
    if arms[(arms["study_id"] == study) & arms["mean"].notna()].size:
        forms.append("means of each arm")
    if own["estimate"].notna().any():
        forms.append("a difference")
    if (own["p_operator"] == "=").any():
        forms.append("an exact p-value")
    if (own["p_operator"].isin(["<", ">"])).any():
        forms.append("a bound on p")
    if (own["p_operator"] == "ns").any():
        forms.append("“not significant”")
    if not forms and own["favours"].notna().any():
        forms.append("a direction only")
    return listing(forms).capitalize() if forms else "Nothing that compares the arms"


def _regimen(regimen: pd.Series[object]) -> str:
    parts = [regimen["formulation"], regimen["route"], regimen["dose"]]
    return ", ".join(words(str(part)) if part == regimen["route"] else str(part) for part in parts if not pd.isna(part))


def _design(study: pd.Series[object]) -> str:
    blinding = "" if pd.isna(study["blinding"]) else f", blinding {study['blinding']}"
    return f"{study['design']}{blinding}"


def _source(study: pd.Series[object]) -> Html:
    title = "Title not stated" if pd.isna(study["title"]) else str(study["title"])
    journal = "" if pd.isna(study["journal"]) else f" {study['journal']}."
    where = "" if pd.isna(study["source_url"]) else " " + link(str(study["source_url"]).split(" ")[0], "text that was read")
    return Html(f"{escape(title)}.{escape(journal)} Read as: {escape(words(str(study['source_type'])))}.{where}")


def _text(value: object) -> str:
    return "not stated" if value is None or pd.isna(value) or value == "" else str(value)


def left_out(selection: Selection, key: str, caption: str) -> Table:
    """List the studies that are left out or silent, each with the rule."""
    items: Sequence[tuple[str, str]] = [
        (item.study_id, item.sentence) for item in (*selection.studies_left_out, *selection.silent)
    ]
    rows = tuple(
        (Cell(selection.studies[study].label, href=f"#study-{study}"), Cell(sentence)) for study, sentence in items
    )
    return Table(key, caption, (Column("Trial"), Column("Why it is not in the pooled analysis")), rows)
