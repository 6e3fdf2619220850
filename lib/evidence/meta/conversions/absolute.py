"""What a relative effect means for people at a given baseline risk: risks, risk difference, NNT.

Source: Cochrane Handbook 15.4.4 (version 6.5; 12.5.4 in version 5.1). Intervals come from the limits of
the effect alone; the baseline risk is taken as known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from evidence.meta.conversions.nnt import EventKind, NumberNeeded, number_needed
from evidence.meta.inputs import numbers, require_probability

RiskMeasure: TypeAlias = Literal["OR", "RR", "RD"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its confidence limits."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AbsoluteEffect:
    """An effect at one baseline risk, on every scale; ratios here are ratios, not logarithms.

    Attributes
    ----------
    baseline_risk : float
        Risk without the treatment, 0 to 1.
    risk : Interval
        Risk with the treatment.
    rd, rr, odds_ratio : Interval
        Risk difference, risk ratio and odds ratio of treatment against none.
    nnt : NumberNeeded
    truncated : bool
        A confidence limit lay beyond a risk of 0 or 1 and was set to it.
    """

    baseline_risk: float
    risk: Interval
    rd: Interval
    rr: Interval
    odds_ratio: Interval
    nnt: NumberNeeded
    truncated: bool


def absolute_effect(
    measure: RiskMeasure, estimate: float, low: float, high: float, *, baseline_risk: float, event: EventKind
) -> AbsoluteEffect:
    """Risks, risk difference, ratios and NNT that an OR, RR or RD means at a baseline risk.

    Parameters
    ----------
    measure : {"OR", "RR", "RD"}
    estimate, low, high : float
        Effect and confidence limits; ratios as such, not logged.
    baseline_risk : float
        Risk in people without the treatment, strictly between 0 and 1.
    event : {"beneficial", "harmful"}
        Whether more events are good (response) or bad (adverse event): it tells NNTB from NNTH.

    Raises
    ------
    ValueError
        If the limits are not in order around the estimate, a ratio is not positive (a log ratio was given?),
        or the estimate itself leads to a risk outside 0 to 1, where `measure` cannot hold.

    Notes
    -----
    Handbook 15.4.4.1 to 15.4.4.4: risk = baseline + RD = RR × baseline = OR × odds / (1 + OR × odds).

    Examples
    --------
    >>> found = absolute_effect("RR", 0.5, 0.25, 0.8, baseline_risk=0.2, event="harmful")
    >>> found.risk.estimate, found.nnt.text
    (0.1, 'NNTB 10 (NNTB 7 to NNTB 25)')
    """
    if measure not in ("OR", "RR", "RD"):
        raise ValueError(f'measure must be "OR", "RR" or "RD", not {measure!r}')
    effects = [float(value) for value in numbers(estimate=estimate, low=low, high=high)]
    if not effects[1] <= effects[0] <= effects[2]:
        raise ValueError(f"estimate must lie between its limits: {low} <= {estimate} <= {high} does not hold")
    if measure != "RD" and effects[1] <= 0:
        raise ValueError(f"{measure} must be above 0, not {low}; give ratios, not their logarithms")
    (baseline,) = numbers(baseline_risk=baseline_risk)
    require_probability(baseline_risk=baseline)
    exact = [_risk_difference(measure, effect, baseline_risk) for effect in effects]
    if not 0 <= baseline_risk + exact[0] <= 1:
        raise ValueError(
            f"{measure} {estimate} at a baseline risk of {baseline_risk} means a risk of "
            f"{baseline_risk + exact[0]:.3g}, which cannot be: use an odds ratio, or a baseline risk near "
            "that of the trials"
        )
    rd = Interval(*(min(max(value, -baseline_risk), 1 - baseline_risk) for value in exact))
    risk = Interval(*(baseline_risk + value for value in (rd.estimate, rd.low, rd.high)))
    with_treatment = (risk.estimate, risk.low, risk.high)
    return AbsoluteEffect(
        baseline_risk=baseline_risk,
        risk=risk,
        rd=rd,
        rr=Interval(*(value / baseline_risk for value in with_treatment)),
        odds_ratio=Interval(*(_odds(value) / _odds(baseline_risk) for value in with_treatment)),
        nnt=number_needed(rd.estimate, rd.low, rd.high, event=event),
        truncated=[rd.estimate, rd.low, rd.high] != exact,
    )


def _risk_difference(measure: RiskMeasure, effect: float, baseline: float) -> float:
    """Exactly 0 for a ratio of 1, so that a limit of 1 is seen as no effect."""
    if measure == "RD":
        return effect
    if measure == "RR":
        return baseline * (effect - 1)
    return baseline * (1 - baseline) * (effect - 1) / (1 - baseline + effect * baseline)


def _odds(risk: float) -> float:
    return risk / (1 - risk) if risk < 1 else float("inf")
