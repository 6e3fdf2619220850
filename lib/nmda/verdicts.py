"""Verdicts on public claims: a fixed scale, and rules that turn results into a place on it.

Each rule is a pure function. It returns the verdict with its reason, and its docstring is what the claims
page prints as the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evidence.grade.certainty import Level
from evidence.wording.numbers import listing, number, plural
from nmda.facts import Finding, HarmRatio, Mood

Verdict: TypeAlias = Literal[
    "supported",
    "supported with limits",
    "not supported",
    "contradicted",
    "not measured",
    "true",
    "true in part",
    "true, because nobody measured it",
    "wrong about the review",
    "out of scope",
]
#: Three scales: for claims that something is so, that something has not been shown, and about the review.
MEANINGS: Final[dict[Verdict, str]] = {
    "supported": "The trials show it, by the rule below.",
    "supported with limits": "Some of it is shown, or with little certainty.",
    "not supported": "The trials found do not show it. They may not exclude it either.",
    "contradicted": "The trials show otherwise.",
    "not measured": "No trial here measured it. That is not the same as no effect.",
    "true": "It says that something has not been shown, and the trials found do not show it.",
    "true in part": "Some of what it says fits the trials found, and some does not.",
    "true, because nobody measured it": "It has not been shown, and no trial here could have shown it.",
    "wrong about the review": "What can be seen of the review and of the trials found does not fit it.",
    "out of scope": "Not a question that the trials of this book can answer.",
}
_SILENT: Final = "No trial says anything on pain."
_SURE: Final[tuple[Level, ...]] = ("high", "moderate")
_FAIR: Final[tuple[Level, ...]] = ("high", "moderate", "low")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, why, and the numbers that made it."""

    verdict: Verdict
    reason: str
    numbers: str = ""

    @property
    def said(self) -> str:
        """The reason with its numbers."""
        return f"{self.reason} {self.numbers}".strip()


def relief(findings: Sequence[Finding], mid: float) -> Judged:
    """A claim that the drug relieves pain.

    Supported: relief by the smallest difference that matters is probable (80% or more under every named
    prior), with moderate or high certainty. Supported with limits: relief at all is probable, with low
    certainty or better of a relief that matters.
    Contradicted: every interval excludes a benefit that matters, one with low certainty or better, and no
    trial is without a number. Not measured: no trial says anything. Otherwise not supported.
    """
    if not findings:
        return Judged("not measured", "No trial says anything on pain in these people at these times.")
    known = [f for f in findings if f.low is not None and f.high is not None]
    said = f"{listing(f.words for f in findings)}."
    if any(f.matters(mid) and f.benefit(_SURE) for f in known):
        return Judged("supported", said)
    if any(f.relieves and f.benefit(_FAIR) for f in known):
        return Judged("supported with limits", said)
    if _excludes_benefit(findings, mid):
        return Judged("contradicted", said)
    return Judged("not supported", said)


def no_clear_relief(findings: Sequence[Finding], mid: float) -> Judged:
    """A claim that there is no clear evidence of relief.

    Contradicted: relief by the smallest difference that matters is probable (80% or more under every named
    prior), with moderate or high certainty. True in part: relief at all is probable somewhere, but no such
    certainty goes with it. True,
    because nobody measured it: no trial says anything. Otherwise true. An interval that rests on trials whose
    integrity is in doubt does not count.
    """
    if not findings:
        return Judged("true, because nobody measured it", _SILENT)
    known = [f for f in findings if f.high is not None and not f.doubtful]
    doubted = [f for f in findings if f.doubtful]
    aside = f" Not counted: {listing(f.words for f in doubted)}." if doubted else ""
    if any(f.matters(mid) and f.benefit(_SURE) for f in known):
        return Judged("contradicted", f"Shown with moderate or high certainty: {_beyond(known, mid)}.")
    some = [f for f in known if f.relieves]
    if some:
        have = "has" if len(some) == 1 else "have"
        return Judged(
            "true in part",
            f"Of {plural(len(findings), 'question')}, {len(some):,} {have} a probable relief, "
            f"none with enough certainty: {listing(f.words for f in some)}.{aside}",
        )
    said = f"In none of {_intervals(known)} is relief probable under every prior"
    return Judged("true", f"{said}.", f"{'; '.join(f.words for f in known)}.{aside}")


def _beyond(known: Sequence[Finding], mid: float) -> str:
    sure = [f for f in known if f.matters(mid) and f.benefit(_SURE)]
    return listing(f.words for f in sure)


def _intervals(known: Sequence[Finding]) -> str:
    """Count intervals, and those that are of one trial: "7 intervals (3 of a single trial)"."""
    single = sum(f.k == 1 for f in known)
    return plural(len(known), "interval") + (f" ({single:,} of a single trial)" if single else "")


def no_benefit(findings: Sequence[Finding], mid: float) -> Judged:
    """A claim that drugs gave no benefit.

    Absence of evidence does not support it. Supported: every interval excludes a benefit that matters,
    one with low certainty or better, and no trial is without a number. Contradicted: an interval excludes
    zero in favour of the drug, with low certainty or better of a benefit that matters. Not measured: no
    trial says anything. Otherwise not supported.
    """
    if not findings:
        return Judged("not measured", _SILENT)
    known = [f for f in findings if f.gains is not None]
    shown = [f for f in known if f.shown and f.benefit(_FAIR)]
    if shown:
        return Judged(
            "contradicted", f"Excludes zero in favour of a drug: {listing(f.words for f in shown)}."
        )
    if _excludes_benefit(findings, mid):
        return Judged("supported", "Every interval excludes a benefit that matters.")
    include = sum(not f.excludes(mid) for f in known)
    return Judged(
        "not supported",
        f"Of {_intervals(known)}, {include:,} include a benefit that matters ({number(mid, 0)} points or "
        f"more); {plural(len(findings) - len(known), 'further question has', 'further questions have')} no "
        "number. Unclear is not the same as none.",
        f"{'; '.join(f.words for f in known)}.",
    )


def regimen_relief(tested: bool, regimens: str, findings: Sequence[Finding], mid: float) -> Judged:
    """A claim that one way of giving the drug relieves pain.

    Where a trial gave the drug that way, the rule for relief decides. Where none did: not supported if
    trials of other ways say something on the same people and times, and not measured if none does.
    """
    judged = relief(findings, mid)
    if tested or judged.verdict == "not measured":
        return Judged(judged.verdict, f"{regimens} {judged.reason}")
    return Judged("not supported", f"No trial gave the drug that way: {regimens} {judged.reason}")


def more_harm(ratios: Sequence[HarmRatio]) -> Judged:
    """A claim that the drug causes several harms.

    Contradicted: an interval lies wholly below 1. Supported: every harm named has, by some route, an
    interval wholly above 1. Supported with limits: some have. Not measured: no trial compares any of them.
    Otherwise not supported.
    """
    known = [r for r in ratios if r.low is not None and r.high is not None]
    if not known:
        return Judged("not measured", "No trial counts any of these harms in both arms.")
    shown = [r for r in known if r.low is not None and r.low > 1]
    rest = [r for r in known if r not in shown]
    missing = [r.harm for r in ratios if r.low is None]
    left = f" Not clearly more common: {listing(r.words for r in rest)}." if rest else ""
    left += f" Not compared in any usable way: {listing(missing)}." if missing else ""
    less = [r.words for r in known if r.high is not None and r.high < 1]
    if less:
        return Judged("contradicted", f"Less common on the drug: {listing(less)}.")
    if not shown:
        return Judged("not supported", f"No interval lies above 1.{left}")
    every = {r.harm for r in shown} == {r.harm for r in ratios}
    verdict: Verdict = "supported" if every else "supported with limits"
    return Judged(verdict, f"More common on the drug: {listing(r.words for r in shown)}.{left}")


def worse_by_route(ratios: Sequence[HarmRatio], route: str) -> Judged:
    """A claim that harms are worse by one route.

    Not measured: no harm has a ratio by that route and by another. Otherwise the comparison is indirect,
    so that it is at best supported with limits: when the interval by that route lies wholly above that of
    every other. Contradicted: it lies wholly below that of another. Otherwise not supported.
    """
    pairs = [
        (own, other)
        for own in ratios
        for other in ratios
        if own.route == route and other.route != route and own.harm == other.harm
        if own.low is not None and other.low is not None
    ]
    if not pairs:
        return Judged(
            "not measured",
            f"No harm has a risk ratio against placebo both by the {route} and by another route.",
        )
    if any(own.high < other.low for own, other in pairs if own.high is not None and other.low is not None):
        return Judged("contradicted", f"A harm is less common by the {route} route, compared indirectly.")
    if all(own.low > other.high for own, other in pairs if own.low is not None and other.high is not None):
        return Judged(
            "supported with limits", f"Intervals by the {route} route lie above, compared indirectly."
        )
    compared = dict.fromkeys(r.words for pair in pairs for r in pair)
    return Judged("not supported", f"The intervals of the routes overlap: {'; '.join(compared)}.")


def not_shown(results: Sequence[Mood], inside: str) -> Judged:
    """A claim that the drug has not been shown to improve something.

    True, because nobody measured it: no trial inside the scope reports it. True: none of those that did
    found it better. True in part: one did, or none against placebo. Contradicted: two or more did, one of
    them against placebo.
    """
    if not results:
        return Judged("true, because nobody measured it", f"No trial in {inside} reports it.")
    better = [r for r in results if r.direction > 0]
    count = plural(len(results), "trial reports", "trials report")
    if not better:
        return Judged("true", f"{count} it: {listing(r.label for r in results)}. None found it better.")
    if len(better) > 1 and any(r.inert for r in better):
        return Judged("contradicted", f"{count} it. Better on the drug: {listing(r.label for r in better)}.")
    against = "" if any(r.inert for r in better) else ", compared with another drug and not with placebo"
    return Judged(
        "true in part",
        f"{count} it, and {len(better):,} found it better on the drug "
        f"({listing(r.label for r in better)}{against}). That is too little to call it shown.",
    )


def covered(trials: Mapping[str, int]) -> Judged:
    """A claim about the illnesses that the review studied.

    By the number of trials in each, of those found for this book and those that the review's own rows name.
    Supported: all have one. True in part: some have. Otherwise wrong about the review.
    """
    with_trial = [name for name, count in trials.items() if count]
    said = listing(f"{name} {count:,}" for name, count in trials.items())
    if len(with_trial) == len(trials):
        return Judged("supported", f"Trials found: {said}.")
    if with_trial:
        return Judged("true in part", f"Trials found: {said}.")
    return Judged("wrong about the review", f"Trials found: {said}.")


def outside(test: str | None) -> Judged | None:
    """A claim that no trial of these drugs can answer.

    Out of scope: the table of claims says that it is not a question for trials, or lies outside the data.
    """
    if test is not None and test.lower().startswith(("not a question for trials", "outside the data")):
        return Judged("out of scope", f"{test}.")
    return None


def _excludes_benefit(findings: Sequence[Finding], mid: float) -> bool:
    """Whether all intervals exclude an important benefit, one of them with low certainty or better."""
    known = all(f.excludes(mid) and not f.unmeasured for f in findings)
    return known and any(f.certainty in _FAIR for f in findings)
