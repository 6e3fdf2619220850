"""Which trials Core GRADE counts as at high risk of bias, from RoB 2 and from what is flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from evidence.rob import DOMAINS, Judgement

#: Share of the people randomised whose results are enough.
ENOUGH_ANALYSED: Final = 0.8
#: RoB 2: concerns in so many domains together put a result at high risk.
SEVERAL: Final = 2


def faults(
    judgements: Mapping[str, Judgement],
    flags: Collection[str],
    blinding: str,
    randomised: int | None,
    analysed: int | None,
) -> tuple[str, ...]:
    """Return why a trial is at high risk of bias; nothing where it is not known to be.

    Core GRADE 4 has two classes, low and high, where RoB 2 has three. A trial is at high risk here when a
    domain is judged high; when two or more raise some concerns, as RoB 2 lets several add up; or when a known
    fault stands outside of the answered questions: a flag on risk of bias, treatment that people knew while
    they rated their own pain, results for under 80% of those randomised. Some concerns in one domain alone
    most often rest on what a report leaves out, such as how allocation was concealed; that is no known fault,
    and the trial counts as low. A domain that could not be judged from an abstract counts neither way: it is
    why certainty is called provisional.

    Parameters
    ----------
    judgements : mapping of str to str
        RoB 2 by domain.
    flags : collection of str
        Codes of the trial's flags on risk of bias.
    blinding : str
        ``double``, ``single``, ``open`` or ``unclear``.
    randomised, analysed : int or None
        People; None where the text read does not say.

    Examples
    --------
    >>> faults({"D1": "some concerns"}, ["attrition"], "open", 100, 79)
    ('attrition', 'people knew their treatment')
    """
    return tuple(_faults(judgements, flags, blinding, randomised, analysed))


def _faults(
    judgements: Mapping[str, Judgement],
    flags: Collection[str],
    blinding: str,
    randomised: int | None,
    analysed: int | None,
) -> Iterator[str]:
    yield from (f"high risk in {DOMAINS[name]}" for name, said in judgements.items() if said == "high")
    concerns = [DOMAINS[name] for name, said in judgements.items() if said == "some concerns"]
    if len(concerns) >= SEVERAL:
        yield f"some concerns in {' and '.join(concerns)}"
    yield from (flag.replace("_", " ") for flag in flags)
    if blinding == "open" and judgements.get("D4") != "high":
        yield "people knew their treatment"
    if randomised and analysed and analysed < ENOUGH_ANALYSED * randomised and "attrition" not in flags:
        yield f"{analysed} of {randomised} analysed"
