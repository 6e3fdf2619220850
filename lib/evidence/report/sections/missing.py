"""What is missing from an answer, and what it would have to be to change it, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidence.report.sections.headline import main_analysis
from evidence.results.analysis import Analysis
from evidence.results.missing import Missing, Tipping, tipping
from evidence.results.posterior_words import percent
from evidence.wording.numbers import listing, plural

_UNREAD: Final = "not in the text read", "not in the texts read"
_WITHHELD: Final = "not reported", "not reported"


def missing_sentence(analyses: Sequence[Analysis]) -> str:
    """Say which trials give nothing for the result that stands for a report, and what they could change."""
    main = main_analysis(analyses)
    lacking = [analysis for analysis in analyses if analysis.missing]
    if main is None:
        trials = list({trial.study_id: trial for a in lacking for trial in a.missing}.values())
        if not trials:
            return "No trial is known to have left out a result that it should give here."
        return f"{_who(trials)}. Without a number there is no probability that it could change."
    drug, when = _small(main.subject), main.labels.window(main.question.window)
    if not main.missing:
        return f"No trial of {drug} is known that ended in this time ({when}) and gives nothing for it."
    found = tipping(main.posterior, main.missing)
    said = "" if found is None else f" {_could(main, main.missing, found)}"
    return f"Of the trials of {drug} that ended in this time ({when}), {_small(_who(main.missing))}.{said}"


def named(trials: Sequence[Missing]) -> str:
    """Name trials with their people: "Haines 1999 (9 people)"."""
    return listing(f"{trial.label} ({_people(trial.people)})" for trial in trials)


def _people(people: int | None) -> str:
    return "people not told" if people is None else plural(people, "person", "people")


def difference(points: float, outcome: str) -> str:
    """Return a difference in words: "3 points more pain", "no difference"."""
    size = round(abs(points))
    if not size:
        return "no difference"
    return f"{plural(size, 'point')} {'less' if points < 0 else 'more'} {outcome}"


def _who(trials: Sequence[Missing]) -> str:
    unread = [trial for trial in trials if not trial.withheld]
    withheld = [trial for trial in trials if trial.withheld]
    parts = [
        f"{words[len(some) > 1]}: {named(some)}"
        for some, words in ((withheld, _WITHHELD), (unread, _UNREAD))
        if some
    ]
    give = "gives" if len(trials) == 1 else "give"
    return f"{plural(len(trials), 'trial')} {give} nothing that can be weighed ({'; '.join(parts)})"


def _could(main: Analysis, trials: Sequence[Missing], found: Tipping) -> str:
    """Say what no difference would do, and which difference brings the probability to the nearest mark."""
    each = "it" if len(trials) == 1 else "each"
    about = f"that {_small(main.subject)} {main.labels.toward.verb} {main.outcome}"
    begin = (
        f"If {each} had found no difference, the probability {about} would be {percent(found.none)} "
        f"({percent(found.now)} now)"
    )
    reached = [(abs(size), mark, size) for mark, size in found.marks if size is not None]
    if not reached:
        return f"{begin}; nothing that the scale allows would bring it to {_marks(found)}."
    _, mark, size = min(reached)
    needs = f"{each} would have to find {difference(size, main.outcome)}"
    return f"{begin}; to bring it to {percent(mark)}, {needs}."


def _marks(found: Tipping) -> str:
    return listing(percent(mark) for mark, _ in found.marks)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
