"""The albatross plot: contours, sides, and p-values that are only bounds."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from evidence.charts.albatross import Albatross, AlbatrossPoint, Contour, albatross, contour_n
from tests.charts.examples import p_values
from tests.charts.page import Drawing, centre

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


@pytest.mark.parametrize("effect", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("p", [0.2, 0.05, 0.001])
def test_a_contour_is_the_size_at_which_the_effect_has_that_p_value(effect, p):
    # The other way round: two equal groups of N / 2, the large-sample variance of a standardised difference.
    half = contour_n(effect, p) / 2
    variance = 2 * half / half**2 + effect**2 / (4 * half)
    assert 2 * stats.norm.sf(effect / math.sqrt(variance)) == pytest.approx(p, rel=1e-9)


@layouts
def test_studies_stand_at_their_size_and_p_value_on_their_side(layout):
    drawing = Drawing(getattr(albatross("a", "T", p_values()), layout))
    size = drawing.y_to_data(log=True)
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    hundredth = [x for x, _, words in drawing.texts() if words == "0.01"]
    unit = (hundredth[1] - hundredth[0]) / 4  # from 0.01 to 0.01 over 1 are four powers of ten
    for index in (0, 1, 2):
        point = p_values().points[index]
        side, word = {"low": (-1, "left"), "high": (1, "right")}[point.favours]
        x, y = centre(drawing.mark(f"point-{index}-{word}"))
        assert (x - middle) / unit == pytest.approx(-side * math.log10(point.p), abs=0.03)
        assert size(y) == pytest.approx(point.n, rel=0.02)


def test_what_is_only_not_significant_spans_the_p_values_it_may_have():
    drawing = Drawing(albatross("a", "T", p_values()).wide)
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    low, high = drawing.spread("point-3")
    assert low < middle < high and middle - low == pytest.approx(high - middle, abs=0.1)
    low, high = drawing.spread("point-4")
    assert low < middle and high == pytest.approx(middle, abs=0.1)


def test_words_and_table_hold_every_study():
    made = albatross("a", "T", p_values())
    assert "Sigtermans 2009: p\u00a0<\u00a00.001, 60 people, favours ketamine." in made.description
    assert "Finch 2009: p\u00a0>\u00a00.05, 20 people, direction not reported." in made.description
    for cells, point in zip(made.data.rows, p_values().points, strict=True):
        assert (cells[1].text, cells[2].value, cells[4].value) == (point.study, point.n, point.p)
        assert cells[3].text == {"=": "equal to", "<": "smaller than", ">": "larger than"}[point.operator]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 1}, "1 people cannot be compared"),
        ({"p": 0.0}, "outside"),
        ({"p": 1.1}, "outside"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(change, message):
    point = replace(AlbatrossPoint("X 2000", 10, 0.01, "=", "low"), **change)
    with pytest.raises(ValueError, match=f"X 2000: .*{message}"):
        albatross("a", "T", Albatross((point,)))


def test_a_contour_of_no_effect_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        albatross("a", "T", replace(p_values(), contours=(Contour(0, "none"),)))


@pytest.mark.parametrize("operator", ["=", "<"])
def test_a_p_value_without_a_direction_stands_on_both_sides(operator):
    plot = Albatross((AlbatrossPoint("X 2000", 60, 0.07, operator, "neither"),))
    drawing = Drawing(albatross("a", "T", plot).wide)
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    left, right = (centre(drawing.mark(f"point-0-{word}"))[0] for word in ("left", "right"))
    assert left < middle < right and middle - left == pytest.approx(right - middle, abs=0.05)
    assert "side not reported" in "".join(words for _, _, words in drawing.texts())
