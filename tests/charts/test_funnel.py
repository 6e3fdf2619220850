"""The funnel plot: points on both axes, and regions of significance around no effect."""

import math

import pandas as pd
import pytest
from scipy import stats

from evidence.charts.funnel import funnel_figure
from tests.charts.examples import RATIO, small_studies
from tests.charts.page import Drawing, centre
from tests.charts.test_every_figure import box

RATIOS = (
    pd.DataFrame(
        {"label": list("abcde"), "est": [1.4**i / 2 for i in range(5)], "se": [0.1, 0.2, 0.3, 0.4, 0.5]}
    ),
    {"measure": RATIO, "pooled": 1.2},
)


def drawn(plot, layout="wide"):
    data, options = plot
    return Drawing(getattr(funnel_figure("f", "T", data, **options), layout))


@pytest.mark.parametrize("layout", ["wide", "narrow"])
@pytest.mark.parametrize("plot", [small_studies(), RATIOS], ids=["differences", "ratios"])
def test_studies_stand_at_their_estimate_and_error(plot, layout):
    (data, options), drawing = plot, drawn(plot, layout)
    measure = options["measure"]
    estimate, error = drawing.x_to_data(log=measure.log), drawing.y_to_data()
    places = [centre(path) for path in drawing.circles()]
    for (x, y), row in zip(places, data.to_dict("records"), strict=True):
        assert estimate(x) == pytest.approx(row["est"], rel=0.02, abs=0.15)
        assert error(y) == pytest.approx(row["se"], rel=0.02, abs=0.01)
    assert estimate(drawing.corners("null")[0][0]) == pytest.approx(measure.null, abs=0.02)
    assert estimate(drawing.corners("pooled")[0][0]) == pytest.approx(options["pooled"], abs=0.02)


@pytest.mark.parametrize("plot", [small_studies(), RATIOS], ids=["differences", "ratios"])
def test_each_border_is_where_an_effect_has_its_p_value(plot):
    drawing, measure = drawn(plot), plot[1]["measure"]
    estimate, error = drawing.x_to_data(log=measure.log), drawing.y_to_data()
    for p in (0.01, 0.05, 0.1):
        for side in ("left", "right"):
            x, y = drawing.corners(f"border-{p}-{side}")[-1]
            effect = estimate(x)
            distance = math.log(effect / measure.null) if measure.log else effect - measure.null
            assert 2 * stats.norm.sf(abs(distance) / error(y)) == pytest.approx(p, rel=0.05)
            assert (distance < 0) == (side == "left")


def test_the_regions_end_with_the_axes():
    assert 'clip-path="url(#fig-f-wide-clip-0)"' in drawn(small_studies()).source


def test_words_and_table_hold_the_numbers():
    data, options = small_studies()
    made = funnel_figure("f", "T", data, **options)
    assert made.description.endswith("from 2.00 to 9.00. 2 of 8 lie below the pooled estimate of \u221212.0.")
    for cells, row in zip(made.twin.rows, data.to_dict("records"), strict=True):
        assert (cells[1].text, cells[2].value, cells[3].value) == (row["label"], row["est"], row["se"])


@pytest.mark.parametrize("se", [0.0, -1.0, float("nan")])
def test_an_error_that_is_none_is_refused_by_name(se):
    with pytest.raises(ValueError, match="X 2000: the standard error"):
        funnel_figure("f", "T", pd.DataFrame({"label": ["X 2000"], "est": [1.0], "se": [se]}))


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_numbers_stand_clear_of_the_upright_lines(layout):
    data = pd.DataFrame(
        {"label": list("abcdef"), "est": [-16.0 + 2 * i for i in range(6)], "se": range(2, 8)}
    )
    drawing = drawn((data, small_studies()[1]), layout)
    for name in ("null", "pooled"):
        place = drawing.corners(name)[0][0]
        for index in range(len(data)):
            left, _, right, _, _ = box(drawing.mark(f"number-{index}"))
            assert not left < place < right
