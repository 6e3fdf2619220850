"""Icon arrays and bars: as many and as long as what they stand for."""

import re

import pandas as pd
import pytest

from evidence.charts.counts import counts_figure
from evidence.charts.icons import icons_figure
from tests.charts.examples import bars, people
from tests.charts.page import Drawing

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def risks(without, with_drug, outcome="felt sick"):
    return icons_figure("i", "T", pd.DataFrame([without, with_drug]), outcome=outcome)


def risk(group, per_1000, low=None, high=None):
    return {"group": group, "per_1000": per_1000, "low": low, "high": high}


def icons(drawing, name):
    """How many icons the dashes of a mark draw."""
    style = drawing.mark(name).attrib["style"]
    dash, gap = (float(part) for part in re.search(r"stroke-dasharray:([\d.]+),([\d.]+)", style).groups())
    return sum(round((end[0] - start[0] + gap) / (dash + gap)) for start, end in drawing.segments(name))


@layouts
@pytest.mark.parametrize(
    ("without", "with_drug"), [(180.0, 757.3), (103.4, 77.2), (50.0, 50.0), (0.0, 1000.0)]
)
def test_the_icons_are_a_thousand_people_in_each_group(layout, without, with_drug):
    drawing = Drawing(getattr(risks(risk("Without", without), risk("With", with_drug)), layout))
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
    data, options = people()
    made = icons_figure("i", "T", data, **options)
    assert made.description == (
        "People of 1,000 who felt sick: Without 180; With ketamine 757 (400 to 1,000); 577 more."
    )
    assert [cell.value for cell in made.twin.rows[1][1:]] == [757.3, 400.0, 1000.0]


@pytest.mark.parametrize("wrong", [risk("X", -1.0), risk("X", 1001.0), risk("X", 5.0, 6.0, 7.0)])
def test_what_is_no_risk_is_refused(wrong):
    with pytest.raises(ValueError, match="X: "):
        risks(wrong, risk("Y", 1.0))


def test_one_group_or_three_are_refused():
    with pytest.raises(ValueError, match="two groups, not 1"):
        icons_figure("i", "T", pd.DataFrame([risk("X", 1.0)]), outcome="felt sick")


@layouts
def test_both_groups_of_the_icon_array_begin_at_one_height_where_side_by_side(layout):
    many = risk("With " + "a long name of a drug " * 4, 400.0, 100.0, 900.0)
    drawing = Drawing(getattr(risks(risk("Without", 100.0), many, "felt sick " * 6), layout))
    tops = [drawing.segments(f"group-{group}-either-way")[0][0][1] for group in (0, 1)]
    assert (tops[0] == tops[1]) == (layout == "wide")


@layouts
def test_bars_are_as_long_as_their_counts(layout):
    drawing = Drawing(getattr(counts_figure("b", "T", bars()[0]), layout))
    lengths = [high - low for low, high in (drawing.spread(f"bar-{position}") for position in range(3))]
    assert lengths[0] / lengths[1] == pytest.approx(12 / 41, rel=0.01)
    assert lengths[2] == 0


def test_bars_say_their_counts():
    made = counts_figure("b", "T", bars()[0])
    assert made.description == "Means with a spread: 12 trials; A p-value: 41 trials; Nothing: 0 trials."
    assert [row[1].value for row in made.twin.rows] == [12, 41, 0]
    with pytest.raises(ValueError, match="X: the count -1 is negative"):
        counts_figure("b", "T", pd.DataFrame({"label": ["X"], "count": [-1]}))
