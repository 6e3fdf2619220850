"""Mean and SD of an arm from what its row prints."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.harmonise.draft import step
from evidence.harmonise.model import Spread, Step
from evidence.meta.conversions import combine_arms, mean_sd_from_median, sd_from_ci, sd_from_se
from evidence.question import ArmPair, ArmRow, Result


@dataclass(frozen=True, slots=True)
class ArmValue:
    """Size, mean and SD of an arm, in the unit of its row."""

    n: int
    mean: float
    sd: float
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()


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
    names = {"sd": "standard deviation", "se": "standard error"}
    assumptions = (f"The unlabelled ± is read as a {names[reading]}.",) if unlabelled else ()
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


def pair_values(pair: ArmPair, result: Result, spread: Spread) -> tuple[ArmValue, ArmValue] | None:
    """Drug arm, joined from several where there are several, and comparison arm; or None."""
    unlabelled = result.has_flag("spread_unlabelled")
    paired_n = result.study.n if result.study.design == "crossover" else None
    arms = (*result.comparison.experimental, result.comparison.control)
    rows = (*pair.experimental, pair.control)
    values = [
        arm_value(row, arm.n if arm.n is not None else paired_n, spread, unlabelled)
        for row, arm in zip(rows, arms, strict=True)
    ]
    known = [value for value in values if value is not None]
    return (_joined(known[:-1]), known[-1]) if len(known) == len(values) else None


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
