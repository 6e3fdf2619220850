"""The specification curve: in order, on its axis, each choice under its analysis."""

import re

import pandas as pd
import pytest

from evidence.charts.speccurve import speccurve_figure
from tests.charts.examples import specifications
from tests.charts.page import Drawing, centre, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def made(data=None):
    example, options = specifications()
    return speccurve_figure("s", "T", example if data is None else data, **options)


def ordered(data):
    names = specifications()[1]["choices"]
    return sorted(data.to_dict("records"), key=lambda row: (row["est"], row["lo"], *(row[n] for n in names)))


def triangles(drawing):
    return sum(len(set(corners(path))) == 3 for path in drawing.root.iter("path"))


@layouts
def test_analyses_are_in_order_and_on_their_axis(layout):
    data, _ = specifications()
    drawing = Drawing(getattr(made(), layout))
    value = drawing.y_to_data()
    bars = drawing.segments("intervals")
    assert [x for (x, _), _ in bars] == sorted(x for (x, _), _ in bars)
    for ((_, low), (_, high)), row in zip(bars, ordered(data), strict=True):
        assert [value(low), value(high)] == pytest.approx([row["lo"], row["hi"]], abs=0.2)
    main = data.loc[data["main"], "est"].item()
    assert value(centre(drawing.mark("main"))[1]) == pytest.approx(main, abs=0.3)


@layouts
def test_each_analysis_has_one_mark_for_each_of_its_choices(layout):
    data, options = specifications()
    drawing = Drawing(getattr(made(), layout))
    columns = [x for (x, _), _ in drawing.segments("intervals")]
    for place, name in enumerate(options["choices"]):
        for index, option in enumerate(dict.fromkeys(data[name])):
            marked = {x for (x, _), _ in drawing.segments(f"choice-{place}-{index}")}
            chosen = {x for x, row in zip(columns, ordered(data), strict=True) if row[name] == option}
            assert marked == chosen


def test_the_curve_counts_what_it_shows():
    data, _ = specifications()
    clear = int(((data["hi"] < 0) | (data["lo"] > 0)).sum())
    figure = made()
    assert f"{clear} of 12 intervals exclude 0." in figure.description
    assert "Main analysis: \u221218.0 (\u221238.0 to 0.0)." in figure.description
    assert "Estimates run from \u221220.0 to \u22128.0" in figure.description
    assert len(figure.twin.rows) == 12
    assert [row[0].value for row in figure.twin.rows] == list(range(1, 13))


@layouts
def test_an_interval_far_beyond_the_estimates_does_not_flatten_the_curve(layout):
    data, _ = specifications()
    data.loc[0, ["lo", "hi"]] = -900.0, 900.0
    drawing = Drawing(getattr(made(data), layout))
    assert triangles(drawing) == 3  # two, one in the legend
    value = drawing.y_to_data()
    assert -900 < min(value(y) for ends in drawing.segments("intervals") for _, y in ends) <= -40


def test_choices_that_never_vary_are_left_to_the_table():
    data, _ = specifications()
    figure = made(data[data["Estimator"] == "REML"])
    assert figure.description.endswith("Choices varied: Interval and Correlation.")
    assert ">Estimator<" not in figure.wide
    assert "Estimator" in [column.name for column in figure.twin.columns]


def test_two_main_analyses_are_refused():
    data, _ = specifications()
    with pytest.raises(ValueError, match="More than one analysis"):
        made(data.assign(main=data.index < 2))


@layouts
def test_it_says_whom_each_side_favours(layout):
    drawing = Drawing(getattr(made(), layout))
    heights = {words.replace("\u00a0", " "): y for _, y, words in drawing.texts()}
    ends = [y for bar in drawing.segments("intervals") for _, y in bar]
    assert heights["\u2191 favours comparator"] < min(ends)
    assert max(ends) < heights["\u2193 favours ketamine"]


def test_the_marks_of_a_choice_stand_nearer_to_its_own_name_on_a_phone():
    drawing = Drawing(made().narrow)
    heights = {words: y for _, y, words in drawing.texts()}
    ends = [y for end in drawing.segments("choice-0-0") for _, y in end]
    above, below = min(ends) - heights["REML"], heights["DL"] - 9 - max(ends)  # letters are 9 high
    assert 0 < above < below / 2


@layouts
def test_many_analyses_are_thin_and_without_arrows(layout):
    data, _ = specifications()
    copies = [data.assign(Correlation=str(copy), lo=-900.0, hi=900.0, main=False) for copy in range(8)]
    drawing = Drawing(getattr(made(pd.concat(copies)), layout))
    assert len(drawing.segments("intervals")) == 96 and triangles(drawing) == 0
    (first, _), (second, _) = drawing.segments("intervals")[:2]
    width = float(re.search(r"stroke-width:([\d.]+)", drawing.mark("intervals").attrib["style"])[1])
    assert width <= (second[0] - first[0]) / 3
    words = " ".join(words for _, _, words in drawing.texts())
    assert "an interval that reaches the edge" in words
