"""Rules for claims: for each, inputs that give every verdict it can give, so that each can flip."""

from __future__ import annotations

import pytest

from nmda import verdicts
from nmda.fact_check import FactCheck, continuous, fact_check
from nmda.facts import Finding, HarmRatio, Mood

MID = 10.0


def finding(
    low: float | None,
    high: float | None,
    certainty: str = "low",
    unmeasured: int = 0,
    target: str | None = "an important benefit",
) -> Finding:
    return Finding("X", low, high, certainty, unmeasured, target=target)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "not measured"),
        ([finding(-30, -10, "moderate")], "supported"),
        ([finding(-30, -9.9, "moderate")], "supported with limits"),  # not wholly beyond the MID
        ([finding(-30, -10, "low")], "supported with limits"),  # not sure enough
        ([finding(-30, -10, "very low")], "not supported"),
        ([finding(-14, -1, "moderate", target="little or no effect")], "not supported"),
        ([finding(-14, -1, "moderate", target=None)], "supported with limits"),
        ([finding(-30, 0)], "not supported"),  # the limit of no effect is not excluded
        ([finding(-9.9, 5)], "contradicted"),
        ([finding(-9.9, 5, "very low")], "not supported"),
        ([finding(-9.9, 5, "low", unmeasured=1)], "not supported"),
        ([finding(-9.9, 5), finding(-12, 5)], "not supported"),
        ([finding(None, None, "very low", 2)], "not supported"),
    ],
)
def test_relief(findings: list[Finding], verdict: str) -> None:
    assert verdicts.relief(findings, MID).verdict == verdict


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "true, because nobody measured it"),
        ([finding(-30, 5)], "true"),
        ([finding(None, None)], "true"),
        ([finding(-30, -1, "very low")], "true in part"),
        ([finding(-30, -11, "low")], "true in part"),
        ([finding(-30, -11, "moderate")], "contradicted"),
        ([finding(-30, -9, "high")], "true in part"),
    ],
)
def test_no_clear_relief(findings: list[Finding], verdict: str) -> None:
    assert verdicts.no_clear_relief(findings, MID).verdict == verdict


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "not measured"),
        ([finding(-9, 3)], "supported"),
        ([finding(-9, 3, "very low")], "not supported"),
        ([finding(-9, 3), finding(None, None, "low", 1)], "not supported"),
        ([finding(-40, 40)], "not supported"),
        ([finding(-40, -1)], "contradicted"),
        ([finding(-40, -1, "very low")], "not supported"),
        ([finding(-14, -1, "moderate", target="little or no effect")], "not supported"),
    ],
)
def test_no_benefit(findings: list[Finding], verdict: str) -> None:
    assert verdicts.no_benefit(findings, MID).verdict == verdict


def test_a_regimen_that_nobody_gave_is_never_supported() -> None:
    shown = [finding(-30, -11, "high")]
    assert verdicts.regimen_relief(True, "", shown, MID).verdict == "supported"
    assert verdicts.regimen_relief(False, "", shown, MID).verdict == "not supported"
    assert verdicts.regimen_relief(False, "", [], MID).verdict == "not measured"


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ([HarmRatio("nausea", "")], "not measured"),
        ([HarmRatio("nausea", "iv", 1.1, 3), HarmRatio("vomiting", "iv", 1.2, 3)], "supported"),
        ([HarmRatio("nausea", "iv", 1.1, 3), HarmRatio("vomiting", "")], "supported with limits"),
        ([HarmRatio("nausea", "iv", 1.1, 3), HarmRatio("vomiting", "iv", 0.9, 3)], "supported with limits"),
        ([HarmRatio("nausea", "iv", 0.9, 3)], "not supported"),
        ([HarmRatio("nausea", "iv", 1.1, 3), HarmRatio("vomiting", "iv", 0.2, 0.9)], "contradicted"),
    ],
)
def test_more_harm(ratios: list[HarmRatio], verdict: str) -> None:
    assert verdicts.more_harm(ratios).verdict == verdict


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [
        ((3, 9), None, "not measured"),
        ((3, 9), (1, 2), "supported with limits"),
        ((3, 9), (1, 4), "not supported"),
        ((0.2, 0.5), (1, 2), "contradicted"),
    ],
)
def test_worse_by_route(own: tuple[float, float], other: tuple[float, float] | None, verdict: str) -> None:
    ratios = [HarmRatio("nausea", "intravenous", *own)]
    ratios += [HarmRatio("nausea", "oral", *other)] if other else [HarmRatio("vomiting", "oral", 1, 2)]
    assert verdicts.worse_by_route(ratios, "intravenous").verdict == verdict


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], "true, because nobody measured it"),
        ([Mood("A", 0, True), Mood("B", -1, True)], "true"),
        ([Mood("A", 1, True)], "true in part"),
        ([Mood("A", 1, False), Mood("B", 1, False)], "true in part"),
        ([Mood("A", 1, False), Mood("B", 1, True)], "contradicted"),
    ],
)
def test_not_shown(results: list[Mood], verdict: str) -> None:
    assert verdicts.not_shown(results, "anyone").verdict == verdict


def test_covered() -> None:
    assert verdicts.covered({"a": 0, "b": 0}).verdict == "wrong about the review"
    assert verdicts.covered({"a": 1, "b": 0}).verdict == "true in part"
    assert verdicts.covered({"a": 1, "b": 2}).verdict == "supported"


def test_outside() -> None:
    judged = verdicts.outside("Not a question for trials")
    assert judged is not None
    assert judged.verdict == "out of scope"
    assert verdicts.outside("Ketamine in migraine") is None
    assert verdicts.outside(None) is None


@pytest.mark.parametrize(
    ("dose", "whole_day"),
    [("max 0.35 mg/kg/h, 4 h daily for 10 days", False), ("6 h per day", False), ("22 mg/h per 70 kg", True)],
)
def test_an_infusion_with_hours_per_day_is_not_continuous(dose: str, whole_day: bool) -> None:
    assert continuous(dose) is whole_day


@pytest.fixture(scope="module")
def check() -> FactCheck:
    return fact_check()


def test_every_claim_of_the_table_has_a_verdict_and_a_rule(check: FactCheck) -> None:
    for claim_id in check.ds.rows("claims")["claim_id"]:
        checked = check.check(str(claim_id))
        assert checked.verdict in verdicts.MEANINGS
        assert checked.rule.startswith("A claim")
        assert checked.judged.reason


def test_the_story_has_five_sentences_with_the_verdicts_of_the_rules(check: FactCheck) -> None:
    assert len(check.story) == 5
    assert check.check("C10").verdict in check.story[4]
    assert check.check("C07").verdict in check.story[2]


def test_an_unknown_claim_is_refused(check: FactCheck) -> None:
    with pytest.raises(ValueError, match="has no claim"):
        check.check("C99")


def test_an_interval_that_rests_on_doubt_is_named_and_not_counted() -> None:
    sound = Finding("oral", -12.0, 4.0, "very low")
    doubted = Finding("epidural", -33.0, -3.0, "very low", doubtful=True)
    judged = verdicts.no_clear_relief([sound, doubted], 10)
    assert judged.verdict == "true"
    assert judged.reason == (
        "In none of 1 interval (1 of a single trial) is relief probable under every prior."
    )
    assert "Not counted: epidural: −33.0 to −3.0 points" in judged.numbers
    assert verdicts.no_clear_relief([sound, Finding("epidural", -33.0, -3.0, "very low")], 10).verdict == (
        "true in part"
    )
