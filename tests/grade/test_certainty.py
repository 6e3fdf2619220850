"""Certainty by hand: every rule flips at its limit, no fact costs twice, and nothing raises a rating."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evidence import dataset
from evidence.grade.bias import faults
from evidence.grade.body import Body, Span, Trial
from evidence.grade.certainty import Certainty, Domain, rate
from evidence.grade.domains import crossed
from evidence.report import Report

FLAGS = {"far": "indirectness", "kept_back": "missing evidence", "bad": "risk of bias"}
TRIAL = Trial("A 2000", 0.5, -25.0, judged=True)
#: Two judged trials without a fault, −25 (−33 to −17), SE 3.5: MID/2.8 is 3.571.
GOOD = Body((TRIAL, replace(TRIAL, label="B 2001")), -25.0, [Span(-33, -17, 3.5)], 10.0, i2=0.0)


def rated(body: Body, **overrides: tuple[int, str]) -> Certainty:
    return rate(body, FLAGS, {name.replace("_", " "): value for name, value in overrides.items()})


def down(body: Body, name: str) -> int:
    return next(domain.down for domain in rated(body).domains if domain.name == name)


def at(median: float, low: float, high: float, se: float = 3.5, **changed: Any) -> Body:
    return replace(GOOD, median=median, spans=[Span(low, high, se)], **changed)


def trials(*changes: dict[str, Any]) -> Body:
    return replace(GOOD, trials=[replace(TRIAL, label=str(i), **each) for i, each in enumerate(changes)])


def test_a_body_without_a_fault_is_high() -> None:
    found = rated(GOOD)
    assert (found.level, found.if_low_bias, found.symbols) == ("high", "high", "⊕⊕⊕⊕")
    assert found.steps == ""
    assert [domain.name for domain in found.domains] == [
        "risk of bias",
        "inconsistency",
        "imprecision",
        "indirectness",
        "missing evidence",
    ]


@pytest.mark.parametrize(
    ("median", "higher_is_better", "target"),
    [
        (-10.0, False, "an important benefit"),
        (-9.9, False, "little or no effect"),
        (9.9, False, "little or no effect"),
        (10.0, False, "an important harm"),
        (10.0, True, "an important benefit"),
        (-10.0, True, "an important harm"),
    ],
)
def test_the_target_is_named_from_the_median(median: float, higher_is_better: bool, target: str) -> None:
    assert rated(at(median, -50, 50, higher_is_better=higher_is_better)).target == target


def test_without_a_size_there_is_no_target_but_that_of_a_difference() -> None:
    body = at(-29.0, -60.0, -1.0, 12.7, sized=False)
    assert rated(body).target is None
    assert body.thresholds == (0.0,)
    assert down(body, "imprecision") == 2  # none crossed; (10/2.8/12.7)² = 0.08 of one trial's information
    assert down(replace(body, spans=[Span(-20, 1, 3.5)]), "imprecision") == 1
    assert down(replace(body, sided=False), "imprecision") == 3


@pytest.mark.parametrize(
    ("median", "low", "high", "steps"),
    [
        (-25, -33, -10, 0),  # ends at the MID: not beyond it
        (-25, -33, -9.9, 1),  # the MID
        (-25, -33, 0, 1),
        (-25, -60, 0.1, 2),  # the MID and no effect
        (-25, -60, 10.1, 3),  # both, and an important harm
        (25, 9.9, 40, 1),
        (25, -10.1, 60, 3),
        (-3, -10, 10, 0),  # little or no effect: no effect itself is inside the target
        (-3, -10.1, 10, 1),
        (-3, -10.1, 10.1, 2),
        (-3, -20, 19.9, 2),
        (-3, -20, 20, 3),  # large effects both ways
    ],
)
def test_imprecision_counts_the_thresholds_that_are_crossed(
    median: float, low: float, high: float, steps: int
) -> None:
    assert down(at(median, low, high), "imprecision") == steps


@pytest.mark.parametrize(
    ("se", "steps"),
    [(3.57, 0), (3.58, 1), (5.05, 1), (5.06, 2)],  # 10/2.8 = 3.5714; half the information: times √2 = 5.0508
)
def test_information_is_counted_by_the_standard_error(se: float, steps: int) -> None:
    assert down(at(-25, -33, -17, se), "imprecision") == steps
    assert down(at(-25, -33, -9, se), "imprecision") == max(1, steps)  # no less than if none were crossed


def test_a_wider_interval_is_never_rated_better() -> None:
    for median in (-25.0, -3.0, 25.0):
        steps = [down(at(median, median - w, median + w, w / 1.96), "imprecision") for w in range(1, 120)]
        assert steps == sorted(steps)


def test_the_worse_assumption_on_the_spread_between_trials_counts() -> None:
    narrow, wide = Span(-33, -17, 3.5), Span(-45, 15, 12.0)
    assert down(replace(GOOD, spans=[narrow, wide]), "imprecision") == 3
    assert down(replace(GOOD, spans=[wide, narrow]), "imprecision") == 3
    assert crossed(GOOD, wide) == (-10.0, 0.0, 10.0)


@pytest.mark.parametrize(
    ("estimates", "i2", "steps"),
    [
        ((-30, 5), 90.0, 0),  # two trials: cannot be judged
        ((-30, 5, None), 90.0, 0),  # a test is no number
        ((-30, -25, -5), 50.0, 0),
        ((-30, -25, -5), 50.1, 1),  # −5 lies beyond the MID
        ((-30, -25, -11), 90.0, 0),  # all important benefits
        ((-30, -25, 9), 90.0, 1),
        ((-30, -25, 10), 75.0, 1),
        ((-30, -25, 10), 75.1, 2),  # important benefit beside important harm
    ],
)
def test_inconsistency_from_three_numbers_on(estimates: tuple[Any, ...], i2: float, steps: int) -> None:
    body = replace(trials(*({"estimate": y} for y in estimates)), i2=i2)
    assert down(body, "inconsistency") == steps


def test_a_spread_that_was_counted_as_inconsistency_is_not_imprecision_too() -> None:
    spans = [Span(-33, -17, 3.5), Span(-60, 12, 20.0)]
    body = replace(trials(*({"estimate": y} for y in (-40, -25, -5))), spans=spans, i2=60.0)
    assert [d.down for d in rated(body).domains] == [0, 1, 0, 0, 0]
    assert [d.down for d in rated(replace(body, i2=40.0)).domains] == [0, 0, 3, 0, 0]


@pytest.mark.parametrize(
    ("weights", "known", "steps"),
    [
        ((0.5, 0.5), (("a",), ()), 1),
        ((0.49, 0.51), (("a",), ()), 0),
        ((0.5, 0.5), (("a", "b"), ()), 2),
        ((0.5, 0.5), (("a", "b"), ("a",)), 2),
        ((0.4, 0.6), (("a", "b"), ("a",)), 1),
    ],
)
def test_risk_of_bias_by_the_information_of_trials_with_faults(
    weights: tuple[float, ...], known: tuple[tuple[str, ...], ...], steps: int
) -> None:
    body = trials(*({"weight": w, "faults": f} for w, f in zip(weights, known, strict=True)))
    assert down(body, "risk of bias") == steps
    assert rated(body).if_low_bias == "high"


def test_what_could_not_be_read_is_no_step_but_never_high() -> None:
    unread = trials({"judged": False}, {"judged": False})
    assert down(unread, "risk of bias") == 0
    assert (rated(unread).level, rated(unread).if_low_bias) == ("moderate", "high")
    assert rated(trials({"judged": False}, {})).level == "high"  # half of the information is judged
    assert rated(replace(unread, indirect=["another question"])).level == "moderate"  # the cap costs no step


@pytest.mark.parametrize(
    ("judgements", "flags", "blinding", "people", "found"),
    [
        ({"D1": "low", "D3": "no information"}, [], "double", (100, 80), ()),
        ({"D1": "some concerns"}, [], "unclear", (None, None), ()),
        ({"D1": "some concerns", "D5": "some concerns"}, [], "double", (100, 100), (2,)),
        ({"D4": "high"}, [], "open", (100, 100), (1,)),  # once, not twice
        ({}, [], "open", (100, 100), (1,)),
        ({}, [], "double", (100, 79), (1,)),
        ({}, ["attrition"], "double", (100, 79), (1,)),  # the same fact once
    ],
)
def test_faults(
    judgements: Any, flags: list[str], blinding: str, people: tuple[Any, Any], found: tuple[int, ...]
) -> None:
    assert len(faults(judgements, flags, blinding, *people)) == bool(found)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (replace(GOOD, indirect=["another question"]), "indirectness"),
        (trials({"flags": ("far",)}, {}), "indirectness"),
        (replace(GOOD, missing=["results are missing"]), "missing evidence"),
        (trials({"flags": ("kept_back",)}, {}), "missing evidence"),
        (replace(GOOD, small_study_p=0.09), "missing evidence"),
    ],
)
def test_the_other_domains_cost_one_level(body: Body, name: str) -> None:
    assert {d.name: d.down for d in rated(body).domains if d.down} == {name: 1}
    assert down(trials({"flags": ("far", "kept_back"), "weight": 0.49}, {"weight": 0.51}), name) == 0
    assert down(replace(GOOD, small_study_p=0.1), name) == 0


def test_levels_add_up_and_stop_at_very_low() -> None:
    body = at(-25, -60, 0.1)
    assert rated(body).level == "low"
    assert rated(replace(body, indirect=["x"])).level == "very low"
    assert rated(replace(body, indirect=["x"], missing=["y"])).level == "very low"
    assert rated(replace(GOOD, median=None, spans=[])).level == "very low"


def test_a_high_probability_never_raises_certainty() -> None:
    """Farther from every threshold the probability of a benefit rises to 1; the rating does not move."""
    flawed = trials({"faults": ("a",)}, {"flags": ("far",)})
    for body in (GOOD, flawed, replace(GOOD, indirect=["x"]), replace(GOOD, missing=["y"])):
        near = rated(body)
        for shift in (10.0, 25.0, 60.0):
            far = replace(body, median=-25 - shift, spans=[Span(-33 - shift, -17 - shift, 3.5)])
            assert rated(far).level == near.level
    tiny = at(-90, -110, -70, 10.0)  # nine standard errors from no effect
    assert rated(tiny).level == "low"  # (3.571/10)² = 0.13 of the information of one trial


def test_every_step_lowers_and_none_raises() -> None:
    steps = {"indirect": ["x"], "missing": ["y"], "small_study_p": 0.01, "spans": [Span(-60, 0.1, 15.0)]}
    order = ["high", "moderate", "low", "very low"]
    for name, value in steps.items():
        assert order.index(rated(replace(GOOD, **{name: value})).level) > 0  # type: ignore[arg-type]


def test_an_editor_overrides_one_domain_with_a_reason() -> None:
    body = trials({"faults": ("a",)}, {})
    found = rated(body, risk_of_bias=(0, "the fault was remote"))
    assert (rated(body).level, found.level) == ("moderate", "high")
    assert found.domains[0] == Domain("risk of bias", 0, "the fault was remote", overridden=True)


def test_a_rating_of_the_editors_stands_with_its_source() -> None:
    """Sigtermans 2009: 28 of 30 v 5 of 30 had psychotomimetic effects, by the review."""
    found = Report("ketamine", "crps").analysis("intravenous", "short").certainty
    bias = found.domains[0]
    assert (bias.overridden, bias.down) == (True, 1)
    assert "10.1002/14651858.CD015373.pub2" in bias.reason
    rows = dataset.load().rows("arm_results", study_id="Sigtermans2009", outcome="psychotomimetic")
    review = rows[rows["source"] == "review"]
    counts = zip(review["events"], review["total"], strict=True)
    assert [f"{int(events)} of {int(total)}" in bias.reason for events, total in counts] == [True, True]


def test_texts_that_contradict_one_another_are_no_risk_of_bias() -> None:
    """Hardy 2012: a web page has 149 people, the abstract 185; the trial was double-blind."""
    analysis = Report("ketamine", "cancer").analysis("subcutaneous", "immediate")
    assert "conflict_between_sources" in analysis.numeric[0].flags
    assert {d.name: d.down for d in analysis.certainty.domains}["risk of bias"] == 0


def test_only_flags_on_how_a_trial_was_done_are_risk_of_bias() -> None:
    kinds = dataset.load().rows("flag_kinds")
    sorts = set(kinds[kinds["domain"] == "risk of bias"]["sort"])
    assert sorts == {"risk of bias"}
    assert set(kinds["sort"]) == {"risk of bias", "integrity", "reporting", "our reading", "the question"}
