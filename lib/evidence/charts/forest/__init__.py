"""Forest plot: each study's effect and interval, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.forest.draw import Pen
from evidence.charts.forest.foot import write_foot
from evidence.charts.forest.layout import Columns, Stack
from evidence.charts.forest.rows import Heads, Kind, Plot, read
from evidence.charts.forest.words import describe, table
from evidence.charts.frames import standard
from evidence.charts.measure import Measure, lay
from evidence.charts.room import Room, name_rows

__all__ = ["Heads", "Kind", "forest", "forest_figure"]

_EFFECT: Final = Measure("Effect")
_HEADS: Final = Heads()


def forest(
    data: pd.DataFrame,
    *,
    label: str = "label",
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    measure: Measure = _EFFECT,
    safeguards: Mapping[str, str] | None = None,
    heads: Heads = _HEADS,
    kinds: Mapping[str, Kind] | None = None,
    curves: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a forest plot.

    Parameters
    ----------
    data
        One row for each study and summary, in the order drawn. Beside the four columns named by the next
        parameters it may have

        - ``kind``: "reported" (as without the column), "counted", "derived"; "bounded" where only bounds or a
          direction are known; "pooled" (a diamond), "posterior" (a half-eye); "note" (a remark: its label);
        - ``block``: a title over consecutive rows; rows without one after it stand for all blocks;
        - ``bound_lo``, ``bound_hi``: where a bounded effect must lie; ``direction``, -1 or 1, stands in for
          them: below or above 0;
        - ``pred_lo``, ``pred_hi``: the prediction interval of a summary;
        - ``n``, ``detail``, ``words`` (in place of the numbers), ``flags`` (a doubt), ``href``: text;
        - ``weight``: per cent of the pooled estimate; the area of the marker.
    label, est, lo, hi
        Columns of the name, the effect and the ends of its interval.
    measure
        What lies on the axis.
    safeguards
        Letter → meaning of columns of `data` that hold "yes", "no" or "unclear": drawn as symbols.
    heads
        The heads of the columns of words.
    kinds
        Other words for kinds of rows: ``{"reported": Kind("simulated", "bias with its interval")}``.
    curves
        Densities of posteriors: columns ``block``, ``x``, ``density`` and, drawn paler, ``new_trial``.
    ax
        The Axes, whose rectangle is filled; without it the current one. Where it stands alone in its figure,
        the figure becomes as tall as the rows need. Narrower than 520 points, words are stacked.

    Returns
    -------
    Axes
        x is the effect, y points from the top; ``get_yticks()`` are the rows.

    Raises
    ------
    ValueError
        No studies; an effect outside its interval; a number that is missing; a column that is.

    Examples
    --------
    >>> trials = pd.DataFrame({
    ...     "label": ["Sigtermans 2009", "Schwartzman 2009", "Pooled"],
    ...     "kind": ["reported", "bounded", "pooled"],
    ...     "est": [-27.7, None, -27.7], "lo": [-41.4, None, -41.4], "hi": [-14.0, None, -14.0],
    ...     "direction": [None, -1, None], "words": ["", "a direction only", ""],
    ... })
    >>> ax = forest(trials, measure=Measure("Mean difference in pain, points on 0–100", mid=(-10,)))
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['Sigtermans 2009', 'Schwartzman 2009', 'Pooled']
    """
    plot = _plot(data, label, est, lo, hi, measure, safeguards, heads, kinds, curves)
    room = Room(ax)
    pen = Pen(room, plot)
    layout = Stack(room, plot) if room.stacked else Columns(room, plot)
    room.keep(layout.left, layout.right)
    lay(room.ax, measure, (pen.low, pen.high), layout.right - layout.left)
    rows = list(_draw_rows(plot, pen, layout))
    pen.references(layout.strips)
    name_rows(room.ax, rows, layout.y)
    return room.close(write_foot(room, plot, pen, layout.y), 0, layout.y)


def forest_figure(key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any) -> Figure:
    """Return a forest plot as a figure of the book; `options` are those of `forest`."""
    plot = _plot(data, **options)
    columns, rows = table(plot)
    numbers = twin(key, title, columns, rows)
    return Figure(key, title, caption, describe(plot), data, drawing(forest, data, **options), numbers)


def _plot(
    data: pd.DataFrame,
    label: str = "label",
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    measure: Measure = _EFFECT,
    safeguards: Mapping[str, str] | None = None,
    heads: Heads = _HEADS,
    kinds: Mapping[str, Kind] | None = None,
    curves: pd.DataFrame | None = None,
) -> Plot:
    needed = ("label",) if "kind" in data else ("label", "est", "lo", "hi")
    named = standard(data, "forest", needed, label=label, est=est, lo=lo, hi=hi)
    return read(named, measure, safeguards or {}, heads, kinds or {}, curves)


def _draw_rows(plot: Plot, pen: Pen, layout: Columns | Stack) -> Iterator[tuple[str, float]]:
    """Write and draw every row; yield its label and the place of its marks."""
    for position, block in enumerate(plot.blocks):
        layout.begin(block)
        for index, row in enumerate(block.rows):
            name = f"block-{position}-row-{index}"
            y = layout.row(row)
            pen.row(row, y, name, block.title)
            if row.prediction:
                pen.prediction(row, layout.prediction(row), f"{name}-prediction")
            if row.kind != "note":
                yield row.label, y
    layout.end()
