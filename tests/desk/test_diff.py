"""What a change does to the answers: on made-up tables, with the estimate worked out by hand."""

import math
import shutil

import pytest

from evidence import dataset
from evidence.desk.change import apply
from evidence.desk.diff import compare
from evidence.desk.diff_text import markdown
from evidence.desk.problems import DeskError
from evidence.desk.revisions import tables
from evidence.desk.study import additions
from tests.dataset import folder

from .checkout import ROOT
from .form import DOE


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """The tables, and the tables with one more trial of infusions in CRPS."""
    base = tmp_path_factory.mktemp("versions")
    for name in ("old", "new"):
        shutil.copytree(ROOT / "data", base / name / "data")
    apply(additions(base / "new" / "data", [DOE], uncommitted=True), dry_run=False)
    return dataset.load(base / "old" / "data"), dataset.load(base / "new" / "data")


@pytest.fixture(scope="module")
def difference(versions):
    return compare(*versions)


def test_the_new_trial_moves_its_answers_and_those_that_use_the_reference_sd(difference):
    moved = {(c.drug, c.condition, c.route, c.window) for c in difference.answers}
    assert ("ketamine", "crps", "intravenous", "immediate") in moved
    assert ("ketamine", None, "intravenous", "immediate") in moved
    assert difference.reference is not None
    for change in difference.answers:
        place = (change.drug, change.route, change.window)
        own = place == ("ketamine", "intravenous", "immediate") and change.condition in ("crps", None)
        assert change.own == (("Doe2026",) if own else ())
        assert change.own or change.only_through_reference
    assert difference.added == ("Doe2026",) and difference.removed == difference.changed == ()
    assert len(difference.rows) == sum(map(len, DOE.values()))


def test_the_estimate_before_is_the_one_trial_and_after_lies_between_the_two(difference):
    place = ("ketamine", "crps", "intravenous", "immediate")
    (change,) = (c for c in difference.answers if (c.drug, c.condition, c.route, c.window) == place)
    sigtermans = (2.68 - 5.45) * 10
    doe = (4.0 - 5.0) * 10
    assert math.isclose(change.old.estimate[0], sigtermans)
    assert sigtermans < change.new.estimate[0] < doe
    assert (change.old.trials, change.new.trials) == (1, 2)
    assert (change.old.people, change.new.people) == (60, 120)


def test_the_text_says_what_moves_and_which_rows_do_it(difference):
    text = markdown(difference)
    assert "Studies added: Doe2026." in text
    assert "### Intravenous ketamine: complex regional pain syndrome, 2 days to 1 week" in text
    assert "| Trials, people | 1, 60 | 2, 120 |" in text
    assert "- added: Doe2026 · ketamine · pain_intensity · NRS daily pain · week 1" in text


def test_the_same_tables_do_not_differ(versions):
    assert markdown(compare(versions[0], versions[0])) == "The tables are the same.\n"


def test_a_changed_cell_is_shown_on_both_sides_of_an_arrow(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "new")
    path = tmp_path / "new" / "settings.csv"
    path.write_text(path.read_text().replace("main_steered,with opioids", "main_steered,with other opioids"))
    with tables(str(ROOT), ROOT) as old, tables(str(tmp_path / "new"), ROOT) as new:
        text = markdown(compare(old, new))
    assert text.endswith("- changed: main_steered: value `with opioids` → `with other opioids`\n")
    assert "0 of " in text


def test_a_revision_is_read_from_git_and_an_unknown_one_refused(clone):
    before = dataset.load(clone.root / "data").setting("main_mid")
    clone.edit("data/settings.csv", "main_mid,10,", "main_mid,20,")
    with tables("HEAD", clone.root) as old, tables(str(clone.root), clone.root) as new:
        assert (old.setting("main_mid"), new.setting("main_mid")) == (before, 20)
    with (
        pytest.raises(DeskError, match="neither a folder of tables nor a git revision"),
        tables("v99", clone.root),
    ):
        pass


def test_tables_that_break_a_rule_are_refused_by_name(tmp_path):
    data = folder.make(tmp_path / "data")
    folder.change(data, "studies", 0, n_randomised="1")
    with pytest.raises(DeskError, match="n_within_randomised"), tables(str(data), ROOT):
        pass
