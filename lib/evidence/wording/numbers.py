"""Numbers, intervals and lists as a page prints them."""

from __future__ import annotations

import math
from collections.abc import Iterable

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
    """Return a percentage: ``"12.3%"``."""
    return f"{number(value, digits)}%"


def level_name(level: float, interval: str = "CI") -> str:
    """Return what an interval of a level is called: ``"95% CI"``, or ``"95% CrI"`` of a posterior."""
    return f"{short(round(level * 100, 6))}% {interval}"


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
