"""The time course: points and both kinds of interval at their values."""

import pandas as pd
import pytest

from evidence.charts.timecourse import timecourse_figure
from tests.charts.examples import course
from tests.charts.page import Drawing, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def made(data=None, **options):
    example, usual = course()
    chosen = (usual | options) if data is None else options
    return timecourse_figure("t", "T", example if data is None else data, **chosen)


def arm(name, times, mean=5.0, **ends):
    return pd.DataFrame({"arm": name, "time": times, "mean": mean, **ends})


def by_arm():
    """Place of each arm and its points."""
    return list(enumerate(points.reset_index() for _, points in course()[0].groupby("arm", sort=False)))


@layouts
def test_means_and_intervals_stand_at_their_values(layout):
    drawing = Drawing(getattr(made(), layout))
    value = drawing.y_to_data()
    for place, points in by_arm():
        drawn = [value(y) for _, y in drawing.corners(f"series-{place}")]
        assert drawn == pytest.approx(points["mean"].tolist(), abs=0.2)
        for index, row in points.dropna(subset="low").iterrows():
            (_, low), (_, high) = drawing.corners(f"series-{place}-{index}-interval")
            assert [value(low), value(high)] == pytest.approx([row["low"], row["high"]], abs=0.3)
    (_, low), (_, high) = drawing.corners("series-0-1-other")
    assert [value(low), value(high)] == pytest.approx([23.2, 30.4], abs=0.3)


@layouts
def test_times_stand_in_proportion_and_arms_side_by_side(layout):
    drawing = Drawing(getattr(made(), layout))
    time = drawing.x_to_data()
    ketamine, placebo = ([x for x, _ in drawing.corners(f"series-{place}")] for place in (0, 1))
    times = [time(place) for place in ketamine]
    assert abs(times[0]) < 0.6  # one arm stands a little to the left, the other to the right
    assert [t - times[0] for t in times] == pytest.approx([0, 1, 12], abs=0.02)
    assert placebo[0] > ketamine[1]


def test_the_other_reading_is_drawn_dashed_only_where_there_is_one():
    ends = {"low": 4.0, "high": 6.0}
    without = made(arm("a", [1], **ends))
    with_one = made(arm("a", [1], **ends, other_low=4.5, other_high=5.5), other_name="if SD")
    assert without.wide.count("dasharray") == 0
    assert with_one.wide.count("dasharray") == 2  # one in the legend


def test_words_and_table_hold_every_number():
    figure = made()
    assert "Ketamine, week 1: 26.8 (16.4 to 37.2), or 23.2 to 30.4. Ketamine, at 12: " in figure.description
    assert "Placebo, week 1" not in figure.description
    assert "Placebo, at 1: 54.5 (44.9 to 64.1)." in figure.description
    names = ["time", "mean", "low", "high", "other_low", "other_high"]
    for cells, row in zip(figure.twin.rows, course()[0].to_dict("records"), strict=True):
        given = [None if row[name] != row[name] else row[name] for name in names]
        assert [cell.value for cell in cells[2:]] == given


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (arm("a", [2, 1]), "a: the times .* out of order"),
        (arm("a", [2], 1.0, low=2.0, high=3.0), "a: 1.0 lies outside 2.0 to 3.0"),
        (arm("a", [2], 1.0, other_low=2.0, other_high=3.0), "a, other reading: 1.0 lies outside"),
        (pd.concat([arm(name, [2]) for name in "abcde"]), "at most 4 arms"),
    ],
)
def test_what_cannot_be_drawn_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        made(data)


@layouts
@pytest.mark.parametrize("arms", [1, 2, 4])
def test_the_intervals_of_the_first_and_last_time_are_not_cut_off(layout, arms):
    ends = {"low": 4.0, "high": 6.0, "other_low": 4.5, "other_high": 5.5}
    data = pd.concat([arm(f"arm {place}", [0, 12], **ends) for place in range(arms)])
    drawing = Drawing(getattr(made(data, other_name="o"), layout))
    drawn = [x for path in drawing.root.iter("path") for x, _ in corners(path)]
    assert min(drawn) >= 0 and max(drawn) <= drawing.width
    last = [drawing.corners(f"series-{place}-1-other")[0][0] for place in range(arms)]
    assert max(last) + 5 < drawing.width  # with its cap, which is 5 to each side
    assert "clip-path" not in drawing.source
