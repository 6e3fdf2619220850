"""What is said of a posterior: every sentence once, for the pages and for the script that recomputes one.

A name in braces is filled in when the sentence is said. Which sentence is said when stands in
`evidence.results.posterior_words` and, of the same names, in ``_static/whatif.js``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from evidence.wording.numbers import number

#: Small counts as words.
ONES: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

SENTENCES: Final[Mapping[str, str]] = {
    # the first sentence
    "one": "One trial found {outcome} {effect} with {subject} {when}.",
    "one untold": "One trial compared {outcome} with {subject} {when}, without a number: {said}.",
    "mean": "If trials differ as such trials usually do, {mean}.",
    "lowers": "{subject} lowers {outcome} {when} by {size} on average ({span})",
    "raises": "{subject} raises {outcome} {when} by {size} on average ({span})",
    "probably": "{subject} probably {helps} {outcome} {when}, by {size} on average ({span})",
    "open": "it is open whether {subject} {helps} {outcome} {when}: {size} {side} on average ({span})",
    "direction": "{Subject} probably {helps} {outcome} {when}; by how much cannot be said.",
    "not": "{Subject} probably does not {help} {outcome} {when}; by how much cannot be said.",
    "cannot": "The trials cannot say what {subject} does to {outcome} {when}.",
    "nothing": "The trials give nothing from which the effect of {subject} on {outcome} {when} follows.",
    "only doubted": "On the effect of {subject} on {outcome} {when} {reports}.",
    "a report": "there is only a report that we doubt",
    "reports": "there are only {count} reports that we doubt",
    # where a reader of a page has left nothing to compute with
    "none": "No trial is left in, so that nothing follows.",
    "flat": "Where every mean effect is taken as equally likely, a trial with a number is needed.",
    # what lies behind it
    "number": "{count} trial gives numbers",
    "numbers": "{count} trials give numbers",
    "test": "{count} trial gives only a test or a direction",
    "tests": "{count} trials give only a test or a direction",
    "more tests": "{count} only a test or a direction",
    "behind": "{evidence} ({people} behind the numbers)",
    "such trials": "For the mean effect in such trials: {effect}",
    "tests alone": "From tests alone: {effect}",
    "numbers alone": "From the numbers alone: {effect}",
    "relief": "That it {helps} {outcome} at all: {chance}",
    "important": "By {mid} points or more: {chance}",
    "again": "That a new trial's true effect is that large: {chance}",
    "no chances": "Reports in doubt carry half of this or more: no probability is given",
    "fall": "a mean fall of more than {size} points",
    "rise": "a mean rise of more than {size} points",
    "is unlikely": "{what} is unlikely",
    "are unlikely": "{what} are unlikely",
    "doubted": "Left out here and shown apart, because the report is in doubt: {named}",
    # what is not said
    "refuses all": "nothing follows: no number, and no test with the number of its people",
    "refuses sides": "no size and no direction: the tests do not tell the sides apart",
    "refuses size": "no size: no trial gives a number, and the prior would decide",
    "refuses direction": "no direction: the prior would decide",
    "refuses doubt": "no probability: reports in doubt carry half or more",
    # numbers
    "effect": "{size} points {side} ({span})",
    "credible": "95% CrI {span}",
    "confidence": "95% CI {span}",
    "lower span": "{low} to {high} lower",
    "higher span": "{low} to {high} higher",
    "both spans": "{low} lower to {high} higher",
    "point": "1 point",
    "points": "{size} points",
    "lower": "lower",
    "higher": "higher",
    "same": "different",
    "person": "{count} person",
    "people": "{count} people",
    "percent": "{share}%",
    "hardly": "under 1%",
    "nearly": "over 99%",
    "range": "{value} ({low} to {high} under other assumptions)",
    "and": " and ",
    "comma": ", ",
}


def say(name: str, **values: object) -> str:
    """Return a sentence with its values.

    Examples
    --------
    >>> say("points", size=12)
    '12 points'
    """
    return fill(SENTENCES[name], values)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a text with the values that are known put into its braces; others stay.

    Examples
    --------
    >>> fill("{size} points {side}", {"size": 3})
    '3 points {side}'
    """
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], match[0])), text)


def percent(probability: float) -> str:
    """Return a probability in whole percent, never 0 or 100.

    Examples
    --------
    >>> percent(0.001), percent(0.47), percent(0.9999)
    ('under 1%', '47%', 'over 99%')
    """
    if probability < 0.01:
        return SENTENCES["hardly"]
    return SENTENCES["nearly"] if probability > 0.99 else say("percent", share=round(100 * probability))


def effect(estimate: float, low: float, high: float, name: str = "confidence") -> str:
    """Return a difference without signs: "27.7 points lower (95% CI 14.0 to 41.4 lower)"."""
    side = "same" if round(abs(estimate), 1) == 0 else "lower" if estimate < 0 else "higher"
    return say("effect", size=number(abs(estimate)), side=SENTENCES[side], span=span(low, high, name=name))


def span(low: float, high: float, digits: int = 1, name: str = "confidence") -> str:
    """Return an interval without signs, with what it is."""
    ends = {"low": number(abs(low), digits), "high": number(abs(high), digits)}
    if high < 0:
        words = say("lower span", low=ends["high"], high=ends["low"])
    elif low > 0:
        words = say("higher span", **ends)
    else:
        words = say("both spans", **ends)
    return say(name, span=words)


def in_words(count: int) -> str:
    """Return a small count as a word."""
    return ONES[count] if count < len(ONES) else f"{count:,}"
