"""What trials without a number found, side by side with what their statements allow."""

from types import SimpleNamespace
from typing import cast

import pytest

from evidence.effects import Effect
from evidence.effects.model import Statement
from evidence.report.sections.sides import by_trial, side, tally, worded


def told(p_low: float, p_high: float, direction: int | None, study: str = "A2001") -> Effect:
    said = Statement(p_low, p_high, direction, "as printed")
    return cast(Effect, SimpleNamespace(study_id=study, label=study, statement=said))


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        (told(0.0, 0.05, -1), "less"),
        (told(0.0, 0.05, 1), "more"),
        (told(0.0, 0.05, None), "none"),
        (told(0.0, 0.051, -1), "none"),
        (told(0.05, 1.0, -1), "none"),
        (told(0.0, 1.0, -1), "less untested"),
        (told(0.0, 1.0, 1), "more untested"),
    ],
)
def test_a_side_needs_a_significant_test_and_a_direction(effect: Effect, found: str) -> None:
    assert side(effect) == found


def test_an_effect_without_a_statement_has_no_side() -> None:
    silent = cast(Effect, SimpleNamespace(study_id="A2001", label="A 2001", statement=None))
    with pytest.raises(ValueError, match="A 2001"):
        side(silent)


def test_a_trial_that_says_different_things_is_mixed_and_counts_once() -> None:
    found = by_trial([told(0.0, 0.05, -1), told(0.05, 1.0, -1), told(0.0, 0.05, 1, "B2002")])
    assert found == {"A2001": "mixed", "B2002": "more"}


def test_one_way_each_time_is_not_different_things() -> None:
    """Less pain at two times, tested at one of them, is less pain; less and then more is not."""
    less, untested, opposite = told(0.0, 0.05, -1), told(0.0, 1.0, -1), told(0.0, 1.0, 1)
    assert by_trial([untested, less]) == {"A2001": "less"}
    assert by_trial([less, opposite]) == {"A2001": "mixed"}
    assert by_trial([untested, opposite]) == {"A2001": "mixed"}


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (["less"], "the one trial found less pain"),
        (["more", "more"], "both trials found more pain"),
        (["none", "none", "none"], "all 3 trials found no clear difference"),
        (["more", "less"], "of 2 trials, 1 found less pain and 1 more pain"),
        (["less untested"], "the one trial found less pain (not tested against chance)"),
    ],
)
def test_one_and_two_trials_are_named_as_such(sides: list, words: str) -> None:
    assert worded(sides, "pain") == words


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        (["less"], "it found less pain"),
        (["none"] * 3, "all found no clear difference"),
        (
            ["none", "more untested"],
            "1 found no clear difference and 1 more pain (not tested against chance)",
        ),
    ],
)
def test_trials_that_were_just_counted_are_not_counted_again(sides: list, words: str) -> None:
    assert tally(sides, "pain") == words
