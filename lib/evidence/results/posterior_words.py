"""A posterior in sentences: what the trials found, what follows for the mean effect, how probable it is.

The sentences take the trials at their word; certainty says how far that goes, and stands beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.effects import Effect
from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer, Probability
from evidence.wording.numbers import capital, listing, number, plural

_ONES = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def headline(analysis: Analysis) -> str:
    """Return the first sentence on a question: a trial's own result, a mean effect, a direction, or none.

    Never the drug's mean effect for one trial, and no size that the prior and not the trials decides.
    """
    answer, outcome, when = analysis.posterior, analysis.outcome, analysis.when
    subject = _inside(analysis.subject)
    if answer is None:
        return _nothing(analysis)
    if answer.k == 1:
        (effect,) = analysis.numeric
        return f"One trial found {outcome} {_apart(*own_interval(effect))} with {subject} {when}."
    if len(analysis.bounded) == 1 and not answer.k:
        (told_of,) = analysis.bounded
        return f"One trial compared {outcome} with {subject} {when}, without a number: {_said(told_of)}."
    if answer.has_size and answer.sided:
        return f"If trials differ as such trials usually do, {_mean_effect(answer, subject, outcome, when)}."
    if answer.has_direction and answer.relief.verb:
        verb = "probably lowers" if answer.relief.verb == "probably" else "probably does not lower"
        return f"{capital(subject)} {verb} {outcome} {when}; by how much cannot be said."
    return f"The trials cannot say what {subject} does to {outcome} {when}."


def told(analysis: Analysis) -> str:
    """Return what lies behind the headline: kinds of evidence, the mean effect, its probabilities."""
    answer = analysis.posterior
    parts = [_evidence(analysis)]
    if answer is not None:
        if answer.k == 1:
            parts.append(f"For the mean effect in such trials: {_mean(answer)}")
        elif not answer.k:
            known = answer.has_size and answer.sided
            parts.append(f"From tests alone: {_mean(answer)}" if known else _ruled_out(answer))
        parts += [probabilities(answer, analysis.outcome), _numbers_only(answer)]
    parts.append(_doubted(analysis.doubted))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def probabilities(answer: PosteriorAnswer, outcome: str) -> str:
    """Return the probabilities that may be printed, each with its range over the named priors."""
    if not (answer.has_direction and answer.sided):
        return ""
    parts = [f"That it lowers {outcome} at all: {chance(answer.relief)}"]
    if answer.has_size:
        parts.append(f"By {number(answer.mid, 0)} points or more: {chance(answer.important)}")
        parts.append(f"That a new trial's true effect is that large: {chance(answer.again)}")
    return ". ".join(parts)


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
    return value if low == high == value else f"{value} ({low} to {high} under other assumptions)"


def percent(probability: float) -> str:
    """Return a probability in whole percent, never 0 or 100.

    Examples
    --------
    >>> percent(0.001), percent(0.47), percent(0.9999)
    ('under 1%', '47%', 'over 99%')
    """
    if probability < 0.01:
        return "under 1%"
    return "over 99%" if probability > 0.99 else f"{round(100 * probability)}%"


def own_interval(effect: Effect) -> tuple[float, float, float]:
    """Return a trial's effect with its own 95% CI: as printed, else the normal one.

    Raises
    ------
    ValueError
        When the trial gives no number.
    """
    if effect.yi is None or effect.se is None:
        raise ValueError(f"{effect.label} gives no number")
    if effect.printed_interval is not None:
        return (effect.yi, *effect.printed_interval)
    reach = 1.959964 * effect.se
    return effect.yi, effect.yi - reach, effect.yi + reach


def _mean_effect(answer: PosteriorAnswer, subject: str, outcome: str, when: str) -> str:
    """Say the mean effect with the verb that the interval and the priors allow."""
    low, high = answer.interval
    span = f"(95% CrI {_span(low, high, 0)})"
    size = _points(abs(answer.primary.median))
    if high < 0 or low > 0:
        verb = "lowers" if high < 0 else "raises"
        return f"{subject} {verb} {outcome} {when} by {size} on average {span}"
    if answer.relief.verb == "probably":
        return f"{subject} probably lowers {outcome} {when}, by {size} on average {span}"
    side = "lower" if answer.primary.median < 0 else "higher"
    return f"it is open whether {subject} lowers {outcome} {when}: {size} {side} on average {span}"


def _mean(answer: PosteriorAnswer) -> str:
    low, high = answer.interval
    return f"{_apart(answer.primary.median, low, high, name='95% CrI')}"


def _said(effect: Effect) -> str:
    """Return what a trial without a number says."""
    return effect.statement.words if effect.statement is not None else "nothing that can be weighed"


def _nothing(analysis: Analysis) -> str:
    about = f"{_inside(analysis.subject)} on {analysis.outcome} {analysis.when}"
    if analysis.doubted:
        return f"On the effect of {about} {_reports(len(analysis.doubted))}."
    return f"The trials give nothing from which the effect of {about} follows."


def _reports(count: int) -> str:
    if count == 1:
        return "there is only a report that we doubt"
    return f"there are only {in_words(count)} reports that we doubt"


def _doubted(effects: Sequence[Effect]) -> str:
    if not effects:
        return ""
    named = listing(effect.label for effect in effects)
    return f"Left out here and shown apart, because the report is in doubt: {named}"


def _evidence(analysis: Analysis) -> str:
    """Say how many trials give numbers and how many only a test or a direction."""
    numbers, tests = len(analysis.numeric), len(analysis.bounded)
    if not (numbers or tests):
        return ""
    parts = []
    if numbers:
        parts.append(f"{in_words(numbers)} {'trial gives' if numbers == 1 else 'trials give'} numbers")
    if tests:
        unit = ("trial gives" if tests == 1 else "trials give") if not numbers else ""
        parts.append(" ".join(part for part in (in_words(tests), unit, "only a test or a direction") if part))
    people = plural(analysis.people, "person", "people") if analysis.people else ""
    return f"{capital(' and '.join(parts))}{f' ({people} behind the numbers)' if people else ''}"


def _numbers_only(answer: PosteriorAnswer) -> str:
    """Say what the silent trials do to the answer."""
    only = answer.numbers_only
    if only is None or only is answer.primary:
        return ""
    low, high = only.interval()
    return f"From the numbers alone: {_apart(only.median, low, high, name='95% CrI')}"


def _ruled_out(answer: PosteriorAnswer) -> str:
    low, high = answer.ruled_out
    parts = [f"a mean fall of more than {number(-low)} points"] if low is not None and low < 0 else []
    parts += [f"a mean rise of more than {number(high)} points"] if high is not None and high > 0 else []
    if not parts:
        return ""
    return f"{capital(listing(parts))} {'is' if len(parts) == 1 else 'are'} unlikely"


def _apart(estimate: float, low: float, high: float, name: str = "95% CI") -> str:
    """Return a difference without signs: "27.7 points lower (95% CI 14.0 to 41.4 lower)"."""
    side = "different" if round(abs(estimate), 1) == 0 else "lower" if estimate < 0 else "higher"
    return f"{number(abs(estimate))} points {side} ({name} {_span(low, high)})"


def _span(low: float, high: float, digits: int = 1) -> str:
    if high < 0:
        return f"{number(-high, digits)} to {number(-low, digits)} lower"
    if low > 0:
        return f"{number(low, digits)} to {number(high, digits)} higher"
    return f"{number(-low, digits)} lower to {number(high, digits)} higher"


def _points(size: float) -> str:
    return "1 point" if round(size) == 1 else f"{number(size, 0)} points"


def in_words(count: int) -> str:
    """Return a small count as a word."""
    return _ONES[count] if count < len(_ONES) else f"{count:,}"


def _inside(subject: str) -> str:
    return subject[:1].lower() + subject[1:]
