"""What a check finds in the tables: a fact for each result that it can test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from evidence.dataset import Dataset

#: Sources in which a review tells what it read in a trial, or measured in its figures.
_NOT_OWN: Final = ("review", "figure")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One tested result.

    Attributes
    ----------
    study_id : str
    words : str
        The numbers as printed and what was computed from them.
    fits : bool
    """

    study_id: str
    words: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Own:
    """What the trials' own reports print: rows of reviews, and values read off figures, are left out."""

    ds: Dataset

    def arms(self) -> Iterator[Row]:
        """Yield the results of single arms, with the number of answers behind a score as `whole_items`."""
        whole = {
            (row["outcome"], row["measure"]): row["whole_items"]
            for row in _filled(self.ds.rows("measures"))
            if "whole_items" in row
        }
        for row in _filled(self.ds.rows("arm_results")):
            if row.get("source") not in _NOT_OWN:
                yield {**row, "whole_items": whole.get((row["outcome"], row["measure"]))}

    def compared(self) -> Iterator[tuple[Row, Row, Row]]:
        """Yield tests of parallel groups with the printed results of both arms at the same time."""
        places: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in self.arms():
            places[_place(row, row["arm"])].append(row)
        parallel = {s["study_id"] for s in _filled(self.ds.rows("studies")) if s["design"] == "parallel"}
        for row in self.tests():
            found = [places[_place(row, row[arm])] for arm in ("arm_a", "arm_b")]
            if row["study_id"] in parallel and all(len(rows) == 1 for rows in found):
                yield row, found[0][0], found[1][0]

    def tests(self) -> Iterator[Row]:
        """Yield the comparisons whose test is printed as a number, or as not significant."""
        for row in _filled(self.ds.rows("contrasts")):
            told = "p_value" in row or row.get("p_operator") == "ns"
            if told and row.get("source") not in _NOT_OWN:
                yield row


def text(value: float) -> str:
    """Return a number with the digits that the table keeps; noughts at its end are not kept.

    A printed "3.40" is tested as 3.4, which allows more: a check can miss a misfit by it and never find one.
    """
    return f"{value:.12g}"


def said_p(row: Row) -> str:
    """Return a printed test: "p < 0.05", or "not significant"."""
    if "p_value" not in row:
        return "not significant"
    return f"p {row['p_operator']} {text(row['p_value'])}"


def where(row: Row) -> str:
    """Return the measure and the time of a result."""
    return ", ".join(str(row[name]) for name in ("measure", "time_label") if name in row)


def _place(row: Row, arm: object) -> tuple[object, ...]:
    return (row["study_id"], arm, row["outcome"], row["measure"], row.get("time_label"))


def _filled(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield rows with their filled cells alone."""
    for row in frame.to_dict("records"):
        yield {str(name): value for name, value in row.items() if not pd.isna(value)}


__all__ = ["Fact", "Own", "Row", "said_p", "text", "where"]
