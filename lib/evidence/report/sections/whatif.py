"""What if: the reader switches trials, prior, MID and kinds of evidence, and the page computes the posterior.

Without the script the page shows the report's own answer; nothing is hidden from a reader who has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from evidence.charts.liveeye import LiveEye, live_eye
from evidence.dataset import Dataset
from evidence.report.sections.findings import main_measure
from evidence.report.sections.headline import main_analysis
from evidence.report.sections.tiles import REACH
from evidence.report.sections.whatif_data import Data, Kind, data_of
from evidence.results.analysis import Analysis
from evidence.results.posterior_words import headline, told
from evidence.wording.html import escape
from evidence.wording.numbers import capital, short

#: The kinds of evidence that the reader may leave out; numbers always count.
KINDS: Final[Mapping[Kind, str]] = {
    "bound": "tests: a bound of p, or “not significant”",
    "p-value": "exact p-values without a direction",
    "direction": "directions without a test",
}
_STATIC: Final = (
    "With JavaScript, trials and assumptions can be switched here. "
    "The other tables and figures of this page do not need it."
)
_LEGEND: Final = (
    "Density, median and 95% credible interval of the mean effect; paler: a new trial’s effect, from three "
    "trials with numbers on; grey band: smaller than the smallest difference that matters; line: no effect; "
    "arrow: goes on beyond the axis."
)
_NOTE: Final = (
    "The sentences take the trials at their word. The provisional, rule-based certainty of the report’s own "
    "analysis: {certainty}; "
    "what is chosen here is not rated."
)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The questions of a report with everything that its page needs to answer them anew.

    Attributes
    ----------
    statement, numbers : str
        The report's own answer to the question that is shown first.
    data : Data
        What `_static/whatif.js` reads.
    eye : LiveEye
    sides : (str, str)
        Whom values below and above no effect favour.
    measure : str
    """

    statement: str
    numbers: str
    data: Data = field(repr=False)
    eye: LiveEye = field(repr=False)
    sides: tuple[str, str] = ("", "")
    measure: str = ""

    @property
    def key(self) -> str:
        """The anchor."""
        return self.data["key"]

    def _repr_html_(self) -> str:
        key, questions = escape(self.key), self.data["questions"]
        title = "What if?" if len(questions) > 1 else questions[0]["title"]
        low, high = map(escape, self.sides)
        return (
            f'<div class="ev-whatif" id="{key}" role="group" aria-labelledby="{key}-title">'
            f'<p class="ev-whatif-title" id="{key}-title"><b>{escape(title)}</b></p>'
            f'{self._picker()}<div class="ev-whatif-result" aria-live="polite">'
            f'<p class="ev-statement">{escape(self.statement)}</p><p>{escape(self.numbers)}</p></div>'
            f'<p class="ev-whatif-static">{_STATIC}</p><div class="ev-whatif-live" hidden>'
            f'<figure class="ev-whatif-figure">{self.eye.html}<p class="ev-whatif-sides">'
            f"<span>← {low}</span><span>{high} →</span><span>{escape(self.measure)}</span></p>"
            f'<figcaption>{_LEGEND}</figcaption></figure><div class="ev-whatif-controls">'
            f'<fieldset class="ev-whatif-trials"><legend>Trials</legend></fieldset>{self._choices()}</div>'
            f'<p class="ev-whatif-note" data-says="{escape(_NOTE)}"></p><p class="ev-whatif-actions">'
            '<button type="button">As in the report</button> <a>Link to these choices</a></p></div>'
            f'<script type="application/json">{embedded(self.data)}</script></div>'
        )

    def _picker(self) -> str:
        questions = self.data["questions"]
        if len(questions) == 1:
            return ""
        options = _options((question["key"], question["title"]) for question in questions)
        return f'<label class="ev-whatif-question" hidden>Question <select>{options}</select></label>'

    def _choices(self) -> str:
        priors = _options((prior["name"], capital(prior["name"])) for prior in self.data["priors"])
        mid = short(self.data["questions"][0]["mid"])
        there = {trial["kind"] for question in self.data["questions"] for trial in question["trials"]}
        ticks = "".join(
            f'<label class="ev-whatif-kind"><input type="checkbox" value="{kind}"> {words}</label>'
            for kind, words in KINDS.items()
            if kind in there
        )
        kinds = (
            f'<div role="group" aria-label="Evidence"><span>Beside numbers, count</span>{ticks}</div>'
            if ticks
            else ""
        )
        return (
            '<fieldset class="ev-whatif-choices"><legend>Assumptions</legend>'
            f"<label><span>Prior</span><select>{priors}</select><small></small></label>"
            "<label><span>Smallest difference that matters, points</span>"
            f'<input type="number" min="1" max="100" step="1" inputmode="numeric" value="{mid}"></label>'
            f"{kinds}</fieldset>"
        )


def _options(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in pairs)


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that can stand inside a ``<script>``: no text in it can end the element.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def whatif(ds: Dataset, analyses: Sequence[Analysis], key: str) -> WhatIf:
    """Let the reader switch what some questions of one drug rest on.

    Parameters
    ----------
    ds : Dataset
    analyses : sequence of Analysis
        Those with evidence; the one that stands for the report is shown first.
    key : str
        Anchor, unique in the book.

    Raises
    ------
    ValueError
        There is no question.
    """
    if not analyses:
        raise ValueError(f"{key}: there is no question whose evidence could be switched")
    first = main_analysis(analyses) or analyses[0]
    measure = replace(main_measure(first), limits=(-REACH, REACH))
    eye = live_eye(key, "Posterior of the mean effect", measure)
    data = data_of(ds, sorted(analyses, key=lambda analysis: analysis is not first), key, eye.geometry)
    sides = (measure.favours_low, measure.favours_high)
    return WhatIf(headline(first), told(first), data, eye, sides, measure.name)
