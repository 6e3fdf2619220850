"""The cases of reporting_errors.csv: what each report prints, and what the same numbers give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from evidence.dataset import Dataset
from evidence.integrity import recheck
from evidence.question import ArmRow, ContrastRow
from evidence.question.records import Flag
from evidence.wording.numbers import listing, number, p_value

_LOST: Final = 3  # people who may be missing from a percentage


#: What is printed, and what it gives.
Said: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of reporting_errors.csv."""

    case: str
    check: str
    study_id: str | None
    review_id: str | None
    part: str
    outcome: str | None
    measure: str | None
    time_label: str | None
    printed: str | None
    people: int | None
    other_study_id: str | None
    flag: str | None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The printed numbers, as text."""
        return tuple(re.findall(r"\d*\.?\d+", self.printed or ""))


@dataclass(frozen=True, slots=True)
class Arms:
    """The results of the tested drug and of the control at one time."""

    drug: ArmRow
    control: ArmRow | None

    @property
    def both(self) -> tuple[ArmRow, ArmRow]:
        """Both arms.

        Raises
        ------
        ValueError
            When the tables have no result of the control.
        """
        if self.control is None:
            raise ValueError(f"{self.drug.study_id}: no result of the control for {self.drug.measure!r}")
        return self.drug, self.control


@dataclass(frozen=True)
class Case:
    """One error with its parts."""

    ds: Dataset
    parts: Mapping[str, Part]

    @property
    def first(self) -> Part:
        """The part that names the report."""
        return next(iter(self.parts.values()))

    @property
    def study_id(self) -> str:
        """The trial."""
        return self.first.study_id or ""

    def arms(self, part: str = "result") -> Arms:
        """Return the results that a part names."""
        at = self.parts[part]
        where = {"outcome": at.outcome, "measure": at.measure, "time_label": at.time_label}
        rows = self.ds.records(ArmRow, "arm_results", study_id=at.study_id, **where)
        drugs = self.ds.rows("arm_results", study_id=at.study_id, **where)["drug"].isna().tolist()
        tested = [row for row, none in zip(rows, drugs, strict=True) if not none]
        control = [row for row, none in zip(rows, drugs, strict=True) if none]
        if len(tested) != 1 or len(control) > 1:
            raise ValueError(f"{at.case}: {len(tested)} and {len(control)} results for {at.measure!r}, not 1")
        return Arms(tested[0], control[0] if control else None)

    def exact(self, study_id: str) -> dict[float, str]:
        """Return the exact p-values that a trial prints, with their times."""
        rows = self.ds.records(ContrastRow, "contrasts", study_id=study_id, p_operator="=")
        return {row.p_value: row.time_label or "" for row in rows if row.p_value is not None}

    @property
    def said(self) -> Said:
        """What is printed, and what the same numbers give."""
        return _CHECKS[self.first.check](self)

    @property
    def warning(self) -> str:
        """The warning that tells of the error, in full."""
        rows = self.ds.records(Flag, "flags", study_id=self.study_id, flag=self.first.flag)
        return "\n".join(row.detail for row in rows)

    @cached_property
    def people(self) -> int:
        """People who were randomised."""
        return int(self.ds.rows("studies", study_id=self.study_id)["n_randomised"].iloc[0])


def _mean(row: ArmRow) -> tuple[float, float, int]:
    """Return mean, spread and people."""
    spread = row.se if row.se is not None else row.sd
    if row.mean is None or spread is None or row.n is None:
        raise ValueError(f"{row.study_id}, {row.arm}: mean, spread or people are not printed")
    return row.mean, spread, row.n


def _counts(arms: Arms) -> tuple[int, int, int, int]:
    """Return events and people of both arms."""
    found = [value for row in arms.both for value in (row.events, row.total)]
    if None in found:
        raise ValueError(f"{arms.drug.study_id}: events or people are not printed")
    first, second, third, fourth = (int(value or 0) for value in found)
    return first, second, third, fourth


def _spread_readings(case: Case) -> Said:
    row, control = case.arms().both
    (m1, s1, n1), (m2, s2, n2) = _mean(row), _mean(control)
    args = (m1 - m2, s1, s2, n1, n2)
    readings = [
        f"read as {name}, d is {number(abs(recheck.standardised(*args, se=se)))} and t "
        f"{number(abs(recheck.t_of_means(*args, se=se)))}"
        for name, se in (("a standard deviation", False), ("a standard error", True))
    ]
    printed = (
        f"{row.measure}, {row.time_label}: {number(m1, 2)} ± {number(s1, 2)} v "
        f"{number(m2, 2)} ± {number(s2, 2)}, {n1} v {n2} people"
    )
    return printed, "; ".join(readings)


def _sd_of_limits(case: Case) -> Said:
    sd, low, high = map(float, case.parts["printed"].numbers)
    return (
        f"SD {number(sd)} for scores from {number(low, 0)} to {number(high, 0)}",
        f"scores in that range cannot have an SD above about {number(recheck.largest_sd(low, high))}",
    )


def _spread_ratio(case: Case) -> Said:
    small, large = map(float, case.parts["printed"].numbers)
    return (
        f"SE {number(small)} in one arm and {number(large)} in the other",
        f"{number(large / small, 0)} times as large, for the same variable",
    )


def _number_needed(case: Case) -> Said:
    estimate, low, high = case.parts["printed"].numbers
    events = _counts(case.arms())
    needed = recheck.number_needed_of(*events)
    return f"NNT {estimate} ({low} to {high})", (
        f"{events[0]} of {events[1]} v {events[2]} of {events[3]}: risk difference "
        f"{number(needed.benefit, 2)} ({number(needed.benefit_low, 2)} to "
        f"{number(needed.benefit_high, 2)}); {needed.text}; Fisher's {p_value(recheck.exact_p(*events))}"
    )


def _percentages(case: Case) -> Said:
    part = case.parts["printed"]
    people = part.people or 0
    none = recheck.impossible(part.numbers, people)
    return f"{_shares(part.numbers)} of {people} people", (
        f"{_shares(none)} impossible: one person of {people} is {number(100 / people, 0)}%, so that every "
        "percentage is a multiple of it"
    )


def _percentages_lost(case: Case) -> Said:
    part = case.parts["printed"]
    people = part.people or 0
    lost = recheck.impossible(part.numbers, people)
    fits = "; ".join(f"{share}% fits {_fits(share, people)}" for share in part.numbers)
    return f"{_shares(part.numbers)} of {people} people per arm", (
        f"{_shares(lost)} of {people} is no whole number of people; with up to three missing, {fits}"
    )


def _shares(percentages: tuple[str, ...]) -> str:
    return listing(f"{share}%" for share in percentages)


def _fits(share: str, total: int) -> str:
    found = recheck.fitting_totals(share, total, total - _LOST)
    return listing(f"{events} of {people}" for events, people in found) or "none"


def _shared_p(case: Case) -> Said:
    own, other = case.exact(case.study_id), case.exact(case.parts["other"].other_study_id or "")
    shared = sorted(set(own) & set(other), reverse=True)
    return "; ".join(f"{p_value(p)} at {own[p]}" for p in shared), (
        f"{len(shared)} of {len(own)} exact p-values are those of the other trial, with another route, other "
        "people and other days"
    )


def _p_of_counts(case: Case) -> Said:
    counts = _counts(case.arms())
    return f"{counts[0]} of {counts[1]} v {counts[2]} of {counts[3]}, {_p(case)}", (
        f"Fisher's exact test {p_value(recheck.exact_p(*counts))}; chi-square without correction "
        f"{p_value(recheck.chi_square_p(*counts))}"
    )


def _p_of_means(case: Case) -> Said:
    row, control = case.arms().both
    (m1, s1, n1), (m2, s2, n2) = _mean(row), _mean(control)
    printed = (
        f"{number(m1)} (SD {number(s1, 2)}) v {number(m2)} (SD {number(s2, 2)}) at {row.time_label}, "
        f"{n1} v {n2} people, {_p(case)}"
    )
    return printed, f"Welch's t-test {p_value(recheck.welch_p(m1, s1, n1, m2, s2, n2))}"


def _p_within_arm(case: Case) -> Said:
    (m1, s1, n1), (m2, s2, n2) = (_mean(case.arms(part).drug) for part in ("before", "after"))
    found = recheck.welch_p(m1, s1, n1, m2, s2, n2)
    return (
        f"{number(m1)} (SD {number(s1)}) to {number(m2)} (SD {number(s2)}), {n1} people, {_p(case)}",
        f"a t-test that ignores the pairing gives {found:.0e}; and the test is within one arm",
    )


def _smallest_p(case: Case) -> Said:
    rows = case.ds.records(ContrastRow, "contrasts", study_id=case.study_id, p_operator="=")
    printed = "; ".join(f"{p_value(row.p_value)} at {row.time_label}" for row in rows if row.p_value)
    return printed, (
        f"{p_value(recheck.smallest_sign_p(case.people))} is the smallest that {case.people} pairs can give: "
        "all moved the same way, no more"
    )


def _p(case: Case) -> str:
    part = case.parts["printed"]
    operator = "<" if "<" in (part.printed or "") else "="
    return p_value(float(part.numbers[0]), operator)


def _dose_ratio(case: Case) -> Said:
    doses = case.parts["printed"].numbers
    low, high = sorted(map(float, doses))
    return f"{' and '.join(doses)} mg/kg for one dose", f"a factor of {number(high / low, 0)}"


def _fall_of_means(case: Case) -> Said:
    before, after, stated = (case.arms(part).both for part in ("before", "after", "stated"))
    printed = [
        f"{number(b.mean or 0, 2)} to {number(a.mean or 0, 2)}, a fall of {number(s.mean or 0, 2)}"
        for b, a, s in zip(before, after, stated, strict=True)
    ]
    falls = [(b.mean or 0) - (a.mean or 0) for b, a in zip(before, after, strict=True)]
    return "; ".join(printed), "falls of " + listing(number(fall, 2) for fall in falls)


def _relief_of_means(case: Case) -> Said:
    before, after, stated = (case.arms(part).both for part in ("before", "after", "stated"))
    printed = [
        f"{number(b.mean or 0)} to {number(a.mean or 0)}, mean relief {number(s.mean or 0, 0)}%"
        for b, a, s in zip(before, after, stated, strict=True)
    ]
    falls = [100 * (1 - (a.mean or 0) / (b.mean or 1)) for b, a in zip(before, after, strict=True)]
    computed = "the means fall by " + listing(f"{number(fall, 0)}%" for fall in falls)
    return "; ".join(printed), f"{computed}: the order of the arms is reversed"


_CHECKS: Final[Mapping[str, Callable[[Case], Said]]] = {
    "spread_readings": _spread_readings,
    "sd_of_limits": _sd_of_limits,
    "spread_ratio": _spread_ratio,
    "number_needed": _number_needed,
    "percentages": _percentages,
    "percentages_lost": _percentages_lost,
    "shared_p": _shared_p,
    "p_of_counts": _p_of_counts,
    "p_of_means": _p_of_means,
    "p_within_arm": _p_within_arm,
    "smallest_p": _smallest_p,
    "dose_ratio": _dose_ratio,
    "fall_of_means": _fall_of_means,
    "relief_of_means": _relief_of_means,
}


def cases(ds: Dataset, *checks: str) -> tuple[Case, ...]:
    """Return the errors that some checks show, in the order of the trials."""
    found: dict[str, dict[str, Part]] = {}
    for part in ds.records(Part, "reporting_errors", check=list(checks)):
        found.setdefault(part.case, {})[part.part] = part
    return tuple(Case(ds, parts) for parts in found.values())
