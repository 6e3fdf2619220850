"""The sign of an effect: whom it favours, and which reported comparison is asked first."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from evidence.effects.direction import by_outcome, favourable_sign, sign_of_pair, turn_of
from evidence.effects.draft import Setting
from evidence.question import ArmPair, MainOutcome, Result

PAIN = MainOutcome("pain_intensity", "pain", "points on 0–100", "lower", 10.0, (), "with opioids")


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [("responder_30", 1), ("responder_50", 1), ("pain_intensity", -1), ("nausea", -1), ("function", -1)],
)
def test_more_responders_are_the_only_events_one_hopes_for(outcome: str, sign: int) -> None:
    assert favourable_sign(outcome, PAIN) == sign


def test_the_main_outcome_gets_better_on_the_side_of_its_setting() -> None:
    more = replace(PAIN, better="higher")
    assert [favourable_sign(outcome, more) for outcome in ("pain_intensity", "function")] == [1, -1]
    assert favourable_sign("responder_50", more) == 1


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
