"""Specification curve, icon array, effect direction, bars and evidence map."""

import re
from dataclasses import replace

import pytest

from evidence.charts.bars import Bar, bars
from evidence.charts.evidence_map import MapCell, evidence_map
from evidence.charts.icon_array import IconArray, Risk, icon_array
from evidence.charts.specification_curve import specification_curve
from tests.charts.examples import HOSTILE, counts, people, specifications
from tests.charts.page import Drawing, Tags, centre, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def segments(drawing, name):
    """The ends of the separate strokes of a mark."""
    ends = drawing.corners(name)
    return list(zip(ends[::2], ends[1::2], strict=True))


@layouts
def test_the_specification_curve_is_in_order_and_on_its_axis(layout):
    plot = specifications()
    drawing = Drawing(getattr(specification_curve("s", "T", plot), layout))
    value = drawing.y_to_data()
    ordered = sorted(plot.specifications, key=lambda one: (one.estimate, one.low, one.choices))
    bars_drawn = segments(drawing, "intervals")
    assert [x for (x, _), _ in bars_drawn] == sorted(x for (x, _), _ in bars_drawn)
    for ((_, low), (_, high)), one in zip(bars_drawn, ordered, strict=True):
        assert [value(low), value(high)] == pytest.approx([one.low, one.high], abs=0.2)
    main = next(one for one in plot.specifications if one.main)
    assert value(centre(drawing.mark("main"))[1]) == pytest.approx(main.estimate, abs=0.3)


@layouts
def test_each_analysis_has_one_mark_for_each_of_its_choices(layout):
    plot = specifications()
    drawing = Drawing(getattr(specification_curve("s", "T", plot), layout))
    columns = [x for (x, _), _ in segments(drawing, "intervals")]
    for dimension in range(len(plot.dimensions)):
        for number, option in enumerate(plot.options(dimension)):
            marked = {x for (x, _), _ in segments(drawing, f"choice-{dimension}-{number}")}
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
    assert -900 < min(value(y) for ends in segments(drawing, "intervals") for _, y in ends) <= -40


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


def icons(drawing, name):
    """How many icons the dashes of a mark draw."""
    style = drawing.mark(name).attrib["style"]
    dash, gap = (float(part) for part in re.search(r"stroke-dasharray:([\d.]+),([\d.]+)", style).groups())
    return sum(round((end[0] - start[0] + gap) / (dash + gap)) for start, end in segments(drawing, name))


@layouts
@pytest.mark.parametrize(
    ("without", "with_drug"), [(180.0, 757.3), (103.4, 77.2), (50.0, 50.0), (0.0, 1000.0)]
)
def test_the_icons_are_a_thousand_people_in_each_group(layout, without, with_drug):
    plot = IconArray("felt sick", Risk("Without", without), Risk("With", with_drug))
    drawing = Drawing(getattr(icon_array("i", "T", plot), layout))
    found = [
        {name.removeprefix(group): icons(drawing, name) for name in drawing.names(group)}
        for group in ("group-0-", "group-1-")
    ]
    assert [sum(kinds.values()) for kinds in found] == [1000, 1000]
    assert found[0].get("either-way", 0) == round(without)
    affected = found[1].get("either-way", 0) + found[1].get("more-on-the-drug", 0)
    assert affected == round(with_drug)
    assert found[1].get("fewer-on-the-drug", 0) == max(0, round(without) - round(with_drug))


def test_the_icon_array_says_its_numbers():
    made = icon_array("i", "T", people())
    assert made.description == (
        "People of 1,000 who felt sick: Without 180; With ketamine 757 (400 to 1,000); 577 more."
    )
    assert [cell.value for cell in made.twin.rows[1][1:]] == [757.3, 400.0, 1000.0]


@pytest.mark.parametrize("risk", [Risk("X", -1.0), Risk("X", 1001.0), Risk("X", 5.0, 6.0, 7.0)])
def test_what_is_no_risk_is_refused(risk):
    with pytest.raises(ValueError, match="X: "):
        icon_array("i", "T", IconArray("felt sick", risk, Risk("Y", 1.0)))


@layouts
def test_bars_are_as_long_as_their_counts(layout):
    drawing = Drawing(getattr(bars("b", "T", counts()), layout))
    lengths = [high - low for low, high in (drawing.spread(f"bar-{position}") for position in (0, 1))]
    assert lengths[0] / lengths[1] == pytest.approx(12 / 41, rel=0.01)
    assert "bar-2" not in drawing.names()


def test_bars_say_their_counts():
    made = bars("b", "T", counts())
    assert made.description == "Means with a spread: 12 trials; A p-value: 41 trials; Nothing: 0 trials."
    assert [row[1].value for row in made.twin.rows] == [12, 41, 0]
    with pytest.raises(ValueError, match="X: the count -1 is negative"):
        bars("b", "T", (Bar("X", -1),))


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
    ends = [y for bar in segments(drawing, "intervals") for _, y in bar]
    assert heights["\u2191 favours comparator"] < min(ends)
    assert max(ends) < heights["\u2193 favours ketamine"]


def test_the_marks_of_a_choice_stand_nearer_to_its_own_name_on_a_phone():
    drawing = Drawing(specification_curve("s", "T", specifications()).narrow)
    heights = {words: y for _, y, words in drawing.texts()}
    top, bottom = (pick(y for end in segments(drawing, "choice-0-0") for _, y in end) for pick in (min, max))
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
    assert len(segments(drawing, "intervals")) == 96 and triangles(drawing) == 0
    (first, _), (second, _) = segments(drawing, "intervals")[:2]
    width = float(re.search(r"stroke-width:([\d.]+)", drawing.mark("intervals").attrib["style"])[1])
    assert width <= (second[0] - first[0]) / 3
    words = " ".join(words for _, _, words in drawing.texts())
    assert "an interval that reaches the edge" in words


@layouts
def test_both_groups_of_the_icon_array_begin_at_one_height_where_side_by_side(layout):
    risks = Risk("Without", 100.0), Risk("With " + "a long name of a drug " * 4, 400.0, 100.0, 900.0)
    drawing = Drawing(getattr(icon_array("i", "T", IconArray("felt sick " * 6, *risks)), layout))
    tops = [segments(drawing, f"group-{group}-either-way")[0][0][1] for group in (0, 1)]
    assert (tops[0] == tops[1]) == (layout == "wide")
