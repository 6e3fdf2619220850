"""The judgement of RoB 2 from its signalling questions, as its published algorithm makes it.

References
----------
Sterne JAC et al. (2019). RoB 2: a revised tool for assessing risk of bias in randomised trials. BMJ 366,
l4898; the algorithm of each domain as in the full guidance of 22 August 2019 (effect of assignment to
intervention). The domain on period and carry-over is of the variant for crossover trials of 18 March 2021,
whose diagram was not seen here: the rule for it is this project's, and stricter rather than milder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product
from typing import Final, Literal, TypeAlias

Answer: TypeAlias = Literal["Y", "PY", "PN", "N", "NI", "NA"]
Judgement: TypeAlias = Literal["low", "some concerns", "high", "no information"]

#: Yes, probably yes, probably no, no, no information; NA where an earlier answer makes the question idle.
ANSWERS: Final[tuple[Answer, ...]] = ("Y", "PY", "PN", "N", "NI", "NA")

#: Domains in order, with their names.
DOMAINS: Final = {
    "D1": "randomisation process",
    "DS": "period and carry-over effects",
    "D2": "deviations from the intended interventions",
    "D3": "missing outcome data",
    "D4": "measurement of the outcome",
    "D5": "selection of the reported result",
}

#: Signalling questions of each domain, in our words.
QUESTIONS: Final = {
    "D1": {
        "1.1": "Was the allocation sequence random?",
        "1.2": "Was it concealed until people were enrolled and assigned?",
        "1.3": "Do differences at the start suggest that randomisation went wrong?",
    },
    "DS": {
        "S.1": "Did about as many people get each order of treatments?",
        "S.2": "Did the analysis allow for the period?",
        "S.3": "Was there time for effects of the first treatment to pass?",
    },
    "D2": {
        "2.1": "Did people know which treatment they had?",
        "2.2": "Did those who treated them know?",
        "2.3": "Did treatment deviate from what was intended because of the trial?",
        "2.4": "Were these deviations likely to affect the outcome?",
        "2.5": "Were they balanced between the groups?",
        "2.6": "Did the analysis estimate the effect of assignment?",
        "2.7": "Could leaving people out of their group have changed the result much?",
    },
    "D3": {
        "3.1": "Are there data for all, or nearly all, people who were randomised?",
        "3.2": "Is there evidence that missing data did not bias the result?",
        "3.3": "Could it depend on the outcome whether it is missing?",
        "3.4": "Is it likely that it does?",
    },
    "D4": {
        "4.1": "Was the method of measuring unsuitable?",
        "4.2": "Could measuring have differed between the groups?",
        "4.3": "Did those who assessed the outcome know the treatment?",
        "4.4": "Could knowing it have changed the assessment?",
        "4.5": "Is it likely that it did?",
    },
    "D5": {
        "5.1": "Did the analysis follow a plan made before the results were known?",
        "5.2": "Was the result likely chosen from several measurements?",
        "5.3": "Was it likely chosen from several analyses?",
    },
}

_FIRM: Final[tuple[Answer, ...]] = ("Y", "N", "NI")
_YES: Final = frozenset({"Y", "PY"})
_NO: Final = frozenset({"N", "PN"})


def domain(name: str, answers: Mapping[str, Answer]) -> Judgement:
    """Return the judgement of one domain.

    Parameters
    ----------
    name : str
        A key of `DOMAINS`.
    answers : mapping of str to str
        By signalling question, such as ``{"1.1": "Y", "1.2": "NI", "1.3": "N"}``; a question that is left out
        was not answered and counts as "NI".

    Returns
    -------
    str
        "low", "some concerns" or "high"; "no information" where no question of the domain has an answer.

    Raises
    ------
    ValueError
        For an unknown domain, question or answer.

    Examples
    --------
    >>> domain("D1", {"1.1": "Y", "1.2": "NI", "1.3": "N"})
    'some concerns'
    """
    if name not in DOMAINS:
        raise ValueError(f"domain {name!r} is unknown: use one of {', '.join(DOMAINS)}")
    for question, answer in answers.items():
        if question not in QUESTIONS[name]:
            raise ValueError(f"{name} has no question {question!r}: use {', '.join(QUESTIONS[name])}")
        if answer not in ANSWERS:
            raise ValueError(f"{question}: {answer!r} is no answer: use one of {', '.join(ANSWERS)}")
    if all(answer in ("NI", "NA") for answer in answers.values()):
        return "no information"
    return _RULES[name]({question: answers.get(question, "NI") for question in QUESTIONS[name]})


def settled(name: str, answers: Mapping[str, Answer]) -> Judgement:
    """Return the judgement of a domain where what is not read cannot change it.

    A report read as an abstract leaves questions open. "NI" says that the report was read and does not tell;
    a question that is left out was not looked at, and may have any answer.

    Returns
    -------
    str
        The judgement that every answer to the open questions leads to; "no information" where they differ.

    Examples
    --------
    >>> settled("D3", {"3.1": "Y"}), settled("D1", {"1.1": "Y"})
    ('low', 'no information')
    """
    return _settled(name, tuple(sorted(answers.items())))


@lru_cache(maxsize=4096)
def _settled(name: str, answers: tuple[tuple[str, Answer], ...]) -> Judgement:
    """Every answer to the open questions is tried, up to hundreds, for the same few patterns of answers."""
    known = dict(answers)
    open_questions = [question for question in QUESTIONS[name] if question not in known]
    found = {
        domain(name, {**known, **dict(zip(open_questions, given, strict=True))})
        for given in product(_FIRM, repeat=len(open_questions))
    }
    return found.pop() if len(found) == 1 else "no information"


def overall(judgements: Mapping[str, Judgement]) -> Judgement:
    """Return the overall judgement: the worst of the domains; low only where every domain is low.

    RoB 2 lets several domains with some concerns add up to high; that judgement is not made here.
    """
    found = set(judgements.values())
    if "high" in found:
        return "high"
    if not found or "no information" in found:
        return "no information"
    return "some concerns" if "some concerns" in found else "low"


def _randomisation(a: Mapping[str, Answer]) -> Judgement:
    if a["1.2"] in _NO:
        return "high"
    differs = a["1.3"] in _YES
    if a["1.2"] in _YES:
        return "some concerns" if differs or a["1.1"] in _NO else "low"
    return "high" if differs else "some concerns"


def _period(a: Mapping[str, Answer]) -> Judgement:
    if a["S.3"] in _NO:
        return "high"
    period = a["S.1"] in _YES or a["S.2"] in _YES
    return "low" if period and a["S.3"] in _YES else "some concerns"


def _deviations(a: Mapping[str, Answer]) -> Judgement:
    return overall({"deviations": _deviations_of_treatment(a), "analysis": _analysis(a)})


def _deviations_of_treatment(a: Mapping[str, Answer]) -> Judgement:
    if (a["2.1"] in _NO and a["2.2"] in _NO) or a["2.3"] in _NO:
        return "low"
    if a["2.3"] not in _YES or a["2.4"] in _NO:
        return "some concerns"
    return "some concerns" if a["2.5"] in _YES else "high"


def _analysis(a: Mapping[str, Answer]) -> Judgement:
    if a["2.6"] in _YES:
        return "low"
    return "some concerns" if a["2.7"] in _NO else "high"


def _missing(a: Mapping[str, Answer]) -> Judgement:
    if a["3.1"] in _YES or a["3.2"] in _YES or a["3.3"] in _NO:
        return "low"
    return "some concerns" if a["3.4"] in _NO else "high"


def _measurement(a: Mapping[str, Answer]) -> Judgement:
    if a["4.1"] in _YES or a["4.2"] in _YES:
        return "high"
    blind = a["4.3"] in _NO or a["4.4"] in _NO
    if blind:
        return "low" if a["4.2"] in _NO else "some concerns"
    return "some concerns" if a["4.5"] in _NO else "high"


def _selection(a: Mapping[str, Answer]) -> Judgement:
    if a["5.2"] in _YES or a["5.3"] in _YES:
        return "high"
    both = a["5.2"] in _NO and a["5.3"] in _NO
    return "low" if both and a["5.1"] in _YES else "some concerns"


_RULES: Final[Mapping[str, Callable[[Mapping[str, Answer]], Judgement]]] = {
    "D1": _randomisation,
    "DS": _period,
    "D2": _deviations,
    "D3": _missing,
    "D4": _measurement,
    "D5": _selection,
}
