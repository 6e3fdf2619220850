"""Every question that the tables can be asked."""

from __future__ import annotations

from evidence.dataset import Dataset
from evidence.question.model import Question
from evidence.question.records import Intervention, Study


def questions(ds: Dataset, *, by_route: bool = False) -> tuple[Question, ...]:
    """List every drug × condition group of the tables, or × route, in alphabetical order."""
    groups = {study.study_id: study.condition_group for study in ds.records(Study, "studies")}
    found = {
        (row.drug, groups[row.study_id], row.route if by_route else "")
        for row in ds.records(Intervention, "interventions")
    }
    return tuple(Question(drug, group, route or None) for drug, group, route in sorted(found))
