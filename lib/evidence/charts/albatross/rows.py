"""What an albatross plot is made of: studies with a p-value and their people, and contours of an effect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Final

import pandas as pd

from evidence.charts.frames import records, standard, text

#: Standardised mean differences whose contours are drawn, and what they are called.
CONTOURS: Final = {0.2: "SMD 0.2", 0.5: "SMD 0.5", 0.8: "SMD 0.8"}
SIDES: Final = {"low": (-1,), "high": (1,), "neither": (-1, 1)}
OPERATORS: Final = {"=": "equal to", "<": "smaller than", ">": "larger than"}


def contour_n(effect: float, p: float) -> float:
    """Return how many people in two equal groups give a standardised mean difference the p-value `p`.

    From the large-sample variance of the difference, (4 + d^2 / 2) / N, and z = d / sqrt(variance).
    """
    z = NormalDist().inv_cdf(p / 2)
    return z * z * (4 + effect * effect / 2) / (effect * effect)


def contour_p(effect: float, n: float) -> float:
    """Return the two-sided p-value of a standardised mean difference in `n` people: `contour_n` inverted."""
    return 2 * NormalDist().cdf(-math.sqrt(n * effect * effect / (4 + effect * effect / 2)))


def read(
    data: pd.DataFrame,
    label: str = "label",
    n: str = "n",
    p: str = "p",
    contours: Mapping[float, str] = CONTOURS,
) -> list[dict[str, Any]]:
    """Return the results that are drawn, checked."""
    points = records(standard(data, "albatross", ("label", "n", "p"), label=label, n=n, p=p))
    if not points:
        raise ValueError("An albatross plot needs at least one study; say in words that there is none.")
    for row in points:
        row["operator"] = text(row.get("operator")) or "="
        row["favours"] = text(row.get("favours")) or "neither"
        row["paired"] = bool(row.get("paired", False))
        row["window"] = text(row.get("window"))
        if row["n"] < 2:
            raise ValueError(f"{row['label']}: {row['n']} people cannot be compared.")
        if not 0 < row["p"] <= 1:
            raise ValueError(f"{row['label']}: p = {row['p']} lies outside (0, 1].")
        if row["operator"] not in OPERATORS or row["favours"] not in SIDES:
            raise ValueError(
                f"{row['label']}: {row['operator']!r} and {row['favours']!r} are no operator and side."
            )
    if any(effect <= 0 for effect in contours):
        raise ValueError("A contour needs an effect above zero; it is drawn on both sides.")
    return points


def named(row: Mapping[str, Any]) -> str:
    """Return a study with its time, where results are told apart by it."""
    return f"{row['label']}, {row['window']}" if row["window"] else str(row["label"])


def depth_of(p: float) -> float:
    """Distance of a p-value from the middle of the axis."""
    return -math.log10(p)
