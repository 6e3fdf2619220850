"""A small trial's own t: where its people estimate its standard error, z does not stand for it."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from evidence import dataset
from evidence.effects import Effect, effects
from evidence.question import Question, select
from evidence.report.book.answers import reports_of


@pytest.fixture(scope="module")
def found() -> list[Effect]:
    ds = dataset.load()
    every: dict[tuple[str, str, str, str], Effect] = {}
    for drug in dict.fromkeys(drug for drug, _ in reports_of(ds)):
        for effect in effects(select(Question(drug, window=None), ds), ds):
            every[(effect.study_id, drug, effect.window, effect.route)] = effect
    return [effect for effect in every.values() if effect.yi is not None]


def test_a_difference_in_points_has_the_degrees_of_freedom_of_its_people(found: list[Effect]) -> None:
    own = [effect for effect in found if effect.df is not None]
    assert own
    for effect in own:
        assert effect.people is not None and not effect.reexpressed and effect.scale == "points"
        paired = effect.n_experimental == effect.n_control == effect.people
        assert effect.df == effect.people - (1 if paired else 2)


def test_what_follows_from_numbers_of_people_alone_is_normal(found: list[Effect]) -> None:
    standardised = [effect for effect in found if effect.reexpressed]
    assert standardised
    assert all(effect.df is None for effect in standardised)


def test_the_own_interval_is_that_of_students_t_or_as_printed(found: list[Effect]) -> None:
    for effect in found:
        assert effect.yi is not None and effect.se is not None
        law = stats.norm if effect.df is None else stats.t(effect.df)
        reach = float(law.ppf(0.975)) * effect.se
        want = effect.printed_interval or (effect.yi - reach, effect.yi + reach)
        assert effect.own_interval == pytest.approx(want)


def test_an_interval_from_a_p_value_gives_the_p_value_back(found: list[Effect]) -> None:
    from_p = [
        (effect, step)
        for effect in found
        for step in effect.ledger
        if step.what == "standard error from the exact p-value"
    ]
    assert from_p
    for effect, step in from_p:
        assert effect.yi is not None and effect.se is not None and effect.df is not None
        assert 2 * stats.t.sf(abs(effect.yi) / effect.se, effect.df) == pytest.approx(dict(step.inputs)["p"])


def test_shares_of_people_win_over_a_p_value_alone(found: list[Effect]) -> None:
    """Kvarnström 2003 prints how many had half their pain gone, and the p-value of a test without a size."""
    (effect,) = (e for e in found if e.study_id == "Kvarnstrom2003" and e.drug == "ketamine")
    inputs = next(dict(step.inputs) for step in effect.ledger if step.what == "SMD from responders")
    a, n1, c, n2 = (inputs[name] for name in ("a", "n1", "c", "n2"))
    log = math.log(a * (n2 - c) / (c * (n1 - a)))
    var = 1 / a + 1 / (n1 - a) + 1 / c + 1 / (n2 - c)
    sd = next(dict(step.inputs)["SD_ref"] for step in effect.ledger if step.what == "SMD in points")
    assert effect.yi == pytest.approx(-log * math.sqrt(3) / math.pi * sd)
    assert effect.vi == pytest.approx(var * 3 / math.pi**2 * sd**2)
