"""How hard a text is to read."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z]+")
_SENTENCE: Final = re.compile(r"[.!?]+(?:\s|$)")
_AGE_BEFORE_SCHOOL: Final = 5  # first grade begins at about six


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text: years of school that it takes to read it.

    Raises
    ------
    ValueError
        When the text holds no word.

    Notes
    -----
    0.39 words/sentences + 11.8 syllables/words − 15.59 (Kincaid et al. 1975, Navy Research Branch Report
    8-75). Syllables are groups of vowels; a silent e at the end does not count.
    """
    words = _WORD.findall(text)
    if not words:
        raise ValueError("a text without words has no grade")
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def reading_age(text: str) -> int:
    """Return the age in years at which a text can be read."""
    return max(0, round(grade(text))) + _AGE_BEFORE_SCHOOL


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, groups - silent)
