"""Rows of the summary of findings."""

from dataclasses import replace

import pytest

from evidence import dataset, report
from evidence.question import ArmRow, main_outcome
from evidence.report.sections.harm_line import counted
from evidence.report.sections.headline import headline
from evidence.report.sections.sof import _happens, _scaled
from tests.golden.kept import read


@pytest.mark.parametrize(
    ("better", "higher_is", "expected"),
    [
        ("lower", "worse", 25.0),
        ("lower", "better", 75.0),
        ("higher", "better", 25.0),
        ("higher", "worse", 75.0),
    ],
)
def test_a_mean_on_a_scale_from_1_to_7_stands_between_0_and_100(better, higher_is, expected):
    """2.5 is a quarter of the way from 1 to 7."""
    ds = dataset.load()
    row = next(
        row for row in ds.records(ArmRow, "arm_results", outcome="pain_intensity") if row.mean is not None
    )
    seven = replace(row, mean=2.5, kind="final", scale_min=1.0, scale_max=7.0, higher_is=higher_is)
    main = replace(main_outcome(ds), better=better)
    assert _scaled(seven, main) == pytest.approx(expected)
    assert _scaled(replace(seven, kind="change"), main) is None


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        ((2.0, 1.2, 3.0), "More people with it"),
        ((2.0, 0.4, 9.0), "More people with it, which may be chance"),
        ((0.45, 0.1, 2.1), "Fewer people with it, which may be chance"),
        ((0.5, 0.2, 0.9), "Fewer people with it"),
        ((1.001, 0.2, 5.0), "No clear difference"),
    ],
)
def test_fewer_is_said_as_readily_as_more(ratio, said):
    """Fewer responses may be chance as more may: to call the first alone unclear flatters a drug."""
    assert _happens(ratio) == said


def test_every_trial_that_moves_an_interval_is_in_its_row():
    """Ketamine into a vein in days 2 to 7: two trials with a number and two with a test make the interval."""
    found = report.Report("ketamine")
    told = headline(found.analysis("intravenous", "immediate"))
    assert told is not None
    assert told.silent
    cells = [[cell.text for cell in row] for row in found.sof().rows]
    assert [row[4] for row in cells if "2 days to 1 week" in row[0] and "into a vein" in row[0]] == [
        f"{told.people} ({told.k} + {told.silent})"
    ]


def test_a_trial_in_which_nobody_had_the_harm_is_named_beside_its_ratio():
    """The strip counts two trials on hallucinations, the ratio one: in the other nobody had any."""
    found = report.Report("ketamine", "crps")
    (fact,) = (f for f in counted(found.ds, "ketamine", "intravenous") if f.outcome == "psychotomimetic")
    (row,) = (row for row in found.sof().rows if "sychotomimetic" in row[0].text)
    assert (fact.trials, row[4].text) == (2, "60 (1)")
    assert found.sof().spared[0] == "psychotomimetic effects into a vein, 1 trial"
    assert "nobody had the harm" in found.sof()._repr_html_()


def test_means_without_and_with_the_drug_differ_by_the_effect_beside_them():
    """An effect from percentages of baseline stood beside 53 → 57, and was 2.4 points."""
    table = read("summaries")
    means = table["Without → with"].str.extract(r"^(\d+) → (\d+)$").astype(float)
    points = table["Effect"].str.extract(r"^([−\d.]+) points")[0].str.replace("−", "-").astype(float)
    off = (means[1] - means[0] - points).abs().dropna()
    assert len(off) > 20
    assert off.max() <= 1.05  # each mean is rounded to a point, the effect to a tenth
