"""The five domains of GRADE, each a rule with its reason.

Rules follow Core GRADE 2 to 5 (Guyatt et al. 2025, BMJ 389: e081904, e081905, e083864, e083865) and GRADE
guidance 34 and 35 (Zeng et al. 2022, J Clin Epidemiol 150:216; Schünemann et al. 2022, J Clin Epidemiol
150:225) where they give one; where they ask for judgement, the rule used here is in the docstring. A fact
costs once: what one domain counted is not counted again by another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from evidence.grade.body import DOMAINS, Body, Domain, Span
from evidence.wording.numbers import capital, listing, number, plural

#: z₀.₉₇₅ + z₀.₈: a difference of so many standard errors is found with 80% power at a two-sided 5%.
POWER: Final = 2.8
#: Trials with a number from which on heterogeneity can be judged.
JUDGED_FROM: Final = 3
#: Share of the information from which on trials with a fault decide.
DECISIVE: Final = 0.5
#: An effect so many times the MID is large.
_LARGE: Final = 2.0
_I2: Final = (50.0, 75.0)


def risk_of_bias(body: Body) -> Domain:
    """Rate down once where trials at high risk of bias give half of the information or more.

    Twice where trials with two or more known faults do. What a text read as an abstract does not tell is no
    step down; but see `unjudged`.
    """
    name = DOMAINS[0]
    if not body.trials:
        return Domain(name, 0, "No trial to judge.")
    high = [trial for trial in body.trials if trial.faults]
    twice = [trial for trial in high if len(trial.faults) > 1]
    down = (body.share(high) >= DECISIVE) + (body.share(twice) >= DECISIVE)
    judged = sum(trial.judged for trial in body.trials)
    every = f"RoB 2 could be judged in every domain for {judged:,} of {plural(len(body.trials), 'trial')}."
    if not high:
        return Domain(name, 0, f"No fault is known. {every}")
    named = "; ".join(f"{trial.label}: {', '.join(trial.faults)}" for trial in high)
    known = f"Trials with a known fault give {100 * body.share(high):.0f}% of the information ({named})."
    return Domain(name, down, f"{known} {every}")


def unjudged(body: Body) -> bool:
    """Whether RoB 2 could be judged for less than half of the information: certainty is not high then."""
    return body.share([trial for trial in body.trials if trial.judged or trial.faults]) < DECISIVE


def inconsistency(body: Body) -> Domain:
    """Rate down once where trials differ beyond chance and lie on both sides of a threshold of the target.

    Beyond chance is I² over 50%. Twice with I² over 75% and trials that find an important benefit beside
    others that find an important harm. It cannot be judged below three trials with a number; differences on
    the same side of every threshold do not matter (Core GRADE 3).
    """
    name = DOMAINS[1]
    found = [trial.estimate for trial in body.trials if trial.estimate is not None]
    if len(found) < JUDGED_FROM or body.i2 is None:
        return Domain(name, 0, "Cannot be judged: fewer than three trials give a number.")
    apart = any(min(found) < threshold < max(found) for threshold in body.thresholds)
    opposed = min(found) <= -body.mid and max(found) >= body.mid
    down = (body.i2 > _I2[0] and apart) + (body.i2 > _I2[1] and opposed)
    said = "on both sides of a threshold" if apart else "on the same side of every threshold"
    return Domain(name, down, f"I² is {body.i2:.0f}%; the trials lie {said}.")


def imprecision(body: Body, *, spread_counted: bool = False) -> Domain:
    """Rate down by the thresholds that the interval crosses, or by too little information if that is worse.

    The thresholds are no effect and the MID on either side; where the target is little or no effect, the MID
    on either side, and a third step where the interval reaches large effects (twice the MID) both ways. Too
    little information is a standard error above MID/2.8, so that even one adequate trial would know more:
    one step, and two where it holds less than half of that trial's information. The rating is the worst
    over the assumptions on how much trials differ, or that of the narrowest where the differences between
    trials were counted as inconsistency.
    """
    name = DOMAINS[2]
    if body.median is None:
        return Domain(name, 3, "No trial gives evidence that can be weighed.")
    if not (body.sized or body.sided):
        return Domain(name, 3, "The trials tell neither size nor direction.")
    spans = body.spans[:1] if spread_counted else body.spans
    rated = [(_steps(body, span), span) for span in spans]
    down, span = max(rated, key=lambda item: (item[0], item[1].high - item[1].low))
    return Domain(name, down, _reason(body, span, down))


def crossed(body: Body, span: Span) -> tuple[float, ...]:
    """Return the thresholds that an interval crosses."""
    return tuple(threshold for threshold in body.thresholds if span.low < threshold < span.high)


def _steps(body: Body, span: Span) -> int:
    over = crossed(body, span)
    large = _LARGE * body.mid
    both = len(over) == 2 and body.target == "little or no effect"
    return max(
        len(over) + (both and span.low <= -large and span.high >= large),
        _short(body.mid, span.se),
    )


def _short(mid: float, se: float) -> int:
    """Return the steps for too little information: that of a standard error of MID/2.8 is enough."""
    share = (mid / POWER / se) ** 2 if se > 0 else 1.0
    return (share < 1.0) + (share < 0.5)


def _reason(body: Body, span: Span, down: int) -> str:
    low, high = (_shown(body, end) for end in (span.low, span.high))
    start = f"{capital(span.assumes)}, the" if span.assumes else "The"
    reach = f"{start} interval of the mean effect ({low} to {high})"
    over = crossed(body, span)
    if not down:
        return f"{reach} crosses no threshold, and the information is enough."
    if down > len(over) == 2:
        return f"{reach} crosses {_named(body, over)} and reaches large effects both ways."
    if down > len(over):
        least = "less than half of the information of" if down > 1 else "less information than"
        crosses = f"crosses {_named(body, over)}" if over else "crosses no threshold"
        return f"{reach} {crosses}; it holds {least} one adequate trial."
    return f"{reach} crosses {_named(body, over)}."


def _named(body: Body, over: Sequence[float]) -> str:
    return listing("no effect" if threshold == 0 else _shown(body, threshold) for threshold in over)


def _shown(body: Body, value: float) -> str:
    return number(math.exp(value), 2) if body.ratio else number(value)


def indirectness(body: Body, flag_domains: Mapping[str, str]) -> Domain:
    """Rate down once for any stated reason (population, comparator) or flags on half the weight or more."""
    name = DOMAINS[3]
    flagged = [trial for trial in body.trials if any(flag_domains.get(flag) == name for flag in trial.flags)]
    reasons = list(body.indirect)
    if flagged and body.share(flagged) >= DECISIVE:
        reasons.append(f"flagged: {', '.join(trial.label for trial in flagged)}")
    if not reasons:
        return Domain(name, 0, "The trials ask this question.")
    return Domain(name, 1, f"{capital('; '.join(reasons))}.")


def missing_evidence(body: Body, flag_domains: Mapping[str, str]) -> Domain:
    """Rate down once where results that were not reported could change the answer.

    That is: where results that trialists measured or planned and did not report would move the probability
    across a mark with no more than a small effect (`evidence.results.missing`); where trials flagged for
    selective reporting give half of the information; with ten trials or more, where a small-study test gives
    p < 0.1. A trial that prints a test and no number is in the analysis and is not missing.
    """
    name = DOMAINS[4]
    flagged = [trial for trial in body.trials if any(flag_domains.get(flag) == name for flag in trial.flags)]
    reasons = list(body.missing)
    if flagged and body.share(flagged) >= DECISIVE:
        reasons.append(f"flagged: {', '.join(trial.label for trial in flagged)}")
    if body.small_study_p is not None and body.small_study_p < 0.1:
        reasons.append(f"small trials differ from large ones (p = {body.small_study_p:.2g})")
    if not reasons:
        return Domain(name, 0, "No result is known to be missing that could change the answer.")
    return Domain(name, 1, f"{capital('; '.join(reasons))}.")
