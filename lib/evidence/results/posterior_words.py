"""A posterior in sentences: what the trials found, what follows for the mean effect, how probable it is.

The sentences take the trials at their word; certainty says how far that goes, and stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidence.effects import Effect
from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer, Probability
from evidence.wording.numbers import capital, listing, number
from evidence.wording.posterior import SENTENCES, in_words, percent, say, span
from evidence.wording.posterior import effect as difference

__all__ = [
    "chance",
    "headline",
    "inside",
    "own_interval",
    "percent",
    "probabilities",
    "refused",
    "said_by",
    "told",
]


def headline(analysis: Analysis) -> str:
    """Return the first sentence on a question: a trial's own result, a mean effect, a direction, or none.

    Never the drug's mean effect for one trial, and no size that the prior and not the trials decides.
    """
    answer, about = analysis.posterior, _about(analysis)
    if answer is None:
        return _nothing(analysis)
    if answer.k == 1:
        (effect,) = analysis.numeric
        return say("one", effect=difference(*own_interval(effect)), **about)
    if len(analysis.bounded) == 1 and not answer.k:
        (told_of,) = analysis.bounded
        return say("one untold", said=said_by(told_of), **about)
    if answer.says_size:
        return say("mean", mean=_mean_effect(answer, about))
    if answer.has_direction and answer.verb:
        name = "direction" if answer.verb == "probably" else "not"
        return say(name, Subject=capital(about["subject"]), **about)
    return say("cannot", **about)


def told(analysis: Analysis) -> str:
    """Return what lies behind the headline: kinds of evidence, the mean effect, its probabilities."""
    answer = analysis.posterior
    parts = [_evidence(analysis)]
    if answer is not None:
        if answer.k == 1:
            parts.append(say("such trials", effect=_mean(answer)))
        elif not answer.k:
            parts.append(say("tests alone", effect=_mean(answer)) if answer.says_size else _ruled_out(answer))
        parts += [probabilities(answer, _about(analysis)), _numbers_only(answer)]
    parts.append(_doubted(analysis.doubted))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def probabilities(answer: PosteriorAnswer, about: Mapping[str, str]) -> str:
    """Return the probabilities that may be printed, each with its range over the named priors."""
    if not (answer.has_direction and answer.sided):
        return ""
    if not answer.trusted:
        return SENTENCES["no chances"]
    parts = [say("relief", chance=chance(answer.relief), **about)]
    if answer.has_size:
        parts.append(say("important", mid=number(answer.mid, 0), chance=chance(answer.important)))
        parts.append(say("again", chance=chance(answer.again)))
    return ". ".join(parts)


def refused(answer: PosteriorAnswer | None) -> str:
    """Return what a posterior does not say and why: "no size: tests alone, and the prior would decide it"."""
    if answer is None:
        return SENTENCES["refuses all"]
    if not answer.sided:
        return SENTENCES["refuses sides"]
    parts = [] if answer.has_size else ["refuses size"]
    if not answer.trusted:
        parts.append("refuses doubt")
    elif not answer.has_direction:
        parts.append("refuses direction")
    return "; ".join(SENTENCES[name] for name in parts)


def chance(probability: Probability) -> str:
    """Return a probability with its range: "99% (96 to over 99% under other assumptions)".

    Examples
    --------
    >>> chance(Probability(0.912, 0.874, 0.955))
    '91% (87% to 96% under other assumptions)'
    >>> chance(Probability(0.998, 0.996, 0.9999))
    'over 99%'
    """
    value, low, high = (percent(each) for each in (probability.value, probability.low, probability.high))
    return value if low == high == value else say("range", value=value, low=low, high=high)


def own_interval(effect: Effect) -> tuple[float, float, float]:
    """Return a trial's effect with its own 95% CI; see `Effect.own_interval`.

    Raises
    ------
    ValueError
        When the trial gives no number.
    """
    low, high = effect.own_interval
    return float(effect.yi or 0.0), low, high


def said_by(effect: Effect) -> str:
    """Return what a trial without a number says."""
    return effect.statement.words if effect.statement is not None else "nothing that can be weighed"


def _about(analysis: Analysis) -> dict[str, str]:
    """Return what every sentence on a question names."""
    named = {"subject": inside(analysis.subject), "outcome": analysis.outcome, "when": analysis.when}
    return named | analysis.labels.toward.said


def _mean_effect(answer: PosteriorAnswer, about: dict[str, str]) -> str:
    """Say the mean effect with the verb that the interval and the priors allow."""
    low, high = answer.interval
    median = answer.primary.median
    values = {"size": _points(abs(median)), "span": span(low, high, 0, "credible"), **about}
    if high < 0 or low > 0:
        return say("lowers" if high < 0 else "raises", **values)
    if answer.verb == "probably":
        return say("probably", **values)
    return say("open", side=SENTENCES["lower" if median < 0 else "higher"], **values)


def _mean(answer: PosteriorAnswer) -> str:
    return difference(answer.primary.median, *answer.interval, "credible")


def _nothing(analysis: Analysis) -> str:
    about, count = _about(analysis), len(analysis.doubted)
    if not count:
        return say("nothing", **about)
    reports = SENTENCES["a report"] if count == 1 else say("reports", count=in_words(count))
    return say("only doubted", reports=reports, **about)


def _doubted(effects: Sequence[Effect]) -> str:
    return say("doubted", named=listing(effect.label for effect in effects)) if effects else ""


def _evidence(analysis: Analysis) -> str:
    """Say how many trials give numbers and how many only a test or a direction."""
    numbers, tests = len(analysis.numeric), len(analysis.bounded)
    parts = [say("number" if numbers == 1 else "numbers", count=in_words(numbers))] if numbers else []
    if tests:
        name = "more tests" if numbers else "test" if tests == 1 else "tests"
        parts.append(say(name, count=in_words(tests)))
    found = capital(listing(parts))
    if not (found and analysis.people):
        return found
    people = say("person" if analysis.people == 1 else "people", count=f"{analysis.people:,}")
    return say("behind", evidence=found, people=people)


def _numbers_only(answer: PosteriorAnswer) -> str:
    """Say what the silent trials do to the answer."""
    only = answer.numbers_only
    if only is None or only is answer.primary:
        return ""
    return say("numbers alone", effect=difference(only.median, *only.interval(), "credible"))


def _ruled_out(answer: PosteriorAnswer) -> str:
    low, high = answer.ruled_out
    parts = [say("fall", size=number(-low))] if low is not None and low < 0 else []
    parts += [say("rise", size=number(high))] if high is not None and high > 0 else []
    if not parts:
        return ""
    return say("is unlikely" if len(parts) == 1 else "are unlikely", what=capital(listing(parts)))


def _points(size: float) -> str:
    return SENTENCES["point"] if round(size) == 1 else say("points", size=number(size, 0))


def inside(subject: str) -> str:
    """Return the subject of a sentence as it stands inside one."""
    return subject[:1].lower() + subject[1:]
