"""Words and marks of a chart are cut by no frame, until a reader of the code wants them to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evidence.charts import forest
from evidence.charts.uncut import Uncut


@pytest.fixture
def ax():
    """Give a forest plot with words and marks outside its axis."""
    trials = pd.DataFrame({"label": ["One", "Two"], "est": [1.0, 2.0], "lo": [0.0, 1.0], "hi": [2.0, 3.0]})
    return forest(trials, ax=Figure().add_subplot())


def test_no_mark_or_word_of_a_chart_is_cut(ax: Axes):
    """What stands beside the axis shows."""
    made = [artist for artist in ax.get_children() if isinstance(artist, Uncut)]
    assert {type(artist).__name__ for artist in made} == {"UncutText", "UncutLine"}
    assert all(artist.clipbox is None and not artist.get_clip_on() for artist in made)


def test_a_word_that_is_to_be_cut_gets_the_frame_of_its_axes(ax: Axes):
    """A user who cuts a word sees it cut, as with any other artist."""
    word = ax.texts[0]
    word.set_clip_on(True)
    frame = ax.patch.get_window_extent()
    assert word.clipbox is not None
    assert np.allclose(word.clipbox.get_points(), frame.get_points())
