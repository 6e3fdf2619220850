"""A figure of the book: a drawing and its frame, what it says in words, and the numbers behind it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.gridspec import GridSpec
from matplotlib.legend import Legend
from matplotlib.ticker import LogFormatter, NullLocator

from evidence.charts import png, svg
from evidence.charts.measure import log_ticks, tick_labels
from evidence.charts.tables import Cell, Column, Table, check_key, from_frame
from evidence.charts.tape import Step, Taping
from evidence.charts.text import measure
from evidence.charts.theme import NARROW, SMALL, STACKED, WIDE, fallbacks, themed
from evidence.results import memo
from evidence.results.identity import identity
from evidence.wording.html import PAGE_MIME, escape, markup

#: Rows up to which the numbers of a figure stand in its page.
_LONGEST: Final = 60
_LINE: Final = 20.0  # of a legend below, in points
_MARK: Final = 44.0  # what an entry of a legend takes beside its words


@dataclass(frozen=True, slots=True)
class Links:
    """Where the files, the citation and the code of a figure are; `site:` is the root of the site."""

    downloads: str = "site:_downloads/figures/"
    cite: str = "#cite"
    code: str = "#downloads"


@dataclass(frozen=True, eq=False)
class Figure:
    """A drawing and its frame.

    It is drawn when it is shown, once for each layout, by the same function: on an Axes 720 points wide for a
    desk, and on one of 320 for a phone.

    Attributes
    ----------
    key
        Unique in the book; the anchor is ``fig-<key>``, the files are ``<key>.csv``, ``.svg`` and ``.png``.
    title, caption
        What stands under the drawing; escaped unless `Html`.
    description
        What the drawing shows, in sentences with its numbers: the text alternative.
    data
        The tidy frame that is drawn.
    draw
        Draws it on an Axes.
    twin
        The numbers of the drawing as a table that anyone can read.
    links
        The row "cite · data (CSV) · SVG · PNG · code"; None leaves it out, and the files with it.

    Raises
    ------
    ValueError
        The key cannot be an anchor.

    Examples
    --------
    >>> shown.draw(plt.gca())  # doctest: +SKIP
    >>> shown.ax.set_title("Mine")  # doctest: +SKIP
    """

    key: str
    title: str
    caption: str
    description: str
    data: pd.DataFrame = field(repr=False)
    draw: Callable[[Axes], Axes] = field(repr=False)
    twin: Table = field(repr=False)
    links: Links | None = Links()

    def __post_init__(self) -> None:
        """Check the key."""
        check_key(self.key)

    @property
    def anchor(self) -> str:
        """The id of the figure in its page."""
        return f"fig-{self.key}"

    @cached_property
    def ax(self) -> Axes:
        """The Axes of the wide layout; what is changed on it before the figure is shown shows."""
        return self._drawn(WIDE)

    @cached_property
    def wide(self) -> str:
        """The inline SVG for columns of 690 px and more."""
        return self._known("wide", self._wide_drawn)

    @cached_property
    def narrow(self) -> str:
        """The inline SVG for phones."""
        return self._known("narrow", lambda: self._svg(self._drawn(NARROW), "narrow"))

    def to_csv(self) -> str:
        """Return the numbers as CSV."""
        return self.twin.to_csv()

    def svg_file(self) -> str:
        """Return the wide drawing as an SVG file that needs no style sheet."""
        return svg.standalone(self.wide) + "\n"

    def png_file(self) -> bytes:
        """Return the wide drawing as a PNG on white, two pixels to a point."""
        return base64.b64decode(self._png)

    @property
    def _png(self) -> str:
        return self._known("png", lambda: base64.b64encode(self._png_drawn()).decode())

    def _png_drawn(self) -> bytes:
        canvas = self.ax.get_figure(root=True)
        assert canvas is not None
        tape = self._tapes.pop() if self._tapes and not canvas.stale else None
        with themed():
            return png.draw(canvas, tape=tape)

    def _known(self, layout: str, draw: Callable[[], str]) -> str:
        """Return a layout as it was drawn before from the same, else draw it."""
        if layout not in self._drawings:
            self._drawings[layout] = draw()
        return self._drawings[layout]

    @cached_property
    def _drawings(self) -> dict[str, str]:
        """What was drawn, by layout; kept between builds unless the Axes was asked for and may be changed."""
        kept = memo.current()
        changed = "ax" in self.__dict__
        if kept is None or changed:
            return {}
        try:
            asked = identity((self.key, self.title, self.description, self.draw))
        except TypeError:
            return {}
        return kept.answers(asked)

    def _drawn(self, width: float) -> Axes:
        with themed():
            canvas = Canvas(figsize=(width / 72, 1), dpi=72)
            return self.draw(canvas.add_axes((0, 0, 1, 1)))

    @cached_property
    def _tapes(self) -> list[list[Step]]:
        """How the wide layout was drawn, until its bitmap is."""
        return []

    def _wide_drawn(self) -> str:
        drawn, renderer = self._written(self.ax, "wide", Taping)
        self._tapes[:] = [renderer.tape]
        return drawn

    def _svg(self, ax: Axes, layout: str) -> str:
        return self._written(ax, layout, svg.Renderer)[0]

    def _written(self, ax: Axes, layout: str, kind: type[svg.AnyRenderer]) -> tuple[str, svg.AnyRenderer]:
        canvas = ax.get_figure(root=True)
        assert canvas is not None
        prefix = f"{self.anchor}-{layout}"
        with themed():
            drawn, renderer = svg.draw_with(kind, canvas, prefix)
        return svg.inline(drawn, prefix, layout, self.title, self.description), renderer

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Give the build the files to which the links lead."""
        if self.links is None:
            return {}
        texts = {"key": self.key, "title": self.title, "description": self.description}
        files = {"csv": self.to_csv(), "svg": self.svg_file(), "png": self._png}
        return {PAGE_MIME: {"figures": [texts | files]}}

    def _repr_html_(self) -> str:
        colours = fallbacks(svg.roles(self.wide + self.narrow))
        return (
            f'<div class="ev-drawing" style="{colours}">'
            f'<figure class="ev-figure" id="{self.anchor}">{svg.bare(self.wide + self.narrow)}'
            f"<figcaption><b>{markup(self.title)}</b> {markup(self.caption)}</figcaption></figure>"
            f'<details class="ev-twin"><summary>In words and numbers</summary>'
            f"<p>{markup(self.description)}</p>{self._numbers()}</details>{self._links_html()}</div>"
        )

    def _numbers(self) -> str:
        """Return the numbers as a table, or where they are where nobody would read them in a page."""
        if self.links is None or len(self.twin.rows) <= _LONGEST:
            return self.twin._repr_html_()
        place = escape(f"{self.links.downloads}{self.key}.csv")
        return f'<p>The {len(self.twin.rows)} rows behind it: <a href="{place}">data (CSV)</a>.</p>'

    def _links_html(self) -> str:
        if self.links is None:
            return ""
        target = self.links.downloads + self.key
        places = (
            (f"#{self.anchor}", "link"),
            (self.links.cite, "cite"),
            (f"{target}.csv", "data (CSV)"),
            (f"{target}.svg", "SVG"),
            (f"{target}.png", "PNG"),
            (self.links.code, "code"),
        )
        row = " · ".join(
            f'<a href="{escape(href)}" aria-label="{text}: {escape(self.title)}">{text}</a>'
            for href, text in places
            if href
        )
        return f'<p class="ev-links">{row}</p>'


def figure(
    key: str,
    title: str,
    draw: Callable[[Axes], Any],
    data: pd.DataFrame,
    *,
    says: str,
    caption: str = "",
    aspect: float = 0.55,
    digits: int = 1,
) -> Figure:
    """Return what any plotting code draws as a figure of the book.

    Parameters
    ----------
    draw
        Draws `data` on an Axes, such as ``lambda ax: sns.scatterplot(data, x="people", y="est", ax=ax)``. A
        legend inside the Axes is put below it, where it hides nothing.
    data
        The tidy frame, whose columns become the table of the figure's numbers.
    says
        What the drawing shows, in sentences with its numbers: the text alternative.
    aspect
        Height of the wide layout by its width; the narrow one is half as tall again by its own.
    digits
        Decimals in the table.

    Examples
    --------
    >>> trials = pd.DataFrame({"people": [8, 92], "effect": [-20.0, 1.5]})
    >>> draw = lambda ax: ax.scatter("people", "effect", data=trials)
    >>> made = figure("mine", "Mine", draw, trials, says="Two trials.")
    >>> made.wide.startswith("<svg")
    True
    """

    numbers = from_frame(f"fig-{key}-data", f"Numbers of the figure: {title}", data, digits=digits)
    return Figure(key, title, caption, says, data, Fitted(draw, aspect), numbers)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Lets any plotting code draw in the width that there is, with its legend below and plain ticks."""

    draw: Callable[[Axes], Any]
    aspect: float

    def __call__(self, ax: Axes) -> Axes:
        """Draw."""
        canvas = ax.get_figure(root=True)
        assert canvas is not None
        width = float(canvas.get_figwidth())
        height = width * self.aspect * (1 if width * 72 > STACKED else 1.5)
        canvas.set_figheight(height)
        self.draw(ax)
        legend, foot = ax.get_legend(), 0.0
        if legend and legend.get_bbox_to_anchor().bounds == ax.bbox.bounds:
            foot = legend_below(canvas, legend) / 72
        plain_ticks(ax)
        canvas.set_figheight(height + foot)
        ax.set_subplotspec(GridSpec(1, 1, figure=canvas)[0])
        canvas.tight_layout(pad=0.4, rect=(0, foot / (height + foot), 1, 1))
        return ax


def legend_below(canvas: Canvas, legend: Legend) -> float:
    """Put a legend below all that is drawn, in rows of as many as fit; return how tall it is, in points."""
    words = [text.get_text() for text in legend.get_texts()]
    width = float(canvas.get_figwidth()) * 72
    columns = int(width / (max(measure(word, SMALL) for word in words) + _MARK))
    columns = max(1, min(columns, len(words)))
    # matplotlib fills column by column; readers read row by row
    order = [place for column in range(columns) for place in range(column, len(words), columns)]
    handles: list[Any] = [legend.legend_handles[place] for place in order]
    legend.remove()
    below = canvas.legend(
        handles, [words[place] for place in order], loc="lower center", bbox_to_anchor=(0.5, 0), ncols=columns
    )
    below.set_in_layout(False)
    return _LINE * -(-len(words) // columns) + 8


def plain_ticks(ax: Axes) -> None:
    """Give logarithmic axes round ticks in plain numbers: a page writes no powers of ten as formulae."""
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatter):
            low, high = sorted(map(float, axis.get_view_interval()))
            ticks = log_ticks(low, high, 5)
            axis.set_ticks(ticks, labels=tick_labels(ticks, log=True))
            axis.set_minor_locator(NullLocator())


@dataclass(frozen=True, eq=False)
class Drawing:
    """Draws a frame on an Axes by one of the charts, with these options."""

    chart: Callable[..., Axes]
    data: pd.DataFrame = field(repr=False)
    options: Mapping[str, Any]

    def __call__(self, ax: Axes) -> Axes:
        """Draw."""
        return self.chart(self.data, ax=ax, **self.options)


def drawing(chart: Callable[..., Axes], data: pd.DataFrame, **options: Any) -> Drawing:
    """Return what draws a frame on an Axes by one of the charts, with these options."""
    return Drawing(chart, data, options)


def twin(key: str, title: str, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """Return the table of a figure's numbers, without columns that say nothing."""
    filled = [any(cell.text or cell.detail for cell in cells) for cells in zip(*rows, strict=True)]
    kept = tuple(compress(columns, filled))
    numbers = tuple(tuple(compress(row, filled)) for row in rows)
    return Table(f"fig-{key}-data", f"Numbers of the figure: {title}", kept, numbers)
