"""The answers of a report as rows: what a frame, the map, the changes and the downloads hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidence.report.sections.answer import answer_line
from evidence.results.analysis import Analysis
from evidence.results.posterior import PosteriorAnswer, Probability
from evidence.results.posterior_words import headline, refused, told


def answer_rows(analyses: Iterable[Analysis]) -> Iterator[dict[str, Any]]:
    """Yield one row for each analysis in which a trial says something; see `Report.to_frame`."""
    return (_answer(analysis) for analysis in analyses if analysis.numeric or analysis.bounded)


def _answer(analysis: Analysis) -> dict[str, Any]:
    line, pooled, every = answer_line(analysis), analysis.pooled, analysis.everything
    numbers = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high", "tau2", "i2")
    return {
        "route": analysis.question.route,
        "window": analysis.question.window,
        "statement": line.statement,
        "numbers": line.numbers,
        "headline": headline(analysis),
        "told": told(analysis),
        "certainty": analysis.certainty.level,
        "if_low_bias": analysis.certainty.if_low_bias,
        "target": analysis.certainty.target,
        "rated_down": analysis.certainty.steps,
        **{down_of(domain.name): domain.down for domain in analysis.certainty.domains},
        "trials": len(analysis.numeric) + len(analysis.bounded),
        "k": pooled.k if pooled else 0,
        "people": analysis.people,
        **{name: getattr(pooled, name) if pooled else None for name in numbers},
        "all_evidence": every.estimate,
        "all_evidence_low": every.ci_low,
        "all_evidence_high": every.ci_high,
        **_posterior(analysis.posterior),
        "refused": refused(analysis.posterior),
        "mid": analysis.mid,
        "doubtful": analysis.doubtful,
    }


def down_of(domain: str) -> str:
    """Return the column that holds the levels down of a GRADE domain.

    Examples
    --------
    >>> down_of("risk of bias")
    'down_risk_of_bias'
    """
    return f"down_{domain.replace(' ', '_')}"


def _posterior(answer: PosteriorAnswer | None) -> dict[str, Any]:
    """Return what the posterior allows to be said of a question; None where it is refused."""
    size = answer if answer is not None and answer.says_size else None
    side = answer if answer is not None and answer.says_chances else None
    sure = side if size else None
    low, high = size.interval if size else (None, None)
    only = answer.numbers_only.interval() if answer is not None and answer.numbers_only else (None, None)
    return {
        "posterior": size.primary.median if size else None,
        "posterior_low": low,
        "posterior_high": high,
        "numbers_only_low": only[0],
        "numbers_only_high": only[1],
        **_chances("relief", side.relief if side else None),
        **_chances("important", sure.important if sure else None),
        **_chances("again", sure.again if sure else None),
    }


def _chances(name: str, probability: Probability | None) -> dict[str, float | None]:
    ends = ("", "_low", "_high")
    values = (probability.value, probability.low, probability.high) if probability else (None, None, None)
    return dict(zip((f"p_{name}{end}" for end in ends), values, strict=True))
