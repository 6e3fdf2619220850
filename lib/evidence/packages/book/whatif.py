"""What the reader may switch in the page: studies, estimator and interval of one analysis.

`_static/meta.js` pools anew and the script beside this file shows the result; without scripts the page shows
the library's own analysis.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evidence.charts.html import escape
from evidence.packages.book.figures import key_of
from evidence.packages.book.results import LEVEL, Result
from evidence.packages.book.words import digits, measure_name, span

SCRIPT: Final = Path(__file__).with_name("whatif.js")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An analysis whose studies and choices can be switched in the page."""

    key: str
    statement: str
    data: dict[str, Any]

    def _repr_html_(self) -> str:
        data = json.dumps(self.data, allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")
        return (
            f'<div class="ev-whatif-review" id="{escape(self.key)}" role="group" aria-label="What if">'
            f'<p class="result" role="status">{escape(self.statement)}</p>'
            '<p class="static">With JavaScript, studies and choices can be switched here.</p>'
            f'<script type="application/json">{data}</script></div>'
        )


def what_if(result: Result, high_risk: frozenset[str]) -> WhatIf:
    """Gather what the page needs to pool an analysis anew."""
    assert result.modern is not None
    modern = result.modern
    studies = [
        {"label": label, "y": float(y), "v": float(v), "risk": study in high_risk}
        for label, study, y, v in zip(result.labels, result.study, result.yi, result.vi, strict=True)
    ]
    statement = (
        f"All {result.k} studies, REML, Hartung–Knapp: {measure_name(result.analysis.settings)} "
        f"{span(result, modern.estimate, modern.ci_low, modern.ci_high)}."
    )
    data = {
        "studies": studies,
        "log": result.analysis.settings.log_scale,
        "digits": digits(result),
        "level": LEVEL,
        "measure": measure_name(result.analysis.settings),
    }
    return WhatIf(key_of(result, "what-if"), statement, data)
