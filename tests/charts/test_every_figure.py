"""What holds for every kind of figure, with plain and with hostile text."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from evidence.charts.text import measure
from evidence.charts.theme import NARROW, SMALL, WIDE
from tests.charts.examples import DRAWN_BY_SEABORN, HOSTILE, KINDS, figure, own, own_figure, small_panels
from tests.charts.page import Drawing, Tags

both = pytest.mark.parametrize("extra", ["", HOSTILE], ids=["plain", "hostile"])
every = pytest.mark.parametrize("kind", KINDS)


@every
@both
def test_drawn_twice_it_is_the_same_bytes(kind, extra):
    assert figure(kind, extra)._repr_html_() == figure(kind, extra)._repr_html_()


@every
@both
def test_the_page_is_well_formed_and_holds_no_tag_of_the_data(kind, extra):
    tags = Tags(replace(figure(kind, extra), links=None)._repr_html_())
    assert not {"script", "img"} & tags.names
    assert {attrs["href"] for attrs in tags.all("a")} <= {"site:a.html", "site:b.html"}  # of the examples
    ids = [attrs["id"] for _, attrs in tags.opened if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", [*KINDS, *DRAWN_BY_SEABORN])
def test_no_colour_is_left_outside_the_readers_scheme(kind):
    made = figure(kind)
    for drawing in (made.wide, made.narrow):
        assert not re.search(r"#[0-9a-f]{3,6}\b|rgb\(", drawing)
        assert set(re.findall(r"(?:fill|stroke):(?!none|var\()([^;\"]+)", drawing)) == set()


@pytest.mark.parametrize("kind", [*KINDS, *DRAWN_BY_SEABORN])
def test_what_is_set_in_matplotlib_changes_no_figure(kind):
    expected = figure(kind).wide
    with plt.style.context(["classic", "dark_background"]):
        before = dict(plt.rcParams)
        assert figure(kind).wide == expected
        assert dict(plt.rcParams) == before


@pytest.mark.parametrize("kind", DRAWN_BY_SEABORN)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_legend_hides_nothing_that_is_drawn(kind, width):
    canvas = figure(kind)._drawn(width).get_figure(root=True)
    legend = canvas.legends[0] if canvas.legends else canvas.axes[0].get_legend()
    found = legend.get_window_extent()
    assert found.x0 >= -1 and found.x1 <= canvas.bbox.x1 + 1 and found.y0 >= -1
    assert not any(found.overlaps(ax.get_tightbbox(for_layout_only=True)) for ax in canvas.axes)


def test_a_legend_that_was_put_somewhere_stays_there():
    def draw(ax):
        own(ax)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1))

    ax = own_figure("own", "The title.", draw, small_panels(), says="Six effects.").ax
    assert ax.get_legend().get_window_extent().y0 > ax.bbox.y1 - 1


def test_a_legend_below_reads_row_by_row():
    for layout, rows in (("wide", 2), ("narrow", 3)):
        drawing = Drawing(getattr(figure("own"), layout))
        words = ["route", "intravenous", "oral", "topical", "time", "early", "late"]
        places = [(y, x) for x, y, text in drawing.texts() for word in words if text == word]
        said = [text for _, text in sorted(((y, x), text) for x, y, text in drawing.texts() if text in words)]
        assert said == words and len({y for y, _ in places}) >= rows


def test_a_logarithmic_axis_has_plain_numbers():
    def draw(ax):
        own(ax)
        ax.set(xscale="log", xlim=(0.05, 200))

    made = own_figure("own", "The title.", draw, small_panels(), says="Six effects.")
    for layout in (made.wide, made.narrow):
        assert "$" not in layout and {">0.1<", ">1<", ">10<", ">100<"} <= set(re.findall(r">[\d.]+<", layout))


@every
@both
def test_the_narrow_layout_is_its_own_and_its_letters_are_large_enough(kind, extra):
    made = figure(kind, extra)
    wide, narrow = Drawing(made.wide), Drawing(made.narrow)
    assert (wide.width, narrow.width) == (WIDE, NARROW)
    sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)px", made.narrow)]
    # A phone of 360 px leaves a column of 328 px, and at worst one of 300 px, for the 320 units of the sheet.
    assert min(sizes) >= SMALL and SMALL * 300 / NARROW >= 11


@every
@both
@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_no_text_is_cut_off_or_lies_on_another(kind, extra, layout):
    texts_lie_apart(Drawing(getattr(figure(kind, extra), layout)))


def texts_lie_apart(drawing):
    """Fail where a text of a drawing is cut off or lies on another."""
    boxes = [box(element) for element in drawing.root.iter("text")]
    for left, top, right, bottom, words in boxes:
        assert left >= -0.5 and right <= drawing.width + 0.5, words
        assert top >= 0 and bottom <= drawing.height, words
    for one, other in itertools.combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across <= 1 or down <= 1, (one[4], other[4])


def box(element):
    """Left, top, right and bottom of the letters of a text, from its anchor."""
    style, words = element.attrib["style"], element.text
    size = float(re.search(r"font-size:([\d.]+)px", style)[1])
    width = measure(words, size, "font-weight" in style)
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    left = x - {"end": width, "middle": width / 2}.get(
        (re.search(r"text-anchor:(\w+)", style) or ["", ""])[1], 0
    )
    return left, y - 0.75 * size, left + width, y + 0.2 * size, words


def test_the_wide_layout_is_left_before_its_letters_are_too_small():
    css = (Path(__file__).parents[2] / "_static" / "evidence.css").read_text(encoding="utf-8")
    widest = int(re.search(r"@container \(max-width: (\d+)px\) \{\s*\.ev-figure > \.ev-wide", css)[1])
    assert SMALL * (widest + 1) / WIDE >= 11.4


@every
@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_per_cent_is_written_in_one_way(kind, layout):
    words = " ".join(text.text for text in Drawing(getattr(figure(kind), layout)).root.iter("text"))
    assert not re.search(r"\d\s%|\d% interval", words.replace("95% interval", ""))  # which examples say


@every
def test_it_says_what_it_shows_in_sentences_and_as_a_table(kind):
    made = figure(kind)
    assert made.description.endswith(".") and made.twin.rows
    for drawing in (made.wide, made.narrow):
        assert Drawing(drawing).root.find("desc").text == made.description


@every
def test_the_bitmap_and_the_file_can_be_made(kind):
    made = figure(kind)
    assert made.png_file().startswith(b"\x89PNG")
    assert "var(" not in made.svg_file()


@every
def test_nothing_to_draw_is_refused(kind):
    draw, make = KINDS[kind]
    data, options = make()
    with pytest.raises(ValueError, match=r"say in words that there is none|compares two groups, not 0"):
        draw("none", "None", data.iloc[:0], **options)
