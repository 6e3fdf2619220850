"""The sign of an effect: whom it favours, and which reported comparison is asked first."""

from types import SimpleNamespace
from typing import cast

import pytest

from evidence.effects.direction import by_outcome, favourable_sign, sign_of_pair
from evidence.effects.draft import Setting
from evidence.question import ArmPair, Result


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [("responder_30", 1), ("responder_50", 1), ("pain_intensity", -1), ("nausea", -1), ("function", -1)],
)
def test_more_responders_are_the_only_events_one_hopes_for(outcome: str, sign: int) -> None:
    assert favourable_sign(outcome) == sign


def test_a_comparison_of_the_outcome_itself_goes_before_one_that_stands_for_it() -> None:
    stated = [SimpleNamespace(row=SimpleNamespace(outcome=name)) for name in ("relief", "pain", "relief")]
    found = by_outcome(cast(Result, SimpleNamespace(contrasts=stated)), "pain")
    assert [item.row.outcome for item in found] == ["pain", "relief", "relief"]


@pytest.mark.parametrize(("about_main", "sign"), [(True, -1), (False, 1)])
def test_people_counted_for_the_main_outcome_are_those_who_responded(about_main: bool, sign: int) -> None:
    more, fewer = (SimpleNamespace(events=events, total=20) for events in (10, 5))
    pair = cast(ArmPair, SimpleNamespace(experimental=(more,), control=fewer))
    assert sign_of_pair(pair, cast(Setting, SimpleNamespace(about_main=about_main))) == sign
