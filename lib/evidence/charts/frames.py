"""Reading a tidy frame: which columns it has, and what a cell says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd


def standard(data: pd.DataFrame, who: str, needed: Sequence[str], /, **names: str) -> pd.DataFrame:
    """Return a frame whose columns have the names by which a chart knows them.

    Parameters
    ----------
    data
        Tidy: one row for each thing drawn.
    who
        The chart, for the error message.
    needed
        Standard names of the columns without which there is nothing to draw.
    names
        Standard name → name in `data`.

    Raises
    ------
    ValueError
        A column that is needed or named otherwise is not in the frame.
    """
    asked = [given for name, given in names.items() if given != name or name in needed]
    if missing := [name for name in asked if name not in data]:
        raise ValueError(f"{who}: the frame has no column {listed(missing)}; it has {listed(list(data))}.")
    return data.rename(columns={given: name for name, given in names.items() if given != name})


def records(data: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries."""
    return data.to_dict("records")  # type: ignore[return-value]


def listed(names: Sequence[object]) -> str:
    """Return names in quotation marks, with commas."""
    return ", ".join(repr(str(name)) for name in names)


def text(value: object) -> str:
    """Return what a cell says; a missing value says nothing."""
    return "" if value is None or value is pd.NA or value != value else str(value)


def number_or_none(value: object) -> float | None:
    """Return the number in a cell, or None where it is missing."""
    return None if value is None or value is pd.NA or value != value else float(value)  # type: ignore[arg-type]
