"""The evidence map: discs in proportion to people, states, links, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from evidence.charts.evidencemap import evidencemap_figure
from tests.charts.examples import known
from tests.charts.page import Drawing

layouts = pytest.mark.parametrize("layout", ["wide", "narrow"])


def diameter(drawing, name):
    left, right = drawing.spread(name)
    return right - left


@layouts
def test_the_area_of_a_disc_is_in_proportion_to_its_people(layout):
    drawing = Drawing(getattr(evidencemap_figure("m", "T", known()[0]), layout))
    sides = np.array([diameter(drawing, name) for name in ("row-0-0", "row-1-2")])
    assert sides[0] ** 2 / sides[1] ** 2 == pytest.approx(60 / 240, rel=0.03)
    smallest = diameter(drawing, "row-1-0")
    assert 4 < smallest < sides[0] and diameter(drawing, "row-0-1") >= smallest


def test_each_state_has_a_ground_of_its_own_and_an_entry_in_the_legend():
    drawing = Drawing(evidencemap_figure("m", "T", known()[0], outcome="pain").wide)
    marks = {"row-0-0": "blue", "row-0-1": "band", "row-1-0": "surface", "row-1-2": "orange"}
    for name, fill in marks.items():
        assert f"fill:var(--{fill})" in drawing.mark(name).attrib["style"]
    words = " ".join(words for _, _, words in drawing.texts())
    for meaning in (
        "less pain on the drug",
        "more pain",
        "a number that cannot tell",
        "trials, but no number",
    ):
        assert meaning in words
    assert "in the estimate; the area grows" in words


@layouts
def test_words_lead_to_their_reports(layout):
    page = getattr(evidencemap_figure("m", "T", known()[0]), layout)
    assert '<a href="site:a.html">' in page and '<a href="site:b.html">' in page


def test_the_map_says_what_it_shows():
    made = evidencemap_figure("m", "T", known()[0], rows=["CRPS", "nerve pain", "headache"])
    assert made.description.startswith("Evidence map of 3 conditions by 3 drugs. CRPS: ketamine, ")
    assert "Nerve pain: ketamine, only tests; memantine, 3.1 points." in made.description
    assert made.description.endswith("Headache: no trials.")
    assert [row[2].value for row in made.twin.rows] == [60, 15, None, 240]
    assert made.twin.rows[0][1].href == "site:a.html"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"state": "good"}, "CRPS × ketamine: 'good' is none of better"),
        ({"drug": "dextromethorphan"}, "CRPS × dextromethorphan stands in the map twice"),
        ({"drug": "zinc"}, "'CRPS' × 'zinc' has no line"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes, message):
    data = known()[0]
    first = pd.DataFrame([{**data.iloc[0].to_dict(), **changes}])
    columns = ["ketamine", "dextromethorphan", "memantine"]
    with pytest.raises(ValueError, match=message):
        evidencemap_figure("m", "T", pd.concat([first, data.iloc[1:]]), columns=columns)
