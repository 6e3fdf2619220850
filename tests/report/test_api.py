"""The page of the API: what it names is there, reads as HTML, and its examples do as they say."""

import inspect
import re
from pathlib import Path

import pytest

from evidence.report.book.api import Entry, api, html_of

PAGE = Path(__file__).parents[2] / "chapters" / "api.md"
#: What each cell of the page asks for: a module, and names of it.
CALLS = [
    tuple(re.findall(r'"([^"]+)"', call)) for call in re.findall(r"^api\((.*)\)$", PAGE.read_text(), re.M)
]
ENTRIES = [entry for module, *names in CALLS for entry in api(module, *names).entries]


def documented(entry: Entry) -> list[Entry]:
    return [entry, *entry.members()]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_name_reads_as_html(entry: Entry) -> None:
    html = entry.html()
    assert f'id="{entry.name}"' in html
    assert "system-message" not in html
    assert "``" not in html


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_name_and_member_has_a_summary(entry: Entry) -> None:
    for one in documented(entry):
        assert one.doc.split("\n\n")[0].strip().endswith((".", "?", ":")), one.name


FUNCTIONS = [entry for entry in ENTRIES if inspect.isfunction(entry.thing)]


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda entry: entry.name)
def test_every_function_names_its_parameters_and_has_an_example(entry: Entry) -> None:
    """That examples do as they say is tested in `tests/test_examples.py`, for the whole library."""
    assert ">>> " in entry.doc
    named = set(re.findall(r"\w+", entry.doc.partition("Examples\n")[0]))
    assert set(inspect.signature(entry.thing).parameters) <= named


def test_a_class_shows_its_methods_with_how_they_are_called() -> None:
    (report,) = api("evidence.report", "Report").entries
    assert report.signature.startswith("(drug, condition=None, detail=None, everything=False")
    members = {member.name: member.signature for member in report.members()}
    assert members["evidence.report.Report.analysis"] == "(route, window)"
    assert members["evidence.report.Report.sentence"] == ""
    assert not [name for name in members if name.rsplit(".", 1)[1].startswith("_")]


def test_sections_of_numpy_become_lists_and_text_is_escaped() -> None:
    sections = "Parameters\n----------\nx : float\n    In points.\n\nRaises\n------\nValueError\n    Never."
    html = html_of(f"Say <it>.\n\n{sections}")
    assert "&lt;it&gt;" in html
    assert "<strong>x</strong> (<em>float</em>): In points." in html
    assert "<dt>Raises ValueError" in html
