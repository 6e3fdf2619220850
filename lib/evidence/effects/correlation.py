"""The within-person correlation of a crossover trial: implied by its own numbers, or assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidence.effects.arm_values import ArmValue
from evidence.effects.draft import Setting, step
from evidence.effects.model import Step
from evidence.effects.statements import exact_p
from evidence.meta.conversions import correlation_from_sds, se_from_p
from evidence.question import ArmPair, Result


@dataclass(frozen=True, slots=True)
class Correlation:
    """The correlation used, where it comes from, and what is assumed."""

    r: float
    steps: tuple[Step, ...]
    assumption: str


def require_correlation(r: float | None) -> float:
    """Return the correlation, or refuse to analyse a crossover trial without one.

    Raises
    ------
    ValueError
        When `r` is None.
    """
    if r is None:
        raise ValueError(
            "a crossover trial without a paired analysis needs a within-person correlation: "
            "give Options(correlation=...) or the setting correlation_crossover"
        )
    return r


def taken_as(r: float) -> str:
    """Say which correlation is assumed."""
    return f"Within-person correlation taken as {r:g}."


def correlation_for(
    result: Result, pair: ArmPair, values: tuple[ArmValue, ArmValue], setting: Setting
) -> Correlation:
    """Return the correlation that the trial's exact p implies, if it is believable, else the assumed one."""
    assumed = require_correlation(setting.correlation)
    row = exact_p(result, pair.measure.outcome)
    if row is None or row.p_value is None:
        return Correlation(assumed, (), taken_as(assumed))
    r = implied_correlation(values, row.p_value)
    if r is None or r > setting.correlation_implied_max:
        found = "no correlation" if r is None else f"a correlation of {r:.3f}"
        return Correlation(
            assumed,
            (),
            f"The printed p = {row.p_value:g} and the arms' values imply {found}, which is not believable: "
            f"the within-person correlation is taken as {assumed:g}.",
        )
    drug, control = values
    implied = step(
        "within-person correlation from the paired p-value",
        "SD_diff = |m1 − m2| √n / t(p, n − 1); r = (SD1² + SD2² − SD_diff²)/(2 SD1 SD2)",
        {
            "m1": drug.mean,
            "SD1": drug.sd,
            "m2": control.mean,
            "SD2": control.sd,
            "n": drug.n,
            "p": row.p_value,
        },
        {"r": r},
        "Cochrane Handbook 23.2.7",
    )
    return Correlation(r, (implied,), "The printed p-value is that of a paired t test.")


def implied_correlation(values: tuple[ArmValue, ArmValue], p: float) -> float | None:
    """Return the correlation that two periods' means and SDs and the exact p of their paired t test imply.

    None where the three cannot belong together or the means are equal.
    """
    drug, control = values
    n = min(drug.n, control.n)
    difference = drug.mean - control.mean
    if difference == 0:
        return None
    sd_difference = float(se_from_p(difference, p, df=n - 1)) * math.sqrt(n)
    try:
        return float(correlation_from_sds(drug.sd, control.sd, sd_difference))
    except ValueError:
        return None
