"""The corners of a path in the words of SVG, in few bytes.

Steps are relative: a shape that stands in many places is the same text in each but for its start, and a step
along one axis is one number. They are counted between places that are already rounded, so that errors do not
add up: to a hundredth of a unit in shapes, whose size may say something, and to a tenth in open lines.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.path import Path

_LETTERS: Final = {Path.MOVETO: ("m", 1), Path.LINETO: ("l", 1), Path.CURVE3: ("q", 2), Path.CURVE4: ("c", 3)}
_SHAPE: Final = (Path.CLOSEPOLY, Path.CURVE3, Path.CURVE4)
_DIGITS: Final = {True: 2, False: 1}

Place = tuple[int, int]


def path_data(path: Path) -> str:
    """Return what ``d`` of an SVG path holds; a corner that is no number breaks a line in two.

    Examples
    --------
    >>> path_data(Path([(10, 20), (10, 25.04), (12, 25.04)]))
    'M10 20v5h2'
    >>> path_data(Path([(0, 0), (np.nan, 0), (3, 1), (3, 0)]))
    'M0 0m3 1v-1'
    >>> path_data(Path([(10, 20), (10, 25.04), (12, 25.04), (0, 0)], closed=True))
    'M10 20v5.04h2z'
    """
    corners = np.asarray(path.vertices, dtype=float)
    codes = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 1)]
    if path.codes is not None:
        codes = [Path.code_type(code) for code in np.asarray(path.codes)]
    digits = _DIGITS[any(code in _SHAPE for code in codes)]
    parts: list[str] = []
    at = start = (0, 0)
    index, broken = 0, False
    while index < len(codes) and codes[index] != Path.STOP:
        if codes[index] == Path.CLOSEPOLY:
            parts.append("z")
            at, index = start, index + 1
            continue
        letter, many = _LETTERS[codes[index]]
        numbers = corners[index : index + many]
        index += many
        if not np.isfinite(numbers).all():
            broken = True
            continue
        places: list[Place] = [(round(x * 10**digits), round(y * 10**digits)) for x, y in numbers.tolist()]
        if broken or letter == "m":
            broken, start, letter, places = False, places[-1], "m", places[-1:]
        parts.append(_step(letter, at, places, digits) if parts else f"M{_numbers(places[-1], digits)}")
        at = places[-1]
    return "".join(parts)


def _step(letter: str, at: Place, places: list[Place], digits: int) -> str:
    steps = [part - origin for place in places for part, origin in zip(place, at, strict=True)]
    if letter == "l" and not steps[1]:
        return f"h{_numbers(steps[:1], digits)}"
    if letter == "l" and not steps[0]:
        return f"v{_numbers(steps[1:], digits)}"
    return letter + _numbers(steps, digits)


def _numbers(counts: list[int] | Place, digits: int) -> str:
    """Return counts of parts as numbers, with a space only where no minus tells them apart."""
    said = ""
    for count in counts:
        word = f"{count / 10**digits:g}"
        said += word if not said or word.startswith("-") else f" {word}"
    return said
