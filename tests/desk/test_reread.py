"""What a change of the tables means for the chapters: told before anything is written."""

import pytest

from evidence import dataset
from evidence.desk import reread

from .test_fails import FAILS


@pytest.fixture
def ds(clone):
    return dataset.load(clone.root / "data")


def test_a_book_in_order_has_nothing_to_read_again(clone, ds):
    assert list(reread.quick(clone.root, ds)) == []


def test_a_key_that_is_gone_and_a_part_that_is_missing_are_named_with_their_place(clone, ds):
    path = clone.root / "chapters" / "memantine" / "crps.md"
    text = path.read_text(encoding="utf-8")
    call = 'crps.route("oral")'
    assert text.count(call) == 1
    path.write_text(text.replace(call, "pass").replace("{trial}`Gustin2010`", "{trial}`Nobody2010`"))
    line = 1 + next(n for n, line in enumerate(text.splitlines()) if "{trial}`Gustin2010`" in line)
    assert list(reread.quick(clone.root, ds)) == [
        f"chapters/memantine/crps.md:{line}: names Nobody2010, which the tables do not have",
        'chapters/memantine/crps.md: lacks route("oral"), by which a trial now says something on pain',
    ]


def test_a_chapter_that_is_not_there_is_asked_for(clone, ds):
    (clone.root / "chapters" / "memantine" / "crps.md").unlink()
    assert list(reread.missing(clone.root, ds)) == [
        "chapters/memantine/crps.md: is missing: python -m evidence new chapter memantine crps"
    ]


def test_a_new_trial_names_the_prose_beside_its_result_before_it_is_written(clone):
    import subprocess
    import sys

    form = str(FAILS / "f26_new_trial_in_old_chapter.yaml")
    done = subprocess.run(
        [sys.executable, "-m", "evidence", "add", "study", form, "--dry-run"],
        cwd=clone.root,
        env=clone.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "chapters/memantine/crps.md:" in done.stderr
    assert "rests on memantine/crps/oral/short, which was 1 trial" in done.stderr
    assert "is now 2 trials" in done.stderr
    assert clone.status() == ""


def test_removing_a_study_names_where_it_is_cited(clone, ds):
    places = list(reread.naming(clone.root, "Gustin2010"))
    assert places and all(place.endswith("names Gustin2010") for place in places)
    path, line, _ = places[0].split(":")
    assert "Gustin2010" in (clone.root / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
