"""In what form trials report pain: by rule on made-up rows, and on trials whose rows were read by eye."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from evidence.dataset import Dataset, load
from evidence.question import ContrastRow
from evidence.report.sections.reported import FORMS, ArmReport, Reported, form

ARM = ArmReport(
    study_id="Alpha2001",
    arm="ketamine",
    arm_role="experimental",
    outcome="pain_intensity",
    measure="NRS",
    time_label="week 1",
    time_days=7.0,
    mean=None,
    sd=None,
    se=None,
    ci_low=None,
    ci_high=None,
    median=None,
    q1=None,
    q3=None,
    events=None,
    total=None,
)
CONTRAST = ContrastRow(
    study_id="Alpha2001",
    arm_a="ketamine",
    arm_b="placebo",
    outcome="pain_intensity",
    measure="NRS",
    time_label="week 1",
    time_days=7.0,
    effect="p_only",
    estimate=None,
    se=None,
    ci_level=None,
    ci_low=None,
    ci_high=None,
    p_value=None,
    p_operator=None,
    favours=None,
)


def arms(role: str = "control", **cells: object) -> list[ArmReport]:
    """Two arms with the same cells."""
    return [replace(ARM, **cells), replace(ARM, arm="other", arm_role=role, **cells)]  # type: ignore[arg-type]


def said(**cells: object) -> list[ContrastRow]:
    return [replace(CONTRAST, **cells)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "contrasts", "expected"),
    [
        (arms(mean=3.0, sd=2.0), [], "mean and spread"),
        (arms(mean=3.0, se=0.5), [], "mean and spread"),
        (arms(mean=3.0, ci_low=2.0, ci_high=4.0), [], "mean and spread"),
        (arms(median=3.0, q1=2.0, q3=4.0), [], "mean and spread"),
        (arms(mean=3.0), [], "nothing"),
        (arms(mean=3.0, sd=2.0)[:1], [], "nothing"),
        (arms("experimental", mean=3.0, sd=2.0), [], "nothing"),  # two doses, the control arm not told
        (arms(mean=3.0, sd=2.0, time_days=0.0), [], "nothing"),
        ([], said(effect="MD", estimate=-1.0, ci_low=-2.0, ci_high=0.0), "mean and spread"),
        ([], said(effect="SMD", estimate=-1.43, favours="experimental"), "mean and spread"),
        ([], said(effect="MD", estimate=-1.0, favours="experimental"), "direction"),
        (arms(events=10, total=30), [], "counts of responders"),
        (arms(events=10), [], "nothing"),
        ([], said(effect="RD", estimate=0.04, ci_low=-0.1, ci_high=0.17), "counts of responders"),
        ([], said(effect="RD", estimate=0.04, p_operator="ns"), "bound on p"),
        (arms(events=10, total=30), said(p_value=0.03, p_operator="="), "counts of responders"),
        ([], said(p_value=0.03, p_operator="="), "exact p"),
        ([], said(p_value=0.05, p_operator="<"), "bound on p"),
        ([], said(favours="neither"), "nothing"),
        ([], [], "nothing"),
    ],
)
def test_forms(rows: list[ArmReport], contrasts: list[ContrastRow], expected: str) -> None:
    assert form(rows, contrasts) == expected


@pytest.fixture(scope="module")
def found() -> Reported:
    ds: Dataset = load()
    return Reported(ds)


@pytest.mark.parametrize(
    ("study", "expected"),
    [
        ("Amin2003", "mean and spread"),  # 6.2 (4.9-7.8) v 8.2 (7.7-8.6)
        ("Prakash2020", "mean and spread"),  # changes with their intervals
        ("Etchison2018", "mean and spread"),  # medians with quartiles
        ("OlivanBlazquez2014", "mean and spread"),  # d = 1.43
        ("Lemming2005", "counts of responders"),  # 14/30 v 2/30
        ("Pfaffenrath1996", "counts of responders"),  # 10/35 v 10/34
        ("Hardy2012", "counts of responders"),  # 29/93 v 25/92
        ("Kim2015", "counts of responders"),  # 10/15 v 7/15
        ("Mahdavi2009", "bound on p"),  # responders, p < 0.05
        ("Sigtermans2009", "mean and spread"),
        ("Eide1995", "direction"),
        ("Abraham2003", "nothing"),  # counts under two doses, none under placebo
        ("Shanmugam2019", "nothing"),  # counts of people with fewer attacks, not with less pain
    ],
)
def test_trials_read_by_eye(found: Reported, study: str, expected: str) -> None:
    assert found.forms[study] == expected


def test_the_figure_says_what_its_bars_count(found: Reported) -> None:
    figure = found.figure()
    counts = Counter(found.forms.values())
    assert [row[1].value for row in figure.twin.rows] == [counts[name] for name in FORMS]
    assert sum(counts.values()) == len(found.trials)
    assert f"{len(found.trials)} trials" in figure.title
    assert "Number of trials" in figure.caption


def test_trials_without_a_text_of_their_own_are_counted(found: Reported) -> None:
    others = len(found.ds.rows("studies")) - len(found.trials)
    assert others > 1
    assert found.untold() == f"{others} more trials"


def test_every_trial_of_a_drug_counts_once_under_its_form(found: Reported) -> None:
    given = found.ds.rows("interventions")
    for name, total, *counts, share in found.by_drug().rows:
        own = given.loc[given["drug"] == name.text.lower(), "study_id"]
        forms = [found.forms[study] for study in set(own) & set(found.forms)]
        assert total.value == len(forms) == sum(cell.value or 0 for cell in counts)
        assert share.value == pytest.approx(100 * forms.count("mean and spread") / len(forms))
