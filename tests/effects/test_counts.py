"""Outcomes that are counted, and other scores than pain."""

import math
from pathlib import Path

import pytest

from evidence.effects import Effect, Options, effects
from evidence.question import Question, select
from tests.question import mini

NAME = "Alpha2001"


def event(tmp_path: Path, *counts: tuple[str, str], outcome: str = "nausea", **cells: str) -> Effect:
    rows = mini.trial(**cells)
    rows["measures"] = [mini.measure(outcome, outcome=outcome, answers=outcome, kind="any", unit="count")]
    kind = {"outcome": outcome, "measure": outcome, "higher_is": "worse"}
    rows["arm_results"] = [
        mini.count(NAME, arm, *numbers, **kind)
        for arm, numbers in zip(("ketamine", "placebo"), counts, strict=True)
    ]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps", outcome=outcome), ds), ds)
    return effect


def test_risk_ratio(tmp_path: Path) -> None:
    """12/30 v 4/30: RR 3; variance 1/12 - 1/30 + 1/4 - 1/30. More events on the drug is above 0."""
    effect = event(tmp_path, ("12", "30"), ("4", "30"))
    assert effect.scale == "log_rr"
    assert effect.yi == pytest.approx(math.log(3))
    assert effect.vi == pytest.approx(1 / 12 + 1 / 4 - 2 / 30)
    assert effect.counts is not None
    assert effect.counts.events_experimental == 12


def test_an_empty_cell_gets_half_a_person(tmp_path: Path) -> None:
    """5/30 v 0/30: RR (5.5/31)/(0.5/31) = 11."""
    effect = event(tmp_path, ("5", "30"), ("0", "30"))
    assert effect.yi == pytest.approx(math.log(11))
    assert any("Half a person" in text for text in effect.assumptions)


def test_nobody_with_the_event_in_either_arm(tmp_path: Path) -> None:
    effect = event(tmp_path, ("0", "30"), ("0", "30"))
    assert effect.evidence_class == "unusable"
    assert effect.yi is None
    assert effect.counts is not None
    assert effect.note.startswith("Nobody had the event in either arm")


def test_responders_are_hoped_for(tmp_path: Path) -> None:
    assert event(tmp_path, ("12", "30"), ("4", "30"), outcome="responder_50").yi == pytest.approx(math.log(3))


def test_crossover_counts_are_analysed_too_cautiously_and_say_so(tmp_path: Path) -> None:
    effect = event(tmp_path, ("12", "30"), ("4", "30"), design="crossover")
    assert effect.vi == pytest.approx(1 / 12 + 1 / 4 - 2 / 30)
    assert effect.people == 30
    assert any("too cautious" in text for text in effect.assumptions)


@pytest.mark.parametrize(
    ("effect_name", "unit", "numbers", "scale", "yi"),
    [
        ("RR", "count", ("2", "1", "4"), "log_rr", math.log(2)),
        ("RR", "rate_ratio", ("2", "1", "4"), "log_rate_ratio", math.log(2)),
        ("RD", "count", ("0.2", "0.1", "0.3"), "rd", 0.2),
    ],
)
def test_printed_ratios_and_differences(
    tmp_path: Path, effect_name: str, unit: str, numbers: tuple[str, str, str], scale: str, yi: float
) -> None:
    rows = mini.trial()
    rows["measures"] = [mini.measure("nausea", outcome="nausea", answers="nausea", kind="any", unit=unit)]
    cells = dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True))
    rows["contrasts"] = [
        mini.contrast(NAME, outcome="nausea", measure="nausea", effect=effect_name, ci_level="95", **cells)
    ]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps", outcome="nausea"), ds), ds)
    width = math.log(4) if effect_name == "RR" else 0.2
    assert (effect.scale, effect.yi) == (scale, pytest.approx(yi))
    assert effect.se == pytest.approx(width / (2 * 1.959964))
    assert effect.ledger[-1].formula.endswith("on the log scale") == (effect_name == "RR")


def test_bounds_on_events_have_no_sampling_variance(tmp_path: Path) -> None:
    rows = mini.trial()
    rows["measures"] = [mini.measure("nausea", outcome="nausea", answers="nausea", kind="any", unit="count")]
    cells = {
        "outcome": "nausea",
        "measure": "nausea",
        "p_value": "0.05",
        "p_operator": "<",
        "favours": "control",
    }
    rows["contrasts"] = [mini.contrast(NAME, **cells)]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps", outcome="nausea"), ds), ds)
    assert effect.statement is not None
    assert effect.statement.direction == 1  # more events on the drug
    assert effect.bound is None


@pytest.mark.parametrize(("favours", "direction"), [("experimental", 1), ("control", -1)])
def test_a_statement_that_favours_the_drug_means_more_responders(
    tmp_path: Path, favours: str, direction: int
) -> None:
    rows = mini.trial()
    measure = {"outcome": "responder_50", "answers": "responder_50", "kind": "any", "unit": "count"}
    rows["measures"] = [mini.measure("half the pain gone", **measure)]
    cells = {"outcome": "responder_50", "measure": "half the pain gone", "favours": favours}
    rows["contrasts"] = [mini.contrast(NAME, p_value="0.05", p_operator="<", **cells)]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps", outcome="responder_50"), ds), ds)
    assert effect.statement is not None
    assert effect.statement.direction == direction


@pytest.mark.parametrize(("higher_is", "sign"), [("worse", -1), ("better", 1)])
def test_other_scores_are_standardised(tmp_path: Path, higher_is: str, sign: int) -> None:
    """10 (SD 4) v 14 (SD 4), 30 each: one SD, J(58) = 0.987; negative favours the drug."""
    rows = mini.trial()
    rows["measures"] = [mini.measure("BDI", outcome="depression", answers="depression", kind="any")]
    cells = {"outcome": "depression", "measure": "BDI", "sd": "4", "higher_is": higher_is}
    rows["arm_results"] = [
        mini.value(NAME, arm, mean, **cells, scale_min="", scale_max="")
        for arm, mean in (("ketamine", "10"), ("placebo", "14"))
    ]
    ds = mini.build(tmp_path, rows)
    (effect,) = effects(select(Question("ketamine", "crps", outcome="depression"), ds), ds, Options())
    assert effect.scale == "smd"
    assert effect.yi == pytest.approx(sign * 0.987, abs=1e-3)
