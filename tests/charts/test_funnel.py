"""The funnel plot: points on both axes, and regions of significance around no effect."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from evidence.charts.funnel import Funnel, FunnelPoint, funnel
from tests.charts.examples import RATIO, small_studies
from tests.charts.page import Drawing, centre, corners
from tests.charts.test_every_figure import box

RATIOS = Funnel(RATIO, tuple(FunnelPoint(f"S{i}", 1.4**i / 2, 0.1 + 0.1 * i) for i in range(5)), 1.2)


@pytest.mark.parametrize("layout", ["wide", "narrow"])
@pytest.mark.parametrize("plot", [small_studies(), RATIOS], ids=["differences", "ratios"])
def test_studies_stand_at_their_estimate_and_error(plot, layout):
    drawing = Drawing(getattr(funnel("f", "T", plot), layout))
    estimate, error = drawing.x_to_data(log=plot.measure.log), drawing.y_to_data()
    for index, point in enumerate(plot.points):
        x, y = centre(drawing.mark(f"point-{index}"))
        assert estimate(x) == pytest.approx(point.estimate, rel=0.02, abs=0.15)
        assert error(y) == pytest.approx(point.se, rel=0.02, abs=0.01)
    assert estimate(drawing.corners("null")[0][0]) == pytest.approx(plot.measure.null, abs=0.02)
    assert estimate(drawing.corners("pooled")[0][0]) == pytest.approx(plot.pooled, abs=0.02)


@pytest.mark.parametrize("plot", [small_studies(), RATIOS], ids=["differences", "ratios"])
def test_each_border_is_where_an_effect_has_its_p_value(plot):
    drawing = Drawing(funnel("f", "T", plot).wide)
    estimate, error = drawing.x_to_data(log=plot.measure.log), drawing.y_to_data()
    borders = [path for path in drawing.root.iter("path") if "stroke-width:0.7" in path.attrib["style"]]
    found = []
    for path in borders:
        (_, _), (x, y) = corners(path)
        effect = estimate(x)
        distance = math.log(effect / plot.measure.null) if plot.measure.log else effect - plot.measure.null
        found.append(2 * stats.norm.sf(abs(distance) / error(y)))
    assert sorted(found) == pytest.approx([0.01, 0.01, 0.05, 0.05, 0.1, 0.1], rel=0.05)


def test_words_and_table_hold_the_numbers():
    made = funnel("f", "T", small_studies())
    assert made.description.endswith("from 2.00 to 9.00. 2 of 8 lie below the pooled estimate of \u221212.0.")
    for cells, point in zip(made.twin.rows, small_studies().points, strict=True):
        assert (cells[1].text, cells[2].value, cells[3].value) == (point.study, point.estimate, point.se)


@pytest.mark.parametrize("se", [0.0, -1.0, float("nan")])
def test_an_error_that_is_none_is_refused_by_name(se):
    with pytest.raises(ValueError, match="X 2000: the standard error"):
        funnel("f", "T", replace(small_studies(), points=(FunnelPoint("X 2000", 1.0, se),)))


@pytest.mark.parametrize("layout", ["wide", "narrow"])
def test_numbers_stand_clear_of_the_upright_lines(layout):
    points = tuple(FunnelPoint(f"S{i}", -16.0 + 2 * i, 2.0 + i) for i in range(6))
    plot = replace(small_studies(), points=points, pooled=-12.0)
    drawing = Drawing(getattr(funnel("f", "T", plot), layout))
    for name in ("null", "pooled"):
        place = drawing.corners(name)[0][0]
        for index in range(len(points)):
            left, _, right, _, _ = box(drawing.mark(f"number-{index}"))
            assert not left < place < right
