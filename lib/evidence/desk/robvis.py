"""Tables of robvis: the book's assessments written as one, and one read into rob2.csv."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from evidence.dataset import Dataset
from evidence.desk import csv_edit
from evidence.desk.change import Change, require_committed, require_sound
from evidence.desk.importers.text import read_text
from evidence.desk.problems import DeskError
from evidence.question.records import Study
from evidence.rob import assessments, from_robvis, to_robvis
from evidence.rob.algorithm import Judgement

_FILE = "rob2.csv"
_WIDEST = 100


def exported(ds: Dataset, outcome: str) -> str:
    """Return the assessments of an outcome as CSV for robvis: every study of which something is known.

    Raises
    ------
    DeskError
        When nothing is known of the outcome.
    """
    studies = ds.records(Study, "studies")
    found = assessments(ds, [study.study_id for study in studies], outcome)
    told = {study: item for study, item in found.items() if item.ratings}
    if not told:
        known = ", ".join(sorted(set(ds.rows("rob2")["outcome"])))
        raise DeskError(f"{_FILE} assesses no study for {outcome!r}; it has {known}")
    return to_robvis(told, {study.study_id: study.label for study in studies}).to_csv(
        index=False, lineterminator="\n"
    )


def imported(
    path: Path, ds: Dataset, folder: Path, outcome: str, source: str, *, uncommitted: bool
) -> Change:
    """Prepare the judgements of a table of robvis as rows of rob2.csv.

    A study is known by its id or by its name in the book, such as "Sigtermans 2009". "No information" fills
    nothing, and neither do the columns Overall and Weight, which follow from the others or from an analysis.

    Parameters
    ----------
    path : Path
        A CSV file with the columns Study and D1 to D5.
    ds, folder
        The tables, and where they are.
    outcome : str
    source : str
        Address of the review that judged.

    Raises
    ------
    DeskError
        When the file is no such table, names a study that the book has not, or judges what is judged already.
    """
    before = require_sound(folder)
    judged = _read(path)
    names = _names(ds)
    unknown = [study for study in judged if _key(study) not in names]
    if unknown:
        raise DeskError(
            f"{path.name}: Study: {', '.join(unknown[:5])} {'is' if len(unknown) == 1 else 'are'} not in "
            'studies.csv: write the id, or the name as the book does, such as "Sigtermans 2009"'
        )
    rows = list(_rows(judged, names, outcome, source, path.name))
    if not rows:
        raise DeskError(f"{path.name}: holds no judgement: every domain of every study has no information")
    there = {(row.study_id, row.domain) for row in ds.rows("rob2", outcome=outcome).itertuples()}
    twice = [
        f"{row['study_id']} {row['domain']}" for row in rows if (row["study_id"], row["domain"]) in there
    ]
    if twice:
        raise DeskError(
            f"{path.name}: {', '.join(twice[:5])}: {_FILE} has that for {outcome}: take it out of one of them"
        )
    if not uncommitted:
        require_committed(folder, [_FILE])
    text = (folder / _FILE).read_bytes().decode("utf-8")
    return Change(folder, {_FILE: csv_edit.insert(text, rows)}, before)


def _read(path: Path) -> dict[str, dict[str, Judgement]]:
    text = read_text(path)
    if text.partition("\n")[0].count(",") > _WIDEST:  # pandas takes minutes for a million columns
        raise DeskError(f"{path.name}: has more columns than a table of robvis")
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        return from_robvis(table)
    except (ValueError, pd.errors.ParserError) as error:
        raise DeskError(f"{path.name}: {error}") from None


def _names(ds: Dataset) -> Mapping[str, str]:
    """Return the id of each study by its id and by its name."""
    studies = ds.records(Study, "studies")
    return {_key(name): study.study_id for study in studies for name in (study.label, study.study_id)}


def _key(name: str) -> str:
    return re.sub(r"\W+", "", name).lower()


def _rows(
    judged: Mapping[str, Mapping[str, Judgement]],
    names: Mapping[str, str],
    outcome: str,
    source: str,
    file: str,
) -> Iterator[dict[str, str]]:
    for study, domains in judged.items():
        for domain, judgement in domains.items():
            if judgement != "no information":
                yield {
                    "study_id": names[_key(study)],
                    "outcome": outcome,
                    "domain": domain,
                    "judgement": judgement,
                    "judged_by": "review",
                    "source": source,
                    "note": f"As judged in {file}",
                }
