"""What certainty is rated from: the trials of one question with their faults, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evidence.dataset import Dataset, once
from evidence.effects import Effect
from evidence.grade.bias import faults
from evidence.grade.body import DOMAINS, Body, Span, Trial
from evidence.meta import Pooled, Posterior
from evidence.question import Question, Selection
from evidence.results.posterior import PosteriorAnswer
from evidence.results.priors import NARROW, WIDE
from evidence.results.trials import TrialRow
from evidence.rob import assessments
from evidence.wording.labels import labels

#: The priors of the spread between trials under which imprecision is judged, the narrow one first.
_ASSUMED: Final = ((NARROW, "if trials differ little"), (WIDE, "if trials differ much"))


def body_of(
    ds: Dataset,
    selection: Selection,
    rows: Mapping[str, TrialRow],
    evidence: tuple[Sequence[Effect], Sequence[Effect]],
    posterior: PosteriorAnswer | None,
    pooled: Pooled | None,
    mid: float,
    small_study_p: float | None,
) -> Body:
    """Return the trials of one question at one time as the rules of certainty read them.

    Parameters
    ----------
    evidence : tuple of two sequences of Effect
        With a number, and with a bound or a direction.
    """
    numeric, bounded = evidence
    weighed = [*numeric, *(effect for effect in bounded if effect.bound is not None)]
    weights = posterior.primary.weights / 100 if posterior is not None else [0.0] * len(weighed)
    return Body(
        rated_trials(ds, selection, rows, weighed, list(weights)),
        None if posterior is None else posterior.primary.median,
        [] if posterior is None else spans(posterior.by_prior.__getitem__),
        mid,
        pooled.i2 if pooled is not None else None,
        sized=posterior is not None and posterior.has_size,
        sided=posterior is not None and posterior.has_direction and posterior.sided,
        indirect=_indirect(ds, selection.question),
        small_study_p=small_study_p,
    )


def spans(by: Callable[[str], Posterior]) -> list[Span]:
    """Return the interval of the mean effect if trials differ little, and if they differ much.

    Parameters
    ----------
    by : callable
        Gives the posterior under a named prior.
    """
    found = [(by(name), says) for name, says in _ASSUMED]
    return [Span(*posterior.interval(), posterior.sd, says) for posterior, says in found]


def rated_trials(
    ds: Dataset,
    selection: Selection,
    rows: Mapping[str, TrialRow],
    found: Sequence[Effect],
    weights: Sequence[float],
) -> tuple[Trial, ...]:
    """Return each trial with its share of the information, its flags that warn, and its known faults."""
    risks = assessments(ds, [effect.study_id for effect in found], selection.question.outcome or "")
    domains = flag_domains(ds)
    trials = []
    for effect, weight in zip(found, weights, strict=True):
        row, risk = rows[effect.study_id], risks[effect.study_id]
        warns = {flag.flag for flag in selection.flags[effect.study_id] if flag.severity != "info"}
        flags = tuple(flag for flag in effect.flags if flag in warns)
        known = faults(
            {name: rating.judgement for name, rating in risk.ratings.items()},
            [flag for flag in flags if domains.get(flag) == DOMAINS[0]],
            row.blinding,
            row.n_randomised,
            row.n_analysed,
        )
        judged = risk.overall != "no information"
        trials.append(Trial(effect.label, float(weight), effect.yi, known, judged, flags))
    return tuple(trials)


@once
def flag_domains(ds: Dataset) -> Mapping[str, str]:
    """Return the GRADE domain of each flag that speaks to one."""
    kinds = ds.rows("flag_kinds")
    spoken = kinds[kinds["domain"].notna()]
    return dict(zip(spoken["flag"], spoken["domain"], strict=True))


@dataclass(frozen=True, slots=True)
class _Override:
    """An editor's rating as grade.csv holds it."""

    domain: str
    down: int
    reason: str
    source: str


def overrides(ds: Dataset, question: Question) -> dict[str, tuple[int, str]]:
    """Return editors' ratings of a question: levels down and reason, by domain."""
    rows = ds.records(
        _Override,
        "grade",
        drug=question.drug,
        condition_group=question.condition if isinstance(question.condition, str) else "all",
        route=question.route if isinstance(question.route, str) else "any",
        outcome=question.outcome,
        window=question.window or "any",
    )
    return {row.domain: (row.down, f"{row.reason} ({row.source})") for row in rows}


def _indirect(ds: Dataset, question: Question) -> list[str]:
    if question.window == "during_infusion":
        return [f"relief while the drug runs in is not relief of {labels(ds).condition(None)}"]
    return []
