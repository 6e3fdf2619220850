"""Edits that show as new or removed lines only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.dataset.files import parse
from evidence.desk import csv_edit
from evidence.desk.problems import DeskError

#: Quotes where none are needed, a line feed inside a cell, and signs that `splitlines` takes for line ends.
TEXT = 'study_id,note\nAlpha,"plain"\nAlpha,"two\nlines"\nGamma,a\u2028b\x85c\nbeta,last\n'


def test_a_row_goes_behind_the_rows_of_its_study_and_every_other_byte_stays():
    changed = csv_edit.insert(TEXT, [{"study_id": "Alpha", "note": "new"}])
    assert changed == TEXT.replace('lines"\n', 'lines"\nAlpha,new\n')


@pytest.mark.parametrize(
    ("study", "before"), [("Aaron", "Alpha"), ("Beta", "Gamma"), ("Zeta", "beta"), ("zeta", "")]
)
def test_capital_letters_come_before_small_ones(study, before):
    ids = [row[0] for row in parse(csv_edit.insert(TEXT, [{"study_id": study}])).rows]
    place = ids.index(study)
    assert ids[place + 1 : place + 2] == ([before] if before else [])
    assert [name for name in ids if name != study] == ["Alpha", "Alpha", "Gamma", "beta"]


def test_rows_of_one_study_keep_their_order():
    rows = [{"study_id": "Beta", "note": note} for note in ("2", "1", "3")]
    assert [row[1] for row in parse(csv_edit.insert(TEXT, rows)).rows if row[0] == "Beta"] == ["2", "1", "3"]


def test_in_a_table_of_another_order_a_row_goes_to_its_like_or_to_the_end():
    text = "outcome,measure\npain,a\nnausea,b\npain,c\nsleep,d\n"
    like = csv_edit.insert(text, [{"outcome": "pain", "measure": "new"}], "outcome")
    assert like == "outcome,measure\npain,a\nnausea,b\npain,c\npain,new\nsleep,d\n"
    assert csv_edit.insert(text, [{"outcome": "harm"}], "outcome") == text + "harm,\n"


@given(st.lists(st.tuples(st.text("ABab", min_size=1), st.text("x,\"\n'", max_size=5)), min_size=1))
def test_what_is_inserted_comes_back_and_leaves_when_removed(added):
    text = "study_id,note\n0,start\nzz,end\n"
    rows = [{"study_id": study, "note": note} for study, note in added]
    changed = csv_edit.insert(text, rows)
    assert sorted(parse(changed).rows) == sorted([*parse(text).rows, *added])
    ids = [row[0] for row in parse(changed).rows]
    assert ids == sorted(ids)
    for study, _ in added:
        changed = csv_edit.remove(changed, study)
    assert changed == text


@pytest.mark.parametrize("text", ["study_id,note\nAlpha,cut", 'study_id,note\nAlpha,"open\n', "other\nx\n"])
def test_a_table_that_is_not_whole_is_refused(text):
    with pytest.raises(DeskError, match="not whole"):
        csv_edit.insert(text, [{"study_id": "Beta"}])


def test_an_unknown_column_is_refused():
    with pytest.raises(DeskError, match="no column colour; the columns are study_id, note"):
        csv_edit.insert(TEXT, [{"study_id": "Beta", "colour": "red"}])


def test_blanking_a_cell_leaves_every_other_row_as_it_is():
    text = 'review,study\n"R, 1",A\n"R ""2""",B\nR3,A\n'
    assert csv_edit.blank(text, "A", "study") == 'review,study\n"R, 1",\n"R ""2""",B\nR3,\n'
