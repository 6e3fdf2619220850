"""The forest plot: where marks stand, how large they are, and which numbers belong to which block."""

from dataclasses import replace

import numpy as np
import pytest

from evidence.charts.forest import Forest, ForestBlock, ForestPool, ForestRow, forest
from evidence.charts.words import number
from tests.charts.examples import PAIN, RATIO, forest_plot, ratio_plot, rows
from tests.charts.page import Drawing, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def drawn(plot, layout="wide"):
    return Drawing(getattr(forest("f", "Title", plot), layout))


def arrows(drawing):
    """How many triangles there are."""
    return sum(len(set(corners(path))) == 3 for path in drawing.root.iter("path"))


@layouts
def test_interval_ends_stand_at_their_values_on_the_axis(layout):
    drawing = drawn(forest_plot(), layout)
    data = drawing.x_to_data()
    for position, row in enumerate(rows()[:2]):
        low, high = drawing.spread(f"block-0-row-{position}-interval")
        assert data(low) == pytest.approx(row.low, abs=0.05)
        assert data(high) == pytest.approx(row.high, abs=0.05)
        left, right = drawing.spread(f"block-0-row-{position}")
        assert data((left + right) / 2) == pytest.approx(row.estimate, abs=0.05)


@layouts
def test_diamond_and_prediction_bar_end_at_their_intervals(layout):
    drawing = drawn(forest_plot(), layout)
    data, pool = drawing.x_to_data(), forest_plot().blocks[0].pool
    for name, ends in (("block-0-pool", (pool.low, pool.high)), ("block-0-pool-prediction", pool.prediction)):
        assert [data(x) for x in drawing.spread(name)] == pytest.approx(ends, abs=0.05)
    tips = [x for x, y in drawing.corners("block-0-pool") if y != drawing.corners("block-0-pool")[0][1]]
    assert data(tips[0]) == pytest.approx(pool.estimate, abs=0.05)


@layouts
def test_ratios_stand_on_a_logarithmic_axis(layout):
    drawing = drawn(ratio_plot(), layout)
    data = drawing.x_to_data(log=True)
    (first, second), pool = ratio_plot().blocks[0].rows, ratio_plot().overall
    for name, ends in (
        ("block-0-row-0-interval", (first.low, first.high)),
        ("block-0-row-1-interval", (second.low, second.high)),
        ("overall", (pool.low, pool.high)),
        ("overall-prediction", pool.prediction),
    ):
        assert [data(x) for x in drawing.spread(name)] == pytest.approx(ends, rel=0.01)


@layouts
def test_marker_areas_are_in_proportion_to_the_weights(layout):
    drawing = drawn(forest_plot(), layout)
    areas = []
    for position in range(3):
        left, right = drawing.spread(f"block-0-row-{position}")
        areas.append((right - left) ** 2)
    weights = [row.weight for row in rows()[:3]]
    assert np.array(areas) / areas[0] == pytest.approx(np.array(weights) / weights[0], rel=0.02)


def test_a_benefit_stands_left_of_no_effect_and_a_harm_right():
    drawing = drawn(forest_plot())
    null = drawing.corners("null")[0][0]
    assert drawing.x_to_data()(null) == pytest.approx(0, abs=0.05)
    assert drawing.spread("block-0-row-0")[1] < null < drawing.spread("block-0-row-2")[1]


@layouts
def test_an_interval_beyond_the_axis_ends_in_an_arrow_inside_the_sheet(layout):
    def with_second(low, high):
        second = replace(rows()[1], low=low, high=high)
        return drawn(
            Forest(PAIN, (ForestBlock((rows()[0], second)),), safeguards=forest_plot().safeguards), layout
        )

    plain, wide = with_second(-38, 13.8), with_second(-300, 400)
    assert (arrows(plain), arrows(wide)) == (0, 2)
    low, high = wide.spread("block-0-row-1-interval")
    assert 0 <= low < high <= wide.width
    data = wide.x_to_data()
    assert data(low) > -300 and data(high) < 400


def test_classes_of_evidence_differ_in_shape():
    drawing = drawn(forest_plot())
    assert "fill:var(--blue)" in drawing.mark("block-0-row-0").attrib["style"]
    assert "fill:var(--surface)" in drawing.mark("block-0-row-1").attrib["style"]
    assert "block-1-row-0" not in drawing.names()
    assert "stroke-dasharray" in drawing.mark("block-1-row-0-interval").attrib["style"]


def test_a_side_without_a_bound_runs_to_the_end_of_the_axis():
    drawing = drawn(forest_plot())
    data = drawing.x_to_data()
    low, high = drawing.spread("block-1-row-1-interval")
    assert low == min(x for name in drawing.names() if "interval" in name for x, _ in drawing.corners(name))
    assert data(high) == pytest.approx(-2.2, abs=0.05)


@layouts
def test_statistics_stay_with_their_own_block(layout):
    drawing = drawn(forest_plot(), layout)
    heights = {words: y for _, y, words in drawing.texts()}

    def height(start):
        return next(y for words, y in heights.items() if words.startswith(start))

    assert height("Intravenous") < height("Amr 2010") < height("Random effects") < height("I2 48%")
    assert height("I2 48%") < height("Topical") < height("Lynch 2005") < height("Not pooled")
    assert height("Not pooled") < height("All routes") < height("Q 2.1")


def test_the_prediction_interval_is_drawn_only_where_there_is_one():
    plot = forest_plot()
    with_one, without = (
        replace(plot, blocks=(replace(plot.blocks[0], pool=replace(plot.blocks[0].pool, prediction=ends)),))
        for ends in ((-58.0, 21.2), None)
    )
    assert "prediction" in forest("f", "T", with_one)._repr_html_().lower()
    assert "prediction" not in forest("f", "T", without)._repr_html_().lower()


@pytest.mark.parametrize("plot", [forest_plot(), ratio_plot()], ids=["differences", "ratios"])
def test_the_description_holds_every_effect(plot):
    words = forest("f", "T", plot).description
    for result in plot.results():
        for value in (result.estimate, result.low, result.high):
            assert value is None or number(value, plot.measure.digits) in words
    assert "\u221258.0 to 21.2" in words or plot.measure is RATIO
    assert "Lynch 2005: \u22122.2 or lower (bounded)." in words or plot.measure is RATIO


def test_many_studies_are_described_by_their_range():
    many = tuple(ForestRow(f"S{i}", -i, -i - 5, -i + 5) for i in range(30))
    words = forest("f", "T", Forest(PAIN, (ForestBlock(many),))).description
    assert "\u221229.0 to 0.0" in words and "S7" not in words


def test_the_table_holds_what_was_given():
    plot = forest_plot()
    table = forest("f", "T", plot).data
    names = [column.name for column in table.columns]
    for cells, row in zip((table.rows[i] for i in (0, 1, 2, 5, 6)), plot.rows(), strict=True):
        found = dict(zip(names, cells, strict=True))
        values = (row.study, row.estimate, row.low, row.high, row.weight, row.evidence)
        assert found["Study"].text == values[0] and found["Evidence"].text == values[5]
        assert tuple(found[n].value for n in ("Estimate", "Low", "High", "Weight (%)")) == values[1:5]
        assert (found["randomisation described"].text, found["double blind"].text) == row.safeguards
    predicted = dict(zip(names, table.rows[4], strict=True))
    assert (predicted["Low"].value, predicted["High"].value) == (-58.0, 21.2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ForestRow("X 2000", 5, 6, 7), "X 2000: 5 lies outside 6 to 7"),
        (ForestRow("X 2000", None, 6, 7), "X 2000: a reported effect needs an estimate"),
        (ForestRow("X 2000", 5, None, 7, "derived"), "X 2000: a derived effect needs"),
        (ForestRow("X 2000", 5, 4, 7, safeguards=("yes",)), "X 2000: 1 safeguards for 0 columns"),
        (ForestRow("X 2000", 5, 4, float("nan")), "X 2000: .* is not finite"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(row, message):
    with pytest.raises(ValueError, match=message):
        forest("f", "T", Forest(PAIN, (ForestBlock((row,)),)))


def test_a_ratio_that_is_not_above_zero_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        forest("f", "T", Forest(RATIO, (ForestBlock((ForestRow("X", 1.0, 0.0, 2.0),)),)))
    with pytest.raises(ValueError, match="outside"):
        forest("f", "T", replace(ratio_plot(), overall=ForestPool("P", 3, 1, 2)))
