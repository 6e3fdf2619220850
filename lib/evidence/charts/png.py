"""A matplotlib backend for the bitmap of a figure: Agg, with the text of the page's SVG.

Agg shapes and renders every letter anew, which takes most of the time; here outlines of letters are kept.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from PIL import Image

from evidence.charts.tape import Step, play
from evidence.charts.text import Measured, is_bold, outline
from evidence.charts.theme import INK

_SHADES: Final = 19  # between paper and each colour of the palette
_STRIP: Final = 64  # pixels


def draw(figure: Figure, dots: int = 144, ground: str = "white", tape: Sequence[Step] | None = None) -> bytes:
    """Return a figure as a PNG on a ground, `dots` pixels an inch; on white in the colours of the theme.

    What the figure draws is taken from the tape, where one was kept when it was drawn as SVG; a figure with
    a ground of its own is drawn anew.
    """
    before, face = figure.dpi, to_rgba(figure.get_facecolor())
    figure.set_dpi(dots)
    figure.set_facecolor(ground)
    width, height = (round(float(side) * dots) for side in figure.get_size_inches())
    renderer: Any = Renderer(width, height, dots)  # type: ignore[no-untyped-call]
    if tape is None or face[3]:
        figure.draw(renderer)
    else:
        figure.patch.draw(renderer)
        play(tape, renderer, dots / 72)
    figure.set_dpi(before)
    figure.set_facecolor(face)
    pixels = np.asarray(renderer.buffer_rgba())
    few = _themed(pixels) if ground == "white" else _opaque(pixels).quantize(64, dither=Image.Dither.NONE)
    target = io.BytesIO()
    few.save(target, "png", compress_level=5)
    return target.getvalue()


def _opaque(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels, "RGBA").convert("RGB")


def _themed(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return pixels (height, width, 4) in the colours of the theme, of which a strip at a time is copied."""
    palette, (height, width, _) = _palette(), pixels.shape
    themed = Image.new("P", (width, height))
    themed.putpalette(palette.getpalette() or [])
    for top in range(0, height, _STRIP):
        strip = _opaque(pixels[top : top + _STRIP])
        themed.paste(strip.quantize(palette=palette, dither=Image.Dither.NONE), (0, top))
    return themed


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
