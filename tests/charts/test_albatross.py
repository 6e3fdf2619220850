"""The albatross plot: contours, sides, and p-values that are only bounds."""

import math
import re

import pandas as pd
import pytest
from scipy import stats

from evidence.charts.albatross import albatross_figure
from evidence.charts.albatross.rows import contour_n, contour_p
from tests.charts.examples import p_values
from tests.charts.page import Drawing, centre
from tests.charts.test_every_figure import box

ROWS = p_values()[0].to_dict("records")
layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


@pytest.mark.parametrize("effect", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("p", [0.2, 0.05, 0.001])
def test_a_contour_is_the_size_at_which_the_effect_has_that_p_value(effect, p):
    # The other way round: two equal groups of N / 2, the large-sample variance of a standardised difference.
    half = contour_n(effect, p) / 2
    variance = 2 * half / half**2 + effect**2 / (4 * half)
    assert 2 * stats.norm.sf(effect / math.sqrt(variance)) == pytest.approx(p, rel=1e-9)


def point(label, n, p, operator="=", favours="neither", **other):
    return {"label": label, "n": n, "p": p, "operator": operator, "favours": favours, **other}


def figure(rows=None, **options):
    return albatross_figure(
        "a", "T", pd.DataFrame(ROWS if rows is None else rows), **(p_values()[1] | options)
    )


def drawn(layout="wide", rows=None):
    return Drawing(getattr(figure(rows), layout))


@layouts
def test_studies_stand_at_their_size_and_p_value_on_their_side(layout):
    drawing = drawn(layout)
    size = drawing.y_to_data(log=True)
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    thousandth = [x for x, _, words in drawing.texts() if words == "0.001"]
    unit = (thousandth[1] - thousandth[0]) / 6  # from 0.001 to 0.001 over 1 are six powers of ten
    for index in (0, 1, 2):
        row = ROWS[index]
        side, word = {"low": (-1, "left"), "high": (1, "right")}[row["favours"]]
        x, y = centre(drawing.mark(f"point-{index}-{word}"))
        assert (x - middle) / unit == pytest.approx(-side * math.log10(row["p"]), abs=0.03)
        assert size(y) == pytest.approx(row["n"], rel=0.02)


def test_what_is_only_not_significant_spans_the_p_values_it_may_have():
    drawing = drawn()
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    low, high = drawing.spread("point-3")
    assert low < middle < high and middle - low == pytest.approx(high - middle, abs=0.1)
    low, high = drawing.spread("point-4")
    assert low < middle and high == pytest.approx(middle, abs=0.1)


def test_words_and_table_hold_every_study():
    made = figure()
    assert "Sigtermans 2009: p\u00a0<\u00a00.001, 60 people, favours ketamine." in made.description
    assert "Finch 2009: p\u00a0>\u00a00.05, 20 people, direction not reported." in made.description
    words = {"=": "equal to", "<": "smaller than", ">": "larger than"}
    for cells, row in zip(made.twin.rows, ROWS, strict=True):
        assert (cells[1].text, cells[2].value, cells[4].value) == (row["label"], row["n"], row["p"])
        assert cells[3].text == words[row["operator"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 1}, "1 people cannot be compared"),
        ({"p": 0.0}, "outside"),
        ({"p": 1.1}, "outside"),
        ({"operator": "~"}, "'~'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(change, message):
    with pytest.raises(ValueError, match=f"X 2000: .*{message}"):
        figure([{**point("X 2000", 10, 0.01, "=", "low"), **change}])


def test_a_contour_of_no_effect_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        figure(contours={0.0: "none"})


@pytest.mark.parametrize("operator", ["=", "<"])
def test_a_p_value_without_a_direction_stands_on_both_sides(operator):
    drawing = drawn(rows=[point("X 2000", 60, 0.07, operator)])
    middle = next(x for x, _, words in drawing.texts() if words == "1" and x > 100)
    left, right = (centre(drawing.mark(f"point-0-{word}"))[0] for word in ("left", "right"))
    assert left < middle < right and middle - left == pytest.approx(right - middle, abs=0.05)
    assert "side not reported" in "".join(words for _, _, words in drawing.texts())


@pytest.mark.parametrize("effect", [0.2, 0.8])
def test_the_p_value_of_a_size_inverts_the_size_of_a_p_value(effect):
    assert contour_p(effect, contour_n(effect, 0.03)) == pytest.approx(0.03, rel=1e-9)


@layouts
def test_contours_reach_the_ends_of_the_axis(layout):
    drawing = drawn(layout)
    middle = [y for _, y in drawing.corners("middle")]
    rungs = [drawing.corners(name)[0][1] for name in drawing.names("rung") if name.endswith("grid")]
    bottom, top = max(middle), min(middle)
    assert top < min(rungs) and max(rungs) < bottom
    for index in range(3):
        left, right = (drawing.corners(f"contour-{index}-{side}") for side in ("left", "right"))
        assert max(y for _, y in left) == pytest.approx(bottom, abs=0.1)
        at_top = min(y for _, y in right) == pytest.approx(top, abs=0.1)
        assert at_top or max(x for x, _ in right) == pytest.approx(drawing.width - 2, abs=0.1)


@layouts
def test_the_p_value_at_which_brackets_end_is_on_the_axis_on_both_sides(layout):
    drawing = drawn(layout)
    written = [words for _, _, words in drawing.texts() if re.fullmatch(r"0\.\d+|1", words)]
    assert written.count("0.05") == 2
    scale = written[: written.index("1")]
    assert written[written.index("1") + 1 :][: len(scale)] == scale[::-1]
    low, high = drawing.spread("point-3")
    ticks = [x for x, _, words in drawing.texts() if words == "0.05"]
    assert [low, high] == pytest.approx(ticks, abs=0.1)


def test_results_of_one_study_are_counted_once_and_told_apart():
    rows = [
        point("Amr 2010", 40, 0.01, "<", "low", window="2 days to 1 week"),
        point("Amr 2010", 40, 0.25, window="over 1 week"),
        point("Eide 1995", 9, 0.04, window=""),
    ]
    made = figure(rows)
    assert made.description.startswith("Albatross plot of 2 studies with 3 results: ")
    assert "Amr 2010, over 1 week: p" in made.description
    listed = " ".join(words for _, _, words in Drawing(made.wide).texts())
    assert "1 Amr 2010, 2 days to 1 week" in listed and "2 Amr 2010, over 1 week" in listed
    assert [row[2].text for row in made.twin.rows] == ["2 days to 1 week", "over 1 week", ""]
    assert "Window" not in [column.name for column in figure().twin.columns]


@layouts
def test_a_crossover_trial_that_is_not_significant_ends_in_hollow_diamonds(layout):
    drawing = drawn(layout, [ROWS[3], {**ROWS[3], "n": 30, "paired": True}])
    assert "point-0-left" not in drawing.names()
    low, high = drawing.spread("point-1")
    for side, place in (("left", low), ("right", high)):
        assert centre(drawing.mark(f"point-1-{side}"))[0] == pytest.approx(place, abs=0.1)
        assert "fill:var(--surface)" in drawing.mark(f"point-1-{side}").attrib["style"]
    words = " ".join(words for _, _, words in drawing.texts())
    assert "parallel trial, not significant" in words and "crossover trial, not significant" in words


def test_no_two_kinds_of_line_share_their_dashes():
    drawing = drawn(rows=[point("X", 60, 0.07), point("Y", 30, 0.05, ">")])
    names = ("contour-0-left", "contour-1-left", "contour-2-left", "point-0-untold", "point-1")
    dashes = [re.search(r"dasharray:([\d.,]+)|$", drawing.mark(name).attrib["style"])[1] for name in names]
    assert len(set(dashes)) == len(names)


@layouts
def test_numbers_stand_clear_of_contours(layout):
    rows = [point(f"S {i}", 12 + 9 * i, 0.05, "<", "low") for i in range(5)]
    drawing = drawn(layout, rows)
    contours = [c for name in drawing.names("contour") for c in drawing.corners(name)]
    for index in range(len(rows)):
        left, top, right, bottom, _ = box(drawing.mark(f"number-{index}"))
        assert not any(left < x < right and top < y < bottom for x, y in contours)
