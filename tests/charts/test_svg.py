"""From a sheet to the SVG of a page."""

import io
import re
from xml.etree import ElementTree

import matplotlib.image
import pytest

from evidence.charts import sheet_svg as svg
from evidence.charts.sheet import Sheet
from evidence.charts.theme import PALETTE

SVG = "{http://www.w3.org/2000/svg}"


def sheet():
    drawing = Sheet(320)
    drawing.box(0, 0, 100, 20, "panel", name="ground")
    drawing.text(10, 15, "a < b & $c$ \u05d0 <script>", anchor="end", bold=True, name="label")
    drawing.line([(0, 30), (50.123456, 40)], "blue", dash=(4, 2))
    drawing.marker("circle", 60, 60, 100, "orange", "ink")
    return drawing.trim(80)


def inline(prefix="fig-a-wide", layout="wide"):
    return svg.inline(sheet().matplotlib_svg(), prefix, layout, 'T <"x">', "D")


def test_two_drawings_are_the_same_bytes():
    assert inline() == inline()
    assert sheet().png() == sheet().png()


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
    assert "text-anchor:end" in text.attrib["style"]


def test_every_colour_becomes_a_variable_of_the_palette():
    page = inline()
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", page)
    assert svg.roles(page) == ("panel", "ink", "blue", "orange")


def test_a_colour_outside_the_palette_is_refused():
    foreign = sheet().matplotlib_svg().replace(PALETTE["blue"].light, "#123456")
    with pytest.raises(ValueError, match="#123456"):
        svg.inline(foreign, "fig-a", "wide", "T", "D")


def test_ids_carry_the_prefix_and_none_of_matplotlibs_own_remain():
    ids = re.findall(r'\bid="([^"]+)"', inline("fig-a-narrow", "narrow"))
    assert sorted(ids) == [f"fig-a-narrow-{name}" for name in ("desc", "ground", "label", "title")]


def test_the_narrow_layout_is_hidden_where_no_style_sheet_shows_it():
    assert ' display="none"' in inline(layout="narrow")
    assert "display" not in inline(layout="wide")


def test_a_file_of_its_own_needs_no_variables():
    alone = svg.standalone(inline(layout="narrow"))
    root = ElementTree.fromstring(alone)
    assert root.tag == f"{SVG}svg"
    assert "var(" not in alone and "display" not in alone
    assert PALETTE["orange"].light in alone


def test_the_bitmap_has_two_pixels_per_unit_and_no_warning_about_fonts():
    drawing = Sheet(100)
    drawing.text(5, 20, "\u9ed2\u6728")  # not in matplotlib's own font; warnings are errors here
    drawing.trim(30)
    pixels = matplotlib.image.imread(io.BytesIO(drawing.png()))
    assert pixels.shape[:2] == (60, 200)
    assert drawing.matplotlib_svg() == drawing.matplotlib_svg()


def test_two_marks_of_one_name_are_refused():
    drawing = Sheet(100)
    drawing.text(0, 10, "a", name="x")
    with pytest.raises(ValueError, match="named 'x'"):
        drawing.line([(0, 0), (1, 1)], name="x")
