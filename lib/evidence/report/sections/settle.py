"""What would settle a question: how many people a trial needs to tell what matters from nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evidence.dataset import Dataset
from evidence.effects import Effect, reference_sd
from evidence.meta.bayesian.next_trial import chance_to_move, largest_variance
from evidence.question import main_outcome
from evidence.report.sections.headline import main_analysis
from evidence.results.analysis import Analysis, sample_size
from evidence.results.posterior import LIKELY, UNLIKELY
from evidence.results.posterior_words import percent
from evidence.wording.numbers import listing, number
from evidence.wording.sentences import points

#: People in the smallest and in the largest trial that is thought of.
FEWEST: Final = 10
MOST: Final = 1_000_000
_ROUND: Final = 10  # people


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard deviation in points, and whose it is."""

    sd: float
    whose: str


def spread(ds: Dataset, analyses: Sequence[Analysis]) -> Spread:
    """Return the standard deviation with which a trial is planned.

    That of the trials with two arms whose report gives a spread, where the number that stands for the report
    rests on such trials; else the reference of all trials in the tables.
    """
    main = main_analysis(analyses)
    own = [e for e in main.numeric if e.evidence_class == "reported" and not e.reexpressed] if main else []
    known = [(effect, sd) for effect in own if (sd := own_sd(effect)) is not None]
    if not known:
        return Spread(reference_sd(ds).sd, "that the trials of this book report")
    weight = sum((e.n_experimental or 0) + (e.n_control or 0) - 2 for e, _ in known)
    within = sum(sd**2 * ((e.n_experimental or 0) + (e.n_control or 0) - 2) for e, sd in known)
    return Spread(math.sqrt(within / weight), f"of {listing(effect.label for effect, _ in known)}")


def own_sd(effect: Effect) -> float | None:
    """Return the standard deviation within the arms of a two-arm trial; None where it cannot be had.

    Notes
    -----
    SE² = SD² (1/n₁ + 1/n₂) for a difference of two means with one standard deviation (Cochrane Handbook
    6.5.2.3).

    Examples
    --------
    A standard error of 7 with 30 people in each arm: 7 / √(2/30) = 27.1.
    """
    n1, n2 = effect.n_experimental, effect.n_control
    if effect.design == "crossover" or effect.vi is None or effect.scale != "points" or not n1 or not n2:
        return None
    return math.sqrt(effect.vi / (1 / n1 + 1 / n2)) if n1 + n2 > 2 else None


def needed(ds: Dataset, analyses: Sequence[Analysis]) -> str:
    """Say how many people a trial needs: to detect the smallest difference that matters, and to settle it."""
    mid, known = main_outcome(ds).mid, spread(ds, analyses)
    people = sample_size(mid, known.sd)
    planned = (
        f"To tell a difference of {points(mid)} from none, a trial with two equal arms would need "
        f"{people:,} people (80% power, two-sided test at 5%), at the standard deviation "
        f"{known.whose}: {number(known.sd)} points."
    )
    main = main_analysis(analyses)
    said = "" if main is None or main.doubtful else _moves(main, known.sd, people)
    return f"{planned} {said}".rstrip()


def _moves(main: Analysis, sd: float, people: int) -> str:
    """Say how large a trial would have to be to make the probability of an important fall high or low."""
    answer = main.posterior
    assert answer is not None
    now, parts, sure = answer.important.value, answer.primary.parts, (UNLIKELY, LIKELY)
    what = (
        f"that {main.subject[:1].lower()}{main.subject[1:]} lowers {main.outcome} {main.when} "
        f"by {points(main.mid)} or more"
    )
    limits = f"{percent(LIKELY)} or more, or to {percent(UNLIKELY)} or less"
    if not UNLIKELY < now < LIKELY:
        side = f"at least {percent(LIKELY)}" if now >= LIKELY else f"at most {percent(UNLIKELY)}"
        return f"The probability {what} is {percent(now)}, already {side}."
    begin = f"The probability {what} is {percent(now)} now."
    variance = largest_variance(parts, -main.mid, sure, LIKELY, *(variance_of(n, sd) for n in (MOST, FEWEST)))
    if variance is not None:
        size = _ROUND * math.ceil(4 * sd**2 / variance / _ROUND)
        chance = percent(LIKELY)
        return f"{begin} A trial of {size:,} people would move it to {limits}, with a chance of {chance}."
    here, best = (chance_to_move(parts, variance_of(n, sd), -main.mid, sure) for n in (people, MOST))
    return (
        f"{begin} A trial of {people:,} people would move it to {limits}, with a chance of {percent(here)}; "
        f"the largest trial one can think of, with one of {percent(best)}: trials differ from one another, "
        "so that it takes more than one."
    )


def variance_of(people: int, sd: float) -> float:
    """Return the sampling variance of a difference of means between two equal arms."""
    return 4 * sd**2 / people
