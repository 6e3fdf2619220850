"""Text that fits a width, measured with the font that a figure is drawn in."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path as File
from typing import Any, Final
from unicodedata import east_asian_width

import matplotlib
import numpy as np
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path
from numpy.typing import NDArray

_SPACE: Final = re.compile(r"[ \t\r\n]+")
_ASCENT: Final = 0.93  # of DejaVu Sans, in em
_DESCENT: Final = 0.24
_EM: Final = 100  # units of the outlines


@cache
def _font(bold: bool) -> FT2Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(File(matplotlib.get_data_path()) / "fonts" / "ttf" / name))
    font.set_size(_EM, 72)
    return font


# Forks share the open file and the place in it: each opens its own, as with the fonts of matplotlib
os.register_at_fork(after_in_child=_font.cache_clear)


@lru_cache(maxsize=4096)
def _advance(char: str, bold: bool) -> float:
    """Width of one character in em."""
    font = _font(bold)
    if not font.get_char_index(ord(char)):
        return 1.0 if east_asian_width(char) in "WF" else 0.7
    return float(font.load_char(ord(char)).linearHoriAdvance) / 65536 / _EM


@lru_cache(maxsize=4096)
def _glyph(char: str, bold: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Corners in em and codes of the outline of one character."""
    font = _font(bold)
    font.load_glyph(font.get_char_index(ord(char)))  # 0, a box, where the font lacks it
    corners, codes = font.get_path()
    return np.asarray(corners, dtype=float).reshape(-1, 2) / _EM, np.asarray(codes, dtype=np.uint8)


def measure(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in SVG units.

    Measured with DejaVu Sans, which is wider than usual: what fits here fits with the reader's font.
    """
    return size * sum(_advance(char, bold) for char in text)


def outline(text: str, bold: bool = False) -> Path:
    """Return the outline of a text, one em high, that begins at the origin."""
    starts = accumulate((_advance(char, bold) for char in text[:-1]), initial=0.0)
    corners, codes = zip(*(_glyph(char, bold) for char in text), strict=True)
    joined = np.concatenate(corners)
    joined[:, 0] += np.repeat(list(starts), [len(glyph) for glyph in codes])
    return Path(joined, np.concatenate(codes))


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width`; a word wider than a line is broken inside.

    A no-break space holds its words together.
    """
    lines: list[str] = []
    line = ""
    for word in _SPACE.split(text.strip()):
        joined = f"{line} {word}" if line else word
        if measure(joined, size, bold) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while measure(line, size, bold) > width and len(line) > 1:
            cut = _characters_that_fit(line, size, width, bold)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def _characters_that_fit(word: str, size: float, width: float, bold: bool) -> int:
    used = 0.0
    for position, char in enumerate(word):
        used += size * _advance(char, bold)
        if used > width:
            return max(1, position)
    return len(word)


def is_bold(prop: FontProperties) -> bool:
    """Say whether a font is bold."""
    weight: Any = prop.get_weight()
    return int(weight_dict.get(weight, weight)) >= 600


class Measured:
    """What a renderer knows of text, without looking up font files and without a word on missing glyphs."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of one line in pixels."""
        size = self.points_to_pixels(prop.get_size_in_points())  # type: ignore[attr-defined]
        return measure(s, size, is_bold(prop)), (_ASCENT + _DESCENT) * size, _DESCENT * size

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """Answer what matplotlib would read from font files for every text."""
        size = self.points_to_pixels(prop.get_size_in_points())  # type: ignore[attr-defined]
        return _ASCENT * size, _DESCENT * size, 0.0
