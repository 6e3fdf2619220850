"""Probability by threshold: how probable it is that the mean relief is so large or larger."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, drawing, twin
from evidence.charts.frames import standard
from evidence.charts.legend import MID, Sample, box_sample, legend, line_sample
from evidence.charts.marks import line, marker
from evidence.charts.measure import even_ticks, name_ticks, spaced
from evidence.charts.room import Room
from evidence.charts.tables import Cell, Column
from evidence.charts.theme import INK, LINE, SMALL
from evidence.wording.numbers import capital, percent, short
from evidence.wording.posterior import percent as chance

_TALL: Final = 220.0
_LOW: Final = 190.0  # on a phone
_SHARES: Final = (0.0, 0.2, 0.5, 0.8, 1.0)  # where a verb begins and ends, and the middle


def threshold(
    data: pd.DataFrame,
    *,
    relief: str = "relief",
    probability: str = "probability",
    low: str = "low",
    high: str = "high",
    mid: float | None = None,
    gain: str = "relief",
    xlabel: str = "",
    assumptions: str = "range over other assumptions",
    ax: Axes | None = None,
) -> Axes:
    """Draw the probability that the mean relief is at least so large, for every size.

    Parameters
    ----------
    data
        One row for each size.
    relief, probability
        Columns of the size and of the probability, 0 to 1.
    low, high
        Columns of the ends of its range over other assumptions, a band; they may be absent.
    mid
        The minimal important difference, marked with its probability.
    gain
        What a change for the better is called.
    xlabel, assumptions
        What x is, else so many points on 0–100, and what the band is.
    ax
        The Axes, whose rectangle is filled; without it the current one.

    Returns
    -------
    Axes
        x is the size, y the probability.

    Raises
    ------
    ValueError
        No rows; a missing column; a probability outside 0 to 1; one that rises with the size; a range that
        does not hold it.

    Examples
    --------
    >>> relief = np.arange(0, 51)
    >>> means = {"low": 22, "probability": 27, "high": 30}  # of posteriors under other priors
    >>> shares = {name: stats.norm.sf(relief, mean, 9) for name, mean in means.items()}
    >>> ax = threshold(pd.DataFrame({"relief": relief, **shares}), mid=10)
    >>> [float(end) for end in ax.get_ylim()]
    [0.0, 1.0]
    """
    found = _read(data, relief, probability, low, high)
    room = Room(ax)
    wide = not room.stacked
    top, bottom = 22.0, 22.0 + (_TALL if wide else _LOW)
    room.text(2, 13, "Probability", size=SMALL, bold=True)
    room.keep(50, room.width - 16)
    room.ax.plot(found["relief"], found["probability"], color=INK["blue"], lw=2.2, gid="curve")
    if "low" in found:
        room.ax.fill_between(
            found["relief"], found["low"], found["high"], color=INK["band"], lw=0, zorder=0.5, gid="band"
        )
    _frame(room, found)
    if mid is not None:
        _mark(room, found, mid)
    y = bottom + 17 + SMALL * LINE + 2
    xlabel = xlabel or f"{capital(gain)} of at least so many points on 0–100"
    middle = (50 + room.width - 16) / 2
    y = room.paragraph(middle, y, xlabel, room.width - 66, size=SMALL, anchor="middle") + 8
    y = legend(room, _samples(found, mid, assumptions), y)
    return room.close(y - SMALL * LINE + 6, top, bottom)


def threshold_figure(
    key: str, title: str, data: pd.DataFrame, *, caption: str = "", **options: Any
) -> Figure:
    """Return the curve as a figure of the book; `options` are those of `threshold`."""
    names = ("relief", "probability", "low", "high")
    found = _read(data, **{name: options.get(name, name) for name in names})
    mid = options.get("mid")
    shown = sorted({0.0, *([float(mid)] if mid is not None else [])} & set(found["relief"].astype(float)))
    gain = options.get("gain", "relief")
    parts = [f"Probability that the mean {gain} is at least so large."]
    parts += [f"At least {short(size)} points: {_said(found, size)}." for size in shown]
    heads = {
        "relief": Column(f"{capital(gain)} of at least (points)", "right"),
        "probability": Column("Probability (%)", "right"),
        "low": Column("Lowest over other assumptions (%)", "right"),
        "high": Column("Highest (%)", "right"),
    }
    kept = [name for name in heads if name in found]
    rows = tuple(
        tuple(
            Cell(short(row[name]) if name == "relief" else percent(100 * row[name]), value=row[name])
            for name in kept
        )
        for row in found.to_dict("records")
    )
    numbers = twin(key, title, tuple(heads[name] for name in kept), rows)
    return Figure(key, title, caption, " ".join(parts), data, drawing(threshold, data, **options), numbers)


def _said(found: pd.DataFrame, size: float) -> str:
    row = found[found["relief"] == size].iloc[0]
    words = chance(float(row["probability"]))
    if "low" not in found:
        return words
    return f"{words} ({chance(float(row['low']))} to {chance(float(row['high']))})"


def _read(
    data: pd.DataFrame,
    relief: str = "relief",
    probability: str = "probability",
    low: str = "low",
    high: str = "high",
) -> pd.DataFrame:
    names = {"relief": relief, "probability": probability, "low": low, "high": high}
    found = standard(data, "threshold", ("relief", "probability"), **names)
    if found.empty:
        raise ValueError("A curve needs at least one size; say in words that there is none.")
    found = found.sort_values("relief", ignore_index=True)
    shares = found[[name for name in ("probability", "low", "high") if name in found]]
    wrong = ~shares.apply(lambda column: column.between(-1e-9, 1 + 1e-9)).all(axis=1)
    if "low" in found:
        wrong |= (found["low"] > found["probability"] + 1e-9) | (found["high"] < found["probability"] - 1e-9)
    wrong |= found["probability"].diff() > 1e-9
    if wrong.any():
        row = found[wrong].iloc[0]
        said = ", ".join(f"{name} {row[name]:g}" for name in shares)
        raise ValueError(
            f"threshold: at a relief of {row['relief']:g}: {said}. Probabilities lie in 0 to 1 and inside "
            "their range, and fall as the relief grows."
        )
    return found


def _frame(room: Room, found: pd.DataFrame) -> None:
    ax, ends = room.ax, (float(found["relief"].min()), float(found["relief"].max()))
    ax.set(xlim=ends, ylim=(0, 1))
    ticks = even_ticks(*ends, 6 if not room.stacked else 5)
    places = [room.across(tick) for tick in ticks]
    ax.set_xticks(ticks, labels=spaced([short(tick) for tick in ticks], places, (0, room.width)))
    ax.set_yticks(_SHARES, labels=[percent(100 * share) for share in _SHARES])
    ax.grid(axis="y", color=INK["rule"], lw=1, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    name_ticks(ax.xaxis, "tick")
    name_ticks(ax.yaxis, "rung")


def _mark(room: Room, found: pd.DataFrame, mid: float) -> None:
    """Mark the minimal important difference and its probability."""
    share = float(np.interp(mid, found["relief"], found["probability"]))
    line(room.ax, (mid, mid), (0, 1), "ochre", width=1.3, dash=MID, name="mid")
    marker(room.ax, "circle", mid, share, 60, "ochre", "surface", width=1.2, name="mid-point")


def _samples(found: pd.DataFrame, mid: float | None, assumptions: str) -> list[Sample]:
    entries = [Sample(line_sample("blue", width=2.2), "probability")]
    if "low" in found:
        entries.append(Sample(box_sample("band"), assumptions))
    if mid is not None:
        entries.append(Sample(line_sample("ochre", MID), f"minimal important difference, {short(mid)}"))
    return entries
