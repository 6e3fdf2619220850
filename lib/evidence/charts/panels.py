"""Small multiples as a figure of the book: a seaborn grid of facets, in columns or, on a phone, stacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from evidence.charts.figure import Figure, legend_below, plain_ticks
from evidence.charts.tables import from_frame
from evidence.charts.theme import STACKED

if TYPE_CHECKING:
    import seaborn as sns

_HEIGHT: Final = 150.0  # of a panel in points
_FOOT: Final = 34.0  # for the name of the axis


def panels(
    key: str,
    title: str,
    data: pd.DataFrame,
    grid: Callable[[int], sns.FacetGrid],
    *,
    says: str,
    caption: str = "",
    columns: int = 3,
    digits: int = 1,
) -> Figure:
    """Return small multiples as a figure of the book.

    Parameters
    ----------
    data
        The tidy frame, whose columns become the table of the figure's numbers.
    grid
        Returns the grid with its facets wrapped after so many columns:
        ``lambda wrap: sns.catplot(data, x="effect", y="route", col="time", col_wrap=wrap)``.
    says
        What the panels show, in sentences with their numbers: the text alternative.
    columns
        Panels beside one another on a desk; on a phone they stand one below the other.
    digits
        Decimals in the table.

    Examples
    --------
    >>> import seaborn as sns
    >>> trials = pd.DataFrame({"people": [8, 92], "effect": [-20.0, 1.5], "time": ["early", "late"]})
    >>> draw = lambda wrap: sns.relplot(trials, x="people", y="effect", col="time", col_wrap=wrap)
    >>> made = panels("mine", "Mine", trials, draw, says="Two trials, one at each time.")
    >>> [word in made.wide for word in ("early", "late")]
    [True, True]
    """

    def drawn(ax: Axes) -> Axes:
        canvas = ax.get_figure(root=True)
        assert canvas is not None
        width = float(canvas.get_figwidth())
        across = 1 if width * 72 < STACKED else columns
        made = grid(across)
        made.set_titles("{col_name}")
        made.figure.set_dpi(72)
        made.figure.set_size_inches(width, width)
        foot = legend_below(made.figure, made.legend) if made.legend else 0.0
        for one in made.axes.flat:
            plain_ticks(one)
        tall = -(-made.axes.size // across) * _HEIGHT + _FOOT + foot
        made.figure.set_size_inches(width, tall / 72)
        made.figure.tight_layout(rect=(0, foot / tall, 1, 1))
        plt.close(made.figure)
        first: Axes = made.axes.flat[0]
        return first

    numbers = from_frame(f"fig-{key}-data", f"Numbers of the figure: {title}", data, digits=digits)
    return Figure(key, title, caption, says, data, drawn, numbers)
