"""Opioid use and depression: what the figure draws, and what the rules for claims count."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.dataset import Dataset, load
from nmda.mood import Beyond, direction


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return load()


def drawn(ds: Dataset, outcome: str, label: str) -> dict[str, Any]:
    """The row of a trial in the figure."""
    found = Beyond(ds, outcome)
    (effect,) = [effect for effect in found.spoken if effect.label == label]
    return found.drawn(effect)


@pytest.mark.parametrize(
    ("outcome", "label", "way", "significant"),
    [
        # contrasts.csv: a direction in favour of the comparison, no test
        ("opioid_use", "Ishizuka 2007", "worse", None),
        # the review's analysis 7.20: 7.87 (3.06) v 10.46 (3.52), 31 v 32 people
        ("depression", "Olivan-Blazquez 2014", "better", True),
        # not significant, in favour of the drug: a side without significance, as in the figures on pain
        ("opioid_use", "Dudgeon 2007", "better", False),
        # not significant, no side told
        ("opioid_use", "Salas 2012", "same", False),
        ("depression", "Fallon 2018", "same", False),
        ("opioid_use", "Katz 2000a", "better", True),
        # SMD −0.97 with a standard error of 0.33
        ("depression", "Jafarinia 2016", "better", True),
    ],
)
def test_what_is_drawn(ds: Dataset, outcome: str, label: str, way: str, significant: bool | None) -> None:
    row = drawn(ds, outcome, label)
    assert (row["direction"], row["significant"]) == (way, significant)


@pytest.mark.parametrize(
    ("outcome", "label", "words"),
    [
        ("depression", "Jafarinia 2016", "against diclofenac"),
        ("opioid_use", "Katz 2000a", "against no added treatment"),
        ("opioid_use", "Salas 2012", ""),
    ],
)
def test_a_comparator_that_is_no_placebo_is_named(ds: Dataset, outcome: str, label: str, words: str) -> None:
    assert drawn(ds, outcome, label)["detail"] == words


def test_a_direction_without_a_test_shows_nothing_to_the_rules_for_claims(ds: Dataset) -> None:
    (effect,) = [e for e in Beyond(ds, "opioid_use").spoken if e.label == "Ishizuka 2007"]
    assert direction(effect) == 0
    (effect,) = [e for e in Beyond(ds, "depression").spoken if e.label == "Jafarinia 2016"]
    assert direction(effect) == 1
