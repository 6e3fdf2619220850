"""Figures of charts that still draw on a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from evidence.charts import sheet_svg
from evidence.charts.figure import Figure
from evidence.charts.sheet import Sheet
from evidence.charts.tables import Table


@dataclass(frozen=True, eq=False)
class SheetFigure(Figure):
    """A figure of two finished sheets."""

    _wide: str = field(default="", repr=False)
    _narrow: str = field(default="", repr=False)
    _png: Callable[[], bytes] = field(default=bytes, repr=False)

    @property
    def wide(self) -> str:
        """The inline SVG for columns of 690 px and more."""
        return self._wide

    @property
    def narrow(self) -> str:
        """The inline SVG for phones."""
        return self._narrow

    def png_file(self) -> bytes:
        """Return the wide drawing as a PNG on white."""
        return self._png()


def from_sheets(
    key: str, title: str, caption: str, description: str, data: Table, wide: Sheet, narrow: Sheet
) -> Figure:
    """Return the figure of two finished sheets, `theme.WIDE` and `theme.NARROW` across."""

    def page_svg(sheet: Sheet, layout: str) -> str:
        return sheet_svg.inline(sheet.matplotlib_svg(), f"fig-{key}-{layout}", layout, title, description)

    drawings = page_svg(wide, "wide"), page_svg(narrow, "narrow")
    return SheetFigure(
        key,
        title,
        caption,
        description,
        pd.DataFrame(),
        lambda ax: ax,
        data,
        _wide=drawings[0],
        _narrow=drawings[1],
        _png=wide.png,
    )
