"""A figure in a page: one image for a screen reader, its words, its numbers and its files."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from evidence.charts.figure import Figure, Links
from evidence.charts.room import Room
from evidence.charts.tables import table
from evidence.charts.text import measure, wrap
from evidence.charts.theme import NARROW, WIDE
from evidence.wording.numbers import NBSP, interval, listing, number, p_value
from tests.charts.page import Tags


def draw(ax):
    room = Room(ax)
    room.text(0, 20, "narrow" if room.stacked else "wide", role="blue")
    room.ax.set_axis_off()
    return room.close(30)


def figure(key="a", title="Title", caption="Caption"):
    data = table(f"{key}-data", "Data", ["x", "y"], [["a", "1"]])
    frame = pd.DataFrame({"x": ["a"], "y": [1]})
    return Figure(key, title, caption, "It shows 1.", frame, draw, data)


def test_both_layouts_are_drawn_for_their_own_width():
    made = figure()
    assert f'viewBox="0 0 {WIDE:g} 30"' in made.wide and ">wide</text>" in made.wide
    assert f'viewBox="0 0 {NARROW:g} 30"' in made.narrow and ">narrow</text>" in made.narrow


def test_names_of_the_images_resolve_and_ids_are_unique():
    page = figure()._repr_html_()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for names in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(names.split()) <= set(ids)
    assert page.count('role="img"') == 2
    assert "It shows 1.</desc>" in page and "<p>It shows 1.</p>" in page


def test_colours_have_fallbacks_for_every_role_used():
    page = figure()._repr_html_()
    assert "--blue:var(--ev-blue,light-dark(#0061a8,#5cb3f5))" in page
    assert "background:var(--ev-ground,light-dark(#ffffff,#121212));color:var(--ev-ink,light-dark(#1b" in page


def test_links_stand_only_where_they_are_wanted():
    assert "href" not in replace(figure(), links=None)._repr_html_()
    page = replace(figure(), links=Links("../_downloads/figures/", code="x.html"))._repr_html_()
    hrefs = re.findall(r'href="([^"]+)"', page)
    files = [f"../_downloads/figures/a.{suffix}" for suffix in ("csv", "svg", "png")]
    assert hrefs == ["#fig-a", "#cite", *files, "x.html"]


def test_hostile_titles_stay_text():
    page = figure(title='<script>"', caption="<img onerror=x>")._repr_html_()

    assert not {"script", "img"} & Tags(page).names


def test_files_are_the_same_each_time():
    assert figure().svg_file() == figure().svg_file()
    assert figure().png_file() == figure().png_file()
    assert figure().to_csv() == "x,y\na,1\n"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-27.66, 1, "\u221227.7"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (12, 0, "12"), (1.005, 2, "1.00")],
)
def test_numbers(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="cannot print"):
        number(value)


def test_intervals_p_values_and_lists_in_words():
    assert interval(-1, 2) == "\u22121.0 to 2.0"
    assert interval(None, -3) == "\u22123.0 or lower"
    assert interval(3, None) == "3.0 or higher"
    p_values = [p_value(0.07), p_value(0.00001), p_value(0.001, "<")]
    assert [text.replace(NBSP, " ") for text in p_values] == ["p = 0.07", "p < 0.001", "p < 0.001"]
    assert listing(["a", "b", "c"]) == "a, b and c"


def test_wrapping_keeps_every_character_and_the_width():
    words = "S-ketamine titrated to 20 mg/h, averylongwordwithoutanybreakinsidethatmustbecutsomewhere, end"
    lines = wrap(words, 12, 90)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert max(measure(line, 12) for line in lines) <= 90
    assert wrap("", 12, 90) == []


def test_the_caption_is_the_last_child_of_the_figure_as_html_asks():
    page = figure()._repr_html_()
    inside = page[page.index("<figure") : page.index("</figure>")]
    assert inside.endswith("</figcaption>")


def test_the_plain_text_of_a_figure_is_short():
    assert len(repr(figure())) < 400


def test_a_figure_is_drawn_once_for_each_layout_and_not_before_it_is_shown():
    drawn = []

    def counting(ax):
        drawn.append(round(float(ax.get_window_extent().width)))
        return draw(ax)

    made = replace(figure(), draw=counting)
    assert drawn == []
    for _ in range(2):
        made._repr_html_()
        made._repr_mimebundle_()
    assert drawn == [WIDE, NARROW]


def test_a_figure_can_be_drawn_beside_others():
    canvas = Canvas(figsize=(10, 3))
    left, right = canvas.subplots(1, 2)
    assert figure().draw(left) is left
    assert [text.get_text() for text in left.texts] == ["narrow"]
    assert right.texts[:] == []


def test_a_key_that_is_no_anchor_is_refused():
    with pytest.raises(ValueError, match="names an anchor"):
        figure("1 a")
