"""What a forest plot is made of: the rows of its frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final, Literal

import pandas as pd

from evidence.charts.checks import check_order
from evidence.charts.frames import number_or_none, records, text
from evidence.charts.measure import Measure

Level = Literal["yes", "no", "unclear"]
Span = tuple[float, float]

#: Kinds of rows whose effect is a number, filled or hollow.
NUMERIC: Final = ("reported", "counted", "derived")
STUDIES: Final = (*NUMERIC, "bounded")
SUMMARIES: Final = ("pooled", "posterior")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of row is called.

    Attributes
    ----------
    word, meaning
        For the table, and for the legend.
    interval
        What the interval of a summary is: "CI", or "CrI" of a posterior.
    """

    word: str
    meaning: str
    interval: str = "CI"


#: A counted effect is computed from numbers of events, and drawn like a reported one.
KINDS: Final[dict[str, Kind]] = {
    "reported": Kind("reported", "effect and interval as reported"),
    "counted": Kind("computed from counts", "computed from counts"),
    "derived": Kind("derived", "derived from other reported numbers"),
    "bounded": Kind("bounded", "only bounds are known"),
    "pooled": Kind("pooled", "pooled estimate"),
    "posterior": Kind("posterior", ""),
    "note": Kind("", ""),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `low` and `high` are the ends of its interval or, where it is bounded, its bounds."""

    label: str
    kind: str
    est: float | None = None
    low: float | None = None
    high: float | None = None
    prediction: Span | None = None
    n: str = ""
    detail: str = ""
    words: str = ""
    weight: float | None = None
    flags: str = ""
    href: str = ""
    levels: tuple[str, ...] = ()

    @property
    def study(self) -> bool:
        """Whether this is a study, no summary and no remark."""
        return self.kind in STUDIES


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together; those without a title stand for themselves, such as a pool of all."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of the columns.

    Attributes
    ----------
    row, detail
        What a row is, and what its small print says; without `detail` the head is `row` alone.
    effect
        Empty for "Effect (95% CI)", with the level of the measure.
    """

    row: str = "Study"
    detail: str = "Regimen"
    people: str = "People"
    effect: str = ""
    weight: str = "Weight"


@dataclass(frozen=True, slots=True)
class Plot:
    """All that a forest plot draws."""

    measure: Measure
    blocks: tuple[Block, ...]
    safeguards: Mapping[str, str] = field(default_factory=dict)
    heads: Heads = Heads()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    curves: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def kind(self, kind: str) -> Kind:
        """Return what a kind of row is called in this plot."""
        return self.kinds.get(kind, KINDS[kind])

    def rows(self) -> Iterator[Row]:
        """Yield every row in the order drawn."""
        for block in self.blocks:
            yield from block.rows

    def studies(self) -> Iterator[Row]:
        """Yield the studies."""
        yield from (row for row in self.rows() if row.study)

    def overall(self) -> Row | None:
        """Return the pooled row that stands for all blocks, if there is one."""
        last = self.blocks[-1]
        alone = len(self.blocks) > 1 and not last.title and last.rows[0].kind == "pooled"
        return last.rows[0] if alone else None

    def heaviest(self) -> float | None:
        """Return the largest weight, which gets the largest marker."""
        return max((row.weight for row in self.rows() if row.weight is not None), default=None)


def read(
    data: pd.DataFrame,
    measure: Measure,
    safeguards: Mapping[str, str],
    heads: Heads,
    kinds: Mapping[str, Kind],
    curves: pd.DataFrame | None,
) -> Plot:
    """Return the plot of a frame with the standard names of columns.

    Raises
    ------
    ValueError
        No studies; an effect outside its interval; a number that is missing; an unknown kind.
    """
    rows = [(text(record.get("block")), _row(record, tuple(safeguards))) for record in records(data)]
    blocks = tuple(
        _without_lone_weight(Block(title, tuple(row for _, row in group)))
        for title, group in groupby(rows, key=lambda pair: pair[0])
    )
    by_block = (
        {}
        if curves is None
        else {str(name): part.dropna(axis=1, how="all") for name, part in curves.groupby("block")}
    )
    plot = Plot(measure, blocks, dict(safeguards), heads, dict(kinds), by_block)
    _check(plot)
    return plot


def _row(record: Mapping[str, object], safeguards: tuple[str, ...]) -> Row:
    names = ("est", "lo", "hi", "bound_lo", "bound_hi", "pred_lo", "pred_hi", "weight", "direction")
    found = {name: number_or_none(record.get(name)) for name in names}
    kind, low, high = text(record.get("kind")) or "reported", found["lo"], found["hi"]
    if kind == "bounded":
        side = found["direction"]
        low = 0.0 if side == 1 and found["bound_lo"] is None else found["bound_lo"]
        high = 0.0 if side == -1 and found["bound_hi"] is None else found["bound_hi"]
    ends = found["pred_lo"], found["pred_hi"]
    return Row(
        text(record.get("label")),
        kind,
        found["est"],
        low,
        high,
        None if ends[0] is None or ends[1] is None else (ends[0], ends[1]),
        weight=found["weight"],
        levels=tuple(text(record.get(name)) or "unclear" for name in safeguards) if kind in STUDIES else (),
        **{name: text(record.get(name)) for name in ("n", "detail", "words", "flags", "href")},
    )


def _without_lone_weight(block: Block) -> Block:
    """Return the block without the weight of a study that has all the weight: it says nothing."""
    weights = [row.weight for row in block.rows if row.weight is not None]
    if len(weights) != 1 or weights[0] < 99.95:
        return block
    return replace(block, rows=tuple(replace(row, weight=None) for row in block.rows))


def _check(plot: Plot) -> None:
    if not any(row.kind != "note" for row in plot.rows()):
        raise ValueError("A forest plot needs at least one study; say in words that there is none.")
    for row in plot.rows():
        if row.kind not in KINDS:
            raise ValueError(f"{row.label}: a row is one of {', '.join(KINDS)}, not {row.kind!r}.")
        if row.kind in (*NUMERIC, *SUMMARIES) and None in (row.est, row.low, row.high):
            raise ValueError(f"{row.label}: a {row.kind} effect needs an estimate and both interval ends.")
        check_order(row.label, row.low, row.est, row.high)
        if plot.measure.log and any(value is not None and value <= 0 for value in (row.low, row.est)):
            raise ValueError(f"{row.label}: a ratio must be above zero on a logarithmic axis.")
