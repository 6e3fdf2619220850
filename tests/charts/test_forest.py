"""The forest plot: where marks stand, how large they are, and which numbers belong to which block."""

from dataclasses import replace

import numpy as np
import pytest

from evidence.charts.forest import (
    Forest,
    ForestBlock,
    ForestHeads,
    ForestPool,
    ForestRow,
    Kind,
    Measure,
    forest,
)
from evidence.charts.style import LINE, SMALL
from evidence.wording.numbers import NBSP, number
from tests.charts.examples import PAIN, RATIO, forest_plot, ratio_plot, rows
from tests.charts.page import Drawing, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])
GOES_ON = "interval goes on beyond the axis"
UNTOLD = ForestRow("Martin 2019", None, None, None, "bounded", effect="direction not told")


def drawn(plot, layout="wide"):
    return Drawing(getattr(forest("f", "Title", plot), layout))


def words_of(drawing):
    """All that is written, with ordinary spaces."""
    return " ".join(words for _, _, words in drawing.texts()).replace(NBSP, " ")


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
    assert (arrows(plain), arrows(wide)) == (0, 3)  # two, one in the legend
    assert GOES_ON not in words_of(plain) and GOES_ON in words_of(wide)
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


def axis_ends(drawing):
    """The values at both ends of the axis line, which joins the ticks."""
    data, tick = drawing.x_to_data(), drawing.corners("tick-0")[0][1]
    line = [
        corners(path)
        for path in drawing.root.iter("path")
        if len(corners(path)) == 2 and all(y == tick for _, y in corners(path))
    ][-1]  # on a phone a rule of the full width lies under it
    return tuple(sorted(data(x) for x, _ in line))


@layouts
@pytest.mark.parametrize(
    "others",
    [(), (ForestRow("A 2001", None, None, 0.0, "bounded"),), (ForestRow("B 2002", -25, -40, -10),)],
    ids=["alone", "with a direction", "with an estimate"],
)
def test_arrows_to_both_sides_do_not_fill_one_more_than_the_other(layout, others):
    one_sided = Measure("Pain", mid=(-10,))
    low, high = axis_ends(drawn(Forest(one_sided, (ForestBlock((UNTOLD, *others)),)), layout))
    assert low == pytest.approx(-high, abs=0.1) and high > 10


@layouts
def test_an_axis_follows_the_data_where_every_study_has_a_side(layout):
    low, high = axis_ends(
        drawn(Forest(Measure("Pain"), (ForestBlock((ForestRow("B", -25, -40, -10),)),)), layout)
    )
    assert low < -40 and 0 < high < 10


def with_pool(low, high, **options):
    studies = (ForestRow("A", -30, -60, 0, weight=50), ForestRow("B", 5, -45, 55, weight=50))
    pool = ForestPool("Pooled", -12.5, low, high, (low - 10, high + 10))
    return Forest(Measure("Pain", mid=(-10,), **options), (ForestBlock(studies, pool=pool),))


@layouts
def test_an_interval_beyond_the_possible_does_not_set_the_scale(layout):
    free = axis_ends(drawn(with_pool(-144.5, 119.5), layout))
    held = drawn(with_pool(-144.5, 119.5, possible=(-100, 100)), layout)
    assert free[0] < -144.5 and free[1] > 119.5
    assert axis_ends(held) == pytest.approx((-100, 100), abs=0.5)
    assert "\u2212144.5 to 119.5" in words_of(held) and GOES_ON in words_of(held)
    for name in ("block-0-pool", "block-0-pool-prediction"):
        low, high = (held.x_to_data()(x) for x in held.spread(name))
        assert -100 < low < -90 and 90 < high < 100  # cut before the arrows
    heights = [y for _, y in held.corners("block-0-pool")]
    assert max(heights) - min(heights) == pytest.approx(13, abs=0.1)


def test_limits_are_the_ends_of_the_axis_and_possible_values_only_bound_it():
    assert axis_ends(drawn(with_pool(-30, 10, limits=(-80, 70)))) == pytest.approx((-80, 70), abs=0.5)
    assert axis_ends(drawn(with_pool(-30, 10, possible=(-100, 100))))[1] < 70


@layouts
def test_an_interval_somewhat_wider_than_the_others_stays_whole(layout):
    studies = (ForestRow("A", -12, -17, -7), ForestRow("B", -8, -31.1, 15.1), ForestRow("C", -9, -12, -6))
    drawing = drawn(Forest(Measure("Pain", mid=(-10,)), (ForestBlock(studies),)), layout)
    assert arrows(drawing) == 0
    ends = [drawing.x_to_data()(x) for x in drawing.spread("block-0-row-1-interval")]
    assert ends == pytest.approx([-31.1, 15.1], abs=0.1)


@layouts
def test_an_interval_narrower_than_its_square_is_drawn_over_it(layout):
    studies = (
        ForestRow("A", -5, -5.4, -4.6, weight=90),
        ForestRow("B", 20, 19.5, 20.5, "derived", weight=5),
        ForestRow("C", 5, -40, 50, weight=5),
    )
    drawing = drawn(Forest(PAIN, (ForestBlock(studies),)), layout)
    data = drawing.x_to_data()
    assert [data(x) for x in drawing.spread("block-0-row-0-over")] == pytest.approx([-5.4, -4.6], abs=0.1)
    assert "stroke:var(--surface)" in drawing.mark("block-0-row-0-over").attrib["style"]
    assert "stroke:var(--ink)" in drawing.mark("block-0-row-1-over").attrib["style"]
    assert "block-0-row-2-over" not in drawing.names()
    order = drawing.names()
    assert order.index("block-0-row-0-over") > order.index("block-0-row-0")


def test_lines_of_reference_begin_below_the_first_band():
    drawing = drawn(forest_plot())
    title = next(y for _, y, words in drawing.texts() if words == "Intravenous")
    assert min(y for _, y in drawing.corners("null")) > title + 0.2 * SMALL


def test_effect_and_small_print_stand_apart_on_a_phone():
    heights = {words: y for _, y, words in drawn(forest_plot(), "narrow").texts()}
    effect = next(y for words, y in heights.items() if words.startswith("\u221227.7"))
    assert effect - heights["100 hours, intravenous"] >= SMALL * LINE + 3


@layouts
def test_the_weight_of_the_only_study_of_a_block_is_left_out(layout):
    alone, other = (ForestRow("A", -5, -15, 5, weight=100.0), UNTOLD), replace(rows()[0], safeguards=())
    made = forest("f", "T", Forest(PAIN, (ForestBlock(alone), ForestBlock((replace(other, weight=40.0),)))))
    words = words_of(Drawing(getattr(made, layout)))
    assert "100.0" not in words and "40.0 %" in words
    weights = next(i for i, column in enumerate(made.data.columns) if column.name == "Weight (%)")
    assert [row[weights].value for row in made.data.rows] == [None, None, 40.0]


def test_heads_can_be_named():
    plot = forest_plot()
    wide = drawn(plot)
    assert all(head in words_of(wide) for head in ("Study and regimen", "People", "Effect (95 % interval)"))
    heads = ForestHeads("Review", "", "Trials", "Bias (95 % interval)", "Share")
    made = forest("f", "T", replace(plot, heads=heads))
    words = words_of(Drawing(made.wide))
    assert all(head in words for head in ("Review", "Trials", "Bias (95 % interval)", "Share"))
    assert not any(head in words for head in ("Study", "People", "Effect (", "Weight"))
    names = [column.name for column in made.data.columns]
    assert names[:5] == ["Review", "Group", "Detail", "Trials", "Bias (95 % interval)"]
    assert "Share (%)" in names


def test_effects_from_counts_look_like_reported_ones_and_say_what_they_are():
    counted = replace(ratio_plot().blocks[0].rows[0], evidence="counted")
    reported = ratio_plot().blocks[0].rows[1]
    made = forest("f", "T", Forest(RATIO, (ForestBlock((counted,)),)))
    drawing = Drawing(made.wide)
    assert "fill:var(--blue)" in drawing.mark("block-0-row-0").attrib["style"]
    assert "computed from counts" in words_of(drawing) and "as reported" not in words_of(drawing)
    assert "A 2001: 4.60 (2.00 to 10.50) (computed from counts)." in made.description
    both = words_of(drawn(Forest(RATIO, (ForestBlock((counted, reported)),))))
    assert "effect and interval as reported or computed from counts" in both


def test_classes_of_evidence_can_be_named():
    kinds = {"reported": Kind("simulated", "bias with its Monte Carlo interval")}
    made = forest("f", "T", replace(ratio_plot(), kinds=kinds))
    assert "bias with its Monte Carlo interval" in words_of(Drawing(made.wide))
    assert "as reported" not in made._repr_html_()
    assert [row[-1].text for row in made.data.rows[:2]] == ["simulated"] * 2


def test_equal_studies_of_two_blocks_are_told_apart_in_words():
    blocks = (
        ForestBlock((ForestRow("Moradi 2024", 3.7, 1, 8),), "Dizziness"),
        ForestBlock((ForestRow("Moradi 2024", 4.0, 2, 9),), "Nausea", note="not pooled"),
    )
    assert (
        "Dizziness. Moradi 2024: 3.70 (1.00 to 8.00). Nausea. Moradi 2024: 4.00 (2.00 to 9.00). Not pooled."
        in forest("f", "T", Forest(RATIO, blocks)).description
    )


def test_a_bound_in_the_table_does_not_look_like_a_limit_that_was_measured():
    studies = (ForestRow("A", None, None, 0.0, "bounded"), ForestRow("B", None, -2.2, 9.8, "bounded"))
    table = forest("f", "T", Forest(PAIN, (ForestBlock((*studies, ForestRow("C", 0, 0, 1))),))).data
    names = [column.name for column in table.columns]
    found = [tuple(row[names.index(end)].text for end in ("Low", "High")) for row in table.rows]
    assert found == [("", "bound 0"), ("bound \u22122.2", "bound 9.8"), ("0.0", "1.0")]
