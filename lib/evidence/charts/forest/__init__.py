"""Forest plot: each study's effect and interval, and what they come to together."""

from __future__ import annotations

from evidence.charts.figure import Figure, from_sheets
from evidence.charts.forest.narrow import draw_narrow
from evidence.charts.forest.rows import (
    Forest,
    ForestBlock,
    ForestHeads,
    ForestPool,
    ForestRow,
    Kind,
    Level,
    Measure,
    Safeguard,
    check,
    without_lone_weights,
)
from evidence.charts.forest.wide import draw_wide
from evidence.charts.forest.words import data, describe

__all__ = [
    "Forest",
    "ForestBlock",
    "ForestHeads",
    "ForestPool",
    "ForestRow",
    "Kind",
    "Level",
    "Measure",
    "Safeguard",
    "forest",
]


def forest(key: str, title: str, plot: Forest, *, caption: str = "") -> Figure:
    """Draw a forest plot.

    Raises
    ------
    ValueError
        No studies; an effect outside its interval; a reported effect without numbers; or a study with more or
        fewer safeguards than there are columns.
    """
    check(plot)
    plot = without_lone_weights(plot)
    numbers = data(key, title, plot)
    return from_sheets(key, title, caption, describe(plot), numbers, draw_wide(plot), draw_narrow(plot))
