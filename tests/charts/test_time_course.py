"""The time course: points and both kinds of interval at their values."""

from dataclasses import replace

import pytest

from evidence.charts.time_course import TimeCourse, TimePoint, TimeSeries, time_course
from tests.charts.examples import course
from tests.charts.page import Drawing, centre, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


@layouts
def test_means_and_intervals_stand_at_their_values(layout):
    drawing = Drawing(getattr(time_course("t", "T", course()), layout))
    value = drawing.y_to_data()
    for position, series in enumerate(course().series):
        for index, point in enumerate(series.points):
            assert value(centre(drawing.mark(f"series-{position}-{index}"))[1]) == pytest.approx(
                point.value, abs=0.6
            )
            if point.low is not None:
                (_, low), (_, high) = drawing.corners(f"series-{position}-{index}-interval")
                assert [value(low), value(high)] == pytest.approx([point.low, point.high], abs=0.3)


@layouts
def test_times_stand_in_proportion_and_arms_side_by_side(layout):
    drawing = Drawing(getattr(time_course("t", "T", course()), layout))
    time = drawing.x_to_data()
    places = [
        centre(drawing.mark(name))[0] for name in ("series-0-0", "series-0-1", "series-0-2", "series-1-0")
    ]
    times = [time(place) for place in places[:3]]
    assert abs(times[0]) < 0.6  # one arm stands a little to the left, the other to the right
    assert [t - times[0] for t in times] == pytest.approx([0, 1, 12], abs=0.02)
    assert places[3] > places[1]


def test_the_other_reading_is_drawn_dashed_only_where_there_is_one():
    plain = course().series[0].points[1]
    without = replace(course(), series=(TimeSeries("a", (replace(plain, other=None),)),), other_name="")
    with_one = replace(without, series=(TimeSeries("a", (plain,)),))
    assert time_course("t", "T", without).wide.count("dasharray") == 0
    assert time_course("t", "T", with_one).wide.count("dasharray") == 1


def test_words_and_table_hold_every_number():
    made = time_course("t", "T", course())
    assert "Ketamine, week 1: 26.8 (16.4 to 37.2), or 23.2 to 30.4. Ketamine, at 12: " in made.description
    assert "Placebo, week 1" not in made.description
    assert "Placebo, at 1: 54.5 (44.9 to 64.1)." in made.description
    points = [point for series in course().series for point in series.points]
    for cells, point in zip(made.twin.rows, points, strict=True):
        assert tuple(cell.value for cell in cells[2:6]) == (point.time, point.value, point.low, point.high)
        assert tuple(cell.value for cell in cells[6:]) == (point.other or (None, None))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ((TimeSeries("a", (TimePoint(2, 1), TimePoint(1, 1))),), "a: the times .* out of order"),
        ((TimeSeries("a", (TimePoint(2, 1, 2, 3),)),), "a: 1 lies outside 2 to 3"),
        ((TimeSeries("a", (TimePoint(2, 1, other=(2, 3)),)),), "a, .*: 1 lies outside 2 to 3"),
        ((TimeSeries("a", (TimePoint(2, 1),)),) * 5, "at most 4 arms"),
    ],
)
def test_what_cannot_be_drawn_is_refused(series, message):
    with pytest.raises(ValueError, match=message):
        time_course("t", "T", TimeCourse(series, "x", "y"))


@layouts
@pytest.mark.parametrize("arms", [1, 2, 4])
def test_the_intervals_of_the_first_and_last_time_are_not_cut_off(layout, arms):
    points = tuple(TimePoint(time, 5, 4, 6, other=(4.5, 5.5)) for time in (0, 12))
    series = tuple(TimeSeries(f"arm {position}", points) for position in range(arms))
    drawing = Drawing(getattr(time_course("t", "T", TimeCourse(series, "x", "y", other_name="o")), layout))
    drawn = [x for path in drawing.root.iter("path") for x, _ in corners(path)]
    assert min(drawn) >= 0 and max(drawn) <= drawing.width
    last = [drawing.corners(f"series-{position}-1-other")[0][0] for position in range(arms)]
    assert max(last) + 5 < drawing.width  # with its cap, which is 5 to each side
