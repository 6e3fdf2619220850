"""What RevMan Web's study-data folder says of the studies: years, arms, characteristics, risk of bias."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import pandas as pd

from evidence.packages.archive import Archive
from evidence.packages.cells import Table, read_table
from evidence.packages.model import no_bias

INFORMATION: Final = "-study-information.csv"
BIAS: Final = re.compile(r"-risk-of-bias[^/]*\.csv$")
ARMS: Final = "-study-arms.csv"
RESULTS: Final = "-study-results.csv"
_JUDGEMENT: Final = re.compile(
    r"^(?:Domain|Overall)[^:]*\(judge?ment\)(?::\s*(?P<domain>.*))?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class StudyData:
    """Studies and their risk of bias; frames as in `Review`."""

    studies: pd.DataFrame
    risk_of_bias: pd.DataFrame


def is_study_data(name: str) -> bool:
    """Whether a file has a name that study-data has."""
    return name.endswith((INFORMATION, ARMS, RESULTS)) or bool(BIAS.search(name))


def read_study_data(archive: Archive, identifier: str, notes: list[str]) -> StudyData:
    """Read the study data of review `identifier`; what belongs to another one is noted and left out."""
    own: dict[str, Table] = {}
    for name, content in archive.files.items():
        if not is_study_data(name):
            continue
        if not name.rsplit("/", 1)[-1].startswith(f"{identifier}-"):
            notes.append(f"{name} belongs to another review and is not used.")
            continue
        own[name] = read_table(name, content)
    studies = pd.DataFrame({"study": pd.Series(dtype=str)})
    bias = no_bias()
    for name, table in own.items():
        table.require(("Study",), "a table of studies")
        if BIAS.search(name):
            bias = pd.concat([bias, _bias(table)], ignore_index=True)
        elif name.endswith(INFORMATION):
            studies = _information(table)
    arms = next((table for name, table in own.items() if name.endswith(ARMS)), None)
    if arms is not None:
        studies = studies.merge(_arms(arms), on="study", how="outer")
    if any(name.endswith(RESULTS) for name in own):
        notes.append(
            "Results by arm in study-data are not read: the rows of the analyses are what the review pooled."
        )
    return StudyData(studies, bias)


def _information(table: Table) -> pd.DataFrame:
    columns = [column for column in table.header if column != "Study"]
    return pd.DataFrame(
        [
            {"study": row.text("Study")} | {_name(column): row.text(column) for column in columns}
            for row in table
        ]
    )


def _name(column: str) -> str:
    return column.removeprefix("Char: ").strip().lower()


def _arms(table: Table) -> pd.DataFrame:
    arms: dict[str, list[str]] = defaultdict(list)
    for row in table:
        arms[row.text("Study")].append(": ".join(filter(None, (row.text("Arm"), row.text("Description")))))
    return pd.DataFrame({"study": list(arms), "arms": ["; ".join(each) for each in arms.values()]})


def _bias(table: Table) -> pd.DataFrame:
    domains = [
        (column, (match["domain"] or "Overall").strip())
        for column in table.header
        if (match := _JUDGEMENT.match(column))
    ]
    support = {column: re.sub(r"\(judge?ment\)", "(support)", column) for column, _ in domains}
    return pd.DataFrame(
        [
            {
                "study": row.text("Study"),
                "domain": domain,
                "judgement": row.text(column),
                "support": row.text(support[column]),
            }
            for row in table
            for column, domain in domains
            if row.text(column)
        ],
        columns=no_bias().columns,
    )
