"""Every chart with its frame, its code and its picture, from the examples in their docstrings."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from evidence import charts
from evidence.charts.figure import Figure
from evidence.charts.measure import Measure
from evidence.charts.tables import Table, from_frame
from evidence.wording.html import escape

#: The charts in the order shown.
CHARTS: Final[tuple[Callable[..., Axes], ...]] = (
    charts.forest,
    charts.halfeye,
    charts.threshold,
    charts.directions,
    charts.timecourse,
    charts.albatross,
    charts.speccurve,
    charts.funnel,
    charts.icons,
    charts.trialflow,
    charts.evidencemap,
    charts.riskofbias,
    charts.riskofbias_summary,
    charts.counts,
)


@dataclass(frozen=True, slots=True)
class Example:
    """One chart as its docstring shows it.

    Attributes
    ----------
    name, summary
        The function, and the first line of its docstring.
    code
        The example up to the line that draws.
    """

    name: str
    summary: str
    code: str

    def draw(self, ax: Axes) -> Axes:
        """Run the example on an Axes."""
        drawn = self._run(ax)["ax"]
        assert isinstance(drawn, Axes)
        return drawn

    def frame(self) -> pd.DataFrame:
        """Return the frame that the example draws: the last one that it gives to the chart."""
        given: list[pd.DataFrame] = []

        def keep(data: pd.DataFrame, **options: object) -> None:
            given.append(data)

        self._run(None, keep)
        return given[-1]

    def figure(self) -> Figure:
        """Return the picture."""
        data, key = self.frame(), f"gallery-{self.name}"
        name = f"Drawn by evidence.charts.{self.name}."
        return Figure(key, name, self.summary, self.summary, data, self.draw, self.table(), links=None)

    def table(self) -> Table:
        """Return the frame as a table."""
        data = self.frame()
        shown = data.head(8)
        more = f", the first {len(shown)} of {len(data)} rows" if len(data) > len(shown) else ""
        return from_frame(f"gallery-{self.name}-frame", f"The frame of the example{more}", shown, digits=4)

    def _run(self, ax: Axes | None, chart: Callable[..., object] | None = None) -> dict[str, Any]:
        space: dict[str, Any] = dict(namespace())
        space[self.name] = chart or partial(space[self.name], ax=ax)
        exec(compile(self.code, f"<example of {self.name}>", "exec"), space)
        return space

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.code)}</pre>{self.figure()._repr_html_()}"


def namespace() -> Mapping[str, Any]:
    """Return the names that the examples use."""
    named = {chart.__name__: chart for chart in CHARTS}
    return {"np": np, "pd": pd, "stats": stats, "Measure": Measure, **named}


def example(chart: Callable[..., Axes]) -> Example:
    """Return the example in the docstring of a chart.

    Raises
    ------
    ValueError
        The docstring has none that draws.
    """
    text = inspect.getdoc(chart) or ""
    lines: list[str] = []
    for part in doctest.DocTestParser().get_examples(text):
        lines.append(part.source)
        if part.source.startswith("ax = "):
            return Example(chart.__name__, text.split("\n", 1)[0], "".join(lines))
    raise ValueError(
        f"{chart.__name__}: its docstring has no example with a line 'ax = {chart.__name__}(…)'."
    )


def examples() -> dict[str, Example]:
    """Return the example of each chart by its name."""
    return {chart.__name__: example(chart) for chart in CHARTS}
