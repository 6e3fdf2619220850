"""Missing results: which trials count, and what they would have to find, against fits with them put in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evidence.meta import Bound, HalfNormal, Normal, bayes, bayes_many
from evidence.report import Report
from evidence.results.missing import MARKS, Missing, reasons, tipping

YI, VI = [-14.0, -6.0, -20.0], [30.0, 45.0, 60.0]
PRIORS: Any = {"tau_prior": HalfNormal(12.0), "mu_prior": Normal(0.0, 48.0)}
BOUNDS = [Bound.from_p(50.0, low=0.05, direction=-1)]


def answer(bounds: Any = (), **changed: Any) -> Any:
    """What `tipping` asks of an answer."""
    primary = bayes(YI, VI, bounds=bounds, **PRIORS)
    now = SimpleNamespace(value=primary.probability(below=0.0))
    known = {
        "primary": primary,
        "relief": now,
        "mid": 10.0,
        "favourable": -1,
        "has_direction": True,
        "sided": True,
    }
    return SimpleNamespace(**(known | changed))


def lacks(*variances: float | None, withheld: bool = True) -> list[Missing]:
    return [Missing(str(i), f"Trial {i}", 50, v, withheld) for i, v in enumerate(variances)]


def test_the_difference_that_brings_the_probability_to_a_mark_does() -> None:
    """Thousands of fits in one call, each with the missing trials put in, find the same crossings."""
    found = tipping(answer(), lacks(40.0, 80.0))
    assert found is not None
    sizes = [size for _, size in found.marks if size is not None]
    assert len(sizes) > 1
    trials = np.array([[*YI, size, size] for size in (*sizes, 0.0, -10.0, 10.0)])
    variances = np.tile([*VI, 40.0, 80.0], (len(trials), 1))
    fitted = bayes_many(trials, variances, below=[0.0], **PRIORS)["probability"][:, 0]
    marks = [mark for mark, size in found.marks if size is not None]
    assert fitted[: len(sizes)] == pytest.approx(marks, abs=2e-3)
    assert fitted[len(sizes) :] == pytest.approx([found.none, *found.small], abs=1e-5)
    assert tuple(mark for mark, _ in found.marks) == MARKS


def test_trials_with_a_test_only_stay_in_the_answer() -> None:
    found = tipping(answer(BOUNDS), lacks(40.0))
    assert found is not None
    for mark, size in found.marks:
        if size is not None:
            fitted = bayes([*YI, size], [*VI, 40.0], bounds=BOUNDS, **PRIORS)
            assert fitted.probability(below=0.0) == pytest.approx(mark, abs=2e-3)


def test_nothing_is_computed_where_there_is_nothing_to_move() -> None:
    assert tipping(None, lacks(40.0)) is None
    assert tipping(answer(), lacks(None)) is None
    assert tipping(answer(has_direction=False), lacks(40.0)) is None


def test_only_what_trialists_left_out_costs_certainty() -> None:
    """Large trials with the same small harm would turn the answer round; small ones would not."""
    large, small = (4.0, 4.0), (4000.0,)
    assert [*reasons(answer(), lacks(*large))] != []
    assert [*reasons(answer(), lacks(*large, withheld=False))] == []
    assert [*reasons(answer(), lacks(*small))] == []


@pytest.mark.parametrize(
    ("drug", "condition", "route", "window", "missing"),
    [
        # Haines 1999 was followed for 42 days and prints no usable comparison.
        ("ketamine", "neuropathic", "oral", "short", {"Haines1999"}),
        # Its follow-up ended later than the first week: nothing is missing there.
        ("ketamine", "neuropathic", "oral", "immediate", set()),
        # Nikolajsen 2000 shares nothing with Schwenkreis 2003, which shares its people with Maier 2003.
        ("memantine", "neuropathic", "oral", "short", {"Jafarzadeh2023"}),
        # Read in full, and no usable comparison: left out by its authors.
        ("magnesium", "fibromyalgia", "oral", "short", {"Bagis2013", "Russell1995"}),
    ],
)
def test_which_trials_are_missing(
    drug: str, condition: str, route: str, window: str, missing: set[str]
) -> None:
    analysis = Report(drug, condition).analysis(route, window)
    assert {trial.study_id for trial in analysis.missing} == missing
    withheld = {trial.study_id for trial in analysis.missing if trial.withheld}
    assert withheld == missing & {"Russell1995"}


def test_no_trial_is_missing_from_an_answer_that_it_is_in() -> None:
    for drug in ("ketamine", "magnesium", "memantine"):
        for analysis in Report(drug).analyses:
            inside = {e.study_id for e in (*analysis.numeric, *analysis.bounded, *analysis.doubted)}
            assert not inside & {trial.study_id for trial in analysis.missing}


def test_the_variance_of_a_missing_crossover_trial_is_that_of_pairs() -> None:
    """Of the same people a crossover knows more: 2 (1 − 0.7) SD² / n against 4 SD² / n, a ratio of 0.15."""
    ketamine = Report("ketamine")
    known = {trial.study_id: trial for a in ketamine.analyses for trial in a.missing if trial.people}
    crossover, parallel = known["Backonja1994"], known["Singh2017"]
    assert crossover.variance is not None
    assert parallel.variance is not None
    ratio = crossover.variance * crossover.people / (parallel.variance * parallel.people)  # type: ignore[operator]
    assert ratio == pytest.approx(0.15)
