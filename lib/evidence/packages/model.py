"""A systematic review as its package tells it: comparisons, analyses with settings, rows, printed numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import pandas as pd

Data: TypeAlias = Literal["dichotomous", "continuous", "o-e", "generic"]
Method: TypeAlias = Literal["IV", "MH", "PETO"]

TEXTS: Final = ("subgroup", "applicability", "study")
NUMBERS: Final = (
    "mean_a", "sd_a", "events_a", "n_a", "mean_b", "sd_b", "events_b", "n_b",
    "giv", "giv_se", "o_minus_e", "variance",
)  # fmt: skip
PRINTED: Final = ("printed_estimate", "printed_ci_low", "printed_ci_high", "printed_weight")
ROW: Final = (*TEXTS, *NUMBERS, *PRINTED)

RATIOS: Final = frozenset({"RR", "OR", "PETO"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How a review set up an analysis.

    Attributes
    ----------
    data
        What the studies give: events, means, observed minus expected events, or an effect with its error.
    measure
        "RR" "OR" "RD" "PETO" "MD" "SMD", or "GENERIC" for effects that come computed.
    name
        The measure in the review's words, such as "Hazard Ratio".
    log_scale
        Whether effects are pooled as logarithms and shown exponentiated.
    method, model, tau2, ci
        As in `evidence.meta`; "PETO" is Peto's method.
    study_level, level
        Confidence levels of the studies' and of the pooled intervals.
    totals, subtotals, subgroup_test, prediction, tau2_interval
        What the review shows.
    swap
        Whether events and non-events change places.
    unit, experimental, control, favours_low, favours_high
        Words for captions; empty where the review has none.
    """

    data: Data
    measure: str
    name: str
    log_scale: bool
    method: Method
    model: Literal["common", "random"]
    tau2: Literal["DL", "REML"] = "DL"
    ci: Literal["wald", "HKSJ"] = "wald"
    study_level: float = 0.95
    level: float = 0.95
    totals: bool = True
    subtotals: bool = True
    subgroup_test: bool = True
    prediction: bool = False
    tau2_interval: bool = False
    swap: bool = False
    unit: str = ""
    experimental: str = ""
    control: str = ""
    favours_low: str = ""
    favours_high: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A pooled result as printed; ratios as ratios; NaN where the package prints nothing."""

    estimate: float = math.nan
    ci_low: float = math.nan
    ci_high: float = math.nan
    pi_low: float = math.nan
    pi_high: float = math.nan
    tau2: float = math.nan
    tau2_ci_low: float = math.nan
    tau2_ci_high: float = math.nan
    q: float = math.nan
    q_df: float = math.nan
    q_p_value: float = math.nan
    i2: float = math.nan
    z: float = math.nan
    t: float = math.nan
    p_value: float = math.nan
    weight: float = math.nan
    events_a: float = math.nan
    n_a: float = math.nan
    events_b: float = math.nan
    n_b: float = math.nan


@dataclass(frozen=True, slots=True)
class SubgroupTest:
    """The printed test between subgroups."""

    q: float = math.nan
    df: float = math.nan
    p_value: float = math.nan
    i2: float = math.nan


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis (forest plot) of a review.

    Attributes
    ----------
    rows : DataFrame
        Columns `ROW`, one row per study and subgroup in the package's order. `subgroup` is "" outside
        subgroups. Numbers that the package does not give are NaN; group a is the experimental one.
    printed, test
        Pooled result and test between subgroups as printed.
    subgroups : tuple of (str, Estimate)
        Printed results of the subgroups, in their order.
    placeholder : bool
        Whether the package holds only zeros for everything it should print: it was never calculated.
    """

    comparison: int
    number: int
    name: str
    settings: Settings
    rows: pd.DataFrame = field(repr=False, compare=False)
    printed: Estimate
    test: SubgroupTest = field(default_factory=SubgroupTest)
    subgroups: tuple[tuple[str, Estimate], ...] = ()
    placeholder: bool = False

    @property
    def key(self) -> str:
        """Comparison and number, such as "1.2"."""
        return f"{self.comparison}.{self.number}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Analyses of one pair of interventions."""

    number: int
    name: str
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A review, whatever package it came in.

    Attributes
    ----------
    title, identifier
        As the package has them; `identifier` names its files.
    format
        What the package is, in words.
    studies : DataFrame
        One row per study: `study`, `year` and whatever the package says of it.
    risk_of_bias : DataFrame
        Columns `study`, `domain`, `judgement`, `support`, as entered.
    certainty : DataFrame
        Columns `analysis`, `certainty`, `reasons`, as entered; empty where the package has none.
    notes : tuple of str
        What in the package was not used, and why.
    """

    title: str
    identifier: str
    format: str
    comparisons: tuple[Comparison, ...]
    studies: pd.DataFrame = field(repr=False, compare=False)
    risk_of_bias: pd.DataFrame = field(repr=False, compare=False)
    certainty: pd.DataFrame = field(repr=False, compare=False)
    notes: tuple[str, ...] = ()

    def analyses(self) -> Iterator[Analysis]:
        """Every analysis, in order."""
        for comparison in self.comparisons:
            yield from comparison.analyses


def no_bias() -> pd.DataFrame:
    """Risk of bias of a package that has none."""
    return pd.DataFrame(columns=["study", "domain", "judgement", "support"], dtype=str)


def no_certainty() -> pd.DataFrame:
    """Certainty of a package that has none."""
    return pd.DataFrame(columns=["analysis", "certainty", "reasons"], dtype=str)
