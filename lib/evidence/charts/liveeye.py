"""A half-eye that a page's script moves: drawn once with every part, and where the parts lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypedDict

import pandas as pd
from matplotlib.figure import Figure as Canvas

from evidence.charts import svg
from evidence.charts.halfeye import ALONE, APART, TOP, halfeye
from evidence.charts.measure import Measure
from evidence.charts.theme import NARROW, WIDE, fallbacks, themed

_BEYOND: Final = 1.0  # so that the arrows at both ends are drawn


class Layout(TypedDict):
    """Where the parts of one layout lie, in units of its SVG.

    Attributes
    ----------
    id : str
        The beginning of the ids of its parts: ``<id>-eye-density``, ``-new`` (a new trial), ``-interval``,
        ``-low`` and ``-high`` (the arrows), ``-band-0`` (smaller than the MID) and ``<id>-eye`` (the median,
        drawn at no effect).
    left, right : float
        The ends of the axis.
    base, tall : float
        The ground of the density, and its greatest height.
    line : float
        The height of the interval.
    """

    id: str
    left: float
    right: float
    base: float
    tall: float
    line: float


class Geometry(TypedDict):
    """Where everything lies.

    Attributes
    ----------
    low, high, null : float
        The ends of the axis and the place of no effect, in the unit of the measure.
    layouts : list of Layout
    """

    low: float
    high: float
    null: float
    layouts: list[Layout]


@dataclass(frozen=True, slots=True)
class LiveEye:
    """The drawing in both layouts as HTML, and its geometry."""

    html: str
    geometry: Geometry


def live_eye(key: str, title: str, measure: Measure) -> LiveEye:
    """Draw a half-eye for a page's script to fill.

    Parameters
    ----------
    key
        Unique in the book: the ids of its parts begin with it.
    title
        What a screen reader says of the drawing; the words beside it say what it shows.
    measure
        With `limits`, which the axis keeps whatever is shown.

    Raises
    ------
    ValueError
        The measure has no limits.

    Examples
    --------
    >>> eye = live_eye("x", "Posterior", Measure("Difference", mid=(-10,), limits=(-60, 60)))
    >>> [layout["id"] for layout in eye.geometry["layouts"]]
    ['x-wide', 'x-narrow']
    """
    if measure.limits is None:
        raise ValueError(f"{key}: the axis of a drawing that moves needs limits")
    drawn = [_layout(f"{key}-{name}", name, title, measure, width) for name, width in _LAYOUTS]
    both = "".join(html for html, _ in drawn)
    low, high = measure.limits
    geometry = Geometry(low=low, high=high, null=measure.null, layouts=[layout for _, layout in drawn])
    colours = fallbacks(svg.roles(both))
    return LiveEye(
        f'<div class="ev-drawing" style="{colours}"><div class="ev-figure">{both}</div></div>', geometry
    )


_LAYOUTS: Final = (("wide", WIDE), ("narrow", NARROW))


def _layout(prefix: str, name: str, title: str, measure: Measure, width: float) -> tuple[str, Layout]:
    assert measure.limits is not None
    low, high = measure.limits
    hill = pd.DataFrame({"x": [low, measure.null, high], "density": [0.0, 1.0, 0.0]})
    beyond = low - _BEYOND, high + _BEYOND
    with themed():
        canvas = Canvas(figsize=(width / 72, 1), dpi=72)
        data = hill.assign(new_trial=hill["density"])
        ax = canvas.add_axes((0, 0, 1, 1))
        halfeye(data, est=measure.null, interval=beyond, measure=measure, words=False, ax=ax)
        elements = svg.draw(canvas, prefix)
        left, right = (round(float(ax.transData.transform((end, 0.0))[0]), 2) for end in (low, high))
    base = TOP + ALONE
    layout = Layout(id=prefix, left=left, right=right, base=base, tall=ALONE, line=base + APART)
    return svg.inline(elements, prefix, name, title, ""), layout
