"""What stands in the frame of a specification curve: analyses in order, and the choices that each makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd
from matplotlib.transforms import blended_transform_factory

from evidence.charts.frames import records
from evidence.charts.legend import BEYOND, MID, Sample, line_sample, mid_samples
from evidence.charts.marks import OUTLINES, line, marker, strokes
from evidence.charts.measure import Measure, Span, even_ticks, lay_upright
from evidence.charts.room import Room, unnamed
from evidence.charts.speccurve.rows import ORDER, varied_of
from evidence.charts.text import wrap
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import level_name, short

STEP: Final = SMALL * LINE
CLOSE: Final = 8.0  # analyses closer than this are drawn thin and without arrows


def write_side(room: Room, left: float, y: float, words: str) -> float:
    """Write whom one side of the axis favours; return the next baseline."""
    return room.paragraph(left, y, words, room.width - left - 4, size=SMALL, role="muted")


def extent(ranked: pd.DataFrame, measure: Measure) -> Span:
    """Return the axis that holds the estimates; an interval may stretch it by the width of those."""
    if measure.limits:
        return measure.limits
    core = [measure.flat(value) for value in (measure.null, *measure.mid, *ranked["est"])]
    low, high = min(core), max(core)
    spread = (high - low) or abs(high) or 1.0
    ends = [measure.flat(value) for value in (*ranked["lo"], *ranked["hi"])]
    ends = [min(max(end, low - spread), high + spread) for end in ends]
    low, high = min(low, *ends), max(high, *ends)
    spare = 0.04 * ((high - low) or 1.0)
    low, high = measure.back(low - spare), measure.back(high + spare)
    return (
        (low, high)
        if measure.possible is None
        else (max(low, measure.possible[0]), min(high, measure.possible[1]))
    )


def draw_frame(room: Room, ranked: pd.DataFrame, measure: Measure, ends: Span) -> None:
    """Lay out the axis of effects and the lines across it."""
    ax = room.ax
    ax.set_yscale("log" if measure.log else "linear")
    ax.set_ylim(*ends)
    lay_upright(ax, even_ticks(*ends, 5))
    ax.spines.bottom.set_visible(False)
    ax.xaxis.set_visible(False)
    across = (0.5, len(ranked) + 0.5)
    places: list[tuple[float, str, tuple[float, ...]]] = [(measure.null, "edge", ())]
    for place, role, dash in [*places, *((mid, "ochre", MID) for mid in measure.mid)]:
        if ends[0] <= place <= ends[1]:
            line(ax, across, (place, place), role, width=1.3, dash=dash, zorder=1)


def draw_analyses(room: Room, ranked: pd.DataFrame, step: float) -> None:
    """Draw each analysis with its interval, the main one last."""
    import seaborn as sns

    ax = room.ax
    low, high = ax.get_ylim()
    thick = min(2.0, max(0.5, step * 0.25))
    bars = [
        ((rank, rank), (min(max(lo, low), high), min(max(hi, low), high)))
        for rank, lo, hi in zip(ranked.index + 1.0, ranked["lo"], ranked["hi"], strict=True)
    ]
    strokes(ax, bars, "edge", width=thick, name="intervals")
    if step >= CLOSE:
        _draw_arrows(room, ranked, min(30.0, step * step))
    others = ranked[~ranked["main"]]
    with unnamed(ax):
        sns.scatterplot(
            x=others.index + 1.0,
            y=others["est"],
            marker=OUTLINES["square"],
            s=min(25.0, max(6.0, step * step * 0.6)),
            color=INK["blue"],
            edgecolor="none",
            legend=False,
            zorder=2,
            ax=ax,
        )
    half = min(12.0, max(3.0, step / 2)) / step
    for rank, estimate in ranked.loc[ranked["main"], "est"].items():
        place = int(str(rank)) + 1.0
        ax.axvspan(place - half, place + half, color=INK["band"], lw=0, zorder=0.3)
        marker(ax, "diamond", place, float(estimate), 75, "orange", "ink", width=1, name="main")


def _draw_arrows(room: Room, ranked: pd.DataFrame, area: float) -> None:
    """Draw an arrow where an interval goes on beyond the axis."""
    low, high = room.ax.get_ylim()
    for rank, row in enumerate(records(ranked), 1):
        if row["lo"] < low:
            marker(room.ax, "down", rank, low, area, "edge")
        if row["hi"] > high:
            marker(room.ax, "up", rank, high, area, "edge")


def draw_choices(
    room: Room, ranked: pd.DataFrame, choices: Sequence[str], y: float, left: float, step: float
) -> float:
    """Draw which choices each analysis makes, one line per choice; return the baseline after them."""
    beside = not room.stacked
    width, thick = (left if beside else room.width) - 8, min(9.0, max(1.2, step * 0.7))
    at = blended_transform_factory(room.ax.transData, room.at)
    in_order, varied = ranked.sort_values(ORDER), varied_of(ranked, choices)
    for position, name in enumerate(choices):
        if name not in varied:
            continue
        y = room.paragraph(2, y, name, width, size=SMALL, bold=True)
        for index, option in enumerate(dict.fromkeys(in_order[name])):
            for words in wrap(str(option), SMALL, width - 8):
                room.text(10, y, words, size=SMALL, role="muted")
                y += STEP
            middle = y - STEP - 4 if beside else y - 7.5
            room.rule(middle, left=left, right=room.width - 4)
            places = [(rank, rank) for rank in ranked.index[ranked[name] == option] + 1.0]
            marks = [(place, (middle - 4.5, middle + 4.5)) for place in places]
            strokes(room.ax, marks, "ink", width=thick, name=f"choice-{position}-{index}", transform=at)
            y += 1 if beside else 14
        y += 5 if beside else 9
    return y


def samples(room: Room, ranked: pd.DataFrame, measure: Measure, *, dense: bool) -> Iterator[Sample]:
    """Yield what the legend explains."""
    yield Sample(_sample_one, f"one analysis with its {level_name(measure.level)}")
    if ranked["main"].any():
        yield Sample(_sample_main, "main analysis")
    low, high = room.ax.get_ylim()
    if ranked["lo"].min() < low or ranked["hi"].max() > high:
        if dense:
            yield Sample(_reaches, "an interval that reaches the edge goes on beyond it")
        else:
            yield Sample(_goes_on, BEYOND)
    yield Sample(line_sample("edge"), f"no effect, {short(measure.null)}")
    yield from mid_samples(measure)


def _goes_on(room: Room, x: float, y: float) -> None:
    line(room.ax, (x, x), (y - 4, y + 8), "edge", width=1.5, transform=room.at)
    marker(room.ax, "up", x, y - 3, 30, "edge", transform=room.at)


def _reaches(room: Room, x: float, y: float) -> None:
    line(room.ax, (x - 9, x + 9), (y - 6, y - 6), "rule", width=1.5, transform=room.at)
    places = [((place, place), (y - 6, y + 7)) for place in (x - 4, x, x + 4)]
    strokes(room.ax, places, "edge", width=0.8, transform=room.at)


def _sample_one(room: Room, x: float, y: float) -> None:
    line(room.ax, (x, x), (y - 7, y + 7), "edge", width=1.5, transform=room.at)
    marker(room.ax, "square", x, y, 25, "blue", transform=room.at)


def _sample_main(room: Room, x: float, y: float) -> None:
    marker(room.ax, "diamond", x, y, 75, "orange", "ink", width=1, transform=room.at)
