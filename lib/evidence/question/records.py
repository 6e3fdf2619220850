"""Rows of the tables as typed records, with None for an empty cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

#: Names a row of a table: the table, then the text of its key columns.
RowKey: TypeAlias = tuple[str, ...]

#: Sources in which a review tells what it read in a trial, or measured in its figures.
FROM_REVIEW: Final = ("review", "figure")

Favours: TypeAlias = Literal["experimental", "control", "neither"]


@dataclass(frozen=True, slots=True)
class Study:
    """One randomised population."""

    study_id: str
    authors_short: str | None
    year: int | None
    design: str
    condition_group: str
    condition_detail: str | None
    n_randomised: int | None
    n_analysed: int | None
    source_type: str = "abstract"

    @property
    def label(self) -> str:
        """First author and year with the letter of the study, such as "Sigtermans 2009" or "Amr 2011a".

        A study whose authors are not known is called by its registry number or by its id.
        """
        return study_label(self.study_id, self.authors_short, self.year)

    @property
    def n(self) -> int | None:
        """People analysed, or randomised where the number analysed is not known."""
        return self.n_analysed if self.n_analysed is not None else self.n_randomised


def study_label(study_id: str, authors_short: str | None, year: int | None) -> str:
    """Return what a study is called; see `Study.label`.

    >>> study_label("Amr2011a", "Amr et al.", 2011)
    'Amr 2011a'

    The letter may stand before the year, after capitals that are no name:

    >>> study_label("MorphiDexIIIa2002", "Endo Pharmaceuticals (first of three)", 2002)
    'Endo Pharmaceuticals 2002a'
    """
    if not authors_short:
        return unnamed(study_id)
    author = re.sub(r"\s*\(.*\)|\s+et al\.?", "", authors_short).strip()
    letter = re.search(r"(?:\d|[A-Z]{2})([a-z])(?:\d{4})?$", study_id)
    said = "" if year is None else f" {year}"
    return f"{author}{said}{letter[1] if letter and said else ''}"


@dataclass(frozen=True, slots=True)
class Intervention:
    """One drug regimen under test in a study."""

    study_id: str
    drug: str
    formulation: str | None
    route: str
    dose: str | None
    comparator: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning about a study."""

    study_id: str
    flag: str
    severity: str
    detail: str
    about: str = "study"
    """Whether it concerns the study, only what its own report prints, or only a review's row of it."""

    def concerns(self, source: str) -> bool:
        """Whether the warning holds for what was read in a source."""
        return self.about == "study" or (self.about == "review") == (source in FROM_REVIEW)


@dataclass(frozen=True, slots=True)
class Arm:
    """What the people under one label got, and how many they were."""

    study_id: str
    label: str
    arm: str
    components: str
    dose_order: int | None
    n: int | None
    n_basis: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure tells about the outcome of the question."""

    outcome: str
    measure: str
    kind: str
    unit: str
    scale_min: float | None
    scale_max: float | None
    note: str | None


@dataclass(frozen=True, slots=True)
class TimeNote:
    """What a time label says beyond its days."""

    study_id: str
    time_label: str
    window: str | None
    whole_period: str | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two studies that share, or may share, people."""

    study_id: str
    other_study_id: str
    shared: str
    note: str


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One result of one arm; `scale_min`, `scale_max` and `higher_is` describe its scale."""

    study_id: str
    arm: str
    outcome: str
    measure: str
    scale_min: float | None
    scale_max: float | None
    higher_is: str | None
    time_label: str | None
    time_days: float | None
    kind: str | None
    n: int | None
    mean: float | None
    sd: float | None
    se: float | None
    median: float | None
    q1: float | None
    q3: float | None
    ci_low: float | None
    ci_high: float | None
    events: int | None
    total: int | None
    source: str | None = None
    crossover_period: str | None = None

    @property
    def key(self) -> RowKey:
        """The row's key."""
        return ("arm_results", self.study_id, self.arm, self.outcome, self.measure, self.time_label or "")

    @property
    def says_something(self) -> bool:
        """Whether the row holds a value of its arm."""
        return any(value is not None for value in (self.mean, self.median, self.events))


@dataclass(frozen=True, slots=True)
class ContrastRow:
    """One reported comparison of `arm_a` with `arm_b`; `flipped` when it was turned round."""

    study_id: str
    arm_a: str
    arm_b: str
    outcome: str
    measure: str
    time_label: str | None
    time_days: float | None
    effect: str
    estimate: float | None
    se: float | None
    ci_level: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_operator: str | None
    favours: Favours | None
    source: str | None = None
    flipped: bool = False

    @property
    def key(self) -> RowKey:
        """The row's key."""
        names = (self.study_id, self.arm_a, self.arm_b, self.outcome, self.measure, self.time_label or "")
        return ("contrasts", *names)

    @property
    def says_something(self) -> bool:
        """Whether the row holds an estimate, a test or a direction."""
        stated = self.estimate is not None or self.p_operator is not None
        return stated or self.favours in ("experimental", "control")


def measure_of(key: RowKey) -> str:
    """Return the measure of a row: it stands before the time in every key.

    Examples
    --------
    >>> measure_of(("arm_results", "Sigtermans2009", "ketamine", "pain_intensity", "NRS", "week 1"))
    'NRS'
    """
    return key[-2]


def unnamed(study_id: str) -> str:
    """Return what a study whose authors are not known is called: a registry number, or its id spelled out.

    Examples
    --------
    >>> unnamed("NCT00961194"), unnamed("UnknownCRPS3v5v7d")
    ('NCT00961194', 'Unnamed trial (CRPS 3 v 5 v 7 days)')
    """
    if re.fullmatch(r"NCT\d{8}", study_id):
        return study_id
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)(?<!\dv)", " ", study_id.removeprefix("Unknown"))
    compared = re.sub(r"(?<=\d)v(?=\d)", " v ", spaced)
    return f"Unnamed trial ({re.sub(r'(?<=[0-9])d$', ' days', compared)})"


def flip(row: ContrastRow) -> ContrastRow:
    """Turn a comparison round: arm b against arm a."""
    ratio = row.effect in ("RR", "OR")

    def turned(value: float | None) -> float | None:
        if value is None:
            return None
        return 1 / value if ratio else -value

    sides: dict[Favours, Favours] = {"experimental": "control", "control": "experimental"}
    return replace(
        row,
        estimate=turned(row.estimate),
        ci_low=turned(row.ci_high),
        ci_high=turned(row.ci_low),
        favours=None if row.favours is None else sides.get(row.favours, row.favours),
        flipped=not row.flipped,
    )
