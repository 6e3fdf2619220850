"""What the codes of the tables are called, and how windows are worded from the settings."""

import shutil
from pathlib import Path

import pytest

from evidence import dataset
from evidence.dataset import Dataset
from evidence.report import Report
from evidence.wording.labels import labels, period

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def ds() -> Dataset:
    return dataset.load()


def changed(tmp_path: Path, file: str, old: str, new: str) -> Dataset:
    """The tables with one text replaced."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return dataset.load(tmp_path / "data")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.5, "12 hours"),
        (1, "1 day"),
        (2, "2 days"),
        (7, "1 week"),
        (28, "4 weeks"),
        (31, "1 month"),
        (45, "45 days"),
        (92, "3 months"),
        (184, "6 months"),
    ],
)
def test_a_length_of_time_stands_in_its_largest_unit(days: float, said: str) -> None:
    assert period(days) == said


def test_windows_are_worded_as_the_cochrane_review_names_them(ds: Dataset) -> None:
    words = labels(ds)
    assert words.when("during_infusion") == "in the first 2 days"
    assert words.when("immediate") == "from 2 days to 1 week"
    assert words.when("short") == "from 1 week to 3 months"
    assert words.when("medium") == "from 3 to 6 months"
    assert words.when("long") == "beyond 6 months"


def test_a_changed_window_changes_the_sentences(tmp_path: Path) -> None:
    ds = changed(tmp_path, "settings.csv", "window_short_max_days,92", "window_short_max_days,45")
    assert labels(ds).when("short") == "from 1 week to 45 days"
    assert labels(ds).when("medium") == "from 45 days to 6 months"
    said = "\n".join(line.statement for line in Report("ketamine", "crps", ds=ds).answer().lines)
    assert "from 45 days to 6 months" in said
    assert "3 months" not in said


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("intravenous", "Intravenous ketamine"),
        ("other", "Ketamine by another route"),
        (None, "Ketamine"),
    ],
)
def test_a_drug_by_its_route_begins_a_sentence(ds: Dataset, route: str | None, said: str) -> None:
    assert labels(ds).subject("ketamine", route) == said


def test_a_renamed_condition_changes_its_report(tmp_path: Path) -> None:
    ds = changed(
        tmp_path,
        "labels.csv",
        "condition,crps,complex regional pain syndrome",
        "condition,crps,Sudeck disease",
    )
    assert (
        Report("ketamine", "crps", ds=ds).answer().question
        == "Does ketamine relieve Sudeck disease, and for how long?"
    )


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("route,epidural,epidural,into the epidural space,\n", "", "'epidural'"),
        ("drug,memantine,memantine", "drug,memantin,memantine", "correct or remove it"),
    ],
)
def test_a_code_without_a_label_is_refused(tmp_path: Path, old: str, new: str, remedy: str) -> None:
    with pytest.raises(dataset.InvalidDataError, match="labels_cover_vocabulary") as caught:
        changed(tmp_path, "labels.csv", old, new)
    assert remedy in str(caught.value)
