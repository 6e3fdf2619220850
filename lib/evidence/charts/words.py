"""Numbers and names as a figure prints them, and text that fits a width."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import east_asian_width

import matplotlib
from matplotlib.ft2font import FT2Font

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 1) -> str:
    """Return a number with fixed decimals, commas between thousands, a true minus and no negative zero."""
    if not math.isfinite(value):
        raise ValueError(f"A figure cannot print {value}; leave the value out (None) instead.")
    text = f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def short(value: float) -> str:
    """Return a number with no more decimals than it has: a given value, not a computed one."""
    return f"{value:g}".replace("-", MINUS)


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """Return ``"low to high"``; an open side is worded as a bound."""
    if low is None and high is None:
        return "no bound"
    if low is None:
        assert high is not None
        return f"{number(high, digits)} or lower"
    if high is None:
        return f"{number(low, digits)} or higher"
    return f"{number(low, digits)} to {number(high, digits)}"


def percent(value: float, digits: int = 0) -> str:
    """Return a percentage whose sign stays on the line of its number: ``"12.3 %"``."""
    return f"{number(value, digits)}{NBSP}%"


def level_name(level: float) -> str:
    """Return what an interval of a confidence level is called: ``"95 % interval"``."""
    return f"{short(round(level * 100, 6))}{NBSP}% interval"


def p_value(value: float, operator: str = "=") -> str:
    """Return a p-value as it is printed beside a trial, such as ``"p < 0.001"``, unbroken over lines."""
    if operator == "=" and value < 0.001:
        operator, value = "<", 0.001
    return f"p{NBSP}{operator}{NBSP}{value:.2g}"


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``"1 trial"`` or ``"3 trials"``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence(words: str) -> str:
    """Return words with a full stop at the end, unless they have one or say nothing."""
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def capital(words: str) -> str:
    """Return words that begin with a capital letter."""
    return words[:1].upper() + words[1:]


def listing(items: Iterable[str]) -> str:
    """Return ``"a, b and c"``."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


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
