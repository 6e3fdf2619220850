"""The forest plot: where marks stand, how large they are, and which numbers belong to which block."""

from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas

from evidence.charts.forest import Heads, Kind, forest, forest_figure
from evidence.charts.measure import Measure
from evidence.charts.theme import LINE, SMALL
from evidence.wording.numbers import NBSP, number
from tests.charts.examples import (
    OVERALL,
    PAIN,
    POOL,
    POSTERIOR,
    PREDICTED,
    RATIO,
    SAFEGUARDS,
    curves,
    forest_plot,
    frame,
    ratio_plot,
    rows,
)
from tests.charts.page import Drawing, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])
GOES_ON = "interval goes on beyond the axis"
UNTOLD = {"label": "Martin 2019", "kind": "bounded", "words": "direction not told"}


def effect(label, est, lo, hi, **other):
    return {"label": label, "est": est, "lo": lo, "hi": hi, **other}


def made(plot):
    data, options = plot if isinstance(plot, tuple) else (plot, {"measure": PAIN})
    return forest_figure("f", "Title", data, **options)


def drawn(plot, layout="wide"):
    return Drawing(getattr(made(plot), layout))


def one_block(*found, title="", **options):
    return frame((title, found)), {"measure": PAIN, **options}


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
        assert data(low) == pytest.approx(row["lo"], abs=0.05)
        assert data(high) == pytest.approx(row["hi"], abs=0.05)
        left, right = drawing.spread(f"block-0-row-{position}")
        assert data((left + right) / 2) == pytest.approx(row["est"], abs=0.05)


@layouts
def test_diamond_and_prediction_bar_end_at_their_intervals(layout):
    drawing = drawn(forest_plot(), layout)
    data = drawing.x_to_data()
    ends = {"block-0-row-3": (-37.0, 0.2), "block-0-row-3-prediction": (-58.0, 21.2)}
    for name, expected in ends.items():
        assert [data(x) for x in drawing.spread(name)] == pytest.approx(expected, abs=0.05)
    diamond = drawing.corners("block-0-row-3")
    tips = [x for x, y in diamond if y != diamond[0][1]]
    assert data(tips[0]) == pytest.approx(POOL["est"], abs=0.05)


@layouts
def test_a_half_eye_has_its_density_above_its_interval(layout):
    drawing = drawn(forest_plot(), layout)
    data = drawing.x_to_data()
    name = "block-2-row-0"
    assert [data(x) for x in drawing.spread(f"{name}-interval")] == pytest.approx((-37, -3), abs=0.05)
    top, x = min((y, x) for x, y in drawing.corners(f"{name}-density"))
    assert data(x) == pytest.approx(-20, abs=2.6)  # the grid has steps of 2.5
    assert max(y for _, y in drawing.corners(f"{name}-density")) < drawing.corners(f"{name}-interval")[0][1]
    paler = min(y for _, y in drawing.corners(f"{name}-new"))
    base = max(y for _, y in drawing.corners(f"{name}-new"))
    assert (base - paler) / (base - top) == pytest.approx(8.7 / 18, rel=0.02)  # equal areas


@layouts
def test_ratios_stand_on_a_logarithmic_axis(layout):
    drawing = drawn(ratio_plot(), layout)
    data = drawing.x_to_data(log=True)
    for name, ends in (
        ("block-0-row-0-interval", (2.0, 10.5)),
        ("block-0-row-1-interval", (0.2, 1.25)),
        ("block-0-row-2", (0.8, 3.2)),
        ("block-0-row-2-prediction", (0.3, 9.0)),
    ):
        assert [data(x) for x in drawing.spread(name)] == pytest.approx(ends, rel=0.01)


@layouts
def test_marker_areas_are_in_proportion_to_the_weights(layout):
    drawing = drawn(forest_plot(), layout)
    areas = []
    for position in range(3):
        left, right = drawing.spread(f"block-0-row-{position}")
        areas.append((right - left) ** 2)
    weights = [row["weight"] for row in rows()[:3]]
    assert np.array(areas) / areas[0] == pytest.approx(np.array(weights) / weights[0], rel=0.02)


def test_a_benefit_stands_left_of_no_effect_and_a_harm_right():
    drawing = drawn(forest_plot())
    null = drawing.corners("null")[0][0]
    assert drawing.x_to_data()(null) == pytest.approx(0, abs=0.05)
    assert drawing.spread("block-0-row-0")[1] < null < drawing.spread("block-0-row-2")[1]


@layouts
def test_an_interval_beyond_the_axis_ends_in_an_arrow_inside_the_sheet(layout):
    def with_second(low, high):
        return drawn(one_block(rows()[0], {**rows()[1], "lo": low, "hi": high}), layout)

    plain, wide = with_second(-38, 13.8), with_second(-300, 400)
    assert (arrows(plain), arrows(wide)) == (0, 3)  # two, one in the legend
    assert GOES_ON not in words_of(plain) and GOES_ON in words_of(wide)
    low, high = wide.spread("block-0-row-1-interval")
    assert 0 <= low < high <= wide.width
    data = wide.x_to_data()
    assert data(low) > -300 and data(high) < 400


def test_kinds_of_evidence_differ_in_shape_and_doubt_in_colour():
    drawing = drawn(forest_plot())
    assert "fill:var(--blue)" in drawing.mark("block-0-row-0").attrib["style"]
    assert "fill:var(--surface)" in drawing.mark("block-0-row-1").attrib["style"]
    assert "fill:var(--orange)" in drawing.mark("block-0-row-2").attrib["style"]
    assert "block-1-row-0" not in drawing.names()
    assert "stroke-dasharray" in drawing.mark("block-1-row-0-interval").attrib["style"]


def test_a_side_without_a_bound_runs_to_the_end_of_the_axis():
    drawing = drawn(forest_plot())
    data = drawing.x_to_data()
    low, high = drawing.spread("block-1-row-1-interval")
    assert low == min(x for name in drawing.names() if "interval" in name for x, _ in drawing.corners(name))
    assert data(high) == pytest.approx(-2.2, abs=0.05)


def test_a_direction_is_a_bound_at_no_effect():
    better, worse = ({"label": side, "kind": "bounded", "direction": side} for side in (-1, 1))
    drawing = drawn(one_block(better, worse))
    data = drawing.x_to_data()
    assert data(drawing.spread("block-0-row-0-interval")[1]) == pytest.approx(0, abs=0.05)
    assert data(drawing.spread("block-0-row-1-interval")[0]) == pytest.approx(0, abs=0.05)


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
    assert "prediction" in made(one_block(rows()[0], PREDICTED))._repr_html_().lower()
    assert "prediction" not in made(one_block(rows()[0], POOL))._repr_html_().lower()


@pytest.mark.parametrize("plot", [forest_plot(), ratio_plot()], ids=["differences", "ratios"])
def test_the_description_holds_every_effect(plot):
    data, options = plot
    words = made(plot).description
    for name in ("est", "lo", "hi", "bound_lo", "bound_hi", "pred_lo", "pred_hi"):
        for value in data[name].dropna() if name in data else ():
            assert number(value, options["measure"].digits) in words
    assert ("Lynch 2005: \u22122.2 or lower (bounded)." in words) == (options["measure"] is PAIN)
    assert ("Amr 2010: 2.5 (\u2212150.2 to 160.8); integrity in doubt." in words) == (
        options["measure"] is PAIN
    )


def test_many_studies_are_described_by_their_range():
    words = made(one_block(*(effect(f"S{i}", -i, -i - 5, -i + 5) for i in range(30)))).description
    assert "\u221229.0 to 0.0" in words and "S7" not in words


def test_the_table_holds_what_was_given():
    table = made(forest_plot()).twin
    names = [column.name for column in table.columns]
    kinds = ["reported", "derived", "reported", "bounded", "bounded"]
    lines = (table.rows[i] for i in (0, 1, 2, 5, 6))
    for cells, row, kind in zip(lines, rows(), kinds, strict=True):
        found = dict(zip(names, cells, strict=True))
        assert (found["Study"].text, found["Evidence"].text) == (row["label"], kind)
        ends = row.get("lo", row.get("bound_lo")), row.get("hi", row.get("bound_hi"))
        given = (row.get("est"), *ends, row.get("weight"))
        assert tuple(found[n].value for n in ("Estimate", "Low", "High", "Weight (%)")) == given
        assert (found["randomisation described"].text, found["double blind"].text) == (row["R"], row["B"])
        assert found["Doubt"].text == row.get("flags", "")
    predicted = dict(zip(names, table.rows[4], strict=True))
    assert (predicted["Low"].value, predicted["High"].value) == (-58.0, 21.2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (effect("X 2000", 5, 6, 7), "X 2000: 5.0 lies outside 6.0 to 7.0"),
        (effect("X 2000", None, 6, 7), "X 2000: a reported effect needs an estimate"),
        (effect("X 2000", 5, None, 7, kind="derived"), "X 2000: a derived effect needs"),
        (effect("X 2000", 5, 4, 7, kind="guessed"), "X 2000: a row is one of .* not 'guessed'"),
        (effect("X 2000", 5, 4, float("inf")), "X 2000: .* is not finite"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(row, message):
    with pytest.raises(ValueError, match=message):
        made(one_block(row))


def test_a_ratio_that_is_not_above_zero_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        made(one_block(effect("X", 1.0, 0.0, 2.0), measure=RATIO))


def test_a_missing_column_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="no column 'hi'; it has 'label', 'est', 'lo'"):
        forest(pd.DataFrame({"label": ["X"], "est": [1.0], "lo": [0.0]}))


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
    [
        (),
        ({"label": "A 2001", "kind": "bounded", "bound_hi": 0.0},),
        (effect("B 2002", -25, -40, -10),),
    ],
    ids=["alone", "with a direction", "with an estimate"],
)
def test_arrows_to_both_sides_do_not_fill_one_more_than_the_other(layout, others):
    one_sided = Measure("Pain", mid=(-10,))
    low, high = axis_ends(drawn(one_block(UNTOLD, *others, measure=one_sided), layout))
    assert low == pytest.approx(-high, abs=0.1) and high > 10


@layouts
def test_an_axis_follows_the_data_where_every_study_has_a_side(layout):
    plot = one_block(effect("B", -25, -40, -10), measure=Measure("Pain"))
    low, high = axis_ends(drawn(plot, layout))
    assert low < -40 and 0 < high < 10


def with_pool(low, high, **options):
    studies = effect("A", -30, -60, 0, weight=50), effect("B", 5, -45, 55, weight=50)
    pool = effect("Pooled", -12.5, low, high, kind="pooled", pred_lo=low - 10, pred_hi=high + 10)
    return one_block(*studies, pool, measure=Measure("Pain", mid=(-10,), **options))


@layouts
def test_an_interval_beyond_the_possible_does_not_set_the_scale(layout):
    free = axis_ends(drawn(with_pool(-144.5, 119.5), layout))
    held = drawn(with_pool(-144.5, 119.5, possible=(-100, 100)), layout)
    assert free[0] < -144.5 and free[1] > 119.5
    assert axis_ends(held) == pytest.approx((-100, 100), abs=0.5)
    assert "\u2212144.5 to 119.5" in words_of(held) and GOES_ON in words_of(held)
    for name in ("block-0-row-2", "block-0-row-2-prediction"):
        low, high = (held.x_to_data()(x) for x in held.spread(name))
        assert -100 < low < -90 and 90 < high < 100  # cut before the arrows
    heights = [y for _, y in held.corners("block-0-row-2")]
    assert max(heights) - min(heights) == pytest.approx(13, abs=0.1)


def test_limits_are_the_ends_of_the_axis_and_possible_values_only_bound_it():
    assert axis_ends(drawn(with_pool(-30, 10, limits=(-80, 70)))) == pytest.approx((-80, 70), abs=0.5)
    assert axis_ends(drawn(with_pool(-30, 10, possible=(-100, 100))))[1] < 70


@layouts
def test_an_interval_somewhat_wider_than_the_others_stays_whole(layout):
    studies = effect("A", -12, -17, -7), effect("B", -8, -31.1, 15.1), effect("C", -9, -12, -6)
    drawing = drawn(one_block(*studies, measure=Measure("Pain", mid=(-10,))), layout)
    assert arrows(drawing) == 0
    ends = [drawing.x_to_data()(x) for x in drawing.spread("block-0-row-1-interval")]
    assert ends == pytest.approx([-31.1, 15.1], abs=0.1)


@layouts
def test_an_interval_narrower_than_its_square_is_drawn_over_it(layout):
    studies = (
        effect("A", -5, -5.4, -4.6, weight=90),
        effect("B", 20, 19.5, 20.5, kind="derived", weight=5),
        effect("C", 5, -40, 50, weight=5),
    )
    drawing = drawn(one_block(*studies), layout)
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
    printed = next(y for words, y in heights.items() if words.startswith("\u221227.7"))
    assert printed - heights["100 hours, intravenous"] >= SMALL * LINE + 3


@layouts
def test_the_weight_of_the_only_study_of_a_block_is_left_out(layout):
    alone = [effect("A", -5, -15, 5, weight=100.0), UNTOLD]
    figure = made((frame(("One", alone), ("Two", [rows()[0]])), {"measure": PAIN}))
    words = words_of(Drawing(getattr(figure, layout)))
    assert "100.0" not in words and "40.0%" in words
    weights = next(i for i, column in enumerate(figure.twin.columns) if column.name == "Weight (%)")
    assert [row[weights].value for row in figure.twin.rows] == [None, None, 40.0]


def test_heads_can_be_named():
    data, options = forest_plot()
    wide = drawn((data, options))
    assert all(head in words_of(wide) for head in ("Study and regimen", "People", "Effect (95% CI)"))
    heads = Heads("Review", "", "Trials", "Bias (95% CI)", "Share")
    figure = made((data, {**options, "heads": heads}))
    words = words_of(Drawing(figure.wide))
    assert all(head in words for head in ("Review", "Trials", "Bias (95% CI)", "Share"))
    assert not any(head in words for head in ("Study", "People", "Effect (", "Weight"))
    names = [column.name for column in figure.twin.columns]
    assert names[:5] == ["Review", "Group", "Detail", "Trials", "Bias (95% CI)"]
    assert "Share (%)" in names


def test_effects_from_counts_look_like_reported_ones_and_say_what_they_are():
    counted = effect("A 2001", 4.6, 2.0, 10.5, kind="counted")
    reported = effect("B 2002", 0.5, 0.2, 1.25)
    figure = made(one_block(counted, measure=RATIO))
    drawing = Drawing(figure.wide)
    assert "fill:var(--blue)" in drawing.mark("block-0-row-0").attrib["style"]
    assert "computed from counts" in words_of(drawing) and "as reported" not in words_of(drawing)
    assert "A 2001: 4.60 (2.00 to 10.50) (computed from counts)." in figure.description
    both = words_of(drawn(one_block(counted, reported, measure=RATIO)))
    assert "effect and interval as reported or computed from counts" in both


def test_kinds_of_rows_can_be_named():
    kinds = {"reported": Kind("simulated", "bias with its Monte Carlo interval")}
    data, options = ratio_plot()
    figure = made((data, {**options, "kinds": kinds}))
    assert "bias with its Monte Carlo interval" in words_of(Drawing(figure.wide))
    assert "as reported" not in figure._repr_html_()
    assert [row[-1].text for row in figure.twin.rows[:2]] == ["simulated"] * 2


def test_the_interval_of_a_posterior_is_called_credible():
    words = words_of(drawn(forest_plot()))
    assert "posterior of the mean effect: density, median and 95% CrI" in words
    assert "pooled estimate, 95% CI" in words
    data, options = ratio_plot()
    kinds = {"pooled": Kind("posterior", "posterior of the mean ratio", "CrI")}
    figure = made((data, {**options, "kinds": kinds}))
    assert "posterior of the mean ratio, 95% CrI" in words_of(Drawing(figure.wide))
    assert "posterior" in [cell.text for cell in figure.twin.rows[2]]


def test_equal_studies_of_two_blocks_are_told_apart_in_words():
    blocks = (
        ("Dizziness", [effect("Moradi 2024", 3.7, 1, 8)]),
        ("Nausea", [effect("Moradi 2024", 4.0, 2, 9), {"kind": "note", "label": "not pooled"}]),
    )
    assert (
        "Dizziness. Moradi 2024: 3.70 (1.00 to 8.00). Nausea. Moradi 2024: 4.00 (2.00 to 9.00). Not pooled."
        in made((frame(*blocks), {"measure": RATIO})).description
    )


def test_a_bound_in_the_table_does_not_look_like_a_limit_that_was_measured():
    studies = (
        {"label": "A", "kind": "bounded", "direction": -1},
        {"label": "B", "kind": "bounded", "bound_lo": -2.2, "bound_hi": 9.8},
    )
    table = made(one_block(*studies, effect("C", 0, 0, 1))).twin
    names = [column.name for column in table.columns]
    found = [tuple(row[names.index(end)].text for end in ("Low", "High")) for row in table.rows]
    assert found == [("", "bound 0"), ("bound \u22122.2", "bound 9.8"), ("0.0", "1.0")]


def test_the_pool_of_all_blocks_is_a_line_through_them():
    drawing = drawn(forest_plot())
    line = drawing.corners("overall-line")
    assert drawing.x_to_data()(line[0][0]) == pytest.approx(OVERALL["est"], abs=0.05)
    assert "overall-line" not in drawn(one_block(rows()[0], POOL)).names()


def test_columns_can_have_other_names():
    data, options = ratio_plot()
    renamed = data.rename(columns={"est": "effect", "lo": "lower"})
    figure = forest_figure("f", "Title", renamed, est="effect", lo="lower", **options)
    assert figure.wide == made((data, options)).wide


def test_the_axes_that_is_given_is_filled_and_returned():
    canvas = Canvas(figsize=(10, 1), dpi=72)
    ax = canvas.add_axes((0, 0, 1, 1))
    data, options = forest_plot()
    assert forest(data, ax=ax, **options) is ax
    ticks = dict(zip((t.get_text() for t in ax.get_yticklabels()), ax.get_yticks(), strict=True))
    assert list(ticks)[:2] == ["Sigtermans 2009", "Schwartzman 2009"]
    assert canvas.get_figheight() > 6  # as tall as the rows need
    low, high = ax.get_xlim()
    assert low < -58 and high > 21.2
    ax.scatter([-50], [ticks["Amr 2010"]])  # data coordinates are effects and rows
    assert ax.get_xlim() == (low, high)


def test_beside_other_axes_it_keeps_to_its_rectangle():
    canvas = Canvas(figsize=(16, 8), dpi=72)
    left, right = canvas.subplots(1, 2)
    before = left.get_position().bounds
    forest(*ratio_plot()[:1], ax=left, **ratio_plot()[1])
    assert tuple(canvas.get_size_inches()) == (16, 8)
    x, y, width, height = left.get_position().bounds
    assert before[0] <= x and x + width <= before[0] + before[2]
    assert before[1] - 1e-9 <= y and y + height <= before[1] + before[3] + 1e-9
    assert right.get_position().bounds[0] > x + width


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(matplotlib.rcParams)
    assert made(forest_plot()).wide
    assert dict(matplotlib.rcParams) == before


def test_what_is_changed_on_the_axes_shows_in_the_figure():
    figure = made(ratio_plot())
    figure.ax.axvline(2.5, color="#123456", gid="mine")
    assert "#123456" in Drawing(figure.wide).mark("mine").attrib["style"]


def test_the_density_outside_the_axis_is_not_drawn():
    near = replace(PAIN, limits=(-30, 10))
    drawing = drawn((frame(("A", [POSTERIOR])), {"measure": near, "curves": curves("A")}))
    low, high = (drawing.x_to_data()(x) for x in drawing.spread("block-0-row-0-density"))
    assert low >= -30.1 and high <= 10.1
    assert SAFEGUARDS["R"] not in words_of(drawing)
