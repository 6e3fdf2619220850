"""Releasing a version: what was answered is kept, and what changes afterwards is told."""

import csv
import datetime
import math
import shutil
import sys
from pathlib import Path

import pytest

from evidence import dataset
from evidence.desk.change import apply
from evidence.desk.problems import DeskError
from evidence.desk.release import release
from evidence.desk.study import additions, removal
from evidence.publish.site.feed import read_changes
from evidence.report.book.changes import changes

from .checkout import ROOT
from .form import DOE


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """A copy of the tables whose present version has been released; 9.0.0 has begun."""
    data = tmp_path_factory.mktemp("released") / "data"
    shutil.copytree(ROOT / "data", data)
    apply(release(data, "9.0.0", uncommitted=True), dry_run=False)
    return data


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_release_keeps_answers_and_studies_and_starts_the_next_version(released) -> None:
    before = dataset.load(ROOT / "data").setting("data_version")
    ds = dataset.load(released)
    assert (ds.setting("data_version"), ds.contract.version) == ("9.0.0", "9.0.0")
    kept = [row for row in rows(released / "released_studies.csv") if row["version"] == before]
    assert {row["study"] for row in kept} == {row["study_id"] for row in rows(released / "studies.csv")}
    (crps,) = (
        row
        for row in rows(released / "released_answers.csv")
        if (row["version"], row["drug"], row["condition_group"], row["window"])
        == (before, "ketamine", "crps", "immediate")
    )
    # Sigtermans 2009: 2.68 v 5.45 on 0-10, SEs 0.51 and 0.48
    assert math.isclose(float(crps["estimate"]), -27.7, abs_tol=1e-3)
    assert math.isclose(float(crps["ci_low"]), -27.7 - 19.59964 * math.hypot(0.51, 0.48), abs_tol=0.01)
    assert float(crps["posterior_low"]) < float(crps["posterior"]) < float(crps["posterior_high"])
    assert float(crps["p_important"]) < float(crps["p_relief"]) < 1 and not crps["refused"]


def test_nothing_changed_says_so(released) -> None:
    found = changes(dataset.load(released))
    assert (found.added, found.removed, found.corrected, found.moved) == ((), (), (), ())
    assert "0 studies added, 0 removed and 0 corrected; 0 of" in found.sentence()
    assert "On harms and other outcomes 0 of" in found.sentence()
    assert found.others_moved == ()
    assert found.studies() == "No study changed."


def test_an_added_a_removed_and_a_corrected_study_are_told_with_their_answers(released, tmp_path) -> None:
    data = tmp_path / "data"
    shutil.copytree(released, data)
    apply(additions(data, [DOE], uncommitted=True), dry_run=False)
    apply(removal(data, "Bouwense2011", uncommitted=True), dry_run=False)
    path = data / "arm_results.csv"
    text = path.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("Sigtermans2009") and ",2.68," in line)
    text = text.replace(old, old.replace(",2.68,", ",3.68,"))
    harm = next(line for line in text.splitlines() if line.startswith("Sigtermans2009") and ",28,30," in line)
    path.write_text(text.replace(harm, harm.replace(",28,30,", ",14,30,")), encoding="utf-8")
    found = changes(dataset.load(data))
    assert (found.added, found.removed, found.corrected) == (
        ("Doe2026",),
        ("Bouwense2011",),
        ("Sigtermans2009",),
    )
    assert ("ketamine", "crps", "intravenous", "immediate") in found.moved
    assert ("ketamine", "visceral", "intravenous", "during_infusion") in found.moved
    told = {row[0].text: (row[1].text, row[2].text) for row in found.table().rows}
    before, after = told["Intravenous ketamine: complex regional pain syndrome, 2 days to 1 week"]
    assert before.startswith("−27.7 (") and "1 trial;" in before
    assert "2 trials;" in after
    gone = told["Intravenous ketamine: visceral pain, first 2 days"]
    assert gone[1] == "no such question"
    why = {row[0].text: row[3].text for row in found.table().rows}
    assert why["Intravenous ketamine: complex regional pain syndrome, 2 days to 1 week"] == (
        "Doe2026 and Sigtermans2009"
    )
    assert "Bouwense2011 removed" in why["Intravenous ketamine: visceral pain, first 2 days"]
    assert ("ketamine", "crps", "psychotomimetic", "intravenous") in found.others_moved
    others = {row[0].text: (row[1].text, row[2].text) for row in found.others_table().rows}
    (harms,) = [both for name, both in others.items() if name.endswith("complex regional pain syndrome")]
    assert "28 of 30 v 5 of 30" in harms[0] and "14 of 30 v 5 of 30" in harms[1]
    causes = {row[0].text: row[3].text for row in found.others_table().rows}
    assert {why for name, why in causes.items() if others[name] == harms} == {"Sigtermans2009"}


@pytest.mark.parametrize(
    "version",
    ["0.0.9", "1", "next", "", "v9.0.0", "9.0", "09.0.0", "9.0.0-rc1", "9.0.0 ", "9999999.0.0", "٩.٠.٠"],
)
def test_a_version_that_is_none_or_not_later_is_refused(version) -> None:
    with pytest.raises(DeskError, match="is not a version after"):
        release(ROOT / "data", version, uncommitted=True)


def test_the_same_version_is_not_released_twice(released, tmp_path) -> None:
    data = tmp_path / "data"
    shutil.copytree(released, data)
    for name, old, new in (
        ("settings.csv", "version,9.0.0", "version,0.1.0"),
        ("datapackage.json", '"9.0.0"', '"0.1.0"'),
    ):
        path = data / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeskError, match=r"allowed is a version before 0\.1\.0"):
        release(data, "9.1.0", uncommitted=True)


def test_a_release_dates_the_citation_and_heads_the_changes(tmp_path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for name in ("CITATION.cff", "CHANGES.md", "references.bib"):
        shutil.copy(ROOT / name, tmp_path / name)
    day = datetime.date(2031, 2, 3)
    apply(release(tmp_path / "data", "9.0.0", uncommitted=True, today=day), dry_run=False)
    lines = (tmp_path / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert "version: 9.0.0" in lines and 'date-released: "2031-02-03"' in lines
    newest = read_changes(tmp_path)[0]
    assert (newest.version, newest.date) == ("9.0.0", day)
    unreleased = (ROOT / "CHANGES.md").read_text(encoding="utf-8").partition("## Not yet released\n")[2]
    if unreleased:
        assert newest.text == unreleased.partition("\n## ")[0].strip()


def test_the_command_shows_and_writes_nothing_on_a_dry_run(clone) -> None:
    said = clone.run(sys.executable, "-m", "evidence", "release", "9.0.0", "--dry-run")
    assert "+data_version,9.0.0" in said
    assert clone.status() == ""
