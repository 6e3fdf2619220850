"""A finished figure: two layouts of one drawing, what it says in words, and the numbers behind it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Final

from evidence.charts import svg
from evidence.charts.html import escape, markup
from evidence.charts.sheet import Sheet
from evidence.charts.style import fallbacks
from evidence.charts.tables import Cell, Column, Table, check_key

#: The type under which a page's contents tell the build what to write beside the page.
PAGE_MIME: Final = "application/vnd.evidence.page+json"


@dataclass(frozen=True, slots=True)
class Links:
    """Where the files, the citation and the code of a figure are; `site:` is the root of the site."""

    downloads: str = "site:_downloads/figures/"
    cite: str = "#cite"
    code: str = "#downloads"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a page.

    Attributes
    ----------
    key
        Unique in the book; the anchor is ``fig-<key>``, the files are ``<key>.csv``, ``.svg`` and ``.png``.
    title, caption
        What stands under the drawing; escaped unless `Html`.
    description
        What the drawing shows, in sentences with its numbers: the text alternative.
    wide, narrow
        The inline SVG for columns of 690 px and more, and for phones.
    data
        The numbers of the drawing as a table.
    links
        The row "cite · data (CSV) · SVG · PNG · code"; None leaves it out, and the files with it.
    """

    key: str
    title: str
    caption: str
    description: str
    wide: str = field(repr=False)
    narrow: str = field(repr=False)
    data: Table = field(repr=False)
    links: Links | None = Links()
    _png: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def anchor(self) -> str:
        """The id of the figure in its page."""
        return f"fig-{self.key}"

    def with_links(self, links: Links) -> Figure:
        """Return the figure with its row of links."""
        return replace(self, links=links)

    def to_csv(self) -> str:
        """Return the data as CSV."""
        return self.data.to_csv()

    def svg_file(self) -> str:
        """Return the wide drawing as an SVG file that needs no style sheet."""
        return svg.standalone(self.wide) + "\n"

    def png_file(self) -> bytes:
        """Return the wide drawing as a PNG on white."""
        if self._png is None:
            raise ValueError(f"Figure {self.key!r} was made without a drawing; use `from_sheets`.")
        return self._png()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Give the build the files to which the links lead."""
        if self.links is None or self._png is None:
            return {}
        texts = {"key": self.key, "title": self.title, "description": self.description}
        png = base64.b64encode(self.png_file()).decode()
        files = {"csv": self.to_csv(), "svg": self.svg_file(), "png": png}
        return {PAGE_MIME: {"figures": [texts | files]}}

    def _repr_html_(self) -> str:
        colours = fallbacks(svg.roles(self.wide + self.narrow))
        return (
            f'<div class="ev-drawing" style="{colours}">'
            f'<figure class="ev-figure" id="{self.anchor}">{self.wide}{self.narrow}'
            f"<figcaption><b>{markup(self.title)}</b> {markup(self.caption)}</figcaption></figure>"
            f'<details class="ev-twin"><summary>In words and numbers</summary>'
            f"<p>{markup(self.description)}</p>{self.data._repr_html_()}</details>{self._links_html()}</div>"
        )

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


def twin(key: str, title: str, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """Return the table of a figure's numbers, without columns that say nothing."""
    filled = [any(cell.text or cell.detail for cell in cells) for cells in zip(*rows, strict=True)]
    kept = tuple(compress(columns, filled))
    numbers = tuple(tuple(compress(row, filled)) for row in rows)
    return Table(f"fig-{key}-data", f"Numbers of the figure: {title}", kept, numbers)


def from_sheets(
    key: str, title: str, caption: str, description: str, data: Table, wide: Sheet, narrow: Sheet
) -> Figure:
    """Return the figure of two finished sheets, `style.WIDE` and `style.NARROW` across."""
    check_key(key)

    def page_svg(sheet: Sheet, layout: str) -> str:
        return svg.inline(sheet.matplotlib_svg(), f"fig-{key}-{layout}", layout, title, description)

    drawings = page_svg(wide, "wide"), page_svg(narrow, "narrow")
    return Figure(key, title, caption, description, *drawings, data, _png=wide.png)
