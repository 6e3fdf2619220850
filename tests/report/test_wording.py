"""Sentences, ratings and tables of a report, by hand examples in which each input flips the result."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from evidence.grade.certainty import Body, Domain, Level, Trial, rate
from evidence.grade.statement import size, statement
from evidence.meta import pool
from evidence.report import words
from evidence.report.sections.sensitivity import intervals
from evidence.results.analysis import sample_size


def one(yi: float, se: float) -> Any:
    """A pool of one trial: its interval is yi ± 1.96 se."""
    return pool(np.array([yi]), np.array([se**2]))


@pytest.mark.parametrize(
    ("yi", "se", "said"),
    [
        (-27.7, 7.0, "27.7 points lower (95% CI 14.0 to 41.4 lower)"),
        (-0.6, 6.0, "0.6 points lower (95% CI 12.4 lower to 11.2 higher)"),
        (3.0, 6.0, "3.0 points higher (95% CI 8.8 lower to 14.8 higher)"),
        (20.0, 5.0, "20.0 points higher (95% CI 10.2 to 29.8 higher)"),
        (-0.04, 1.0, "0.0 points different (95% CI 2.0 lower to 1.9 higher)"),
    ],
)
def test_lower_says_the_side_once_or_both_sides(yi: float, se: float, said: str) -> None:
    assert words.lower(one(yi, se)) == said


@pytest.mark.parametrize(
    ("estimate", "name"),
    [
        (-20.0, "large"),
        (-19.9, "important"),
        (-10.0, "important"),
        (-9.9, "small"),
        (5.0, "small"),
        (4.9, "none"),
        (20.0, "large"),
    ],
)
def test_size_flips_at_half_one_and_two_mids(estimate: float, name: str) -> None:
    assert size(estimate, 10) == name


@pytest.mark.parametrize(
    ("estimate", "level", "said"),
    [
        (-27.7, "high", "Oral X reduces pain by a large amount."),
        (-27.7, "moderate", "Oral X probably reduces pain by a large amount."),
        (-27.7, "low", "Oral X may reduce pain by a large amount."),
        (-27.7, "very low", "Whether oral X changes pain is very uncertain."),
        (12.0, "moderate", "Oral X probably increases pain by an amount that matters."),
        (-6.0, "low", "Oral X may reduce pain slightly."),
        (2.0, "moderate", "Oral X probably makes little or no difference to pain."),
        (-2.0, "low", "Oral X may make little or no difference to pain."),
    ],
)
def test_statement(estimate: float, level: Level, said: str) -> None:
    assert statement("Oral X", "pain", estimate, 10, level) == said


def test_sample_size() -> None:
    """SD 20 and MID 10 are d = 0.5: 2 × (1.96 + 0.8416)² × 2² = 62.8, so 63 in each arm.

    Cohen (1988, table 2.4.1) gives 64 with Student's t.
    """
    assert sample_size(10, 20) == 2 * 63
    assert sample_size(5, 20) == 2 * 252  # 251.2: half the difference takes four times the people
    assert sample_size(20, 20) == 2 * 16  # 15.7


DOMAINS = {"bad": "risk of bias", "far": "indirectness", "kept_back": "reporting bias"}
TRIAL = Trial("A 2000", 100, 100, 100, "double", (), 0.5)
POOL = SimpleNamespace(k=3, i2=0.0, tau2=1.0, pi_low=-9.0, pi_high=5.0, ci_low=-9.0, ci_high=5.0)
GOOD: Any = Body(
    trials=(TRIAL, replace(TRIAL, label="B 2001")), pooled=POOL, mid=10, optimal_size=200, silent=0
)  # type: ignore[arg-type]


def domain(body: Body, name: str) -> Domain:
    return next(domain for domain in rate(body, DOMAINS, {}).domains if domain.name == name)


def pooled(**changed: float) -> Any:
    return replace(GOOD, pooled=SimpleNamespace(**{**vars(POOL), **changed}))


def trials(**changed: Any) -> Any:
    """The good body with both trials changed."""
    return replace(GOOD, trials=tuple(replace(trial, **changed) for trial in GOOD.trials))


def half(**changed: Any) -> Any:
    """The good body with one trial changed, which carries 0.4 of the weight."""
    first, second = GOOD.trials
    return replace(GOOD, trials=(replace(first, weight=0.4, **changed), replace(second, weight=0.6)))


def test_a_good_body_loses_one_level_for_bias_that_was_not_assessed() -> None:
    assert rate(GOOD, DOMAINS, {}).level == "moderate"
    assert {domain.name: domain.down for domain in rate(GOOD, DOMAINS, {}).domains} == {
        "risk of bias": 1,
        "inconsistency": 0,
        "imprecision": 0,
        "indirectness": 0,
        "reporting bias": 0,
    }


@pytest.mark.parametrize(
    ("body", "name", "down"),
    [
        (trials(flags=("bad",)), "risk of bias", 2),
        (trials(blinding="single"), "risk of bias", 2),
        (trials(analysed=79), "risk of bias", 2),
        (trials(analysed=80), "risk of bias", 1),
        (trials(flags=("far",)), "risk of bias", 1),
        (half(flags=("bad",)), "risk of bias", 1),
        (pooled(i2=50.0), "inconsistency", 0),
        (pooled(i2=50.1), "inconsistency", 1),
        (pooled(pi_low=-10.0, pi_high=0.1), "inconsistency", 1),
        (pooled(pi_low=-9.9, pi_high=0.1), "inconsistency", 0),
        (pooled(pi_low=-10.0, pi_high=0.0), "inconsistency", 0),
        (pooled(k=2, pi_low=-10.0, pi_high=0.1), "inconsistency", 0),  # only repeats the imprecision
        (pooled(tau2=0.0, pi_low=-10.0, pi_high=0.1), "inconsistency", 0),
        (pooled(i2=75.0, pi_low=-10.0, pi_high=1.0), "inconsistency", 1),
        (pooled(i2=75.1, pi_low=-10.0, pi_high=1.0), "inconsistency", 2),
        (pooled(k=1, i2=90.0), "inconsistency", 0),
        (pooled(ci_low=-10.0), "imprecision", 1),
        (pooled(ci_low=-30.0, ci_high=-10.0), "imprecision", 0),
        (pooled(ci_low=-30.0, ci_high=-9.9), "imprecision", 1),
        (pooled(ci_low=-10.0, ci_high=10.0), "imprecision", 2),
        (pooled(ci_low=0.0, ci_high=10.0), "imprecision", 1),
        (trials(people=99), "imprecision", 1),  # 198 of 200 people
        (trials(people=49), "imprecision", 2),  # 98: fewer than half of them
        (replace(GOOD, pooled=None), "imprecision", 2),
        (replace(GOOD, indirect=("another question",)), "indirectness", 1),
        (trials(flags=("far",)), "indirectness", 1),
        (half(flags=("far",)), "indirectness", 0),
        (replace(GOOD, silent=1), "reporting bias", 1),  # 1 of 3 trials
        (trials(flags=("kept_back",)), "reporting bias", 1),
        (half(flags=("kept_back",)), "reporting bias", 1),
        (replace(GOOD, small_study_p=0.09), "reporting bias", 1),
        (replace(GOOD, small_study_p=0.1), "reporting bias", 0),
        (replace(GOOD, trials=(TRIAL,) * 5, silent=2), "reporting bias", 0),  # 2 of 7
    ],
)
def test_each_rating_flips_at_its_limit(body: Body, name: str, down: int) -> None:
    assert domain(body, name).down == down


def test_levels_add_up_and_stop_at_very_low() -> None:
    assert rate(pooled(i2=60.0), DOMAINS, {}).level == "low"
    assert rate(replace(pooled(i2=60.0), silent=1), DOMAINS, {}).level == "very low"
    worst = replace(trials(flags=("bad", "far", "kept_back")), pooled=None)
    assert rate(worst, DOMAINS, {}).level == "very low"
    assert rate(worst, DOMAINS, {}).symbols == "⊕⊖⊖⊖"


def test_an_editor_overrides_one_domain_with_a_reason() -> None:
    found = rate(GOOD, DOMAINS, {"risk of bias": (0, "RoB 2 was done")})
    assert found.level == "high"
    assert found.domains[0] == Domain("risk of bias", 0, "RoB 2 was done", overridden=True)


def two(first: float, second: float, vi: float) -> Any:
    """An analysis of two trials of the same variance."""
    yi, variances = np.array([first, second]), np.array([vi, vi])
    numeric = tuple(SimpleNamespace(yi=y, vi=v) for y, v in zip(yi, variances, strict=True))
    return SimpleNamespace(numeric=numeric, pooled=pool(yi, variances, ci="HKSJ-adhoc"))


def test_few_trials_show_the_other_intervals() -> None:
    """Effects −10 and −11 of variance 25: tau² = 0, mean −10.5, Wald SE √12.5 = 3.536.

    Hartung-Knapp: q = (0.25 + 0.25)/25 = 0.02, SE 3.536 × √0.02 = 0.5, t with 1 df = 12.706.
    """
    analysis = two(-10, -11, 25)
    plain, wald = (found for _, found in intervals(analysis))
    assert (plain.ci_low, plain.ci_high) == pytest.approx((-10.5 - 6.353, -10.5 + 6.353), abs=1e-3)
    assert (wald.ci_low, wald.ci_high) == pytest.approx((-10.5 - 6.930, -10.5 + 6.930), abs=1e-3)
    # The primary interval takes no factor below 1: 12.706 × 3.536
    assert analysis.pooled.ci_high == pytest.approx(-10.5 + 44.92, abs=0.01)
    assert (plain.estimate, wald.estimate) == (analysis.pooled.estimate,) * 2


def test_one_trial_has_no_other_interval() -> None:
    single = SimpleNamespace(numeric=(SimpleNamespace(yi=-1.0, vi=1.0),), pooled=one(-1, 1))
    assert intervals(single) == []  # type: ignore[arg-type]
