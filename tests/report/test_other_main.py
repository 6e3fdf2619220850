"""Another main outcome in the settings: what is a score and what is counted stands in the tables."""

import csv
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.effects import Effect, effects, reference_sd
from evidence.question import MAIN, Question, responses, select
from evidence.report import Report
from evidence.report.book.changes import changes
from evidence.report.sections.reported import Reported
from tests.dataset import folder

PAIN = "pain_intensity"


UNIT = "steps on 0–100"


def about(place: Path, outcome: str, better: str = "lower", listed: str = "benefit") -> Path:
    """Write a copy of data/ whose main outcome is another one; `listed` is the part that pain gets then."""

    def cell(table: str, of: Callable[[dict[str, str]], bool], column: str, value: str) -> None:
        with (place / table).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        (row,) = (row for row in rows if of(row))
        row[column] = value
        with (place / table).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    shutil.copytree(folder.DATA, place)
    cell("settings.csv", lambda row: row["key"] == "main_outcome", "value", outcome)
    cell("settings.csv", lambda row: row["key"] == "main_better", "value", better)
    cell("settings.csv", lambda row: row["key"] == "main_unit", "value", UNIT)
    cell("labels.csv", lambda row: row["kind"] == "outcome" and row["code"] == PAIN, "part", listed)
    return place


@pytest.fixture(scope="module")
def mood(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return dataset.load(about(tmp_path_factory.mktemp("mood") / "data", "depression"))


def said(
    ds: Dataset, condition: str, outcome: str, window: Literal["immediate", "any"], drug: str = "ketamine"
) -> dict[str, Effect]:
    question = Question(drug, condition, outcome=outcome, window=window)
    return {effect.study_id: effect for effect in effects(select(question, ds), ds)}


def test_pain_is_a_score_where_it_is_not_the_main_outcome(mood: Dataset) -> None:
    """Sigtermans 2009 by hand: 2.68 (SE 0.51) and 5.45 (SE 0.48), 30 people in each arm."""
    effect = said(mood, "crps", PAIN, "immediate")["Sigtermans2009"]
    assert (effect.scale, effect.evidence_class, effect.counts) == ("smd", "reported", None)
    sd = math.sqrt(30 * (0.51**2 + 0.48**2) / 2)
    assert effect.yi == pytest.approx((2.68 - 5.45) / sd * (1 - 3 / (4 * 58 - 1)), rel=1e-3)


def test_people_who_responded_and_who_had_a_harm_are_counted_as_before(mood: Dataset) -> None:
    ds = dataset.load()
    for outcome in ("nausea", "sedation", "responder_50"):
        found = said(mood, "neuropathic", outcome, "any")
        assert found == said(ds, "neuropathic", outcome, "any")
        assert {effect.scale for effect in found.values()} == {"log_rr"}


def test_the_main_outcome_is_in_points_and_the_others_are_standardised(mood: Dataset) -> None:
    now, before = (
        said(ds, "fibromyalgia", outcome, "any", drug="memantine")["OlivanBlazquez2014"]
        for ds, outcome in ((mood, MAIN), (dataset.load(), "depression"))
    )
    assert (now.scale, now.reexpressed, before.scale) == ("points", True, "smd")
    assert now.yi == pytest.approx(reference_sd(mood).sd * (before.yi or 0))


def test_a_report_speaks_of_it_and_lists_pain_with_the_others(mood: Dataset) -> None:
    report = Report("ketamine", ds=mood)
    assert report.outcome == "depression"
    told = report.plain().text + report.sentence
    assert "depression" in told
    assert "pain intensity" not in told
    listed = {row[0].text for row in report.outcomes().rows}
    assert "Pain" in listed
    assert "Depression" not in listed
    assert report.harms().rows == Report("ketamine").harms().rows


def test_a_response_in_pain_is_none_in_another_main_outcome(mood: Dataset) -> None:
    assert responses(dataset.load()) == ("responder_50", "responder_30")
    assert responses(mood) == ()
    assert "counts of responders" not in Reported(mood).forms.values()
    own, other = Report("memantine", "fibromyalgia"), Report("memantine", "fibromyalgia", ds=mood)
    assert "Response of at least 50%" in own.sof()._repr_html_()
    assert "Response of at least" not in other.sof()._repr_html_()


def test_tables_name_the_unit_of_the_settings(mood: Dataset) -> None:
    tables = Report("memantine", "fibromyalgia", ds=mood).ledger(), changes(mood).table()
    notes = [[column.note for column in table.columns if column.note] for table in tables]
    assert all(UNIT in found[0] for found in notes)


@pytest.mark.parametrize("place", [("ketamine", "crps"), ("dextromethorphan", "neuropathic")])
def test_every_part_of_a_report_is_there_where_nothing_is_known(
    mood: Dataset, place: tuple[str, str]
) -> None:
    report = Report(*place, ds=mood)
    for part in ("answer", "sof", "certainty", "choices", "whatifs", "needed", "left_out", "ledger"):
        assert getattr(report, part)() is not None
    assert "No trial here prints a p-value" in str(report.albatross())


def test_without_a_standard_deviation_the_error_says_what_to_do(tmp_path: Path) -> None:
    ds = dataset.load(about(tmp_path / "data", "function"))
    with pytest.raises(
        ValueError, match=r"no study reports an SD of function .* main_outcome in settings.csv"
    ):
        _ = Report("ketamine", "crps", ds=ds).sentence


@pytest.mark.parametrize(
    ("outcome", "better", "listed", "rule"),
    [
        ("depression", "lower", "", "results_are_listed"),
        ("quality_of_life", "lower", "benefit", "main_outcome_gets_better"),
        ("nausea", "lower", "benefit", "main_outcome_is_measured"),
        ("sedation", "lower", "benefit", "main_outcome_is_measured"),
    ],
)
def test_settings_that_do_not_fit_the_tables_are_refused(
    tmp_path: Path, outcome: str, better: str, listed: str, rule: str
) -> None:
    problems = dataset.check(about(tmp_path / "data", outcome, better, listed))
    assert {problem.rule for problem in problems} == {rule}
