"""Golden images: every chart wide and on a phone, in the light and in the dark scheme.

What should look different is drawn anew by

    pytest -n 0 tests/charts/test_images.py --mpl-generate-path=tests/charts/images

and looked at before it is committed. The letters are those of DejaVu Sans, which comes with matplotlib.
"""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba

from evidence.charts import png
from evidence.charts.theme import NARROW, NEUTRAL, PALETTE, WIDE, themed
from tests.charts.examples import DRAWN_BY_SEABORN, KINDS, figure

DARK = {shade.light: shade.dark for shade in PALETTE.values()} | {NEUTRAL: PALETTE["ink"].dark}
COLOURS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")
DOTS = 54  # an inch: three quarters of the size on a page


class Picture:
    """What pytest-mpl compares: the bitmap of a figure."""

    def __init__(self, drawn):
        self.drawn = drawn

    def savefig(self, filename, **_):
        Path(filename).write_bytes(self.drawn)


def in_the_dark(canvas):
    """Give everything drawn the dark colour of its role."""
    for artist in canvas.findobj():
        for name in COLOURS:
            if colour := getattr(artist, f"get_{name}", None):
                getattr(artist, f"set_{name}")(_dark(colour()))
    return canvas


def _dark(colour):
    if isinstance(colour, np.ndarray) and colour.ndim == 2:
        return [_dark(row) for row in colour]
    code = to_hex(colour) if to_rgba(colour)[3] else ""
    return DARK.get(code, colour)


@pytest.mark.parametrize("kind", [*KINDS, *DRAWN_BY_SEABORN])
@pytest.mark.parametrize("layout", ["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.mpl_image_compare(baseline_dir="images", tolerance=4)
def test_it_looks_as_it_did(kind, layout, scheme):
    made = figure(kind)
    canvas = made._drawn(WIDE if layout == "wide" else NARROW).get_figure(root=True)
    with themed():
        if scheme == "light":
            return Picture(png.draw(canvas, DOTS))
        ground = PALETTE["surface"].dark
        return Picture(png.draw(in_the_dark(canvas), DOTS, ground=ground))
