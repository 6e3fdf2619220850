"""Specification curve: the pooled estimate under every defensible set of choices, in order.

Simonsohn, Simmons and Nelson, Nature Human Behaviour 2020;4:1208-1214 (doi:10.1038/s41562-020-0912-z).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from evidence.charts.checks import check_order
from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import records, standard
from evidence.charts.legend import MID, Sample, legend, line_sample
from evidence.charts.marks import OUTLINES, line, marker, strokes
from evidence.charts.measure import Measure, Span, even_ticks, name_ticks, tick_labels
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.text import wrap
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import NBSP, interval, level_name, listing, number, plural, short

_LABELS: Final = 190.0  # width of the names of choices beside the curve
_STEP: Final = SMALL * LINE
_CLOSE: Final = 8.0  # analyses closer than this are drawn thin and without arrows
_ORDER: Final = "in the frame"  # the place of an analysis in the frame, which orders the options of a choice
_EFFECT: Final = Measure("Effect")


def speccurve(
    data: pd.DataFrame,
    *,
    choices: Sequence[str],
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    main: str = "main",
    measure: Measure = _EFFECT,
    ax: Axes | None = None,
) -> Axes:
    """Draw a specification curve.

    Parameters
    ----------
    data
        One row for each analysis, in any order.
    choices
        Columns of the choices made, in the order drawn; those in which all analyses agree are not drawn.
    est, lo, hi
        Columns of the estimate and the ends of its interval.
    main
        Column that is true for the report's own analysis; it may be absent.
    measure
        What lies on the axis.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the rank of the analysis, from 1; y the effect.

    Raises
    ------
    ValueError
        No analyses; a missing column; more than one main analysis; an estimate outside its interval.

    Examples
    --------
    >>> many = pd.DataFrame({
    ...     "interval": ["Hartung-Knapp", "Hartung-Knapp", "normal", "normal"],
    ...     "trials": ["all", "double-blind", "all", "double-blind"],
    ...     "est": [-12.0, -18.0, -12.0, -18.0], "lo": [-40.0, -52.0, -24.0, -30.0],
    ...     "hi": [16.0, 16.0, 0.0, -6.0], "main": [True, False, False, False],
    ... })
    >>> pain = Measure("Mean difference in pain, points on 0–100", mid=(-10,))
    >>> ax = speccurve(many, choices=["interval", "trials"], measure=pain)
    """
    ranked = _read(data, choices, est, lo, hi, main)
    room = Room(ax)
    left = 44.0 if room.stacked else _LABELS
    top = room.paragraph(2, 14, measure.name, room.width - 4, size=SMALL, bold=True)
    top = _write_side(room, left, top, f"↑{NBSP}{measure.favours_high}") - SMALL + 5
    bottom = top + (190 if room.stacked else 210)
    room.keep(left, room.width - 4)
    room.ax.set_xlim(0.5, len(ranked) + 0.5)
    step = (room.width - 4 - left) / len(ranked)
    _frame(room, ranked, measure)
    _draw(room, ranked, measure, step)
    y = _write_side(room, left, bottom + 15, f"↓{NBSP}{measure.favours_low}")
    y = _draw_choices(room, ranked, choices, y + 6, left, step)
    y = legend(room, list(_samples(room, ranked, measure, dense=step < _CLOSE)), y + 8)
    return room.close(y - _STEP + 6, top, bottom)


def speccurve_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return a specification curve as a figure of the book; `options` are those of `speccurve`."""
    names = ("choices", "est", "lo", "hi", "main")
    ranked = _read(data, **{name: options[name] for name in names if name in options})
    measure, choices = options.get("measure", _EFFECT), options["choices"]
    columns = [Column("Rank"), *(Column(name) for name in choices)]
    columns += [Column(name, "right") for name in ("Estimate", "Low", "High")] + [Column("Main analysis")]
    rows = []
    for rank, row in enumerate(records(ranked), 1):
        cells = [Cell(number(row[name], measure.digits), value=row[name]) for name in ("est", "lo", "hi")]
        made = [Cell(str(row[name])) for name in choices]
        rows.append((Cell(str(rank), value=rank), *made, *cells, Cell("yes" if row["main"] else "no")))
    numbers = twin(key, title, tuple(columns), tuple(rows))
    said = _describe(ranked, choices, measure)
    return Figure(key, title, caption, said, data, drawing(speccurve, data, **options), numbers)


def _describe(ranked: pd.DataFrame, choices: Sequence[str], measure: Measure) -> str:
    """Return what the curve shows in sentences with its numbers."""
    clear = int(((ranked["lo"] > measure.null) | (ranked["hi"] < measure.null)).sum())
    lowest, highest = float(ranked["est"].iloc[0]), float(ranked["est"].iloc[-1])
    parts = [
        f"Specification curve of {plural(len(ranked), 'analysis', 'analyses')}: {measure.name}.",
        f"Estimates run from {interval(lowest, highest, measure.digits)}, "
        f"median {number(float(ranked['est'].median()), measure.digits)}.",
        f"{clear} of {len(ranked)} intervals exclude {short(measure.null)}.",
    ]
    for row in records(ranked[ranked["main"]]):
        ends = interval(row["lo"], row["hi"], measure.digits)
        parts.append(f"Main analysis: {number(row['est'], measure.digits)} ({ends}).")
    if varied := _varied(ranked, choices):
        parts.append(f"Choices varied: {listing(varied)}.")
    return " ".join(parts)


def _read(
    data: pd.DataFrame,
    choices: Sequence[str],
    est: str = "est",
    lo: str = "lo",
    hi: str = "hi",
    main: str = "main",
) -> pd.DataFrame:
    needed = ("est", "lo", "hi", *choices)
    named = standard(
        data, "speccurve", needed, est=est, lo=lo, hi=hi, main=main, **{name: name for name in choices}
    )
    if named.empty:
        raise ValueError(
            "A specification curve needs at least one analysis; say in words that there is none."
        )
    named = named.assign(main=named["main"].astype(bool) if "main" in named else False)
    if named["main"].sum() > 1:
        raise ValueError("More than one analysis is marked as the main one.")
    for row in records(named):
        check_order(", ".join(str(row[name]) for name in choices), row["lo"], row["est"], row["hi"])
    named[_ORDER] = range(len(named))
    return named.sort_values(["est", "lo", *choices], kind="stable", ignore_index=True)


def _varied(ranked: pd.DataFrame, choices: Sequence[str]) -> list[str]:
    """Return the choices in which the analyses differ."""
    return [name for name in choices if ranked[name].nunique() > 1]


def _write_side(room: Room, left: float, y: float, words: str) -> float:
    """Write whom one side of the axis favours; return the next baseline."""
    return room.paragraph(left, y, words, room.width - left - 4, size=SMALL, role="muted")


def _extent(ranked: pd.DataFrame, measure: Measure) -> Span:
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


def _frame(room: Room, ranked: pd.DataFrame, measure: Measure) -> None:
    ax, ends = room.ax, _extent(ranked, measure)
    ax.set_yscale("log" if measure.log else "linear")
    ax.set_ylim(*ends)
    rungs = even_ticks(*ends, 5)
    ax.set_yticks(rungs, labels=tick_labels(rungs))
    ax.minorticks_off()
    ax.spines.left.set_visible(True)
    ax.tick_params(axis="y", left=True)
    ax.spines.bottom.set_visible(False)
    ax.xaxis.set_visible(False)
    name_ticks(ax.yaxis, "rung")
    across = (0.5, len(ranked) + 0.5)
    places: list[tuple[float, str, tuple[float, ...]]] = [(measure.null, "edge", ())]
    for place, role, dash in [*places, *((mid, "ochre", MID) for mid in measure.mid)]:
        if ends[0] <= place <= ends[1]:
            line(ax, across, (place, place), role, width=1.3, dash=dash, zorder=1)


def _draw(room: Room, ranked: pd.DataFrame, measure: Measure, step: float) -> None:
    ax = room.ax
    low, high = ax.get_ylim()
    thick = min(2.0, max(0.5, step * 0.25))
    bars = [
        ((rank, rank), (min(max(lo, low), high), min(max(hi, low), high)))
        for rank, lo, hi in zip(ranked.index + 1.0, ranked["lo"], ranked["hi"], strict=True)
    ]
    strokes(ax, bars, "edge", width=thick, name="intervals")
    if step >= _CLOSE:
        _draw_arrows(room, ranked, min(30.0, step * step))
    others = ranked[~ranked["main"]]
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
    ax.set(xlabel="", ylabel="")


def _draw_arrows(room: Room, ranked: pd.DataFrame, area: float) -> None:
    """Draw an arrow where an interval goes on beyond the axis."""
    low, high = room.ax.get_ylim()
    for rank, row in enumerate(records(ranked), 1):
        if row["lo"] < low:
            marker(room.ax, "down", rank, low, area, "edge")
        if row["hi"] > high:
            marker(room.ax, "up", rank, high, area, "edge")


def _draw_choices(
    room: Room, ranked: pd.DataFrame, choices: Sequence[str], y: float, left: float, step: float
) -> float:
    """Draw which choices each analysis makes, one line per choice; return the baseline after them."""
    beside = not room.stacked
    width, thick = (left if beside else room.width) - 8, min(9.0, max(1.2, step * 0.7))
    at = blended_transform_factory(room.ax.transData, room.at)
    in_order, varied = ranked.sort_values(_ORDER), _varied(ranked, choices)
    for position, name in enumerate(choices):
        if name not in varied:
            continue
        y = room.paragraph(2, y, name, width, size=SMALL, bold=True)
        for index, option in enumerate(dict.fromkeys(in_order[name])):
            for words in wrap(str(option), SMALL, width - 8):
                room.text(10, y, words, size=SMALL, role="muted")
                y += _STEP
            middle = y - _STEP - 4 if beside else y - 7.5
            room.rule(middle, left=left, right=room.width - 4)
            places = [(rank, rank) for rank in ranked.index[ranked[name] == option] + 1.0]
            marks = [(place, (middle - 4.5, middle + 4.5)) for place in places]
            strokes(room.ax, marks, "ink", width=thick, name=f"choice-{position}-{index}", transform=at)
            y += 1 if beside else 14
        y += 5 if beside else 9
    return y


def _samples(room: Room, ranked: pd.DataFrame, measure: Measure, *, dense: bool) -> Iterator[Sample]:
    yield Sample(_sample_one, f"one analysis with its {level_name(measure.level)}")
    if ranked["main"].any():
        yield Sample(_sample_main, "main analysis")
    low, high = room.ax.get_ylim()
    if ranked["lo"].min() < low or ranked["hi"].max() > high:
        if dense:
            yield Sample(_reaches, "an interval that reaches the edge goes on beyond it")
        else:
            yield Sample(_goes_on, "interval goes on beyond the axis")
    yield Sample(line_sample("edge"), f"no effect, {short(measure.null)}")
    if measure.mid:
        places = listing(short(place) for place in measure.mid)
        yield Sample(line_sample("ochre", MID), f"minimal important difference, {places}")


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
