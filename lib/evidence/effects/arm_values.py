"""Mean and SD of an arm from what its row prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from evidence.effects.draft import step
from evidence.effects.model import Spread, Step
from evidence.effects.points import has_points, scale_limits
from evidence.meta.conversions import combine_arms, mean_sd_from_median, sd_from_ci, sd_from_se
from evidence.question import ArmPair, ArmRow, Result

#: What an assumption says of the reading of an unlabelled ±, by reading.
READINGS: Final = {
    "sd": "The unlabelled ± is read as a standard deviation.",
    "se": "The unlabelled ± is read as a standard error.",
}
_RULED_OUT: Final = "The unlabelled ± cannot be a"
_NAMES: Final = {"sd": "standard deviation", "se": "standard error"}


@dataclass(frozen=True, slots=True)
class ArmValue:
    """Size, mean and SD of an arm, in the unit of its row."""

    n: int
    mean: float
    sd: float
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()

    def noted(self, assumption: str) -> ArmValue:
        """Add an assumption."""
        return replace(self, assumptions=(*self.assumptions, assumption))


def arm_value(row: ArmRow, n: int | None, spread: Spread, unlabelled: bool) -> ArmValue | None:
    """Mean and SD of one arm, or None where the row does not give them.

    Parameters
    ----------
    row : ArmRow
    n : int or None
        People in the arm where the row does not tell.
    spread : {"recorded", "se", "sd"}
        How an unlabelled ± is read.
    unlabelled : bool
        The study is flagged as printing an unlabelled ±.

    Notes
    -----
    Cochrane Handbook 6.5.2.2 (SE and interval), 6.5.2.5 (median and quartiles).
    """
    n = row.n if row.n is not None else n
    if n is None or n < 2:
        return None
    if row.mean is None:
        return _from_median(row, n)
    if row.sd is not None or row.se is not None:
        return _from_spread(row, n, row.mean, spread, unlabelled)
    if row.ci_low is not None and row.ci_high is not None:
        sd = float(sd_from_ci(row.ci_low, row.ci_high, n))
        inputs = {"low": row.ci_low, "high": row.ci_high, "n": n}
        formula = "SD = √n (high − low) / (2 t₀.₉₇₅,ₙ₋₁)"
        taken = step(f"SD of {row.arm}", formula, inputs, {"SD": sd}, "Cochrane Handbook 6.5.2.2")
        return ArmValue(
            n, row.mean, sd, (taken,), ("The bracket after the mean is a 95% confidence interval.",)
        )
    return None


def _from_spread(row: ArmRow, n: int, mean: float, spread: Spread, unlabelled: bool) -> ArmValue:
    printed = row.se if row.sd is None else row.sd
    assert printed is not None
    recorded: Spread = "sd" if row.sd is not None else "se"
    reading = spread if unlabelled and spread != "recorded" else recorded
    assumptions = (READINGS[reading],) if unlabelled else ()
    if reading == "sd":
        taken = step(
            f"SD of {row.arm}", "SD as printed", {"SD": printed, "n": n}, {"SD": printed}, "the report"
        )
        return ArmValue(n, mean, printed, (taken,), assumptions)
    sd = float(sd_from_se(printed, n))
    inputs = {"SE": printed, "n": n}
    taken = step(f"SD of {row.arm}", "SD = SE √n", inputs, {"SD": sd}, "Cochrane Handbook 6.5.2.2")
    return ArmValue(n, mean, sd, (taken,), assumptions)


def _from_median(row: ArmRow, n: int) -> ArmValue | None:
    if row.median is None or row.q1 is None or row.q3 is None:
        return None
    found = mean_sd_from_median(row.median, n, q1=row.q1, q3=row.q3)
    inputs = {"median": row.median, "q1": row.q1, "q3": row.q3, "n": n}
    taken = step(
        f"mean and SD of {row.arm}",
        "mean by Luo 2018, SD by Wan 2014",
        inputs,
        {"mean": found.mean, "SD": found.sd},
        "Cochrane Handbook 6.5.2.5",
    )
    return ArmValue(n, found.mean, found.sd, (taken,), ("The values are about normally distributed.",))


def has_unlabelled(assumptions: Sequence[str]) -> bool:
    """Whether an effect with these assumptions rests on the reading of an unlabelled ±."""
    return any(reading in assumptions for reading in READINGS.values())


def is_ruled_out(assumptions: Sequence[str]) -> bool:
    """Whether the limits of the scale ruled out the reading of an unlabelled ± that was asked for."""
    return any(text.startswith(_RULED_OUT) for text in assumptions)


def largest_sd(low: float, high: float, n: int, *, change: bool = False) -> float:
    """Largest SD that `n` values on a scale can have, in the unit of the scale.

    Parameters
    ----------
    low, high : float
        Limits of the scale.
    n : int
        Values, at least 2.
    change : bool
        The values are differences between two scores of a person: they span twice the range.

    Notes
    -----
    Popoviciu 1935: the variance of values between two limits is at most a quarter of the squared range, half
    of them at either end; with the divisor n − 1 of an SD, times n/(n − 1).
    """
    half = (high - low) / (1 if change else 2)
    return half * math.sqrt(n / (n - 1))


def pair_values(pair: ArmPair, result: Result, spread: Spread) -> tuple[ArmValue, ArmValue] | None:
    """Drug arm, joined from several where there are several, and comparison arm; or None.

    A reading of an unlabelled ± that the limits of the scale rule out in one arm is taken for neither: the ±
    is read as recorded, and an assumption says so.
    """
    values = _values(pair, result, spread)
    if values is None:
        return None
    if result.unlabelled and spread != "recorded":
        why = _impossible(pair, values, spread)
        recorded = _values(pair, result, "recorded") if why else None
        if recorded is not None:
            values = [value.noted(why) for value in recorded]
    return _joined(values[:-1]), values[-1]


def _values(pair: ArmPair, result: Result, spread: Spread) -> list[ArmValue] | None:
    """Values of the drug arms and, last, of the comparison arm; None where one is not known."""
    unlabelled = result.unlabelled
    paired_n = result.study.n if result.paired else None
    arms = (*result.comparison.experimental, result.comparison.control)
    rows = (*pair.experimental, pair.control)
    values = [
        arm_value(row, arm.n if arm.n is not None else paired_n, spread, unlabelled)
        for row, arm in zip(rows, arms, strict=True)
    ]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def _impossible(pair: ArmPair, values: Sequence[ArmValue], spread: Spread) -> str:
    """Say why a reading of ± is impossible on the scale; empty where nothing rules it out."""
    for row, value in zip((*pair.experimental, pair.control), values, strict=True):
        low, high = scale_limits(pair.measure, row)
        if not has_points(pair.measure, row) or low is None or high is None:
            continue
        largest = largest_sd(low, high, value.n, change=row.kind == "change")
        if value.sd > largest:
            return (
                f"{_RULED_OUT} {_NAMES[spread]}: it would be a standard deviation of "
                f"{value.sd:.1f}, and {value.n} values from {low:g} to {high:g} have one of at most "
                f"{largest:.1f}."
            )
    return ""


def _joined(values: list[ArmValue]) -> ArmValue:
    if len(values) == 1:
        return values[0]
    joined = combine_arms([v.n for v in values], [v.mean for v in values], [v.sd for v in values])
    inputs = {
        f"{name}{i}": x
        for i, v in enumerate(values, 1)
        for name, x in (("n", v.n), ("mean", v.mean), ("SD", v.sd))
    }
    taken = step(
        "arms with different doses joined",
        "n, mean and SD of the joined people",
        inputs,
        {"n": joined.n, "mean": joined.mean, "SD": joined.sd},
        "Cochrane Handbook 6.5.2.10",
    )
    steps = (*(s for v in values for s in v.steps), taken)
    assumptions = tuple(dict.fromkeys(a for v in values for a in v.assumptions))
    return ArmValue(int(joined.n), joined.mean, joined.sd, steps, assumptions)
