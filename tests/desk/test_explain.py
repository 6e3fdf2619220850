"""The way of a study's numbers: against what its rows, analyses and the records of chapters hold."""

import pytest

from evidence import dataset
from evidence.desk.explain import explain
from evidence.desk.problems import DeskError
from evidence.publish.project import Project
from evidence.publish.run import chapters
from evidence.publish.run.execution import Execution
from evidence.publish.run.records import Records, Running
from evidence.report import Report

HEADER = "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n"
PAGE = (
    HEADER
    + "# A page\n\n```{code-cell} python\ntable\n```\n\nA sentence with {eval}`first` and {eval}`second`.\n"
)


@pytest.fixture
def project(tmp_path):
    """A book with two pages that hold the same code."""
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: one\nchapters:\n- file: two\n")
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(PAGE)
    return Project(tmp_path)


def record(project, name, queries, output, texts):
    query = [{"table": table, "where": where, "digest": ""} for table, where in queries]
    execution = Execution([[{"data": {"text/html": output}}]], [texts], query, 1.0)
    records = Records(project.executions)
    kept = records.keep(chapters.read(project.root, name), Running("", ""), execution)
    records.note({**records.current(), name: kept})


def lines(project, study="Sigtermans2009"):
    return list(explain(project, dataset.load(), study))


def test_rows_steps_and_weight_are_those_of_the_analysis(project):
    text = "\n".join(lines(project))
    analysis = Report("ketamine").analysis("intravenous", "immediate")
    ids = [effect.study_id for effect in analysis.numeric]
    weight = analysis.pooled.weights[ids.index("Sigtermans2009")]
    asked = "chronic pain, intravenous, 2 days to 1 week"
    assert f"{asked}: reported, −27.70 (SE 7.00) points; weight {weight:.1f}%" in text
    assert "step: difference of the arms: MD = (m1 − m2) 100/range" in text
    for flag in dataset.load().rows("flags", study_id="Sigtermans2009")["flag"]:
        assert f"flags.csv: flag={flag}" in text
    assert "psychotomimetic effects (during infusion): reported" in text


def test_a_study_that_is_left_out_is_given_with_the_rule(project):
    text = "\n".join(lines(project, "Finch2009"))
    rule = "The text that was read holds no usable comparison of the arms on the outcome."
    assert f"complex regional pain syndrome: not in the analysis: {rule}" in text


def test_pages_that_asked_for_the_study_are_named_with_the_places_that_show_it(project):
    record(
        project,
        "one",
        [("studies", {"condition_group": "crps"})],
        "<td>Sigtermans 2009</td>",
        ["x", "Sigtermans 2009 says"],
    )
    record(project, "two", [("studies", {"study_id": ["Finch2009"]})], "Finch 2009", ["x", "y"])
    page = chapters.read(project.root, "one")
    source = PAGE.splitlines()
    found = lines(project)
    start = found.index("PAGES")
    assert found[start + 1 :] == [
        "  one.md asked for studies",
        f"      line {source.index('table') + 1}: table",
        f"      line {next(i for i, line in enumerate(source, 1) if 'second' in line)}: second",
    ]
    assert page.docname == "one"


def test_chapters_that_have_not_run_are_said_to_be_unknown(project):
    assert lines(project)[-1] == "  not known: no chapter has run yet; run `make book` first"
    record(project, "one", [], "", ["x", "y"])
    assert lines(project)[-1] == "  not known of two: not run yet; run `make book` first"


def test_an_unknown_study_is_refused(project):
    with pytest.raises(DeskError, match="no study 'Nobody1900'"):
        lines(project, "Nobody1900")
