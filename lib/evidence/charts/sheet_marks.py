"""Marks that several figures share: brackets for bounds, arrows for what goes on."""

from __future__ import annotations

from typing import Literal

from evidence.charts.sheet import Sheet

Side = Literal["left", "right"]


def bracket(sheet: Sheet, x: float, y: float, side: Side) -> None:
    """Draw the bracket that ends a bounded interval on one side."""
    hook = x + (3.5 if side == "left" else -3.5)
    sheet.line([(hook, y - 6), (x, y - 6), (x, y + 6), (hook, y + 6)], "ink", width=1.6)


def arrow(sheet: Sheet, tip: float, y: float, side: Side, role: str = "ink") -> None:
    """Draw the head of an interval that goes on beyond `tip`."""
    sheet.marker(side, tip + (4 if side == "left" else -4), y, 42, role)


def goes_on(sheet: Sheet, x: float, y: float) -> None:
    """Draw the sample of an interval that goes on beyond the axis, 18 wide."""
    sheet.line([(x - 9, y), (x + 4, y)], "ink", width=1.6)
    arrow(sheet, x + 9, y, "right")


def bounded(sheet: Sheet, low: float, high: float, y: float, *, name: str = "") -> None:
    """Draw the dashed line of an interval of which only the bounds are known."""
    sheet.line([(low, y), (high, y)], "ink", width=1.6, dash=(4, 2.5), name=name)
