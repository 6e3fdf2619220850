"""What the figures on pain make of an effect: its interval, its side, its point, its prediction."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect, Statement
from evidence.meta import pool
from evidence.report import Report
from evidence.report.sections.findings import (
    AlbatrossPoint,
    albatross_point,
    albatross_points,
    finding_of,
    limits,
    summary_of_classes,
)
from evidence.report.sections.forest import SAFEGUARDS, main_forest, prediction_of, safeguards
from evidence.results.analysis import Analysis
from evidence.rob import DOMAINS, assessments
from evidence.wording.labels import labels

LABELS = labels(dataset.load())
BOUNDED = Effect(
    study_id="Alpha2001",
    label="Alpha 2001",
    drug="ketamine",
    route="intravenous",
    regimen="",
    comparator="placebo",
    comparator_type="placebo",
    shared=(),
    other_drugs=(),
    condition_group="crps",
    condition_detail="crps",
    design="parallel",
    outcome="pain_intensity",
    window="short",
    time_days=14.0,
    time_label="week 2",
    scale="points",
    yi=None,
    vi=None,
    n_experimental=20,
    n_control=20,
    people=40,
    evidence_class="bounded",
    statement=None,
    bound=None,
    counts=None,
    reexpressed=False,
    ledger=(),
    assumptions=(),
    rows=(),
    flags=(),
    note="",
)


def stated(
    low: float, high: float, direction: int | None, exact: float | None = None, **cells: str
) -> Effect:
    """An effect of which only this is known."""
    return replace(
        BOUNDED,
        statement=Statement(low, high, direction, "said", exact_p=exact),
        **cells,  # type: ignore[arg-type]
    )


def measured(yi: float, se: float) -> Effect:
    return replace(BOUNDED, yi=yi, vi=se**2, evidence_class="reported")


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def reports(ds: Dataset) -> list[Report]:
    made = [
        Report(drug, condition, ds=ds)
        for drug in labels(ds).drugs
        for condition in (*labels(ds).conditions, None)
    ]
    return [report for report in made if report.selection.studies]


# Sides


@pytest.mark.parametrize(
    ("effect", "direction", "significant"),
    [
        (measured(0.0, 5.0), "same", False),
        (measured(-0.04, 5.0), "same", False),  # printed as 0.0 points
        (measured(0.04, 5.0), "same", False),
        (measured(-0.06, 5.0), "better", False),  # printed as −0.1 points
        (measured(0.06, 5.0), "worse", False),
        (measured(-10.0, 5.0), "better", True),
        (measured(-10.0, 6.0), "better", False),
        (stated(0.0, 0.05, -1), "better", True),
        (stated(0.05, 1.0, -1), "better", False),
        (stated(0.05, 1.0, None), "same", False),
        (stated(0.0, 0.01, None), "unclear", True),
        (stated(0.0, 1.0, -1), "better", None),  # a side without a test: hollow, significance not told
        (stated(0.0, 1.0, 1), "worse", None),
    ],
)
def test_the_side_and_the_test_of_an_effect(effect: Effect, direction: str, significant: bool | None) -> None:
    found = finding_of(effect, "words")
    assert (found.direction, found.significant, found.words) == (direction, significant, "words")


def test_a_smaller_scale_has_more_decimals() -> None:
    """A standardised difference of −0.04 is printed as −0.04, not as 0."""
    assert finding_of(measured(-0.04, 0.5), "", digits=2).direction == "better"
    assert finding_of(measured(-0.004, 0.5), "", digits=2).direction == "same"


def test_noppers_leans_to_the_worse_by_two_points_at_8_weeks(ds: Dataset) -> None:
    """Analysis 1.4 of the review: 63 v 61 points, read off a figure; no arrow says more than the side."""
    figure = Report("ketamine", "fibromyalgia", ds=ds).directions("intravenous")
    heads = [column.name for column in figure.twin.columns]
    row = next(row for row in figure.twin.rows if row[0].text == "Noppers 2011")
    place = next(i for i, name in enumerate(heads) if name == "From 1 week to 3 months")
    assert row[place].text == "worse on the drug"
    assert row[place + 2].text == "2.0 points"


def test_windows_have_the_same_words_in_both_figures(reports: list[Report]) -> None:
    """Columns of the direction plot are called like the blocks of the forest plot."""
    compared = 0
    for report in reports:
        for route in report.routes:
            spoken = [a for a in report.by_route(route) if a.numeric or a.bounded]
            if not spoken:
                continue
            heads = {column.name for column in report.directions(route).twin.columns}
            for analysis in spoken:
                words = analysis.when
                assert words[0].upper() + words[1:] in heads
                compared += 1
    assert compared > 40


# Intervals


def test_a_printed_interval_is_shown_as_printed() -> None:
    """A mean difference of −10 with −25 to 5 from t with 18 df has SE 7.14: a normal interval is −24 to 4."""
    plain = measured(-10.0, 7.14)
    assert limits(plain) == (pytest.approx(-24.0, abs=0.01), pytest.approx(4.0, abs=0.01))
    printed = replace(plain, printed_interval=(-25.0, 5.0))
    assert limits(printed) == (-25.0, 5.0)
    with pytest.raises(ValueError, match="Alpha 2001"):
        limits(stated(0.0, 0.05, -1))


def test_sang_stands_in_the_forest_plot_as_it_is_printed(ds: Dataset) -> None:
    """Sang 2002a prints −5 to 1 on 0–20: −25.0 to 5.0 points on 0–100."""
    report = Report("dextromethorphan", "neuropathic", ds=ds)
    figure = main_forest("key", "Title", report.by_route("oral"))
    (row,) = [row for row in figure.twin.rows if any("Sang 2002a" in cell.text for cell in row)]
    values = [cell.value for cell in row]
    assert -25.0 in values
    assert 5.0 in values
    assert any(cell.text == "−25.0" or "−25.0 to 5.0" in cell.text for cell in row)


# Prediction intervals


def test_a_prediction_interval_needs_three_trials_that_differ() -> None:
    two = pool([-30.0, 0.0], [4.0, 4.0], ci="HKSJ-adhoc")
    alike = pool([-10.0, -11.0, -12.0], [25.0, 25.0, 25.0], ci="HKSJ-adhoc")
    differing = pool([-30.0, -15.0, 0.0], [4.0, 4.0, 4.0], ci="HKSJ-adhoc")
    assert two.tau2 > 0
    assert alike.tau2 == 0  # Q = 2/25 < 2
    assert prediction_of(two) is None
    assert prediction_of(alike) is None
    found = prediction_of(differing)
    assert found is not None
    # tau² = 225 − 4 = 221 (sample variance less the mean of vi); t(2) = 4.303; SE² = 225/3
    assert found[1] - found[0] == pytest.approx(2 * 4.3027 * (221 + 75) ** 0.5, rel=1e-3)


def test_no_forest_plot_repeats_its_pool_as_a_prediction(reports: list[Report]) -> None:
    for report in reports:
        for analysis in report.analyses:
            pooled = analysis.pooled
            if pooled is not None and prediction_of(pooled) is not None:
                assert pooled.k >= 3
                assert pooled.pi_low < pooled.ci_low
                assert pooled.ci_high < pooled.pi_high


# Albatross


def test_a_p_value_printed_with_an_equals_sign_stands_at_its_place(ds: Dataset) -> None:
    """Brill 2002 prints P = 0.016, the smallest that seven pairs can give; that it is so is no '<'."""
    bounded = [e for a in Report("magnesium", "neuropathic", ds=ds).analyses for e in a.bounded]
    (point,) = [p for p in albatross_points(bounded, LABELS) if p.label == "Brill 2002"]
    assert (point.operator, point.p, point.favours) == ("=", 0.016, "low")


@pytest.mark.parametrize(
    ("effect", "operator", "p"),
    [
        (stated(0.0, 0.016, -1, 0.016), "=", 0.016),
        (stated(0.245, 0.255, None, 0.25), "=", 0.25),
        (stated(0.0, 0.0005, -1, 0.0), "<", 0.0005),  # p = 0.000 is none
        (stated(0.0, 0.05, -1), "<", 0.05),
        (stated(0.05, 1.0, None), ">", 0.05),
        (stated(0.995, 1.0, None, 1.0), "=", 1.0),
    ],
)
def test_operators(effect: Effect, operator: str, p: float) -> None:
    point = albatross_point(effect)
    assert point is not None
    assert (point.operator, point.p) == (operator, p)


def test_a_test_repeated_in_several_windows_is_one_point() -> None:
    repeated = [stated(0.0, 0.05, -1, window=w) for w in ("not_stated", "immediate", "short", "medium")]
    (point,) = albatross_points(repeated, LABELS)
    assert point == AlbatrossPoint("Alpha 2001", 40, 0.05, "<", "low", False, "")


def test_two_tests_of_a_study_are_told_apart_by_their_latest_window() -> None:
    found = albatross_points(
        [
            stated(0.0, 0.05, -1, window="medium"),
            stated(0.0, 0.05, -1, window="immediate"),
            stated(0.05, 1.0, None, window="short"),
            stated(0.0, 0.05, -1, study_id="Beta2002", label="Beta 2002", window="short"),
        ],
        LABELS,
    )
    assert [(point.label, point.operator, point.window) for point in found] == [
        ("Alpha 2001", "<", "from 3 to 6 months"),
        ("Alpha 2001", ">", "from 1 week to 3 months"),
        ("Beta 2002", "<", ""),
    ]


def _tested(analysis: Analysis) -> list[Effect]:
    """Trials known by a test only, those in doubt among them."""
    return [effect for effect in (*analysis.bounded, *analysis.doubted) if effect.evidence_class == "bounded"]


def test_no_albatross_plot_draws_a_test_twice(reports: list[Report]) -> None:
    """Amr 2011b states p < 0.05 in four windows and not significant in the first 48 hours: two points."""
    drawn = 0
    for report in reports:
        points = albatross_points([e for a in report.analyses for e in _tested(a)], LABELS)
        tests = Counter((p.label, p.operator, p.p, p.favours) for p in points)
        assert not [test for test, count in tests.items() if count > 1]
        labels = [(point.label, point.window) for point in points]
        assert len(labels) == len(set(labels))
        drawn += len(points)
        if (report.drug, report.condition) == ("ketamine", "musculoskeletal"):
            assert sum(point.label == "Amr 2011b" for point in points) == 2
    assert drawn > 40


def test_safeguards_are_those_of_the_tables() -> None:
    """Amr 2011a has no row of rob2.csv, and an integrity flag.

    Lemming 2005: people rated blind (4.1 to 4.3 PN), 30 of 33 analysed and nothing on why (3.1 PN alone).
    """
    epidural = Report("ketamine", "neuropathic").analysis("epidural", "immediate")
    amr = next(effect for effect in epidural.effects if effect.study_id == "Amr2011a")
    assert safeguards(epidural, amr) == {"1": "unclear", "3": "unclear", "4": "unclear", "I": "no"}
    infusion = Report("ketamine", "musculoskeletal").analysis("intravenous", "during_infusion")
    lemming = next(effect for effect in infusion.effects if effect.study_id == "Lemming2005")
    expected = {"1": "unclear", "3": "unclear", "4": "yes", "I": "yes"}
    assert safeguards(infusion, lemming) == expected


def test_the_domains_that_no_forest_plot_shows_have_no_information() -> None:
    """When a text tells of one of them, `SAFEGUARDS` gets a column for it."""
    ds = dataset.load()
    found = assessments(ds, list(ds.rows("studies")["study_id"]), "pain_intensity").values()
    hidden = [name for name in DOMAINS if name[1:] not in SAFEGUARDS]
    assert {item.judgement(name) for item in found for name in hidden} == {"no information"}


def test_trials_are_told_by_what_they_give() -> None:
    best = {"a": "reported", "b": "derived", "c": "derived", "d": "bounded", "e": "bounded", "f": "bounded"}
    assert summary_of_classes(best, "pain") == (
        "Of 6 trials, 1 reports an effect with its spread, 2 allow one to be derived, 3 give only a bound or "
        "a direction and none says nothing usable on pain."
    )


def test_a_number_that_rounds_to_nothing_points_to_no_side() -> None:
    near, far = (finding_of(measured(yi, 1.0), "said") for yi in (0.04, 0.06))
    assert (near.direction, far.direction) == ("same", "worse")
    assert finding_of(measured(0.4, 1.0), "said", digits=0).direction == "same"
