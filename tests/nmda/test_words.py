"""The types of the book's words are those of labels.csv."""

from pathlib import Path
from typing import get_args

from evidence import dataset
from evidence.wording.labels import labels
from nmda import words

SOURCE = Path(words.__file__)


def test_the_types_are_as_the_tables_have_them() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    assert words.renewed(text, dataset.load()) == text, "labels.csv has other words: python -m nmda.words"


def test_an_editor_is_told_every_drug_and_condition_and_no_other() -> None:
    known = labels(dataset.load())
    assert get_args(words.Drug) == known.drugs
    assert get_args(words.Condition) == known.conditions
