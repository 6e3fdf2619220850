"""A matplotlib backend for the bitmap of a figure: Agg, with the text of the page's SVG.

Agg shapes and renders every letter anew, which takes most of the time; here outlines of letters are kept.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any, Final

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from evidence.charts.text import Measured, is_bold, outline
from evidence.charts.theme import INK

_SHADES: Final = 19  # between paper and each colour of the palette


def draw(figure: Figure, dots: int = 144, ground: str = "white") -> bytes:
    """Return a figure as a PNG on a ground, `dots` pixels an inch; on white in the colours of the theme."""
    before, face = figure.dpi, figure.get_facecolor()
    figure.set_dpi(dots)
    figure.set_facecolor(ground)
    width, height = (round(float(side) * dots) for side in figure.get_size_inches())
    renderer: Any = Renderer(width, height, dots)  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    figure.set_dpi(before)
    figure.set_facecolor(face)
    drawn = Image.fromarray(np.asarray(renderer.buffer_rgba()), "RGBA").convert("RGB")
    target, none = io.BytesIO(), Image.Dither.NONE
    few = (
        drawn.quantize(palette=_palette(), dither=none)
        if ground == "white"
        else drawn.quantize(64, dither=none)
    )
    few.save(target, "png", compress_level=6)
    return target.getvalue()


@cache
def _palette() -> Image.Image:
    """Return an image that holds the colours of the theme, and the way of the dark ones to white."""
    inks = [np.array([int(light[i : i + 2], 16) for i in (1, 3, 5)]) for light in INK.values()]
    dark = [ink for ink in inks if ink.mean() < 200]
    ways = [np.rint(255 + (ink - 255) * step / _SHADES) for ink in dark for step in range(1, _SHADES + 1)]
    ways = [*inks, *ways]
    shades = list(dict.fromkeys(tuple(map(int, way)) for way in ways))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for shade in shades for part in shade])
    return palette


class Renderer(Measured, RendererAgg):
    """Agg that draws a line of text as one outline."""

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw one line of text."""
        size = self.points_to_pixels(prop.get_size_in_points())  # type: ignore[no-untyped-call]
        place = Affine2D().scale(size).rotate_deg(angle).translate(x, self.height - y)
        colour = gc.get_rgb()
        gc.set_linewidth(0.0)
        self.draw_path(gc, outline(s, is_bold(prop)), place, colour)  # type: ignore[no-untyped-call]
