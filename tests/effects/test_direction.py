"""The sign of an effect: whom it favours, and which reported comparison is asked first."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from evidence import dataset
from evidence.effects import effects
from evidence.effects.direction import by_outcome, favourable_sign, sign_of_pair, turn_of
from evidence.effects.draft import Setting
from evidence.question import ArmPair, MainOutcome, Question, Result, select
from evidence.question.main_outcome import Better

PAIN = MainOutcome("pain_intensity", "pain", "points on 0–100", "lower", 10.0, (), "with opioids")


@pytest.mark.parametrize(
    ("outcome", "hoped_for", "sign"),
    [("responder_50", True, 1), ("pain_intensity", False, -1), ("nausea", False, -1)],
)
@pytest.mark.parametrize("better", ["lower", "higher"])
def test_the_side_of_the_main_outcome_is_a_setting_and_that_of_others_is_not(
    better: Better, outcome: str, hoped_for: bool, sign: int
) -> None:
    main = replace(PAIN, better=better)
    expected = main.favourable if outcome == main.code else sign
    assert favourable_sign(outcome, main, hoped_for=hoped_for) == expected


def test_the_tables_tell_which_events_are_hoped_for() -> None:
    """Of the project's outcomes only the responses are."""
    ds = dataset.load()
    codes = [code for code in ds.rows("labels", kind="outcome")["code"] if code not in ("other", PAIN.code)]
    asked = {code: Question("ketamine", "neuropathic", outcome=code) for code in codes}
    found = {code: {e.favourable for e in effects(select(q, ds), ds)} for code, q in asked.items()}
    assert {code for code, signs in found.items() if signs == {1}} == {"responder_50", "responder_30"}
    assert all(signs in ({1}, {-1}) for signs in found.values())


@pytest.mark.parametrize(
    ("higher_is", "favourable", "turn"),
    [("worse", -1, 1), ("better", -1, -1), ("worse", 1, -1), ("better", 1, 1), (None, 1, None)],
)
def test_a_scale_is_turned_to_the_side_of_its_outcome(
    higher_is: str | None, favourable: int, turn: int | None
) -> None:
    assert turn_of(higher_is, cast(Setting, SimpleNamespace(favourable=favourable))) == turn


def test_a_comparison_of_the_outcome_itself_goes_before_one_that_stands_for_it() -> None:
    stated = [SimpleNamespace(row=SimpleNamespace(outcome=name)) for name in ("relief", "pain", "relief")]
    found = by_outcome(cast(Result, SimpleNamespace(contrasts=stated)), "pain")
    assert [item.row.outcome for item in found] == ["pain", "relief", "relief"]


@pytest.mark.parametrize(("about_main", "favourable", "sign"), [(True, -1, -1), (True, 1, 1), (False, -1, 1)])
def test_people_counted_for_the_main_outcome_are_those_who_responded(
    about_main: bool, favourable: int, sign: int
) -> None:
    more, fewer = (SimpleNamespace(events=events, total=20) for events in (10, 5))
    pair = cast(ArmPair, SimpleNamespace(experimental=(more,), control=fewer))
    setting = SimpleNamespace(about_main=about_main, favourable=favourable)
    assert sign_of_pair(pair, cast(Setting, setting)) == sign
