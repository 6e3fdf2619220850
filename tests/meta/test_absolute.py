"""Absolute effects, numbers needed to treat, and SMD in other words."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.meta import conversions as conv


def test_handbook_risk_ratio() -> None:
    """Handbook 12.5.4.2 (v5.1), 15.4.4 (v6): RR 0.92 at a risk of 0.3 is 24 fewer per 1000, NNT 42."""
    got = conv.absolute_effect("RR", 0.92, 0.85, 0.99, baseline_risk=0.3, event="harmful")
    assert round(1000 * got.rd.estimate) == -24
    assert got.nnt.text.startswith("NNTB 42 ")


def test_handbook_odds_ratio() -> None:
    """Handbook 12.5.4.3 (v5.1), 15.4.4 (v6): OR 0.73 at a risk of 0.3 is 62 fewer per 1000, NNT 17."""
    got = conv.absolute_effect("OR", 0.73, 0.6, 0.9, baseline_risk=0.3, event="harmful")
    assert round(1000 * got.rd.estimate) == -62
    assert got.nnt.text.startswith("NNTB 17 ")


def test_altman() -> None:
    """Altman 1998, BMJ 317:1309: ARR 10 % (−5 % to 25 %) is NNTB 10 (NNTB 4 to ∞ to NNTH 20)."""
    got = conv.number_needed(-0.10, -0.25, 0.05, event="harmful")
    assert got.text == "NNTB 10 (NNTB 4 … ∞ … NNTH 20)"
    assert str(got) == got.text
    assert got.spans_no_effect


def test_an_effect_away_from_none_has_two_plain_limits() -> None:
    """ARR 16.6 % (0.9 % to 32.2 %): 1/0.322 = 3.1 and 1/0.009 = 111.1 (Barrowman 2002, CMAJ 166:1676)."""
    got = conv.number_needed(-0.166, -0.322, -0.009, event="harmful")
    assert got.text == "NNTB 7 (NNTB 4 to NNTB 112)"
    assert not got.spans_no_effect


@pytest.mark.parametrize(
    ("rd", "event", "text"),
    [
        ((0.1, -0.05, 0.25), "beneficial", "NNTB 10 (NNTB 4 … ∞ … NNTH 20)"),
        ((0.1, -0.05, 0.25), "harmful", "NNTH 10 (NNTB 20 … ∞ … NNTH 4)"),
        ((0.30, 0.15, 0.45), "harmful", "NNTH 3 (NNTH 6 to NNTH 2)"),
        ((0.1, 0.0, 0.25), "beneficial", "NNTB 10 (NNTB 4 … ∞)"),
        ((-0.1, -0.25, 0.0), "beneficial", "NNTH 10 (∞ … NNTH 4)"),
        ((0.0, -0.1, 0.1), "beneficial", "∞ (NNTB 10 … ∞ … NNTH 10)"),
        ((0.0, 0.0, 0.0), "beneficial", "∞ (∞)"),
        ((0.1, 1e-17, 0.25), "beneficial", "NNTB 10 (NNTB 4 … ∞)"),
        ((0.3 - 0.2, 0.05, 0.2), "beneficial", "NNTB 10 (NNTB 5 to NNTB 20)"),
        ((1.0, 0.5, 1.0), "beneficial", "NNTB 1 (NNTB 1 to NNTB 2)"),
    ],
)
def test_text_of_numbers_needed(rd: tuple[float, float, float], event: str, text: str) -> None:
    assert conv.number_needed(*rd, event=event).text == text


@given(
    limits=st.lists(st.integers(-10_000, 10_000), min_size=3, max_size=3).map(sorted),
    event=st.sampled_from(["beneficial", "harmful"]),
)
def test_an_interval_across_no_effect_always_shows_infinity(limits: list[int], event: str) -> None:
    low, rd, high = (limit / 10_000 for limit in limits)
    got = conv.number_needed(rd, low, high, event=event)
    assert ("∞" in got.interval_text) == (low <= 0 <= high)
    if low < 0 < high:
        assert got.interval_text.startswith("NNTB")
        assert "… ∞ … NNTH" in got.interval_text
    other = {"beneficial": "harmful", "harmful": "beneficial"}[event]
    mirrored = conv.number_needed(-rd, -high, -low, event=other)
    assert mirrored.text == got.text


@given(baseline=st.floats(0.01, 0.99), risk=st.floats(0.01, 0.99))
def test_the_three_measures_say_the_same(baseline: float, risk: float) -> None:
    """From one pair of risks: RD, RR and OR at that baseline lead back to all of them."""
    effects = {
        "RD": risk - baseline,
        "RR": risk / baseline,
        "OR": risk / (1 - risk) / (baseline / (1 - baseline)),
    }
    for measure, effect in effects.items():
        got = conv.absolute_effect(measure, effect, effect, effect, baseline_risk=baseline, event="harmful")
        assert got.risk.estimate == pytest.approx(risk)
        assert got.rd.estimate == pytest.approx(effects["RD"], abs=1e-12)
        assert got.rr.high == pytest.approx(effects["RR"])
        assert got.odds_ratio.low == pytest.approx(effects["OR"], rel=1e-6)


@given(baseline=st.floats(0.001, 0.999), measure=st.sampled_from(["OR", "RR"]))
def test_a_limit_of_exactly_one_is_no_effect(baseline: float, measure: str) -> None:
    got = conv.absolute_effect(measure, 1.0, 0.5, 1.0, baseline_risk=baseline, event="beneficial")
    assert got.rd.high == 0
    assert got.nnt.text.startswith("∞ (∞ … NNTH ")


def test_a_limit_beyond_certainty_is_cut_and_said() -> None:
    got = conv.absolute_effect("RR", 1.5, 0.9, 3.0, baseline_risk=0.4, event="harmful")
    assert got.truncated
    assert (got.risk.high, got.odds_ratio.high) == (1.0, math.inf)
    plain = conv.absolute_effect("RR", 1.5, 0.9, 2.0, baseline_risk=0.4, event="harmful")
    assert not plain.truncated


def test_smd_and_log_odds_ratio() -> None:
    """Chinn 2000: a log odds ratio is the SMD times π/√3 = 1.81."""
    got = conv.smd_to_log_or(-0.5, 0.04)
    assert got.yi == pytest.approx(-0.5 * 1.8138, rel=1e-5)
    assert got.vi == pytest.approx(0.04 * 1.8138**2, rel=1e-4)


def test_smd_in_points() -> None:
    """Handbook 15.5.3.2: SMD × SD; an SD of 2.1 on a 0–10 scale is 21 on 0–100."""
    points = conv.smd_to_points(np.array([-0.5, -0.8, -0.2]), 2.1, scale_low=0, scale_high=10)
    assert points.tolist() == pytest.approx([-10.5, -16.8, -4.2])
    assert conv.smd_to_points(-0.5, 25) == pytest.approx(-12.5)
    assert conv.smd_to_points(0.5, 1, scale_low=1, scale_high=5) == pytest.approx(12.5)


def test_smd_of_orth_1979_in_both_conventions() -> None:
    """3 v 2 people: RevMan Web shows [−3.71, 1.21] (Cochrane data package, 2026), metafor [−3.19, 0.70].

    RevMan's g is the middle of its interval, −1.25, and d = g / (1 − 3/11).
    """
    d = -1.25 / (1 - 3 / 11)
    for convention, shown in {"revman": ("-3.71", "1.21"), "metafor": ("-3.19", "0.70")}.items():
        got = conv.smd_from_d(d, 3, 2, convention=convention)
        half = 1.959963984540054 * got.se
        assert (f"{got.yi - half:.2f}", f"{got.yi + half:.2f}") == shown


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv.number_needed(0.1, 0.2, 0.3, event="harmful"), "between its limits"),
        (lambda: conv.number_needed(0.1, -2, 0.3, event="harmful"), "between -1 and 1"),
        (lambda: conv.number_needed(0.1, 0, math.nan, event="harmful"), "high must be a finite number"),
        (lambda: conv.number_needed(0.1, 0, 0.2, event="good"), "event"),
        (lambda: effect("RR", -0.2, -0.5, 0.1), "give ratios, not their logarithms"),
        (lambda: effect("RR", 3, 2, 4), "use an odds ratio"),
        (lambda: effect("RD", -0.6, -0.7, -0.5), "cannot be"),
        (lambda: effect("RR", 1, 2, 3), "between its limits"),
        (lambda: effect("HR", 1, 1, 1), "measure"),
        (lambda: effect("RR", 1, 1, 1, baseline_risk=40), "strictly between 0 and 1"),
        (lambda: conv.smd_from_p(0.04, 10, 10, sign=0), "sign must be 1 or -1"),
        (lambda: conv.smd_from_t(2, 1, 2), r"n1 \+ n2 must be 4 or more"),
        (lambda: conv.smd_from_d(0.5, 10, 10, convention="cochrane"), "convention"),
        (lambda: conv.smd_to_points(0.5, 0), "sd must be above 0"),
        (lambda: conv.smd_to_points(0.5, 1, scale_low=5, scale_high=1), "scale_low"),
        (lambda: conv.smd_to_log_or(0.5, 0), "vi must be above 0"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def effect(
    measure: str, estimate: float, low: float, high: float, baseline_risk: float = 0.4
) -> conv.AbsoluteEffect:
    return conv.absolute_effect(measure, estimate, low, high, baseline_risk=baseline_risk, event="harmful")
