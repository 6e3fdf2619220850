"""What the reader may switch in the page: studies, estimator and interval of one analysis.

`_static/meta.js` pools anew and the script beside this file says the result in the words from here; without
scripts the page shows the library's own analysis.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evidence import meta
from evidence.meta.options import Interval
from evidence.meta.tau2 import ESTIMATORS, Estimator
from evidence.packages.book.figures import key_of
from evidence.packages.book.results import LEVEL, Result
from evidence.packages.book.words import MOST, digits, in_digits, measure_name
from evidence.wording.html import escape
from evidence.wording.posterior import fill

SCRIPT: Final = Path(__file__).with_name("whatif.js")

#: Every sentence, for this file and for the script; a name in braces is filled in when it is said.
WORDS: Final = {
    "all": "All {count} studies",
    "some": "{kept} of {count} studies",
    "none": "No study is left.",
    "result": "{who}, {tau2}, {ci}: {measure} {estimate} ({low} to {high}); {null}.",
    "outside": "no effect lies outside this interval",
    "inside": "no effect lies inside this interval",
}
INTERVALS: Final[dict[Interval, str]] = {
    "HKSJ": "Hartung–Knapp",
    "HKSJ-adhoc": "Hartung–Knapp, never narrower than t",
    "t": "t",
    "wald": "Wald",
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An analysis whose studies and choices can be switched in the page."""

    key: str
    statement: str
    data: dict[str, Any] = field(repr=False)

    def _repr_html_(self) -> str:
        data = json.dumps(self.data, allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")
        return (
            f'<div class="ev-whatif-review" id="{escape(self.key)}" role="group" aria-label="What if">'
            f'<p class="result" role="status">{escape(self.statement)}</p>'
            '<p class="static">With JavaScript, studies and choices can be switched here.</p>'
            f'<div class="live" hidden><p>{" ".join(self._tools())}</p>'
            f"<fieldset><legend>Studies</legend>{''.join(self._boxes())}</fieldset></div>"
            f'<script type="application/json">{data}</script></div>'
        )

    def _tools(self) -> Iterator[str]:
        yield _choice("Estimator of tau²", "tau2", {name: name for name in sorted(ESTIMATORS, key=_first)})
        yield _choice("Interval", "ci", INTERVALS)
        yield '<button type="button" name="all">All studies</button>'
        if any(study["risk"] for study in self.data["studies"]):
            yield '<button type="button" name="low">Without high risk of bias</button>'

    def _boxes(self) -> Iterator[str]:
        for study in self.data["studies"]:
            name = escape(study["label"]) + (" (high risk of bias)" if study["risk"] else "")
            yield f'<label style="display:block"><input type="checkbox" checked> {name}</label>'


def what_if(result: Result, high_risk: frozenset[str]) -> WhatIf:
    """Gather what the page needs to pool an analysis anew."""
    settings = result.analysis.settings
    studies = [
        {"label": label, "y": float(y), "v": float(v), "risk": study in high_risk}
        for label, study, y, v in zip(result.labels, result.study, result.yi, result.vi, strict=True)
    ]
    data = {
        "studies": studies,
        "words": WORDS,
        "measure": measure_name(settings),
        "names": INTERVALS,
        "log": settings.log_scale,
        "digits": digits(result),
        "level": LEVEL,
        "most": MOST,
    }
    return WhatIf(key_of(result, "what-if"), says(result, range(result.k)), data)


def says(result: Result, kept: Sequence[int], tau2: Estimator = "REML", ci: Interval = "HKSJ") -> str:
    """Return the result of some of the studies, each by its place, as the page's script says it."""
    if not kept:
        return WORDS["none"]
    pooled = meta.pool(result.yi[kept], result.vi[kept], tau2=tau2, ci=ci, level=LEVEL)
    which = "all" if len(kept) == result.k else "some"
    values = {
        "who": fill(WORDS[which], {"kept": len(kept), "count": result.k}),
        "tau2": tau2,
        "ci": INTERVALS[ci],
        "measure": measure_name(result.analysis.settings),
        "estimate": in_digits(result, pooled.estimate),
        "low": in_digits(result, pooled.ci_low),
        "high": in_digits(result, pooled.ci_high),
        "null": WORDS["outside" if pooled.ci_low > 0 or pooled.ci_high < 0 else "inside"],
    }
    return fill(WORDS["result"], values)


def _first(estimator: str) -> bool:
    return estimator != "REML"


def _choice(label: str, name: str, options: dict[str, str] | dict[Interval, str]) -> str:
    listed = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options.items())
    return f'<label>{label} <select name="{name}">{listed}</select></label>'
