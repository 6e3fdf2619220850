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
from evidence.report.sections.headline import EARLY, main_analysis
from evidence.results.analysis import Analysis, sample_size
from evidence.results.posterior import LIKELY, UNLIKELY
from evidence.results.posterior_words import chance, inside, percent
from evidence.wording.numbers import listing, number
from evidence.wording.sentences import points

#: People in the smallest and in the largest trial that is thought of.
FEWEST: Final = 10
MOST: Final = 1_000_000
_ROUND: Final = 10  # people


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard deviation in points, whose it is, and whether it is that of trials of the question."""

    sd: float
    whose: str
    own: bool = False

    def __str__(self) -> str:
        """Name it in a sentence: "the standard deviation of Sigtermans 2009, 27.1 points"."""
        return f"the standard deviation {self.whose}, {number(self.sd)} points"


def spread(ds: Dataset, analysis: Analysis | None) -> Spread:
    """Return the standard deviation with which a trial is planned that measures at the time of a question.

    That of the trials with two arms whose report gives a spread at that time, pooled by degrees of freedom;
    else the reference of all trials in the tables.
    """
    own = (
        [e for e in analysis.numeric if e.evidence_class == "reported" and not e.reexpressed]
        if analysis
        else []
    )
    known = [(effect, sd) for effect in own if (sd := own_sd(effect)) is not None]
    if not known:
        return Spread(reference_sd(ds).sd, "that the trials of this book report")
    weight = sum((e.n_experimental or 0) + (e.n_control or 0) - 2 for e, _ in known)
    within = sum(sd**2 * ((e.n_experimental or 0) + (e.n_control or 0) - 2) for e, sd in known)
    return Spread(math.sqrt(within / weight), f"of {listing(effect.label for effect, _ in known)}", own=True)


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
    """Say how many people a trial needs: to detect the smallest difference that matters, and to settle it.

    People differ in pain by more or less as time goes on, so that a size stands for each time that the trials
    of the report's main route give a spread for.
    """
    mid, main = main_outcome(ds).mid, main_analysis(analyses)
    begin = f"To tell a difference of {points(mid)} from none, a trial with two equal arms would need"
    by = "80% power, two-sided test at 5%"
    known = spread(ds, main)
    if main is None:
        return f"{begin} {sample_size(mid, known.sd):,} people ({by}), at {known}."
    times = [a for a in analyses if a.question.route == main.question.route and a.question.window != EARLY]
    planned = [(a, s) for a in times if (s := spread(ds, a)).own or a is main]
    first, *later = [(a.when, f"{sample_size(mid, s.sd):,}", s) for a, s in planned]
    sizes = [f"{first[1]} people where {main.outcome} is measured {first[0]} ({by}), at {first[2]}"]
    sizes += [f"{people} {when}, at that {s.whose}, {number(s.sd)} points" for when, people, s in later]
    said = "" if main.doubtful else _moves(main, known.sd, sample_size(mid, known.sd))
    return f"{begin} {'; '.join(sizes)}. {said}".rstrip()


def _moves(main: Analysis, sd: float, people: int) -> str:
    """Say how large a trial would have to be to make the probability of an important fall high or low.

    Settled is what every named prior agrees on. Where the primary one alone is past a limit, the trial is
    planned under the prior that leaves most open.
    """
    answer = main.posterior
    assert answer is not None
    if not answer.says_chances:
        return ""
    now, sure, edge = answer.important, (UNLIKELY, LIKELY), answer.favourable * main.mid
    what = (
        f"The probability that {inside(main.subject)} {main.labels.toward.verb} {main.outcome} {main.when} "
        f"by {points(main.mid)} or more is {chance(now)}"
    )
    high, low = f"{percent(LIKELY)} or more", f"{percent(UNLIKELY)} or less"
    if now.verb:
        return f"{what}, already {high if now.value >= LIKELY else low}."
    parts, begin = answer.primary.parts, f"{what}."
    if not UNLIKELY < now.value < LIKELY:
        begin += " Which assumption one makes still decides. Under the one that leaves most open, a trial"
        open_most = min(answer.by_prior.values(), key=lambda each: abs(answer.helps(each, main.mid) - 0.5))
        parts = open_most.parts
    else:
        begin += " A trial"
    variance = largest_variance(parts, edge, sure, LIKELY, *(variance_of(n, sd) for n in (MOST, FEWEST)))
    move = f"people would move it to {high}, or to {low}, with a chance of"
    if variance is not None:
        size = _ROUND * math.ceil(4 * sd**2 / variance / _ROUND)
        return f"{begin} of {size:,} {move} {percent(LIKELY)}."
    here, best = (chance_to_move(parts, variance_of(n, sd), edge, sure) for n in (people, MOST))
    return (
        f"{begin} of {people:,} {move} {percent(here)}, and the largest one can think of with one of "
        f"{percent(best)}: since trials differ from one another, it takes more than one."
    )


def variance_of(people: int, sd: float) -> float:
    """Return the sampling variance of a difference of means between two equal arms."""
    return 4 * sd**2 / people
