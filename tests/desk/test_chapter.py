"""A new chapter: complete in what can be computed, and one line in `_toc.yml`."""

import difflib

import jupytext
import pytest
import yaml
from jupytext.config import load_jupytext_config

from evidence import dataset
from evidence.desk.chapter import new_chapter, scaffold, with_entry
from evidence.desk.problems import DeskError
from evidence.publish.run import chapters, lint
from evidence.report import Report

from .checkout import ROOT

TOC = """# A comment
format: jb-book
root: index
parts:
  - caption: "Ketamine"   # quoted
    chapters:
      - file: chapters/ketamine/crps
  - caption: About
    chapters:
      - file: chapters/methods
"""


def added(old, new):
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    assert not [line for line in lines if line.startswith("-")]
    return [line[2:] for line in lines if line.startswith("+")]


def test_a_drug_with_chapters_gets_one_line_behind_them():
    assert added(TOC, with_entry(TOC, "ketamine", "chapters/ketamine/cancer")) == [
        "      - file: chapters/ketamine/cancer"
    ]


def test_a_drug_without_chapters_gets_a_part_before_the_last():
    text = with_entry(TOC, "memantine", "chapters/memantine/crps")
    assert [part["caption"] for part in yaml.safe_load(text)["parts"]] == ["Ketamine", "Memantine", "About"]
    assert len(added(TOC, text)) == 3


def test_a_table_of_contents_of_another_form_is_left_to_the_editor():
    with pytest.raises(DeskError, match="by hand"):
        with_entry("format: jb-book\nroot: index\n", "ketamine", "chapters/ketamine/cancer")
    with pytest.raises(DeskError, match="names chapters/ketamine/crps already"):
        with_entry(TOC, "ketamine", "chapters/ketamine/crps")


@pytest.mark.parametrize(("drug", "condition"), [("ketamine", "crps"), ("memantine", "crps")])
def test_the_scaffold_runs_round_trips_and_types_no_result(tmp_path, drug, condition):
    text = scaffold(Report(drug, condition))
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    page = chapters.read(tmp_path, "page")
    names: dict[str, object] = {}
    for _, code, expressions in page.steps():
        exec(code, names)
        assert all(isinstance(eval(expression, names), str) for expression in expressions)
    assert lint.typed_numbers(tmp_path, [page]) == []
    config = load_jupytext_config(str(ROOT / "chapters" / "page.md"))
    assert jupytext.writes(jupytext.reads(text, "md:myst", config=config), "md:myst", config=config) == text


@pytest.mark.parametrize(
    ("drug", "condition", "said"),
    [
        ("ketamine", "crps", "exists already"),
        ("aspirin", "crps", "'aspirin' is unknown"),
        ("ketamine", "toothache", "'toothache' is unknown"),
        ("amantadine", "visceral", "no trial of amantadine in visceral pain"),
    ],
)
def test_what_makes_no_chapter_is_refused(drug, condition, said):
    with pytest.raises(DeskError, match=said):
        new_chapter(ROOT, dataset.load(), drug, condition)
