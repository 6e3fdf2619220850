"""Text that fits a width, measured with the font that a figure is drawn in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import east_asian_width

import matplotlib
from matplotlib.ft2font import FT2Font

_SPACE = re.compile(r"[ \t\r\n]+")


@cache
def _font(bold: bool) -> FT2Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name))


@lru_cache(maxsize=4096)
def _advance(char: str, bold: bool) -> float:
    """Width of one character in em."""
    font = _font(bold)
    if not font.get_char_index(ord(char)):
        return 1.0 if east_asian_width(char) in "WF" else 0.7
    font.set_size(100, 72)
    return float(font.load_char(ord(char)).linearHoriAdvance) / 65536 / 100


def measure(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in SVG units.

    Measured with DejaVu Sans, which is wider than usual: what fits here fits with the reader's font.
    """
    return size * sum(_advance(char, bold) for char in text)


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
