"""What a forest plot is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from evidence.charts.axis import Axis
from evidence.charts.checks import check_order

Evidence = Literal["reported", "counted", "derived", "bounded"]
Level = Literal["yes", "no", "unclear"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What lies on the axis.

    Attributes
    ----------
    name
        Effect and unit, such as "Mean difference in pain (0-100)".
    null
        Where there is no effect: 0, or 1 for a ratio.
    mid
        Places of the minimal important difference; a dashed line each.
    log
        Draw on a logarithmic axis; the values stay ratios.
    favours_low, favours_high
        Whom values on each side of `null` favour, such as "favours ketamine".
    limits
        Ends of the axis; without them the axis follows the data. Intervals that go beyond become arrows.
    possible
        The least and the greatest value that there can be, such as -100 and 100 for differences between
        means on 0 to 100: an axis that follows the data does not go beyond them.
    """

    name: str
    null: float = 0.0
    mid: tuple[float, ...] = ()
    log: bool = False
    digits: int = 1
    favours_low: str = "favours drug"
    favours_high: str = "favours comparator"
    limits: tuple[float, float] | None = None
    level: float = 0.95
    possible: tuple[float, float] | None = None

    def held(self, axis: Axis) -> Axis:
        """Return an axis without what lies beyond the possible values."""
        if self.possible is None:
            return axis
        low, high = max(axis.low, self.possible[0]), min(axis.high, self.possible[1])
        return replace(axis, low=low, high=high)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One study.

    A bounded effect has no estimate; `low` or `high` is None where that side has no bound.

    Attributes
    ----------
    n
        People in words, drug first: "30 v 30".
    weight
        Per cent of the pooled estimate; the area of the marker.
    safeguards
        One level for each of the figure's `Safeguard` columns.
    effect
        Words in place of the numbers, such as "p < 0.05, no numbers".
    """

    study: str
    estimate: float | None
    low: float | None
    high: float | None
    evidence: Evidence = "reported"
    n: str = ""
    regimen: str = ""
    weight: float | None = None
    safeguards: tuple[Level, ...] = ()
    effect: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ForestPool:
    """A pooled estimate: a diamond, its prediction interval, and its statistics in words."""

    label: str
    estimate: float
    low: float
    high: float
    prediction: tuple[float, float] | None = None
    detail: str = ""
    n: str = ""


@dataclass(frozen=True, slots=True)
class ForestBlock:
    """Studies that belong together, with the pooled estimate of these and no others.

    `note` is a remark below them, such as why there is no pooled estimate.
    """

    rows: tuple[ForestRow, ...]
    title: str = ""
    pool: ForestPool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A column of symbols: one letter and what it stands for, such as "R", "randomisation described"."""

    letter: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What a class of evidence is called: a word for the table, and its meaning for the legend."""

    word: str
    meaning: str


#: A counted effect is computed from numbers of events, and drawn like a reported one.
KINDS: Final[dict[Evidence, Kind]] = {
    "reported": Kind("reported", "effect and interval as reported"),
    "counted": Kind("computed from counts", "computed from counts"),
    "derived": Kind("derived", "derived from other reported numbers"),
    "bounded": Kind("bounded", "only bounds are known"),
}


@dataclass(frozen=True, slots=True)
class ForestHeads:
    """The heads of the columns.

    Attributes
    ----------
    row, detail
        What a row is, and what its small print says; without `detail` the head is `row` alone.
    effect
        Empty for "Effect (95 % interval)", with the level of the measure.
    """

    row: str = "Study"
    detail: str = "Regimen"
    people: str = "People"
    effect: str = ""
    weight: str = "Weight"


@dataclass(frozen=True, slots=True)
class Forest:
    """All that a forest plot draws.

    Attributes
    ----------
    kinds
        Other words for classes of evidence: {"reported": Kind("simulated", "bias with its interval")}.
    """

    measure: Measure
    blocks: tuple[ForestBlock, ...]
    overall: ForestPool | None = None
    safeguards: tuple[Safeguard, ...] = ()
    heads: ForestHeads = ForestHeads()
    kinds: Mapping[Evidence, Kind] = field(default_factory=dict)

    def kind(self, evidence: Evidence) -> Kind:
        """Return what a class of evidence is called in this plot."""
        return self.kinds.get(evidence, KINDS[evidence])

    def rows(self) -> Iterator[ForestRow]:
        """Yield every study in the order drawn."""
        for block in self.blocks:
            yield from block.rows

    def pools(self) -> Iterator[ForestPool]:
        """Yield every pooled estimate in the order drawn."""
        yield from (block.pool for block in self.blocks if block.pool)
        if self.overall:
            yield self.overall

    def heaviest(self) -> float | None:
        """Return the largest weight, which gets the largest marker."""
        return max((row.weight for row in self.rows() if row.weight is not None), default=None)

    def results(self) -> list[ForestRow | ForestPool]:
        """Return the studies and the pooled estimates."""
        return [*self.rows(), *self.pools()]


def without_lone_weights(plot: Forest) -> Forest:
    """Return the plot without the weight of a study that has all the weight of its block: it says nothing."""
    return replace(plot, blocks=tuple(map(_without_lone_weight, plot.blocks)))


def _without_lone_weight(block: ForestBlock) -> ForestBlock:
    weights = [row.weight for row in block.rows if row.weight is not None]
    if len(weights) != 1 or weights[0] < 99.95:
        return block
    return replace(block, rows=tuple(replace(row, weight=None) for row in block.rows))


def check(plot: Forest) -> None:
    """Raise a ValueError that names the first thing a plot cannot draw."""
    if not any(True for _ in plot.rows()):
        raise ValueError("A forest plot needs at least one study; say in words that there is none.")
    for row in plot.rows():
        if len(row.safeguards) != len(plot.safeguards):
            raise ValueError(
                f"{row.study}: {len(row.safeguards)} safeguards for {len(plot.safeguards)} columns."
            )
        if row.evidence != "bounded" and (row.estimate is None or row.low is None or row.high is None):
            raise ValueError(
                f"{row.study}: a {row.evidence} effect needs an estimate and both interval ends."
            )
    for result in plot.results():
        name = result.study if isinstance(result, ForestRow) else result.label
        check_order(name, result.low, result.estimate, result.high)
        if plot.measure.log and any(v is not None and v <= 0 for v in (result.low, result.estimate)):
            raise ValueError(f"{name}: a ratio must be above zero on a logarithmic axis.")
