"""A question, and what answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from evidence.question.main_outcome import MAIN
from evidence.question.records import Arm, ArmRow, ContrastRow, Flag, Intervention, Measure, RowKey, Study

#: Time windows after the start of treatment, in order; `not_stated` is for results without a usable time.
WINDOWS: Final = ("during_infusion", "immediate", "short", "medium", "long", "not_stated")

#: What an arm may be compared with; two doses of the drug are never a test of it.
COMPARATOR_TYPES: Final = ("placebo", "active_placebo", "usual_care", "active_drug")

FlagRule: TypeAlias = Literal["standard", "without_caution", "with_excluded"]
TimeRule: TypeAlias = Literal["latest", "earliest"]


@dataclass(frozen=True, slots=True)
class Question:
    """Which drug, for whom, against what, measured how and when.

    Attributes
    ----------
    drug : str
        One of the five drugs, or several joined by ``+`` for their combination in one arm.
    condition : str, tuple of str or None
        Condition group or groups; None for all.
    route : str, tuple of str or None
        None for all routes.
    comparator_types : tuple of str or None
        Some of `COMPARATOR_TYPES`: ``placebo``, ``active_placebo``, ``usual_care`` (the same treatment
        without the drug), ``active_drug``. None for those of the setting ``comparator_types``, which leaves
        out comparisons with another active drug.
    outcome : str
        A word of the vocabulary `outcome`, except ``other``; `MAIN` for the main outcome of the settings.
    window : str or None
        One of `WINDOWS`; ``"any"`` for one result per study whatever its time; None for one result per study
        in every window.
    detail : str, tuple of str or None
        Condition detail or details; None for all.
    """

    drug: str
    condition: str | tuple[str, ...] | None = None
    route: str | tuple[str, ...] | None = None
    comparator_types: tuple[str, ...] | None = None
    outcome: str = MAIN
    window: str | None = None
    detail: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        if self.outcome == "other":
            raise ValueError("outcome 'other' is not one outcome: ask for one of the named outcomes")
        if self.window is not None and self.window not in (*WINDOWS, "any"):
            raise ValueError(
                f"window {self.window!r} is unknown: use one of {', '.join(WINDOWS)}, any or None"
            )

        unknown = set(self.comparator_types or ()) - set(COMPARATOR_TYPES)
        if unknown:
            known = ", ".join(COMPARATOR_TYPES)
            raise ValueError(f"comparator type {', '.join(sorted(unknown))} is unknown: use {known}")

    @property
    def drugs(self) -> frozenset[str]:
        """The drugs that must make the difference between the arms."""
        return frozenset(self.drug.split("+"))


class Rule(StrEnum):
    """Why a study or a row is left out. The value is the rule in words."""

    ROUTE = "The drug was given by another route."
    FLAGGED = "The study carries a flag that keeps it out."
    STEERED = "The outcome was kept at a target in both arms, so that its scores cannot differ."
    OVERLAP = "The study shares, or may share, people with a larger study that is kept."
    BASELINE = "The row was measured before treatment."
    UNKNOWN_ARM = "The arm is not described in arms.csv."
    UNLISTED_MEASURE = "The measure is not listed in measures.csv."
    SAME_DRUG = "Both arms got the drug."
    NOT_TESTED = "The comparison does not test the drug."
    NOT_ISOLATED = "The drug was given with another treatment that the other arm did not get."
    ONE_ARM = "Only one arm of the comparison has a result for this measure and time."
    WITHIN_ARM = "The text compares each arm with its own start and not the arms with each other."
    NO_STATEMENT = "The row holds no value, test or direction."
    COMPARATOR = "The comparison is of a type that the question does not ask for."
    WINDOW = "The result lies in another time window."
    OTHER_SOURCE = "Another source of the same comparison gives a number, or ranks higher."
    OTHER_COMPARATOR = "Another comparison of the same people is preferred."
    OTHER_MEASURE = "Another measure of the same people stands higher in the hierarchy of measures."
    OTHER_TIME = "Another time point stands for the window."
    WHOLE_PERIOD = "A test over the whole period gives way to the result at its last day."
    OTHER_DOSE = "Another dose stands for the study, so that the comparison group is counted once."
    COMBINED = "The arms with different doses are joined from their own results."
    NOTHING_USABLE = "The text that was read holds no usable comparison of the arms on the outcome."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study (`row` is None) or a row that is left out, the rule, and what it means here.

    `words` are the rule in the words of the settings; empty for those of the rule itself.
    """

    study_id: str
    row: RowKey | None
    rule: Rule
    detail: str
    words: str = ""

    @property
    def why(self) -> str:
        """The rule in words."""
        return self.words or self.rule.value

    @property
    def sentence(self) -> str:
        """The rule in words, and what it means here."""
        return f"{self.why} {self.detail}".strip()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The drug arms against one comparison arm.

    Attributes
    ----------
    experimental : tuple of Arm
        Arms that got the drug; several when doses are joined.
    control : Arm
    comparator_type : str
        ``placebo``, ``active_placebo``, ``usual_care`` or ``active_drug``.
    comparator : str
        What the comparison arm got in place of the drug.
    shared : tuple of str
        Treatment that both sides got.
    """

    experimental: tuple[Arm, ...]
    control: Arm
    comparator_type: str
    comparator: str
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArmPair:
    """Results of the drug arms and of the comparison arm for one measure at one time."""

    experimental: tuple[ArmRow, ...]
    control: ArmRow
    measure: Measure


@dataclass(frozen=True, slots=True)
class Stated:
    """A reported comparison, turned so that the drug is first."""

    row: ContrastRow
    measure: Measure


@dataclass(frozen=True, slots=True)
class Result:
    """Everything one study reports for its one comparison, measure and time in a window.

    Attributes
    ----------
    other_drugs : tuple of str
        Drugs of the book that other arms of the study test; they are used under their own questions.
    why : str
        Why these rows stand for the study.
    flags : tuple of Flag
        Warnings that concern the study and the source of these rows.
    source : str
        Where the rows were read, a word of the setting ``source_order``.
    one_period : bool
        Whether the rows cover one period of a crossover trial only, so that its arms are different people.
    """

    study: Study
    intervention: Intervention
    flags: tuple[Flag, ...]
    other_drugs: tuple[str, ...]
    comparison: Comparison
    window: str
    kind: str
    time_days: float | None
    time_label: str
    pairs: tuple[ArmPair, ...]
    contrasts: tuple[Stated, ...]
    why: str
    source: str = "abstract"
    one_period: bool = False

    @property
    def paired(self) -> bool:
        """Whether both arms are the same people."""
        return self.study.design == "crossover" and not self.one_period

    @property
    def unlabelled(self) -> bool:
        """Whether the spread is a ± that the trial's own text does not label; a review has read it."""
        return self.has_flag("spread_unlabelled")

    @property
    def rows(self) -> tuple[RowKey, ...]:
        """Keys of the source rows."""
        arms = (row.key for pair in self.pairs for row in (*pair.experimental, pair.control))
        return tuple(dict.fromkeys((*arms, *(stated.row.key for stated in self.contrasts))))

    def has_flag(self, *names: str) -> bool:
        """Whether the study carries one of the flags."""
        return any(flag.flag in names for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer to a question, which explains itself.

    Every study of the drug and condition is in exactly one of three places: among `results`, among `silent`
    (it reports nothing usable on the outcome), or among `left_out` with ``row`` None.

    Attributes
    ----------
    question : Question
    time_rule, flag_rule : str
        The rules that were applied.
    results : tuple of Result
        One per study and window, in the order of studies.csv and of the windows.
    silent : tuple of LeftOut
        Studies that belong to the question but say nothing usable.
    left_out : tuple of LeftOut
        Studies and single rows, each with its rule.
    studies : mapping of str to Study
        All studies of the drug and condition.
    interventions : mapping of str to Intervention
        Their regimens.
    flags : mapping of str to tuple of Flag
        Their flags.
    """

    question: Question
    time_rule: TimeRule
    flag_rule: FlagRule
    results: tuple[Result, ...]
    silent: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    studies: Mapping[str, Study]
    interventions: Mapping[str, Intervention]
    flags: Mapping[str, tuple[Flag, ...]]

    @property
    def kept(self) -> tuple[tuple[RowKey, str], ...]:
        """Every row that is kept, with the reason."""
        return tuple((row, result.why) for result in self.results for row in result.rows)

    @property
    def studies_left_out(self) -> tuple[LeftOut, ...]:
        """Studies that are left out as a whole."""
        return tuple(item for item in self.left_out if item.row is None)
