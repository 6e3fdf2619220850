"""Half-eye: the density of a posterior above its interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import standard
from evidence.charts.legend import Sample, box_sample, legend, line_sample
from evidence.charts.marks import arrow, line, marker, polygon
from evidence.charts.measure import Measure, Span, lay, window, write_sides
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import interval as span_words
from evidence.wording.numbers import level_name, number

#: Height in points of the tallest density, above an interval or alone.
HEIGHT: Final = 34.0
ALONE: Final = 64.0
TOP: Final = 4.0  # above a density alone
APART: Final = 5.0  # from the density to its interval
_EFFECT: Final = Measure("Effect")


def halfeye(
    data: pd.DataFrame,
    *,
    est: float,
    interval: Span,
    x: str = "x",
    density: str = "density",
    new_trial: str = "new_trial",
    measure: Measure = _EFFECT,
    words: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the posterior of one effect.

    Parameters
    ----------
    data
        One row for each place on the axis, in order.
    est, interval
        The median and the ends of the interval.
    x, density
        Columns of the place and of the density there.
    new_trial
        Column of the density of a new trial's effect, drawn paler; it may be absent.
    measure
        What lies on the axis; differences smaller than its minimal important one are a grey band.
    words
        Whether what the sides mean, the name of the measure and a legend stand below.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the effect, y points from the top.

    Raises
    ------
    ValueError
        No density; a column that is missing; a median outside the interval.

    Examples
    --------
    >>> curve = pd.DataFrame({"x": np.linspace(-100, 100, 201)})
    >>> curve["density"] = stats.norm.pdf(curve["x"], -27, 9)
    >>> pain = Measure("Mean difference in pain, points on 0–100", mid=(-10,), limits=(-60, 20))
    >>> ax = halfeye(curve, est=-27, interval=(-44.6, -9.4), measure=pain)
    >>> [float(end) for end in ax.get_xlim()]
    [-60.0, 20.0]
    """
    curve = _read(data, est, interval, x, density, new_trial)
    ends = extent(measure, [(est, interval)], curve)
    room = Room(ax)
    room.keep(16, room.width - 16)
    lay(room.ax, measure, ends, room.width - 32)
    base = TOP + ALONE
    eye(room, curve, est, interval, base, ends, measure, float(curve["density"].max()), height=ALONE)
    bottom = base + 14
    room.ax.set_ylim(bottom, 0)
    room.ax.yaxis.set_visible(False)
    line(room.ax, (measure.null,) * 2, (0, bottom), "edge", width=1.2, name="null", zorder=0.5)
    end = bottom + 22
    if words:
        start, last = (room.across(end) for end in ends)
        end = write_sides(room, measure, start, last, bottom + 17 + SMALL * LINE)
        middle = room.width / 2
        end = room.paragraph(middle, end + 2, measure.name, room.width - 4, size=SMALL, anchor="middle") + 8
        end = legend(room, list(samples(measure, new_trial="new_trial" in curve)), end) - SMALL * LINE + 6
    return room.close(end, 0, bottom)


def halfeye_figure(key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any) -> Figure:
    """Return a half-eye as a figure of the book; `options` are those of `halfeye`."""
    est, (low, high), measure = options["est"], options["interval"], options.get("measure", _EFFECT)
    _read(data, est, (low, high))
    ends = span_words(low, high, measure.digits)
    said = f"Posterior of the mean effect: {measure.name}. Median {number(est, measure.digits)}, "
    said += f"{level_name(measure.level, 'CrI')} {ends}."
    names = {"x": measure.name, "density": "Density", "new_trial": "Density of a new trial"}
    shown = [name for name in names if name in data]
    columns = tuple(Column(names[name], "right") for name in shown)
    rows = tuple(tuple(Cell(f"{v:.4g}", value=v) for v in row) for row in data[shown].to_numpy().tolist())
    numbers = twin(key, title, columns, rows)
    return Figure(key, title, caption, said, data, drawing(halfeye, data, **options), numbers)


def _read(
    data: pd.DataFrame,
    est: float,
    interval: Span,
    x: str = "x",
    density: str = "density",
    new_trial: str = "new_trial",
) -> pd.DataFrame:
    if data.empty:
        raise ValueError("A half-eye needs a density; say in words that there is none.")
    check_order("posterior", interval[0], est, interval[1])
    return standard(data, "halfeye", ("x", "density"), x=x, density=density, new_trial=new_trial)


def extent(measure: Measure, found: list[tuple[float, Span]], curve: pd.DataFrame) -> Span:
    """Return the ends of an axis that holds intervals and the visible part of a density."""
    tall = curve["density"] > curve["density"].max() / 100
    spans = [span for _, span in found] + [(float(curve["x"][tall].min()), float(curve["x"][tall].max()))]
    needed = [*(est for est, _ in found), *(end for band in small(measure) for end in band)]
    return window(measure, needed, spans, [end for span in spans for end in span])


def small(measure: Measure) -> Iterator[Span]:
    """Yield the band of differences that are smaller than each minimal important one, on both sides."""
    null = measure.flat(measure.null)
    for place in measure.mid:
        far = abs(measure.flat(place) - null)
        yield measure.back(null - far), measure.back(null + far)


def eye(
    room: Room,
    curve: pd.DataFrame | None,
    est: float,
    interval: Span,
    base: float,
    ends: Span,
    measure: Measure,
    tallest: float,
    *,
    height: float = HEIGHT,
    name: str = "eye",
) -> None:
    """Draw a density on the line `base`, and under it its interval and median; x is data, y the room's.

    Nothing is drawn beyond the ends of the axis: what goes on there is an arrow.
    """
    ax, (first, last) = room.ax, ends
    for i, band in enumerate(small(measure)):
        sides = [min(max(end, first), last) for end in band]
        gid = f"{name}-band-{i}"
        ax.fill_between(sides, base - height, base, color=INK["panel"], lw=0, zorder=0.2, gid=gid)
    if curve is not None:
        shown = curve[curve["x"].between(first, last)]
        for column, shade, part in (("new_trial", "band", "new"), ("density", "blue", "density")):
            if column in shown:
                tops = base - height * (shown[column] / tallest).clip(upper=1)
                ax.fill_between(shown["x"], base, tops, color=INK[shade], lw=0, gid=f"{name}-{part}")
    y = base + APART
    low, high = interval
    line(ax, (max(low, first), min(high, last)), (y, y), width=3, name=f"{name}-interval")
    if low < first:
        arrow(ax, first, y, "left", name=f"{name}-low")
    if high > last:
        arrow(ax, last, y, "right", name=f"{name}-high")
    marker(ax, "circle", min(max(est, first), last), y, 50, "ink", "surface", width=1.2, name=name)


def samples(measure: Measure, *, new_trial: bool) -> Iterator[Sample]:
    """Yield the legend of a half-eye."""
    credible = level_name(measure.level, "CrI")
    yield Sample(_sample, f"posterior of the mean effect: density, median and {credible}")
    if new_trial:
        yield Sample(box_sample("band"), "effect of a new trial")
    yield Sample(line_sample("edge"), "no effect")
    if measure.mid:
        yield Sample(box_sample("panel", "rule"), "smaller than the minimal important difference")


def _sample(room: Room, x: float, y: float) -> None:
    hill = [(x - 9, y), (x - 4, y - 3), (x, y - 9), (x + 4, y - 3), (x + 9, y)]
    polygon(room.ax, hill, "blue", transform=room.at)
    line(room.ax, (x - 9, x + 9), (y + 4, y + 4), width=2.5, transform=room.at)
    marker(room.ax, "circle", x, y + 4, 36, "ink", "surface", width=1.2, transform=room.at)
