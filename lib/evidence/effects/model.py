"""One analysed effect with everything that led to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from scipy.special import stdtrit

from evidence.meta.bound import Bound
from evidence.question import FlagRule, RowKey, TimeRule

Scale: TypeAlias = Literal["points", "smd", "log_rr", "rd", "log_rate_ratio"]
#: The flag of reports that stay out of primary analyses.
DOUBT: Final = "integrity"

EvidenceClass: TypeAlias = Literal["reported", "derived", "bounded", "unusable"]
Spread: TypeAlias = Literal["recorded", "se", "sd"]


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of an analysis that are open to argument.

    Attributes
    ----------
    scale : {"points", "smd"}
        Scale of the main outcome: points on 0–100, or standardised mean differences. What a trial gives on no
        scale of points becomes an SMD, and under "points" the SMD times the reference SD.
    correlation : float, optional
        Within-person correlation of crossover trials whose report does not tell it; the setting
        ``correlation_crossover`` by default.
    spread : {"recorded", "se", "sd"}
        How the unlabelled ± of trials flagged ``spread_unlabelled`` is read: as recorded in the tables, or
        everywhere as a standard error, or everywhere as a standard deviation. A reading that would give a
        standard deviation beyond what the limits of the scale allow is not taken: that trial is read as
        recorded, and an assumption says so.
    classes : tuple of {"reported", "derived"}
        Classes of evidence that `poolable` takes.
    time_rule, flag_rule : optional
        Rules of the selection; see `evidence.question.select`. None keeps those of the selection.
    reference_sd : float, optional
        SD in points that turns SMDs into points; by default the one computed by `reference_sd`.
    with_doubted : bool
        Let trials in whose reports there is doubt (the flag ``integrity``) into the analysis.
    """

    scale: Literal["points", "smd"] = "points"
    correlation: float | None = None
    spread: Spread = "recorded"
    classes: tuple[EvidenceClass, ...] = ("reported", "derived")
    time_rule: TimeRule | None = None
    flag_rule: FlagRule | None = None
    reference_sd: float | None = None
    with_doubted: bool = False

    def __post_init__(self) -> None:
        """Refuse options that mean nothing."""
        if self.scale not in ("points", "smd"):
            raise ValueError(f"scale {self.scale!r} is unknown: use points or smd")
        if self.spread not in ("recorded", "se", "sd"):
            raise ValueError(f"spread {self.spread!r} is unknown: use recorded, se or sd")
        if self.correlation is not None and not -1 < self.correlation < 1:
            raise ValueError(f"correlation must lie strictly between -1 and 1, not {self.correlation}")
        if self.reference_sd is not None and not 0 < self.reference_sd < math.inf:
            raise ValueError(f"reference_sd must be a positive number of points, not {self.reference_sd}")
        if not set(self.classes) <= {"reported", "derived"}:
            raise ValueError("only reported and derived effects hold numbers that can be pooled")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation.

    Attributes
    ----------
    what : str
        What the step does, in a few words.
    formula : str
        The formula in the symbols of `inputs` and `result`.
    inputs, result : tuple of (symbol, value)
    source : str
        Where the formula, or the number, comes from.
    """

    what: str
    formula: str
    inputs: tuple[tuple[str, float], ...]
    result: tuple[tuple[str, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Counts:
    """People with the event, and people, in the drug arm and in the comparison arm."""

    events_experimental: int
    n_experimental: int
    events_control: int
    n_control: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text says about a comparison without an estimate and its spread.

    Attributes
    ----------
    p_low, p_high : float
        Bounds of the two-sided p-value; 0 and 1 where only a direction is stated.
    direction : {-1, 1} or None
        Sign of the effect on its scale; None where it is not told.
    words : str
        The statement as a phrase, such as "p < 0.05, in favour of the drug".
    difference : float or None
        A mean difference in points that is printed without a usable spread; under the scale ``points`` only.
    exact_p : float or None
        The p-value where the text prints one with an equals sign; `p_low` and `p_high` are the ends of what
        its last digit leaves open, or 0 and itself where it is the smallest that so few people can give.
    """

    p_low: float
    p_high: float
    direction: int | None
    words: str
    difference: float | None = None
    exact_p: float | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What one study says about one question in one time window.

    Attributes
    ----------
    study_id, label, drug, route, regimen : str
    comparator, comparator_type : str
        What the comparison arm got instead of the drug; empty when the study says nothing usable.
    shared : tuple of str
        Treatment of both arms.
    other_drugs : tuple of str
        Drugs of the book that other arms of the study test.
    condition_group, condition_detail, design, outcome, window : str
    time_days : float or None
    time_label : str
    scale : str
        ``points`` on 0–100, ``smd``, ``log_rr``, ``rd`` or ``log_rate_ratio``. A value of the first two
        with the sign `favourable` favours the drug; a positive log ratio or risk difference means more people
        with the event on the drug.
    yi, vi : float or None
        Effect and sampling variance; None in the classes ``bounded`` and ``unusable``.
    n_experimental, n_control : int or None
        In a crossover both are the same people.
    people : int or None
        People behind the effect, each counted once.
    evidence_class : {"reported", "derived", "bounded", "unusable"}
    statement : Statement or None
        For ``bounded`` effects.
    bound : Bound or None
        The same for `evidence.meta.pool_censored`; None where the number of people is not known or the scale
        has no sampling variance that numbers of people alone give.
    counts : Counts or None
        For outcomes that are counted.
    reexpressed : bool
        The points are an SMD times the reference SD.
    ledger : tuple of Step
    assumptions : tuple of str
    rows : tuple of RowKey
        Keys of the source rows.
    flags : tuple of str
        Flags of the study.
    note : str
        Why the rows stand for the study, or why the study is unusable.
    printed_interval : (float, float) or None
        Limits of the 95% CI that the report prints for this effect, on the scale of `yi`; None where
        it prints none. They need not be `yi` ± z `se`: an interval of a small trial comes from Student's t.
    df : int or None
        Degrees of freedom of `se` where the trial's own people estimate it; None where the effect is taken as
        normal: people are not known, or the variance follows from their number (standardised differences,
        counts).
    favourable : {-1, 1}
        Sign of `yi` and of the statement's direction that favours the drug.
    """

    study_id: str
    label: str
    drug: str
    route: str
    regimen: str
    condition_group: str
    condition_detail: str
    design: str
    outcome: str
    scale: Scale
    evidence_class: EvidenceClass
    comparator: str = ""
    comparator_type: str = ""
    shared: tuple[str, ...] = ()
    other_drugs: tuple[str, ...] = ()
    window: str = "not_stated"
    time_days: float | None = None
    time_label: str = ""
    yi: float | None = None
    vi: float | None = None
    n_experimental: int | None = None
    n_control: int | None = None
    people: int | None = None
    statement: Statement | None = None
    bound: Bound | None = None
    counts: Counts | None = None
    reexpressed: bool = False
    ledger: tuple[Step, ...] = ()
    assumptions: tuple[str, ...] = ()
    rows: tuple[RowKey, ...] = ()
    flags: tuple[str, ...] = ()
    note: str = ""
    printed_interval: tuple[float, float] | None = None
    df: int | None = None
    favourable: int = -1

    @property
    def own_interval(self) -> tuple[float, float]:
        """The trial's own 95% CI: as printed, else by Student's t where `df` is known, else normal.

        Raises
        ------
        ValueError
            When the trial gives no number.
        """
        if self.printed_interval is not None:
            return self.printed_interval
        if self.yi is None or self.se is None:
            raise ValueError(f"{self.label} gives no number")
        reach = float(stdtrit(math.inf if self.df is None else self.df, 0.975)) * self.se
        return self.yi - reach, self.yi + reach

    @property
    def doubted(self) -> bool:
        """Whether there is doubt about the integrity of the report."""
        return DOUBT in self.flags

    @property
    def se(self) -> float | None:
        """Standard error; None without a variance."""
        return None if self.vi is None else math.sqrt(self.vi)
