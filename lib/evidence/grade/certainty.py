"""How sure anyone can be: GRADE, computed first, so that an editor overrides a stated reason.

Rules follow the GRADE handbook (Schünemann et al. 2013) and Cochrane Handbook chapter 14 where they give one;
where they ask for judgement, the rule used here is in the docstring of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evidence.meta import Pooled
from evidence.wording.numbers import plural

Level: TypeAlias = Literal["high", "moderate", "low", "very low"]
LEVELS: Final[tuple[Level, ...]] = ("high", "moderate", "low", "very low")
#: Share of the people randomised whose results are enough.
ENOUGH_ANALYSED: Final = 0.8
DOMAINS: Final = ("risk of bias", "inconsistency", "imprecision", "indirectness", "reporting bias")


@dataclass(frozen=True, slots=True)
class Trial:
    """What certainty needs to know of a trial.

    Attributes
    ----------
    label : str
    randomised, analysed : int or None
        People; None where the text read does not say.
    people : int or None
        People behind its result.
    blinding : str
        ``double``, ``single``, ``open`` or ``unclear``.
    flags : tuple of str
        Codes of its flags, without those that only inform.
    weight : float
        Share of the pooled estimate, from 0 to 1; equal shares where nothing is pooled.
    """

    label: str
    randomised: int | None
    analysed: int | None
    people: int | None
    blinding: str
    flags: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Body:
    """A body of evidence on one question, outcome and window.

    Attributes
    ----------
    trials : sequence of Trial
        Those that enter the pooled estimate, or all that say something where nothing is pooled.
    pooled : Pooled or None
    mid : float
        The smallest important difference on the scale of the pooled effect, positive.
    optimal_size : int
        People that one adequate trial would need to detect the MID (optimal information size).
    silent : int
        Trials of the question that give no number that can be pooled, although followed to the time.
    indirect : sequence of str
        Reasons for which the trials do not answer the question directly.
    small_study_p : float or None
        p-value of a small-study test, where at least 10 trials allow one.
    """

    trials: Sequence[Trial]
    pooled: Pooled | None
    mid: float
    optimal_size: int
    silent: int
    indirect: Sequence[str] = ()
    small_study_p: float | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """One GRADE domain: how many levels it takes off (0 to 2), and why."""

    name: str
    down: int
    reason: str
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Certainty:
    """The certainty of a body of evidence and the five ratings that make it."""

    level: Level
    domains: tuple[Domain, ...]

    @property
    def symbols(self) -> str:
        """GRADE's four circles, filled as far as the certainty goes."""
        filled = 4 - LEVELS.index(self.level)
        return "⊕" * filled + "⊖" * (4 - filled)


def rate(body: Body, flag_domains: Mapping[str, str], overrides: Mapping[str, tuple[int, str]]) -> Certainty:
    """Rate a body of evidence from randomised trials.

    Parameters
    ----------
    flag_domains : mapping of str to str
        The GRADE domain to which a flag speaks, by flag code.
    overrides : mapping of str to (int, str)
        Editors' ratings: levels down and reason, by domain.
    """
    computed = (
        risk_of_bias(body, flag_domains),
        inconsistency(body),
        imprecision(body),
        indirectness(body, flag_domains),
        reporting_bias(body, flag_domains),
    )
    domains = tuple(
        Domain(domain.name, *overrides[domain.name], overridden=True) if domain.name in overrides else domain
        for domain in computed
    )
    return Certainty(LEVELS[min(sum(domain.down for domain in domains), 3)], domains)


def risk_of_bias(body: Body, flag_domains: Mapping[str, str]) -> Domain:
    """Rate down once because RoB 2 was not assessed, twice where known faults carry half the weight or more.

    Known faults are a flag of this domain, no double blinding, or results for under 80% of those randomised.
    """
    faulty = [trial for trial in body.trials if _faults(trial, flag_domains)]
    share = _share(faulty, body.trials)
    reason = "RoB 2 was not assessed: most trials were read as abstracts"
    if not faulty:
        return Domain(DOMAINS[0], 1, f"{reason}.")
    named = "; ".join(f"{trial.label}: {', '.join(_faults(trial, flag_domains))}" for trial in faulty)
    return Domain(DOMAINS[0], 2 if share >= 0.5 else 1, f"{reason}. Known faults: {named}.")


def inconsistency(body: Body) -> Domain:
    """Rate down once for I² over 50% or a prediction interval from benefit beyond the MID to harm.

    Twice where both hold and I² is over 75%. One trial cannot be inconsistent. The prediction interval of
    two trials, or of trials that differ no more than chance allows, repeats their imprecision and does not
    count.
    """
    pooled, name = body.pooled, DOMAINS[1]
    if pooled is None or pooled.k < 2:
        return Domain(name, 0, "Cannot be judged: fewer than two trials give a number.")
    shown = prediction_counts(pooled)
    spread = shown and pooled.pi_low <= -body.mid and pooled.pi_high > 0
    down = (pooled.i2 > 50 or spread) + (pooled.i2 > 75 and spread)
    reach = "reaches" if spread else "does not reach"
    prediction = f"; the prediction interval {reach} from an important benefit to harm" if shown else ""
    return Domain(name, down, f"I² is {pooled.i2:.0f}%{prediction}.")


def prediction_counts(pooled: Pooled) -> bool:
    """Whether a prediction interval says more than the interval of the mean: three trials that differ."""
    return pooled.k >= 3 and pooled.tau2 > 0


def imprecision(body: Body) -> Domain:
    """Rate down once where the interval holds important and unimportant effects, or people are too few.

    Too few means fewer than the optimal information size; fewer than half of it counts twice (after GRADE
    guidance 35, Schünemann et al. 2022, on large effects from few people). Twice also where the interval
    holds important benefit and important harm, nothing could be pooled, or both single reasons hold.
    """
    pooled, name = body.pooled, DOMAINS[2]
    if pooled is None:
        return Domain(name, 2, "No trial gives a number that could be pooled.")
    people = sum(trial.people or 0 for trial in body.trials)
    low, high, mid = pooled.ci_low, pooled.ci_high, body.mid
    if low <= -mid and high >= mid:
        return Domain(name, 2, "The interval holds an important benefit and an important harm.")
    wide = (low <= -mid < high) or (low < mid <= high)
    few = (people < body.optimal_size) + (people < body.optimal_size / 2)
    reasons = [
        "the interval holds both an important and an unimportant effect" if wide else "",
        f"{people:,} people, fewer than the {body.optimal_size:,} of one adequate trial" if few else "",
    ]
    said = "; ".join(reason for reason in reasons if reason)
    reason = f"{said[0].upper()}{said[1:]}." if said else "The interval is narrow and the people are enough."
    return Domain(name, min(wide + few, 2), reason)


def indirectness(body: Body, flag_domains: Mapping[str, str]) -> Domain:
    """Rate down once for any stated reason (population, comparator) or flags on half the weight or more."""
    name = DOMAINS[3]
    flagged = [trial for trial in body.trials if any(flag_domains.get(flag) == name for flag in trial.flags)]
    reasons = list(body.indirect)
    if flagged and _share(flagged, body.trials) >= 0.5:
        reasons.append(f"flagged: {', '.join(trial.label for trial in flagged)}")
    if not reasons:
        return Domain(name, 0, "The trials ask this question.")
    return Domain(name, 1, f"{'; '.join(reasons)}.")


def reporting_bias(body: Body, flag_domains: Mapping[str, str]) -> Domain:
    """Rate down once where a third or more of the trials give no usable number, or one is flagged.

    With at least 10 trials also where a small-study test gives p < 0.1.
    """
    name = DOMAINS[4]
    total = len(body.trials) + body.silent if body.pooled is not None else max(len(body.trials), body.silent)
    flagged = [t.label for t in body.trials if any(flag_domains.get(flag) == name for flag in t.flags)]
    reasons = []
    if total and body.silent >= total / 3:
        give = "gives" if body.silent == 1 else "give"
        reasons.append(f"{body.silent:,} of {plural(total, 'trial')} {give} no number that could be pooled")
    if flagged:
        reasons.append(f"flagged: {', '.join(flagged)}")
    if body.small_study_p is not None and body.small_study_p < 0.1:
        reasons.append(f"small trials differ from large ones (p = {body.small_study_p:.2g})")
    if not reasons:
        return Domain(name, 0, "Most trials give a number that can be pooled.")
    return Domain(name, 1, f"{'; '.join(reasons)}.")


def _faults(trial: Trial, flag_domains: Mapping[str, str]) -> list[str]:
    faults = [flag.replace("_", " ") for flag in trial.flags if flag_domains.get(flag) == DOMAINS[0]]
    if trial.blinding != "double":
        faults.append(f"blinding {trial.blinding}")
    if trial.randomised and trial.analysed and trial.analysed < ENOUGH_ANALYSED * trial.randomised:
        faults.append(f"{trial.analysed} of {trial.randomised} analysed")
    return faults


def _share(some: Sequence[Trial], all_trials: Sequence[Trial]) -> float:
    total = sum(trial.weight for trial in all_trials)
    return sum(trial.weight for trial in some) / total if total else 0.0
