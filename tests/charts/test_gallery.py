"""The examples in the docstrings run as they stand, and the gallery shows each."""

import doctest
import importlib
import inspect
import pkgutil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from scipy import stats

from evidence import charts
from evidence.charts.gallery import CHARTS, example, examples
from evidence.charts.measure import Measure
from tests.charts.page import Drawing

MODULES = sorted(
    f"evidence.charts.{found.name}"
    for found in pkgutil.walk_packages(importlib.import_module("evidence.charts").__path__)
)
SPACE = {"np": np, "pd": pd, "plt": plt, "sns": sns, "stats": stats, "Measure": Measure}


@pytest.fixture(autouse=True)
def _no_figure_is_left():
    before = dict(plt.rcParams)
    yield
    plt.close("all")
    plt.rcParams.update(before)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_do_as_they_say(name):
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for found in doctest.DocTestFinder().find(module, name, globs={**vars(module), **SPACE}):
        plt.figure(figsize=(10, 3))
        assert runner.run(found).failed == 0
        plt.close("all")  # a module may have more examples than figures may be open


def test_every_chart_of_the_package_is_in_the_gallery():
    drawing = {
        name
        for name in charts.__all__
        if inspect.isfunction(getattr(charts, name))
        and "ax" in inspect.signature(getattr(charts, name)).parameters
    }
    assert {chart.__name__ for chart in CHARTS} == drawing


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_the_gallery_shows_frame_code_and_both_layouts(chart):
    shown = example(chart)
    made = shown.figure()
    assert Drawing(made.wide).width > Drawing(made.narrow).width
    assert f"ax = {chart.__name__}(" in shown.code and ">>>" not in shown.code
    assert len(shown.frame()) and shown.table().rows
    assert list(made.data) == list(shown.frame())


def test_the_contract_is_seaborns():
    for chart in CHARTS:
        parameters = inspect.signature(chart).parameters
        first, *others = parameters.values()
        assert first.name == "data" and first.default is inspect.Parameter.empty
        assert all(other.kind is inspect.Parameter.KEYWORD_ONLY for other in others)
        assert parameters["ax"].default is None
        text = inspect.getdoc(chart)
        assert all(section in text for section in ("Parameters\n", "Returns\n", "Raises\n", "Examples\n"))
        for name in parameters:
            assert f"\n{name}\n" in text or f"{name}," in text or f", {name}" in text, (chart.__name__, name)


def test_a_docstring_without_an_example_is_refused():
    with pytest.raises(ValueError, match="no example with a line 'ax = "):
        example(lambda data, ax=None: ax)


def test_without_an_axes_the_current_one_is_drawn_on():
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    plt.sca(right)
    assert charts.trialflow(examples()["trialflow"].frame()) is right
    assert not left.texts and figure.axes == [left, right]


def test_a_facet_grid_can_hold_a_chart():
    data = pd.DataFrame(
        {"label": list("abcd"), "count": [1, 2, 3, 4], "when": ["now", "now", "later", "later"]}
    )
    grid = sns.FacetGrid(data, col="when", height=3)
    grid.map_dataframe(lambda data, **_: charts.counts(data))
    assert [[bar.get_width() for bar in ax.patches] for ax in grid.axes.flat] == [[1, 2], [3, 4]]
