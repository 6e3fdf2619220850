"""The specification curves of every report: the main analysis, different results, and how they are worded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.question import Question
from evidence.report import Report
from evidence.report.sections.multiverse import DIMENSIONS, Multiverse, multiverse_figure
from evidence.results.analysis import Analysis
from evidence.wording.labels import labels

NUMBERS = ["estimate", "ci_low", "ci_high"]
QUESTION = Question("ketamine", "crps")


@pytest.fixture(scope="module")
def ds() -> Dataset:
    return dataset.load()


@pytest.fixture(scope="module")
def found(ds: Dataset) -> list[tuple[Report, Analysis, Multiverse]]:
    """Every route and window of every report and overview, with its multiverse."""
    return list(_found(ds))


def _found(ds: Dataset) -> Iterator[tuple[Report, Analysis, Multiverse]]:
    for drug in labels(ds).drugs:
        for condition in (*labels(ds).conditions, None):
            report = Report(drug, condition, ds=ds)
            for analysis in report.analyses if report.selection.studies else ():
                route, window = str(analysis.question.route), str(analysis.question.window)
                yield report, analysis, report.multiverse(route, window)


def test_the_main_analysis_is_the_pool_of_the_report(
    found: list[tuple[Report, Analysis, Multiverse]],
) -> None:
    """Of every drug, condition, route and window: the estimate and interval that the report itself prints."""
    compared = 0
    for report, analysis, many in found:
        where = (report.drug, report.condition, analysis.question.route, analysis.question.window)
        main = many.table[many.table["main"]]
        if analysis.pooled is None:
            assert main.empty, where
            continue
        compared += 1
        assert len(main) == 1, where
        pooled = analysis.pooled
        expected = [pooled.estimate, pooled.ci_low, pooled.ci_high]
        assert main[NUMBERS].to_numpy()[0] == pytest.approx(expected, abs=1e-9), where
        assert int(main["k"].iloc[0]) == pooled.k, where
        assert bool(main["distinct"].iloc[0]), where
    assert compared > 20


def test_the_main_analysis_is_not_one_of_reported_effects_only(
    found: list[tuple[Report, Analysis, Multiverse]],
) -> None:
    """Where a derived effect is pooled, a pool of reported effects alone is another analysis."""
    derived = 0
    for _, analysis, many in found:
        if any(effect.evidence_class == "derived" for effect in analysis.numeric):
            derived += 1
            main = many.table[many.table["main"]].iloc[0]
            assert main["Evidence"] == "with derived effects"
            assert main["k"] == len(analysis.numeric)
    assert derived > 5


def test_no_result_is_counted_twice(found: list[tuple[Report, Analysis, Multiverse]]) -> None:
    for report, analysis, many in found:
        if many.results.empty:
            continue
        numbers = many.results[[*NUMBERS, "k", "k_bounded"]].to_numpy(dtype=float)
        for place, row in enumerate(numbers):
            gaps = np.abs(numbers[:place, :3] - row[:3]).max(axis=1, initial=0.0)
            same = (gaps < 1e-9) & (numbers[:place, 3:] == row[3:]).all(axis=1)
            # the same numbers may come from other trials only; none do here
            assert not same.any(), (report.drug, report.condition, analysis.question.window)


def test_every_result_of_the_table_is_kept_once(found: list[tuple[Report, Analysis, Multiverse]]) -> None:
    """No estimate or interval is lost by counting different results."""
    for _, _, many in found:
        if many.estimable.empty:
            assert many.results.empty
            continue
        for values in many.estimable[NUMBERS].to_numpy(dtype=float):
            gaps = np.abs(many.results[NUMBERS].to_numpy(dtype=float) - values).max(axis=1)
            assert gaps.min() < 1e-9


def test_maier_is_not_read_as_a_standard_error(ds: Dataset) -> None:
    """In 18 people on 0-10 its ± of about 2 cannot be one: no analysis of memantine has such a reading."""
    many = Report("memantine", "neuropathic", ds=ds).multiverse("oral", "short")
    assert set(many.table["± read as"]) == {"± as recorded"}
    figure = multiverse_figure("m", "Memantine", many, "memantine", labels(ds))
    assert "limits of the scale" not in figure.caption


def test_an_unlabelled_spread_is_read_both_ways(ds: Dataset) -> None:
    """Medrik-Goldberg 1999: an SD that is √30 times smaller makes its SMD √30 times larger."""
    many = Report("amantadine", "neuropathic", ds=ds).multiverse("intravenous", "during_infusion")
    found = {row["± read as"]: row["estimate"] for row in many.results.to_dict("records")}
    assert set(found) == {"± as recorded", "± read as standard deviation"}
    assert found["± read as standard deviation"] == pytest.approx(30**0.5 * found["± as recorded"], rel=1e-6)


def test_a_spread_that_another_source_labels_is_read_in_one_way(ds: Dataset) -> None:
    many = Report("ketamine", "crps", ds=ds).multiverse("intravenous", "immediate")
    assert {row["± read as"] for row in many.results.to_dict("records")} == {"± as recorded"}


def test_sensitivity_tables_have_no_reading_that_changes_nothing(ds: Dataset) -> None:
    def names(drug: str, condition: str, route: str, window: str) -> list[str]:
        table = Report(drug, condition, ds=ds).sensitivity(route, window)
        return [row[0].text for row in table.rows if "±" in row[0].text]

    assert names("memantine", "neuropathic", "oral", "short") == []
    assert names("magnesium", "neuropathic", "intravenous", "short") == []
    assert names("ketamine", "crps", "intravenous", "immediate") == []
    assert names("amantadine", "neuropathic", "intravenous", "during_infusion") == [
        "Every unlabelled ± read as a standard deviation"
    ]


def universe(*rows: tuple[float, float, float, bool]) -> Multiverse:
    """Made-up analyses: estimate, low, high, and whether it is the first of its result."""
    table = pd.DataFrame(
        {
            **dict.fromkeys(DIMENSIONS, "as ever"),
            "estimable": True,
            "main": [place == 0 for place in range(len(rows))],
            "distinct": [first for *_, first in rows],
            "estimate": [row[0] for row in rows],
            "ci_low": [row[1] for row in rows],
            "ci_high": [row[2] for row in rows],
            "excludes_null": [row[2] < 0 for row in rows],
            "beyond_mid": [row[2] < -10 for row in rows],
        }
    )
    return Multiverse(QUESTION, table, -10.0)


@pytest.mark.parametrize(
    ("many", "sentence", "extent"),
    [
        (
            universe((-5.0, -9.0, -1.0, True)),
            "1 analysis gives one result, −5.0 points; its interval excludes zero.",
            "under 1 set of choices",
        ),
        (
            universe((-5.0, -11.0, 1.0, True), (-5.0, -11.0, 1.0, False)),
            "2 analyses all give one result, −5.0 points; its interval includes zero.",
            "under 2 sets of choices",
        ),
        (
            universe((-15.0, -19.0, -11.0, True)),
            "1 analysis gives one result, −15.0 points; its interval lies wholly beyond −10 points.",
            "under 1 set of choices",
        ),
        (
            universe((-15.0, -19.0, -11.0, True), (-15.0, -19.0, -11.0, False), (-5.0, -11.0, 1.0, True)),
            "3 analyses give 2 different results; in 1 of them the interval excludes zero, and in 1 it "
            "lies wholly beyond −10 points; estimates run from −15.0 to −5.0 points.",
            "under 3 sets of choices",
        ),
        (
            universe((-5.0, -11.0, 1.0, True), (-5.0, -12.0, 2.0, True)),
            "2 analyses give 2 different results; in none of them the interval excludes zero, and in "
            "none it lies wholly beyond −10 points; each is −5.0 points.",
            "under 2 sets of choices",
        ),
    ],
)
def test_sentences(many: Multiverse, sentence: str, extent: str) -> None:
    assert many.sentence == sentence
    assert many.extent == extent


def test_a_figure_draws_each_result_once_and_says_so() -> None:
    many = universe((-15.0, -19.0, -11.0, True), (-15.0, -19.0, -11.0, False), (-5.0, -11.0, 1.0, True))
    figure = multiverse_figure("key", "Title", many, "ketamine", labels(dataset.load()))
    assert len(figure.twin.rows) == 2
    assert "Analyses with the same result are drawn once" in figure.caption
    assert [row[-1].text for row in figure.twin.rows] == ["yes", "no"]


def test_a_question_without_any_number() -> None:
    empty = Multiverse(
        QUESTION, pd.DataFrame({"estimable": [], "distinct": [], "main": []}, dtype=bool), -10.0
    )
    assert empty.sentence == "No set of choices gives an estimate."
