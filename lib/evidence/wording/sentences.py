"""Results as they stand in a sentence: every number on a page is rounded here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from evidence.wording.numbers import interval, level_name, number, p_value, plural

if TYPE_CHECKING:
    from evidence.meta import Pooled

_RATIO_LIMITS = (0.01, 100.0)

__all__ = [
    "effect_points",
    "interval",
    "lower",
    "number",
    "p_value",
    "plural",
    "pooled_effect",
    "risk_ratio",
    "searched",
]


def effect_points(estimate: float, low: float, high: float, level: float = 0.95) -> str:
    """Return an effect in points with its interval: "−27.7 points (95% CI −41.3 to −14.0)"."""
    return f"{number(estimate)} points ({level_name(level)} {interval(low, high)})"


def pooled_effect(pooled: Pooled) -> str:
    """Return a pooled effect in points."""
    return effect_points(pooled.estimate, pooled.ci_low, pooled.ci_high, pooled.level)


def lower(pooled: Pooled) -> str:
    """Return a pooled effect without signs: "27.7 points lower (95% CI 14.0 to 41.4 lower)".

    An interval that holds no difference names both sides: "12.5 lower to 11.4 higher".
    """
    estimate = pooled.estimate
    side = "different" if round(abs(estimate), 1) == 0 else "lower" if estimate < 0 else "higher"
    if pooled.ci_high < 0:
        span = f"{interval(-pooled.ci_high, -pooled.ci_low)} lower"
    elif pooled.ci_low > 0:
        span = f"{interval(pooled.ci_low, pooled.ci_high)} higher"
    else:
        span = f"{number(-pooled.ci_low)} lower to {number(pooled.ci_high)} higher"
    return f"{number(abs(estimate))} points {side} ({level_name(pooled.level)} {span})"


def risk_ratio(estimate: float, low: float, high: float, name: str = "") -> str:
    """Return a risk ratio with its interval: "4.60 (2.02 to 10.49)".

    `name` stands before the limits. Those beyond `_RATIO_LIMITS` tell a reader nothing more: "4.36 (below
    0.01 to above 100)".
    """
    least, most = _RATIO_LIMITS
    lower_end = f"below {least:g}" if low < least else number(low, 2)
    upper_end = f"above {most:g}" if high > most else number(high, 2)
    return f"{number(estimate, 2)} ({name}{lower_end} to {upper_end})"


def points(value: float) -> str:
    """Return a number of points: "10 points"."""
    return f"{number(value, 0 if value == round(value) else 1)} points"


def count(value: int) -> str:
    """Return a whole number with thousands set off."""
    return f"{value:,}"


def searched(day: str) -> str:
    """Return the day of the last search with what kind of search it was.

    Examples
    --------
    >>> searched("2026-11-22")
    '22 November 2026 (not a systematic search)'
    """
    return f"{date.fromisoformat(day):%-d %B %Y} (not a systematic search)"
