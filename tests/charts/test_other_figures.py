"""Specification curve and evidence map."""

import re
from dataclasses import replace

import pytest

from evidence.charts.evidence_map import MapCell, evidence_map
from evidence.charts.specification_curve import specification_curve
from tests.charts.examples import HOSTILE, specifications
from tests.charts.page import Drawing, Tags, centre, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


@layouts
def test_the_specification_curve_is_in_order_and_on_its_axis(layout):
    plot = specifications()
    drawing = Drawing(getattr(specification_curve("s", "T", plot), layout))
    value = drawing.y_to_data()
    ordered = sorted(plot.specifications, key=lambda one: (one.estimate, one.low, one.choices))
    bars_drawn = drawing.segments("intervals")
    assert [x for (x, _), _ in bars_drawn] == sorted(x for (x, _), _ in bars_drawn)
    for ((_, low), (_, high)), one in zip(bars_drawn, ordered, strict=True):
        assert [value(low), value(high)] == pytest.approx([one.low, one.high], abs=0.2)
    main = next(one for one in plot.specifications if one.main)
    assert value(centre(drawing.mark("main"))[1]) == pytest.approx(main.estimate, abs=0.3)


@layouts
def test_each_analysis_has_one_mark_for_each_of_its_choices(layout):
    plot = specifications()
    drawing = Drawing(getattr(specification_curve("s", "T", plot), layout))
    columns = [x for (x, _), _ in drawing.segments("intervals")]
    for dimension in range(len(plot.dimensions)):
        for number, option in enumerate(plot.options(dimension)):
            marked = {x for (x, _), _ in drawing.segments(f"choice-{dimension}-{number}")}
            chosen = {
                x for x, one in zip(columns, plot.ordered(), strict=True) if one.choices[dimension] == option
            }
            assert marked == chosen


def test_the_specification_curve_counts_what_it_shows():
    made = specification_curve("s", "T", specifications())
    clear = sum(one.high < 0 or one.low > 0 for one in specifications().specifications)
    assert f"{clear} of 12 intervals exclude 0." in made.description
    assert "Main analysis: \u221218.0 (\u221238.0 to 0.0)." in made.description
    assert "Estimates run from \u221220.0 to \u22128.0" in made.description
    assert len(made.twin.rows) == 12


@layouts
def test_an_interval_far_beyond_the_estimates_does_not_flatten_the_curve(layout):
    plot = specifications()
    far = replace(plot.specifications[0], low=-900.0, high=900.0)
    plot = replace(plot, specifications=(far, *plot.specifications[1:]))
    drawing = Drawing(getattr(specification_curve("s", "T", plot), layout))
    assert (
        sum(len(set(corners(path))) == 3 for path in drawing.root.iter("path")) == 3
    )  # two, one in the legend
    value = drawing.y_to_data()
    assert -900 < min(value(y) for ends in drawing.segments("intervals") for _, y in ends) <= -40


def test_choices_that_never_vary_are_left_to_the_table():
    plot = specifications()
    same = tuple(one for one in plot.specifications if one.choices[0] == "REML")
    made = specification_curve("s", "T", replace(plot, specifications=same))
    assert made.description.endswith("Choices varied: Interval and Correlation.")
    assert ">Estimator<" not in made.wide and "Estimator" in [column.name for column in made.twin.columns]


def test_two_main_analyses_are_refused():
    plot = specifications()
    both = tuple(replace(one, main=True) for one in plot.specifications[:2])
    with pytest.raises(ValueError, match="More than one analysis"):
        specification_curve("s", "T", replace(plot, specifications=both))


def test_the_evidence_map_is_a_table_of_links_in_words():
    known = {
        ("CRPS", "ketamine"): MapCell(6, "favours-drug", HOSTILE, 142, "ketamine/crps.html"),
        ("CRPS", "memantine"): MapCell(1, "no-pool", "not pooled"),
    }
    page = evidence_map("map", "Map", ("CRPS", "Other"), ("ketamine", "memantine"), known)._repr_html_()
    tags = Tags(page)
    assert "script" not in tags.names
    assert [attrs["href"] for attrs in tags.all("a")] == ["ketamine/crps.html"]
    assert "6 trials, 142 people" in page and "1 trial<" in page and page.count("no trials") == 2
    with pytest.raises(ValueError, match="'CRPS' x 'zinc' has no line"):
        evidence_map("map", "Map", ("CRPS",), ("ketamine",), {("CRPS", "zinc"): MapCell(1, "no-pool", "")})


@layouts
def test_the_specification_curve_says_whom_each_side_favours(layout):
    drawing = Drawing(getattr(specification_curve("s", "T", specifications()), layout))
    heights = {words.replace("\u00a0", " "): y for _, y, words in drawing.texts()}
    ends = [y for bar in drawing.segments("intervals") for _, y in bar]
    assert heights["\u2191 favours comparator"] < min(ends)
    assert max(ends) < heights["\u2193 favours ketamine"]


def test_the_marks_of_a_choice_stand_nearer_to_its_own_name_on_a_phone():
    drawing = Drawing(specification_curve("s", "T", specifications()).narrow)
    heights = {words: y for _, y, words in drawing.texts()}
    top, bottom = (pick(y for end in drawing.segments("choice-0-0") for _, y in end) for pick in (min, max))
    above, below = top - heights["REML"], heights["DL"] - 9 - bottom  # letters are 9 high
    assert 0 < above < below / 2


def triangles(drawing):
    return sum(len(set(corners(path))) == 3 for path in drawing.root.iter("path"))


@layouts
def test_many_analyses_are_thin_and_without_arrows(layout):
    few = specifications()
    many = tuple(
        replace(one, low=-900.0, high=900.0, main=False, choices=(*one.choices[:2], f"{copy}"))
        for copy in range(8)
        for one in few.specifications
    )
    drawing = Drawing(getattr(specification_curve("s", "T", replace(few, specifications=many)), layout))
    assert len(drawing.segments("intervals")) == 96 and triangles(drawing) == 0
    (first, _), (second, _) = drawing.segments("intervals")[:2]
    width = float(re.search(r"stroke-width:([\d.]+)", drawing.mark("intervals").attrib["style"])[1])
    assert width <= (second[0] - first[0]) / 3
    words = " ".join(words for _, _, words in drawing.texts())
    assert "an interval that reaches the edge" in words
