"""Half-eye, probability by threshold and trial flow: marks at their values, words with the numbers."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evidence.charts.halfeye import halfeye_figure
from evidence.charts.threshold import threshold_figure
from evidence.charts.trialflow import trialflow_figure
from evidence.wording.numbers import percent
from evidence.wording.posterior import percent as chance
from tests.charts.examples import posterior, sizes, steps
from tests.charts.page import Drawing, centre, corners

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


@layouts
def test_a_half_eye_stands_at_its_median_and_interval(layout):
    data, options = posterior()
    drawing = Drawing(getattr(halfeye_figure("h", "T", data, **options), layout))
    place = drawing.x_to_data()
    assert place(centre(drawing.mark("eye"))[0]) == pytest.approx(-20, abs=0.1)
    assert [place(x) for x in drawing.spread("eye-interval")] == pytest.approx((-37, -3), abs=0.1)
    assert place(drawing.corners("null")[0][0]) == pytest.approx(0, abs=0.1)


@layouts
def test_the_area_of_a_half_eye_follows_the_density(layout):
    data, options = posterior()
    drawing = Drawing(getattr(halfeye_figure("h", "T", data, **options), layout))
    place = drawing.x_to_data()
    outline = np.array(drawing.corners("eye-density"))
    base = outline[:, 1].max()
    tallest = base - outline[:, 1].min()
    for x, y in outline[outline[:, 1] < base - 0.05]:
        expected = stats.norm.pdf(place(x), -20, 8.7) / stats.norm.pdf(-20, -20, 8.7)
        assert (base - y) / tallest == pytest.approx(expected, abs=0.03)


def test_a_half_eye_stays_on_the_scale():
    data, options = posterior()
    wide = {**options, "interval": (-160.0, 90.0), "measure": options["measure"]}
    drawing = Drawing(halfeye_figure("h", "T", data, **wide).wide)
    place = drawing.x_to_data()
    drawn = [x for path in drawing.root.iter("path") for x, _ in corners(path)]
    assert (
        min(map(place, drawn)) > -110
        and "\u2212160.0 to 90.0" in halfeye_figure("h", "T", data, **wide).description
    )
    left, right = (place(x) for x in drawing.spread("eye-interval"))
    assert left >= -100.1 and right <= 100.1


def test_a_median_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="lies outside"):
        halfeye_figure("h", "T", posterior()[0], est=5, interval=(6, 7))


@layouts
def test_the_curve_passes_through_its_probabilities(layout):
    data, options = sizes()
    drawing = Drawing(getattr(threshold_figure("p", "T", data, **options), layout))
    size = drawing.x_to_data()
    rungs = {name: drawing.mark(f"{name}-label").text for name in ("rung-0", "rung-4")}
    assert list(rungs.values()) == [percent(0), percent(100)]
    zero, one = (drawing.corners(f"{name}-grid")[0][1] for name in rungs)
    found = {round(size(x)): (y - zero) / (one - zero) for x, y in drawing.corners("curve")}
    for relief, share in zip(data["relief"], data["probability"], strict=True):
        assert found[relief] == pytest.approx(share, abs=0.005)
    assert size(drawing.corners("mid")[0][0]) == pytest.approx(10, abs=0.1)


def test_the_curve_says_its_probabilities():
    data, options = sizes()
    words = threshold_figure("p", "T", data, **options).description
    middle, low, high = (percent(100 * float(stats.norm.sf(10, mean, 9))) for mean in (25, 20, 28))
    assert f"At least 10 points: {middle} ({low} to {high})." in words
    assert f"At least 0 points: over {percent(99)} (" in words


def test_no_probability_is_certain():
    words = [chance(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0)]
    least, most = f"under {percent(1)}", f"over {percent(99)}"
    assert words == [least, least, percent(50), most, most]


@pytest.mark.parametrize(
    "wrong",
    [
        {"probability": [0.5, 0.6]},
        {"probability": [1.2, 0.6]},
        {"probability": [0.9, 0.6], "low": [0.95, 0.5], "high": [0.99, 0.7]},
    ],
)
def test_what_is_no_such_curve_is_refused(wrong):
    with pytest.raises(ValueError, match="at a relief of"):
        threshold_figure("p", "T", pd.DataFrame({"relief": [0, 10], **wrong}))


@layouts
def test_steps_are_in_proportion_to_their_trials(layout):
    drawing = Drawing(getattr(trialflow_figure("f", "T", steps()[0]), layout))
    sides = []
    for place in range(5):
        outline = np.array(drawing.corners(f"step-{place}"))
        across, down = outline.max(axis=0) - outline.min(axis=0)
        sides.append(down if layout == "wide" else across)
    assert np.array(sides) / sides[0] == pytest.approx(np.array([81, 17, 15, 11, 3]) / 81, abs=0.01)


def test_the_flow_says_its_counts_and_leads_to_the_lists():
    data = steps()[0].assign(href=["site:a.html"] * 5)
    made = trialflow_figure("f", "T", data)
    assert "found: 81 trials, 3,599 people; treat this pain: 17 trials, 402 people" in made.description
    assert "say something: 11 trials; give a number: 3 trials, 62 people." in made.description
    assert made.wide.count('<a href="site:a.html">') == 5 and 'role="group"' in made.wide
    assert made.twin.rows[3][2].text == "" and made.twin.rows[0][0].href == "site:a.html"
    assert "<a " not in made.svg_file()


@pytest.mark.parametrize("trials", [[5, 6], [5, -1], [5, 2.5], [5, None]])
def test_a_step_that_has_more_trials_than_the_one_before_is_refused(trials):
    with pytest.raises(ValueError, match=r"b: .* trials"):
        trialflow_figure("f", "T", pd.DataFrame({"step": ["a", "b"], "trials": trials}))
