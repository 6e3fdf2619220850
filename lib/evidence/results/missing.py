"""Results that trials should have reported and did not, and what they would have to be to change an answer.

After ROB-ME (Page et al. 2023, BMJ 383: e076754), which asks for every result that was measured or planned
and is not there. What trialists did not report is kept apart from what the text read does not hold: only the
first is a bias of the evidence; the second is a limit of our reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evidence.dataset import Dataset, once
from evidence.effects import Effect, reference_sd
from evidence.grade.body import DOMAINS
from evidence.meta.arrays import Array
from evidence.meta.bayesian.next_trial import after
from evidence.question import LeftOut, Rule, Selection, only_against
from evidence.question.rules import read_windows
from evidence.results.posterior import LIKELY, UNLIKELY, PosteriorAnswer
from evidence.results.rated import flag_domains
from evidence.results.trials import TrialRow, regimens

#: Probabilities at which the words of an answer change.
MARKS: Final = (LIKELY, 0.5, UNLIKELY)
#: Sorts of flags under which a trial asks the question and yet stays out for want of a result.
_NO_RESULT: Final = {"reporting", "our reading"}
#: Flags of a trial whose results nobody could read, and of one that was never published in full.
_UNREAD: Final = "no_results"
_UNPUBLISHED: Final = "unpublished"
_FURTHEST: Final = 100.0  # points: no mean difference is larger
_RESULTS: Final = 81


@dataclass(frozen=True, slots=True)
class Missing:
    """A trial that asks the question and gives nothing for it.

    Attributes
    ----------
    people : int or None
        Randomised, or analysed; None where the text does not say.
    variance : float or None
        Sampling variance that its result would have; None without people.
    withheld : bool
        Whether trialists left the result out; else the text that was read does not hold it.
    """

    study_id: str
    label: str
    people: int | None
    variance: float | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class Tipping:
    """What missing results would do to the probability that the mean effect favours the drug.

    Attributes
    ----------
    now : float
    none, small : float, tuple of float
        If each found no difference, and if each found one of the MID for and against the drug.
    marks : tuple of (float, float or None)
        For each of `MARKS`, the difference that each would have to find to bring the probability there; None
        where no difference that the scale allows does.
    """

    now: float
    none: float
    small: tuple[float, float]
    marks: tuple[tuple[float, float | None], ...]

    @property
    def tips(self) -> bool:
        """Whether differences of no more than the MID move the probability across a mark."""
        ends = (self.now, self.none, *self.small)
        return any(min(ends) < mark < max(ends) for mark in MARKS)


def missing_trials(
    ds: Dataset, selection: Selection, rows: Mapping[str, TrialRow], used: Collection[Effect]
) -> tuple[Missing, ...]:
    """Return the trials of a question that end in its window and give nothing there that can be weighed.

    A trial ends on its last day of follow-up or of treatment. Where neither is told, one that says nothing at
    any time counts for every window.

    Parameters
    ----------
    rows : mapping of str to TrialRow
        Of every study of the selection.
    used : collection of Effect
        What says something at this time, reports in doubt included: those are not missing.
    """
    said = {effect.study_id for effect in used if effect.evidence_class != "unusable"}
    left = {item.study_id: item for item in (*selection.studies_left_out, *selection.silent)}
    sorts = _sorts(ds)
    silent = [
        s for s in selection.studies if s in left and s not in said and _asks(left[s], selection, sorts)
    ]
    asked = [study for study in silent if study not in only_against(selection, ds)] if silent else []
    given = regimens(ds, asked, selection.question.drug)
    windows = read_windows(ds)

    def due(study: str) -> bool:
        ends = [rows[study].followup_days, given[study].treatment_duration_days]
        known = [days for days in ends if days is not None]
        if not known:
            return left[study].rule is not Rule.WINDOW
        return windows.window(max(known)) == selection.question.window

    domains = flag_domains(ds)
    return tuple(_missing(ds, selection, rows[study], domains) for study in asked if due(study))


def tipping(answer: PosteriorAnswer | None, missing: Sequence[Missing]) -> Tipping | None:
    """Return what missing results would do to an answer; None where there is nothing to move or to move it.

    The trials are taken to find one and the same difference. Nothing is fitted again: the posterior's parts
    take the results as so many more normal numbers, all differences in one step.
    """
    variances = np.array([trial.variance for trial in missing if trial.variance is not None])
    if answer is None or not variances.size or not (answer.has_direction and answer.sided):
        return None
    parts, centre = answer.primary.parts, answer.primary.median

    def at(y: Array) -> Array:
        below = after(parts, y, variances, 0.0)
        return below if answer.favourable < 0 else 1.0 - below

    none, helps, harms = (float(p) for p in at(np.array([0.0, 1.0, -1.0]) * answer.favourable * answer.mid))
    y = np.linspace(-_FURTHEST, _FURTHEST, _RESULTS)
    coarse = at(y)
    marks = tuple((mark, _crossing(at, y, coarse, mark, centre)) for mark in MARKS)
    return Tipping(answer.relief.value, none, (helps, harms), marks)


def _crossing(
    at: Callable[[Array], Array], y: Array, probability: Array, mark: float, centre: float
) -> float | None:
    """Return the result nearest to the present mean effect at which the probability crosses a mark."""
    above = probability > mark
    places = np.flatnonzero(above[:-1] != above[1:])
    if not places.size:
        return None
    place = places[np.abs(y[places] - centre).argmin()]
    low, high = y[place], y[place + 1]
    for _ in range(2):  # each time the bracket becomes a tenth as wide
        finer = np.linspace(low, high, 11)
        beyond = int((at(finer) > mark)[1:].tolist().index(not above[place]))
        low, high = finer[beyond], finer[beyond + 1]
    return float(0.5 * (low + high))


@once
def _sorts(ds: Dataset) -> Mapping[str, str]:
    """Return what sort of remark each flag is."""
    kinds = ds.rows("flag_kinds")
    return dict(zip(kinds["flag"], kinds["sort"], strict=True))


def _asks(item: LeftOut, selection: Selection, sorts: Mapping[str, str]) -> bool:
    """Whether a trial that is left out asks this question and lacks nothing but a result for this time."""
    question, given = selection.question, selection.interventions[item.study_id].route
    if isinstance(question.route, str) and given != question.route:
        return False
    if item.rule is Rule.FLAGGED:
        kept_out = [flag.flag for flag in selection.flags[item.study_id] if flag.severity == "exclude"]
        return all(sorts.get(flag) in _NO_RESULT for flag in kept_out)
    return item.rule in (Rule.NOTHING_USABLE, Rule.WINDOW)


def _missing(ds: Dataset, selection: Selection, row: TrialRow, domains: Mapping[str, str]) -> Missing:
    flags = {flag.flag for flag in selection.flags[row.study_id] if flag.severity != "info"}
    biased = _UNPUBLISHED in flags or any(domains.get(flag) == DOMAINS[4] for flag in flags)
    left_out = biased and _UNREAD not in flags
    return Missing(
        row.study_id,
        selection.studies[row.study_id].label,
        row.n,
        None if row.n is None else _variance(ds, row),
        left_out or row.source_type == "full_text",
    )


def _variance(ds: Dataset, row: TrialRow) -> float:
    """Return the sampling variance of a mean difference in points at the reference standard deviation.

    Notes
    -----
    Two equal arms of n/2: 4 SD²/n. A crossover of n people: 2 (1 − r) SD²/n (Cochrane Handbook 23.2.7.1).
    """
    assert row.n is not None
    if row.design == "crossover":
        return 2 * (1 - float(ds.setting("correlation_crossover"))) * reference_sd(ds).sd ** 2 / row.n
    return 4 * reference_sd(ds).sd ** 2 / row.n


def reasons(answer: PosteriorAnswer | None, missing: Sequence[Missing]) -> Iterator[str]:
    """Yield why what trialists did not report could change an answer: nothing where it could not."""
    withheld = [trial for trial in missing if trial.withheld]
    found = tipping(answer, withheld)
    if found is not None and found.tips:
        named = ", ".join(trial.label for trial in withheld)
        yield f"results that were not reported could change the answer, even small ones: {named}"
