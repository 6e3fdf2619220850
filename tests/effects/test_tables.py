"""Every question of the project's tables, the reference SD, and the correlations of the crossover trials."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect, Options, effects, poolable, reference_sd
from evidence.effects.reference import trimmed_mean
from evidence.question import Question, questions, select
from tests.question import mini

FIXED = Options(reference_sd=25)
OUTCOMES = ("any_adverse_event", "psychotomimetic", "depression", "function", "opioid_use", "responder_50")
NAME = "Alpha2001"


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def pain(ds: Dataset) -> dict[Question, tuple[Effect, ...]]:
    return {question: effects(select(question, ds), ds, FIXED) for question in questions(ds)}


def test_every_effect_is_whole(pain: dict[Question, tuple[Effect, ...]]) -> None:
    for found in pain.values():
        for effect in found:
            numeric = effect.evidence_class in ("reported", "derived")
            assert (effect.yi is not None) is (effect.vi is not None) is numeric
            assert (effect.statement is not None) is (effect.evidence_class == "bounded")
            assert effect.scale == "points"
            if numeric:
                assert math.isfinite(effect.yi or 0.0)
                assert (effect.vi or 0) > 0
                last = effect.ledger[-1]
                assert effect.yi in [pytest.approx(value) for _, value in last.result]
                assert all(step.formula and step.source for step in effect.ledger)
            if effect.evidence_class == "unusable":
                assert effect.note


def test_every_study_in_scope_has_one_effect_per_window(
    ds: Dataset, pain: dict[Question, tuple[Effect, ...]]
) -> None:
    for question, found in pain.items():
        selection = select(question, ds)
        out = {item.study_id for item in selection.studies_left_out}
        assert {effect.study_id for effect in found} == set(selection.studies) - out
        places = [(effect.study_id, effect.window) for effect in found]
        assert len(places) == len(set(places))


def test_rows_of_an_effect_are_in_the_tables(ds: Dataset, pain: dict[Question, tuple[Effect, ...]]) -> None:
    columns = {
        "arm_results": ["study_id", "arm", "outcome", "measure", "time_label"],
        "contrasts": ["study_id", "arm_a", "arm_b", "outcome", "measure", "time_label"],
    }
    there = {
        (table, *("" if value != value else value for value in row))
        for table, names in columns.items()
        for row in ds.rows(table)[names].itertuples(index=False, name=None)
    }
    assert {row for found in pain.values() for effect in found for row in effect.rows} <= there


def test_standardised_and_in_points_agree_where_points_are_re_expressed(
    ds: Dataset, pain: dict[Question, tuple[Effect, ...]]
) -> None:
    compared = 0
    for question, found in pain.items():
        smds = effects(select(question, ds), ds, Options(scale="smd"))
        for smd, points in zip(smds, found, strict=True):
            assert smd.evidence_class == points.evidence_class
            if points.reexpressed:
                compared += 1
                assert points.yi == pytest.approx(25 * (smd.yi or 0))
    assert compared > 5


def test_the_correlation_touches_crossover_trials_only(
    ds: Dataset, pain: dict[Question, tuple[Effect, ...]]
) -> None:
    moved = 0
    for question, found in pain.items():
        others = effects(select(question, ds), ds, replace(FIXED, correlation=0.8))
        for one, other in zip(found, others, strict=True):
            if (one.yi, one.vi, one.bound) != (other.yi, other.vi, other.bound):
                assert one.design == "crossover"
                moved += 1
    assert moved > 10


def test_the_reading_of_the_spread_touches_flagged_trials_only(
    ds: Dataset, pain: dict[Question, tuple[Effect, ...]]
) -> None:
    moved = set()
    for question, found in pain.items():
        others = effects(select(question, ds), ds, replace(FIXED, spread="sd"))
        moved |= {a.study_id for a, b in zip(found, others, strict=True) if (a.yi, a.vi) != (b.yi, b.vi)}
    flagged = set(ds.rows("flags", flag="spread_unlabelled")["study_id"])
    assert moved
    assert moved <= flagged


def test_trials_whose_rows_contradict_each_other(pain: dict[Question, tuple[Effect, ...]]) -> None:
    """No trial of the tables does; one that comes to do so must be looked at and flagged."""
    assert not [e.study_id for found in pain.values() for e in found if "point the other way" in e.note]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_other_outcomes_run(ds: Dataset, outcome: str) -> None:
    for drug in ("ketamine", "memantine", "dextromethorphan", "amantadine", "magnesium"):
        found = effects(select(Question(drug, outcome=outcome, window="any"), ds), ds)
        for effect in poolable(found):
            assert effect.scale in ("smd", "log_rr", "log_rate_ratio", "rd")
            assert (effect.vi or 0) > 0


def test_only_reported_effects(pain: dict[Question, tuple[Effect, ...]]) -> None:
    found = pain[Question("ketamine", "neuropathic")]
    reported = poolable(found, Options(classes=("reported",)))
    assert {effect.evidence_class for effect in reported} == {"reported"}
    assert len(reported) < len(poolable(found))


def test_reference_sd_of_the_tables(ds: Dataset) -> None:
    """Two of its studies by hand: Sigtermans 0.51 √30 and 0.48 √30 on 0-10, Yousef 1.8 on 0-10."""
    found = reference_sd(ds)
    sds = {study.study_id: study.sd for study in found.studies}
    assert sds["Sigtermans2009"] == pytest.approx(10 * math.sqrt((0.51**2 + 0.48**2) * 30 / 2))
    assert sds["Yousef2013"] == pytest.approx(18)
    assert "Yang1996" not in sds  # pain was kept at a target
    assert found.low == min(sds.values()) < found.sd < found.high == max(sds.values())


def _three_studies(tmp_path: Path, largest: str) -> Dataset:
    """Trials with SDs of 2 (2 x 29 df), 4 (2 x 9 df) and another on 0-10."""
    parts = [mini.trial(name) for name in (NAME, "Beta2002", "Gamma2003")]
    rows = {
        table: [row for part in parts for row in part[table]]
        for table in ("studies", "interventions", "arms")
    }
    rows["measures"] = parts[0]["measures"]
    rows["arm_results"] = [
        mini.value(name, arm, "5", sd=sd, n=n)
        for name, sd, n in ((NAME, "2", "30"), ("Beta2002", "4", "10"), ("Gamma2003", largest, "10"))
        for arm in ("ketamine", "placebo")
    ]
    rows["arm_results"].insert(
        0, mini.value(NAME, "ketamine", "6", sd="1", time_label="start", time_days="0")
    )
    return mini.build(tmp_path, rows)


@pytest.mark.parametrize("largest", ["4.5", "5.1"])
def test_reference_sd_does_not_follow_one_study_that_strays(tmp_path: Path, largest: str) -> None:
    """SDs of 20, 40 and more points: without the smallest and the largest 40 is left; without one, a mean."""
    found = reference_sd(_three_studies(tmp_path, largest))
    assert found.sd == pytest.approx(40)
    assert (found.low, found.high) == (pytest.approx(20), pytest.approx(10 * float(largest)))
    assert dict(found.without)["Gamma2003"] == pytest.approx((20 + 40) / 2)
    assert dict(found.without)[NAME] == pytest.approx((40 + 10 * float(largest)) / 2)


@given(st.lists(st.floats(1, 100), min_size=5, max_size=40))
def test_the_trimmed_mean_is_that_of_scipy(values: list[float]) -> None:
    assert trimmed_mean(values) == pytest.approx(stats.trim_mean(values, 0.2))


def test_reference_sd_needs_a_study(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no study reports an SD"):
        reference_sd(mini.build(tmp_path, mini.trial()))


def test_correlations_of_the_crossover_trials(ds: Dataset) -> None:
    """Amin by hand: SDs 2.820 and 0.875, SD of the differences 2.0 √17/3.493 = 2.361, r = 0.64."""
    amin = next(effect for effect in pain_of("amantadine", ds) if effect.study_id == "Amin2003")
    used = [value for step in amin.ledger for name, value in step.result if name == "r"]
    r = (2.820**2 + 0.875**2 - 2.361**2) / (2 * 2.820 * 0.875)
    assert used == [pytest.approx(r, abs=5e-3)]
    pickering = next(effect for effect in pain_of("magnesium", ds) if effect.study_id == "Pickering2020")
    said = " ".join(pickering.assumptions)
    assert "imply a correlation of 0.954, which is not believable" in said
    assert dict(pickering.ledger[-1].inputs)["r"] == 0.7


def pain_of(drug: str, ds: Dataset) -> tuple[Effect, ...]:
    return effects(select(Question(drug), ds), ds, FIXED)
