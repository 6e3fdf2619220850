"""The bitmap of a figure is the same whether its SVG was drawn before or not."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from evidence.charts.figure import figure as own_figure
from tests.charts.examples import DRAWN_BY_SEABORN, KINDS, figure


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def many(ax):
    """Draw all that a renderer is asked for: lines, markers, areas, points of many sizes, hatches, words."""
    x = np.linspace(0, 3, 60)
    ax.plot(x, np.sin(x), "--", marker="s", markevery=7, lw=2.5)
    ax.fill_between(x, np.sin(x), 1.5, hatch="//", alpha=0.4)
    ax.scatter(x[::6], x[::6] / 3, s=30 * x[::6] + 5, c=["tab:red", "none"] * 5, edgecolors="k")
    ax.bar([0.5, 2], [0.4, 0.7], width=0.3)
    ax.text(1, 0.2, "turned", rotation=30, ha="right")
    ax.set(xlim=(0.2, 2.7), xlabel="On", ylabel="Up")


@pytest.mark.parametrize("kind", [*KINDS, *DRAWN_BY_SEABORN])
def test_a_bitmap_is_what_it_is_without_the_drawing_before(kind):
    alone, after = figure(kind), figure(kind)
    assert after.wide.startswith("<svg")
    assert after._tapes
    assert np.array_equal(pixels(alone.png_file()), pixels(after.png_file()))


def test_own_plotting_code_gives_the_same_bitmap():
    alone, after = (own_figure("mine", "Mine", many, pd.DataFrame(), says="All.") for _ in range(2))
    assert after.wide.startswith("<svg")
    assert np.array_equal(pixels(alone.png_file()), pixels(after.png_file()))


def test_what_was_changed_after_the_drawing_is_in_the_bitmap():
    plain, changed = figure("forest"), figure("forest")
    assert changed.wide.startswith("<svg")
    changed.ax.texts[0].set_text("Mine")
    assert not np.array_equal(pixels(plain.png_file()), pixels(changed.png_file()))


def test_a_ground_of_ones_own_is_no_part_of_the_bitmap():
    plain, mine = figure("forest"), figure("forest")
    mine.ax.get_figure(root=True).set_facecolor("tab:red")
    assert mine.wide.startswith("<svg")
    assert np.array_equal(pixels(plain.png_file()), pixels(mine.png_file()))
