"""Tables: headers for every cell, keyboard scroll, and cells that may hold anything."""

import csv
import io
import re

import pytest

from evidence.charts.tables import Cell, Column, Table, table
from evidence.wording.html import Html
from tests.charts.page import Tags

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def make(*cells, **kwargs):
    return table(
        "t", "Caption", ["Study", *(f"c{i}" for i in range(len(cells)))], [["Row", *cells]], **kwargs
    )


def html(made):
    return made._repr_html_()


def test_every_cell_has_a_header_and_the_region_takes_the_keyboard():
    tags = Tags(html(make("1", "2")))
    assert [attrs["scope"] for attrs in tags.all("th")] == ["col", "col", "col", "row"]
    (region,) = tags.all("div")
    (caption,) = tags.all("caption")
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert region["aria-labelledby"] == caption["id"]


@pytest.mark.parametrize("hostile", [HOSTILE, HOSTILE * 100])
def test_hostile_text_stays_text_in_every_place(hostile):
    made = Table(
        "t",
        hostile,
        (Column(hostile, note=hostile), Column("x")),
        ((Cell(hostile), Cell(hostile, detail=hostile, href=f"javascript:{hostile}")),),
    )
    tags = Tags(html(made))
    assert not {"script", "img", "a"} & tags.names
    assert not any(name.startswith("on") for _, attrs in tags.opened for name in attrs)


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:x", "data:text/html,x"]
)
def test_addresses_that_run_scripts_become_no_link(href):
    assert not Tags(html(make(Cell("x", href=href)))).all("a")


@pytest.mark.parametrize(
    "href", ["https://doi.org/10.1/x?a=1&b=2", "#row:1", "../a/b.html", "studies.html#Kvarnstrom2003"]
)
def test_other_addresses_become_links(href):
    (link,) = Tags(html(make(Cell("x", href=href)))).all("a")
    assert link["href"] == href


def test_right_to_left_text_cannot_turn_its_neighbours():
    page = html(make(HEBREW, "a\u202eb", "plain"))
    assert f"<bdi>{HEBREW}</bdi>" in page and "<bdi>a\u202eb</bdi>" in page and ">plain</td>" in page


def test_a_long_note_folds_and_loses_nothing():
    note = " ".join(f"word{i}" for i in range(700))
    page = html(make(note))
    assert len(Tags(page).all("details")) == 1
    summary = re.search(r"<summary>(.*?)</summary>", page)[1]
    assert len(summary) < 130
    assert note in page


@pytest.mark.parametrize("text", ["short", "long " * 100])
def test_a_summary_holds_no_link(text):
    page = html(make(Cell("x"), Cell(text, detail="more", href="https://example.org/a")))
    (summary,) = re.findall("<summary>(.*?)</summary>", page)
    assert "<a" not in summary
    assert page.count('<a href="https://example.org/a">') == 1


def test_trusted_markup_and_details():
    page = html(make(Html("<b>1</b>"), Cell("2", detail="first\nsecond")))
    assert "><b>1</b></td>" in page
    assert '<details><summary>2</summary><div class="ev-detail">first<br>second</div></details>' in page


def test_a_row_of_the_wrong_length_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'t': row 0 has 1 cells for 2 columns"):
        table("t", "", ["a", "b"], [["only one"]])


@pytest.mark.parametrize("key", ["", "1a", "a b", 'a"b', "../a"])
def test_a_key_that_is_no_id_is_refused(key):
    with pytest.raises(ValueError, match="names an anchor and a file"):
        table(key, "", ["a"], [])


@pytest.mark.parametrize(
    "cell", ["=1+1", "+SUM(A1)", "-1+1", "@x", "\t=1", "\r=1", "-2+cmd|' /C calc'!A0", "\uff1d1+1"]
)
def test_no_cell_of_the_csv_is_a_formula(cell):
    (_, row) = csv.reader(io.StringIO(make(cell).to_csv(), newline=""))
    assert row[1] == "'" + cell.replace("\r", "\n")


def test_the_csv_has_numbers_at_full_precision_and_text_as_it_is():
    made = make(Cell("\u221227.7", value=-27.700000000000003), "-5.5", HOSTILE, Html("<b>1</b>"))
    (_, row) = csv.reader(io.StringIO(made.to_csv(), newline=""))
    assert row == ["Row", "-27.700000000000003", "-5.5", HOSTILE, "1"]
    assert float(row[1]) == -27.700000000000003


def test_columns_align_through_classes():
    made = Table("t", "", (Column("a"), Column("b", "right")), ((Cell("x"), Cell("1")),))
    assert [attrs.get("class") for attrs in Tags(html(made)).all("td")] == ["ev-right"]


def test_a_hint_is_a_button_that_names_what_it_shows():
    page = html(make(Cell("very low", hint="Bias (−1): <none>\nImprecision (−2): few")))
    (button,) = Tags(page).all("button")
    assert button["popovertarget"] == button["aria-describedby"] == "t-hint-0-1"
    assert 'id="t-hint-0-1">Bias (−1): &lt;none&gt;<br>Imprecision (−2): few</span>' in page
    assert "very low</button>" in page
