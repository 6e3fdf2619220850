"""From matplotlib's artists to the SVG of a page, and to a bitmap."""

import io
import re
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from evidence.charts import png, svg
from evidence.charts.theme import INK, themed
from tests.charts.page import Drawing, corners

SVG = "{http://www.w3.org/2000/svg}"


def canvas():
    with themed():
        made = Canvas(figsize=(320 / 72, 80 / 72), dpi=72)
        ax = made.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, 320), ylim=(80, 0))
        ax.set_axis_off()
        ax.add_artist(Rectangle((0, 0), 100, 20, fc=INK["panel"], ec="none", gid="ground"))
        ax.text(10, 15, "a < b & $c$ \u05d0 <script>", ha="right", weight="bold", gid="label")
        dashes = (0, (2, 1))
        ax.add_artist(Line2D([0, 50.123456], [30, 40], color=INK["blue"], ls=dashes, lw=2, gid="line"))
        ax.scatter([60], [60], s=100, c=INK["orange"], edgecolors=INK["ink"])
        return made


def inline(made=None, prefix="fig-a-wide", layout="wide"):
    with themed():
        drawn = svg.draw(made or canvas(), prefix)
    return svg.inline(drawn, prefix, layout, 'T <"x">', "D")


def pixels(made, dots=72):
    with themed():
        return matplotlib.image.imread(io.BytesIO(png.draw(made, dots)))


def test_two_drawings_are_the_same_bytes():
    assert inline() == inline()
    with themed():
        assert png.draw(canvas()) == png.draw(canvas())


def test_the_result_is_one_svg_element_of_text_and_paths():
    root = ElementTree.fromstring(inline())
    assert root.attrib["viewBox"] == "0 0 320 80"
    assert {child.tag for child in root} <= {"title", "desc", "path", "text"}
    assert root.find("title").text == 'T <"x">'


def test_text_stays_text_whatever_it_holds():
    root = ElementTree.fromstring(inline())
    assert root.find("text").text == "a < b & $c$ \u05d0 <script>"
    assert "<script>" not in inline()


def test_y_runs_down_and_anchors_survive():
    text = ElementTree.fromstring(inline()).find("text")
    assert (float(text.attrib["x"]), float(text.attrib["y"])) == (10, 15)
    assert "text-anchor:end" in text.attrib["style"] and "font-weight:bold" in text.attrib["style"]


def test_lines_keep_their_place_dashes_and_width():
    line = Drawing(inline()).mark("line")
    assert corners(line) == [(0, 30), (50.1, 40)]
    assert "stroke-width:2" in line.attrib["style"] and "stroke-dasharray:4,2" in line.attrib["style"]


def test_colours_of_the_palette_become_variables_and_others_stay():
    page = inline()
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", page)
    assert svg.roles(page) == ("panel", "ink", "blue", "orange")
    made = canvas()
    made.axes[0].axhline(5, color="#123456", alpha=0.5)
    assert "stroke:#123456;stroke-opacity:0.5" in inline(made)


def test_ids_carry_the_prefix_and_none_of_matplotlibs_own_remain():
    ids = re.findall(r'\bid="([^"]+)"', inline(prefix="fig-a-narrow", layout="narrow"))
    assert sorted(ids) == [f"fig-a-narrow-{name}" for name in ("desc", "ground", "label", "line", "title")]


def test_two_marks_of_one_name_are_refused():
    made = canvas()
    made.axes[0].axhline(5, gid="label")
    with pytest.raises(ValueError, match="named 'label'"):
        inline(made)


def test_a_link_leads_somewhere_and_makes_the_drawing_a_group():
    made = canvas()
    made.axes[0].texts[0].set_url("site:a.html?x=1&y=2")
    page = inline(made)
    assert '<a href="site:a.html?x=1&amp;y=2"><text' in page and 'role="group"' in page
    assert 'role="img"' in inline()
    assert "<a " not in svg.standalone(page)


def test_an_address_that_runs_a_script_is_no_link():
    made = canvas()
    made.axes[0].texts[0].set_url("javascript:alert(1)")
    assert "<a " not in inline(made)


def test_what_leaves_the_axes_is_cut_and_what_does_not_is_left_alone():
    with themed():
        made = Canvas(figsize=(2, 2), dpi=72)
        ax = made.add_axes((0.25, 0.25, 0.5, 0.5))
        ax.set(xlim=(0, 1), ylim=(0, 1))
        ax.plot([0, 1], [0.5, 0.5], gid="inside")
        ax.plot([-1, 2], [0.2, 0.2], gid="outside")
    page = inline(made)
    assert page.count("<clipPath") == 1 and page.count("<g clip-path") == 1
    assert re.search(r'<g clip-path="url\(#fig-a-wide-clip-0\)"><path id="fig-a-wide-outside"', page)
    assert '<rect x="36" y="36" width="72" height="72"/>' in page


def test_a_curve_keeps_its_corners():
    made = canvas()
    made.axes[0].fill_between([200, 210, 220], [70, 70, 70], [70, 50, 70], color=INK["blue"], gid="hill")
    assert (210, 50) in corners(Drawing(inline(made)).mark("hill"))


def test_the_narrow_layout_is_hidden_where_no_style_sheet_shows_it():
    assert ' display="none"' in inline(layout="narrow")
    assert "display" not in inline(layout="wide")


def test_a_file_of_its_own_needs_no_variables():
    alone = svg.standalone(inline(layout="narrow"))
    assert ElementTree.fromstring(alone).tag == f"{SVG}svg"
    assert "var(" not in alone and "display" not in alone
    assert INK["orange"] in alone


def test_the_bitmap_has_two_pixels_per_point_on_white_and_no_warning_about_fonts():
    made = canvas()
    made.axes[0].text(150, 40, "\u9ed2\u6728")  # not in matplotlib's own font; warnings are errors here
    drawn = pixels(made, 144)
    assert drawn.shape[:2] == (160, 640)
    assert drawn[-1, -1, :3] == pytest.approx(1.0)
    assert made.get_facecolor()[3] == 0 and made.dpi == 72


def test_the_bitmap_shows_what_the_page_shows():
    drawn = pixels(canvas())
    light = np.array([int(INK["orange"][i : i + 2], 16) for i in (1, 3, 5)]) / 255
    assert drawn[60, 60, :3] == pytest.approx(light, abs=0.02)
    panel = np.array([int(INK["panel"][i : i + 2], 16) for i in (1, 3, 5)]) / 255
    assert drawn[3, 90, :3] == pytest.approx(panel, abs=0.02)
    assert drawn[5:16, 0:10, :3].min() < 0.6  # the text, which ends at 10
    assert drawn[5:16, 12:40, :3].min() > 0.9
