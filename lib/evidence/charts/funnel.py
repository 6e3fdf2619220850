"""Funnel plot with contours of statistical significance.

Peters et al., Journal of Clinical Epidemiology 2008;61:991-996 (doi:10.1016/j.jclinepi.2007.11.010).
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard
from evidence.charts.legend import Sample, box_sample, legend, line_sample
from evidence.charts.marks import OUTLINES, line
from evidence.charts.measure import Measure, Span, even_ticks, lay, lay_upright, margin
from evidence.charts.numbered import list_names, number_points
from evidence.charts.room import Room, unnamed
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import number, plural, short

_TOP: Final = 24.0
_DOTS: Final = (1.5, 2.5)
# The p-value at the outer border of each region, from the outermost in, and the region's colour.
_REGIONS: Final = ((0.01, "panel"), (0.05, "band"), (0.1, "surface"))
_EFFECT: Final = Measure("Effect")


def funnel(
    data: pd.DataFrame,
    *,
    label: str = "label",
    est: str = "est",
    se: str = "se",
    pooled: float | None = None,
    measure: Measure = _EFFECT,
    ax: Axes | None = None,
) -> Axes:
    """Draw a contour-enhanced funnel plot.

    Parameters
    ----------
    data
        One row for each study.
    label, est, se
        Columns of the study, its effect, and its standard error: of a ratio that on the log scale.
    pooled
        The pooled estimate, a dotted line.
    measure
        What lies on the axis.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the effect, y the standard error, which grows downwards.

    Raises
    ------
    ValueError
        No studies; a missing column; a standard error that is not above zero, or a ratio that is not.

    Examples
    --------
    >>> studies = pd.DataFrame({
    ...     "label": [f"Study {i}" for i in range(1, 8)],
    ...     "est": [-20.0, -15.5, -11.0, -6.5, -2.0, 2.5, 7.0],
    ...     "se": [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
    ... })
    >>> ax = funnel(studies, pooled=-12)
    >>> [float(end) for end in ax.get_ylim()]
    [8.64, 0.0]
    """
    import seaborn as sns

    found = _read(data, label, est, se, measure)
    room = Room(ax)
    room.text(2, 14, "Standard error (larger studies on top)", size=SMALL, bold=True)
    bottom = _TOP + (270 if room.stacked else 320)
    deep = round(float(found["se"].max()) * 1.08, 12)
    left, right = margin(even_ticks(0, deep, 5)), room.width - 8
    room.keep(left, right)
    lay(room.ax, measure, _extent(found, measure, pooled), right - left)
    room.ax.set_ylim(deep, 0)
    _frame(room, measure, pooled)
    with unnamed(room.ax):
        sns.scatterplot(
            found,
            x="est",
            y="se",
            s=60,
            marker=OUTLINES["circle"],
            color=INK["blue"],
            legend=False,
            zorder=2,
            ax=room.ax,
        )
    tall = bottom - _TOP
    places = [(room.across(row["est"]), _TOP + row["se"] / deep * tall) for row in records(found)]
    upright = [measure.null, *([] if pooled is None else [pooled])]
    lines = [[(room.across(place), _TOP), (room.across(place), bottom)] for place in upright]
    number_points(room, places, (left, _TOP, room.width, bottom), lines=lines)
    middle, y = (left + right) / 2, bottom + 17 + SMALL * LINE
    y = room.paragraph(middle, y, measure.name, right - left, size=SMALL, anchor="middle")
    y = legend(room, list(_samples(measure, pooled)), y + 8)
    y = list_names(room, found["label"].tolist(), y + 2)
    return room.close(y - SMALL * LINE + 6, _TOP, bottom)


def funnel_figure(key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any) -> Figure:
    """Return a funnel plot as a figure of the book; `options` are those of `funnel`."""
    measure, pooled = options.get("measure", _EFFECT), options.get("pooled")
    names = {name: options[name] for name in ("label", "est", "se") if name in options}
    found = _read(data, **names, measure=measure)
    digits = measure.digits
    span = f"from {number(found['se'].min(), digits + 1)} to {number(found['se'].max(), digits + 1)}"
    studies = plural(len(found), "study", "studies")
    said = f"Funnel plot of {studies}: {measure.name} against its standard error, {span}."
    if pooled is not None:
        below = int((found["est"] < pooled).sum())
        said += f" {below} of {len(found)} lie below the pooled estimate of {number(pooled, digits)}."
    right = (Column("Estimate", "right"), Column("Standard error", "right"))
    rows = tuple(
        (
            Cell(str(place), value=place),
            Cell(row["label"]),
            Cell(number(row["est"], digits), value=row["est"]),
            Cell(number(row["se"], digits + 1), value=row["se"]),
        )
        for place, row in enumerate(records(found), 1)
    )
    numbers = twin(key, title, (Column("Number"), Column("Study"), *right), rows)
    return Figure(key, title, caption, said, data, drawing(funnel, data, **options), numbers)


def _read(
    data: pd.DataFrame, label: str = "label", est: str = "est", se: str = "se", measure: Measure = _EFFECT
) -> pd.DataFrame:
    found = standard(data, "funnel", ("label", "est", "se"), label=label, est=est, se=se)
    if found.empty:
        raise ValueError("A funnel plot needs at least one study; say in words that there is none.")
    for row in records(found):
        if not row["se"] > 0:
            raise ValueError(f"{row['label']}: the standard error {row['se']} is not above zero.")
        if measure.log and row["est"] <= 0:
            raise ValueError(f"{row['label']}: the ratio {row['est']} is not above zero.")
    return found


def _extent(found: pd.DataFrame, measure: Measure, pooled: float | None) -> Span:
    if measure.limits:
        return measure.limits
    values = [
        measure.flat(value) for value in (measure.null, *found["est"], *([] if pooled is None else [pooled]))
    ]
    low, high = min(values), max(values)
    spare = 0.3 * ((high - low) or abs(high) or 1.0)
    return measure.back(low - spare), measure.back(high + spare)


def _frame(room: Room, measure: Measure, pooled: float | None) -> None:
    ax = room.ax
    deepest = ax.get_ylim()[0]
    errors, null = np.linspace(0, deepest, 41), measure.flat(measure.null)
    for p, role in _REGIONS:
        reach = -NormalDist().inv_cdf(p / 2) * errors
        low, high = (np.vectorize(measure.back)(null + side * reach) for side in (-1, 1))
        ax.fill_betweenx(errors, low, high, color=INK[role], lw=0, zorder=0.2)
        for side, border in (("left", low), ("right", high)):
            ax.plot(border, errors, color=INK["edge"], lw=0.7, zorder=0.3, gid=f"border-{p}-{side}")
    lay_upright(ax, even_ticks(0, deepest, 5))
    line(ax, (measure.null,) * 2, (0, deepest), "edge", width=1.2, name="null", zorder=1)
    if pooled is not None:
        line(ax, (pooled, pooled), (0, deepest), "ink", width=1.4, dash=_DOTS, name="pooled", zorder=1)


def _samples(measure: Measure, pooled: float | None) -> Iterator[Sample]:
    yield Sample(box_sample("surface", "edge"), "inside: p > 0.1")
    yield Sample(box_sample("band", "edge"), "p 0.05 to 0.1")
    yield Sample(box_sample("panel", "edge"), "p 0.01 to 0.05 (beyond: below 0.01)")
    if pooled is not None:
        yield Sample(line_sample("ink", _DOTS), f"pooled estimate, {number(pooled, measure.digits)}")
    yield Sample(line_sample("edge"), f"no effect, {short(measure.null)}")
