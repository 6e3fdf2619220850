"""The whole record of a registered study: its rows by table, and what was not taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evidence.desk.importers.article import Imported
from evidence.desk.importers.json_text import mapping, text
from evidence.desk.importers.registry.analyses import contrast_rows
from evidence.desk.importers.registry.arms import intervention_rows, registered_arms
from evidence.desk.importers.registry.events import event_rows
from evidence.desk.importers.registry.outcomes import baseline_rows, outcome_rows
from evidence.desk.importers.registry.parts import Cells, NotTaken
from evidence.desk.importers.registry.protocol import study_row, warnings
from evidence.desk.problems import DeskError

_OLD = ("ProtocolSection", "FullStudiesResponse", "StudyFieldsResponse", "FullStudy", "Study")


def is_registry(record: dict[str, Any]) -> bool:
    """Whether an object is a record of the registry, of this version of its API or of the old one."""
    return bool(mapping(record, "protocolSection")) or any(key in record for key in _OLD)


def registry(name: str, record: dict[str, Any]) -> Imported:
    """Return the rows that a registry record fills, by table, and what was not taken.

    What an outcome is called in the tables and on which scale it was measured, which time after the start of
    treatment a label means, and which arm a comparison favours is left to the editor.

    Raises
    ------
    DeskError
        When the record is of the registry's old API.
    """
    if not mapping(record, "protocolSection"):
        number = re.search(r"NCT[0-9]{8}", str(record))
        address = f"clinicaltrials.gov/api/v2/studies/{number.group() if number else 'NCT…'}"
        raise DeskError(
            f"{name}: is a record of the registry's old API (version 1), which ended in 2024: download the "
            f"study from {address}"
        )
    study = study_row(record)
    if not study.get("title") and not study.get("registration"):
        raise DeskError(f"{name}: the record has neither a title nor a number: download the study again")
    address = study.get("source_url", "")
    arms = registered_arms(record)
    found = {
        "arm_results": [
            *baseline_rows(record, arms, address),
            *outcome_rows(record, arms, address),
            *event_rows(record, arms, address),
        ],
        "contrasts": list(contrast_rows(record, arms, address)),
    }
    rows: dict[str, list[Cells]] = {
        "studies": [study],
        "interventions": list(intervention_rows(record, arms)),
        "arms": [arm.row() for arm in arms.values()],
        **{table: [row for row in parts if isinstance(row, dict)] for table, parts in found.items()},
    }
    left = [part for parts in found.values() for part in parts if isinstance(part, NotTaken)]
    notes = (*warnings(record), *dict.fromkeys(map(str, left)), *_remainder(record))
    return Imported({table: cells for table, cells in rows.items() if cells}, notes)


def _remainder(record: dict[str, Any]) -> Iterator[str]:
    """Yield the parts of the record that this reader does not look into."""
    parts = {
        "eligibilityModule": "eligibility",
        "moreInfoModule": "limitations and agreements",
    }
    for section in ("protocolSection", "resultsSection"):
        module = mapping(record, section)
        for key, words in parts.items():
            if mapping(module, key):
                yield str(NotTaken(words, "read it in the registry"))
    if mapping(record, "resultsSection", "participantFlowModule"):
        yield str(NotTaken("losses in the participant flow", "read them in the registry"))
    if len(text(mapping(record, "protocolSection", "descriptionModule"), "briefSummary")) > 0:
        yield str(NotTaken("the summary", "read it in the registry"))
