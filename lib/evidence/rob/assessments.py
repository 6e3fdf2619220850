"""Assessments of risk of bias as rob2.csv holds them, and as tables that robvis draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import pandas as pd

from evidence.dataset import Dataset
from evidence.rob.algorithm import DOMAINS, Answer, Judgement, overall, settled

#: Domains of a parallel trial, in the columns of robvis.
ROBVIS: Final = ("D1", "D2", "D3", "D4", "D5")
_SAID: Final[Mapping[Judgement, str]] = {
    "low": "Low",
    "some concerns": "Some concerns",
    "high": "High",
    "no information": "No information",
}


@dataclass(frozen=True, slots=True)
class Rating:
    """One domain of one result.

    Attributes
    ----------
    domain : str
        A key of `DOMAINS`.
    judgement : str
    answers : mapping of str to str
        Signalling questions that were answered; empty for a judgement taken from a review.
    source : str
        The text that the answers rest on, or the review that judged.
    note : str
        Why, in words of our own.
    """

    domain: str
    judgement: Judgement
    answers: Mapping[str, Answer]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The risk of bias of one outcome of one study."""

    study_id: str
    outcome: str
    ratings: Mapping[str, Rating]

    @property
    def overall(self) -> Judgement:
        """The worst domain; a domain that was not assessed is "no information"."""
        return overall({name: self.judgement(name) for name in (*ROBVIS, *self.ratings)})

    def judgement(self, domain: str) -> Judgement:
        """Return the judgement of a domain."""
        rating = self.ratings.get(domain)
        return rating.judgement if rating is not None else "no information"


@dataclass(frozen=True, slots=True)
class _Row:
    """One domain as rob2.csv holds it."""

    study_id: str
    domain: str
    judgement: str | None
    answers: str | None
    judged_by: str | None
    source: str | None
    note: str | None


def answers_of(text: str) -> dict[str, Answer]:
    """Read signalling answers as a cell holds them.

    Raises
    ------
    ValueError
        When the text is not of the form "1.1 Y; 1.2 NI".

    Examples
    --------
    >>> answers_of("1.1 Y; 1.2 NI")
    {'1.1': 'Y', '1.2': 'NI'}
    """
    pairs = [part.split() for part in text.split(";") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{text!r} is not of the form '1.1 Y; 1.2 NI'")
    return {question: cast(Answer, answer) for question, answer in pairs}


def assessments(ds: Dataset, study_ids: list[str], outcome: str) -> dict[str, Assessment]:
    """Return the assessment of an outcome for each study; one without any rating where nothing is known."""
    ratings: dict[str, dict[str, Rating]] = {study: {} for study in study_ids}
    for row in ds.records(_Row, "rob2", study_id=study_ids, outcome=outcome):
        answers = answers_of(row.answers or "")
        judged = row.judgement if row.judged_by == "review" else settled(row.domain, answers)
        rating = Rating(row.domain, cast(Judgement, judged or ""), answers, row.source or "", row.note or "")
        ratings[row.study_id][row.domain] = rating
    return {study: Assessment(study, outcome, found) for study, found in ratings.items()}


def to_robvis(found: Mapping[str, Assessment], names: Mapping[str, str]) -> pd.DataFrame:
    """Return assessments as the table that robvis reads.

    Parameters
    ----------
    found : mapping of str to Assessment
    names : mapping of str to str
        What a study is called, by study.

    Returns
    -------
    DataFrame
        Columns Study, D1 to D5 and Overall, one row for each study; for crossover trials the domain on period
        and carry-over counts in Overall and has no column, as robvis has none.
    """
    rows = [
        [names[study], *(_SAID[item.judgement(name)] for name in ROBVIS), _SAID[item.overall]]
        for study, item in found.items()
    ]
    return pd.DataFrame(rows, columns=["Study", *ROBVIS, "Overall"])


def from_robvis(table: pd.DataFrame) -> dict[str, dict[str, Judgement]]:
    """Read judgements from a table of robvis.

    Parameters
    ----------
    table : DataFrame
        Columns Study, D1 to D5, and perhaps Overall and Weight.

    Returns
    -------
    dict
        By study, the judgement of each domain.

    Raises
    ------
    ValueError
        When a column is missing, a study stands twice, or a judgement is none of RoB 2.
    """
    missing = {"Study", *ROBVIS} - set(table.columns)
    if missing:
        raise ValueError(f"the table has no {', '.join(sorted(missing))}: robvis wants Study and D1 to D5")
    if table["Study"].duplicated().any():
        raise ValueError(f"{table.loc[table['Study'].duplicated(), 'Study'].iloc[0]!r} stands twice")
    known = {said.lower(): judgement for judgement, said in _SAID.items()}
    found: dict[str, dict[str, Judgement]] = {}
    for row, cells in enumerate(table.fillna("").astype(str).to_dict("records"), start=2):
        judged = {name: known.get(cells[name].strip().lower()) for name in ROBVIS}
        for name, judgement in judged.items():
            if judgement is None:
                raise ValueError(
                    f"line {row}, {name}: {cells[name]!r} is no judgement; use {', '.join(_SAID.values())}"
                )
        found[cells["Study"]] = cast(dict[str, Judgement], judged)
    return found


__all__ = ["DOMAINS", "Assessment", "Rating", "answers_of", "assessments", "from_robvis", "to_robvis"]
