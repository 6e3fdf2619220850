"""The effect direction plot: sides, fills, counts and words."""

import pandas as pd
import pytest

from evidence.charts.directions import directions_figure
from tests.charts.examples import findings
from tests.charts.page import Drawing

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def made(*found):
    return directions_figure("e", "T", pd.DataFrame(found))


def finding(label, outcome, direction, significant=False, words=""):
    named = {"label": label, "outcome": outcome, "direction": direction}
    return {**named, "significant": significant, "words": words}


@layouts
def test_findings_point_up_for_better_and_are_filled_when_significant(layout):
    drawing = Drawing(getattr(directions_figure("e", "T", findings()[0]), layout))

    def tip_is_up(name):
        heights = [y for _, y in drawing.corners(name)[:3]]
        return heights.count(min(heights)) == 1

    assert tip_is_up("row-0-0") and not tip_is_up("row-1-1")
    assert "fill:var(--blue)" in drawing.mark("row-0-0").attrib["style"]
    assert "fill:var(--surface)" in drawing.mark("row-1-1").attrib["style"]
    assert drawing.mark("row-1-0").text == "?"
    assert "row-0-2" not in drawing.names()


def test_the_plot_counts_its_findings():
    figure = directions_figure("e", "T", findings()[0])
    assert (
        "Pain: 1 better on the drug and 1 direction not reported; 1 statistically significant."
        in figure.description
    )
    assert "Harms: 1 better on the drug; 0 statistically significant." in figure.description
    row = [cell.text for cell in figure.twin.rows[0]]
    assert row[:6] == ["Sigtermans 2009", "100 hours", "30 v 30", "better on the drug", "yes", "p < 0.001"]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([finding("X", "a", "same"), finding("X", "a", "better")], "X: two findings on a"),
        ([finding("X", "a", "up")], "X: a direction is one of .* not 'up'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(found, message):
    with pytest.raises(ValueError, match=message):
        made(*found)


def test_no_outcome_is_left_out_in_silence():
    with pytest.raises(ValueError, match="leaves out b"):
        directions_figure("e", "T", pd.DataFrame([finding("X", "b", "same")]), outcomes=["a"])


def test_outcomes_stand_in_the_order_asked_for():
    found = pd.DataFrame([finding("X", "later", "same"), finding("Y", "earlier", "better")])
    drawing = Drawing(directions_figure("e", "T", found, outcomes=["earlier", "later"]).wide)
    places = {words: x for x, _, words in drawing.texts()}
    assert places["earlier"] < places["later"]
    assert drawing.spread("row-1-0")[0] < drawing.spread("row-0-1")[0]


def test_marks_of_findings_in_lines_do_not_touch():
    drawing = Drawing(made(finding("S", "a", "worse"), finding("S", "b", "better")).narrow)
    lower_end = max(y for _, y in drawing.corners("row-0-0"))
    assert min(y for _, y in drawing.corners("row-0-1")) - lower_end >= 2


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ((False,), "better on the drug, not significant"),
        ((None,), "better on the drug, significance not told"),
        ((False, None), "better on the drug, not significant or significance not told"),
        ((True,), "better on the drug, statistically significant"),
    ],
)
def test_the_legend_says_what_hollow_means(tests, words):
    figure = made(*(finding(f"S{i}", "pain", "better", test) for i, test in enumerate(tests)))
    assert words in [text for _, _, text in Drawing(figure.wide).texts()]
    assert (" Pain: " in figure.description and "; 0 " in figure.description) or tests == (True,)
    told = {True: "yes", False: "no", None: "not told"}
    assert [row[2].text for row in figure.twin.rows] == [told[test] for test in tests]
